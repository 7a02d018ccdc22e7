"""Add, change, archive and remove locations. One with history is archived, never removed."""

from __future__ import annotations

from collections.abc import Collection
from typing import Any

from sqlalchemy import func, select

from app import clock
from app.errors import Refused, wrong
from app.history.actions import record
from app.locations.inside import how_many_assets
from app.locations.models import Location
from app.locations.queries import names_of, path_to, room_named, with_those_inside
from app.locations.rules import ALWAYS_CONTAINER, MOST_DEEP, PRESETS, key_for
from app.people.identity import Me
from app.references import what_points_at
from tenants import db

_COLUMNS = {"container": "is_container", "archived": "is_archived", "parent": "parent_id"}


def add_presets(names: Collection[str] | None = None, *, by: Me | None = None) -> list[Location]:
    """The rooms every school begins with, or some of them; names it has already are left alone."""
    taken = {name.lower() for name in db.session.scalars(select(Location.name))}
    keys = set(db.session.scalars(select(Location.key)))
    added = []
    for name, kind in PRESETS:
        if name.lower() not in taken and (names is None or name in names):
            key = key_for(name, keys)
            keys.add(key)
            added.append(Location(key=key, name=name, kind=kind, is_preset=True))
    db.session.add_all(added)
    if by is not None:
        db.session.flush()
        for location in added:
            record_about(location, "location.added", by, after=location.name)
    return added


def add_location(
    *,
    by: Me,
    name: str,
    kind: str = "classroom",
    parent: str | None = None,
    container: bool = False,
) -> Location:
    """A room under the school's own name, apostrophes and all."""
    _check_name(name, None)
    keys = set(db.session.scalars(select(Location.key)))
    location = Location(
        key=key_for(name, keys),
        name=name,
        kind=kind,
        parent_id=_parent_id(parent, None),
        is_container=container or kind == ALWAYS_CONTAINER,
    )
    db.session.add(location)
    db.session.flush()
    record_about(location, "location.added", by, after=name)
    return location


def change_location(location: Location, *, by: Me, **changes: Any) -> None:
    """Rename, move, archive. The key stays, so links keep working; what is inside moves along."""
    if location.merged_into_id is not None:
        there = names_of([location.merged_into_id])[location.merged_into_id]
        raise Refused(f"{location.name} was merged into {there}. Change {there} instead.")
    if "parent" in changes:
        changes["parent"] = _parent_id(changes["parent"], location)
    if "name" in changes:
        with db.session.no_autoflush:
            _check_name(changes["name"], location.id)
    if changes.get("kind", location.kind) == ALWAYS_CONTAINER:
        changes["container"] = True
    before = {name: getattr(location, _COLUMNS.get(name, name)) for name in changes}
    changed = [name for name in changes if before[name] != changes[name]]
    if not changed:
        return
    for name in changed:
        setattr(location, _COLUMNS.get(name, name), changes[name])
    location.updated_at = clock.now()
    db.session.flush()
    _record_change(location, by, changed, before)


def remove_location(location: Location, *, by: Me) -> None:
    """Only one that nothing ever referred to."""
    if location.merged_into_id is not None or what_points_at("locations", location.id):
        raise Refused(f"{location.name} has history. Archive it instead of removing it.")
    record_about(location, "location.removed", by, before=location.name)
    db.session.delete(location)
    db.session.flush()


def _check_name(name: str, own_id: int | None) -> None:
    taken = db.session.scalar(select(Location).where(func.lower(Location.name) == func.lower(name)))
    if taken is None or taken.id == own_id:
        return
    if taken.is_archived and taken.merged_into_id is None:
        raise wrong("name", "The school had a location of this name. Use that one again instead.")
    raise wrong("name", "The school has a location of this name already.")


def _parent_id(key: str | None, location: Location | None) -> int | None:
    if not key:
        return None
    parent = room_named(key, "parent")
    above = path_to(parent)
    if location is not None and location.id in {parent.id, *(one.id for one in above)}:
        raise wrong("parent", "A location cannot be inside itself.")
    if len(above) + 2 > MOST_DEEP:
        raise wrong("parent", f"Locations stand at most {MOST_DEEP} deep inside one another.")
    return parent.id


def _record_change(location: Location, by: Me, changed: list[str], before: dict[str, Any]) -> None:
    if changed == ["archived"]:
        kind = "location.archived" if location.is_archived else "location.used_again"
        record_about(location, kind, by)
    elif changed == ["parent"]:
        names = names_of([before["parent"], location.parent_id])
        record_about(
            location,
            "location.moved",
            by,
            before=names.get(before["parent"], "no building"),
            after=names.get(location.parent_id, "no building"),
            note=_moved_along(location),
        )
    else:
        record_about(
            location,
            "location.changed",
            by,
            before=before.get("name", location.name),
            after=location.name,
            note=", ".join(changed),
        )


def _moved_along(location: Location) -> str | None:
    """How much equipment a trolley took with it."""
    many = sum(how_many_assets(with_those_inside(location.id)).values())
    if not location.is_container or not many:
        return None
    return "1 asset moved with it" if many == 1 else f"{many} assets moved with it"


def record_about(
    location: Location,
    kind: str,
    by: Me,
    *,
    before: str | None = None,
    after: str | None = None,
    note: str | None = None,
) -> None:
    record(
        kind,
        subject_kind="location",
        subject_id=location.id,
        at=clock.now(),
        by=by,
        from_value=before,
        to_value=after,
        note=note,
        visibility="internal",
    )
