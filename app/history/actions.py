"""Write one line of history. Events are only ever added."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any, cast

from sqlalchemy import BigInteger, Integer, Select, Table, bindparam, insert, literal, select

from app.history.models import AccessRecord, Event, FigureMark, LaEvent
from app.later import CHANGED, later, later_each_at
from app.people.identity import Me
from tenants import current_school_id, db

SYSTEM = "Deskbell"
_INCIDENT = "incident"
# Inline: the LA administrator may add events, not read them back.
_EVENT = insert(cast(Table, Event.__table__)).inline()
_EVENT_WITH_ID = insert(cast(Table, Event.__table__)).returning(Event.id)
_EVENTS_WITH_IDS = insert(cast(Table, Event.__table__)).returning(Event.id, Event.at)
# Figures are kept of incidents: an event of one leaves a mark, in the same statement.
_MARK = insert(cast(Table, FigureMark.__table__))
_MARKED = _MARK.from_select(
    ["school_id", "incident_id"],
    select(
        bindparam("marked_school", type_=Integer), bindparam("marked_incident", type_=BigInteger)
    ),
)
_EVENT_OF_INCIDENT = _EVENT.add_cte(_MARKED.returning(literal(1)).cte("mark"))
_EVENT_OF_INCIDENT_WITH_ID = _EVENT_WITH_ID.add_cte(_MARKED.returning(literal(1)).cte("mark"))
_LA_EVENT = insert(cast(Table, LaEvent.__table__)).inline()
_ACCESS = insert(cast(Table, AccessRecord.__table__)).inline()


class _Told:
    kinds: frozenset[str] = frozenset()


def tells_people_of(kinds: frozenset[str]) -> None:
    """From now on each event of these kinds leaves an outbox row beside it."""
    _Told.kinds = kinds


def record(
    kind: str,
    *,
    subject_kind: str,
    subject_id: int,
    at: datetime,
    by: Me | None,
    from_value: str | None = None,
    to_value: str | None = None,
    note: str | None = None,
    visibility: str = "public",
    details: dict[str, Any] | None = None,
    is_id_wanted: bool = False,
    tell_at: datetime | None = None,
) -> int | None:
    """One event of the school acted in; `by` None is Deskbell itself. Returns its id where
    something else will name it. `tell_at`: not before this are people told of it."""
    event = {
        "school_id": current_school_id(),
        "at": at,
        "kind": kind,
        "subject_kind": subject_kind,
        "subject_id": subject_id,
        "actor": by.name if by else SYSTEM,
        "actor_membership_id": next(iter(by.membership_ids), None) if by else None,
        "actor_la_membership_id": next(iter(by.la_membership_ids), None) if by else None,
        "from_value": from_value,
        "to_value": to_value,
        "note": note,
        "visibility": visibility,
        "details": details,
    }
    db.session.info[CHANGED] = True
    plain, with_id = _EVENT, _EVENT_WITH_ID
    if subject_kind == _INCIDENT:
        plain, with_id = _EVENT_OF_INCIDENT, _EVENT_OF_INCIDENT_WITH_ID
        event |= {"marked_school": event["school_id"], "marked_incident": subject_id}
    if kind not in _Told.kinds and not is_id_wanted:
        db.session.execute(plain, event)
        return None
    event_id: int = db.session.execute(with_id, event).scalar_one()
    if kind in _Told.kinds:
        later("tell_people", at=tell_at or at, event_at=at.isoformat(), event_id=event_id)
    return event_id


def record_each(events: Sequence[dict[str, Any]]) -> None:
    """Many at once, by Deskbell itself, in a handful of statements."""
    if not events:
        return
    nobody = {"actor_membership_id": None, "actor_la_membership_id": None, "details": None}
    here = {"school_id": current_school_id(), "actor": SYSTEM, **nobody}
    rows = [{**here, **one} for one in events]
    marks = {one["subject_id"] for one in rows if one["subject_kind"] == _INCIDENT}
    if marks:
        school = current_school_id()
        db.session.execute(
            _MARK.inline(), [{"school_id": school, "incident_id": one} for one in sorted(marks)]
        )
    quiet = [one for one in rows if one["kind"] not in _Told.kinds]
    if quiet:
        db.session.execute(_EVENT, quiet)
    told = [one for one in rows if one["kind"] in _Told.kinds]
    if told:
        found = db.session.execute(_EVENTS_WITH_IDS, told).all()
        later_each_at(
            "tell_people",
            [(at, {"event_at": at.isoformat(), "event_id": number}) for number, at in found],
        )
    db.session.info[CHANGED] = True


def mark_incidents(found: Select[Any, Any]) -> None:
    """To be counted anew for the figures, although nothing happened to them: school and id of
    incidents of the school acted in."""
    db.session.execute(_MARK.from_select(["school_id", "incident_id"], found))


def record_past(subject_kind: str, events: Sequence[dict[str, Any]]) -> None:
    """What happened before the desk was here: many at once, and nobody is told."""
    here = {
        "school_id": current_school_id(),
        "subject_kind": subject_kind,
        "from_value": None,
        "to_value": None,
        "note": None,
        "visibility": "public",
        "actor_membership_id": None,
        "actor_la_membership_id": None,
        "details": None,
    }
    if events:
        rows = [{**here, **one, "actor": one.get("actor") or SYSTEM} for one in events]
        db.session.execute(_EVENT, rows)


def record_at_la(
    kind: str,
    subject: str,
    *,
    at: datetime,
    by: Me | None,
    from_value: str | None = None,
    to_value: str | None = None,
    note: str | None = None,
) -> None:
    """One event of the LA's own office."""
    db.session.execute(
        _LA_EVENT,
        {
            "at": at,
            "kind": kind,
            "subject": subject,
            "actor": by.own_name if by else SYSTEM,
            "actor_la_membership_id": next(iter(by.la_membership_ids), None) if by else None,
            "from_value": from_value,
            "to_value": to_value,
            "note": note,
        },
    )


def record_access(subject: str, reason: str, *, at: datetime, by: Me) -> None:
    """LA staff opened a record of this school, which the school can read about."""
    db.session.execute(
        _ACCESS,
        {
            "school_id": current_school_id(),
            "at": at,
            "la_membership_id": by.la_membership_ids[0],
            "name": by.name,
            "subject": subject,
            "reason": reason,
        },
    )
