"""What a step's form offers and begins with, where the schema alone does not say it."""

from __future__ import annotations

from typing import Any, NamedTuple

from app import clock
from app.assets.queries import tags_in_room
from app.door import me
from app.incidents import (
    meeting,
    of_service,
    on_asset,
    prompts,
    rules,
    schemas,
    sheet_quality,
    solved_by,
)
from app.incidents.assigning import pick
from app.incidents.escalation import has_first_line, usual_group
from app.incidents.linking import count_children
from app.incidents.models import Incident
from app.incidents.supplier_says import answer_of
from app.locations.models import Location
from app.locations.queries import location_choices
from app.people.groups import Group, assignable, la_groups_here, school_groups
from app.web.words import plural
from tenants import db

Choices = list[tuple[str, str]]


# Steps that the state still allows after somebody has done them: only the version can tell that
# the second person did not know.
OVERWRITES = frozenset({"check", "assign", "hold", "work_around", "follow_up"})
# What stands where a step would write: field of its form, column.
_COLUMNS: dict[str, dict[str, str]] = {
    "return": {"missing": "return_missing"},
    "hold": {
        "reason": "hold_reason",
        "follow_up_on": "follow_up_on",
        "follow_up_reason": "follow_up_reason",
    },
    "work_around": {"text": "workaround", "none_because": "no_workaround"},
    "follow_up": {"on": "follow_up_on", "reason": "follow_up_reason"},
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
    level = suggested_level(incident)
    of_this_service = of_service.suggested_impact(incident, clock.today())
    start = {
        "impact": incident.impact or (level.impact if level else None),
        "urgency": incident.urgency or (level.urgency if level else None),
        "category": incident.category,
        "priority_reason": incident.priority_reason,
        "priority": f"P{incident.priority}" if incident.priority_reason else None,
    }
    fields: dict[str, dict[str, Any]] = {"category": _must(), "impact": _must(), "urgency": _must()}
    if of_this_service:
        # Who reported it saw one room; the catalogue knows what hangs on the service.
        impact, why = of_this_service
        fields["impact"]["hint"] = why
        if incident.checked_at is None:
            start["impact"] = impact
    if incident.asset_id is None:
        fields["asset"] = {"suggestions": _tags_at(incident)}
    if me().may("incident.override_priority"):
        fields |= {"priority": {}, "priority_reason": {}}
    return Ask(fields, start)


def _tags_at(incident: Incident) -> list[str]:
    """Of what stands in its room, for a box to offer."""
    return [tag for tag, _ in tags_in_room(room_key(incident))]


def suggested_level(incident: Incident) -> prompts.Level | None:
    """What the sheet lets one expect, until somebody has decided."""
    if incident.checked_at is not None:
        return None
    return prompts.suggested_level(sheet_quality.as_sheet(incident))


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
    if incident.line == 0 and not has_first_line():
        line = 2
    to = next((name for name, number in rules.ESCALATE_TO.items() if number == line), "supplier")
    groups = [one for one in (*school_groups(), *la_groups_here()) if one.line == line]
    picked = pick(line, incident.category, clock.now()).group or usual_group(line)
    return Ask(
        {
            "to": {"kind": "hidden"},
            "group": {
                "kind": "select",
                "choices": _named(groups),
                "hint": f"Leave it empty for {picked.name}" if picked else "Choose who gets it",
                "optional": picked is not None,
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
    found = [*la_groups_here(), *school_groups()] if incident.line else school_groups()
    groups = [one for one in found if one.line == incident.line]
    fields = {"person": _must(choices=people)}
    if groups:
        fields["group"] = _must(choices=_named(groups), label="Or which group?")
    return Ask(fields)


def note(incident: Incident) -> Ask:
    fields: dict[str, dict[str, Any]] = {"text": {}}
    if me().may("incident.note_internal"):
        # A supplier reads only of what it has.
        with_supplier = incident.line == rules.SUPPLIER_LINE
        readers = [
            (one, words)
            for one, words in schemas.READER_WORDS.items()
            if one != "supplier" or with_supplier
        ]
        fields["visibility"] = _must(choices=readers)
    return Ask(fields, {"visibility": "public"})


def note_page(incident: Incident) -> Ask:
    """On a page of its own, where it may go to the incident's parts too."""
    asked = note(incident)
    return Ask({**asked.fields, **_to_parts(incident, is_open=True)}, asked.start)


def resolution(incident: Incident) -> Ask:
    article = {"article": {"hint": solved_by.hint(incident)}}
    fields = {"type": {}, "text": {}, **article, **_to_parts(incident, is_open=True)}
    said = answer_of(incident) if incident.line == rules.SUPPLIER_LINE else None
    if said is None:
        return Ask(fields)
    hint = "The supplier says this. Change what is not right: the reporter reads it"
    return Ask(fields | {"text": {"hint": hint}}, {"type": "permanent_fix", "text": said})


def closure(incident: Incident) -> Ask:
    return Ask(_to_parts(incident, is_open=False))


def workaround(incident: Incident) -> Ask:
    start = {
        "text": incident.workaround,
        "none_because": incident.no_workaround,
        "restored": incident.restored_at is not None,
    }
    return Ask({"text": {}, "restored": {}, "none_because": {}}, start)


def follow_up(incident: Incident) -> Ask:
    start = {"on": incident.follow_up_on, "reason": incident.follow_up_reason}
    return Ask({"on": {}, "reason": {}}, start)


def _to_parts(incident: Incident, *, is_open: bool) -> dict[str, dict[str, Any]]:
    """Only where there are any that it could go to."""
    how_many = count_children(incident, is_open=is_open)
    if not how_many:
        return {}
    what = "open" if is_open else "resolved"
    return {"children": {"label": f"The same for its {plural(how_many, f'{what} part')}"}}


def sheet(incident: Incident) -> dict[str, Any]:
    """The sheet as it stands, for the form that changes it."""
    names = schemas.Sheet().fields
    start = {name: getattr(incident, name, None) for name in names}
    return {
        **start,
        "sensitive": incident.is_sensitive,
        "service": service_key(incident),
        "asset": on_asset.tag_of(incident),
        "location": room_key(incident),
        "meet_periods": meeting.as_typed(incident.meet_periods),
    }


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


def service_key(incident: Incident) -> str | None:
    found = of_service.shown_service(incident)
    return found["key"] if found else None


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
