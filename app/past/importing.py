"""Another desk's log comes in: staged, told incident by incident, kept a batch at a time.

Whoever calls commits after each batch; broken off, the next run does what is missing.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from itertools import groupby, islice
from pathlib import Path

from sqlalchemy import select

from app.calendar_days import AnyCalendar, day_of
from app.contracts.queries import agreement_in_force
from app.contracts.rules import Kind
from app.past.events import Event, EventReader
from app.past.figures import Figures
from app.past.lives import Life, life_of
from app.past.log_file import LogFile, open_log
from app.past.mapping import CannotMap, Mapping
from app.past.staging import Staging, Story, staged
from app.past.unmapped import Unmapped
from app.past.words import alike
from app.past.writing import OUTCOMES, take_in
from app.performance.rollup import count
from tenants import School, SchoolIdentifier, across_schools, acting_in, db

BATCH = 200


@dataclass
class Outcome:
    """What the report says (report.py)."""

    log: LogFile
    source: str
    unused: tuple[str, ...]
    unmapped: Unmapped
    rows: int = 0
    became: Counter[str] = field(default_factory=lambda: Counter(dict.fromkeys(OUTCOMES, 0)))
    by_school: Counter[str] = field(default_factory=Counter)
    figures: Figures = field(default_factory=Figures)


def bring(
    path: Path, mapping: Mapping, now: datetime, *, commit: Callable[[], None] | None
) -> Outcome:
    """Without `commit` nothing is kept: a dry run. Raises CannotRead, CannotMap."""
    log = open_log(path, mapping)
    with across_schools("history import on the command line"):
        schools, slugs = _schools()
    slug = mapping.school.slug
    if slug is not None and alike(slug) not in schools:
        raise CannotMap(f"There is no school “{slug}” here. Name one by slug, code or URN.")
    reader = EventReader(mapping, log, schools, now)
    found = Outcome(log, mapping.source, mapping.unused, reader.unmapped)
    with staged() as staging:
        staging.put(_events(log, reader, found))
        _say_elsewhere(staging, found)
        for school, stories in groupby(staging.stories(), key=lambda one: one.school):
            while batch := list(islice(stories, BATCH)):
                with acting_in(school):
                    _take_in(batch, mapping, found, now)
                    found.by_school[slugs[school]] += len(batch)
                    if commit is not None:
                        commit()
                    else:
                        db.session.rollback()
    return found


def _events(log: LogFile, reader: EventReader, found: Outcome) -> Iterator[Event]:
    for row, cells in log.rows():
        found.rows += 1
        event = reader.read(row, cells)
        if event is not None:
            yield event


def _schools() -> tuple[dict[str, int], dict[int, str]]:
    """What a log may call a school: slug, code, URN, name."""
    rows = db.session.execute(select(School.id, School.slug, School.code, School.name)).all()
    numbers = select(SchoolIdentifier.school_id, SchoolIdentifier.urn).where(
        SchoolIdentifier.valid_to.is_(None)
    )
    found = {alike(name): its_id for its_id, _, _, name in rows}
    found |= {str(urn): its_id for its_id, urn in db.session.execute(numbers)}
    found |= {alike(code): its_id for its_id, _, code, _ in rows}
    found |= {alike(slug): its_id for its_id, slug, _, _ in rows}
    return found, {row.id: row.slug for row in rows}


def _say_elsewhere(staging: Staging, found: Outcome) -> None:
    times, row = staging.elsewhere()
    if times:
        found.unmapped.add("other school", "", row, times)


def _take_in(batch: Sequence[Story], mapping: Mapping, found: Outcome, now: datetime) -> None:
    lives = [life_of(one.key, one.events, dict(mapping.defaults)) for one in batch]
    taken = take_in(lives, mapping.source, now)
    count(taken.changed)
    found.became.update(taken.outcomes.values())
    for one, life in zip(batch, lives, strict=True):
        _look_at(life, one, found)


def _look_at(life: Life, story: Story, found: Outcome) -> None:
    if not life.priorities:
        found.unmapped.add("no priority", "", min(one.row for one in story.events))
    found.figures.add(life, _desk_hours)


def _desk_hours(at: datetime) -> AnyCalendar:
    return agreement_in_force(Kind.OLA, day_of(at)).calendar
