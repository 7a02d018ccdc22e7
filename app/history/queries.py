"""Who from outside looked at a school's records, and who changed a thing last."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import func, select, tuple_

from app.history.models import VISIBILITIES, AccessRecord, Event, LaEvent
from app.keyset import Page, page_of
from app.people.models import LaMembership
from tenants import current_school_id, db


def accesses(
    after: tuple[datetime, int] | None,
    limit: int,
    *,
    since: datetime | None = None,
    until: datetime | None = None,
    who: str | None = None,
) -> Sequence[Any]:
    """The access records of the school acted in, the newest first. `who` is part of a name."""
    found = (
        select(
            AccessRecord.at,
            AccessRecord.id,
            AccessRecord.name,
            LaMembership.role,
            AccessRecord.subject,
            AccessRecord.reason,
        )
        .join(LaMembership, LaMembership.id == AccessRecord.la_membership_id)
        .where(AccessRecord.school_id == current_school_id())
        .order_by(AccessRecord.at.desc(), AccessRecord.id.desc())
        .limit(limit)
    )
    if after is not None:
        found = found.where(tuple_(AccessRecord.at, AccessRecord.id) < tuple_(*after))
    if since is not None:
        found = found.where(AccessRecord.at >= since)
    if until is not None:
        found = found.where(AccessRecord.at < until)
    if who is not None:
        found = found.where(func.lower(AccessRecord.name).contains(who.lower(), autoescape=True))
    return db.session.execute(found).all()


def last_event(
    subject_kind: str, subject_id: int, visible: Collection[str] = VISIBILITIES
) -> Event | None:
    """The youngest line of history about one thing of the school acted in."""
    return db.session.scalar(
        select(Event)
        .where(
            Event.school_id == current_school_id(),
            Event.subject_kind == subject_kind,
            Event.subject_id == subject_id,
            Event.visibility.in_(visible),
        )
        .order_by(Event.at.desc(), Event.id.desc())
        .limit(1)
    )


def events_of(
    subject_kind: str, subject_id: int, after: Sequence[Any] | None = None, limit: int = 100
) -> Page:
    """What became of one thing of the school acted in, the newest first. For whoever may read
    what is internal."""
    return page_of(
        select(Event).where(
            Event.school_id == current_school_id(),
            Event.subject_kind == subject_kind,
            Event.subject_id == subject_id,
        ),
        (Event.at, Event.id),
        lambda one: [one.at.isoformat(), one.id],
        after=[datetime.fromisoformat(after[0]), after[1]] if after else None,
        limit=limit,
        newest_first=True,
    )


def last_event_at_la(kinds: str, subject: str) -> LaEvent | None:
    """The same for the LA's office, which knows its subjects by name. `kinds` begin with this."""
    return db.session.scalar(
        select(LaEvent)
        .where(LaEvent.subject == subject, LaEvent.kind.startswith(kinds, autoescape=True))
        .order_by(LaEvent.at.desc(), LaEvent.id.desc())
        .limit(1)
    )
