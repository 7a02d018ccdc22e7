"""What comes in and goes out about critical dates."""

from __future__ import annotations

from typing import Any

from marshmallow import ValidationError, fields, validates_schema

from app.catalogue import critical_rules as rules
from app.shapes import SHORT, Day, Flag, Instant, PageArgs, Shape, Text, choice


class _Dated(Shape):
    kind = choice(
        rules.KIND_WORDS,
        required=True,
        error="Choose one.",
        metadata={"label": "What kind of date is it?", "kind": "radios"},
    )
    title = Text(
        SHORT,
        required=True,
        metadata={
            "label": "What is it?",
            "missing": "Say what it is",
            "hint": "For example: Key Stage 2 tests",
        },
    )
    first_day = Day(required=True, metadata={"label": "First day", "missing": "Give the first day"})
    last_day = Day(required=True, metadata={"label": "Last day", "missing": "Give the last day"})
    service = Text(
        100,
        allow_none=True,
        metadata={"label": "Only faults of this service", "kind": "select", "blank": "Any service"},
    )
    location = Text(
        100,
        allow_none=True,
        metadata={"label": "Only faults in this place", "kind": "select", "blank": "Any place"},
    )
    raises_priority = Flag(
        load_default=True,
        metadata={"label": "Faults that touch it become more urgent", "description": "Priority"},
    )
    freezes_changes = Flag(
        load_default=True,
        metadata={"label": "Changes that are not urgent wait until it is over"},
    )

    @validates_schema
    def in_order(self, data: dict[str, Any], **_: Any) -> None:
        first, last = data.get("first_day"), data.get("last_day")
        if first and last and last < first:
            raise ValidationError({"last_day": ["The last day must not be before the first."]})


class NewCriticalDate(_Dated):
    pass


class CriticalDateChange(_Dated):
    """Loaded `partial`: what is left out stays as it is."""

    cancelled = Flag()


class CriticalFilters(Shape):
    q = Text(100)
    kind = choice(rules.KIND_WORDS)
    upcoming = Flag(metadata={"description": "Those that are not over"})
    cancelled = Flag(metadata={"description": "Cancelled ones too"})


class CriticalArgs(CriticalFilters, PageArgs):
    pass


class CriticalOf(Shape):
    key = fields.String(required=True)
    name = fields.String(required=True)


class CriticalDateOut(Shape):
    number = fields.Integer(required=True)
    title = fields.String(required=True)
    kind = choice(rules.KIND_WORDS, required=True)
    first_day = fields.String(required=True)
    last_day = fields.String(required=True)
    service = fields.Nested(CriticalOf, allow_none=True, required=True)
    location = fields.Nested(CriticalOf, allow_none=True, required=True)
    raises_priority = Flag(required=True)
    freezes_changes = Flag(required=True)
    cancelled = Flag(required=True)
    raised_incidents = fields.Integer(required=True)
    created_by = fields.String(required=True)
    created_at = Instant(required=True)
    version = fields.Integer(required=True)


class CriticalDatePage(Shape):
    items = fields.List(fields.Nested(CriticalDateOut), required=True)
    next = fields.String(allow_none=True, required=True)
