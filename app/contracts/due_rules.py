"""When one target of an agreement is due, pauses counted, and why."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from app.calendar_days import AnyCalendar, Span
from app.contracts.rules import Target
from app.service_hours import (
    A_SECOND,
    FURTHEST,
    NeverOpen,
    Pause,
    Stretch,
    add_open_time,
    end_of_working_day,
    explain,
    joined_up,
    open_time,
    utc,
)


@dataclass(frozen=True)
class Preview:
    due_at: datetime
    paused_seconds: int
    stretches: list[Stretch]


def preview(
    calendar: AnyCalendar, target: Target, started_at: datetime, pauses: Iterable[Pause] = ()
) -> Preview:
    """When it would be due, and why. Pauses that begin after that change nothing.

    A response clock never pauses: give it none. Raises NeverOpen.
    """
    start = utc(started_at)
    horizon = start + FURTHEST
    held = within(joined_up(pauses), start, horizon)
    due = due_after(calendar, target, start, held)
    if due > horizon:
        raise NeverOpen("The pauses leave it undue for ten years.")
    paused = open_time_of(calendar, within(held, start, due))
    return Preview(due, paused // A_SECOND, explain(calendar, start, due, held))


def due_after(
    calendar: AnyCalendar,
    target: Target,
    started_at: datetime,
    pauses: Sequence[Span] = (),
    kept_until: datetime | None = None,
) -> datetime:
    """The due time, moved on by the open time of each pause that begins before it has passed.

    Working days too: their due is a closing time until a pause moves it, and is then wherever the
    paused time ends. To count whole paused days instead would give a day for a minute, or nothing
    for most of a day. Pauses that began by `kept_until` count in any case. Raises NeverOpen.
    """
    if target.seconds is not None:
        first = add_open_time(calendar, started_at, target.seconds)
    else:
        first = end_of_working_day(calendar, started_at, target.working_days or 0)
    due, paused = first, timedelta()
    for began, ended in pauses:
        if began > max(due, kept_until or due):
            break
        paused += open_time(calendar, began, ended)
        # Adding nothing to a closing time would make it the next opening.
        due = add_open_time(calendar, first, paused.total_seconds()) if paused else first
    return due


def within(pauses: Iterable[Pause], start: datetime, end: datetime) -> list[Span]:
    """The parts of pauses between two instants; one that has not ended goes on to the second."""
    clipped = ((max(began, start), min(ended or end, end)) for began, ended in pauses)
    return [(began, ended) for began, ended in clipped if began < ended]


def open_time_of(calendar: AnyCalendar, spans: Iterable[Span]) -> timedelta:
    return sum((open_time(calendar, began, ended) for began, ended in spans), timedelta())
