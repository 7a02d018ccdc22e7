"""The open incidents that a page of a register shows: of a room, of a supplier."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from sqlalchemy import ColumnElement, Row, select

from app.incidents.models import Incident
from app.incidents.queries import visible_to
from app.people.identity import Me
from tenants import current_school_id, db

MOST_SHOWN = 100


def open_in_rooms(person: Me, rooms: Sequence[int]) -> Sequence[Row[Any]]:
    return _open(person, Incident.location_id.in_(rooms))


def open_with_group(person: Me, group_id: int) -> Sequence[Row[Any]]:
    """Passed to this group of the school's own."""
    return _open(person, Incident.school_group_id == group_id)


def _open(person: Me, where: ColumnElement[bool]) -> Sequence[Row[Any]]:
    """Those that the person may see, the newest first."""
    wanted: Any = (
        select(
            Incident.number,
            Incident.title,
            Incident.status,
            Incident.priority,
            Incident.location_id,
            Incident.reported_at,
        )
        .where(
            Incident.school_id == current_school_id(), Incident.is_open, where, visible_to(person)
        )
        .order_by(Incident.number.desc())
        .limit(MOST_SHOWN)
    )
    return db.session.execute(wanted).all()
