"""What is asked of figures, and what comes back."""

from __future__ import annotations

from typing import Any

from marshmallow import ValidationError, fields, validate, validates_schema

from app.incidents.rules import TYPES
from app.performance.totals import AGREEMENT_KINDS, BY
from app.shapes import Day, PageArgs, Shape, check_characters, choice

# "unchecked": the desk has not said yet.
PRIORITIES = ("P1", "P2", "P3", "P4", "unchecked")


def _key(longest: int) -> Any:
    return fields.String(validate=[validate.Length(1, longest), check_characters])


class Filters(Shape):
    """A period of local days, [from, to), and of whom."""

    first = Day(data_key="from", metadata={"description": "The first day that counts"})
    end = Day(data_key="to", metadata={"description": "The first day that no longer counts"})
    contract = _key(200)
    school = _key(100)
    supplier = _key(200)
    priority = choice(PRIORITIES)
    type = choice(TYPES)
    agreement_kind = choice(AGREEMENT_KINDS)

    @validates_schema
    def days_in_order(self, data: dict[str, Any], **_: Any) -> None:
        first, end = data.get("first"), data.get("end")
        if first is None or end is None:
            return
        if end <= first:
            raise ValidationError({"to": ["The period must end after it begins."]})


class PerformanceArgs(Filters, PageArgs):
    by = choice(BY, load_default="school")
    target = fields.Float(
        allow_nan=False,
        validate=validate.Range(0, 1),
        metadata={"description": "Compare with a contract’s target, 0 to 1, and not with the LA"},
    )


class BehindArgs(Filters, PageArgs):
    """The incidents behind a number."""

    figure = fields.String(required=True, validate=validate.Length(1, 60))
    part = choice(("numerator", "denominator"), load_default="numerator")


class BaselineOut(Shape):
    agreement_kind = fields.String(required=True)
    figure = fields.String(required=True)
    centre = fields.Float(allow_none=True)
    overdispersion = fields.Float(allow_none=True)
    is_widened = fields.Boolean(required=True)


class PerformanceOut(Shape):
    items = fields.List(fields.Dict(), required=True)
    next = fields.String(allow_none=True)
    first = fields.Date(required=True, data_key="from")
    end = fields.Date(required=True, data_key="to")
    by = fields.String(required=True)
    baselines = fields.List(fields.Nested(BaselineOut), required=True)
    up_to_date = fields.Boolean(
        required=True,
        metadata={
            "description": "False while changes are being counted; and in an authority of more "
            "than 300 schools while these are being compared for the first time: then rows have "
            "no expected number and no flag. Ask again in a minute"
        },
    )


class BehindOut(Shape):
    items = fields.List(fields.Dict(), required=True)
    next = fields.String(allow_none=True)
