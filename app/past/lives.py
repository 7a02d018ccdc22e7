"""From the events of one incident to its life here: turns, counts, instants, events. Pure.

Turns tile the time from the first event to the close. What a log says twice changes nothing. A
closed incident that goes on was only resolved till then: that time is a resolved turn, as it is
between a resolution and a reopening.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, NamedTuple

from app.incidents.rules import FINISHED, Status, waiting_for
from app.incidents.turns import STANDS_STILL
from app.past.events import Event, instant_of
from app.past.steps import Step, steps_between

S = Status
DONE = frozenset({S.RESOLVED, S.CLOSED})
OVER = FINISHED - {S.RESOLVED}
# Nobody at the desk has looked at it yet.
_UNSEEN = frozenset({S.NEW, S.ADVICE})


class State(NamedTuple):
    """How it stood after an event."""

    status: Status
    line: int
    group: str | None
    hold: str | None
    person: str | None
    priority: int | None


@dataclass
class Turn:
    status: str
    line: int
    group_name: str | None
    hold_reason: str | None
    began_at: datetime
    ended_at: datetime | None = None

    @property
    def party(self) -> str:
        return waiting_for(Status(self.status), self.line, self.hold_reason).value


@dataclass
class Life:
    """One incident as the log tells it, up to the last event that was given."""

    key: str
    began_at: datetime
    state: State
    turns: list[Turn] = field(default_factory=list)
    # Of the event with that place in the log: what the history here says of it.
    steps: list[tuple[int, datetime, Step]] = field(default_factory=list)
    digests: list[bytes] = field(default_factory=list)
    states: list[tuple[datetime, State]] = field(default_factory=list)
    # Who had it one after the other: groups, or lines where the log names no group.
    holders: list[str] = field(default_factory=list)
    priorities: list[tuple[datetime, int]] = field(default_factory=list)
    once: dict[str, Any] = field(default_factory=dict)
    highest_line: int = 0
    reopen_count: int = 0
    escalation_count: int = 0
    over_at: datetime | None = None
    forwarded_at: datetime | None = None
    first_resolved_at: datetime | None = None
    resolved_at: datetime | None = None

    @property
    def last_at(self) -> datetime:
        return self.states[-1][0]

    @property
    def reassignment_count(self) -> int:
        """Hand-overs: from one group to another."""
        return max(len(self.holders) - 1, 0)

    @property
    def returns(self) -> int:
        """Ping-pong: how often it came to a group that had had it before."""
        return len(self.holders) - len(set(self.holders))

    @property
    def logged_with_desk_at(self) -> datetime | None:
        """From then on the desk owes something: not while a Tech Advisor has it."""
        return next((at for at, one in self.states if one.status != S.ADVICE), None)

    @property
    def answered_at(self) -> datetime | None:
        """The desk did something that the reporter can see: checked, took or passed it on."""
        seen = (at for at, one in self.states if one.status not in _UNSEEN or one.line > 0)
        return next(seen, None)


def life_of(key: str, events: Sequence[Event], defaults: dict[str, Any]) -> Life:
    """`defaults` hold where the first event says nothing."""
    first = State(
        Status(defaults.get("status", S.QUEUED)),
        defaults.get("line", 0),
        None,
        None,
        None,
        defaults.get("priority"),
    )
    life = Life(key, instant_of(events[0].at), first)
    life.once = {name: defaults[name] for name in ("type", "category") if name in defaults}
    told: dict[str, Any] = {}
    has_groups = any(one.group for one in events)
    digest = hashlib.blake2b(digest_size=16)
    for place, event in enumerate(events):
        at = instant_of(event.at)
        before = life.state if place else None
        life.state = _after(life.state, event)
        life.states.append((at, life.state))
        _hold(life, event.group if has_groups else f"line {life.state.line}")
        _count(life, before, at)
        _turn(life, before, at)
        life.steps += [(place, at, one) for one in steps_between(before, life.state)]
        told = {**(json.loads(event.once) if event.once else {}), **told}
        digest.update(repr(_said(event)).encode())
        life.digests.append(digest.digest())
    life.once |= told
    return life


def _said(event: Event) -> tuple[Any, ...]:
    """What makes it the same event in another file: not the row it stands in."""
    return (event.at, *event[4:])


def _after(before: State, event: Event) -> State:
    status = Status(event.status) if event.status else before.status
    line = before.line if event.line is None else event.line
    group = event.group or before.group
    is_moved = (line, group) != (before.line, before.group)
    hold = event.hold or before.hold
    return State(
        status,
        line,
        group,
        hold if status == S.ON_HOLD else None,
        event.person or (None if is_moved else before.person),
        event.priority or before.priority,
    )


def _hold(life: Life, holder: str | None) -> None:
    if holder is not None and holder not in life.holders[-1:]:
        life.holders.append(holder)


def _count(life: Life, before: State | None, at: datetime) -> None:
    now = life.state
    if now.priority and (not life.priorities or life.priorities[-1][1] != now.priority):
        life.priorities.append((at, now.priority))
    life.highest_line = max(life.highest_line, now.line)
    life.escalation_count += before is not None and now.line > before.line
    if now.line > 0 and life.forwarded_at is None:
        life.forwarded_at = at
    was_done = before is not None and before.status in DONE
    if now.status in DONE and not was_done:
        life.resolved_at = at
        life.first_resolved_at = life.first_resolved_at or at
    elif now.status not in DONE:
        life.resolved_at = None
        life.reopen_count += was_done and now.status not in FINISHED


def _turn(life: Life, before: State | None, at: datetime) -> None:
    """One turn ends and the next begins, where anything changed that a turn says."""
    now = life.state
    if before is None:
        _begin(life, now, at)
    elif now.status in OVER and before.status == now.status:
        return
    elif before.status in OVER:
        assert life.over_at is not None
        _begin(life, before._replace(status=S.RESOLVED), life.over_at)
        _begin(life, now, at)
    elif _of_turn(before) != _of_turn(now):
        _begin(life, now, at)


def _begin(life: Life, state: State, at: datetime) -> None:
    """Whatever is over was something before: closed at once it was resolved at least."""
    if life.turns and life.turns[-1].ended_at is None:
        life.turns[-1].ended_at = at
    is_over = state.status in OVER
    life.over_at = at if is_over else None
    if is_over and not _needs_a_turn_before(life, state):
        return
    status = state.status
    if is_over:
        status = S.RESOLVED if state.status == S.CLOSED else S.NEW
    hold = state.hold or STANDS_STILL.get(status)
    life.turns.append(Turn(status, state.line, state.group, hold, at, at if is_over else None))


def _needs_a_turn_before(life: Life, state: State) -> bool:
    if not life.turns:
        return True
    return state.status == S.CLOSED and life.turns[-1].status != S.RESOLVED


def _of_turn(state: State) -> tuple[Any, ...]:
    return state[:4]
