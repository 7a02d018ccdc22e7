"""The critical dates of the school acted in: which there are, and which of them touch something."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from typing import Any, NamedTuple

from sqlalchemy import func, select, text

from app import clock
from app.catalogue import critical_rules as rules
from app.catalogue.models import CriticalDate
from app.errors import NotThere
from app.keyset import Page, page_of
from app.locations.models import Location
from app.locations.queries import path_to
from tenants import current_school_id, db

# Asked by name: incidents live in a room above this one.
_RAISED = text(
    "SELECT critical_date_id, count(*) FROM incidents WHERE school_id = :school"
    " AND critical_date_id = ANY(:dates) GROUP BY critical_date_id"
)


class Raise(NamedTuple):
    """The priority that a fault gets, and the date it gets it from."""

    priority: int
    because: CriticalDate


def get_critical_date(number: int, *, to_change: bool = False) -> CriticalDate:
    wanted = select(CriticalDate).where(CriticalDate.number == number)
    found = db.session.scalar(wanted.with_for_update() if to_change else wanted)
    if found is None:
        raise NotThere
    return found


def page_of_dates(filters: Mapping[str, Any], after: list[Any] | None, limit: int) -> Page:
    """The latest first."""
    wanted = select(CriticalDate)
    if not filters.get("cancelled"):
        wanted = wanted.where(CriticalDate.is_cancelled.is_(False))
    if filters.get("kind"):
        wanted = wanted.where(CriticalDate.kind == filters["kind"])
    if filters.get("upcoming") is not None:
        is_over = CriticalDate.last_day < clock.today()
        wanted = wanted.where(~is_over if filters["upcoming"] else is_over)
    if filters.get("q"):
        asked = filters["q"].lower()
        wanted = wanted.where(func.lower(CriticalDate.title).contains(asked, autoescape=True))
    return page_of(
        wanted,
        (CriticalDate.first_day, CriticalDate.number),
        lambda one: [one.first_day.isoformat(), one.number],
        after=[date.fromisoformat(after[0]), after[1]] if after else None,
        limit=limit,
        newest_first=True,
    )


def raised_by(dates: Iterable[CriticalDate]) -> dict[int, int]:
    """How many incidents each has raised. One statement."""
    ids = [one.id for one in dates]
    if not ids:
        return {}
    rows = db.session.execute(_RAISED, {"school": current_school_id(), "dates": ids})
    return {number: count for number, count in rows}


def raise_of(
    priority: int, impact: int, *, service_id: int | None, location_id: int | None, on: date
) -> Raise | None:
    """What that day does to a fault; the most urgent where several do. None where it does nothing.
    One statement, and few more where a date names a place."""
    found: list[Raise] = []
    for one in _in_force(on):
        is_scoped = one.service_id is not None or one.location_id is not None
        if is_scoped and not _is_there(one, service_id, location_id):
            continue
        if rules.is_touched(one.kind, impact, is_scoped=is_scoped):
            found.append(Raise(rules.raised(priority, one.kind), one))
    best = min(found, key=lambda one: (one.priority, one.because.number), default=None)
    return best if best and best.priority < priority else None


def _in_force(on: date) -> Sequence[CriticalDate]:
    return db.session.scalars(
        select(CriticalDate).where(
            CriticalDate.school_id == current_school_id(),
            CriticalDate.last_day >= on,
            CriticalDate.first_day <= on,
            CriticalDate.is_cancelled.is_(False),
            CriticalDate.raises_priority.is_(True),
        )
    ).all()


def _is_there(one: CriticalDate, service_id: int | None, location_id: int | None) -> bool:
    """Its service, or its place or a place in it; where it names both, either is enough."""
    if one.service_id is not None and one.service_id == service_id:
        return True
    return one.location_id is not None and one.location_id in _around(location_id)


def _around(location_id: int | None) -> set[int]:
    """The place and all that it is part of."""
    if location_id is None:
        return set()
    room = db.session.get_one(Location, (current_school_id(), location_id))
    return {room.id, *(one.id for one in path_to(room))}


def freezing(first: date, last: date) -> CriticalDate | None:
    """The first date within those days on which only urgent changes are made."""
    return db.session.scalar(
        select(CriticalDate)
        .where(
            CriticalDate.last_day >= first,
            CriticalDate.first_day <= last,
            CriticalDate.is_cancelled.is_(False),
            CriticalDate.freezes_changes.is_(True),
        )
        .order_by(CriticalDate.first_day, CriticalDate.number)
        .limit(1)
    )


def date_of(critical_date_id: int | None) -> CriticalDate | None:
    """By the id that an incident carries."""
    if critical_date_id is None:
        return None
    return db.session.get(CriticalDate, (current_school_id(), critical_date_id))


def places_of(ids: Iterable[int | None]) -> dict[int | None, tuple[str, str]]:
    """id → (key, name) of rooms; no statement when there are none."""
    wanted = {one for one in ids if one is not None}
    if not wanted:
        return {}
    rows = db.session.execute(
        select(Location.id, Location.key, Location.name).where(Location.id.in_(wanted))
    )
    return {number: (key, name) for number, key, name in rows}


def days_words(first: date, last: date) -> str:
    if first == last:
        return f"{first:%-d %B %Y}"
    if first.year == last.year:
        return f"{first:%-d %B} to {last:%-d %B %Y}"
    return f"{first:%-d %B %Y} to {last:%-d %B %Y}"
