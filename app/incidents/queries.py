"""What may be seen of incidents. Every read starts at `visible_to`; the rest does not exist."""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache
from typing import Any

from sqlalchemy import (
    BigInteger,
    ColumnElement,
    Select,
    and_,
    any_,
    bindparam,
    false,
    func,
    inspect,
    or_,
    select,
    true,
    tuple_,
)
from sqlalchemy.dialects.postgresql import ARRAY

from app.errors import NotAllowed, NotThere
from app.history.models import Event
from app.incidents.beside import Follower
from app.incidents.models import DiagnosticCheck, Incident
from app.incidents.on_asset import TAG_OF, keep_tag
from app.incidents.rules import SUPPLIER_LINE
from app.incidents.standing import Standing, ids, standing_of, told, whoever
from app.locations.models import Location
from app.people.identity import Me
from app.permissions import WORDS, Reach, Role
from tenants import db

_ROOM, _FOLLOWERS = "room", "followers"
# Building a statement takes longer than sending it; see lists.py.
_KEPT_STATEMENTS = 256
_event = Event.__table__.c
_OF_EVENT: Sequence[Any] = (
    _event.at,
    _event.id,
    _event.kind,
    _event.actor,
    _event.from_value,
    _event.to_value,
    _event.note,
    _event.visibility,
)


def visible_to(person: Me) -> ColumnElement[bool]:
    """The rows a person may see: the role matrix of domain.md 2.6, then the sensitive ones."""
    reaches = person.reach("incident.view")
    if reaches & {Reach.ALL, Reach.SCHOOL}:
        seen: ColumnElement[bool] = true()
    else:
        also = (_REACHED[one](person) for one in reaches)
        seen = or_(false(), _own(person), _followed(person), *also)
    return and_(seen, or_(Incident.is_sensitive.is_(False), _sensitive(person)))


def _own(person: Me) -> ColumnElement[bool]:
    if not person.membership_ids:
        return false()
    return Incident.reporter_id.in_(ids(person, "membership_ids"))


def own_or_followed(person: Me) -> ColumnElement[bool]:
    """What they reported, and what they said “me too” to while it is not sensitive."""
    return or_(_own(person), and_(_followed(person), Incident.is_sensitive.is_(False)))


def _followed(person: Me) -> ColumnElement[bool]:
    """As an array, so that both this and what is their own are found by their keys."""
    if not person.membership_ids:
        return false()
    is_theirs = Follower.membership_id.in_(ids(person, "membership_ids"))
    theirs = select(Follower.incident_id).where(is_theirs)
    found: ColumnElement[bool] = Incident.id == any_(
        func.array(theirs.scalar_subquery(), type_=ARRAY(BigInteger))
    )
    return found


def _sensitive(person: Me) -> ColumnElement[bool]:
    """Reporter, SPOC, desk owner, ICT owner; a line only once forwarded to it (design.md 7)."""
    reaches = person.reach("incident.view_sensitive")
    if Reach.SCHOOL in reaches:
        return true()
    reached = _forwarded(person) if Reach.ASSIGNED in reaches else false()
    return or_(_own(person), reached)


def _forwarded(person: Me) -> ColumnElement[bool]:
    """With them or their group now, or ever forwarded to the LA whose staff they are."""
    ways: list[ColumnElement[bool]] = []
    if person.la_membership_ids and (person.la_group_ids or person.may("incident.assign")):
        ways.append(Incident.forwarded_at.is_not(None))
    if person.group_ids:
        ways.append(Incident.school_group_id.in_(ids(person, "group_ids")))
    if person.membership_ids:
        ways.append(Incident.assignee_id.in_(ids(person, "membership_ids")))
    return or_(false(), *ways)


def _queue(person: Me) -> ColumnElement[bool]:
    """Every open incident. LA staff without a group see nothing (domain.md 2.6)."""
    is_served = bool(person.la_group_ids) or bool(person.membership_ids)
    return or_(Incident.is_open if is_served else false(), _forwarded(person))


def _offered(person: Me) -> ColumnElement[bool]:
    return and_(Incident.status == "advice", Incident.is_sensitive.is_(False))


_REACHED: dict[Reach, Any] = {
    Reach.OWN: _own,
    Reach.OFFERED: _offered,
    Reach.ASSIGNED: _forwarded,
    Reach.QUEUE: _queue,
}


def get_incident(person: Me, number: int, *, to_change: bool = False) -> Incident:
    """One incident of the school acted in; to change it, it is locked until the commit."""
    if to_change:
        return _locked(person, number)
    wanted = _with_room(standing_of(person))
    row = db.session.execute(wanted, {"number": number, **told(person)}).first()
    if row is None:
        raise NotThere
    incident: Incident = row[0]
    keep_room(incident, row[1])
    inspect(incident).info[_FOLLOWERS] = row[2]
    keep_tag(incident, row[3])
    return incident


def _locked(person: Me, number: int) -> Incident:
    wanted = select(Incident).where(Incident.number == number, visible_to(person))
    found = db.session.scalar(wanted.with_for_update())
    if found is None:
        raise NotThere
    return found


_HOW_MANY_FOLLOW = (
    select(func.count())
    .where(Follower.school_id == Incident.school_id, Follower.incident_id == Incident.id)
    .correlate(Incident)
    .scalar_subquery()
)


@lru_cache(maxsize=_KEPT_STATEMENTS)
def _with_room(standing: Standing) -> Select[Any]:
    is_there = and_(Location.school_id == Incident.school_id, Location.id == Incident.location_id)
    wanted: Any = (
        select(Incident, Location, _HOW_MANY_FOLLOW, TAG_OF)
        .outerjoin(Location, is_there)
        .where(Incident.number == bindparam("number"), visible_to(whoever(standing)))
    )
    found: Select[Any] = wanted
    return found


def keep_room(incident: Incident, room: Location | None) -> None:
    """So that showing the incident in the same request does not read its room again."""
    inspect(incident).info[_ROOM] = room


def room_of(incident: Incident) -> Location | None:
    """Where it is. Read once for an incident in hand."""
    info = inspect(incident).info
    if _ROOM not in info:
        there = (incident.school_id, incident.location_id)
        info[_ROOM] = db.session.get(Location, there) if incident.location_id else None
    room: Location | None = info[_ROOM]
    return room


def followers_of(incident: Incident) -> int:
    """How many are hit by it besides its reporter. Read with the incident, or once for it."""
    info = inspect(incident).info
    if _FOLLOWERS not in info:
        wanted = select(func.count()).where(
            Follower.school_id == incident.school_id, Follower.incident_id == incident.id
        )
        info[_FOLLOWERS] = db.session.scalar(wanted)
    found: int = info[_FOLLOWERS]
    return found


def nobody_follows(incident: Incident) -> None:
    """Known of one that was logged just now, without asking."""
    inspect(incident).info[_FOLLOWERS] = 0


def check_reach(person: Me, action: str, incident: Incident) -> None:
    """Whether the permission reaches this very incident. Raises NotAllowed with a sentence."""
    if not can_reach(person, action, incident):
        where = incident.group_name or "the school's desk"
        raise NotAllowed(
            f"{WORDS[action]}: this one is with {where}, so your role does not allow it."
        )


def can_reach(person: Me, action: str, incident: Incident) -> bool:
    reaches = person.reach(action)
    if reaches & {Reach.ALL, Reach.SCHOOL}:
        return True
    if Reach.OWN in reaches and incident.reporter_id in person.membership_ids:
        return True
    is_offered = incident.status == "advice" and not incident.is_sensitive
    if Reach.OFFERED in reaches and is_offered:
        return True
    if Reach.ASSIGNED not in reaches:
        return False
    return _is_with(person, incident) or (
        action not in _OF_WHOEVER_HAS_IT and _has_given_to_supplier(person, incident)
    )


def _is_with(person: Me, incident: Incident) -> bool:
    """With them, or with a group of theirs, now."""
    return (
        incident.la_group_id in person.la_group_ids
        or incident.la_assignee_id in person.la_membership_ids
        or incident.school_group_id in person.group_ids
        or incident.assignee_id in person.membership_ids
    )


# What the LA's line does not do with work that it has passed on to a supplier.
_OF_WHOEVER_HAS_IT = frozenset({"incident.take", "incident.hand_back", "incident.supplier_answer"})


def _has_given_to_supplier(person: Me, incident: Incident) -> bool:
    """The LA's second line keeps hold of what is with a supplier: it records the answer (T13)."""
    return (
        incident.line == SUPPLIER_LINE
        and incident.forwarded_at is not None
        and Role.LA_SECOND_LINE in person.roles
        and bool(person.la_group_ids)
    )


def advises_only(person: Me, incident: Incident) -> bool:
    """Whether they see it only because it was offered to Tech Advisors."""
    if incident.status != "advice" or incident.reporter_id in person.membership_ids:
        return False
    return is_only_advisor(person)


def is_only_advisor(person: Me) -> bool:
    """Of what is not their own they see nothing but what is offered to Tech Advisors."""
    reaches = person.reach("incident.view")
    return Reach.OFFERED in reaches and reaches <= {Reach.OFFERED, Reach.OWN}


def supplies_only(person: Me, incident: Incident) -> bool:
    """Whether they see it only because their company, a supplier, has it."""
    if not is_only_supplier(person) or incident.reporter_id in person.membership_ids:
        return False
    # A supplier's people follow nothing; somebody who reports here as well may.
    return Reach.OWN not in person.reach("incident.view") or not _follows(person, incident)


def follows_only(person: Me, incident: Incident) -> bool:
    """Whether they see it only because they said “me too” to it."""
    reaches = person.reach("incident.view")
    is_reporter = incident.reporter_id in person.membership_ids
    return not is_reporter and reaches <= {Reach.OWN, Reach.OFFERED}


def is_only_supplier(person: Me) -> bool:
    """Of what is not their own they see nothing but what their company has."""
    reaches = person.reach("incident.view")
    return Reach.ASSIGNED in reaches and reaches <= {Reach.ASSIGNED, Reach.OFFERED, Reach.OWN}


def _follows(person: Me, incident: Incident) -> bool:
    wanted = select(Follower.id).where(
        Follower.incident_id == incident.id, Follower.membership_id.in_(person.membership_ids)
    )
    return db.session.scalar(wanted.limit(1)) is not None


def visibilities(person: Me) -> Sequence[str]:
    """Which notes and events a person may read; an internal one never reaches a reporter."""
    if person.may("incident.view_internal"):
        return ("public", "internal", "supplier")
    if "supplier" in person.roles:
        return ("public", "supplier")
    return ("public",)


def events_of(
    incident: Incident,
    person: Me,
    *,
    kinds: Sequence[str] = (),
    limit: int = 100,
    after: Any = None,
) -> list[Any]:
    """The timeline, oldest first: rows with what is shown of an event. A supplier reads what it
    and the desk wrote to one another, and nothing of the reporter."""
    seen = ("supplier",) if supplies_only(person, incident) else tuple(visibilities(person))
    wanted = _timeline(seen, tuple(kinds), after is not None)
    place = {} if after is None else {"after_at": after[0], "after_id": after[1]}
    of = {"school": incident.school_id, "incident": incident.id, "most": limit}
    return list(db.session.connection().execute(wanted, {**of, **place}))


@lru_cache(maxsize=_KEPT_STATEMENTS)
def _timeline(seen: tuple[str, ...], kinds: tuple[str, ...], is_later: bool) -> Select[Any]:
    wanted = select(*_OF_EVENT).where(
        _event.school_id == bindparam("school"),
        _event.subject_kind == "incident",
        _event.subject_id == bindparam("incident"),
        _event.visibility.in_(seen),
    )
    if kinds:
        wanted = wanted.where(_event.kind.in_(kinds))
    if is_later:
        place = tuple_(bindparam("after_at"), bindparam("after_id"))
        wanted = wanted.where(tuple_(_event.at, _event.id) > place)
    return wanted.order_by(_event.at, _event.id).limit(bindparam("most"))


def checks_of(incident: Incident, *, limit: int = 100, after: int = 0) -> list[DiagnosticCheck]:
    wanted = select(DiagnosticCheck).where(
        DiagnosticCheck.incident_id == incident.id, DiagnosticCheck.id > after
    )
    return list(db.session.scalars(wanted.order_by(DiagnosticCheck.id).limit(limit)))
