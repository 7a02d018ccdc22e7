"""What stands beside the sheet on an incident's page, for views.py to hand to its fragment."""

from __future__ import annotations

from datetime import datetime
from typing import NamedTuple

from app.door import me
from app.incidents import followers, queries, sheet_quality
from app.incidents.blank_sheets import sheet_name
from app.incidents.lessons import METHOD, Lost
from app.incidents.models import Incident
from app.schools.desk_settings import settings_here


class Beside(NamedTuple):
    sheet_name: str | None
    followers: int
    is_follower: bool
    lost: Lost | None
    method: str
    may_rate: bool
    has_contact: bool


def beside(incident: Incident, now: datetime) -> Beside:
    """No statement for most: only where somebody follows it, or a class was stopped."""
    person = me()
    school = person.school
    assert school is not None
    how_many = queries.followers_of(incident)
    lost = sheet_quality.lost_lessons(incident, now)
    is_reporter = incident.reporter_id in person.membership_ids
    return Beside(
        sheet_name=sheet_name(school.code, incident.sheet_number)
        if incident.sheet_number
        else None,
        followers=how_many if person.may("desk.view") else 0,
        is_follower=bool(how_many) and not is_reporter and followers.is_following(incident, person),
        lost=lost,
        method=METHOD.format(minutes=settings_here().lesson_minutes) if lost else "",
        may_rate=queries.can_reach(person, "incident.rate_sheet", incident),
        has_contact=not queries.follows_only(person, incident),
    )
