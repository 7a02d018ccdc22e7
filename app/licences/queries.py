"""The licences of the school acted in: one, pages of them, and how its products stand on a day."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from datetime import date
from typing import Any

from sqlalchemy import ColumnElement, and_, exists, func, or_, select
from sqlalchemy.orm import aliased

from app import clock
from app.assets.models import Asset
from app.assets.rules import GONE
from app.contracts.register import Contract
from app.errors import NotThere
from app.keyset import Page, page_of
from app.licences import rules
from app.licences.models import Licence, LicenceAllocation
from app.suppliers.models import Supplier
from tenants import School, current_school_id, db

BY_PRODUCT = func.lower(Licence.product)
_SEARCHED = (Licence.product, Licence.publisher, Licence.edition, Licence.agreement_ref)
_WORTH_SAYING = 200


def get_licence(number: int, *, to_change: bool = False) -> Licence:
    wanted = select(Licence).where(Licence.number == number)
    found = db.session.scalar(wanted.with_for_update() if to_change else wanted)
    if found is None:
        raise NotThere
    return found


def page_of_licences(filters: Mapping[str, Any], after: Sequence[Any] | None, limit: int) -> Page:
    """By product; the rows are (licence, product in small letters)."""
    on = filters.get("on") or clock.today()
    wanted = select(Licence, BY_PRODUCT.label("product")).where(
        *(
            _MEANINGS[name](filters[name], on)
            for name in sorted(filters)
            if _is_asked(name, filters)
        )
    )
    return page_of(
        wanted,
        (BY_PRODUCT, Licence.number),
        lambda row: [row.product, row.Licence.number],
        after=after,
        limit=limit,
        is_one_thing=False,
    )


def held(on: date, beside: Collection[int] | None = None) -> list[rules.Held]:
    """Every licence, or those of the same products as these (by id), with how much of each is
    allocated that day. One statement."""
    wanted = _held(on, LicenceAllocation.school_id == current_school_id())
    if beside is not None:
        other = aliased(Licence)
        same = select(func.lower(other.product)).where(
            other.school_id == current_school_id(), other.id.in_(beside)
        )
        wanted = wanted.where(BY_PRODUCT.in_(same))
    return [rules.Held(*row[1:]) for row in db.session.execute(wanted)]


def held_by_school(
    on: date, school_ids: Collection[int] | None = None
) -> dict[int, list[rules.Held]]:
    """The same of every school that is acted in or read across, or of these. One statement."""
    found: dict[int, list[rules.Held]] = {}
    wanted = _held(on)
    if school_ids is not None:
        of_these = LicenceAllocation.school_id.in_(school_ids)
        wanted = _held(on, of_these).where(Licence.school_id.in_(school_ids))
    for school_id, *row in db.session.execute(wanted):
        found.setdefault(school_id, []).append(rules.Held(*row))
    return found


def _held(on: date, *only: ColumnElement[bool]) -> Any:
    allocated = (
        select(
            LicenceAllocation.school_id,
            LicenceAllocation.licence_id,
            func.sum(func.coalesce(LicenceAllocation.count, 1)).label("many"),
        )
        .where(counts_on(on), *only)
        .group_by(LicenceAllocation.school_id, LicenceAllocation.licence_id)
        .subquery()
    )
    same = and_(allocated.c.school_id == Licence.school_id, allocated.c.licence_id == Licence.id)
    return (
        select(
            Licence.school_id,
            Licence.number,
            Licence.product,
            Licence.metric,
            Licence.quantity,
            Licence.state,
            Licence.start,
            Licence.end,
            Licence.retired_on,
            Licence.peak_use,
            func.coalesce(allocated.c.many, 0),
            Licence.cost,
        )
        .outerjoin(allocated, same)
        .order_by(BY_PRODUCT, Licence.number)
    )


def counts_on(on: date) -> ColumnElement[bool]:
    """Whether an allocation holds that day; both of its days count. Retirement frees what the
    equipment used: a worker ends it a moment later, and until then it does not count either."""
    holds = and_(
        LicenceAllocation.from_day <= on,
        or_(LicenceAllocation.to_day.is_(None), LicenceAllocation.to_day >= on),
    )
    if on < clock.today():
        return holds
    is_gone = exists().where(
        Asset.school_id == LicenceAllocation.school_id,
        Asset.id == LicenceAllocation.asset_id,
        Asset.status.in_(GONE),
    )
    return and_(holds, ~is_gone)


def standings(on: date) -> list[rules.Standing]:
    return rules.standings(held(on), on)


def allocations_of(licence: Licence) -> list[Any]:
    """(allocation, tag of the equipment or None), in the order they were made."""
    return list(
        db.session.execute(
            select(LicenceAllocation, Asset.tag)
            .outerjoin(
                Asset,
                and_(
                    Asset.school_id == LicenceAllocation.school_id,
                    Asset.id == LicenceAllocation.asset_id,
                ),
            )
            .where(LicenceAllocation.licence_id == licence.id)
            .order_by(LicenceAllocation.number)
        )
    )


def get_allocation(licence: Licence, number: int) -> LicenceAllocation:
    found = db.session.scalar(
        select(LicenceAllocation).where(
            LicenceAllocation.licence_id == licence.id, LicenceAllocation.number == number
        )
    )
    if found is None:
        raise NotThere
    return found


def roll() -> tuple[int | None, date | None]:
    """How many pupils the school has, and when they were counted."""
    row = db.session.execute(
        select(School.number_of_pupils, School.pupils_as_at).where(School.id == current_school_id())
    ).one()
    return row.number_of_pupils, row.pupils_as_at


# --- what the list can be narrowed to ---


def _is_asked(name: str, filters: Mapping[str, Any]) -> bool:
    return name in _MEANINGS and filters[name] is not None


def _with_words(text: str, _on: date) -> ColumnElement[bool]:
    asked = text[:_WORTH_SAYING].lower()
    return or_(*(func.lower(one).contains(asked, autoescape=True) for one in _SEARCHED))


def _of_status(status: str, on: date) -> ColumnElement[bool]:
    """rules.status_on as SQL says it."""
    is_retired = and_(Licence.retired_on.is_not(None), Licence.retired_on <= on)
    goes_on = and_(Licence.state != "draft", ~is_retired)
    ends_soon = Licence.end - on <= Licence.notice_days
    has_ended = Licence.end < on
    return {
        "draft": Licence.state == "draft",
        "retired": is_retired,
        "expired": and_(goes_on, has_ended),
        "expiring": and_(goes_on, ~has_ended, ends_soon),
        "active": and_(goes_on, or_(Licence.end.is_(None), and_(~has_ended, ~ends_soon))),
    }[status]


def _is_over(is_wanted: bool, on: date) -> ColumnElement[bool]:
    short = {number for one in standings(on) if one.shortfall for number in one.numbers}
    return Licence.number.in_(short) if is_wanted else Licence.number.not_in(short)


_MEANINGS: dict[str, Callable[[Any, date], ColumnElement[bool]]] = {
    "metric": lambda value, _: Licence.metric == value,
    "status": _of_status,
    "curriculum": lambda value, _: Licence.curriculum.is_(value),
    "product": lambda value, _: func.lower(Licence.product) == value.lower(),
    "supplier": lambda key, _: Licence.supplier_id.in_(
        select(Supplier.id).where(Supplier.key == key)
    ),
    "contract": lambda number, _: Licence.contract_id.in_(
        select(Contract.id).where(Contract.number == number)
    ),
    "over": _is_over,
    "q": _with_words,
}
