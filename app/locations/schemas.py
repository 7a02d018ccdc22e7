"""What comes in and goes out about locations."""

from __future__ import annotations

from marshmallow import fields, validate

from app.locations.rules import KINDS, PRESETS
from app.shapes import Flag, Instant, PageArgs, Shape, Text, choice

_NAME = {
    "label": "Name of the room",
    "hint": "As people say it, for example Mrs Brown’s class",
    "missing": "Enter a name",
}
_KIND = {"label": "What kind of room is it?", "optional": False}
_PARENT = {
    "label": "Part of",
    "kind": "select",
    "hint": "The building it is in; of a trolley, the room where it stands",
}
_CONTAINER = {
    "label": "It moves with what is in it",
    "hint": "Tick this for a trolley or a case: move it, and its equipment moves too",
}


class NewLocation(Shape):
    name = Text(100, required=True, metadata=_NAME)
    kind = choice(KINDS, load_default="classroom", metadata=_KIND)
    parent = Text(80, allow_none=True, metadata=_PARENT)
    container = Flag(load_default=False, metadata=_CONTAINER)


class LocationChange(Shape):
    """Loaded `partial`: what is left out stays as it is. A name cannot become blank."""

    name = Text(100, required=True, metadata=_NAME)
    kind = choice(KINDS, metadata=_KIND)
    parent = Text(80, allow_none=True, metadata=_PARENT)
    container = Flag(metadata=_CONTAINER)
    archived = Flag(metadata={"label": "No longer used"})


class LocationMerge(Shape):
    into = Text(
        80,
        required=True,
        metadata={
            "label": "Which room is it really?",
            "kind": "select",
            "missing": "Choose the room that stays",
        },
    )


class LocationPresets(Shape):
    names = fields.List(
        choice([name for name, _ in PRESETS]),
        required=True,
        validate=validate.Length(min=1, max=len(PRESETS), error="Tick at least one room"),
        metadata={
            "label": "Which of these has your school?",
            "kind": "checkboxes",
            "missing": "Tick at least one room",
        },
    )


class Narrowed(Shape):
    """What a list of locations can be narrowed by."""

    q = Text(100, metadata={"description": "Part of the name"})
    kind = choice(KINDS)
    parent = Text(80, metadata={"description": "Directly inside this one"})
    container = Flag(metadata={"description": "Only what moves with what is in it, or only rooms"})
    archived = Flag(load_default=False, metadata={"description": "Archived ones too"})


class LocationArgs(Narrowed, PageArgs):
    pass


class LocationOut(Shape):
    key = fields.String(required=True)
    name = fields.String(required=True)
    kind = choice(KINDS, required=True)
    parent = fields.String(allow_none=True, required=True)
    container = Flag(required=True)
    preset = Flag(required=True)
    archived = Flag(required=True)
    merged_into = fields.String(allow_none=True, required=True)
    created_at = Instant(required=True)
    version = fields.Integer(required=True)


class LocationPage(Shape):
    items = fields.List(fields.Nested(LocationOut), required=True)
    next = fields.String(allow_none=True, required=True)


class LocationsOut(Shape):
    items = fields.List(fields.Nested(LocationOut), required=True)
