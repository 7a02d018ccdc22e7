"""What a step's form offers and begins with, where the schema alone does not say it."""

from __future__ import annotations

from typing import Any, NamedTuple

from app.door import me
from app.incidents import rules, schemas
from app.incidents.models import Incident
from app.locations.models import Location
from app.locations.queries import location_choices
from app.people.groups import Group, assignable, la_groups, school_groups
from tenants import db

Choices = list[tuple[str, str]]


# Steps that the state still allows after somebody has done them: only the version can tell that
# the second person did not know.
OVERWRITES = frozenset({"check", "assign", "hold"})
# What stands where a step would write: field of its form, column.
_COLUMNS: dict[str, dict[str, str]] = {
    "return": {"missing": "return_missing"},
    "hold": {
        "reason": "hold_reason",
        "follow_up_on": "follow_up_on",
        "follow_up_reason": "follow_up_reason",
    },
    "resolve": {"type": "resolution_type", "text": "resolution_text"},
}


class Ask(NamedTuple):
    """The fields of the form in order, each with what replaces its metadata; and how they begin."""

    fields: dict[str, dict[str, Any]]
    start: dict[str, Any] = {}


def of(*names: str) -> Any:
    """These fields as the schema has them."""
    return lambda incident: Ask({name: {} for name in names})


def check(incident: Incident) -> Ask:
    start = {
        "impact": incident.impact,
        "urgency": incident.urgency,
        "category": incident.category,
        "priority_reason": incident.priority_reason,
        "priority": f"P{incident.priority}" if incident.priority_reason else None,
    }
    fields: dict[str, dict[str, Any]] = {"category": _must(), "impact": _must(), "urgency": _must()}
    if me().may("incident.override_priority"):
        fields |= {"priority": {}, "priority_reason": {}}
    return Ask(fields, start)


def saved(name: str, incident: Incident) -> dict[str, Any]:
    """What stands where this step would write; what nobody has written says nothing."""
    if name == "check":
        return check(incident).start
    return {
        field: value
        for field, column in _COLUMNS.get(name, {}).items()
        if (value := getattr(incident, column)) is not None
    }


def escalation(incident: Incident) -> Ask:
    """One line further on, to the usual group there or to another."""
    line = incident.line + 1
    to = next((name for name, number in rules.ESCALATE_TO.items() if number == line), "supplier")
    groups = [one for one in (*school_groups(), *la_groups()) if one.line == line]
    return Ask(
        {
            "to": {"kind": "hidden"},
            "group": {
                "kind": "select",
                "choices": _named(groups),
                "hint": "Leave it empty for the LA’s usual group",
            },
            "note": {},
        },
        {"to": to},
    )


def assignment(incident: Incident) -> Ask:
    person = me()
    people: Choices = [("me", f"Me, {person.name}")] if person.may("incident.take") else []
    if not person.may("incident.assign"):
        return Ask({"person": _must(choices=people)}, {"person": "me"})
    at_la = incident.line > 0 and incident.la_group_id is not None
    people += [(one.name, one.name) for one in assignable(at_la=at_la) if one.name != person.name]
    found = la_groups() if at_la else school_groups()
    groups = [one for one in found if one.line == incident.line]
    fields = {"person": _must(choices=people)}
    if groups:
        fields["group"] = _must(choices=_named(groups), label="Or which group?")
    return Ask(fields)


def note(incident: Incident) -> Ask:
    fields: dict[str, dict[str, Any]] = {"text": {}}
    if me().may("incident.note_internal"):
        fields["visibility"] = _must()
    return Ask(fields, {"visibility": "public"})


def sheet(incident: Incident) -> dict[str, Any]:
    """The sheet as it stands, for the form that changes it."""
    names = schemas.Sheet().fields
    start = {name: getattr(incident, name, None) for name in names}
    return {**start, "sensitive": incident.is_sensitive, "location": room_key(incident)}


def rooms(incident: Incident | None = None) -> Choices:
    """The school's rooms; one that is no longer used stays where it is named already."""
    found = location_choices()
    key = room_key(incident) if incident else None
    if key and key not in dict(found):
        found.append((key, f"{room_name(incident)} (no longer used)"))
    return found


def room_key(incident: Incident) -> str | None:
    room = _room(incident)
    return room.key if room else None


def room_name(incident: Incident | None) -> str | None:
    room = _room(incident) if incident else None
    return room.name if room else None


def _room(incident: Incident) -> Location | None:
    """From the session when it has been asked for before."""
    if incident.location_id is None:
        return None
    return db.session.get(Location, (incident.school_id, incident.location_id))


def _named(groups: list[Group]) -> Choices:
    return [(one.key, one.name) for one in groups]


def _must(**more: Any) -> dict[str, Any]:
    """Not optional, whatever the schema says of programs."""
    return {"optional": False, **more}
