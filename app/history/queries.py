"""Who from outside looked at a school's records, and who changed a thing last."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, NamedTuple

from sqlalchemy import ColumnElement, String, distinct, func, select
from sqlalchemy.dialects.postgresql import ARRAY

from app.history.models import VISIBILITIES, AccessRecord, Event, LaEvent
from app.keyset import Page, page_of
from app.people.models import LaMembership
from tenants import current_school_id, db


@dataclass(frozen=True)
class Looked:
    """Which of the access records: of [since, until), of part of a name, of one record."""

    since: datetime | None = None
    until: datetime | None = None
    who: str | None = None
    what: str | None = None

    def conditions(self) -> Iterator[ColumnElement[bool]]:
        yield AccessRecord.school_id == current_school_id()
        if self.since is not None:
            yield AccessRecord.at >= self.since
        if self.until is not None:
            yield AccessRecord.at < self.until
        if self.who is not None:
            yield func.lower(AccessRecord.name).contains(self.who.lower(), autoescape=True)
        if self.what is not None:
            yield AccessRecord.subject == self.what


class Looker(NamedTuple):
    """Somebody from outside, and all that they looked at."""

    name: str
    role: str
    times: int
    last_at: datetime
    records: int
    some_records: list[str]
    reasons: list[str]


# So many records and reasons of one person are named; the list below has all of them.
NAMED = 5
_MOST_LOOKERS = 200


def accesses(looked: Looked, after: Sequence[Any] | None, limit: int) -> Page:
    """The access records of the school acted in, the newest first."""
    record = AccessRecord
    columns: list[Any] = [record.at, record.id, record.name, LaMembership.role, record.subject]
    return page_of(
        select(*columns, record.reason)
        .join(LaMembership, LaMembership.id == AccessRecord.la_membership_id)
        .where(*looked.conditions()),
        (AccessRecord.at, AccessRecord.id),
        lambda one: [one.at.isoformat(), one.id],
        after=[datetime.fromisoformat(after[0]), after[1]] if after else None,
        limit=limit,
        newest_first=True,
        is_one_thing=False,
    )


def lookers(looked: Looked) -> list[Looker]:
    """The same by person; who looked last comes first. One statement."""
    last = func.max(AccessRecord.at)
    wanted = (
        select(
            func.max(AccessRecord.name),
            LaMembership.role,
            func.count(),
            last,
            func.count(distinct(AccessRecord.subject)),
            _some(AccessRecord.subject, NAMED),
            _some(AccessRecord.reason, NAMED),
        )
        .join(LaMembership, LaMembership.id == AccessRecord.la_membership_id)
        .where(*looked.conditions())
        .group_by(AccessRecord.la_membership_id, LaMembership.role)
        .order_by(last.desc(), AccessRecord.la_membership_id)
        .limit(_MOST_LOOKERS)
    )
    return [Looker(*row) for row in db.session.execute(wanted)]


def _some(column: Any, most: int) -> Any:
    """The first few different ones."""
    every = func.array_agg(distinct(column), type_=ARRAY(String))
    return every[1:most]


def times_opened(subject: str, since: datetime) -> tuple[int, int]:
    """How often a record was opened from outside since it is there, and by how many people."""
    wanted = select(func.count(), func.count(distinct(AccessRecord.la_membership_id))).where(
        *Looked(since=since, what=subject).conditions()
    )
    times, people = db.session.execute(wanted).one()
    return times, people


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
