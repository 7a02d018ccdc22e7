"""What became of problems and changes (domain.md 4.1). Pure.

A change succeeded if it was implemented without being backed out, and no incident of its problem
was reported within five working days after it ended.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from app.calendar_days import AnyCalendar
from app.service_hours import NeverOpen, end_of_working_day

WORKING_DAYS = 5
METHOD = (
    "A change succeeded if it was implemented, not backed out, and no incident that hangs on its "
    f"problem was reported within {WORKING_DAYS} working days after it ended; success = those ÷ "
    "all that were implemented or backed out in the period. Until the five days are over, it "
    "counts as it stands."
)
PROBLEMS_METHOD = (
    "Time to fix: the mean from logged to resolved, in hours round the clock, of the problems "
    "resolved in the period. Recurring: incidents put under a problem after it had become a known "
    "error."
)


def watched_until(ended_at: datetime, calendar: AnyCalendar) -> datetime | None:
    """The end of the fifth working day after the day on which the change ended."""
    try:
        return end_of_working_day(calendar, ended_at, WORKING_DAYS)
    except NeverOpen:
        return None


def succeeded(
    ended_at: datetime,
    *,
    is_backed_out: bool,
    reports: Iterable[datetime],
    calendar: AnyCalendar,
) -> bool:
    """`reports`: when incidents of the same problem were reported."""
    if is_backed_out:
        return False
    until = watched_until(ended_at, calendar)
    return not any(at > ended_at and (until is None or at <= until) for at in reports)
