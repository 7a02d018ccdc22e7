"""The same arithmetic done the slow way: minute by minute, by what a clock on the wall shows.

It shares no code with the real one. Everything happens on whole minutes.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, time, timedelta
from functools import lru_cache

from app.calendar_days import Calendar
from tests.service_calendars import LONDON

MINUTE = timedelta(minutes=1)


@lru_cache(maxsize=200_000)
def is_open(calendar: Calendar, minute: datetime) -> bool:
    """Whether the minute that begins now is open."""
    if calendar.always:
        return True
    local = minute.astimezone(LONDON)
    day, wall = local.date(), local.time()
    if day in calendar.bank_holidays or day in calendar.closures:
        return False
    if calendar.terms is not None and not any(a <= day <= b for a, b in calendar.terms):
        return False
    hours = calendar.week[local.weekday()]
    return any(opens <= wall and (wall < closes or closes == time(0)) for opens, closes in hours)


def minutes(start: datetime, end: datetime | None = None) -> Iterator[datetime]:
    while end is None or start < end:
        yield start
        start += MINUTE


def open_minutes(calendar: Calendar, start: datetime, end: datetime) -> int:
    return sum(is_open(calendar, minute) for minute in minutes(start, end))


def due(calendar: Calendar, start: datetime, target: int) -> datetime:
    for minute in minutes(start):
        target -= is_open(calendar, minute)
        if target == 0:
            return minute + MINUTE
    raise AssertionError("minutes never end")


Pauses = list[tuple[datetime, datetime]]
# State, decided at, due at, elapsed minutes.
Story = tuple[str, datetime | None, datetime | None, int]


def play(
    calendar: Calendar,
    targets: dict[str, int],
    priorities: list[tuple[datetime, str]],
    pauses: Pauses,
    end: datetime,
    is_stopped: bool,
) -> Story:
    """A resolution clock lived through from its first priority on, a minute at a time."""
    start, target, used, exceeded_at = priorities[0][0], 0, 0, None
    last_open_end = start
    for minute in [*minutes(start, end), end]:
        is_paused = any(began <= minute < ended for began, ended in pauses)
        if exceeded_at is None:
            for since, priority in priorities:
                if since == minute:
                    target = targets[priority]
                    if used > target or (used == target and last_open_end < minute):
                        exceeded_at = minute
            if exceeded_at is None and used >= target and not is_paused and minute < end:
                exceeded_at = minute
        if minute < end and is_open(calendar, minute):
            used += not is_paused
            last_open_end = minute + MINUTE
    if exceeded_at is not None:
        return "breached", exceeded_at, None, used
    if is_stopped:
        return "met", end, None, used
    at = due(calendar, end, target - used) if used < target else last_open_end
    return "paused" if is_paused else "running", None, at, used
