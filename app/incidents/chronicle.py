"""One line of an incident's history; every step writes exactly one."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from app.history.actions import record
from app.incidents.models import Incident
from app.people.identity import Me


def noted(
    incident: Incident,
    kind: str,
    at: datetime,
    *,
    by: Me | None,
    before: str | None = None,
    after: str | None = None,
    note: str | None = None,
    visibility: str = "public",
    is_id_wanted: bool = False,
    details: dict[str, Any] | None = None,
    tell_at: datetime | None = None,
) -> int | None:
    """`before` and `after` name what changed: a state, a group, a person or a priority."""
    return record(
        kind,
        subject_kind="incident",
        subject_id=incident.id,
        at=at,
        by=by,
        from_value=before,
        to_value=after,
        note=note,
        visibility=visibility,
        is_id_wanted=is_id_wanted,
        details=details,
        tell_at=tell_at,
    )
