"""Whether one person may read one incident: what `visible_to` says in SQL, for rows in hand.

`tests/notifications/test_who_reads.py` compares the two, person by person.
"""

from __future__ import annotations

from collections.abc import Iterable

from app.incidents.models import Incident
from app.incidents.queries import visibilities
from app.people.identity import Me
from app.permissions import Reach


def can_read(person: Me, incident: Incident, followers: Iterable[int] = ()) -> bool:
    """`followers`: the memberships of those who said "me too" to it."""
    reaches = person.reach("incident.view")
    is_open_to_all = bool(reaches & {Reach.ALL, Reach.SCHOOL})
    is_follower = not set(person.membership_ids).isdisjoint(followers)
    if not (is_open_to_all or is_follower or _is_reached(person, incident, reaches)):
        return False
    return not incident.is_sensitive or _is_trusted(person, incident)


def can_hear(
    person: Me, incident: Incident, visibility: str, followers: Iterable[int] = ()
) -> bool:
    """The incident, and what kind of event of it."""
    return can_read(person, incident, followers) and visibility in visibilities(person)


def _is_reached(person: Me, incident: Incident, reaches: frozenset[Reach]) -> bool:
    return (
        (Reach.OWN in reaches and _is_own(person, incident))
        or (Reach.OFFERED in reaches and incident.status == "advice" and not incident.is_sensitive)
        or (Reach.ASSIGNED in reaches and _was_forwarded_to(person, incident))
        or (Reach.QUEUE in reaches and _is_in_queue(person, incident))
        # Every role's own reports, whatever else it reaches.
        or _is_own(person, incident)
    )


def _is_trusted(person: Me, incident: Incident) -> bool:
    reaches = person.reach("incident.view_sensitive")
    if Reach.SCHOOL in reaches or _is_own(person, incident):
        return True
    return Reach.ASSIGNED in reaches and _was_forwarded_to(person, incident)


def _is_own(person: Me, incident: Incident) -> bool:
    return incident.reporter_id in person.membership_ids


def _was_forwarded_to(person: Me, incident: Incident) -> bool:
    is_la_line = bool(person.la_membership_ids) and (
        bool(person.la_group_ids) or person.may("incident.assign")
    )
    return (
        (is_la_line and incident.forwarded_at is not None)
        or incident.school_group_id in person.group_ids
        or incident.assignee_id in person.membership_ids
    )


def _is_in_queue(person: Me, incident: Incident) -> bool:
    is_served = bool(person.la_group_ids) or bool(person.membership_ids)
    return (is_served and incident.is_open) or _was_forwarded_to(person, incident)
