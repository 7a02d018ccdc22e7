"""The whole authority: its last seven days, its school weeks of this year and the last, and how its
promises were kept. Sums of roll-ups across all schools, kept by each process for a few minutes.
"""

from __future__ import annotations

import time
from collections import defaultdict
from collections.abc import Callable, Sequence
from datetime import date, timedelta
from typing import Any, NamedTuple, TypeVar

from sqlalchemy import ColumnElement, func, select

from app.contracts.models import LaTerm
from app.performance.models import DAY, EVERY
from app.performance.periods import A_DAY, Days, academic_year
from app.performance.summed import source
from app.plots.shapes import Week, Weeks
from app.reports.la_overview import count_of, missed
from app.reports.la_overview_rules import A_WEEK
from tenants import db

Found = TypeVar("Found")
KEPT_SECONDS = 300.0
_MOST_KEPT = 20
_kept: dict[Any, tuple[float, Any]] = {}


class Totals(NamedTuple):
    """Of the last seven days."""

    reported: int
    resolved: int
    missed: int


class SchoolWeek(NamedTuple):
    """From Monday. `reported` is None for a week to come; `before` in the same week last year."""

    first: date
    reported: int | None
    before: int | None
    is_holiday: bool


def forget_what_is_kept() -> None:
    _kept.clear()


def kept(key: Any, ask: Callable[[], Found]) -> Found:
    """Sums of every school take long where there are thousands: at most five minutes old."""
    until, found = _kept.get(key, (0.0, None))
    if time.monotonic() >= until:
        if len(_kept) >= _MOST_KEPT:
            _kept.clear()
        found = ask()
        _kept[key] = (time.monotonic() + KEPT_SECONDS, found)
    answer: Found = found
    return answer


def half_terms() -> list[Days]:
    """As the LA set them; in order."""
    wanted = select(LaTerm.first_day, LaTerm.last_day).order_by(LaTerm.first_day)
    return [(first, last) for first, last in db.session.execute(wanted)]


def totals_of_week(today: date) -> Totals:
    of = source(of_all=True).of
    of_all = of.agreement_kind == EVERY
    sums = (
        func.coalesce(func.sum(of.reported).filter(of_all), 0),
        func.coalesce(func.sum(of.resolved).filter(of_all), 0),
        func.coalesce(func.sum(missed(of)).filter(~of_all), 0),
    )
    wanted = select(*sums).where(*_days(of, today - timedelta(days=A_WEEK - 1), today))
    return Totals(*(int(one) for one in db.session.execute(wanted).one()))


def school_weeks(today: date, terms: Sequence[Days]) -> list[SchoolWeek]:
    """Of the school year around today: as many as it has, the same weeks of last year beside."""
    year = academic_year(today)
    monday = year.first - timedelta(days=year.first.weekday())
    # 52 weeks before is a Monday too, in the same week of the school year but for a day or two.
    back = timedelta(weeks=52)
    reported = kept(("weeks", today), lambda: _by_week(monday - back, today))
    found = []
    while monday < year.end:
        is_to_come = monday > today
        found.append(
            SchoolWeek(
                monday,
                None if is_to_come else reported.get(monday, 0),
                reported.get(monday - back, 0) if reported else None,
                _is_holiday(monday, terms),
            )
        )
        monday += timedelta(days=A_WEEK)
    return found


def _by_week(first: date, last: date) -> dict[date, int]:
    of = source(of_all=True).of
    wanted = (
        select(of.on, func.sum(count_of("reported", of)))
        .where(*_days(of, first, last), of.agreement_kind == EVERY)
        .group_by(of.on)
    )
    found: dict[date, int] = defaultdict(int)
    for on, count in db.session.execute(wanted):
        found[on - timedelta(days=on.weekday())] += int(count)
    return dict(found)


def _days(of: Any, first: date, last: date) -> list[ColumnElement[bool]]:
    return [of.span == DAY, of.on.between(first, last), of.is_hidden.is_(False)]


def _is_holiday(monday: date, terms: Sequence[Days]) -> bool:
    """No day of Monday to Friday lies in a half term; where no terms are known, nothing is."""
    friday = monday + timedelta(days=4)
    return bool(terms) and not any(first <= friday and last >= monday for first, last in terms)


def drawn(weeks: Sequence[SchoolWeek], *, csv_url: str | None) -> Weeks:
    known = [one for one in weeks if one.reported]
    return Weeks(
        key="school-weeks",
        title="Reported in each week of the school year",
        finding=_finding(known),
        csv_url=csv_url,
        note="The short line across a column is the same week of the school year before.",
        weeks=[
            Week(
                label=f"{one.first:%-d %b}",
                amount=one.reported,
                is_holiday=one.is_holiday,
                usual=one.before or None,
            )
            for one in weeks
        ],
        usual_words="Same week last year",
    )


def _finding(known: Sequence[SchoolWeek]) -> str:
    if not known:
        return "Nothing has been reported this school year."
    most = max(known, key=lambda one: one.reported or 0)
    total = sum(one.reported or 0 for one in known)
    last = most.first + 6 * A_DAY
    return (
        f"{total:,} reported this school year; most of them, {most.reported:,}, in the week of "
        f"{most.first:%-d %B} to {last:%-d %B}."
    )
