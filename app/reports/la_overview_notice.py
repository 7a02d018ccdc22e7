"""Contracts whose last day to give notice comes soon. To be asked across schools."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any, Final, NamedTuple

from sqlalchemy import ColumnElement, Integer, and_, case, cast, extract, func, literal, or_, select

from app.contracts.register import Contract
from app.diary.terms import terms_between
from tenants import School, db

DAYS_AHEAD: Final = 30
MOST = 50
# The day after a term whose notice day lies ahead falls into one of these months, counted from the
# month in which notice that is due today would end.
_MONTHS = 3


class NoticeDay(NamedTuple):
    day: date
    name: str
    number: int
    slug: str
    school: str


def notice_days(today: date, most: int = MOST) -> list[NoticeDay]:
    """By day. One statement, which leaves out by the month what cannot be due; which day exactly
    is the calendar's matter (contract_terms)."""
    last = today + timedelta(days=DAYS_AHEAD)
    wanted = (
        select(Contract, School.slug, School.name)
        .join(School, School.id == Contract.school_id)
        .where(
            Contract.state == "active",
            Contract.ended_on.is_(None),
            func.coalesce(Contract.notice_months, Contract.notice_days).is_not(None),
            _may_be_due(today),
        )
    )
    found = [
        NoticeDay(term.last_notice_day, contract.name, contract.number, slug, school)
        for contract, slug, school in db.session.execute(wanted)
        for term in terms_between(contract, today, last)
        if term.last_notice_day is not None and today <= term.last_notice_day <= last
    ]
    return sorted(found, key=lambda one: (one.day, one.school, one.number))[:most]


def _may_be_due(today: date) -> ColumnElement[bool]:
    with_months = _month(literal(today)) + Contract.notice_months
    with_days = _month(cast(literal(today) + Contract.notice_days, Contract.start.type))
    ends = case((Contract.notice_months.is_not(None), with_months), else_=with_days)
    first = _month(Contract.start) + Contract.initial_months
    # How many months after it the first term ends, and the next one that renews itself.
    left = first - ends
    renewal = func.coalesce(Contract.renewal_months, 1)
    renews = func.mod(renewal + func.mod(left, renewal), renewal)
    return or_(
        left.between(-1, _MONTHS),
        and_(Contract.renewal == "tacit", left < 0, or_(renews <= _MONTHS, renewal - renews <= 1)),
        (_month(Contract.renewed_until) - ends).between(-1, _MONTHS),
    )


def _month(day: Any) -> Any:
    """Months since year 0."""
    return cast(extract("year", day) * 12 + extract("month", day), Integer)
