"""All that must be known to tell people of some events of one school, read for all of them at once.

Names, groups and incidents are the school's own to read; addresses and choices the front door's.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any, NamedTuple

from sqlalchemy import func, or_, select, tuple_

from app import clock
from app.history.models import Event
from app.incidents.beside import Follower
from app.incidents.consulting import CONSULTED
from app.incidents.models import Incident
from app.incidents.passed_on import Consultation
from app.notifications.models import MailChoice, MailTrouble
from app.people.groups import usual_la_group
from app.people.identity import Belonging, Me
from app.people.models import (
    LaMembership,
    LaSupportGroupMember,
    Membership,
    Person,
    SupportGroupMember,
)
from app.permissions import Role
from tenants import School, at_the_front_door, current_school_id, db

_DESK = ("spoc", "service_desk_owner", "ict_owner")


class Key(NamedTuple):
    """An event's place in a school's history."""

    at: datetime
    id: int

    @classmethod
    def of(cls, event_at: str, event_id: int) -> Key:
        return cls(datetime.fromisoformat(event_at), event_id)


class Address(NamedTuple):
    email: str
    choices: dict[str, str]


@dataclass
class Known:
    school: Any
    events: dict[Key, Any]
    incidents: dict[int, Incident]
    people: dict[int, Me] = field(default_factory=dict)
    # Of those whose account is active and whose address mail reaches.
    addresses: dict[int, Address] = field(default_factory=dict)
    troubled: frozenset[str] = frozenset()
    # {incident: (who was asked, the school's group, the LA's group)}, where an event asks somebody.
    consulted: dict[int, list[Any]] = field(default_factory=dict)
    # {incident: the memberships of those who said "me too"}
    followers: dict[int, list[int]] = field(default_factory=dict)

    def person_of(self, membership_id: int | None) -> int | None:
        return self._find(membership_id, lambda me: me.membership_ids)

    def person_at_la(self, membership_id: int | None) -> int | None:
        return self._find(membership_id, lambda me: me.la_membership_ids)

    def of_role(self, role: Role) -> list[int]:
        return [number for number, me in self.people.items() if role in me.roles]

    def of_group(self, incident: Incident) -> list[int]:
        """The members of whatever group has it now."""
        return [
            number
            for number, me in self.people.items()
            if incident.la_group_id in me.la_group_ids or incident.school_group_id in me.group_ids
        ]

    def of_consulted(self, incident: Incident, name: str | None) -> list[int]:
        """The members of the group of this name that was asked about it."""
        asked = [one for one in self.consulted.get(incident.id, ()) if one.asked == name]
        return [
            number
            for number, me in self.people.items()
            if any(
                one.la_group_id in me.la_group_ids or one.school_group_id in me.group_ids
                for one in asked
            )
        ]

    def second_line_of(self, incident: Incident) -> list[int]:
        """The members of the LA's second line of this school, once it was forwarded to the LA."""
        group = usual_la_group(2) if incident.forwarded_at is not None else None
        return [
            number
            for number, me in self.people.items()
            if group is not None and group.la_group_id in me.la_group_ids
        ]

    def _find(self, membership_id: int | None, ids: Any) -> int | None:
        if membership_id is None:
            return None
        return next((one for one, me in self.people.items() if membership_id in ids(me)), None)


def know(keys: Iterable[Key], person_ids: Iterable[int] = ()) -> Known:
    """For these events, and for these people whatever they are."""
    events = _events(set(keys))
    ids = {event.subject_id for event in events.values()}
    incidents = {
        one.id: one for one in db.session.scalars(select(Incident).where(Incident.id.in_(ids)))
    }
    known = Known(_school(), events, incidents)
    known.consulted = _consulted(events.values())
    known.followers = _followers(ids)
    today = clock.today()
    parts = [*_of_school(known, set(person_ids), today), *_of_la(today)]
    known.people = _people(parts)
    known.addresses, everywhere = _addresses(list(known.people))
    reporters = {one.reporter_email for one in incidents.values() if one.reporter_email}
    known.troubled = _troubled(everywhere | {one.lower() for one in reporters})
    return known


def _school() -> Any:
    return db.session.execute(
        select(School.id, School.code, School.name, School.slug).where(
            School.id == current_school_id()
        )
    ).one()


def _events(keys: set[Key]) -> dict[Key, Any]:
    wanted = select(
        Event.at,
        Event.id,
        Event.kind,
        Event.subject_id,
        Event.actor,
        Event.actor_membership_id,
        Event.actor_la_membership_id,
        Event.from_value,
        Event.to_value,
        Event.note,
        Event.visibility,
    ).where(
        Event.school_id == current_school_id(),
        Event.subject_kind == "incident",
        tuple_(Event.at, Event.id).in_([tuple(key) for key in keys]),
    )
    return {Key(row.at, row.id): row for row in db.session.execute(wanted)}


def _consulted(events: Iterable[Any]) -> dict[int, list[Any]]:
    ids = {event.subject_id for event in events if event.kind == CONSULTED}
    found: dict[int, list[Any]] = {}
    if ids:
        wanted = select(
            Consultation.incident_id,
            Consultation.asked,
            Consultation.school_group_id,
            Consultation.la_group_id,
        ).where(Consultation.incident_id.in_(ids))
        for row in db.session.execute(wanted):
            found.setdefault(row.incident_id, []).append(row)
    return found


def _followers(incident_ids: set[int]) -> dict[int, list[int]]:
    found: dict[int, list[int]] = {}
    wanted = select(Follower.incident_id, Follower.membership_id).where(
        Follower.incident_id.in_(incident_ids)
    )
    for incident_id, membership_id in db.session.execute(wanted):
        found.setdefault(incident_id, []).append(membership_id)
    return found


_Part = tuple[int, Belonging]


def _roles_told(known: Known) -> tuple[str, ...]:
    """The desk; of what Tech Advisors hear, they too."""
    kinds = {event.kind for event in known.events.values()}
    return (*_DESK, "tech_advisor") if "incident.advice_asked" in kinds else _DESK


def _of_school(known: Known, person_ids: set[int], today: date) -> list[_Part]:
    """The desk, whoever the events and incidents name, and all that these people are here."""
    named: set[int | None] = {event.actor_membership_id for event in known.events.values()}
    groups: set[int | None] = set()
    for one in known.incidents.values():
        named |= {one.reporter_id, one.assignee_id}
        named.update(known.followers.get(one.id, ()))
        groups.add(one.school_group_id)
    groups |= {one.school_group_id for rows in known.consulted.values() for one in rows}
    school_id = current_school_id()
    member = SupportGroupMember
    of_groups = select(member.membership_id).where(
        member.school_id == school_id, member.group_id.in_(groups - {None})
    )
    wanted = select(Membership.person_id).where(
        Membership.school_id == school_id,
        or_(
            Membership.role.in_(_roles_told(known)),
            Membership.id.in_(named - {None}),
            Membership.id.in_(of_groups),
            Membership.person_id.in_(person_ids),
        ),
    )
    group_ids = (
        select(func.array_agg(member.group_id))
        .where(member.school_id == school_id, member.membership_id == Membership.id)
        .scalar_subquery()
    )
    rows = db.session.execute(
        select(
            Membership.person_id, Membership.id, Membership.role, Membership.name, group_ids
        ).where(
            Membership.school_id == school_id,
            Membership.person_id.in_(wanted),
            *_in_force(Membership, today),
        )
    )
    return [_part(row, school_id) for row in rows]


def _of_la(today: date) -> list[_Part]:
    """All of the LA's own: they are few."""
    member = LaSupportGroupMember
    group_ids = (
        select(func.array_agg(member.group_id))
        .where(member.membership_id == LaMembership.id)
        .scalar_subquery()
    )
    rows = db.session.execute(
        select(
            LaMembership.person_id,
            LaMembership.id,
            LaMembership.role,
            LaMembership.name,
            group_ids,
        ).where(*_in_force(LaMembership, today))
    )
    return [_part(row, None) for row in rows]


def _part(row: Any, school_id: int | None) -> _Part:
    person_id, number, role, name, groups = row
    return person_id, Belonging(number, Role(role), name, school_id, frozenset(groups or ()))


def _in_force(part: type[LaMembership] | type[Membership], today: date) -> tuple[Any, Any]:
    return part.valid_from <= today, func.coalesce(part.valid_to, today) >= today


def _people(parts: Sequence[_Part]) -> dict[int, Me]:
    belongings: dict[int, list[Belonging]] = {}
    for person_id, one in parts:
        belongings.setdefault(person_id, []).append(one)
    return {
        person_id: Me(
            person_id=person_id,
            email="",
            own_name=found[0].name,
            belongings=tuple(found),
            schools=(),
            here=tuple(found),
        )
        for person_id, found in belongings.items()
    }


def _addresses(person_ids: list[int]) -> tuple[dict[int, Address], set[str]]:
    with at_the_front_door():
        people = db.session.execute(
            select(Person.id, Person.email).where(
                Person.id.in_(person_ids), Person.is_active.is_(True)
            )
        ).all()
        chosen = db.session.execute(
            select(MailChoice.person_id, MailChoice.topic, MailChoice.choice).where(
                MailChoice.person_id.in_(person_ids)
            )
        ).all()
    choices: dict[int, dict[str, str]] = {}
    for person_id, topic, choice in chosen:
        choices.setdefault(person_id, {})[topic] = choice
    found = {number: Address(email, choices.get(number, {})) for number, email in people}
    return found, {email for _, email in people}


def _troubled(emails: set[str]) -> frozenset[str]:
    return frozenset(
        db.session.scalars(
            select(MailTrouble.address).where(
                MailTrouble.school_id == current_school_id(), MailTrouble.address.in_(emails)
            )
        )
    )
