"""Puts lives into the tables of the school acted in, many in a handful of statements.

Nobody is told of what was over before the desk was here. What is there already only grows: a longer
log adds what came since, and an incident that somebody has worked on here is left alone.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, fields
from datetime import datetime
from typing import Any, NamedTuple, cast

from sqlalchemy import Table, bindparam, insert, select, text, update
from sqlalchemy.dialects.postgresql import insert as upsert

from app.history.actions import record_past
from app.incidents.models import Clock, Incident, Turn
from app.later import later_each_at
from app.past.lives import Life
from app.past.models import BroughtIncident
from app.past.promises import clocks_of
from app.past.rows import ClockRow, incident_row, turn_row
from tenants import current_school_id, db
from tenants.numbers import take_number

MADE, GROWN, UNCHANGED = "made", "grown", "unchanged"
OTHERWISE, WORKED_ON, SHORTER = "otherwise", "worked_on", "shorter"
OUTCOMES = {
    MADE: "made",
    GROWN: "there already, with more since",
    UNCHANGED: "unchanged",
    SHORTER: "longer here than in the file: left as they are",
    OTHERWISE: "told otherwise than before: left as they are",
    WORKED_ON: "worked on here since: left as they are",
}

_INCIDENTS, _TURNS, _CLOCKS, _BROUGHT = (
    cast(Table, one.__table__) for one in (Incident, Turn, Clock, BroughtIncident)
)
_LOCK = text("SELECT pg_advisory_xact_lock(:kind, :school)")
_HISTORY = 0x68697374  # "hist"
_KNOWN = (
    select(
        BroughtIncident.their_key,
        BroughtIncident.incident_id,
        BroughtIncident.events,
        BroughtIncident.digest,
        BroughtIncident.version_left,
        Incident.version,
    )
    .join(
        Incident,
        (Incident.school_id == BroughtIncident.school_id)
        & (Incident.id == BroughtIncident.incident_id),
    )
    .where(
        BroughtIncident.source == bindparam("source"),
        BroughtIncident.their_key.in_(bindparam("keys", expanding=True)),
    )
)
# Returning, because only then SQLAlchemy sends many rows with one statement.
_NEW_CLOCK = upsert(_CLOCKS)
_PUT_CLOCK = _NEW_CLOCK.on_conflict_do_update(
    constraint="uq_clocks_of_one_start",
    set_={
        one.name: _NEW_CLOCK.excluded[one.name]
        for one in fields(ClockRow)
        if one.name not in ("school_id", "agreement_kind", "metric", "started_at")
    },
).returning(_CLOCKS.c.id)


class Taken(NamedTuple):
    """What became of a batch; the incidents whose figures are to be counted."""

    outcomes: dict[str, str]  # by their key
    changed: list[int]


@dataclass
class _One:
    """A life with what is kept of it here."""

    life: Life
    incident_id: int = 0
    # So many of its events are here already.
    known: int = 0
    version: int = 1


def take_in(lives: Sequence[Life], source: str, now: datetime) -> Taken:
    """In the school acted in; the caller commits. Two at once take turns."""
    db.session.execute(_LOCK, {"kind": _HISTORY, "school": current_school_id()})
    asked = {"source": source, "keys": [one.key for one in lives]}
    known = {row.their_key: row for row in db.session.execute(_KNOWN, asked)}
    outcomes: dict[str, str] = {}
    new, grown = [], []
    for life in lives:
        row = known.get(life.key)
        outcome = outcomes[life.key] = MADE if row is None else _outcome(life, row)
        if row is None:
            new.append(_One(life))
        elif outcome == GROWN:
            grown.append(_One(life, row.incident_id, row.events, row.version + 1))
    _make(new, source, now)
    _grow(grown, source, now)
    return Taken(outcomes, [one.incident_id for one in (*new, *grown)])


def _outcome(life: Life, row: Any) -> str:
    if len(life.digests) < row.events:
        return SHORTER
    if life.digests[row.events - 1] != row.digest:
        return OTHERWISE
    if len(life.digests) == row.events:
        return UNCHANGED
    return GROWN if row.version == row.version_left else WORKED_ON


def _make(new: Sequence[_One], source: str, now: datetime) -> None:
    if not new:
        return
    school = current_school_id()
    rows, clocks = _rows(new, source, now)
    # Taken when all else is known: whoever reports something meanwhile waits for this counter.
    last = take_number("incident", len(new))
    for number, row in enumerate(rows, last - len(new) + 1):
        row |= {"school_id": school, "number": number, "version": 1}
    returned = insert(_INCIDENTS).returning(_INCIDENTS.c.id, _INCIDENTS.c.number)
    ids = {number: its_id for its_id, number in db.session.execute(returned, rows)}
    for one, row in zip(new, rows, strict=True):
        one.incident_id = ids[row["number"]]
    _put(insert(_TURNS).inline(), _turns(new))
    _put(insert(_CLOCKS).inline(), _clocks(new, clocks))
    _say(new, source, now)
    _put(insert(_BROUGHT).inline(), [_brought(one, source, now) for one in new])
    _look_again(new, rows)


def _grow(grown: Sequence[_One], source: str, now: datetime) -> None:
    if not grown:
        return
    rows, clocks = _rows(grown, source, now)
    changes = [
        {**row, "of_school": current_school_id(), "its_id": one.incident_id, "version": one.version}
        for one, row in zip(grown, rows, strict=True)
    ]
    _put(_of(_INCIDENTS, _INCIDENTS.c.id).values(_bound(rows[0], "version")), changes)
    there = _turns_there([one.incident_id for one in grown])
    ends = [
        {"of_school": current_school_id(), "its_id": turn_id, "ended_at": ended_at}
        for one in grown
        for turn_id, ended_at in _ended(one, there[one.incident_id])
    ]
    _put(_of(_TURNS, _TURNS.c.id).values(_bound(("ended_at",))), ends)
    more = [row for one in grown for row in _turns([one])[len(there[one.incident_id]) :]]
    _put(insert(_TURNS).inline(), more)
    _put(_PUT_CLOCK, _clocks(grown, clocks))
    _say(grown, source, now)
    brought = [
        {**_brought(one, source, now), "of_school": current_school_id(), "its_id": one.incident_id}
        for one in grown
    ]
    kept = ("events", "digest", "version_left", "brought_at")
    _put(_of(_BROUGHT, _BROUGHT.c.incident_id).values(_bound(kept)), brought)
    _look_again(grown, rows)


def _rows(ones: Sequence[_One], source: str, now: datetime) -> tuple[list[dict[str, Any]], Any]:
    rows, clocks = [], []
    for one in ones:
        kind_of = one.life.once.get("type", "incident")
        own, look_at = clocks_of(one.life, current_school_id(), kind_of, now)
        rows.append(incident_row(one.life, own, look_at, source))
        clocks.append(own)
    return rows, clocks


def _turns(ones: Iterable[_One]) -> list[dict[str, Any]]:
    return [
        {"school_id": current_school_id(), "incident_id": one.incident_id, **turn_row(turn)}
        for one in ones
        for turn in one.life.turns
    ]


def _clocks(ones: Sequence[_One], clocks: Sequence[Sequence[ClockRow]]) -> list[dict[str, Any]]:
    return [
        {**vars(clock), "incident_id": one.incident_id}
        for one, own in zip(ones, clocks, strict=True)
        for clock in own
    ]


def _turns_there(ids: Sequence[int]) -> dict[int, list[Any]]:
    found: dict[int, list[Any]] = {one: [] for one in ids}
    wanted = select(Turn.incident_id, Turn.id, Turn.ended_at).where(Turn.incident_id.in_(ids))
    for row in db.session.execute(wanted.order_by(Turn.began_at, Turn.id)):
        found[row.incident_id].append(row)
    return found


def _ended(one: _One, there: Sequence[Any]) -> Iterable[tuple[int, datetime]]:
    """The turn that was open has ended since, if it has."""
    for row, turn in zip(there, one.life.turns, strict=False):
        if row.ended_at is None and turn.ended_at is not None:
            yield row.id, turn.ended_at


def _say(ones: Sequence[_One], source: str, now: datetime) -> None:
    """What happened then, and that it was brought along now."""
    events = []
    for one in ones:
        events += [
            {
                "kind": step.kind,
                "subject_id": one.incident_id,
                "at": at,
                "actor": one.life.states[place][1].person or one.life.states[place][1].group,
                "from_value": step.before,
                "to_value": step.after,
                "note": step.note,
            }
            for place, at, step in one.life.steps
            if place >= one.known
        ]
        count = len(one.life.digests) - one.known
        events.append(
            {
                "kind": "incident.brought",
                "subject_id": one.incident_id,
                "at": now,
                "to_value": source,
                "note": f"{one.life.key}: {count} events of another desk’s log",
                "visibility": "internal",
            }
        )
    record_past("incident", events)


def _brought(one: _One, source: str, now: datetime) -> dict[str, Any]:
    return {
        "school_id": current_school_id(),
        "source": source,
        "their_key": one.life.key,
        "incident_id": one.incident_id,
        "events": len(one.life.digests),
        "digest": one.life.digests[-1],
        "version_left": one.version,
        "brought_at": now,
    }


def _look_again(ones: Sequence[_One], rows: Sequence[dict[str, Any]]) -> None:
    """A promise that still runs is looked at when its time is gone, as any other is."""
    todo = [
        (row["decide_at"], {"incident_id": one.incident_id})
        for one, row in zip(ones, rows, strict=True)
        if row["decide_at"] is not None
    ]
    if todo:
        later_each_at("decide_clocks", todo)


def _of(table: Table, column: Any) -> Any:
    return update(table).where(
        table.c.school_id == bindparam("of_school"), column == bindparam("its_id")
    )


def _bound(names: Iterable[str], *more: str) -> dict[str, Any]:
    return {name: bindparam(name) for name in (*names, *more)}


def _put(statement: Any, rows: Sequence[dict[str, Any]]) -> None:
    if rows:
        db.session.execute(statement, rows)
