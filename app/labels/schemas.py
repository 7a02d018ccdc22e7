"""What comes in and goes out about labels, for pages and API alike."""

from __future__ import annotations

from typing import Any

from marshmallow import fields, validate

from app.labels.rules import MOST_AT_ONCE, MOST_ON_A_SHEET, SHEETS
from app.shapes import LONG, SHORT, EmailAddress, Instant, PageArgs, Shape, Text, Whole, choice


class PrintLabels(Shape):
    """What is to be labelled, and on which paper."""

    tags = Text(
        LONG,
        is_long=True,
        allow_none=True,
        metadata={
            "label": "Tags of equipment",
            "hint": "One on each line. Copy a column of your spreadsheet",
            "rows": 4,
        },
    )
    inside = Text(
        80,
        allow_none=True,
        metadata={
            "label": "All equipment in a room",
            "hint": "Rooms and trolleys inside it count too",
            "kind": "select",
            "blank": "No room",
        },
    )
    rooms = fields.List(
        Text(80, required=True),
        validate=validate.Length(max=1000),
        metadata={
            "label": "Labels for the rooms themselves",
            "hint": "For the door or the wall: whoever scans it reports something in that room",
            "kind": "checkboxes",
        },
    )
    sheet = choice(
        {one.key: one.name for one in SHEETS.values()},
        load_default="l7163",
        metadata={"label": "Which sheets have you bought?", "kind": "radios"},
    )
    start = Whole(
        1,
        MOST_ON_A_SHEET,
        load_default=1,
        metadata={
            "label": "First free label on the sheet",
            "hint": "1 is the top left one, 2 the one beside it. For a sheet that was begun",
            "kind": "number",
            "width": "3",
        },
    )


class SheetArgs(Shape):
    at = Instant(required=True)
    sheet = choice(SHEETS, load_default="l7163")
    start = Whole(1, MOST_ON_A_SHEET, load_default=1)


class ScannedReport(Shape):
    """Asked of somebody who is not signed in."""

    title = Text(
        SHORT,
        required=True,
        metadata={
            "label": "What is wrong, in a few words?",
            "missing": "Say in a few words what is wrong",
            "hint": "For example: no picture",
        },
    )
    happened = Text(
        LONG,
        is_long=True,
        required=True,
        metadata={
            "label": "What happened?",
            "missing": "Say what happened",
            "hint": "No names of pupils, please",
            "rows": 4,
        },
    )
    name = Text(
        100,
        required=True,
        metadata={"label": "Your name", "missing": "Enter your name", "autocomplete": "name"},
    )
    email = EmailAddress(
        required=True,
        metadata={
            "label": "Your school e-mail address",
            "missing": "Enter your school e-mail address",
            "autocomplete": "email",
        },
    )


# --- the API ---


def _names(what: str) -> fields.List[Any]:
    return fields.List(
        Text(80, required=True),
        load_default=list,
        validate=validate.Length(max=MOST_AT_ONCE),
        metadata={"description": what},
    )


class NewLabels(Shape):
    assets = _names("Tags")
    locations = _names("Keys")


class LabelArgs(PageArgs):
    asset = Text(80, metadata={"description": "The tag of one asset"})
    location = Text(80, metadata={"description": "The key of one location"})


class LabelOut(Shape):
    asset = fields.String(allow_none=True, required=True)
    location = fields.String(allow_none=True, required=True)
    token = fields.String(required=True)
    address = fields.String(required=True)
    made_by = fields.String(required=True)
    created_at = Instant(required=True)
    printed_at = Instant(allow_none=True, required=True)


class LabelsOut(Shape):
    items = fields.List(fields.Nested(LabelOut), required=True)


class LabelPage(LabelsOut):
    next = fields.String(allow_none=True, required=True)
