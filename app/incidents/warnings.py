"""Half, and three quarters, of the time for a promise are gone: said once each for every clock.

The worker says it when it happens, at the same look at which it would write down a breach. A clock
that stands still says nothing. What jumps over both, a raised priority say, is said once. At 100 %
the breach itself is told.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from app.contracts.clock_rules import Clock, ClockState, Reading
from app.contracts.due_rules import due_after, within
from app.contracts.rules import Metric, Target
from app.incidents.chronicle import noted
from app.incidents.models import Incident
from app.service_hours import A_SECOND, NeverOpen, joined_up, open_time

WARN_AT = (50, 75)
# Equal is met: a time is missed from the next instant on.
_JUST_AFTER = timedelta(microseconds=1)
BREACHED = 100


@dataclass(frozen=True)
class _Part(Target):
    """A part of a target, to the second."""

    part_seconds: int = 0

    @property
    def seconds(self) -> int:
        return self.part_seconds


def next_look(warned: int, one: Clock, found: Reading, now: datetime) -> datetime | None:
    """When to look at a clock next; `now` where something waits to be said. None while it stands
    still, is decided, or has no due time. It follows from what happened alone, so that looking
    twice finds the same instant."""
    if found.state is not ClockState.RUNNING or found.due_at is None:
        return None
    coming = [at for percent, at in _instants(one, found, now) if percent > warned]
    return max(min([*coming, found.due_at + _JUST_AFTER]), now)


def percent_reached(one: Clock, found: Reading, now: datetime) -> int:
    """0, 50 or 75 of a clock that runs; a breach is 100."""
    if found.state is ClockState.BREACHED:
        return BREACHED
    if found.state is not ClockState.RUNNING or found.due_at is None:
        return 0
    return max((percent for percent, at in _instants(one, found, now) if at <= now), default=0)


def warn(incident: Incident, promise: str, percent: int, now: datetime) -> None:
    """`promise` is `sla resolution`."""
    noted(
        incident,
        "clock.warned",
        now,
        by=None,
        after=f"{promise} {percent}",
        visibility="internal",
    )


def _instants(one: Clock, found: Reading, now: datetime) -> list[tuple[int, datetime]]:
    """When each part of the time is gone, with the pauses that are known at `now`."""
    target = found.target
    if target is None:
        return []
    pauses = [] if one.metric is Metric.RESPONSE else joined_up(one.pauses)
    held = within(pauses, one.started_at, now)
    kept_until = max((since for since, _ in one.priorities), default=one.started_at)
    try:
        whole = target.seconds if target.seconds is not None else _seconds(one, target)
        return [
            (
                percent,
                due_after(one.calendar, _part(whole, percent), one.started_at, held, kept_until),
            )
            for percent in WARN_AT
        ]
    except NeverOpen:
        return []


def _seconds(one: Clock, target: Target) -> int:
    """Working days in seconds of this very calendar, from the start to their closing time."""
    first = due_after(one.calendar, replace(target), one.started_at)
    return open_time(one.calendar, one.started_at, first) // A_SECOND


def _part(whole: int, percent: int) -> Target:
    return _Part(part_seconds=-(-whole * percent // 100))
