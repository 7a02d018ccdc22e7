"""What an incident's page shows from the work around it. The usual page asks nothing for it: its
own columns and the history that is there already say whether there is anything."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from app.door import me
from app.incidents import approvals, linking, satisfaction, still_broken
from app.incidents.models import Incident
from app.incidents.queries import can_reach
from app.incidents.rules import Status
from app.incidents.steps import Step

_RATED = (Status.RESOLVED, Status.CLOSED)


def working(
    incident: Incident, events: Sequence[Any], offered: Sequence[Step], *, is_whole: bool
) -> dict[str, Any]:
    """`is_whole`: the events are the whole history and not a page of it."""
    person = me()
    assert person.school is not None
    is_reporter = incident.reporter_id in person.membership_ids
    is_rateable = incident.status in _RATED and satisfaction.may_rate(incident, person)
    together = _together(incident, events, is_whole=is_whole)
    is_asked = is_reporter and incident.is_open
    return {
        "question": still_broken.question_of(events) if is_asked else None,
        "may_rate": is_rateable and incident.merged_into_id is None,
        "score": satisfaction.WORDS.get(incident.csat_score or 0),
        "buttons": satisfaction.BUTTONS,
        "approval": approvals.open_approval_of(incident)
        if incident.status == Status.AWAITING_APPROVAL
        else None,
        "beside": together,
        "has_parts": any(one.is_part for one in together),
        "may_link": any(one.name == "link" for one in offered),
        "may_close": can_reach(person, "incident.close", incident),
        "code": person.school.code,
    }


def _together(incident: Incident, events: Sequence[Any], *, is_whole: bool) -> list[linking.Beside]:
    is_anything = (
        incident.parent_id is not None
        or incident.merged_into_id is not None
        or not is_whole
        or any(one.kind in linking.KINDS for one in events)
    )
    return linking.beside(incident, me()) if is_anything else []
