"""What is left of the visits and hours that a contract includes in a charging year [S18].

Drawn by visits that were made, and by what the desk writes down itself. Visits live in a room above
this one and are read from their table by name.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any, NamedTuple

from sqlalchemy import Date, and_, case, cast, exists, func, or_, select
from sqlalchemy.orm import aliased

from app import clock
from app.contracts.balance_rules import Budget, Drawn, finding, monthly
from app.contracts.contract_actions import record_contract
from app.contracts.contract_terms import charging_year
from app.contracts.register import Contract, ContractUse
from app.errors import NotThere, Refused, wrong
from app.keyset import Page, page_of
from app.people.identity import Me
from app.people.models import SupportGroupMember
from app.references import table_named
from app.suppliers.models import Supplier
from tenants import current_school_id, db


@dataclass(frozen=True)
class Balance:
    first_day: date
    last_day: date
    visits: Budget | None
    hours: Budget | None
    drawn: Sequence[Drawn]
    finding: str


class _Visit(NamedTuple):
    on: date
    minutes: int


def balance_of(contract: Contract, on: date) -> Balance | None:
    """Of the charging year that the day lies in; None where nothing is included."""
    if contract.visits_per_year is None and contract.hours_included is None:
        return None
    first, last = charging_year(contract.charging_year, contract.start, on)
    drawn = _drawn(contract, first, last)
    visits = _budget(contract.visits_per_year, sum(one.visits for one in drawn))
    hours = _budget(contract.hours_included, sum((one.hours for one in drawn), Decimal(0)))
    return Balance(first, last, visits, hours, drawn, finding(visits, hours, first, last, on))


def burn_down(contract: Contract, balance: Balance, on: date) -> list[dict[str, Any]]:
    """What is left at the end of each month of the year, for the table and the picture."""
    is_visits = balance.visits is not None
    budget = balance.visits or balance.hours
    assert budget is not None
    return monthly(budget, balance.drawn, balance.first_day, balance.last_day, on, is_visits)


def page_of_uses(contract: Contract, after: Sequence[Any] | None, limit: int) -> Page:
    """What was written down by hand, the newest first."""
    return page_of(
        select(ContractUse).where(ContractUse.contract_id == contract.id),
        (ContractUse.on, ContractUse.number),
        lambda one: [one.on.isoformat(), one.number],
        after=[date.fromisoformat(after[0]), after[1]] if after else None,
        limit=limit,
        newest_first=True,
    )


def add_use(
    contract: Contract,
    *,
    by: Me,
    on: date,
    visits: int = 0,
    hours: Decimal | int = 0,
    note: str | None = None,
) -> ContractUse:
    """More than is included may be drawn; the balance says so."""
    minutes = int((Decimal(hours) * 60).to_integral_value())
    if not visits and not minutes:
        raise wrong("visits", "Enter visits or hours.")
    if contract.state == "draft":
        raise Refused(f"{contract.name} has not been signed yet.")
    if on > clock.today():
        raise wrong("on", "That day is still to come.")
    last = db.session.scalar(
        select(func.max(ContractUse.number)).where(ContractUse.contract_id == contract.id)
    )
    use = ContractUse(
        contract_id=contract.id,
        number=(last or 0) + 1,
        on=on,
        visits=visits,
        minutes=minutes,
        note=note,
        noted_by=by.name,
    )
    db.session.add(use)
    db.session.flush()
    record_contract("contract.drawn", contract, by, to_value=_words(use), note=note)
    return use


def remove_use(contract: Contract, number: int, *, by: Me) -> None:
    """It was written down by mistake."""
    use = get_use(contract, number)
    record_contract("contract.undrawn", contract, by, from_value=_words(use), note=use.note)
    db.session.delete(use)
    db.session.flush()


def get_use(contract: Contract, number: int) -> ContractUse:
    found = db.session.scalar(
        select(ContractUse).where(
            ContractUse.contract_id == contract.id, ContractUse.number == number
        )
    )
    if found is None:
        raise NotThere
    return found


def _words(use: ContractUse) -> str:
    said = []
    if use.visits:
        said.append(f"{use.visits} visit{'s' if use.visits != 1 else ''}")
    if use.minutes:
        said.append(f"{use.minutes / 60:g} h")
    return f"{' and '.join(said)} on {use.on.isoformat()}"


def _budget(included: int | Decimal | None, used: int | Decimal) -> Budget | None:
    return None if included is None else Budget(Decimal(included), Decimal(used))


def _drawn(contract: Contract, first: date, last: date) -> list[Drawn]:
    """By day."""
    by_hand = db.session.execute(
        select(ContractUse.on, ContractUse.visits, ContractUse.minutes).where(
            ContractUse.school_id == current_school_id(),
            ContractUse.contract_id == contract.id,
            ContractUse.on.between(first, last),
        )
    )
    found = [Drawn(on, visits, Decimal(minutes) / 60) for on, visits, minutes in by_hand]
    found += [Drawn(one.on, 1, Decimal(one.minutes) / 60) for one in _visits(contract, first, last)]
    return sorted(found)


def _visits(contract: Contract, first: date, last: date) -> list[_Visit]:
    """Made by this contract's supplier: of the LA's staff where that is the LA, or of those of the
    supplier who are known here. Where a supplier has several such contracts in force, the oldest
    in the register is drawn from, so that no visit counts twice."""
    if contract.supplier_id is None or contract.state == "draft" or _is_second(contract):
        return []
    visits = table_named("visits").c
    came_on = cast(func.timezone("Europe/London", visits.starts_at), Date)
    is_theirs = or_(
        and_(Supplier.kind == "la", visits.la_membership_id.is_not(None)),
        exists().where(
            SupportGroupMember.school_id == visits.school_id,
            SupportGroupMember.membership_id == visits.membership_id,
            SupportGroupMember.group_id == Supplier.group_id,
        ),
    )
    minutes = case(
        (
            and_(visits.arrived_at.is_not(None), visits.left_at.is_not(None)),
            func.extract("epoch", visits.left_at - visits.arrived_at) / 60,
        ),
        else_=0,
    )
    rows = db.session.execute(
        select(came_on, minutes)
        .select_from(table_named("visits"))
        .join(Supplier, Supplier.school_id == visits.school_id)
        .where(
            visits.school_id == current_school_id(),
            Supplier.id == contract.supplier_id,
            visits.state == "done",
            came_on.between(max(first, contract.start), last),
            is_theirs,
        )
    )
    return [_Visit(on, max(0, round(many))) for on, many in rows]


def _is_second(contract: Contract) -> bool:
    other = aliased(Contract)
    wanted = select(
        exists().where(
            other.school_id == contract.school_id,
            other.supplier_id == contract.supplier_id,
            other.number < contract.number,
            other.state == "active",
            or_(other.visits_per_year.is_not(None), other.hours_included.is_not(None)),
        )
    )
    return bool(db.session.scalar(wanted))
