"""The rooms of the school acted in."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from sqlalchemy import Select, bindparam, func, select

from app.errors import NotThere, wrong
from app.keyset import Page, page_of
from app.locations.models import Location
from tenants import current_school_id, db

# So many are drawn as a tree; more are a list with pages.
MOST_DRAWN = 500
_room = Location.__table__.c
_CHOICES = (
    select(_room.key, _room.name)
    .where(_room.school_id == bindparam("school"), _room.is_archived.is_(False))
    .order_by(_room.name)
)


def locations(*, with_archived: bool = False) -> list[Location]:
    """By name, for a drop-down or a register."""
    wanted = select(Location).order_by(Location.name, Location.id)
    if not with_archived:
        wanted = wanted.where(Location.is_archived.is_(False))
    return list(db.session.scalars(wanted))


def location_choices() -> list[tuple[str, str]]:
    """(key, name) for the drop-down of a sheet."""
    rows = db.session.connection().execute(_CHOICES, {"school": current_school_id()})
    return [(key, name) for key, name in rows]


def page_of_locations(filters: Mapping[str, Any], after: Sequence[Any] | None, limit: int) -> Page:
    """By name."""
    return page_of(
        _narrowed(filters),
        (Location.name, Location.id),
        lambda one: [one.name, one.id],
        after=after,
        limit=limit,
    )


def _narrowed(filters: Mapping[str, Any]) -> Select[Any]:
    wanted = select(Location)
    if not filters.get("archived"):
        wanted = wanted.where(Location.is_archived.is_(False))
    if filters.get("kind"):
        wanted = wanted.where(Location.kind == filters["kind"])
    if filters.get("container") is not None:
        wanted = wanted.where(Location.is_container.is_(filters["container"]))
    if filters.get("parent"):
        there = select(_room.id).where(
            _room.school_id == current_school_id(), _room.key == filters["parent"]
        )
        wanted = wanted.where(Location.parent_id == there.scalar_subquery())
    if filters.get("q"):
        wanted = wanted.where(
            func.lower(Location.name).contains(filters["q"].lower(), autoescape=True)
        )
    return wanted


def get_location(key: str, *, to_change: bool = False) -> Location:
    wanted = select(Location).where(Location.key == key)
    found = db.session.scalar(wanted.with_for_update() if to_change else wanted)
    if found is None:
        raise NotThere
    return found


_BY_KEY = select(Location).where(Location.key == bindparam("key"))


def room_for(key: str | None) -> Location | None:
    """The room that a sheet names; of one that was merged, the room it is now. Raises Wrong for
    one that this school does not have."""
    return room_named(key, "location") if key else None


def room_named(key: str, field: str) -> Location:
    """The same for any field of a form."""
    found = db.session.scalar(_BY_KEY, {"key": key})
    if found is not None:
        found = now_called(found)
    if found is None:
        raise wrong(field, "Choose a location of this school.")
    if found.is_archived:
        raise wrong(field, "This location is no longer used. Choose another.")
    return found


def now_called(room: Location) -> Location:
    """Itself, or the room it was merged into."""
    if room.merged_into_id is None:
        return room
    return db.session.get_one(Location, (room.school_id, room.merged_into_id))


def with_those_inside(room_id: int) -> list[int]:
    """The ids of a room and of every room, cupboard and trolley in it."""
    inside = (
        select(_room.id)
        .where(_room.school_id == current_school_id(), _room.id == room_id)
        .cte("inside", recursive=True)
    )
    # UNION, not UNION ALL: it would end even where rooms stood in a ring.
    inside = inside.union(
        select(_room.id).where(
            _room.school_id == current_school_id(), _room.parent_id == inside.c.id
        )
    )
    return list(db.session.scalars(select(inside.c.id)))


def rooms_of(ids: Iterable[int]) -> list[Location]:
    return list(db.session.scalars(select(Location).where(Location.id.in_(list(ids)))))


def path_to(room: Location) -> list[Location]:
    """What it is part of, the outermost first; without itself."""
    found: list[Location] = []
    seen = {room.id}
    above = room.parent_id
    while above is not None and above not in seen:
        seen.add(above)
        one = db.session.get_one(Location, (room.school_id, above))
        found.insert(0, one)
        above = one.parent_id
    return found


def keys_of(ids: Iterable[int | None]) -> dict[int | None, str]:
    """id → key; no statement when there are none."""
    return _said(_room.key, ids)


def names_of(ids: Iterable[int | None]) -> dict[int | None, str]:
    """id → name, for people."""
    return _said(_room.name, ids)


def _said(column: Any, ids: Iterable[int | None]) -> dict[int | None, str]:
    wanted = {one for one in ids if one is not None}
    if not wanted:
        return {}
    rows = db.session.execute(
        select(_room.id, column).where(_room.school_id == current_school_id(), _room.id.in_(wanted))
    )
    return {number: said for number, said in rows}
