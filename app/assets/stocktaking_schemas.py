"""What comes in and goes out about stock-takes, for pages and API alike."""

from __future__ import annotations

from marshmallow import fields, validate

from app.assets.stocktaking_rules import CHOICE_WORDS, OUTCOME_WORDS, STATE_WORDS
from app.shapes import LINE, Instant, PageArgs, Shape, Text, choice


class NewStockTake(Shape):
    location = Text(
        80,
        required=True,
        metadata={
            "label": "Which room?",
            "hint": "Rooms and trolleys inside it count too",
            "kind": "select",
            "blank": "Choose a room",
            "missing": "Choose the room",
        },
    )


class SeenTag(Shape):
    # Longer than a tag: a scanner may type the whole address on a label.
    tag = Text(
        LINE,
        required=True,
        metadata={"label": "Scan or type a tag", "missing": "Scan or type a tag"},
    )


class StockTakeChoice(Shape):
    tag = Text(80, required=True)
    choice = choice(CHOICE_WORDS, required=True)


class StockTakeConfirmation(Shape):
    may_be_left_out = True

    choices = fields.List(
        fields.Nested(StockTakeChoice),
        load_default=list,
        validate=validate.Length(max=20_000),
        metadata={"description": "What is not named is left as it is"},
    )


class StockTakeArgs(PageArgs):
    state = choice(STATE_WORDS, metadata={"label": "State"})
    location = Text(80, metadata={"label": "Room", "kind": "select"})


class StockTakeRoom(Shape):
    key = fields.String(required=True)
    name = fields.String(required=True)


class StockTakeLineOut(Shape):
    tag = fields.String(required=True)
    outcome = choice(OUTCOME_WORDS, required=True)
    choice = choice(CHOICE_WORDS, allow_none=True, required=True)
    registered = fields.Boolean(required=True)
    should_be = fields.Nested(StockTakeRoom, allow_none=True, required=True)
    seen_at = Instant(allow_none=True, required=True)
    seen_by = fields.String(allow_none=True, required=True)


class StockTakeCounts(Shape):
    expected = fields.Integer(required=True)
    found = fields.Integer(required=True)
    missing = fields.Integer(required=True)
    wrong_room = fields.Integer(required=True)
    unknown_ = fields.Integer(required=True, data_key="unknown")


class StockTakeListed(Shape):
    number = fields.Integer(required=True)
    location = fields.Nested(StockTakeRoom, required=True)
    state = choice(STATE_WORDS, required=True)
    started_at = Instant(required=True)
    started_by = fields.String(required=True)
    ended_at = Instant(allow_none=True, required=True)
    ended_by = fields.String(allow_none=True, required=True)
    version = fields.Integer(required=True)


class StockTakeOut(StockTakeListed):
    counts = fields.Nested(StockTakeCounts, required=True)
    lines = fields.List(fields.Nested(StockTakeLineOut), required=True)


class StockTakePage(Shape):
    items = fields.List(fields.Nested(StockTakeListed), required=True)
    next = fields.String(allow_none=True, required=True)


class StockTakeSeen(Shape):
    tag = fields.String(required=True)
    outcome = choice(OUTCOME_WORDS, required=True)
    should_be = fields.Nested(StockTakeRoom, allow_none=True, required=True)
    said = fields.String(required=True)
    again = fields.Boolean(required=True)
