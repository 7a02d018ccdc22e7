"""Visits of a school, one visit, a technician's day, and how many came to nothing."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime
from typing import Any, NamedTuple

from sqlalchemy import Select, func, select, tuple_

from app.calendar_days import end_of_day
from app.errors import NotThere
from app.history.actions import record_access
from app.people.identity import Me, SchoolName
from app.reachability.queries import Card, spoc_card
from app.visits import agenda
from app.visits.agenda import Job
from app.visits.being_there import STANDS, whole
from app.visits.models import Visit
from tenants import School, across_schools, acting_in, db


def get_visit(number: int, *, to_change: bool = False) -> Visit:
    """Of the school acted in; to change it, it is locked until the commit. Raises NotThere."""
    wanted = select(Visit).where(Visit.number == number)
    found = db.session.scalar(wanted.with_for_update() if to_change else wanted)
    if found is None:
        raise NotThere
    return found


def page_of_visits(
    *, is_coming: bool, state: str | None = None, after: Sequence[Any] | None, limit: int
) -> Sequence[Visit]:
    """Coming ones: what stands, the next first. Otherwise all of them, the newest first."""
    place: Any = tuple_(Visit.starts_at, Visit.id)
    wanted = select(Visit)
    if is_coming:
        wanted = wanted.where(Visit.state.in_(STANDS)).order_by(Visit.starts_at, Visit.id)
    else:
        wanted = wanted.order_by(Visit.starts_at.desc(), Visit.id.desc())
    if state is not None:
        wanted = wanted.where(Visit.state == state)
    if after is not None:
        at, number = datetime.fromisoformat(after[0]), after[1]
        wanted = wanted.where(place > (at, number) if is_coming else place < (at, number))
    return db.session.scalars(wanted.limit(limit)).all()


class Figures(NamedTuple):
    """Of visits that began in a period."""

    booked: int
    done: int
    aborted: int
    cancelled: int


def figures(day_from: date | None = None, day_to: date | None = None) -> Figures:
    """How many there were and how many came to nothing; both days included."""
    wanted = select(Visit.state, func.count()).group_by(Visit.state)
    if day_from is not None:
        wanted = wanted.where(Visit.starts_at >= whole(day_from)[0])
    if day_to is not None:
        wanted = wanted.where(Visit.starts_at < end_of_day(day_to))
    found: dict[str, int] = {state: number for state, number in db.session.execute(wanted)}
    standing = sum(found.get(state, 0) for state in STANDS)
    return Figures(
        standing, found.get("done", 0), found.get("aborted", 0), found.get("cancelled", 0)
    )


class Stop(NamedTuple):
    """One visit of a day, with what is to be done there and who can be reached."""

    visit: Any
    jobs: list[Job]
    hidden: int


class Place(NamedTuple):
    school: SchoolName
    card: Card
    stops: list[Stop]


def day_plan(person: Me, day: date, now: datetime) -> list[Place]:
    """The person's visits of one London day at every school, by time. Each school reads that its
    records were looked at."""
    with across_schools("a technician’s own visits of a day"):
        rows = db.session.execute(_of_day(person, day)).all()
        there = {row.school_id: row for row in rows}
    places = []
    for school_id, row in there.items():
        school = SchoolName(school_id, row.slug, row.code, row.name, row.school_status)
        with acting_in(school_id):
            record_access("day plan", "visits of their own", at=now, by=person)
            stops = [_stop(one, person) for one in rows if one.school_id == school_id]
            places.append(Place(school, spoc_card(now), stops))
    return places


def _of_day(person: Me, day: date) -> Select[Any]:
    begins, ends = whole(day)
    columns = [one for one in Visit.__table__.c if one.name != "school_id"]
    return (
        select(
            Visit.school_id,
            School.slug,
            School.code,
            School.name,
            School.status.label("school_status"),
            *columns,
        )
        .join(School, School.id == Visit.school_id)
        .where(
            Visit.la_membership_id.in_(person.la_membership_ids),
            Visit.state != "cancelled",
            Visit.starts_at < ends,
            Visit.ends_at > begins,
        )
        .order_by(Visit.starts_at, Visit.id)
    )


def _stop(row: Any, person: Me) -> Stop:
    jobs = agenda.jobs_of(row, person)
    return Stop(row, jobs, agenda.count_jobs(row.id) - len(jobs))
