"""Shapes of the overview, of what is lacking, and of a search."""

from __future__ import annotations

from marshmallow import fields

from app.shapes import Day, Flag, Shape, Text


class SearchArgs(Shape):
    q = Text(load_default="", metadata={"label": "Search everything of this school"})


class FoundOut(Shape):
    kind = fields.String(required=True)
    key = fields.String(required=True, metadata={"description": "As in the address of its page"})
    title = fields.String(required=True)


class SearchOut(Shape):
    items = fields.List(fields.Nested(FoundOut), required=True)


class OpenByTurn(Shape):
    waiting_for = fields.String(required=True)
    open = fields.Integer(required=True)
    overdue = fields.Integer(required=True)


class FaultingOften(Shape):
    key = fields.String(required=True)
    name = fields.String(required=True)
    incidents = fields.Integer(required=True)


class TermFigures(Shape):
    first_day = Day(required=True)
    last_day = Day(required=True, metadata={"description": "The last day that is counted"})
    reported = fields.Integer(required=True)
    resolved = fields.Integer(required=True)


class FigureOfTermOut(Shape):
    """What was counted, out of how many, in this term and in the one before."""

    figure = fields.String(required=True)
    agreement_kind = fields.String(allow_none=True, required=True)
    numerator = fields.Integer(required=True)
    denominator = fields.Integer(required=True)
    numerator_before = fields.Integer(required=True)
    denominator_before = fields.Integer(required=True)


class PerformanceOfTermOut(Shape):
    first_day = Day(required=True)
    last_day = Day(required=True, metadata={"description": "The last day that is counted"})
    first_day_before = Day(required=True)
    last_day_before = Day(required=True)
    lesson_hours_lost = fields.Float(required=True)
    lesson_hours_lost_before = fields.Float(required=True)
    figures = fields.List(fields.Nested(FigureOfTermOut), required=True)


class BacklogAgeOut(Shape):
    working_days = fields.String(required=True, metadata={"description": "Since the report"})
    open = fields.Integer(required=True)


class OverviewOut(Shape):
    open = fields.Integer(required=True)
    overdue = fields.Integer(required=True)
    due_today = fields.Integer(required=True)
    by_turn = fields.List(fields.Nested(OpenByTurn), required=True)
    rooms = fields.List(fields.Nested(FaultingOften), required=True)
    assets = fields.List(fields.Nested(FaultingOften), required=True)
    this_term = fields.Nested(TermFigures, allow_none=True, required=True)
    last_term = fields.Nested(TermFigures, allow_none=True, required=True)
    performance = fields.Nested(PerformanceOfTermOut, required=True)
    backlog_age = fields.List(fields.Nested(BacklogAgeOut), required=True)
    up_to_date = fields.Boolean(required=True)


class LackOut(Shape):
    check = fields.String(required=True)
    title = fields.String(required=True)
    count = fields.Integer(required=True)
    examples = fields.List(fields.String(), required=True)


class LacksOut(Shape):
    items = fields.List(fields.Nested(LackOut), required=True)


class StepOut(Shape):
    step = fields.String(required=True)
    title = fields.String(required=True)
    done = Flag(required=True)


class StepsOut(Shape):
    items = fields.List(fields.Nested(StepOut), required=True)
