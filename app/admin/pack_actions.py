"""New packs, and new versions of packs. A version is never edited: clocks point at it."""

from __future__ import annotations

from typing import Any

from sqlalchemy import select

from app import clock
from app.admin import history, queries
from app.admin.history import Line
from app.admin.pack_form import as_pack
from app.admin.said import day_words
from app.contracts.models import LaAgreement, LaAgreementVersion
from app.contracts.queries import forget_agreements
from app.contracts.rules import pack_from_json
from app.errors import Refused, wrong
from app.people.identity import Me
from tenants import db


def add_version(agreement: LaAgreement, data: dict[str, Any], *, by: Me) -> int:
    """The next version, from a day that is not over and after the newest one's. Its number."""
    newest = queries.versions_of(agreement.id)[0]
    begins = _check_day(data)
    if begins <= newest.valid_from:
        raise wrong(
            "valid_from",
            f"Version {newest.number} begins on {day_words(newest.valid_from)}; choose a later day",
        )
    terms = as_pack(data, agreement.kind)
    if pack_from_json(terms) == pack_from_json(newest.terms):
        raise Refused("Nothing differs from the version before.")
    before, number = agreement.name, newest.number + 1
    agreement.name = data["name"]
    _put(agreement, number, data, terms)
    lines = [Line("pack.version_added", newest.number, number)]
    if before != agreement.name:
        lines.append(Line("pack.name_changed", before, agreement.name))
    history.at_the_la(agreement.name, lines, at=clock.now(), by=by, reason=_note(data))
    return number


def add_pack(data: dict[str, Any], *, by: Me) -> LaAgreement:
    """A pack beside those there are; which one schools get by default stays."""
    _check_day(data)
    key = queries.key_of(data["name"])
    if db.session.scalar(select(LaAgreement.id).where(LaAgreement.key == key)):
        raise wrong("name", "There is a pack of this name already")
    terms = as_pack(data, data["kind"])
    agreement = LaAgreement(key=key, name=data["name"], kind=data["kind"], is_default=False)
    db.session.add(agreement)
    db.session.flush()
    _put(agreement, 1, data, terms)
    lines = [Line("pack.added", None, agreement.name)]
    history.at_the_la(agreement.name, lines, at=clock.now(), by=by, reason=_note(data))
    return agreement


def _check_day(data: dict[str, Any]) -> Any:
    if data["valid_from"] < clock.today():
        raise wrong("valid_from", "That day is over; clocks of that day have begun already")
    return data["valid_from"]


def _put(agreement: LaAgreement, number: int, data: dict[str, Any], terms: Any) -> None:
    db.session.add(
        LaAgreementVersion(
            agreement_id=agreement.id, number=number, valid_from=data["valid_from"], terms=terms
        )
    )
    db.session.flush()
    forget_agreements()


def _note(data: dict[str, Any]) -> str:
    return "; ".join(
        part for part in (f"from {data['valid_from'].isoformat()}", data.get("reason")) if part
    )
