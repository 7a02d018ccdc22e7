"""What an incident has to do with the service catalogue: the service it is of, what that suggests,
and the critical date that raises its priority.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime
from typing import NamedTuple

from sqlalchemy import func, select

from app import clock
from app.catalogue import rules as services
from app.catalogue.critical_dates import date_of, days_words, raise_of
from app.catalogue.models import Service
from app.catalogue.queries import Hits, service_of
from app.incidents import rules
from app.incidents.chronicle import noted
from app.incidents.models import Incident
from app.incidents.queries import visible_to
from app.people.identity import Me
from tenants import current_school_id, db

# Of a service the school stands still without, a fault hits the whole school (domain.md 3.1).
_HITS_ALL = 1
# Terms as people say the word; holidays lie around these days.
_TERMS_BEGIN = ((1, 1), (4, 15), (9, 1))


class Usual(NamedTuple):
    """The priority that impact and urgency give, and the critical date that raises it."""

    priority: int
    critical_date_id: int | None = None


def suggested_impact(incident: Incident, on: date) -> tuple[int, str] | None:
    """What the service lets one expect of impact, and why."""
    service = service_of(incident.service_id)
    if service is None or _criticality(service, on) != "high":
        return None
    why = f"{service.name} is a service of high criticality, so impact is the whole school"
    return _HITS_ALL, f"{why}: {service.used_by[:1].lower()}{service.used_by[1:]} use it."


def _criticality(service: Service, on: date) -> str:
    return services.criticality_on(service.criticality, service.seasons, on)


def usual_priority(incident: Incident, at: datetime) -> Usual:
    """From impact and urgency; on a critical date that touches it, higher (N13)."""
    assert incident.impact and incident.urgency
    priority = rules.priority(incident.impact, incident.urgency)
    if incident.type != "incident" or priority == 1:
        return Usual(priority)
    found = raise_of(
        priority,
        incident.impact,
        service_id=incident.service_id,
        location_id=incident.location_id,
        on=at.astimezone(clock.LONDON).date(),
    )
    return Usual(found.priority, found.because.id) if found else Usual(priority)


def tell_raise(incident: Incident, before: int | None, at: datetime) -> None:
    """One line in its history, by which it is counted. Which date it was stands there for nobody:
    an inspection is confidential."""
    if incident.critical_date_id is None or incident.critical_date_id == before:
        return
    assert incident.impact and incident.urgency
    noted(
        incident,
        "incident.raised",
        at,
        by=None,
        before=f"P{rules.priority(incident.impact, incident.urgency)}",
        after=f"P{incident.priority}",
        visibility="internal",
    )


def why_priority(incident: Incident, person: Me) -> str | None:
    """The reason that somebody gave, or the critical date, for those who may see such dates."""
    if incident.critical_date_id is None or not person.may("critical_date.view"):
        return incident.priority_reason
    found = date_of(incident.critical_date_id)
    if found is None:
        return None
    return f"Raised because of {found.title}, {days_words(found.first_day, found.last_day)}"


def count(person: Me, ids: Iterable[int]) -> dict[int, Hits]:
    """For the catalogue: how many that this person may see are open, and how many were reported
    this term. One statement."""
    began = term_began(clock.today())
    rows = db.session.execute(
        select(
            Incident.service_id,
            func.count().filter(Incident.is_open),
            func.count().filter(Incident.reported_at >= began),
        )
        .where(
            Incident.school_id == current_school_id(),
            Incident.service_id.in_(list(ids)),
            visible_to(person),
        )
        .group_by(Incident.service_id)
    )
    return {int(number or 0): Hits(is_open, this_term) for number, is_open, this_term in rows}


def term_began(on: date) -> datetime:
    month, day = max(one for one in _TERMS_BEGIN if one <= (on.month, on.day))
    return datetime(on.year, month, day, tzinfo=clock.LONDON)


def shown_service(incident: Incident) -> dict[str, str] | None:
    service = service_of(incident.service_id)
    return {"key": service.key, "name": service.name} if service else None
