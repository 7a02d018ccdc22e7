"""When a contract's term ends, until when notice must be given, and which charging year a day lies
in (domain.md 2.5). Pure: days in, days out.

A term of n months that begins on a day ends on the day before the same day n months later; where
that month is shorter, its last day stands for it. Every term is counted from the contract's first
day, never from the term before: a contract of 31 January is not worn down to the 28th.
"""

from __future__ import annotations

from calendar import monthrange
from dataclasses import dataclass
from datetime import date, timedelta

_DAY = timedelta(days=1)
# The month and day on which a charging year begins; a contract's own begins on its first day.
_YEARS = {"financial": (4, 1), "academic": (9, 1)}


@dataclass(frozen=True)
class Terms:
    start: date
    initial_months: int
    renewal: str = "none"  # none, tacit, express
    renewal_months: int | None = None
    # An express renewal holds until then.
    renewed_until: date | None = None
    notice_months: int | None = None
    notice_days: int | None = None
    # It was ended or terminated: the last day on which it holds.
    ended_on: date | None = None


@dataclass(frozen=True)
class Standing:
    """How a contract stands on a day."""

    term_start: date
    term_end: date
    last_notice_day: date | None
    in_notice_period: bool  # too late to give notice for the end of this term
    expired: bool


def add_months(day: date, months: int) -> date:
    """The same day of the month, or that month's last."""
    year, month = divmod(day.year * 12 + day.month - 1 + months, 12)
    return date(year, month + 1, min(day.day, monthrange(year, month + 1)[1]))


def standing(terms: Terms, on: date) -> Standing:
    """The term that `on` lies in: the first one before the contract begins, the last one after it
    is over."""
    first, last = term_on(terms, min(on, terms.ended_on or on))
    notice = last_notice_day(terms, last)
    if terms.ended_on is not None and terms.ended_on <= last:
        # Nobody gives notice of what has been ended already.
        last, notice = terms.ended_on, None
    is_over = on > last
    return Standing(
        term_start=first,
        term_end=last,
        last_notice_day=notice,
        in_notice_period=notice is not None and notice < on and not is_over,
        expired=is_over,
    )


def term_on(terms: Terms, on: date) -> tuple[date, date]:
    """First and last day of the term; both count."""
    if terms.renewal == "tacit" and terms.renewal_months:
        number = _number_of_term(terms, on)
        return _begin(terms, number), _begin(terms, number + 1) - _DAY
    last = _begin(terms, 1) - _DAY
    if terms.renewed_until is not None and terms.renewed_until > last and on > last:
        return last + _DAY, terms.renewed_until
    return terms.start, last


def last_notice_day(terms: Terms, term_end: date) -> date | None:
    """The last day to give notice for the end of that term; None where none was agreed."""
    if terms.notice_months is not None:
        return add_months(term_end, -terms.notice_months)
    if terms.notice_days is not None:
        return term_end - timedelta(days=terms.notice_days)
    return None


def charging_year(kind: str, start: date, on: date) -> tuple[date, date]:
    """First and last day of the year that is charged for, and that visits and hours count in."""
    if kind == "contract":
        years = max(0, on.year - start.year)
        if add_months(start, 12 * years) > on:
            years = max(0, years - 1)
        return add_months(start, 12 * years), add_months(start, 12 * (years + 1)) - _DAY
    month, day = _YEARS[kind]
    year = on.year if (on.month, on.day) >= (month, day) else on.year - 1
    return date(year, month, day), date(year + 1, month, day) - _DAY


def _begin(terms: Terms, number: int) -> date:
    """The first day of a term; the initial one is number 0."""
    if number == 0:
        return terms.start
    renewals = (number - 1) * (terms.renewal_months or 0)
    return add_months(terms.start, terms.initial_months + renewals)


def _number_of_term(terms: Terms, on: date) -> int:
    """Worked out, not counted: a tacit contract may have renewed itself for a hundred years."""
    months = (on.year - terms.start.year) * 12 + on.month - terms.start.month
    assert terms.renewal_months
    number = max(0, (months - terms.initial_months) // terms.renewal_months + 1)
    return number - 1 if number > 0 and _begin(terms, number) > on else number
