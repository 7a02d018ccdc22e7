"""Write one line of history. Events are only ever added."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any, cast

from sqlalchemy import Table, insert

from app.history.models import AccessRecord, Event, LaEvent
from app.later import CHANGED, later, later_each_at
from app.people.identity import Me
from tenants import current_school_id, db

SYSTEM = "Deskbell"
# Inline: the LA administrator may add events, not read them back.
_EVENT = insert(cast(Table, Event.__table__)).inline()
_EVENT_WITH_ID = insert(cast(Table, Event.__table__)).returning(Event.id)
_EVENTS_WITH_IDS = insert(cast(Table, Event.__table__)).returning(Event.id, Event.at)
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
    if kind not in _Told.kinds and not is_id_wanted:
        db.session.execute(_EVENT, event)
        return None
    event_id: int = db.session.execute(_EVENT_WITH_ID, event).scalar_one()
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
