"""What goes out about services: plain values, the same for page, JSON and spreadsheet."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from app import clock
from app.catalogue import rules
from app.catalogue.models import Service
from app.catalogue.parts import Part, parts_of
from app.catalogue.queries import Hits, hits_of
from app.people.identity import Me
from app.shapes import instant

HEADINGS = (
    *("Service", "What it is for", "Who uses it", "Criticality", "Criticality today"),
    *("Times of the year", "Who answers for it", "When it is needed", "Skills", "Supported"),
    *("Archived", "Made of"),
)


def today_of(service: Service) -> str:
    return rules.criticality_on(service.criticality, service.seasons, clock.today())


def listed(services: Sequence[Service], person: Me) -> list[dict[str, Any]]:
    """Two statements for all of them: parts and incidents."""
    parts, hits = parts_of(services), hits_of(person, services)
    is_counted = person.may("desk.view")
    return [
        _shown(one, seen(parts[one.id], person), hits.get(one.id, Hits()) if is_counted else None)
        for one in services
    ]


def seen(parts: Sequence[Part], person: Me) -> list[Part]:
    """Of what it is made of those that this person may see in their own registers."""
    return [one for one in parts if one.kind == "words" or person.may(f"{one.kind}.view")]


def detail(service: Service, person: Me) -> dict[str, Any]:
    return listed([service], person)[0]


def _shown(service: Service, parts: Sequence[Part], hits: Hits | None) -> dict[str, Any]:
    return {
        "key": service.key,
        "name": service.name,
        "purpose": service.purpose,
        "used_by": service.used_by,
        "criticality": service.criticality,
        "criticality_today": today_of(service),
        "seasons": service.seasons,
        "owner": service.owner,
        "hours": service.hours,
        "skills": service.skills,
        "supported": service.is_supported,
        "archived": service.is_archived,
        "parts": [one.shown() for one in parts],
        "open_incidents": hits.open if hits else None,
        "incidents_this_term": hits.this_term if hits else None,
        "created_at": instant(service.created_at),
        "updated_at": instant(service.updated_at),
        "version": service.version,
    }


def as_cells(services: Sequence[Service], person: Me) -> list[Sequence[Any]]:
    parts = parts_of(services)
    return [
        [
            *(one.name, one.purpose, one.used_by, one.criticality, today_of(one)),
            *(rules.write_seasons(one.seasons), one.owner, one.hours, one.skills),
            *(one.is_supported, one.is_archived),
            ", ".join(str(part.key) for part in seen(parts[one.id], person)),
        ]
        for one in services
    ]
