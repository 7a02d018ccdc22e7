"""What is to be done at a visit: proposed from what is open, agreed by the desk, called off when it
is no longer needed."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any, NamedTuple

from sqlalchemy import func, or_, select, update

from app import clock
from app.errors import wrong
from app.history.actions import record
from app.incidents.models import Incident
from app.incidents.queries import visible_to
from app.later import later
from app.locations.models import Location
from app.people.identity import Me
from app.visits.being_there import STANDS, Must
from app.visits.models import Visit, VisitJob
from app.visits.rules import MOST_JOBS
from app.visits.visitors import Visitor, groups_of
from tenants import School, current_school_id, db

CALLED_OFF = "called_off"


class Planned(NamedTuple):
    """An incident that may stand on an agenda, as plain values: reading when somebody is free
    lets go of every row in hand."""

    id: int
    number: int
    must_be_present: bool
    meet_periods: Any


class Job(NamedTuple):
    """A line of an agenda, with what may be seen of its incident."""

    incident_id: int
    number: int
    title: str
    status: str
    is_open: bool
    priority: int | None
    is_sensitive: bool
    reporter_name: str
    room: str | None
    meet_periods: Any
    must_be_present: bool
    available_when: str | None
    outcome: str | None
    note: str | None
    minutes: int | None


_PLANNED = (Incident.id, Incident.number, Incident.must_be_present, Incident.meet_periods)


def proposed(by: Me, visitor: Visitor) -> list[Planned]:
    """All that is open at the school and forwarded to the visitor or a group of theirs, the most
    pressing first."""
    return [Planned(*row) for row in _forwarded_to(by, visitor, _PLANNED)]


def could_be_done(by: Me, visitor: Visitor) -> list[Any]:
    """The same with what a page says of them."""
    said = (Incident.number, Incident.title, Incident.priority)
    return list(_forwarded_to(by, visitor, said))


def _forwarded_to(by: Me, visitor: Visitor, columns: Sequence[Any]) -> Sequence[Any]:
    own, of_la = groups_of(visitor)
    ways: list[Any] = []
    if visitor.la_membership_id is not None:
        ways.append(Incident.la_assignee_id == visitor.la_membership_id)
    if visitor.membership_id is not None:
        ways.append(Incident.assignee_id == visitor.membership_id)
    if of_la:
        ways.append(Incident.la_group_id.in_(of_la))
    if own:
        ways.append(Incident.school_group_id.in_(own))
    if not ways:
        return []
    return db.session.execute(
        select(*columns)
        .where(Incident.is_open, or_(*ways), visible_to(by))
        .order_by(Incident.next_due_at, Incident.id)
        .limit(MOST_JOBS)
    ).all()


def named(by: Me, numbers: Sequence[int]) -> list[Planned]:
    """In the order given. Raises Wrong for one that is not there, not open, or named twice."""
    rows = db.session.execute(
        select(*_PLANNED).where(
            Incident.number.in_(numbers or [0]), Incident.is_open, visible_to(by)
        )
    )
    found = {row.number: Planned(*row) for row in rows}
    missing = [number for number in numbers if number not in found]
    if missing:
        raise wrong("incidents", f"There is no open incident {missing[0]} at this school.")
    if len(set(numbers)) < len(numbers):
        raise wrong("incidents", "Name each incident once.")
    return [found[number] for number in numbers]


def musts(jobs: Iterable[Planned | Job]) -> list[Must]:
    """The reporters who have to be there."""
    code = db.session.scalar(select(School.code).where(School.id == current_school_id())) or ""
    return [Must(f"{code}-{one.number}", one.meet_periods) for one in jobs if one.must_be_present]


def jobs_of(visit: Any, by: Me) -> list[Job]:
    """In order; those of which the person may see nothing are left out."""
    is_there = (Location.school_id == Incident.school_id) & (Location.id == Incident.location_id)
    rows = db.session.execute(
        select(
            Incident.id,
            Incident.number,
            Incident.title,
            Incident.status,
            Incident.is_open,
            Incident.priority,
            Incident.is_sensitive,
            Incident.reporter_name,
            Location.name,
            Incident.meet_periods,
            Incident.must_be_present,
            Incident.available_when,
            VisitJob.outcome,
            VisitJob.note,
            VisitJob.minutes,
        )
        .select_from(VisitJob)
        .join(Incident, _is_of(VisitJob.incident_id))
        .outerjoin(Location, is_there)
        .where(VisitJob.visit_id == visit.id, visible_to(by))
        .order_by(VisitJob.position, VisitJob.id)
    )
    return [Job(*row) for row in rows]


def count_jobs(visit_id: int) -> int:
    """All of them, also those of which the person who looks may see nothing."""
    wanted = select(func.count()).select_from(VisitJob).where(VisitJob.visit_id == visit_id)
    return db.session.scalar(wanted) or 0


def put_on(visit: Visit, jobs: Sequence[Planned], by: Me) -> None:
    """This is the agenda now, in this order. What is off it is gone, as nothing was done of it;
    what this person may not even see stays, behind the others."""
    there = {one.incident_id: one for one in _rows_of(visit)}
    seen = {one.incident_id for one in jobs_of(visit, by)}
    hidden = [there.pop(number) for number in list(there) if number not in seen]
    if len(hidden) + len(jobs) > MOST_JOBS:
        raise wrong("incidents", f"At most {MOST_JOBS} incidents fit on one visit.")
    for place, line in enumerate(hidden, start=len(jobs)):
        line.position = place
    for place, job in enumerate(jobs):
        planned = there.pop(job.id, None) or VisitJob(visit_id=visit.id, incident_id=job.id)
        db.session.add(planned)
        planned.position, planned.outcome = place, None
    for line in there.values():
        db.session.delete(line)
    db.session.flush()
    say_next_visit([job.id for job in jobs] + list(there))


def incident_ids(visit: Visit) -> list[int]:
    return [one.incident_id for one in _rows_of(visit)]


def lines_of(visit: Visit) -> dict[int, VisitJob]:
    return {one.incident_id: one for one in _rows_of(visit)}


def say_next_visit(ids: Sequence[int]) -> None:
    """So that an incident's page knows without asking when somebody comes."""
    coming = (
        select(Visit.starts_at)
        .join(VisitJob, (VisitJob.school_id == Visit.school_id) & (VisitJob.visit_id == Visit.id))
        .where(
            Visit.state == "booked",
            VisitJob.incident_id == Incident.id,
            VisitJob.school_id == Incident.school_id,
            VisitJob.outcome.is_(None),
        )
        .order_by(Visit.starts_at)
        .limit(1)
        .correlate(Incident)
        .scalar_subquery()
    )
    db.session.execute(
        update(Incident)
        .where(Incident.school_id == current_school_id(), Incident.id.in_(ids))
        .values(next_visit_at=coming)
        .execution_options(synchronize_session=False)
    )


def call_off(incident: Incident, at: datetime) -> None:
    """It is resolved, closed or cancelled: nobody needs to come for it any more (T14)."""
    standing = select(Visit.id).where(
        Visit.school_id == current_school_id(), Visit.state.in_(STANDS)
    )
    off = db.session.execute(
        update(VisitJob)
        .where(
            VisitJob.school_id == current_school_id(),
            VisitJob.incident_id == incident.id,
            VisitJob.outcome.is_(None),
            VisitJob.visit_id.in_(standing),
        )
        .values(outcome=CALLED_OFF)
        .returning(VisitJob.visit_id)
        .execution_options(synchronize_session=False)
    )
    visits = off.scalars().all()
    if not visits:
        return
    say_next_visit([incident.id])
    for number in visits:
        _without(number, incident, at)


def _without(visit_id: int, incident: Incident, at: datetime) -> None:
    """A regular visit goes on without it; an urgent one with nothing left to do is cancelled."""
    visit = db.session.get(Visit, (current_school_id(), visit_id), with_for_update=True)
    if visit is None:
        return
    is_left = any(one.outcome != CALLED_OFF for one in _rows_of(visit))
    if visit.kind == "urgent" and visit.state == "booked" and not is_left:
        visit.state = "cancelled"
        visit.cancelled_reason = "Nothing is left to be done."
        kind = "visit.cancelled"
    else:
        kind = "visit.job_called_off"
    visit.updated_at = at
    record(
        kind,
        subject_kind="visit",
        subject_id=visit.id,
        at=at,
        by=None,
        to_value=str(incident.number),
        visibility="internal",
    )
    later("tell_of_visit", at=clock.now(), visit_id=visit.id, what=kind.partition(".")[2])


def _rows_of(visit: Visit) -> Sequence[VisitJob]:
    wanted = select(VisitJob).where(VisitJob.visit_id == visit.id)
    return db.session.scalars(
        wanted.order_by(VisitJob.position, VisitJob.id),
        execution_options={"populate_existing": True},
    ).all()


def _is_of(column: Any) -> Any:
    return (Incident.school_id == VisitJob.school_id) & (Incident.id == column)
