"""What comes in and goes out about changes, for pages and JSON alike."""

from __future__ import annotations

from typing import Any

from marshmallow import ValidationError, fields, validates_schema

from app.progress import rules
from app.shapes import (
    LINE,
    LONG,
    SHORT,
    Flag,
    Instant,
    Money,
    PageArgs,
    Shape,
    Text,
    Whole,
    choice,
)

MOST = 999_999_999


def _long(label: str, hint: str = "", **more: Any) -> Text:
    about = {"label": label, "rows": 3, **({"hint": hint} if hint else {})}
    return Text(LONG, is_long=True, metadata={**about, **more.pop("metadata", {})}, **more)


class NewChange(Shape):
    title = Text(
        SHORT,
        required=True,
        metadata={
            "label": "What is to change?",
            "missing": "Say what is to change",
            "hint": "For example: a new file server",
        },
    )
    reason = choice(
        rules.REASON_WORDS,
        load_default="new_need",
        metadata={"label": "Why?", "kind": "radios"},
    )
    problem = Whole(
        1,
        MOST,
        allow_none=True,
        metadata={"label": "Which problem?", "kind": "select", "blank": "None"},
    )
    description = _long(
        "Describe it",
        "What is there now, what will be there, and who asked",
        required=True,
        metadata={"missing": "Describe it", "rows": 4},
    )
    affected = _long("Which services and equipment are affected?", allow_none=True)
    users_affected = Text(LINE, allow_none=True, metadata={"label": "Who is affected?"})
    benefits = _long("What is gained?", allow_none=True)
    cost = Money(
        allow_none=True,
        metadata={
            "label": "What does it cost?",
            "kind": "money",
            "width": "10",
            "hint": "In pounds, for example 1,250.00; 0 where it costs nothing",
        },
    )
    contracts_affected = Text(
        LINE,
        allow_none=True,
        metadata={
            "label": "Which contracts are affected?",
            "hint": "Ask those suppliers first; write none where there are none",
        },
    )
    risk = _long("What can go wrong, and how bad is it?", allow_none=True)
    test_plan = _long("How is it tested before people use it?", allow_none=True)
    back_out_plan = _long("How is it undone when it goes wrong?", allow_none=True)
    communication_plan = _long("Who is told, when and how?", allow_none=True)
    urgent = Flag(
        load_default=False,
        metadata={
            "label": "It is urgent",
            "hint": "Only urgent changes are made during tests, census or an inspection",
        },
    )
    planned_start = Instant(allow_none=True, metadata={"label": "When does it begin?"})
    planned_end = Instant(allow_none=True, metadata={"label": "When does it end?"})

    @validates_schema
    def in_order(self, data: dict[str, Any], **_: Any) -> None:
        start, end = data.get("planned_start"), data.get("planned_end")
        if start and end and end < start:
            raise ValidationError({"planned_end": ["It must not end before it begins."]})


class WrittenUp(NewChange):
    """Loaded `partial`: what is left out stays as it is."""


class ChangeState(Shape):
    """The next state, with what it needs."""

    state = choice(tuple(rules.STEPS), required=True)
    note = _long("Why?", allow_none=True)
    outcome = _long("How did it go?", allow_none=True)


class ChangeFilters(Shape):
    q = Text(100)
    state = choice(rules.STATE_WORDS)
    open = Flag(metadata={"description": "Those that are not closed, rejected or cancelled"})
    urgent = Flag()


class ChangeArgs(ChangeFilters, PageArgs):
    pass


class ListedChange(Shape):
    reference = fields.String(required=True)
    number = fields.Integer(required=True)
    title = fields.String(required=True)
    state = choice(rules.STATE_WORDS, required=True)
    reason = choice(rules.REASON_WORDS, required=True)
    urgent = Flag(required=True)
    cost = fields.String(required=True)
    originator = fields.String(required=True)
    planned_start = Instant(allow_none=True, required=True)
    planned_end = Instant(allow_none=True, required=True)
    created_at = Instant(required=True)


class ChangeOut(ListedChange):
    problem = fields.Integer(allow_none=True, required=True)
    description = fields.String(required=True)
    affected = fields.String(allow_none=True, required=True)
    users_affected = fields.String(allow_none=True, required=True)
    benefits = fields.String(allow_none=True, required=True)
    contracts_affected = fields.String(allow_none=True, required=True)
    risk = fields.String(allow_none=True, required=True)
    test_plan = fields.String(allow_none=True, required=True)
    back_out_plan = fields.String(allow_none=True, required=True)
    communication_plan = fields.String(allow_none=True, required=True)
    started_at = Instant(allow_none=True, required=True)
    ended_at = Instant(allow_none=True, required=True)
    outcome = fields.String(allow_none=True, required=True)
    approved_by = fields.String(allow_none=True, required=True)
    approved_by_originator = Flag(required=True)
    decision_note = fields.String(allow_none=True, required=True)
    next_states = fields.List(fields.String(), required=True)
    version = fields.Integer(required=True)


class ChangePage(Shape):
    items = fields.List(fields.Nested(ListedChange), required=True)
    next = fields.String(allow_none=True, required=True)
