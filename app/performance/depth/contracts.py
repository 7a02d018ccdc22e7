"""Contracts in force with the same supplier, or taken from the same offer of the LA, over schools:
read from the registers, by columns and only of one group at a time [N17].
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any, NamedTuple

from sqlalchemy import ColumnElement, and_, func, or_, select

from app.contracts.contract_terms import Standing, Terms, standing
from app.contracts.register import Contract, LaContractOffer
from app.performance.depth.tender import per_pupil
from app.suppliers.models import Supplier
from tenants import School, db

OFFER, SUPPLIER = "offer", "supplier"
# More groups than these are not listed; nobody reads so long a list.
MOST_GROUPS = 200
_IN_FORCE = Contract.state == "active"


class Group(NamedTuple):
    """`key`: offer:KEY or supplier:NAME in small letters."""

    key: str
    name: str
    schools: int
    contracts: int


class Paid(NamedTuple):
    """What a school pays for a contract: pounds a pupil and year, where both are known."""

    school_id: int
    pupils: int
    price: Decimal | None


@dataclass(frozen=True)
class Held:
    """A contract of one school."""

    school_id: int
    slug: str
    school: str
    pupils: int | None
    number: int
    name: str
    kind: str
    group: str | None
    group_name: str
    charge: Decimal | None
    standing: Standing

    @property
    def paid(self) -> Paid:
        return paid_of(self.school_id, self.pupils, self.charge)


def groups(least_schools: int) -> list[Group]:
    """Asked across schools, by name: of an offer of the LA, or of a supplier."""
    many = func.count(Contract.school_id.distinct())
    of_offers = (
        select(LaContractOffer.key, LaContractOffer.name, many, func.count())
        .join(Contract, Contract.la_offer_id == LaContractOffer.id)
        .where(_IN_FORCE)
        .group_by(LaContractOffer.key, LaContractOffer.name)
        .having(many >= least_schools)
    )
    name = func.lower(Supplier.name)
    of_suppliers = (
        select(name, func.max(Supplier.name), many, func.count())
        .select_from(Contract)
        .join(Supplier, _IS_ITS)
        .where(_IN_FORCE, Contract.la_offer_id.is_(None))
        .group_by(name)
        .having(many >= least_schools)
        .order_by(name)
        .limit(MOST_GROUPS)
    )
    found = [
        Group(f"{kind}:{row[0]}", *row[1:])
        for kind, wanted in ((OFFER, of_offers), (SUPPLIER, of_suppliers))
        for row in db.session.execute(wanted)
    ]
    return sorted(found, key=lambda one: one.name.lower())


def held(today: date, keys: Iterable[str] | None = None) -> list[Held]:
    """By name of the school. None: whatever is in force; else only of these groups."""
    wanted = _HELD.where(_IN_FORCE).order_by(func.lower(School.name), Contract.number)
    if keys is not None:
        wanted = wanted.where(or_(*(_is_of(key) for key in keys)))
    return [_held(row, today) for row in db.session.execute(wanted)]


def paid(keys: Sequence[str]) -> dict[str, list[Paid]]:
    """Asked across schools, one statement: what each contract in force of these groups costs."""
    found: dict[str, list[Paid]] = {key: [] for key in keys}
    wanted = (
        _HELD.with_only_columns(*_PAID)
        .where(_IN_FORCE, or_(*(_is_of(key) for key in keys)))
        .order_by(func.lower(School.name), Contract.number)
    )
    for row in db.session.execute(wanted):
        key, _ = _group_of(row)
        found[key or ""].append(paid_of(*row[:3]))
    return found


def paid_of(school_id: int, pupils: int | None, charge: Decimal | None) -> Paid:
    return Paid(school_id, pupils or 0, per_pupil(charge, pupils))


_IS_ITS = and_(Supplier.school_id == Contract.school_id, Supplier.id == Contract.supplier_id)
_PAID = (
    Contract.school_id,
    School.number_of_pupils,
    Contract.annual_charge,
    LaContractOffer.key.label("offer"),
    LaContractOffer.name.label("offer_name"),
    Supplier.name.label("supplier"),
)
_HELD: Any = (
    select(
        *_PAID,
        School.slug,
        School.name.label("school"),
        Contract.number,
        Contract.name,
        Contract.kind,
        Contract.start,
        Contract.initial_months,
        Contract.renewal,
        Contract.renewal_months,
        Contract.renewed_until,
        Contract.notice_months,
        Contract.notice_days,
        Contract.ended_on,
    )
    .join(School, School.id == Contract.school_id)
    .outerjoin(LaContractOffer, LaContractOffer.id == Contract.la_offer_id)
    .outerjoin(Supplier, _IS_ITS)
)


def _is_of(key: str) -> ColumnElement[bool]:
    kind, _, name = key.partition(":")
    if kind == OFFER:
        return LaContractOffer.key == name
    return and_(func.lower(Supplier.name) == name.lower(), Contract.la_offer_id.is_(None))


def _held(row: Any, today: date) -> Held:
    group, name = _group_of(row)
    terms = Terms(
        start=row.start,
        initial_months=row.initial_months,
        renewal=row.renewal,
        renewal_months=row.renewal_months,
        renewed_until=row.renewed_until,
        notice_months=row.notice_months,
        notice_days=row.notice_days,
        ended_on=row.ended_on,
    )
    return Held(
        row.school_id,
        row.slug,
        row.school,
        row.number_of_pupils,
        row.number,
        row.name,
        row.kind,
        group,
        name,
        row.annual_charge,
        standing(terms, today),
    )


def _group_of(row: Any) -> tuple[str | None, str]:
    """Key and name."""
    if row.offer is not None:
        return f"{OFFER}:{row.offer}", row.offer_name
    if row.supplier is not None:
        return f"{SUPPLIER}:{row.supplier.lower()}", row.supplier
    return None, ""
