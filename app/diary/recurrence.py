"""On which days something falls that repeats. Pure: the calendar and the span come in.

The first day says what is meant: the 31st is the last day of a shorter month, the fifth Monday the
last one, and of each term that school day which the first was of its own.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from typing import NamedTuple

from app.calendar_days import Calendar, openings_on
from app.contracts.contract_terms import add_months
from app.contracts.school_terms import whole_terms

# No closure is longer; what would be moved further stays where it is.
LONGEST_CLOSURE = timedelta(days=100)
_DAY, _WEEK = timedelta(days=1), timedelta(days=7)
_MONTHS_OF_A_YEAR = 12


@dataclass(frozen=True)
class Series:
    on: date
    repeat: str = "none"
    until: date | None = None
    skips_closures: bool = False


class Occurrence(NamedTuple):
    on: date  # when it is to be done
    meant: date  # by the rule, before it was moved off a closed day


def occurrences(
    series: Series, first: date, last: date, calendar: Calendar | None
) -> list[Occurrence]:
    """Those from `first` to `last`, in order. Several that are moved to the same open day are done
    once."""
    skips = series.skips_closures and calendar is not None
    found: dict[date, date] = {}
    for meant in _meant(series, first - LONGEST_CLOSURE if skips else first, last, calendar):
        on = _next_open(meant, calendar) if skips and calendar is not None else meant
        if first <= on <= last:
            found[on] = meant
    return [Occurrence(on, meant) for on, meant in sorted(found.items())]


def _meant(series: Series, first: date, last: date, calendar: Calendar | None) -> Iterator[date]:
    first = max(first, series.on)
    last = last if series.until is None else min(last, series.until)
    if first <= last:
        found = _REPEATS[series.repeat](series.on, first, last, calendar)
        yield from (day for day in found if first <= day <= last)


def _next_open(day: date, calendar: Calendar) -> date:
    """The day itself where the school is open or nobody knows, as after its last known term."""
    last = min(day + LONGEST_CLOSURE, calendar.last_day)
    here = day
    while here <= last:
        if openings_on(calendar, here):
            return here
        here += _DAY
    return day


# --- one function for each way to repeat: from the first day of all, between two days ---


def _once(on: date, first: date, last: date, _: Calendar | None) -> Iterator[date]:
    yield on


def _weekly(on: date, first: date, last: date, _: Calendar | None) -> Iterator[date]:
    day = on + _WEEK * ((first - on).days // 7)
    while day <= last:
        yield day
        day += _WEEK


def _monthly(on: date, first: date, last: date, _: Calendar | None) -> Iterator[date]:
    for months in _months(on, first, last):
        yield add_months(on, months)


def _yearly(on: date, first: date, last: date, _: Calendar | None) -> Iterator[date]:
    for months in _months(on, first, last):
        if months % _MONTHS_OF_A_YEAR == 0:
            yield add_months(on, months)


def _nth_weekday(on: date, first: date, last: date, _: Calendar | None) -> Iterator[date]:
    nth = nth_of_month(on)
    for months in _months(on, first, last):
        month = add_months(on.replace(day=1), months)
        day = month + timedelta(days=(on.weekday() - month.weekday()) % 7) + _WEEK * (nth - 1)
        yield day if day.month == month.month else day - _WEEK


def _termly(on: date, first: date, last: date, calendar: Calendar | None) -> Iterator[date]:
    yield on
    if calendar is None or calendar.terms is None:
        return
    terms = whole_terms(calendar.terms)
    own = next((one for one in terms if one[0] <= on <= one[1]), None)
    nth = len(_open_days(calendar, own[0], on)) if own else 1
    for begins, ends in terms:
        if begins > on and begins <= last and ends >= first:
            open_days = _open_days(calendar, begins, ends, max(1, nth))
            if open_days:
                yield open_days[-1]


_REPEATS: dict[str, Callable[[date, date, date, Calendar | None], Iterator[date]]] = {
    "none": _once,
    "weekly": _weekly,
    "monthly": _monthly,
    "nth_weekday": _nth_weekday,
    "termly": _termly,
    "yearly": _yearly,
}


def nth_of_month(on: date) -> int:
    """The second Monday: 2; the fifth means the last."""
    return (on.day - 1) // 7 + 1


def _months(on: date, first: date, last: date) -> range:
    """How many months after `on` the months between the two days are."""
    since = on.year * _MONTHS_OF_A_YEAR + on.month
    begins = first.year * _MONTHS_OF_A_YEAR + first.month - since
    ends = last.year * _MONTHS_OF_A_YEAR + last.month - since
    return range(max(0, begins), ends + 1)


def _open_days(calendar: Calendar, first: date, last: date, most: int | None = None) -> list[date]:
    found: list[date] = []
    day = first
    while day <= last and (most is None or len(found) < most):
        if openings_on(calendar, day):
            found.append(day)
        day += _DAY
    return found
