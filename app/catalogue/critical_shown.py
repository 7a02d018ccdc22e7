"""What goes out about critical dates: plain values."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from app.catalogue.critical_dates import places_of, raised_by
from app.catalogue.models import CriticalDate
from app.catalogue.queries import names_of
from app.shapes import instant

HEADINGS = (
    *("Number", "What it is", "Kind", "First day", "Last day", "Service", "Place"),
    *("Raises priority", "Changes wait", "Cancelled", "Incidents raised"),
)


def listed(dates: Sequence[CriticalDate]) -> list[dict[str, Any]]:
    """Three statements at most for all of them."""
    services, places = (
        names_of(x.service_id for x in dates),
        places_of(x.location_id for x in dates),
    )
    raised = raised_by(dates)
    return [
        {
            "number": one.number,
            "title": one.title,
            "kind": one.kind,
            "first_day": one.first_day.isoformat(),
            "last_day": one.last_day.isoformat(),
            "service": _named(services.get(one.service_id)),
            "location": _named(places.get(one.location_id)),
            "raises_priority": one.raises_priority,
            "freezes_changes": one.freezes_changes,
            "cancelled": one.is_cancelled,
            "raised_incidents": raised.get(one.id, 0),
            "created_by": one.created_by,
            "created_at": instant(one.created_at),
            "version": one.version,
        }
        for one in dates
    ]


def _named(found: tuple[str, str] | None) -> dict[str, str] | None:
    return {"key": found[0], "name": found[1]} if found else None


def as_cells(dates: Sequence[CriticalDate]) -> list[Sequence[Any]]:
    return [
        [
            *(one["number"], one["title"], one["kind"], date.first_day, date.last_day),
            *((one[name] or {}).get("name") for name in ("service", "location")),
            *(one["raises_priority"], one["freezes_changes"], one["cancelled"]),
            one["raised_incidents"],
        ]
        for one, date in zip(listed(dates), dates, strict=True)
    ]
