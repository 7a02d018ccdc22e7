"""What support cost in a period: share of the contracts' charges, labour, parts (domain.md 4.1).

A yearly charge is spread over the days of its charging year, 365 or 366. Everything is kept exact
and rounded once, half up, at the end.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from decimal import ROUND_HALF_UP, Decimal
from fractions import Fraction
from typing import Any

from sqlalchemy import func, literal, or_, select

from app.contracts.contract_terms import add_months
from app.contracts.register import Contract
from app.people.models import SupportGroup
from app.performance.counters import OF_WORK
from app.performance.periods import A_DAY
from app.performance.totals import Counts
from app.suppliers.models import Supplier
from tenants import db
from tenants.models import LocalAuthority

_FIRST_MONTH = {"financial": 4, "academic": 9}
# Which contracts of the register pay for what an agreement of that kind promises.
_PAYING = {"sla": ("sla",), "uc": ("uc", "maintenance"), "ola": ("ola",)}
_MINUTES = tuple(name for name in OF_WORK if name.startswith("minutes_"))
_PENNY = Decimal("0.01")
# By the name under which incidents go to it.
_SUPPLIER = func.lower(func.coalesce(SupportGroup.name, Supplier.name, ""))
# What says which days of which year a charge is of (charge_of).
_TERMS = (
    Contract.kind,
    Contract.charging_year,
    Contract.start,
    Contract.initial_months,
    Contract.renewal,
    Contract.renewal_months,
    Contract.renewed_until,
    Contract.ended_on,
)


@dataclass(frozen=True)
class Charge:
    """A contract's yearly charge and its days in force: [first, end), None while it goes on."""

    school_id: int
    kind: str
    supplier: str
    annual: Decimal
    charging_year: str
    first: date
    end: date | None


@dataclass(frozen=True)
class Cost:
    """In exact pounds."""

    contract_share: Fraction
    labour: Fraction
    parts: Fraction

    @property
    def total(self) -> Fraction:
        return self.contract_share + self.labour + self.parts


def cost(
    charges: Iterable[Charge], counts: Counts, labour_rate: Decimal, first: date, end: date
) -> Cost:
    minutes = sum(counts.get(name, 0) for name in _MINUTES)
    return Cost(
        sum((share_of(one, first, end) for one in charges), Fraction(0)),
        Fraction(minutes, 60) * Fraction(labour_rate),
        Fraction(counts.get("parts_pence", 0), 100),
    )


def share_of(one: Charge, first: date, end: date) -> Fraction:
    """Annual charge × days in the period ÷ days in the contract's charging year, year by year."""
    first = max(first, one.first)
    end = end if one.end is None else min(end, one.end)
    share = Fraction(0)
    while first < end:
        began, ends = _charging_year(one, first)
        until = min(end, ends)
        share += Fraction(one.annual) * (until - first).days / (ends - began).days
        first = until
    return share


def pounds(amount: Fraction) -> str:
    """Rounded once, half up."""
    exact = Decimal(amount.numerator) / Decimal(amount.denominator)
    return str(exact.quantize(_PENNY, ROUND_HALF_UP))


def charges_of(first: date, end: date, school_ids: Iterable[int] | None = None) -> list[Charge]:
    """Of every contract in force on some day of the period, in the school acted in or in all of
    them. One statement."""
    wanted = _in_force(select(Contract, _SUPPLIER.label("supplier")), first, end, school_ids)
    return [charge_of(row[0], row.supplier) for row in db.session.execute(wanted)]


def charges_of_suppliers(
    first: date, end: date, school_ids: Iterable[int] | None = None
) -> list[Charge]:
    """The same where nobody asks which school's: contracts on the same terms are as good as one.
    Thousands of schools have few terms between them."""
    charge = func.sum(Contract.annual_charge).label("annual_charge")
    keys = (*_TERMS, _SUPPLIER)
    wanted = _in_force(
        select(literal(0).label("school_id"), charge, *_TERMS, _SUPPLIER.label("supplier")),
        first,
        end,
        school_ids,
    )
    found = db.session.execute(wanted.group_by(*keys))
    return [charge_of(row, row.supplier) for row in found]


def _in_force(wanted: Any, first: date, end: date, school_ids: Iterable[int] | None) -> Any:
    if school_ids is not None:
        wanted = wanted.where(Contract.school_id.in_(school_ids))
    return (
        wanted.outerjoin(
            Supplier,
            (Supplier.school_id == Contract.school_id) & (Supplier.id == Contract.supplier_id),
        )
        .outerjoin(
            SupportGroup,
            (SupportGroup.school_id == Supplier.school_id) & (SupportGroup.id == Supplier.group_id),
        )
        .where(
            Contract.state != "draft",
            Contract.annual_charge.is_not(None),
            Contract.start < end,
            or_(Contract.ended_on.is_(None), Contract.ended_on >= first),
        )
    )


def charge_of(one: Any, supplier: str) -> Charge:
    """Of a contract that has a yearly charge, for the days on which it holds."""
    last = _last_day(one)
    ended = None if last is None else last + A_DAY
    return Charge(
        one.school_id, one.kind, supplier, one.annual_charge, one.charging_year, one.start, ended
    )


def _last_day(one: Any) -> date | None:
    """The last day on which it holds; None while it renews itself."""
    if one.renewal == "tacit" and one.renewal_months:
        return one.ended_on  # type: ignore[no-any-return]
    over = add_months(one.start, one.initial_months) - A_DAY
    return min(max(over, one.renewed_until or over), one.ended_on or date.max)


def pays_for(one: Charge, kind: str) -> bool:
    return one.kind in _PAYING.get(kind, ())


def by_school(charges: Iterable[Charge], kind: str) -> dict[int, list[Charge]]:
    found: dict[int, list[Charge]] = defaultdict(list)
    for one in charges:
        if pays_for(one, kind):
            found[one.school_id].append(one)
    return found


def labour_rate() -> Decimal:
    """Pounds an hour, as the LA reckons it."""
    return db.session.scalar(select(LocalAuthority.labour_rate)) or Decimal("28.00")


def _charging_year(one: Charge, day: date) -> tuple[date, date]:
    """[first, end) of the charging year around a day; of a contract's own year from its start."""
    month, of = _FIRST_MONTH.get(one.charging_year), 1
    if month is None:
        month, of = one.first.month, one.first.day
    began = _on(day.year, month, of)
    if began > day:
        began = _on(day.year - 1, month, of)
    return began, _on(began.year + 1, month, of)


def _on(year: int, month: int, day: int) -> date:
    """29 February is the 28th where there is none."""
    try:
        return date(year, month, day)
    except ValueError:
        return date(year, month, 28)
