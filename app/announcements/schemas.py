"""What comes in and goes out about announcements, for pages and JSON alike."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from marshmallow import ValidationError, fields, validates_schema

from app.announcements import rules
from app.schools.categories import CATEGORY_WORDS
from app.shapes import SHORT, Flag, Instant, PageArgs, Shape, Text, choice

LONGEST_TEXT = 2000


class AnnouncementIn(Shape):
    kind = choice(
        rules.KIND_WORDS,
        required=True,
        metadata={
            "label": "What is it?",
            "kind": "radios",
            "choices": [
                ("outage", "Outage", "Stands on every page while it lasts"),
                ("planned", "Planned work", "Shown before something is reported"),
                ("news", "News", "Shown before something is reported"),
            ],
        },
    )
    title = Text(
        SHORT,
        required=True,
        metadata={
            "label": "In a few words",
            "missing": "Enter what everybody should know",
            "hint": "For example: The internet is down in the whole school",
        },
    )
    text = Text(
        LONGEST_TEXT,
        is_long=True,
        allow_none=True,
        metadata={
            "label": "More about it",
            "hint": "What people can do meanwhile, and whether they need to report it",
            "rows": 4,
        },
    )
    category = choice(
        CATEGORY_WORDS,
        allow_none=True,
        metadata={
            "label": "Which reports does it concern?",
            "blank": "Any",
            "hint": "Then it is shown to whoever reports something of that kind",
        },
    )
    audience = choice(
        rules.AUDIENCE_WORDS,
        load_default="everyone",
        metadata={"label": "Who is told?", "kind": "radios"},
    )
    starts_at = Instant(
        allow_none=True, metadata={"label": "From", "hint": "Leave it empty for now"}
    )
    ends_at = Instant(
        required=True,
        metadata={"label": "Until", "hint": "Nobody sees it after that; you can end it earlier"},
    )

    @validates_schema
    def _in_order(self, data: dict[str, Any], **_extra: Any) -> None:
        starts, ends = data.get("starts_at"), data.get("ends_at")
        if isinstance(starts, datetime) and isinstance(ends, datetime) and ends <= starts:
            raise ValidationError("It must end after it begins", "ends_at")


class AnnouncementChange(AnnouncementIn):
    """Loaded `partial`: what is left out stays as it is."""


class AnnouncementEnd(Shape):
    may_be_left_out = True


class ListArgs(PageArgs):
    current = Flag(load_default=False, metadata={"description": "Only those that hold now"})


class AnnouncementOut(Shape):
    number = fields.Integer(required=True)
    scope = choice(("school", "la"), required=True)
    kind = choice(rules.KIND_WORDS, required=True)
    title = fields.String(required=True)
    text = fields.String(allow_none=True, required=True)
    category = choice(CATEGORY_WORDS, allow_none=True, required=True)
    audience = choice(rules.AUDIENCE_WORDS, required=True)
    starts_at = Instant(required=True)
    ends_at = Instant(required=True)
    current = Flag(required=True)
    version = fields.Integer(required=True)


class AnnouncementPage(Shape):
    items = fields.List(fields.Nested(AnnouncementOut), required=True)
    next = fields.String(allow_none=True, required=True)
