"""What the pages of figures are asked: a period by name or by days, and of whom."""

from __future__ import annotations

from decimal import Decimal

from marshmallow import fields, validate

from app.incidents.rules import TYPES
from app.performance import choosing, words
from app.performance.figures import FIGURES
from app.performance.schemas import Filters
from app.performance.totals import AGREEMENT_KINDS, BY
from app.shapes import Day, Money, PageArgs, Shape, Text, choice

DEFAULT_FIGURE = "resolution_met"
_PERCENT = "Enter a target from 1 to 100 per cent, or leave it empty."


class PageFilters(Filters, PageArgs):
    """The last day of a person's own days counts; `to`, as programs say it, does not."""

    by = choice(BY, load_default="school", error="Choose by what from the list.")
    figure = choice(FIGURES, load_default=DEFAULT_FIGURE, error="Choose a figure from the list.")
    period = choice(choosing.PERIODS, error="Choose a period from the list.")
    last = Day()
    # What somebody typed into an address.
    contract = Text()
    school = Text()
    supplier = Text()
    priority = choice(words.PRIORITY_WORDS, error="Choose a priority from the list.")
    type = choice(TYPES, error="Choose incidents or requests.")
    agreement_kind = choice(AGREEMENT_KINDS, error="Choose whose promise from the list.")
    target = fields.Float(
        allow_nan=False,
        validate=validate.Range(1, 100, error=_PERCENT),
        error_messages={"invalid": _PERCENT, "special": _PERCENT},
    )


class BehindFilters(PageFilters):
    figure = choice(
        words.FIGURE_WORDS, load_default=DEFAULT_FIGURE, error="Choose a figure from the list."
    )
    part = choice(
        words.PART_WORDS, load_default="numerator", error="Choose what is counted, or out of what."
    )


class LabourRate(Shape):
    labour_rate = Money(
        required=True,
        validate=validate.Range(
            Decimal("0.01"), Decimal("999.99"), error="Enter between £0.01 and £999.99 an hour."
        ),
        metadata={
            "label": "Pounds an hour",
            "hint": "What an hour of support work is reckoned at, for example 28.00",
            "width": 5,
        },
    )
