"""How much of a service's hours it was there (domain.md 4.1). Pure.

Availability = 1 − downtime in service hours ÷ service hours. Down it is while an incident of
priority 1 about it is neither restored nor resolved; where two overlap, their time counts once.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime
from typing import NamedTuple

from app.calendar_days import AnyCalendar, end_of_day
from app.performance.periods import A_DAY, months_of
from app.service_hours import joined_up, open_seconds

METHOD = (
    "Service hours are the open hours of the school’s desk. A service is down while an "
    "incident of priority 1 that names it is neither restored nor resolved, from when it happened "
    "(or was reported). Overlapping incidents count once. Availability is 1 − downtime in service "
    "hours ÷ service hours."
)
Outage = tuple[datetime, datetime | None]


class Month(NamedTuple):
    on: date
    open_seconds: int
    down_seconds: int
    outages: int  # that began in it


def months_of_service(
    outages: Sequence[Outage], calendar: AnyCalendar, first: date, end: date, now: datetime
) -> list[Month]:
    """Of each month in [first, end), up to now; what is still down is down until now."""
    down = [(began, ended or now) for began, ended in joined_up(outages)]
    found = []
    for month in months_of(first, end):
        begins = end_of_day(month.first - A_DAY)
        ends = min(end_of_day(month.end - A_DAY), now)
        if ends <= begins:
            continue
        found.append(
            Month(
                month.first,
                open_seconds(calendar, begins, ends),
                sum(_seconds(calendar, one, begins, ends) for one in down),
                sum(begins <= began < ends for began, _ in outages),
            )
        )
    return found


def availability(open_for: int, down_for: int) -> float | None:
    return 1 - down_for / open_for if open_for else None


def _seconds(
    calendar: AnyCalendar, down: tuple[datetime, datetime], begins: datetime, ends: datetime
) -> int:
    began, ended = max(down[0], begins), min(down[1], ends)
    return open_seconds(calendar, began, ended) if began < ended else 0
