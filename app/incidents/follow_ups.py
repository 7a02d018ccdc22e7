"""A day to look at an open incident again, with why; on that day whoever has it is reminded."""

from __future__ import annotations

from datetime import UTC, date, datetime, time

from sqlalchemy import select

from app import clock
from app.contracts.queries import agreement_in_force
from app.contracts.rules import Kind
from app.errors import wrong
from app.history.models import Event
from app.incidents import turns
from app.incidents.chronicle import noted
from app.incidents.models import Incident
from app.incidents.queries import check_reach
from app.later import later
from app.people.identity import Me
from app.service_hours import NeverOpen, next_opening
from tenants import current_school_id, db

DUE = "incident.follow_up_due"
TASK = "remind_follow_up"


def set_follow_up(incident: Incident, *, by: Me, on: date, reason: str) -> None:
    """It may be set at any time while it is open; a hold has its own."""
    check_reach(by, "incident.hold", incident)
    turns.check_step(incident, "follow_up")
    at = turns.instant_for(incident)
    if on < here(at):
        raise wrong("on", "Choose today or a later day.")
    before = incident.follow_up_on
    incident.follow_up_on, incident.follow_up_reason = on, reason
    incident.updated_at = at
    ask_to_remind(incident)
    noted(
        incident,
        "incident.follow_up_set",
        at,
        by=by,
        before=before.isoformat() if before else None,
        after=on.isoformat(),
        note=reason,
    )


def drop_follow_up(incident: Incident, *, by: Me) -> None:
    """Nobody needs to look at it on that day. Twice is once."""
    check_reach(by, "incident.hold", incident)
    turns.check_step(incident, "follow_up")
    if incident.follow_up_on is None:
        return
    at = turns.instant_for(incident)
    before = incident.follow_up_on.isoformat()
    incident.follow_up_on = incident.follow_up_reason = None
    incident.updated_at = at
    noted(incident, "incident.follow_up_dropped", at, by=by, before=before)


def ask_to_remind(incident: Incident) -> None:
    """When the desk opens on that day, or on the next day it does."""
    on = incident.follow_up_on
    if on is None:
        return
    midnight = datetime.combine(on, time(), tzinfo=clock.LONDON).astimezone(UTC)
    try:
        at = next_opening(agreement_in_force(Kind.OLA, on).calendar, midnight)
    except NeverOpen:
        at = midnight
    later(TASK, at=at, incident_id=incident.id, on=on.isoformat())


def remind_follow_up(incident_id: int, on: str) -> None:
    """Once for a day that is still the one."""
    incident = db.session.scalar(
        select(Incident).where(
            Incident.id == incident_id,
            Incident.is_open,
            Incident.follow_up_on == date.fromisoformat(on),
        )
    )
    if incident is None or _is_reminded(incident, on):
        return
    noted(
        incident,
        DUE,
        turns.instant_for(incident),
        by=None,
        after=on,
        note=incident.follow_up_reason,
        visibility="internal",
    )


def _is_reminded(incident: Incident, on: str) -> bool:
    wanted = select(Event.id).where(
        Event.school_id == current_school_id(),
        Event.subject_kind == "incident",
        Event.subject_id == incident.id,
        Event.kind == DUE,
        Event.to_value == on,
    )
    return db.session.scalar(wanted.limit(1)) is not None


def here(at: datetime) -> date:
    """The day it is in London."""
    return at.astimezone(clock.LONDON).date()
