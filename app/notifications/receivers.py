"""Who is told of one event: the table in rules.py, read for one incident as it is now."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any, NamedTuple

from app.incidents import satisfaction
from app.incidents.models import Incident
from app.notifications import rules
from app.notifications.known import Known
from app.notifications.rules import Who
from app.notifications.who_reads import can_hear
from app.permissions import Role


class Receiver(NamedTuple):
    """Somebody with an account, and the topic under which they hear of it."""

    person_id: int
    topic: str


def receivers(known: Known, event: Any) -> list[Receiver]:
    """Each person once. Nobody hears of what they did or may not read."""
    incident = known.incidents.get(event.subject_id)
    if incident is None or is_kept_among_staff(event) or is_undone(event, incident):
        return []
    if is_good_news(event):
        return []
    actors = {
        known.person_of(event.actor_membership_id),
        known.person_at_la(event.actor_la_membership_id),
    }
    found: dict[int, Receiver] = {}
    for line in rules.TELL.get(event.kind, ()):
        for person_id in _FIND[line.who](known, event, incident):
            if person_id in found or (person_id in actors and not line.is_receipt):
                continue
            followers = known.followers.get(incident.id, ())
            if can_hear(known.people[person_id], incident, event.visibility, followers):
                found[person_id] = Receiver(person_id, line.topic)
    return list(found.values())


def reporter_without_account(known: Known, event: Any) -> str | None:
    """Their address, as the desk wrote it on the sheet."""
    incident = known.incidents.get(event.subject_id)
    if incident is None or incident.reporter_id is not None or not incident.reporter_email:
        return None
    if incident.is_unverified:
        # Anybody may have typed it: no mail of ours goes to whom a stranger names.
        return None
    if is_undone(event, incident):
        return None
    hears = any(line.who == Who.REPORTER for line in rules.TELL.get(event.kind, ()))
    if not hears or event.visibility != "public":
        return None
    address = incident.reporter_email
    return None if address.lower() in known.troubled else address


def is_kept_among_staff(event: Any) -> bool:
    return event.kind in rules.PUBLIC_ONLY and event.visibility != "public"


def is_undone(event: Any, incident: Incident) -> bool:
    """A close that was taken back, or repeated, in the ten seconds in which nobody is told."""
    return bool(event.kind == "incident.closed" and incident.closed_at != event.at)


def is_good_news(event: Any) -> bool:
    """Solved, or partly: nobody has to do anything."""
    return bool(event.kind == "incident.rated" and int(event.to_value) > satisfaction.HARDLY)


_Found = Iterator[int] | list[int]


def _reporter(known: Known, event: Any, incident: Incident) -> _Found:
    """And whoever is hit by it too, who reads it as its reporter does."""
    who = (incident.reporter_id, *known.followers.get(incident.id, ()))
    return [found for one in who for found in _one(known.person_of(one))]


def _reporter_alone(known: Known, event: Any, incident: Incident) -> _Found:
    return _one(known.person_of(incident.reporter_id))


def _spoc(known: Known, event: Any, incident: Incident) -> _Found:
    return known.of_role(Role.SPOC)


def _taker(known: Known, event: Any, incident: Incident) -> _Found:
    """Whoever has it since, unless it has moved on: then it is not theirs any more."""
    to = event.to_value
    if to == rules.SCHOOL_DESK:
        return known.of_role(Role.SPOC) if incident.line == 0 else []
    if to == incident.assignee_name:
        return _assignee(known, event, incident)
    return known.of_group(incident) if to == incident.group_name else []


def _assignee(known: Known, event: Any, incident: Incident) -> list[int]:
    return _one(known.person_of(incident.assignee_id)) + _one(
        known.person_at_la(incident.la_assignee_id)
    )


def _consulted(known: Known, event: Any, incident: Incident) -> _Found:
    return known.of_consulted(incident, event.to_value)


def _passed_on(known: Known, event: Any, incident: Incident) -> _Found:
    return known.second_line_of(incident)


def _ict_owner(known: Known, event: Any, incident: Incident) -> _Found:
    return known.of_role(Role.ICT_OWNER)


def _advisors(known: Known, event: Any, incident: Incident) -> _Found:
    return known.of_role(Role.TECH_ADVISOR)


def _managers(known: Known, event: Any, incident: Incident) -> _Found:
    return known.of_role(Role.LA_MANAGER)


def _desk_owner(known: Known, event: Any, incident: Incident) -> _Found:
    is_own = (event.to_value or "").startswith(rules.OF_SCHOOLS_OWN_DESK)
    return known.of_role(Role.SERVICE_DESK_OWNER) if is_own else []


def _holder(known: Known, event: Any, incident: Incident) -> _Found:
    """Of a promise that is not the school desk's, only where the provider has it."""
    is_own = (event.to_value or "").startswith(rules.OF_SCHOOLS_OWN_DESK)
    if incident.assignee_id is not None or incident.la_assignee_id is not None:
        return _assignee(known, event, incident)
    if incident.group_name is not None:
        return known.of_group(incident)
    return known.of_role(Role.SPOC) if is_own else []


_FIND: dict[Who, Callable[[Known, Any, Incident], Any]] = {
    Who.REPORTER: _reporter,
    Who.REPORTER_ALONE: _reporter_alone,
    Who.SPOC: _spoc,
    Who.TAKER: _taker,
    Who.ASSIGNEE: _assignee,
    Who.CONSULTED: _consulted,
    Who.PASSED_ON: _passed_on,
    Who.ICT_OWNER: _ict_owner,
    Who.ADVISORS: _advisors,
    Who.MANAGERS: _managers,
    Who.DESK_OWNER: _desk_owner,
    Who.HOLDER: _holder,
}


def _one(person_id: int | None) -> list[int]:
    return [] if person_id is None else [person_id]
