"""Shapes of the LA's overview."""

from __future__ import annotations

from marshmallow import fields, validate

from app.reports.la_overview_needs import KINDS
from app.reports.la_overview_rules import WEATHER
from app.reports.schemas import BacklogAgeOut
from app.shapes import PageArgs, Shape, Text, choice

_MOST_LETTERS = 60


class WeatherFilters(Shape):
    q = Text(_MOST_LETTERS, load_default=None, metadata={"label": "Name or code"})
    letter = fields.String(
        load_default=None,
        validate=validate.Length(1, 1),
        metadata={"label": "First letter", "description": "Of the school’s name"},
    )


class WeatherArgs(WeatherFilters, PageArgs):
    pass


class WeatherSchoolOut(Shape):
    slug = fields.String(required=True)
    code = fields.String(required=True)
    name = fields.String(required=True)


class WeatherOut(Shape):
    school = fields.Nested(WeatherSchoolOut, required=True)
    weather = choice(tuple(WEATHER), required=True)
    reported_by_day = fields.List(
        fields.Integer(), required=True, metadata={"description": "Six weeks, today last"}
    )
    reported = fields.Integer(required=True, metadata={"description": "In the last seven days"})
    resolved = fields.Integer(required=True)
    missed = fields.Integer(required=True)
    open = fields.Integer(required=True)
    overdue = fields.Integer(required=True)


class LaTotalsOut(Shape):
    """Of every school: the last seven days, and what is open now."""

    reported = fields.Integer(required=True)
    resolved = fields.Integer(required=True)
    missed = fields.Integer(required=True)
    open = fields.Integer(required=True)
    overdue = fields.Integer(required=True)
    counted_all = fields.Boolean(
        required=True, metadata={"description": "False where more are open than are counted"}
    )


class NeedOut(Shape):
    kind = choice(tuple(KINDS), required=True)
    text = fields.String(required=True)
    school = fields.String(allow_none=True, required=True, metadata={"description": "Its slug"})
    number = fields.Integer(
        allow_none=True, required=True, metadata={"description": "Of the incident or contract"}
    )


class SchoolWeekOut(Shape):
    monday = fields.Date(required=True)
    reported = fields.Integer(allow_none=True, required=True)
    year_before = fields.Integer(allow_none=True, required=True)
    holiday = fields.Boolean(required=True)


class KeptOfDecidedOut(Shape):
    met = fields.Integer(required=True)
    decided = fields.Integer(required=True)


class AttainmentOut(Shape):
    by = fields.String(required=True)
    key = fields.String(required=True)
    name = fields.String(required=True)
    agreement_kind = fields.String(required=True)
    response_met = fields.Nested(KeptOfDecidedOut, required=True)
    resolution_met = fields.Nested(KeptOfDecidedOut, required=True)
    response_met_before = fields.Nested(KeptOfDecidedOut, required=True)
    resolution_met_before = fields.Nested(KeptOfDecidedOut, required=True)


class OverviewOfLaOut(Shape):
    """`items` are a page of schools by name; everything else is of all of them."""

    items = fields.List(fields.Nested(WeatherOut), required=True)
    next = fields.String(allow_none=True, required=True)
    totals = fields.Nested(LaTotalsOut, required=True)
    needs = fields.List(fields.Nested(NeedOut), required=True)
    backlog_age = fields.List(fields.Nested(BacklogAgeOut), required=True)
    school_weeks = fields.List(fields.Nested(SchoolWeekOut), required=True)
    attainment = fields.List(fields.Nested(AttainmentOut), required=True)
    attainment_from = fields.Date(required=True)
    attainment_to = fields.Date(required=True)
    up_to_date = fields.Boolean(required=True)
