"""What comes in and goes out about implementations and the page that monitors progress."""

from __future__ import annotations

from marshmallow import fields, validate

from app.progress import rules
from app.progress.schemas import MOST, ListedChange
from app.shapes import LONG, SHORT, Day, Flag, Instant, PageArgs, Shape, Text, Whole, choice

MOST_MILESTONES = 100


class MilestoneIn(Shape):
    name = Text(
        SHORT,
        required=True,
        metadata={
            "label": "Milestone",
            "missing": "Say what is reached by then",
            "hint": "For example: cables laid",
        },
    )
    due_on = Day(allow_none=True, metadata={"label": "By when?"})
    done_on = Day(allow_none=True, metadata={"label": "Reached on"})


class _Described(Shape):
    title = Text(
        SHORT,
        required=True,
        metadata={
            "label": "What is being put in place?",
            "missing": "Say what is put in place",
            "hint": "For example: Wi-Fi in the new building",
        },
    )
    owner = Text(
        SHORT,
        required=True,
        metadata={"label": "Who sees to it?", "missing": "Say who sees to it"},
    )
    summary = Text(
        LONG,
        is_long=True,
        allow_none=True,
        metadata={"label": "What is it about, and how does it stand?", "rows": 4},
    )
    origin = choice(
        rules.ORIGIN_WORDS,
        load_default="plan",
        metadata={"label": "Where does it come from?", "kind": "radios"},
    )
    change = Whole(1, MOST, allow_none=True, metadata={"label": "Which change?", "kind": "select"})
    problem = Whole(
        1, MOST, allow_none=True, metadata={"label": "Which problem?", "kind": "select"}
    )


class NewImplementation(_Described):
    milestones = fields.List(
        fields.Nested(MilestoneIn), load_default=list, validate=validate.Length(max=MOST_MILESTONES)
    )


class ImplementationChange(_Described):
    """Loaded `partial`: what is left out stays as it is."""

    status = choice(rules.STATUS_WORDS, metadata={"label": "How does it stand?"})
    reason = Text(
        LONG, is_long=True, allow_none=True, metadata={"label": "Why is it stopped?", "rows": 3}
    )


class OnPage(_Described):
    pass


class Standing(Shape):
    status = choice(rules.STATUS_WORDS, required=True)
    reason = Text(
        LONG, is_long=True, allow_none=True, metadata={"label": "Why is it stopped?", "rows": 2}
    )


class ImplementationFilters(Shape):
    q = Text(100)
    status = choice(rules.STATUS_WORDS)
    open = Flag(metadata={"description": "Planned or in hand"})


class ImplementationArgs(ImplementationFilters, PageArgs):
    pass


class MilestoneOut(MilestoneIn):
    position = fields.Integer(required=True)


class ListedImplementation(Shape):
    number = fields.Integer(required=True)
    title = fields.String(required=True)
    origin = choice(rules.ORIGIN_WORDS, required=True)
    owner = fields.String(required=True)
    status = choice(rules.STATUS_WORDS, required=True)
    percent = fields.Integer(allow_none=True, required=True)
    milestones_done = fields.Integer(required=True)
    milestones_all = fields.Integer(required=True)
    next_due_on = fields.String(allow_none=True, required=True)


class ImplementationOut(ListedImplementation):
    summary = fields.String(allow_none=True, required=True)
    reason = fields.String(allow_none=True, required=True)
    change = fields.Integer(allow_none=True, required=True)
    problem = fields.Integer(allow_none=True, required=True)
    milestones = fields.List(fields.Nested(MilestoneOut), required=True)
    created_by = fields.String(required=True)
    created_at = Instant(required=True)
    version = fields.Integer(required=True)


class ImplementationPage(Shape):
    items = fields.List(fields.Nested(ListedImplementation), required=True)
    next = fields.String(allow_none=True, required=True)


class PlannedSolution(Shape):
    number = fields.Integer(required=True)
    title = fields.String(required=True)
    solution = fields.String(allow_none=True, required=True)
    resolver = fields.String(allow_none=True, required=True)
    target_date = fields.String(allow_none=True, required=True)


class ProgressOut(Shape):
    implementations = fields.List(fields.Nested(ListedImplementation), required=True)
    problems = fields.List(fields.Nested(PlannedSolution), required=True)
    changes_to_approve = fields.List(fields.Nested(ListedChange), required=True)
    changes_coming = fields.List(fields.Nested(ListedChange), required=True)
