"""What somebody of a supplier reads of an incident that their company has: a table, like that of
the Tech Advisors.

Never who reported it, who works on it, what the school's people wrote to one another, or what the
school and the LA promised each other; a file of it opens by the link alone.
"""

from __future__ import annotations

from typing import Any

from app import clock
from app.contracts.rules import Kind
from app.incidents import clocks, shown
from app.incidents.models import Incident
from app.incidents.on_asset import tag_of
from app.incidents.queries import room_of
from app.incidents.turns import reference, turns_of
from app.people.identity import SchoolName
from app.shapes import instant

# What is wrong, where and when somebody can be met, and what the supplier said itself.
SAFE_ANSWERS = (
    "title",
    "expected",
    "happened",
    "checked",
    "last_worked",
    "seen_before",
    "anything_else",
    "error_text",
    "reproducible",
    "available_when",
    "category",
    "supplier_reference",
)


def supplier_detail(incident: Incident, school: SchoolName) -> dict[str, Any]:
    """One incident as its supplier sees it."""
    now, turns = clock.now(), turns_of(incident)
    room = room_of(incident)
    theirs = [one for one in clocks.clocks_of(incident) if one.agreement_kind == Kind.UC]
    return {
        "reference": reference(school.code, incident.number),
        "school": {"slug": school.slug, "code": school.code, "name": school.name},
        "number": incident.number,
        "type": incident.type,
        "status": incident.status,
        "line": incident.line,
        "group": incident.group_name,
        "waiting_for": incident.waiting_for,
        "priority": shown.priority_name(incident.priority),
        "location": {"key": room.key, "name": room.name} if room else None,
        "asset": tag_of(incident),
        "owner": incident.owner_name,
        "clocks": [shown.shown_clock(incident, one, turns, now) for one in theirs],
        "supplier_visit_at": instant(incident.supplier_visit_at),
        "version": incident.version,
        **{name: getattr(incident, name) for name in SAFE_ANSWERS},
    }


def supplier_listed(row: dict[str, Any]) -> dict[str, Any]:
    """A row of a list: which person has it, and what others promised, is not theirs to know."""
    return {**row, "assignee": None, "next_due_at": None, "overdue": False}
