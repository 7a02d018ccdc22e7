"""The LA's packs: new ones and new versions. A version is never edited, because clocks point at it.

Called while administering; who reads them and who goes by which is `agreements_queries`.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import select

from app import clock
from app.contracts import agreements_queries as queries
from app.contracts.changes import Moving, retime_every_school
from app.contracts.models import LaAgreement, LaAgreementVersion
from app.contracts.queries import forget_agreements
from app.contracts.rules import pack_from_json
from app.errors import Refused, wrong
from app.history.actions import record_at_la
from app.people.identity import Me
from app.schools.rules import plain_date
from tenants import db

# What stands in addresses where a key does: /service-levels/new is the page that adds one.
_RESERVED = frozenset({"new"})


@dataclass(frozen=True)
class Written:
    """What somebody wrote of a pack: its terms in the API's shape, and from which day."""

    name: str
    kind: str
    terms: dict[str, Any]
    valid_from: date
    reason: str | None = None
    # Incidents that are open already go by it too, from now on.
    is_for_open: bool = False


def add_pack(written: Written, *, by: Me) -> LaAgreement:
    """A pack beside those there are; which one schools get by default stays."""
    check_day(written)
    key = queries.key_of(written.name)
    is_taken = key in _RESERVED or key.startswith(queries.OWN)
    if is_taken or db.session.scalar(select(LaAgreement.id).where(LaAgreement.key == key)):
        raise wrong("name", "There is a pack of this name already")
    agreement = LaAgreement(key=key, name=written.name, kind=written.kind, is_default=False)
    db.session.add(agreement)
    db.session.flush()
    _put(agreement, 1, written)
    _record("pack.added", agreement, None, agreement.name, written, by)
    return agreement


def add_version(agreement: LaAgreement, written: Written, *, by: Me) -> int:
    """The next version, from a day that is not over and after the newest one's. Its number."""
    newest = queries.versions_of(agreement.id)[0]
    check_day(written)
    check_after(newest.number, newest.valid_from, written)
    if agreement.is_example:
        raise Refused("This is an example of another authority. Make a pack of your own from it.")
    if written.kind != agreement.kind:
        raise wrong("kind", "Whose promise it is cannot change. Add another pack.")
    if pack_from_json(written.terms) == pack_from_json(newest.terms):
        raise Refused("Nothing differs from the version before.")
    before, number = agreement.name, newest.number + 1
    agreement.name = written.name
    _put(agreement, number, written)
    _record("pack.version_added", agreement, str(newest.number), str(number), written, by)
    if before != agreement.name:
        _record("pack.name_changed", agreement, before, agreement.name, written, by)
    moving = Moving.to_begin(
        agreement.kind, written.valid_from, is_for_open=written.is_for_open, key=agreement.key
    )
    retime_every_school(f"{agreement.name}, version {number}", moving)
    return number


def check_day(written: Written) -> None:
    check_begins(written.valid_from, is_for_open=written.is_for_open)


def check_begins(valid_from: date, *, is_for_open: bool) -> None:
    today = clock.today()
    if valid_from < today:
        raise wrong("valid_from", "That day is over; clocks of that day have begun already")
    if is_for_open and valid_from > today:
        raise wrong(
            "for_open", "Open incidents can be moved over on the day it begins: choose today"
        )


def check_after(number: int, begins: date, written: Written) -> None:
    if written.valid_from <= begins:
        raise wrong(
            "valid_from", f"Version {number} begins on {plain_date(begins)}; choose a later day"
        )


def _put(agreement: LaAgreement, number: int, written: Written) -> None:
    db.session.add(
        LaAgreementVersion(
            agreement_id=agreement.id,
            number=number,
            valid_from=written.valid_from,
            terms=written.terms,
        )
    )
    db.session.flush()
    forget_agreements()


def _record(
    kind: str, agreement: LaAgreement, before: str | None, after: str, written: Written, by: Me
) -> None:
    note = "; ".join(
        part for part in (f"from {written.valid_from.isoformat()}", written.reason) if part
    )
    record_at_la(
        kind,
        agreement.name,
        at=clock.now(),
        by=by,
        from_value=before,
        to_value=after,
        note=note,
    )
