"""When one incident of a room or of a piece of equipment is resolved, the reporters of the others
there are asked whether theirs is still broken: kit often recovers when something beside it was
mended (N11)."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, or_, select

from app.errors import NotAllowed, Refused
from app.history.models import Event
from app.incidents import turns
from app.incidents.chronicle import noted
from app.incidents.models import Incident
from app.incidents.naming import reference_of
from app.incidents.rules import Status
from app.people.identity import Me
from tenants import current_school_id, db

ASKED, ANSWERED = "incident.still_broken_asked", "incident.still_broken"
MOST_ASKED = 20
_LIKE_IT = (Status.NEW, Status.QUEUED, Status.IN_PROGRESS, Status.ON_HOLD)
# These say nothing about the kit in the room.
_SAYS_NOTHING = frozenset({"duplicate", "not_supported", "advice_given"})


def ask_others(incident: Incident, *, by: Me | None, at: datetime) -> None:
    """At the resolution, and at the close for what was reported in between; each once for the same
    incident, and not again while it has not been answered. Never about or to a sensitive one."""
    if incident.is_sensitive or incident.type != "incident" or not _there(incident):
        return
    if incident.resolution_type in _SAYS_NOTHING:
        return
    others = db.session.scalars(
        select(Incident)
        .where(
            or_(*_there(incident)),
            Incident.is_open,
            Incident.status.in_(_LIKE_IT),
            Incident.type == "incident",
            Incident.is_sensitive.is_(False),
            Incident.reporter_id.is_not(None),
            Incident.id != incident.id,
        )
        .order_by(Incident.number)
        .limit(MOST_ASKED)
    ).all()
    if not others:
        return
    cause = reference_of(incident)
    told = _asked([one.id for one in others], cause)
    for one in others:
        if one.id not in told:
            noted(one, ASKED, max(at, one.updated_at), by=by, after=cause)


def _there(incident: Incident) -> list[ColumnElement[bool]]:
    """In the same room, or about the same equipment wherever that stands."""
    found: list[ColumnElement[bool]] = []
    if incident.location_id is not None:
        found.append(Incident.location_id == incident.location_id)
    if incident.asset_id is not None:
        found.append(Incident.asset_id == incident.asset_id)
    return found


def say_still_broken(incident: Incident, *, by: Me, note: str | None = None) -> None:
    """It is: whoever has it may go on."""
    _check_their_own(incident, by)
    turns.check_step(incident, "note")
    if question_of(_questions([incident.id])) is None:
        raise Refused("Nobody has asked whether it is still broken. Add a note instead.")
    at = turns.instant_for(incident)
    noted(incident, ANSWERED, at, by=by, note=note)


def question_of(events: Iterable[Any]) -> str | None:
    """The reference of what was mended, if that is asked and not answered. `events` in order."""
    cause = None
    for event in events:
        if event.kind == ASKED:
            cause = event.to_value
        elif event.kind in (ANSWERED, "incident.reopened"):
            cause = None
    return cause


def _asked(ids: Sequence[int], cause: str) -> set[int]:
    """Those who have heard of this cause, or have not answered yet."""
    found: dict[int, list[Any]] = {}
    for event in _questions(ids):
        found.setdefault(event.subject_id, []).append(event)
    return {
        number
        for number, events in found.items()
        if question_of(events) is not None
        or any(one.kind == ASKED and one.to_value == cause for one in events)
    }


def _questions(ids: Sequence[int]) -> Sequence[Any]:
    return db.session.execute(
        select(Event.subject_id, Event.kind, Event.to_value)
        .where(
            Event.school_id == current_school_id(),
            Event.subject_kind == "incident",
            Event.subject_id.in_(ids),
            Event.kind.in_((ASKED, ANSWERED)),
        )
        .order_by(Event.at, Event.id)
    ).all()


def _check_their_own(incident: Incident, by: Me) -> None:
    if incident.reporter_id not in by.membership_ids:
        raise NotAllowed("Only whoever reported it says whether it is still broken.")
