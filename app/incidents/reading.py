"""Opening one incident to read it; LA staff from outside leave an access record."""

from __future__ import annotations

from sqlalchemy import select

from app import clock
from app.history.actions import record_access
from app.history.models import Event
from app.incidents.models import Incident
from app.incidents.queries import get_incident, visibilities
from app.incidents.turns import reference
from app.people.identity import Me
from tenants import db


def open_to_read(person: Me, number: int) -> Incident:
    """One incident that the person may see, and the record of their looking."""
    incident = get_incident(person, number)
    if person.is_from_outside:
        assert person.school is not None
        why = "forwarded to the LA" if incident.forwarded_at else "open in the LA's queue"
        record_access(reference(person.school.code, number), why, at=clock.now(), by=person)
    return incident


def open_list(person: Me, what: str) -> None:
    """A list of the school's incidents shows titles and names, so looking at it is recorded too."""
    if person.is_from_outside:
        record_access(what, "read as LA staff", at=clock.now(), by=person)


def last_change(incident: Incident, person: Me) -> Event | None:
    """Who did what last, as far as this person may read it."""
    return db.session.scalar(
        select(Event)
        .where(
            Event.school_id == incident.school_id,
            Event.subject_kind == "incident",
            Event.subject_id == incident.id,
            Event.visibility.in_(visibilities(person)),
        )
        .order_by(Event.at.desc(), Event.id.desc())
        .limit(1)
    )
