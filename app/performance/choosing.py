"""Which period somebody chose: the last term, this month, or days of their own. Pure."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from datetime import date
from typing import Final

from app.contracts.school_terms import whole_terms
from app.performance import periods
from app.performance.periods import A_DAY, Days, Period

# fmt: off
PERIODS: Final = {
    "this_month":          "This month",
    "last_month":          "Last month",
    "this_half_term":      "This half term",
    "last_half_term":      "Last half term",
    "this_term":           "This term",
    "last_term":           "Last full term",
    "school_year":         "This school year",
    "last_school_year":    "Last school year",
    "financial_year":      "This financial year",
    "last_financial_year": "Last financial year",
    "custom":              "Days of your own",
}
_KINDS: Final = {
    "month": "month", "half_term": "half_term", "term": "term",
    "school_year": "academic_year", "financial_year": "financial_year",
}
# fmt: on
_OF_TERMS: Final[dict[str, Callable[[Iterable[Days]], list[Days]]]] = {
    "half_term": lambda half_terms: sorted(half_terms),
    "term": whole_terms,
}


def usual(today: date, half_terms: Iterable[Days]) -> str:
    """The last full term; where no terms are known, the last month."""
    return "last_term" if period_of("last_term", today, list(half_terms)) else "last_month"


def period_of(chosen: str, today: date, half_terms: list[Days]) -> Period | None:
    """None where no terms are known."""
    is_last = chosen.startswith("last_")
    name = chosen.removeprefix("last_").removeprefix("this_")
    kind = _KINDS[name]
    if not is_last:
        return periods.of_kind(kind, today, half_terms)
    if kind in _OF_TERMS:
        return _last_over(kind, today, half_terms)
    this = periods.of_kind(kind, today)
    return None if this is None else periods.before(this)


def _last_over(kind: str, today: date, half_terms: list[Days]) -> Period | None:
    """In the holidays the term before them is over."""
    over = [first for first, last in _OF_TERMS[kind](half_terms) if last < today]
    return periods.of_kind(kind, over[-1], half_terms) if over else None


def of_days(first: date, end: date) -> Period:
    """One's own days; those that make a whole month or year are that month or year."""
    for find in (periods.month_of, periods.academic_year, periods.financial_year):
        found = find(first)
        if (found.first, found.end) == (first, end):
            return found
    return Period("custom", first, end, "Days of your own")


def end_so_far(period: Period, today: date) -> date:
    """Of a period that still runs only so far: a contract has not cost more than that yet."""
    return min(period.end, today + A_DAY) if period.first <= today else period.end


def after(last: date) -> date:
    """The first day that no longer counts."""
    return last + A_DAY
