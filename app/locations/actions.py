"""Add, change, archive and remove locations. One with history is archived, never removed."""

from __future__ import annotations

from sqlalchemy import exists, func, select, text

from app import clock
from app.errors import NotThere, Refused, wrong
from app.history.actions import record
from app.locations.models import Location
from app.locations.queries import get_location
from app.locations.rules import PRESETS, key_for
from app.people.identity import Me
from tenants import db


def add_presets() -> None:
    """The rooms every school begins with; names it has already are left alone."""
    taken = {name.lower() for name in db.session.scalars(select(Location.name))}
    keys = set(db.session.scalars(select(Location.key)))
    for name, kind in PRESETS:
        if name.lower() not in taken:
            key = key_for(name, keys)
            keys.add(key)
            db.session.add(Location(key=key, name=name, kind=kind, is_preset=True))


def add_location(
    *, by: Me, name: str, kind: str = "classroom", parent: str | None = None
) -> Location:
    """A room under the school's own name, apostrophes and all."""
    _check_name(name, None)
    keys = set(db.session.scalars(select(Location.key)))
    location = Location(
        key=key_for(name, keys), name=name, kind=kind, parent_id=_parent_id(parent, None)
    )
    db.session.add(location)
    db.session.flush()
    _record("location.added", location, by, to_value=name)
    return location


def change_location(location: Location, *, by: Me, **changes: object) -> None:
    """Rename, move, archive. The key stays, so links keep working."""
    before = location.name
    if "parent" in changes:
        parent = changes["parent"]
        location.parent_id = _parent_id(str(parent) if parent else None, location)
    if "name" in changes:
        with db.session.no_autoflush:
            _check_name(str(changes["name"]), location.id)
        location.name = str(changes["name"])
    if "kind" in changes:
        location.kind = str(changes["kind"])
    if "archived" in changes:
        location.is_archived = bool(changes["archived"])
    location.updated_at = clock.now()
    db.session.flush()
    _record("location.changed", location, by, from_value=before, to_value=location.name)


def remove_location(location: Location, *, by: Me) -> None:
    """Only one that nothing ever referred to."""
    if _is_used(location):
        raise Refused(f"{location.name} has history. Archive it instead of removing it.")
    _record("location.removed", location, by, from_value=location.name)
    db.session.delete(location)
    db.session.flush()


def _is_used(location: Location) -> bool:
    """Asked by name: incidents live in a room above this one."""
    in_incidents = db.session.scalar(
        text(
            "SELECT EXISTS (SELECT 1 FROM incidents"
            " WHERE school_id = :school AND location_id = :id)"
        ),
        {"school": location.school_id, "id": location.id},
    )
    has_rooms = db.session.scalar(select(exists().where(Location.parent_id == location.id)))
    return bool(in_incidents or has_rooms)


def _check_name(name: str, own_id: int | None) -> None:
    taken = db.session.scalar(
        select(Location.id).where(func.lower(Location.name) == func.lower(name))
    )
    if taken is not None and taken != own_id:
        raise wrong("name", "The school has a location of this name already.")


def _parent_id(key: str | None, location: Location | None) -> int | None:
    if key is None:
        return None
    try:
        parent = get_location(key)
    except NotThere:
        raise wrong("parent", "Choose a location of this school.") from None
    above: Location | None = parent
    while above is not None and location is not None:
        if above.id == location.id:
            raise wrong("parent", "A location cannot be inside itself.")
        above = (
            db.session.scalar(select(Location).where(Location.id == above.parent_id))
            if above.parent_id
            else None
        )
    return parent.id


def _record(
    kind: str,
    location: Location,
    by: Me,
    *,
    from_value: str | None = None,
    to_value: str | None = None,
) -> None:
    record(
        kind,
        subject_kind="location",
        subject_id=location.id,
        at=clock.now(),
        by=by,
        from_value=from_value,
        to_value=to_value,
        visibility="internal",
    )
