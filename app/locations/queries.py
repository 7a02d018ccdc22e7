"""The rooms of the school acted in."""

from __future__ import annotations

from collections.abc import Iterable

from sqlalchemy import bindparam, select

from app.errors import NotThere, wrong
from app.locations.models import Location
from tenants import current_school_id, db

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


def page_of_locations(
    *, after: tuple[str, int] | None, limit: int, with_archived: bool
) -> list[Location]:
    wanted = select(Location).order_by(Location.name, Location.id).limit(limit)
    if not with_archived:
        wanted = wanted.where(Location.is_archived.is_(False))
    if after is not None:
        name, number = after
        wanted = wanted.where(
            (Location.name > name) | ((Location.name == name) & (Location.id > number))
        )
    return list(db.session.scalars(wanted))


def get_location(key: str, *, to_change: bool = False) -> Location:
    wanted = select(Location).where(Location.key == key)
    found = db.session.scalar(wanted.with_for_update() if to_change else wanted)
    if found is None:
        raise NotThere
    return found


_BY_KEY = select(Location).where(Location.key == bindparam("key"))


def room_for(key: str | None) -> Location | None:
    """The room that a sheet names. Raises Wrong for one that this school does not have."""
    if not key:
        return None
    found = db.session.scalar(_BY_KEY, {"key": key})
    if found is None:
        raise wrong("location", "Choose a location of this school.")
    if found.is_archived:
        raise wrong("location", "This location is no longer used. Choose another.")
    return found


def keys_of_parents(found: Iterable[Location]) -> dict[int | None, str]:
    """id → key of the locations these are part of; no statement when there are none."""
    wanted = {one.parent_id for one in found if one.parent_id is not None}
    if not wanted:
        return {}
    rows = db.session.execute(select(Location.id, Location.key).where(Location.id.in_(wanted)))
    return {number: key for number, key in rows}


def names_of_parents(found: Iterable[Location]) -> dict[int | None, str]:
    """id → name, for people."""
    wanted = {one.parent_id for one in found if one.parent_id is not None}
    if not wanted:
        return {}
    rows = db.session.execute(select(Location.id, Location.name).where(Location.id.in_(wanted)))
    return {number: name for number, name in rows}
