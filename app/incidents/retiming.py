"""A calendar or an agreement has changed: every open clock that is not decided is read again.

The worker does a school's open incidents batch by batch, each in a transaction of its own that
holds its locks for a moment. An incident that somebody has in hand is left for a little later, and
a minute after the last batch all is gone through once more: a step, or a new sheet, may have read
the old calendar just before the change and have been saved just behind the batch. What is decided
stays decided, and the version of an incident stays too: nobody's save fails because a bank holiday
was entered.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import bindparam, select, text

from app import clock
from app.calendar_days import day_of
from app.contracts.changes import RETIME, Moving
from app.contracts.clock_rules import Clock as PureClock
from app.contracts.clock_rules import ClockState, Reading, TurnSpan, read
from app.contracts.queries import agreement_by_key, agreement_in_force, agreement_of
from app.contracts.rules import Kind
from app.history.actions import mark_incidents, record_each
from app.incidents.clocks import pure_of, spans_of
from app.incidents.models import NEVER, Clock, Incident, Turn
from app.incidents.warnings import next_look
from app.later import later, later_each_at
from app.shapes import instant
from tenants import current_school_id, db

# So many that a batch holds its locks for a fraction of a second, on a busy machine too.
BATCH = 100
_IN_HAND = timedelta(seconds=2)
# Longer than any step takes: by then none is under way that began with what held before.
SETTLED = timedelta(minutes=1)
_CORRECTED_FOR = timedelta(days=190)
_DECIDABLE = ("running", "paused")


@dataclass
class Live:
    """A clock that nothing has stopped, as a row of its own without the ORM."""

    id: int
    incident_id: int
    la_agreement_version_id: int | None
    agreement_version_id: int | None
    agreement_kind: str
    metric: str
    started_at: datetime
    due_at: datetime
    state: str
    stopped_at: datetime | None
    cancelled_at: datetime | None
    decided_at: datetime | None
    warned_percent: int

    @property
    def promise(self) -> str:
        return f"{self.agreement_kind} {self.metric}"


@dataclass
class Open:
    """What a clock needs to know of an open incident."""

    id: int
    school_id: int
    number: int
    type: str
    priority_history: list[list[str]]
    logged_at: datetime
    next_due_at: datetime
    decide_at: datetime | None
    clocks: list[Live] = field(default_factory=list)
    turns: list[Any] = field(default_factory=list)


@dataclass(frozen=True)
class Move:
    """One clock before and after."""

    incident: Open
    clock: Live
    found: Reading
    pure: PureClock
    agreement: str
    old_due: datetime
    old_state: str
    is_other_version: bool

    @property
    def new_due(self) -> datetime:
        return self.found.due_at or NEVER

    @property
    def is_moved(self) -> bool:
        return self.new_due != self.old_due

    @property
    def is_changed(self) -> bool:
        return self.is_moved or self.is_other_version or self.found.state != self.old_state

    def breach(self, now: datetime) -> str | None:
        """Whether it makes a breach or takes one away that nobody has written down yet."""
        was = self.old_state == ClockState.RUNNING and self.old_due < now
        is_one = self.found.state is ClockState.BREACHED
        return None if was == is_one else "gained" if is_one else "lost"


def retime(
    why: str,
    moving: dict[str, Any] | None = None,
    after: int = 0,
    only: Sequence[int] | None = None,
    is_again: bool = False,
) -> None:
    """One batch in the school acted in; a new row of the outbox goes on with the next."""
    ids = list(only) if only is not None else open_ids(after)
    now = clock.now()
    if only is None and not after and not is_again:
        _count_anew(now)
    same: dict[str, Any] = {"why": why, "moving": moving, "is_again": is_again}
    if ids:
        incidents = load(ids, is_locked=True)
        _write(list(moves_of(incidents, Moving.of(moving), now)), incidents, why, now)
        if in_hand := sorted(set(ids) - {one.id for one in incidents}):
            later(RETIME, at=now + _IN_HAND, **same, only=in_hand)
    if only is not None:
        return
    if len(ids) == BATCH:
        later(RETIME, at=now, **same, after=ids[-1])
    elif not is_again:
        later(RETIME, at=now + SETTLED, **{**same, "is_again": True})


def _count_anew(now: datetime) -> None:
    """What is over is not decided again, but its open hours are other ones in the figures; of what
    ended longer ago nobody corrects the calendar."""
    over = Incident.resolved_at >= now - _CORRECTED_FOR
    mark_incidents(
        select(Incident.school_id, Incident.id).where(
            Incident.school_id == current_school_id(), over
        )
    )


def open_ids(after: int, limit: int = BATCH) -> list[int]:
    found = select(Incident.id).where(Incident.is_open, Incident.id > after)
    return list(db.session.scalars(found.order_by(Incident.id).limit(limit)))


def load(ids: Sequence[int], *, is_locked: bool) -> list[Open]:
    """Those of them that are open still, with live clocks and turns, in three statements. Locked:
    without those that somebody has in hand just now."""
    wanted = select(*_INCIDENT).where(Incident.id.in_(ids), Incident.is_open).order_by(Incident.id)
    if is_locked:
        wanted = wanted.with_for_update(skip_locked=True, key_share=True, of=Incident)
    found = {row.id: Open(*row) for row in db.session.execute(wanted)}
    if not found:
        return []
    of = {"ids": list(found), "school": current_school_id()}
    for one in db.session.execute(_CLOCKS, of):
        found[one.incident_id].clocks.append(Live(*tuple(one)))
    for turn in db.session.execute(_TURNS, of):
        found[turn.incident_id].turns.append(turn)
    return list(found.values())


def moves_of(incidents: Iterable[Open], moving: Moving | None, now: datetime) -> Iterator[Move]:
    """Each clock that can still be decided, read with what holds now. The rows in hand are brought
    up to date with it."""
    for incident in incidents:
        spans = spans_of(incident.turns)
        for one in incident.clocks:
            if one.state in _DECIDABLE:
                yield _move(incident, one, spans, moving, now)


def _move(
    incident: Open, one: Live, spans: list[TurnSpan], moving: Moving | None, now: datetime
) -> Move:
    is_other = moving is not None and _go_by_another(incident, one, moving)
    pure = pure_of(incident, one, spans)
    found = read(pure, now)
    move = Move(
        incident,
        one,
        found,
        pure,
        agreement_of(one, incident.school_id).key,
        one.due_at,
        one.state,
        is_other,
    )
    one.due_at, one.state, one.decided_at = move.new_due, found.state.value, found.decided_at
    return move


def _go_by_another(incident: Open, one: Live, moving: Moving) -> bool:
    """Whether the clock leaves the version it began with."""
    day = day_of(one.started_at)
    if one.agreement_kind != moving.kind or (moving.since is not None and day < moving.since):
        return False
    on = day if moving.since is not None else clock.today()
    if moving.key is None:
        found = agreement_in_force(Kind(moving.kind), on)
    elif agreement_of(one, incident.school_id).key == moving.key:
        found = agreement_by_key(moving.key, on)
    else:
        return False
    before = (one.la_agreement_version_id, one.agreement_version_id)
    one.la_agreement_version_id = found.la_version_id
    one.agreement_version_id = found.own_version_id
    return before != (found.la_version_id, found.own_version_id)


def _write(moves: Sequence[Move], incidents: Sequence[Open], why: str, now: datetime) -> None:
    changed = [move for move in moves if move.is_changed]
    if changed:
        _send(_UPDATE_CLOCKS, [_clock_row(move) for move in changed])
    breached = [move for move in changed if move.found.state is ClockState.BREACHED]
    record_each(
        [_event(move, why, now) for move in changed if move.is_moved]
        + [_breach(move, now) for move in breached]
    )
    _look_again(moves, incidents, now)


def _look_again(moves: Sequence[Move], incidents: Sequence[Open], now: datetime) -> None:
    """What the queue sorts by, and when the worker looks whether a clock was exceeded."""
    looks: dict[int, datetime] = {}
    for move in moves:
        at = next_look(move.clock.warned_percent, move.pure, move.found, now)
        if at is not None:
            number = move.incident.id
            looks[number] = min(at, looks.get(number, at))
    rows, todo = [], []
    for incident in incidents:
        next_due = _next_due(incident.clocks)
        look_at = looks.get(incident.id, incident.decide_at)
        if (next_due, look_at) == (incident.next_due_at, incident.decide_at):
            continue
        rows.append(
            {"id": incident.id, "next_due_at": _stored(next_due), "decide_at": _stored(look_at)}
        )
        if look_at is not None and look_at != incident.decide_at:
            todo.append((look_at, {"incident_id": incident.id}))
    if rows:
        _send(_UPDATE_INCIDENTS, rows)
    later_each_at("decide_clocks", todo)


def _next_due(clocks: Iterable[Live]) -> datetime:
    return min((one.due_at for one in clocks if one.state != "paused"), default=NEVER)


def _clock_row(move: Move) -> dict[str, Any]:
    one, found = move.clock, move.found
    is_breached = found.state is ClockState.BREACHED
    return {
        "id": one.id,
        "la_version": one.la_agreement_version_id,
        "own_version": one.agreement_version_id,
        "target_seconds": found.target.seconds if found.target else None,
        "target_working_days": found.target.working_days if found.target else None,
        "due_at": _stored(move.new_due),
        "state": found.state.value,
        "decided_at": _stored(found.decided_at),
        "paused_since": _stored(found.paused_since),
        "elapsed_seconds": found.elapsed_seconds,
        "paused_seconds": found.paused_seconds,
        "warned_percent": 100 if is_breached else one.warned_percent,
    }


def _event(move: Move, why: str, now: datetime) -> dict[str, Any]:
    """The old due is kept (domain.md 3.3, rule 10)."""
    one = move.clock
    metric = one.metric.replace("_", " ").capitalize()
    return {
        "at": now,
        "kind": "clock.retimed",
        "subject_kind": "incident",
        "subject_id": move.incident.id,
        "from_value": _said(move.old_due),
        "to_value": _said(move.new_due),
        "note": f"{metric} ({one.agreement_kind.upper()}): {why}",
        "visibility": "internal",
    }


def _breach(move: Move, now: datetime) -> dict[str, Any]:
    return {
        "at": now,
        "kind": "clock.breached",
        "subject_kind": "incident",
        "subject_id": move.incident.id,
        "from_value": None,
        "to_value": move.clock.promise,
        "note": None,
        "visibility": "internal",
    }


def _said(at: datetime) -> str | None:
    return None if at >= NEVER else instant(at)


def _stored(at: datetime | None) -> str | None:
    """As PostgreSQL reads it out of JSON."""
    if at is None:
        return None
    return "infinity" if at >= NEVER else at.isoformat()


def _send(statement: Any, rows: list[dict[str, Any]]) -> None:
    """All rows in one statement, past the ORM: an incident keeps its version."""
    db.session.execute(statement, {"rows": rows, "school": current_school_id()})


_INCIDENT = (
    Incident.id,
    Incident.school_id,
    Incident.number,
    Incident.type,
    Incident.priority_history,
    Incident.logged_at,
    Incident.next_due_at,
    Incident.decide_at,
)
_CLOCKS = (
    select(
        Clock.id,
        Clock.incident_id,
        Clock.la_agreement_version_id,
        Clock.agreement_version_id,
        Clock.agreement_kind,
        Clock.metric,
        Clock.started_at,
        Clock.due_at,
        Clock.state,
        Clock.stopped_at,
        Clock.cancelled_at,
        Clock.decided_at,
        Clock.warned_percent,
    )
    .where(
        Clock.school_id == bindparam("school"),
        Clock.incident_id.in_(bindparam("ids", expanding=True)),
        Clock.stopped_at.is_(None),
        Clock.cancelled_at.is_(None),
    )
    .order_by(Clock.incident_id, Clock.id)
)
_TURNS = (
    select(
        Turn.incident_id,
        Turn.began_at,
        Turn.ended_at,
        Turn.line,
        Turn.status,
        Turn.hold_reason,
    )
    .where(
        Turn.school_id == bindparam("school"),
        Turn.incident_id.in_(bindparam("ids", expanding=True)),
    )
    .order_by(Turn.incident_id, Turn.began_at, Turn.id)
)
_JSON_ROWS = bindparam("rows", type_=Incident.__table__.c.priority_history.type)
_UPDATE_CLOCKS = text(
    """
    UPDATE clocks SET la_agreement_version_id = new.la_version,
           agreement_version_id = new.own_version, target_seconds = new.target_seconds,
           target_working_days = new.target_working_days, due_at = new.due_at, state = new.state,
           decided_at = new.decided_at, paused_since = new.paused_since,
           elapsed_seconds = new.elapsed_seconds, paused_seconds = new.paused_seconds,
           warned_percent = new.warned_percent
      FROM jsonb_to_recordset(:rows) AS new (id bigint, la_version bigint, own_version bigint,
           target_seconds int, target_working_days int, due_at timestamptz, state text,
           decided_at timestamptz, paused_since timestamptz, elapsed_seconds int,
           paused_seconds int, warned_percent smallint)
     WHERE clocks.school_id = :school AND clocks.id = new.id
    """
).bindparams(_JSON_ROWS)
_UPDATE_INCIDENTS = text(
    """
    UPDATE incidents SET next_due_at = new.next_due_at, decide_at = new.decide_at
      FROM jsonb_to_recordset(:rows) AS new (id bigint, next_due_at timestamptz,
           decide_at timestamptz)
     WHERE incidents.school_id = :school AND incidents.id = new.id
    """
).bindparams(_JSON_ROWS)
