"""The nightly check: a sample of the kept figures is worked out afresh from incidents, turns and
clocks, and a sample of the LA's from those of the schools. Whatever differs is an alarm, said in
the LA's history and in the log, and is made anew.
"""

from __future__ import annotations

import logging
from collections import defaultdict
from collections.abc import Iterable, Sequence
from datetime import date, datetime
from random import Random
from typing import Any, NamedTuple, cast

from sqlalchemy import Table, select

from app.history.actions import record_at_la
from app.history.models import FigureMark
from app.incidents.models import Incident
from app.performance import la_checking, rollup
from app.performance.counters import COUNTERS
from app.performance.models import DAY, MONTH, FigurePart
from app.performance.parts import Parts, parts_of
from app.performance.reading import facts_of
from app.performance.summed import DAYS
from tenants import School, acting_in, administering, current_school_id, db

log = logging.getLogger("deskbell.figures")

DRIFTED = "figures.drifted"
# Whose the sums of all schools are; no school's slug looks like that.
ALL_SCHOOLS = "all schools"
SCHOOLS_A_NIGHT, INCIDENTS_A_SCHOOL = 20, 100
_PARTS = cast(Table, FigurePart.__table__)
Sums = dict[tuple[Any, ...], dict[str, int]]


class Drift(NamedTuple):
    """In one school: incidents that are counted otherwise, and sums that are not of their parts."""

    incidents: tuple[int, ...]
    sums: int
    # In which months those sums are.
    months: frozenset[date] = frozenset()

    def __bool__(self) -> bool:
        return bool(self.incidents or self.sums)


def check_a_sample(now: datetime) -> list[int]:
    """Another sample each night, the same one if asked twice; returns the schools that drifted."""
    dice = Random(now.date().toordinal())
    with administering("which schools have figures"):
        schools = db.session.execute(select(School.id, School.slug).order_by(School.id)).all()
    drifted: list[int] = []
    months: set[date] = set()
    for school_id, slug in dice.sample(list(schools), min(SCHOOLS_A_NIGHT, len(schools))):
        with acting_in(school_id):
            found = drift(dice)
            if found:
                rollup.rebuild()
        if found:
            drifted.append(school_id)
            months.update(found.months)
            _alarm(slug, _said(found), now)
    # What was taken off the LA's sums with a wrong one of a school was never added to them.
    for month in sorted(months):
        la_checking.mend(month)
    for month in la_checking.sample(now.date(), dice):
        if wrong := la_checking.mend(month):
            _alarm(
                ALL_SCHOOLS, f"{wrong} sums of all schools of {month:%B %Y} wrong; made anew", now
            )
    return drifted


def drift(dice: Random) -> Drift:
    """In the school acted in. What is marked is about to be counted and is no drift."""
    rollup.keep_still()
    marked = _marked()
    ids = [one for one in db.session.scalars(select(Incident.id)) if one not in marked]
    sample = sorted(dice.sample(ids, min(INCIDENTS_A_SCHOOL, len(ids))))
    found = set(_counted_otherwise(sample))
    # Somebody may have worked on one of them between what was counted and what happened.
    wrong = _wrong_sums()
    months = frozenset(on.replace(day=1) for on, *_ in wrong)
    return Drift(tuple(sorted(found - _marked())), len(wrong), months)


def _marked() -> set[int]:
    return set(db.session.scalars(select(FigureMark.incident_id).distinct()))


def _counted_otherwise(ids: Sequence[int]) -> Iterable[int]:
    kept: dict[int, Parts] = defaultdict(dict)
    for row in db.session.execute(select(*_PARTS.c).where(*_here(_PARTS, ids))):
        of = tuple(getattr(row, name) for name in rollup.OF)
        kept[row.incident_id][row.on, of] = row.counters  # type: ignore[index]
    for facts in facts_of(ids):
        if kept[facts.incident.id] != parts_of(facts):
            yield facts.incident.id


def _wrong_sums() -> list[tuple[Any, ...]]:
    """Days that are not the sum of their parts, and months that are not the sum of their days."""
    parts: Sums = defaultdict(lambda: defaultdict(int))
    for row in db.session.execute(select(*_PARTS.c).where(*_here(_PARTS))):
        _add(parts, row, row.on, row.counters)
    days, months = _stored(DAY), _stored(MONTH)
    of_days: Sums = defaultdict(lambda: defaultdict(int))
    for (on, *of), counts in days.items():
        for name, value in counts.items():
            of_days[on.replace(day=1), *of][name] += value
    return [*_differing(parts, days), *_differing(of_days, months)]


def _stored(span: str) -> Sums:
    found: Sums = defaultdict(lambda: defaultdict(int))
    for row in db.session.execute(select(*DAYS.c).where(*_here(DAYS), DAYS.c.span == span)):
        _add(found, row, row.on, {name: getattr(row, name) or 0 for name in COUNTERS})
    return found


def _add(sums: Sums, row: Any, on: date, counts: dict[str, int]) -> None:
    kept = sums[on, *(getattr(row, name) for name in rollup.OF)]
    for name, value in counts.items():
        kept[name] += value


def _differing(left: Sums, right: Sums) -> Iterable[tuple[Any, ...]]:
    """Which of the sums differ; one of nothing but zeros is as good as none."""
    return (
        key
        for key in {*left, *right}
        if any(left[key].get(name, 0) != right[key].get(name, 0) for name in COUNTERS)
    )


def _here(table: Table, ids: Sequence[int] | None = None) -> list[Any]:
    of_school = [table.c.school_id == current_school_id()]
    return of_school if ids is None else [*of_school, table.c.incident_id.in_(ids)]


def _said(found: Drift) -> str:
    return f"{len(found.incidents)} incidents counted otherwise, {found.sums} sums wrong; made anew"


def _alarm(whose: str, said: str, now: datetime) -> None:
    log.error("Figures of %s had drifted: %s", whose, said)
    with administering("figures that drifted"):
        record_at_la(DRIFTED, whose, at=now, by=None, note=said)
