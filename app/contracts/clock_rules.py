"""One clock of one agreement, as a pure function of what happened.

A clock is decided once: read it again only while it is undecided, because a calendar or target
that changed since would otherwise change the past.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from enum import StrEnum

from app.calendar_days import AnyCalendar, Span
from app.contracts.due_rules import due_after, open_time_of, within
from app.contracts.rules import Kind, Metric, Target
from app.service_hours import A_SECOND, NeverOpen, Pause, joined_up, open_time, utc

# Stands for a due time that cannot be known: no target, or no opening time entered so far ahead.
_NEVER = datetime.max.replace(tzinfo=UTC)


class ClockState(StrEnum):
    RUNNING = "running"
    PAUSED = "paused"
    MET = "met"
    BREACHED = "breached"
    CANCELLED = "cancelled"


@dataclass(frozen=True)
class Clock:
    """What happened to it. Priorities are (since, priority), in order."""

    metric: Metric
    calendar: AnyCalendar
    targets: Mapping[str, Target | None]  # by priority, see AgreementTerms.targets_of
    started_at: datetime
    priorities: Sequence[tuple[datetime, str]]
    pauses: Sequence[Pause] = ()
    stopped_at: datetime | None = None
    cancelled_at: datetime | None = None


@dataclass(frozen=True)
class Reading:
    """How a clock stands.

    `due_at` of a paused clock is what it would be if work went on now. It is None while there is
    no target, or where the calendar knows no opening time so far ahead. A clock that stops without
    a target is cancelled: nothing was promised, so nothing is measured.
    """

    state: ClockState
    target: Target | None
    due_at: datetime | None
    decided_at: datetime | None
    stopped_at: datetime | None
    elapsed_seconds: int
    paused_seconds: int
    paused_since: datetime | None


@dataclass(frozen=True)
class TurnSpan:
    """What a clock needs to know of one turn."""

    began_at: datetime
    ended_at: datetime | None
    hold_reason: str | None = None
    is_resolved: bool = False
    is_back_with_school: bool = False  # handed back: line 0 again after a forward


def read(clock: Clock, now: datetime) -> Reading:
    """The clock as it stood at `now`; what happened later is not known yet."""
    clock, now = _in_utc(clock), utc(now)
    stopped_at = _if_past(clock.stopped_at, now)
    cancelled_at = _if_past(clock.cancelled_at, now)
    end = min(at for at in (stopped_at, cancelled_at, now) if at is not None)
    pauses = within(clock.pauses, clock.started_at, end)

    target, due, exceeded_at = _follow(clock, pauses, end)
    state, decided_at = _decide(target, exceeded_at, stopped_at, cancelled_at)
    paused_since = _paused_since(clock, now) if state is ClockState.RUNNING else None
    paused = open_time_of(clock.calendar, pauses)
    elapsed = open_time(clock.calendar, clock.started_at, end) - paused
    return Reading(
        state=ClockState.PAUSED if paused_since else state,
        target=target,
        due_at=None if due == _NEVER else due,
        decided_at=decided_at,
        stopped_at=stopped_at,
        elapsed_seconds=elapsed // A_SECOND,
        paused_seconds=paused // A_SECOND,
        paused_since=paused_since,
    )


def pauses_from_turns(
    turns: Iterable[TurnSpan], pause_reasons: frozenset[str], *, kind: Kind
) -> list[Pause]:
    """When a resolution or on-site clock stood still.

    It does for the agreement's own hold reasons, and between resolved and reopened. A provider's
    also does while the school has the incident back; the desk's own runs through.
    """
    return joined_up(
        (turn.began_at, turn.ended_at)
        for turn in turns
        if turn.hold_reason in pause_reasons
        or turn.is_resolved
        or (turn.is_back_with_school and kind is not Kind.OLA)
    )


def _follow(
    clock: Clock, pauses: Sequence[Span], end: datetime
) -> tuple[Target | None, datetime, datetime | None]:
    """Target, due time and the instant it was exceeded, priority by priority up to `end`.

    Each new target counts from the original start with the pauses kept. If that is already past,
    it is exceeded at the change and not before.
    """
    # Of several at one instant, or before the start, the last is the one that holds.
    changes = {max(since, clock.started_at): priority for since, priority in clock.priorities}
    instants = [since for since in changes if since <= end]
    target, due = None, _NEVER
    for since, until in zip(instants, [*instants[1:], end], strict=False):
        target = clock.targets.get(changes[since])
        due = _due(clock, target, pauses, since, since)
        if due < since:
            return target, due, since
        due = _due(clock, target, pauses, since, until)
        exceeded_at = _first_running(due, within(pauses, due, until))
        if exceeded_at < until:
            return target, due, exceeded_at
    return target, due, None


def _due(
    clock: Clock,
    target: Target | None,
    pauses: Sequence[Span],
    kept_until: datetime,
    until: datetime,
) -> datetime:
    """The due time with what is known at `until`."""
    if target is None:
        return _NEVER
    known = within(pauses, clock.started_at, until)
    try:
        return due_after(clock.calendar, target, clock.started_at, known, kept_until)
    except NeverOpen:
        return _NEVER


def _first_running(due: datetime, pauses: Sequence[Span]) -> datetime:
    """A clock put on hold at its very due time is exceeded when it runs again."""
    return pauses[0][1] if pauses and pauses[0][0] == due else due


def _decide(
    target: Target | None,
    exceeded_at: datetime | None,
    stopped_at: datetime | None,
    cancelled_at: datetime | None,
) -> tuple[ClockState, datetime | None]:
    if cancelled_at or (stopped_at and target is None):
        return ClockState.CANCELLED, None
    if exceeded_at:
        return ClockState.BREACHED, exceeded_at
    if stopped_at:
        return ClockState.MET, stopped_at
    return ClockState.RUNNING, None


def _paused_since(clock: Clock, now: datetime) -> datetime | None:
    for began, ended in clock.pauses:
        if began <= now and (ended is None or now < ended):
            return max(began, clock.started_at)
    return None


def _if_past(at: datetime | None, now: datetime) -> datetime | None:
    return at if at is not None and at <= now else None


def _in_utc(clock: Clock) -> Clock:
    """The same clock with pauses in order, and none for a response."""
    in_order = sorted(clock.priorities, key=lambda change: utc(change[0]))
    return replace(
        clock,
        started_at=utc(clock.started_at),
        priorities=[(utc(since), priority) for since, priority in in_order],
        pauses=[] if clock.metric is Metric.RESPONSE else joined_up(clock.pauses),
        stopped_at=clock.stopped_at and utc(clock.stopped_at),
        cancelled_at=clock.cancelled_at and utc(clock.cancelled_at),
    )
