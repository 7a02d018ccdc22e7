"""The days of a schedule, the steps of a payment, the sums of a year (domain.md 2.5). Pure."""

from __future__ import annotations

from calendar import monthrange
from collections.abc import Collection, Iterable, Iterator, Sequence
from datetime import date, timedelta
from decimal import Decimal
from itertools import count, islice, takewhile
from typing import NamedTuple

# fmt: off
RHYTHM_WORDS = {
    "once":    "Once",
    "monthly": "Every month",
    "termly":  "Every term",
    "yearly":  "Every year",
}
STATUSES = {
    #             words           colour
    "planned":   ("Planned",      "blue"),
    "approved":  ("Approved",     "turquoise"),
    "ordered":   ("Ordered",      "purple"),
    "invoiced":  ("Invoiced",     "yellow"),
    "paid":      ("Paid",         "green"),
    "cancelled": ("Cancelled",    "grey"),
}


class Step(NamedTuple):
    before: tuple[str, ...]
    permissions: tuple[str, ...]
    words: str


PLAN, APPROVE = "payment.plan", "payment.approve"
STEPS = {
    "approved":  Step(("planned",),  (APPROVE,), "Approve it"),
    "ordered":   Step(("approved",), (PLAN,),    "It is ordered"),
    "invoiced":  Step(("ordered",),  (PLAN,),    "The invoice is here"),
    "paid":      Step(("invoiced",), (PLAN,),    "It is paid"),
    "cancelled": Step(("planned", "approved", "ordered", "invoiced"), (PLAN, APPROVE),
                      "Cancel it"),
}
EVENT_WORDS = {
    "payment.planned":      "Planned for {after}",
    "payment.changed":      "Changed from {before} to {after}",
    "payment.planned_anew": "Changed from {before} to {after}; it waits for approval again",
    "payment.approved":     "Approved",
    "payment.ordered":      "Ordered on {after}",
    "payment.invoiced":     "Invoiced on {after}",
    "payment.paid":         "Paid on {after}",
    "payment.cancelled":    "Cancelled",
    "payment.removed":      "Removed",
}
YEAR_KINDS = {"financial": "April to March", "academic": "September to August"}
# fmt: on
FINISHED = ("paid", "cancelled")
# What was agreed to: another sum, or another firm, has to be agreed to again.
APPROVED_AS = ("amount", "vat", "supplier_id")
COUNTED = tuple(status for status in STATUSES if status != "cancelled")
MOST_PAYMENTS = 120

Term = tuple[date, date]
_MONTHS = {"monthly": 1, "yearly": 12}
# Between two terms is a summer at most; a longer gap is a year whose dates nobody has entered.
_LONGEST_HOLIDAY = timedelta(days=75)
# For so long after the last term that is known no other begins.
_SURELY_HOLIDAY = timedelta(days=30)


def is_overdue(status: str, due_on: date, today: date) -> bool:
    return due_on < today and status not in FINISHED


def refusal(status: str, wanted: str) -> str:
    """Why a payment cannot become that now."""
    now, then = (STATUSES[one][0].lower() for one in (status, wanted))
    if status in FINISHED:
        return f"It is {now} already."
    if wanted == "ordered":
        return f"It is {now}. Nothing is ordered before the ICT owner has approved it."
    before = " or ".join(STATUSES[one][0].lower() for one in STEPS[wanted].before)
    return f"It is {now}. Only what is {before} can become {then}."


# --- the days of a schedule ---


class TermsUnknown(Exception):
    """The calendar has no term dates after this day."""

    def __init__(self, until: date | None) -> None:
        super().__init__(until)
        self.until = until


def next_working_day(day: date, bank_holidays: Collection[date]) -> date:
    """That day, or the next one on which money moves."""
    while day.weekday() >= 5 or day in bank_holidays:
        day += timedelta(days=1)
    return day


def scheduled_days(
    rhythm: str,
    first: date,
    *,
    last: date | None = None,
    times: int | None = None,
    terms: Sequence[Term] = (),
) -> list[date]:
    """The days as they were meant, before they are moved to working days; one more than may be,
    where there would be too many. Raises TermsUnknown."""
    if rhythm == "once":
        return [first]
    if rhythm == "termly":
        return _termly(first, last, times, terms)
    days: Iterator[date] = (months_later(first, _MONTHS[rhythm] * turn) for turn in count())
    if last is not None:
        days = takewhile(lambda day: day <= last, days)
    return list(islice(days, min(times or MOST_PAYMENTS + 1, MOST_PAYMENTS + 1)))


def months_later(first: date, months: int) -> date:
    """The same day of the month, or that month's last: always from the first day, so that the
    31st comes back after February."""
    year, month = divmod(first.year * 12 + first.month - 1 + months, 12)
    return date(year, month + 1, min(first.day, monthrange(year, month + 1)[1]))


def _termly(first: date, last: date | None, times: int | None, terms: Sequence[Term]) -> list[date]:
    """As long after the first day of each term as `first` is after the first day of its own, and
    never after the term's end. Where `first` is in the holidays: the first day of each term from
    then on."""
    run = _terms_in_a_row(first, terms)
    if not run:
        raise TermsUnknown(terms[-1][1] if terms else None)
    after = max(first - run[0][0], timedelta(0))
    days = [min(begins + after, ends) for begins, ends in run]
    if last is not None:
        if last > run[-1][1] + _SURELY_HOLIDAY:
            raise TermsUnknown(run[-1][1])
        days = [day for day in days if day <= last]
    elif times is not None and times > len(days):
        raise TermsUnknown(run[-1][1])
    return days[: min(times or MOST_PAYMENTS + 1, MOST_PAYMENTS + 1)]


def _terms_in_a_row(first: date, terms: Sequence[Term]) -> list[Term]:
    """From the one that `first` is in, or the next; up to where the dates end."""
    run: list[Term] = []
    previous: date | None = None
    for begins, ends in sorted(terms):
        if ends >= first:
            since = previous if run else first
            if since is not None and begins - since > _LONGEST_HOLIDAY:
                break
            run.append((begins, ends))
        previous = ends
    return run


# --- the sums of a year ---


class Line(NamedTuple):
    """Some payments of one cost code in one status."""

    cost_code: str | None
    status: str
    many: int
    net: Decimal
    vat: Decimal

    @property
    def gross(self) -> Decimal:
        return self.net + self.vat


class Sums(NamedTuple):
    cost_code: str | None
    many: int
    net: Decimal
    vat: Decimal
    gross: Decimal
    by_status: dict[str, Line]


def year_of(kind: str, year: int) -> tuple[date, date]:
    """First and last day: of the financial year 2026, 1 April 2026 to 31 March 2027."""
    month = {"financial": 4, "academic": 9}[kind]
    return date(year, month, 1), date(year + 1, month, 1) - timedelta(days=1)


def current_year(kind: str, today: date) -> int:
    return today.year if year_of(kind, today.year)[0] <= today else today.year - 1


def sums_of(lines: Iterable[Line]) -> tuple[list[Sums], Sums]:
    """By cost code, those without one last; and the total. What was cancelled is in none."""
    counted = [one for one in lines if one.status != "cancelled"]
    codes = sorted({one.cost_code for one in counted}, key=lambda code: (code is None, code or ""))
    rows = [_sums(code, [one for one in counted if one.cost_code == code]) for code in codes]
    return rows, _sums(None, counted)


def _sums(cost_code: str | None, lines: Sequence[Line]) -> Sums:
    by_status = {
        status: _added(cost_code, status, [one for one in lines if one.status == status])
        for status in COUNTED
    }
    whole = _added(cost_code, "", lines)
    return Sums(cost_code, whole.many, whole.net, whole.vat, whole.gross, by_status)


def _added(cost_code: str | None, status: str, lines: Sequence[Line]) -> Line:
    nothing = Decimal("0.00")
    return Line(
        cost_code,
        status,
        sum(one.many for one in lines),
        sum((one.net for one in lines), nothing),
        sum((one.vat for one in lines), nothing),
    )
