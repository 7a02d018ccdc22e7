"""Addresses of a school that mail does not reach: noted once, shown to its desk, tried again."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import delete, select
from sqlalchemy.dialects.postgresql import insert as upsert

from app import clock
from app.errors import NotThere
from app.history.actions import record
from app.incidents.passed_on import SupplierLink
from app.later import Outbox
from app.notifications.bounces import Bounced
from app.notifications.known import Key, know
from app.notifications.letters import Permanent
from app.notifications.models import MailTrouble
from app.people.identity import Me
from app.people.invited import Invitation
from tenants import acting_in, current_school_id, db


def mail_was_refused(error: Permanent, **payload: Any) -> None:
    """A mail server said never. If it said so of the address, the school's desk hears of it."""
    if error.is_address:
        _note(error.said, payload)


def mail_came_back(bounced: Bounced) -> bool:
    """A server further on said never. Whether that was news; commits nothing."""
    if not bounced.school_id:
        # A mail of nobody's school: there is no desk that could be told.
        return False
    with acting_in(bounced.school_id):
        payload = db.session.scalar(
            select(Outbox.payload).where(
                Outbox.school_id == bounced.school_id,
                Outbox.id == bounced.row_id,
                Outbox.done_at.is_not(None),
            )
        )
        is_news = payload is not None and _note(f"came back, {bounced.status}", payload)
        db.session.flush()
        return is_news


def troubles(after: Sequence[Any] | None, limit: int) -> Sequence[Any]:
    """By address, of the school acted in."""
    wanted = (
        select(MailTrouble.name, MailTrouble.address, MailTrouble.said, MailTrouble.first_at)
        .where(MailTrouble.school_id == current_school_id())
        .order_by(MailTrouble.address)
        .limit(limit)
    )
    if after is not None:
        wanted = wanted.where(MailTrouble.address > after[0])
    return db.session.execute(wanted).all()


def try_again(address: str, *, by: Me) -> str:
    """Mail goes to this address again; returns whose it is. Raises NotThere."""
    name: str | None = db.session.scalar(
        delete(MailTrouble)
        .where(MailTrouble.school_id == current_school_id(), MailTrouble.address == address)
        .returning(MailTrouble.name),
        execution_options={"synchronize_session": False},
    )
    if name is None:
        raise NotThere
    _record("mail.tried_again", name, by)
    return name


def _note(said: str, payload: Mapping[str, Any]) -> bool:
    """Once for an address: what comes after that is not even tried."""
    found = _addressee(payload)
    if found is None:
        return False
    address, name = found
    now = clock.now()
    added = db.session.execute(
        upsert(MailTrouble)
        .values(
            school_id=current_school_id(),
            address=address,
            name=name,
            said=said,
            first_at=now,
            last_at=now,
        )
        .on_conflict_do_nothing()
        .returning(MailTrouble.name)
    ).first()
    if added is None:
        return False
    _record("mail.refused", name, None)
    return True


def _addressee(payload: Mapping[str, Any]) -> tuple[str, str] | None:
    """The address and the name shown in this school."""
    if "invitation_id" in payload:
        return _invited(payload["invitation_id"])
    if "link_id" in payload:
        return _supplier(payload["link_id"])
    keys = [Key.of(payload["event_at"], payload["event_id"])] if "event_id" in payload else []
    person_id: int = payload.get("person_id", 0)
    known = know(keys, {person_id} - {0})
    if payload.get("to_reporter"):
        incident = next(iter(known.incidents.values()), None)
        if incident is None or not incident.reporter_email:
            return None
        return incident.reporter_email.lower(), incident.reporter_name
    person, address = known.people.get(person_id), known.addresses.get(person_id)
    return None if person is None or address is None else (address.email, person.name)


def _invited(invitation_id: int) -> tuple[str, str] | None:
    """Somebody who is nobody here yet."""
    row = db.session.execute(
        select(Invitation.email, Invitation.name).where(Invitation.id == invitation_id)
    ).first()
    return None if row is None else (row.email, row.name)


def _supplier(link_id: str) -> tuple[str, str] | None:
    row = db.session.execute(
        select(SupplierLink.email, SupplierLink.supplier).where(
            SupplierLink.id == UUID(hex=link_id)
        )
    ).first()
    return None if row is None or row.email is None else (row.email.lower(), row.supplier)


def _record(kind: str, name: str, by: Me | None) -> None:
    """By name: an address in the history would stay there for ever."""
    record(
        kind,
        subject_kind="mail",
        subject_id=0,
        at=clock.now(),
        by=by,
        note=name,
        visibility="internal",
    )
