"""What is asked of the figures in depth, and what comes back."""

from __future__ import annotations

from typing import Any

from marshmallow import ValidationError, fields, validate, validates_schema

from app.assets.rules import TYPES
from app.performance.depth.models import VERDICTS
from app.performance.depth.reliability import VERDICT_WORDS
from app.performance.depth.seen import PERIODS
from app.shapes import LONG, SHORT, Day, PageArgs, Shape, Text, choice


class DepthArgs(Shape):
    """Whole months around [from, to); or a period by name."""

    first = Day(data_key="from", metadata={"description": "The first day; its whole month counts"})
    end = Day(data_key="to", metadata={"description": "The first day that no longer counts"})
    period = choice(PERIODS, error="Choose a period from the list.")
    type = choice(TYPES, error="Choose a type from the list.")
    q = Text(SHORT)


class DepthPageArgs(DepthArgs):
    group = Text(SHORT)


class DepthListArgs(DepthArgs, PageArgs):
    pass


class ModelNote(Shape):
    """What the LA says of a model."""

    verdict = choice(
        VERDICT_WORDS,
        required=True,
        error="Choose one: buy again, watch or avoid.",
        metadata={"label": "What we say of it"},
    )
    note = Text(
        LONG,
        allow_none=True,
        metadata={"label": "Why", "hint": "Schools read it beside the figures."},
    )


class ModelNoteBody(ModelNote):
    type = choice(TYPES, required=True)
    make = Text(SHORT, load_default="")
    model = Text(SHORT, load_default="")

    @validates_schema
    def named(self, data: dict[str, Any], **_: Any) -> None:
        if not data.get("make") and not data.get("model"):
            raise ValidationError({"model": ["Name the make or the model."]})


class ModelNoteOut(Shape):
    type = fields.String(required=True)
    make = fields.String(required=True)
    model = fields.String(required=True)
    verdict = fields.String(required=True, validate=validate.OneOf(VERDICTS))
    note = fields.String(allow_none=True)
    written_by = fields.String(required=True)
    version = fields.Integer(required=True)


class DepthOut(Shape):
    first = fields.Date(required=True, data_key="from")
    end = fields.Date(required=True, data_key="to")
    items = fields.List(fields.Dict(), required=True)
    next = fields.String(allow_none=True)
    method = fields.String(required=True)
    as_of = fields.DateTime(
        required=True,
        allow_none=True,
        metadata={
            "description": "When what is of every school was worked out, in an authority of very "
            "many schools; null: while you waited"
        },
    )
    up_to_date = fields.Boolean(
        required=True,
        metadata={
            "description": "false: in an authority of very many schools it is being worked out, "
            "ask again in a minute; what is of every school is missing"
        },
    )
