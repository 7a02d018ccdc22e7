"""How much a sheet tells, whether it was of use to whoever mended, and the lesson time it cost."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from app.contracts import kept
from app.incidents import lessons, prompts, rules, turns
from app.incidents.chronicle import noted
from app.incidents.models import Incident
from app.incidents.queries import check_reach
from app.people.identity import Me
from app.schools.desk_settings import settings_here


def as_sheet(incident: Incident) -> dict[str, Any]:
    """Its answers, as `prompts` reads them."""
    sheet = {name: getattr(incident, name) for name in rules.SHEET}
    return {**sheet, "type": incident.type, "location": incident.location_id}


def completeness_of(incident: Incident) -> prompts.Completeness:
    return prompts.completeness(as_sheet(incident))


def lost_lessons(incident: Incident, now: datetime) -> lessons.Lost | None:
    """Up to now while it is not restored. No statement where no class was stopped."""
    if not incident.class_stopped or incident.cancelled_at:
        return None
    hours = kept.here().access
    if hours is None:
        return None
    began_at = incident.occurred_at or incident.reported_at
    return lessons.lost(
        is_class_stopped=incident.class_stopped,
        lessons=incident.lessons_affected,
        pupils=incident.pupils_affected,
        began_at=began_at,
        ended_at=incident.restored_at or now,
        calendar=hours,
        lesson_minutes=settings_here().lesson_minutes,
    )


def rate_sheet(incident: Incident, *, by: Me, is_useful: bool) -> None:
    """Said by whoever works on it; they may think again."""
    check_reach(by, "incident.rate_sheet", incident)
    at = turns.instant_for(incident)
    incident.is_sheet_useful = is_useful
    incident.updated_at = at
    after = "useful" if is_useful else "not useful"
    noted(incident, "incident.sheet_rated", at, by=by, after=after, visibility="internal")
