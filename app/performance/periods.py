"""The periods of reports: month, half term, term, academic and financial year, or any days.

Always [from, to) in local days of London; a year has twelve months whatever the clocks do. Pure.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import date, timedelta
from typing import NamedTuple

from app.contracts.school_terms import whole_terms

A_DAY = timedelta(days=1)
KINDS = ("month", "half_term", "term", "academic_year", "financial_year", "custom")
_SEPTEMBER, _APRIL = 9, 4
Days = tuple[date, date]


class Period(NamedTuple):
    kind: str
    first: date
    end: date  # the first day that no longer belongs to it
    name: str

    @property
    def days(self) -> int:
        return (self.end - self.first).days


class Pieces(NamedTuple):
    """Whole months, and the days before and after them."""

    months: Days
    days: tuple[Days, ...]


def pieces(first: date, end: date) -> Pieces:
    """What to add up for [first, end): months by the month, the rest day by day."""
    from_month = first if first.day == 1 else next_month(first)
    to_month = end.replace(day=1)
    if from_month >= to_month:
        return Pieces((first, first), ((first, end),) if first < end else ())
    rest = ((first, from_month), (to_month, end))
    return Pieces((from_month, to_month), tuple(one for one in rest if one[0] < one[1]))


def next_month(day: date) -> date:
    return (day.replace(day=1) + timedelta(days=32)).replace(day=1)


def month_of(day: date) -> Period:
    first = day.replace(day=1)
    return Period("month", first, next_month(first), f"{first:%B %Y}")


def months_of(first: date, end: date) -> Iterator[Period]:
    """Every month that [first, end) touches."""
    day = first.replace(day=1)
    while day < end:
        yield month_of(day)
        day = next_month(day)


def academic_year(day: date) -> Period:
    return _year("academic_year", day, _SEPTEMBER, "School year")


def financial_year(day: date) -> Period:
    return _year("financial_year", day, _APRIL, "Financial year")


def half_term_of(day: date, half_terms: Iterable[Days]) -> Period | None:
    """The half term that has begun by that day; the holiday after it belongs to it."""
    return _of_terms("half_term", day, sorted(half_terms), "Half term")


def term_of(day: date, half_terms: Iterable[Days]) -> Period | None:
    return _of_terms("term", day, whole_terms(half_terms), "Term")


def before(period: Period, half_terms: Iterable[Days] = ()) -> Period | None:
    """The one of the same kind before it; None where no terms are known so far back."""
    day = period.first - A_DAY
    if period.kind == "custom":
        return Period("custom", period.first - (period.end - period.first), period.first, "Before")
    return of_kind(period.kind, day, half_terms)


def of_kind(kind: str, day: date, half_terms: Iterable[Days] = ()) -> Period | None:
    """The period of that kind around a day."""
    simple = {"month": month_of, "academic_year": academic_year, "financial_year": financial_year}
    if kind in simple:
        return simple[kind](day)
    return {"half_term": half_term_of, "term": term_of}[kind](day, half_terms)


def _year(kind: str, day: date, month: int, name: str) -> Period:
    year = day.year if day.month >= month else day.year - 1
    return Period(
        kind, date(year, month, 1), date(year + 1, month, 1), f"{name} {year}-{(year + 1) % 100:02}"
    )


def _of_terms(kind: str, day: date, terms: list[Days], name: str) -> Period | None:
    begun = [one for one in terms if one[0] <= day]
    if not begun:
        return None
    first, last = begun[-1]
    after = [one[0] for one in terms if one[0] > first]
    end = min(after) if after else last + A_DAY
    return Period(kind, first, end, f"{name} from {first:%-d %B %Y}")
