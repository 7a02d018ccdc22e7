"""What comes in and goes out about locations."""

from __future__ import annotations

from marshmallow import fields

from app.locations.rules import KINDS
from app.shapes import Flag, Instant, PageArgs, Shape, Text, choice


class NewLocation(Shape):
    name = Text(
        100, required=True, metadata={"label": "Name of the room", "missing": "Enter a name"}
    )
    kind = choice(KINDS, load_default="classroom", metadata={"label": "What kind of room is it?"})
    parent = Text(80, allow_none=True, metadata={"label": "Part of", "kind": "select"})


class LocationChange(Shape):
    """Loaded `partial`: what is left out stays as it is. A name cannot become blank."""

    name = Text(
        100, required=True, metadata={"label": "Name of the room", "missing": "Enter a name"}
    )
    kind = choice(KINDS, metadata={"label": "What kind of room is it?"})
    parent = Text(80, allow_none=True, metadata={"label": "Part of", "kind": "select"})
    archived = Flag(metadata={"label": "No longer used"})


class LocationArgs(PageArgs):
    archived = Flag(load_default=False, metadata={"description": "Archived ones too"})


class LocationOut(Shape):
    key = fields.String(required=True)
    name = fields.String(required=True)
    kind = choice(KINDS, required=True)
    parent = fields.String(allow_none=True, required=True)
    preset = Flag(required=True)
    archived = Flag(required=True)
    created_at = Instant(required=True)
    version = fields.Integer(required=True)


class LocationPage(Shape):
    items = fields.List(fields.Nested(LocationOut), required=True)
    next = fields.String(allow_none=True, required=True)
