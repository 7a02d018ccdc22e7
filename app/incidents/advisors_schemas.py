"""What comes in and goes out about Tech Advisors."""

from __future__ import annotations

from marshmallow import fields, validate

from app.incidents import rules
from app.incidents.advised import STATES
from app.incidents.replies import SchoolRef
from app.schools.categories import CATEGORY_WORDS
from app.shapes import LONG, Day, Flag, PageArgs, Shape, Text, Whole, choice

_MOST_CHECKS = 40
# fmt: off
STATE_WORDS = {
    "offered": "Waiting for an advisor", "taken": "Being helped with", "solved": "Solved",
    "passed_on": "Passed on to the desk", "timed_out": "Passed on when the time was up",
    "gone_past": "Taken to the desk by the reporter",
}
# fmt: on
assert tuple(STATE_WORDS) == STATES


class SafeCheck(Shape):
    checklist = Text(80, required=True)
    position = Whole(1, 100, required=True)


class Tried(Shape):
    """What an advisor has found."""

    tried = Text(
        LONG,
        is_long=True,
        required=True,
        metadata={
            "label": "What did you try, and what should they do?",
            "hint": "The person who asked reads this. Write no names",
            "missing": "Say what you tried",
            "rows": 4,
        },
    )


class AdviceGiven(Tried):
    checks = fields.List(
        fields.Nested(SafeCheck),
        load_default=list,
        validate=validate.Length(max=_MOST_CHECKS),
        metadata={"description": "Known-safe checks that were done"},
    )


class PassOn(Shape):
    may_be_left_out = True

    tried = Text(LONG, is_long=True, allow_none=True, metadata={"label": "What did you try?"})


class AdviceFigureArgs(Shape):
    day_from = Day(data_key="from")
    day_to = Day(data_key="to", metadata={"description": "The last day, included"})


class OfferedArgs(PageArgs):
    pass


def _text() -> fields.String:
    return fields.String(allow_none=True)


def _instant() -> fields.String:
    return fields.String(allow_none=True, metadata={"format": "date-time"})


class SafeCheckOut(Shape):
    checklist = fields.String(required=True)
    position = fields.Integer(required=True)
    text = fields.String(required=True)


class AdviceOut(Shape):
    reference = fields.String(required=True)
    status = choice(tuple(rules.Status), required=True)
    state = choice(STATES, required=True)
    is_mine = Flag(required=True)
    advisor = _text()
    tried = _text()
    began_at = _instant()
    until_at = _instant()
    ended_at = _instant()
    needs_countersignature = Flag(required=True)
    countersigned_by = _text()
    countersigned_at = _instant()
    checks = fields.List(fields.Nested(SafeCheckOut), required=True)


class OfferedLocation(Shape):
    key = fields.String(required=True)
    name = fields.String(required=True)
    kind = fields.String(required=True)


class Offered(Shape):
    """A sheet as a Tech Advisor sees it."""

    reference = fields.String(required=True)
    school = fields.Nested(SchoolRef, required=True)
    number = fields.Integer(required=True)
    title = fields.String(required=True)
    category = choice(tuple(CATEGORY_WORDS), allow_none=True)
    location = fields.Nested(OfferedLocation, allow_none=True)
    asset = _text()


class OfferedListed(Shape):
    reference = fields.String(required=True)
    number = fields.Integer(required=True)
    title = fields.String(required=True)
    category = _text()
    room = _text()
    state = choice(STATES, required=True)
    is_mine = Flag(required=True)
    advisor = _text()
    until_at = _instant()


class OfferedPage(Shape):
    items = fields.List(fields.Nested(OfferedListed), required=True)
    next = fields.String(allow_none=True, required=True)


class Helped(Shape):
    reference = fields.String(required=True)
    title = fields.String(required=True)
    category = _text()
    state = choice(STATES, required=True)
    tried = _text()
    taken_at = _instant()
    ended_at = _instant()
    countersigned_at = _instant()


class HelpedPage(Shape):
    items = fields.List(fields.Nested(Helped), required=True)
    next = fields.String(allow_none=True, required=True)


class AdviceFigures(Shape):
    entered = fields.Integer(required=True)
    solved = fields.Integer(required=True)
    to_countersign = fields.Integer(required=True)
    passed_on = fields.Integer(required=True)
    timed_out = fields.Integer(required=True)
    gone_past = fields.Integer(required=True)
    open = fields.Integer(required=True)
    deflection_percent = fields.Float(allow_none=True, required=True)
