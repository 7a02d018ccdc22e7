"""Keeps the sums up to date: whatever happened to an incident left a mark (history), and the worker
counts it anew. What it added before is taken off and what it adds now is put on, in one transaction
and one school at a time, so a late change (a reopening, another calendar, a merge) corrects exactly
the days it touches.
"""

from __future__ import annotations

import logging
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any, cast

from sqlalchemy import Table, delete, func, insert, select, text
from sqlalchemy.exc import DBAPIError

from app import clock
from app.history.models import FigureMark
from app.incidents.models import Incident
from app.later import later
from app.performance.models import DAY, MONTH, FigurePart
from app.performance.parts import parts_of
from app.performance.reading import THESE, facts_of_these, of_these
from app.performance.storing import put, store, take_off_all_schools
from app.performance.summed import DAYS
from tenants import current_school_id, db

log = logging.getLogger("deskbell.figures")

TASK = "count_figures"
BATCH = 200
# A page that is asked for figures counts so many itself before it answers; more is the worker's.
MOST_AT_ONCE = 400

_PARTS = cast(Table, FigurePart.__table__)
_MARKS = cast(Table, FigureMark.__table__)
OF = tuple(
    name
    for name in (column.name for column in _PARTS.primary_key.columns)
    if name not in ("school_id", "on", "incident_id")
)
_COUNTED_BEFORE = of_these(
    FigurePart, *(column for column in _PARTS.c if column.name not in ("school_id", "incident_id"))
)
_FORGET = delete(_PARTS).where(
    _PARTS.c.school_id == THESE.c.school_id, _PARTS.c.incident_id == THESE.c.incident_id
)
_LOCK = text("SELECT pg_advisory_xact_lock(:kind, :school)")
_LOCK_EACH = text(
    "SELECT pg_advisory_xact_lock(:kind, school) FROM unnest(CAST(:schools AS int[])) school"
)
_TRY_LOCK = text("SELECT pg_try_advisory_xact_lock(:kind, :school)")
_FIGURES = 0x66696773  # "figs"
Key = tuple[Any, ...]


def mark(incident_ids: Iterable[int]) -> None:
    """To be counted anew; for what changes incidents past the events."""
    school = current_school_id()
    rows = [{"school_id": school, "incident_id": one} for one in incident_ids]
    if rows:
        db.session.execute(insert(_MARKS).inline(), rows)


def mark_all() -> int:
    """Every incident of the school acted in."""
    found = insert(_MARKS).from_select(
        ["school_id", "incident_id"],
        select(Incident.school_id, Incident.id).where(Incident.school_id == current_school_id()),
    )
    return int(db.session.execute(found).rowcount)  # type: ignore[attr-defined]


def count_marked(limit: int = BATCH) -> int:
    """Count what is marked in the school acted in, at most so many; returns how many were."""
    # Before a mark is taken: whoever waited with marks in hand for one who waits for those marks
    # would wait for ever.
    keep_still()
    ids = _taken(limit)
    if ids:
        count(ids)
    return len(ids)


def catch_up_here() -> bool:
    """For a page of the school acted in: count what is marked if it is not much and nobody else is
    at it; returns whether the figures are up to date."""
    waiting_now = how_many_wait()
    if not waiting_now:
        return True
    if waiting_now > MOST_AT_ONCE:
        return False
    if not db.session.scalar(_TRY_LOCK, {"kind": _FIGURES, "school": current_school_id()}):
        return False
    try:
        with db.session.begin_nested():
            count_marked(MOST_AT_ONCE)
    except DBAPIError as error:
        # The page shows what was counted before, and says so; the worker tries again.
        log.warning("Figures could not be counted for a page: %s", type(error.orig).__name__)
        return False
    return True


def count_figures() -> None:
    """For the worker: a batch of the school acted in, and another one where more is marked."""
    if count_marked() == BATCH:
        later(TASK, at=clock.now())


def count(ids: Sequence[int]) -> None:
    """These incidents, whatever was counted of them before. Nobody else counts in this school
    meanwhile: what was added before must not change under our hands."""
    school = current_school_id()
    db.session.flush()
    keep_still()
    write(differences([(school, one) for one in ids]))


@dataclass
class Difference:
    """What counting some incidents anew changes; of one school, or of several."""

    had_parts: set[tuple[int, int]] = field(default_factory=set)  # schools and incidents
    parts: list[dict[str, Any]] = field(default_factory=list)
    sums: dict[Key, dict[str, int]] = field(
        default_factory=lambda: defaultdict(lambda: defaultdict(int))
    )


def differences(keys: Sequence[tuple[int, int]]) -> Difference:
    """Reads only. The keys are schools and incidents, of the school acted in or, where the LA reads
    across schools, of many; nobody else may count in these schools meanwhile."""
    found = Difference()
    for row in db.session.execute(_COUNTED_BEFORE, _these(keys)).all():
        found.had_parts.add((row.school_id, row.incident_id))
        key = (row.school_id, row.on, *(getattr(row, name) for name in OF))
        _add(found.sums[key], row.counters, -1)
    for facts in facts_of_these(keys):
        school, incident = facts.incident.school_id, facts.incident.id
        for (on, of), counts in parts_of(facts).items():
            _add(found.sums[school, on, *of], counts, 1)
            found.parts.append(
                {
                    "school_id": school,
                    "on": on.isoformat(),
                    "incident_id": incident,
                    **of._asdict(),
                    "counters": counts,
                }
            )
    return found


def write(found: Difference) -> None:
    """In the school acted in, or in all of them where the LA's administration writes."""
    if found.had_parts:
        db.session.execute(_FORGET, _these(sorted(found.had_parts)))
    if found.parts:
        put(found.parts)
    _store(found.sums)


def rebuild() -> int:
    """Throw away what is counted of the school acted in and count everything anew, batch by batch;
    returns how many incidents."""
    school = current_school_id()
    keep_still()
    take_off_all_schools(school)
    for table in (_PARTS, DAYS, _MARKS):
        db.session.execute(delete(table).where(table.c.school_id == school))
    counted, after = 0, 0
    while ids := _ids_after(after):
        count(ids)
        counted, after = counted + len(ids), ids[-1]
    return counted


def keep_still() -> None:
    """Nobody else counts in this school until the transaction ends."""
    db.session.execute(_LOCK, {"kind": _FIGURES, "school": current_school_id()})


def keep_still_in(schools: Sequence[int]) -> None:
    """The same in each of them, one after the other in the order given."""
    db.session.execute(_LOCK_EACH, {"kind": _FIGURES, "schools": list(schools)})


def _ids_after(after: int) -> list[int]:
    found = select(Incident.id).where(Incident.id > after).order_by(Incident.id).limit(BATCH)
    return list(db.session.scalars(found))


def _taken(limit: int) -> list[int]:
    """Takes marks away, those of one incident together."""
    school = current_school_id()
    some = (
        select(_MARKS.c.incident_id)
        .where(_MARKS.c.school_id == school)
        .distinct()
        .limit(limit)
        .scalar_subquery()
    )
    gone = delete(_MARKS).where(_MARKS.c.school_id == school, _MARKS.c.incident_id.in_(some))
    return sorted(set(db.session.scalars(gone.returning(_MARKS.c.incident_id))))


def _store(sums: dict[Key, dict[str, int]]) -> None:
    """Days and months get the difference, and so does the LA; nothing is written where nothing
    changed."""
    months: dict[Key, dict[str, int]] = defaultdict(lambda: defaultdict(int))
    for (school, on, *of), counts in sums.items():
        _add(months[school, on.replace(day=1), *of], counts, 1)
    rows = [
        {
            "school_id": school,
            "span": span,
            "on": on.isoformat(),
            **dict(zip(OF, of, strict=True)),
            **changed,
        }
        for span, found in ((DAY, sums), (MONTH, months))
        for (school, on, *of), counts in found.items()
        if (changed := {name: value for name, value in counts.items() if value})
    ]
    if rows:
        store(rows)


def _these(keys: Sequence[tuple[int, int]]) -> dict[str, list[int]]:
    return {"schools": [school for school, _ in keys], "ids": [one for _, one in keys]}


def _add(sums: dict[str, int], counts: dict[str, int], times: int) -> None:
    for name, value in counts.items():
        sums[name] += value * times


def waiting() -> list[int]:
    """The schools in which something is marked, in order; for whoever reads across schools."""
    found = select(FigureMark.school_id).distinct().order_by(FigureMark.school_id)
    return list(db.session.scalars(found))


def how_many_wait() -> int:
    """In the school acted in, or in all where the LA reads; no further than a page would count."""
    some = select(FigureMark.id).limit(MOST_AT_ONCE + 1).subquery()
    return int(db.session.scalar(select(func.count()).select_from(some)) or 0)
