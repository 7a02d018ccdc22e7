"""Closing (T16): who may, and how a resolved incident that nobody speaks of closes by itself.

At the resolution two rows go into the outbox: after three working days of the school's desk the
reporter and the SPOC are reminded, after five it is closed. Either does nothing where it was
reopened, closed or resolved anew meanwhile, or where the calendar now says that it is too early.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

from sqlalchemy import select

from app import clock
from app.calendar_days import day_of
from app.contracts.queries import agreement_in_force
from app.contracts.rules import Kind
from app.errors import NotAllowed
from app.history.models import Event
from app.incidents import satisfaction, turns
from app.incidents.chronicle import noted
from app.incidents.models import Incident
from app.incidents.queries import can_reach, check_reach
from app.incidents.rules import Status
from app.later import later
from app.people.identity import Me
from app.schools.desk_settings import settings_here
from app.service_hours import NeverOpen, end_of_working_day
from tenants import current_school_id, db

REMIND_WORKING_DAYS, CLOSE_WORKING_DAYS = 3, 5
ASKED = "incident.confirm_asked"
Put = Callable[[int, datetime, datetime], None]


def check_may_close(incident: Incident, by: Me) -> None:
    """The desk; whoever mends only where the school allows it."""
    if can_reach(by, "incident.close", incident):
        return
    check_reach(by, "incident.close_where_allowed", incident)
    if not settings_here().may_technician_close:
        raise NotAllowed("At this school the service desk closes. Resolving it is enough.")


def may_close(incident: Incident, by: Me) -> bool:
    try:
        check_may_close(incident, by)
    except NotAllowed:
        return False
    return True


def ask_to_close(incident: Incident, at: datetime) -> None:
    """At the resolution: what happens when nobody says anything."""
    for put, days in ((_remind_later, REMIND_WORKING_DAYS), (_close_later, CLOSE_WORKING_DAYS)):
        due_at = _end_of(at, days)
        if due_at is not None:
            put(incident.id, at, due_at)


def remind_to_confirm(incident_id: int, resolved_at: str) -> None:
    """Once: it is not closed yet, and soon will be."""
    incident, now = _still_resolved(incident_id, resolved_at), clock.now()
    if incident is None or _is_too_early(_remind_later, incident, REMIND_WORKING_DAYS, now):
        return
    if incident.merged_into_id is not None or satisfaction.is_said_not_solved(incident):
        # It goes on as another one, or they have answered already.
        return
    at = turns.instant_for(incident)
    closes_at = _end_of(datetime.fromisoformat(resolved_at), CLOSE_WORKING_DAYS)
    if not _is_asked(incident, datetime.fromisoformat(resolved_at)):
        noted(incident, ASKED, at, by=None, after=closes_at.isoformat() if closes_at else None)


def close_by_itself(incident_id: int, resolved_at: str) -> None:
    incident, now = _still_resolved(incident_id, resolved_at), clock.now()
    if incident is None or _is_too_early(_close_later, incident, CLOSE_WORKING_DAYS, now):
        return
    if satisfaction.is_said_not_solved(incident):
        # They did object, if not by reopening it: somebody has to look.
        return
    at = turns.instant_for(incident)
    incident.closed_at = at
    turns.move(incident, Status.CLOSED, at)
    noted(
        incident,
        "incident.closed",
        at,
        by=None,
        before="resolved",
        after=incident.status,
        note=f"Nobody reopened it for {CLOSE_WORKING_DAYS} working days.",
    )


def _still_resolved(incident_id: int, resolved_at: str) -> Incident | None:
    wanted = select(Incident).where(
        Incident.id == incident_id,
        Incident.status == Status.RESOLVED,
        Incident.resolved_at == datetime.fromisoformat(resolved_at),
    )
    return db.session.scalar(wanted.with_for_update())


def _is_too_early(put: Put, incident: Incident, days: int, now: datetime) -> bool:
    """The calendar may have changed since: then it is asked for again at the right time."""
    assert incident.resolved_at is not None
    due_at = _end_of(incident.resolved_at, days)
    if due_at is not None and due_at <= now:
        return False
    if due_at is not None:
        put(incident.id, incident.resolved_at, due_at)
    return True


def _end_of(at: datetime, days: int) -> datetime | None:
    """When that many working days of the desk are over; None where it never opens again."""
    calendar = agreement_in_force(Kind.OLA, day_of(at)).calendar
    try:
        return end_of_working_day(calendar, at, days)
    except NeverOpen:
        return None


def _remind_later(incident_id: int, resolved_at: datetime, at: datetime) -> None:
    since = resolved_at.isoformat()
    later("remind_to_confirm", at=at, incident_id=incident_id, resolved_at=since)


def _close_later(incident_id: int, resolved_at: datetime, at: datetime) -> None:
    since = resolved_at.isoformat()
    later("close_by_itself", at=at, incident_id=incident_id, resolved_at=since)


def _is_asked(incident: Incident, since: datetime) -> bool:
    wanted = select(Event.id).where(
        Event.school_id == current_school_id(),
        Event.subject_kind == "incident",
        Event.subject_id == incident.id,
        Event.kind == ASKED,
        Event.at >= since,
    )
    return db.session.scalar(wanted.limit(1)) is not None
