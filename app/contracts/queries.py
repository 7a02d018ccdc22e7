"""Which agreement holds on a day. The LA's packs and the bank holidays are small and the same for
every school, so each process keeps them for half a minute."""

from __future__ import annotations

import time
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import Row, select

from app.calendar_days import Calendar
from app.contracts.models import BankHoliday, LaAgreement, LaAgreementVersion
from app.contracts.rules import AgreementTerms, Kind, pack_from_json
from tenants import db

_KEPT_SECONDS = 30.0


@dataclass(frozen=True)
class AgreementInForce:
    version_id: int
    key: str
    name: str
    kind: Kind
    is_default: bool
    valid_from: date
    terms: AgreementTerms
    calendar: Calendar


class _Kept:
    until = 0.0
    versions: tuple[AgreementInForce, ...] = ()


def forget_agreements() -> None:
    """After a pack or a calendar was changed in this process."""
    _Kept.until = 0.0


def agreement_in_force(kind: Kind, on: date) -> AgreementInForce:
    """The LA's default agreement of a kind on a day. Raises LookupError when none was set up."""
    found = [one for one in _versions() if one.kind == kind and one.is_default]
    return _newest(found, on, kind.value)


def agreement_by_key(key: str, on: date) -> AgreementInForce:
    """Raises LookupError when there is no such agreement."""
    return _newest([one for one in _versions() if one.key == key], on, key)


def agreement_version(version_id: int | None) -> AgreementInForce:
    """The version a clock began with."""
    for one in _versions():
        if one.version_id == version_id:
            return one
    forget_agreements()
    return next(one for one in _versions() if one.version_id == version_id)


def _newest(found: list[AgreementInForce], on: date, name: str) -> AgreementInForce:
    begun = [one for one in found if one.valid_from <= on] or found
    if not begun:
        raise LookupError(f"No agreement {name!r} was set up.")
    return max(begun, key=lambda one: one.valid_from)


def _versions() -> tuple[AgreementInForce, ...]:
    if time.monotonic() >= _Kept.until:
        _Kept.versions = _load()
        _Kept.until = time.monotonic() + _KEPT_SECONDS
    return _Kept.versions


def _load() -> tuple[AgreementInForce, ...]:
    holidays = frozenset(db.session.scalars(select(BankHoliday.on)))
    rows = db.session.execute(
        select(
            LaAgreementVersion.id,
            LaAgreement.key,
            LaAgreement.name,
            LaAgreement.kind,
            LaAgreement.is_default,
            LaAgreementVersion.valid_from,
            LaAgreementVersion.terms,
        ).join(LaAgreement, LaAgreement.id == LaAgreementVersion.agreement_id)
    ).all()
    return tuple(_in_force(row, holidays) for row in rows)


def _in_force(row: Row[Any], holidays: frozenset[date]) -> AgreementInForce:
    terms = pack_from_json(row.terms)
    return AgreementInForce(
        version_id=row.id,
        key=row.key,
        name=row.name,
        kind=Kind(row.kind),
        is_default=row.is_default,
        valid_from=row.valid_from,
        terms=terms,
        calendar=terms.calendar(holidays),
    )
