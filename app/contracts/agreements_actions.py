"""A school's own agreements: written by its desk, signed by the ICT owner, ended; and which of
them, or of the LA's packs, the school goes by from a day on.

What is written is a proposal until it is signed. Signing makes the next version of it, and a
version is never edited: clocks point at it.
"""

from __future__ import annotations

from datetime import date
from typing import Any

from sqlalchemy import select

from app import clock
from app.contracts import agreements_queries as queries
from app.contracts.changes import Moving, retime_this_school
from app.contracts.la_packs import Written, check_after, check_begins, check_day
from app.contracts.models import Agreement, AgreementChoice, AgreementVersion, LaAgreement
from app.contracts.queries import forget_agreements
from app.contracts.rules import pack_from_json
from app.errors import Refused, wrong
from app.history.actions import record
from app.people.identity import Me
from app.schools.rules import plain_date
from tenants import db


def write_agreement(written: Written, *, by: Me) -> Agreement:
    """A new one, as a draft."""
    check_day(written)
    key = _free_key(written.name)
    agreement = Agreement(
        key=key,
        name=written.name,
        kind=written.kind,
        state="draft",
        created_by=by.name,
        proposal=_proposal(written, by),
    )
    db.session.add(agreement)
    db.session.flush()
    _record("agreement.written", agreement, by, after=written.name)
    return agreement


def propose(agreement: Agreement, written: Written, *, by: Me) -> None:
    """Other terms from a day on. They count once the ICT owner has signed them."""
    _check_not_ended(agreement)
    if written.kind != agreement.kind:
        raise wrong("kind", "Whose promise it is cannot change. Write another agreement.")
    check_day(written)
    newest = _newest(agreement)
    if newest is not None:
        check_after(newest.number, newest.valid_from, written)
        if pack_from_json(written.terms) == pack_from_json(newest.terms):
            raise Refused("Nothing differs from what is signed.")
    agreement.proposal = _proposal(written, by)
    if newest is None:
        agreement.name = written.name
    agreement.updated_at = clock.now()
    db.session.flush()
    _record("agreement.proposed", agreement, by, after=written.valid_from.isoformat())


def withdraw_proposal(agreement: Agreement, *, by: Me) -> None:
    """What was written and not signed goes; an agreement that was never signed ends with it."""
    if agreement.proposal is None:
        raise Refused("Nothing waits to be signed.")
    agreement.proposal = None
    if agreement.state == "draft":
        agreement.state, agreement.ended_on = "ended", clock.today()
    agreement.updated_at = clock.now()
    db.session.flush()
    _record("agreement.withdrawn", agreement, by)


def sign(agreement: Agreement, *, by: Me) -> AgreementVersion:
    """The ICT owner's signature: what was proposed is a version from its day, or from today."""
    _check_not_ended(agreement)
    proposal = agreement.proposal
    if proposal is None:
        raise Refused("Nothing waits to be signed.")
    newest, now, today = _newest(agreement), clock.now(), clock.today()
    begins = max(date.fromisoformat(proposal["valid_from"]), today)
    if newest is not None and begins <= newest.valid_from:
        raise Refused(f"A version begins on {plain_date(newest.valid_from)}; propose a later day.")
    version = AgreementVersion(
        agreement_id=agreement.id,
        number=newest.number + 1 if newest else 1,
        valid_from=begins,
        terms=proposal["terms"],
        made_by=proposal["by"],
    )
    db.session.add(version)
    agreement.name = str(proposal["terms"]["name"])
    agreement.state, agreement.proposal = "active", None
    agreement.signed_by, agreement.signed_at, agreement.updated_at = by.name, now, now
    db.session.flush()
    forget_agreements()
    note = f"from {begins.isoformat()}"
    _record("agreement.signed", agreement, by, after=str(version.number), note=note)
    if newest is not None:
        is_for_open = bool(proposal["is_for_open"]) and begins == today
        moving = Moving.to_begin(agreement.kind, begins, is_for_open=is_for_open, key=agreement.key)
        retime_this_school(f"{agreement.name}, version {version.number}", moving)
    return version


def end_agreement(agreement: Agreement, *, on: date | None, by: Me) -> None:
    """From that day on nobody can choose it. Clocks that began with it keep it."""
    _check_not_ended(agreement)
    day = on or clock.today()
    if day < clock.today():
        raise wrong("on", "That day is over.")
    if queries.goes_by(agreement.id, day):
        raise Refused("The school goes by it. Choose another agreement from that day on first.")
    agreement.state, agreement.ended_on, agreement.proposal = "ended", day, None
    agreement.updated_at = clock.now()
    db.session.flush()
    forget_agreements()
    _record("agreement.ended", agreement, by, after=day.isoformat())


def choose(
    *, kind: str, agreement: str, valid_from: date, by: Me, is_for_open: bool = False
) -> AgreementChoice:
    """From that day on the school goes by this one. A choice for the same day is replaced."""
    today = clock.today()
    check_begins(valid_from, is_for_open=is_for_open)
    own_id, pack_id, name = _chosen(kind, agreement, valid_from)
    found = db.session.scalar(
        select(AgreementChoice)
        .where(AgreementChoice.kind == kind, AgreementChoice.valid_from == valid_from)
        .with_for_update()
    )
    choice = found or AgreementChoice(kind=kind, valid_from=valid_from)
    choice.agreement_id, choice.la_agreement_id = own_id, pack_id
    choice.chosen_by = by.name
    db.session.add(choice)
    db.session.flush()
    forget_agreements()
    record(
        "agreement.chosen",
        subject_kind="school",
        subject_id=choice.school_id,
        at=clock.now(),
        by=by,
        from_value=kind,
        to_value=name,
        note=f"from {valid_from.isoformat()}",
        visibility="internal",
    )
    if valid_from <= today:
        moving = Moving.to_begin(kind, valid_from, is_for_open=is_for_open)
        retime_this_school(f"the school goes by {name}", moving)
    return choice


def _chosen(kind: str, key: str, on: date) -> tuple[int | None, int | None, str]:
    if key.startswith(queries.OWN):
        own = db.session.scalar(select(Agreement).where(Agreement.key == key))
        if own is None or own.kind != kind:
            raise wrong("agreement", "Choose an agreement of that kind.")
        first = min((one.valid_from for one in queries.own_versions_of(own.id)), default=None)
        if own.state != "active" or first is None:
            raise wrong("agreement", "Only an agreement that is signed can be chosen.")
        if first > on:
            raise wrong(
                "valid_from", f"It begins on {plain_date(first)}; choose that day or a later one"
            )
        return own.id, None, own.name
    pack = db.session.scalar(select(LaAgreement).where(LaAgreement.key == key))
    if pack is None or pack.kind != kind or pack.is_example:
        raise wrong("agreement", "Choose an agreement of that kind.")
    return None, pack.id, pack.name


def _proposal(written: Written, by: Me) -> dict[str, Any]:
    return {
        "terms": written.terms,
        "valid_from": written.valid_from.isoformat(),
        "by": by.name,
        "is_for_open": written.is_for_open,
    }


def _free_key(name: str) -> str:
    stem = queries.OWN + queries.key_of(name)
    taken = set(db.session.scalars(select(Agreement.key).where(Agreement.key.startswith(stem))))
    key, number = stem, 2
    while key in taken:
        key, number = f"{stem}-{number}", number + 1
    return key


def _newest(agreement: Agreement) -> AgreementVersion | None:
    return next(iter(queries.own_versions_of(agreement.id)), None)


def _check_not_ended(agreement: Agreement) -> None:
    if agreement.state == "ended":
        raise Refused(f"{agreement.name} has ended.")


def _record(
    kind: str, agreement: Agreement, by: Me, *, after: str | None = None, note: str | None = None
) -> None:
    record(
        kind,
        subject_kind="agreement",
        subject_id=agreement.id,
        at=clock.now(),
        by=by,
        to_value=after,
        note=note,
        visibility="internal",
    )
