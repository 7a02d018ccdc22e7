"""A visit takes place: arrival, what became of each job, leaving, the desk's signature; or it is
aborted."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from app import clock
from app.contracts.rules import Kind
from app.errors import Refused, wrong
from app.history.actions import record
from app.incidents import clocks, turns
from app.incidents.beside import Worklog
from app.incidents.chronicle import noted
from app.incidents.models import Incident
from app.incidents.rules import Status
from app.later import later
from app.people.identity import Me
from app.shapes import instant
from app.visits import agenda
from app.visits.agenda import CALLED_OFF
from app.visits.booking import check_step, incidents_to_change
from app.visits.models import Visit
from tenants import current_school_id, db

_AGREED_VISIT = "agreed_visit"


def visit_begins(visit_id: int) -> None:
    """At the agreed time work goes on by itself with what waited for the visit (T12). Twice does
    nothing more, and the row of a visit that was moved since comes too early."""
    visit = db.session.get(Visit, (current_school_id(), visit_id))
    if visit is None or visit.state != "booked" or visit.starts_at > clock.now():
        return
    for incident in incidents_to_change(agenda.incident_ids(visit)):
        _go_on(incident)


def arrive(visit: Visit, *, by: Me) -> None:
    """Somebody is there: that is an answer, and what an on-site time was promised for."""
    check_step(visit, "arrive")
    now = clock.now()
    visit.state, visit.arrived_at, visit.updated_at = "arrived", now, now
    db.session.flush()
    kind = Kind.SLA if visit.la_membership_id else Kind.OLA
    ids = agenda.incident_ids(visit)
    for incident in incidents_to_change(ids):
        _go_on(incident)
        at = turns.instant_for(incident)
        clocks.respond(clocks.clocks_of(incident), kind, incident, at)
        clocks.arrived(incident, at, kind=kind)
        noted(incident, "incident.visitor_arrived", at, by=by, after=visit.visitor_name)
    agenda.say_next_visit(ids)
    _record(visit, "arrived", by, now)


def write_outcomes(visit: Visit, *, by: Me, jobs: Sequence[Mapping[str, Any]]) -> None:
    """What became of each job; may be written in parts and changed until the desk has signed."""
    check_step(visit, "outcomes")
    if visit.signed_at is not None:
        raise Refused(f"{visit.signed_by} has signed what was done. Write more on the incident.")
    now = clock.now()
    lines = {one.number: one for one in agenda.jobs_of(visit, by)}
    rows = agenda.lines_of(visit)
    numbers = [job["incident"] for job in jobs]
    if not numbers:
        raise wrong("jobs", "Say what became of at least one job.")
    if len(set(numbers)) < len(numbers):
        raise wrong("jobs", "Name each incident once.")
    for job in jobs:
        line = lines.get(job["incident"])
        if line is None:
            raise wrong("jobs", f"Incident {job['incident']} is not on the agenda.")
        if line.outcome == CALLED_OFF and not line.is_open:
            raise wrong("jobs", f"Incident {job['incident']} was called off: it is over.")
        row = rows[line.incident_id]
        row.outcome, row.note = job["outcome"], job.get("note")
        row.minutes = job.get("minutes")
    visit.updated_at = now
    _record(visit, "outcomes", by, now)


def leave(visit: Visit, *, by: Me) -> None:
    """It is over: each job has an outcome, and the minutes are written down as work."""
    check_step(visit, "leave")
    rows = agenda.lines_of(visit)
    open_jobs = [one for one in agenda.jobs_of(visit, by) if one.outcome is None and one.is_open]
    if open_jobs:
        names = ", ".join(str(one.number) for one in open_jobs)
        raise Refused(f"Say first what became of the jobs without an outcome: {names}.")
    now = clock.now()
    for line in agenda.jobs_of(visit, by):
        if line.outcome is None:
            # Resolved while the visitor was there, or not needed any more.
            is_done = line.status in (Status.RESOLVED, Status.CLOSED)
            rows[line.incident_id].outcome = "done" if is_done else CALLED_OFF
    visit.state, visit.left_at, visit.updated_at = "done", now, now
    for incident in incidents_to_change(list(rows)):
        row, at = rows[incident.id], turns.instant_for(incident)
        noted(incident, "incident.visited", at, by=by, after=row.outcome, note=row.note)
    for row in rows.values():
        if row.minutes:
            db.session.add(
                Worklog(
                    incident_id=row.incident_id,
                    at=now,
                    by=visit.visitor_name,
                    minutes=row.minutes,
                    kind="reactive",
                    note=row.note,
                )
            )
    _record(visit, "left", by, now)
    later("tell_of_visit", at=now, visit_id=visit.id, what="left", but=by.person_id)


def abort(visit: Visit, *, by: Me, reason: str) -> None:
    """It did not take place, or broke off: nobody was there, the room was locked. It is counted."""
    check_step(visit, "abort")
    now = clock.now()
    if visit.state == "arrived":
        visit.left_at = now
    visit.state, visit.aborted_reason, visit.updated_at = "aborted", reason, now
    db.session.flush()
    ids = agenda.incident_ids(visit)
    agenda.say_next_visit(ids)
    for incident in incidents_to_change(ids):
        at, starts_at = turns.instant_for(incident), instant(visit.starts_at)
        noted(incident, "incident.visit_aborted", at, by=by, after=starts_at, note=reason)
    _record(visit, "aborted", by, now, note=reason)
    later("tell_of_visit", at=now, visit_id=visit.id, what="aborted", but=by.person_id)


def sign(visit: Visit, *, by: Me) -> None:
    """The desk has read the recap: name and time. Once is enough."""
    check_step(visit, "sign")
    if visit.signed_at is not None:
        raise Refused(f"{visit.signed_by} has signed it already.")
    now = clock.now()
    visit.signed_by, visit.signed_at, visit.updated_at = by.name, now, now
    _record(visit, "signed", by, now)


def _go_on(incident: Incident) -> None:
    if incident.status != Status.ON_HOLD or incident.hold_reason != _AGREED_VISIT:
        return
    at = turns.instant_for(incident)
    incident.follow_up_on = incident.follow_up_reason = None
    turns.move(incident, Status.IN_PROGRESS, at)
    clocks.wind(incident, clocks.clocks_of(incident), at)
    noted(
        incident,
        "incident.resumed",
        at,
        by=None,
        before="on_hold",
        after=incident.status,
        note=_AGREED_VISIT,
    )


def _record(visit: Visit, what: str, by: Me, at: datetime, **more: Any) -> None:
    record(f"visit.{what}", subject_kind="visit", subject_id=visit.id, at=at, by=by, **more)
