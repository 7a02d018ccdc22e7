"""Rooms and places: known again by name. What they are part of is made where it is missing."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from sqlalchemy import select

from app.imports.readers.base import Batch, Field, Line
from app.imports.readers.by_action import ByAction
from app.imports.readers.references import Room
from app.imports.readers.rooms import KIND_WORDS, kind_of_room
from app.imports.values import folded, one_of, words, yes_no
from app.locations import schemas
from app.locations.actions import add_location, change_location
from app.locations.models import Location
from app.locations.rules import KINDS
from tenants import db


class Locations(ByAction):
    register, permission, shape = "locations", "location.edit", schemas.NewLocation
    key_names = ("name",)
    # fmt: off
    fields = (
        Field("name", "Name of the room", words(100),
              ("Room", "Location", "Name", "Room name", "Place", "Where", "Class", "Classroom",
               "Room no", "Room number"), is_required=True),
        Field("kind", "Kind of room", one_of(KINDS, KIND_WORDS),
              ("Kind", "Type", "Room type", "Use", "Category", "Location type")),
        Field("parent", "Part of", words(100),
              ("Building", "Block", "Inside", "In", "Site", "Parent", "Floor", "Area", "Wing")),
        Field("container", "Moves with what is in it", yes_no,
              ("Container", "Trolley", "Movable")),
    )
    # fmt: on

    def keys(self, said: dict[str, Any]) -> list[tuple[str, ...]]:
        return [("name", folded(said["name"]))] if "name" in said else []

    def find(self, line: Line, batch: Batch) -> Any:
        room = batch.known.room(line.said.get("name", ""))
        if room is None:
            return None
        return db.session.scalar(select(Location).where(Location.id == room.id))

    def means(self, line: Line, batch: Batch) -> dict[str, Any]:
        said = {name: one for name, one in line.said.items() if name != "parent"}
        if line.thing is not None:
            # How its name is written is changed on its page.
            said.pop("name")
        elif "name" in said:
            said.setdefault("kind", kind_of_room(said["name"]))
        parent = line.said.get("parent")
        if parent and folded(parent) != folded(line.said.get("name", "")):
            said["parent"] = self._parent(parent, batch).key
        elif parent:
            line.refuse("parent", "A location cannot be inside itself.")
        return said

    def _parent(self, text: str, batch: Batch) -> Room:
        return batch.known.room(text) or self._add(batch, name=text, kind="building")

    def _add(self, batch: Batch, **said: Any) -> Room:
        room = add_location(by=batch.by, **said)
        found = Room(room.id, room.name, room.key)
        batch.known.rooms[folded(room.name)] = found
        return found

    def now(self, thing: Any, names: Iterable[str], batch: Batch) -> dict[str, Any]:
        parent = next(
            (one.key for one in batch.known.rooms.values() if one.id == thing.parent_id), None
        )
        kept = {"kind": thing.kind, "container": thing.is_container, "parent": parent}
        return {name: kept[name] for name in names}

    def add(self, said: dict[str, Any], batch: Batch) -> None:
        self._add(batch, **said)

    def change(self, line: Line, batch: Batch) -> None:
        change_location(line.thing, by=batch.by, **line.changes)
