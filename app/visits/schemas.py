"""What comes in and goes out about visits, for pages and programs alike."""

from __future__ import annotations

from typing import Any

from marshmallow import fields, validate

from app.incidents.replies import SchoolRef
from app.incidents.schemas import Nothing as Nothing
from app.incidents.schemas import Reason as Reason
from app.shapes import (
    LONG,
    SHORT,
    Day,
    Flag,
    Instant,
    PageArgs,
    Shape,
    Text,
    Whole,
    choice,
)
from app.visits.rules import KIND_WORDS, MOST_JOBS, OUTCOME_WORDS, STATE_WORDS

_SHORTEST, _LONGEST = 15, 600
_NUMBER = 999_999_999
_MOST_MINUTES = 1_440


def _numbers(**extra: Any) -> fields.List[Any]:
    return fields.List(Whole(1, _NUMBER), validate=validate.Length(max=MOST_JOBS), **extra)


def _minutes(**extra: Any) -> Whole:
    said = {"label": "How many minutes will it take?", "kind": "number", "width": "4"}
    return Whole(_SHORTEST, _LONGEST, allow_none=True, metadata={**said, **extra})


class When(Shape):
    starts_at = Instant(
        required=True,
        error_messages={"required": "Say when it begins"},
        metadata={
            "label": "When does it begin?",
            "hint": "For example 13 1 2026, 14:00",
            "description": "An instant that has not come yet",
        },
    )
    minutes = _minutes(hint="Leave it empty for an hour")


class Booking(When):
    """As a page asks it; what is to be done is proposed and then agreed."""

    kind = choice(
        KIND_WORDS,
        load_default="regular",
        metadata={"label": "What kind of visit is it?", "kind": "radios", "inline": True},
    )
    visitor = Text(
        SHORT,
        allow_none=True,
        metadata={
            "label": "Who comes?",
            "kind": "select",
            "blank": "An engineer of a supplier",
            "description": "`me`, or the name of somebody of the LA’s lines or of a technician",
        },
    )
    engineer = Text(
        SHORT,
        allow_none=True,
        metadata={
            "label": "The engineer’s name",
            "hint": "Only where somebody of a supplier comes",
            "description": "Instead of `visitor`: an engineer of a supplier, by name",
        },
    )
    note = Text(
        LONG,
        is_long=True,
        allow_none=True,
        metadata={"label": "Anything the visitor should know", "rows": 3},
    )


class NewVisit(Booking):
    ends_at = Instant(allow_none=True, metadata={"description": "Or `minutes`; an hour if neither"})
    incidents = _numbers(
        allow_none=True,
        metadata={
            "description": "The agenda, by number and in order; without it, all that is open and "
            "forwarded to the visitor’s group"
        },
    )


class VisitChange(Shape):
    starts_at = Instant()
    ends_at = Instant(allow_none=True)
    minutes = _minutes()
    note = Text(LONG, is_long=True, allow_none=True)
    incidents = _numbers(metadata={"description": "The agenda anew, in order"})
    agreed = Flag(metadata={"description": "The school’s desk agrees the agenda"})


class Move(When):
    """Nothing but the time."""


class Agenda(Shape):
    incidents = _numbers(load_default=list)
    agreed = Flag(load_default=False, metadata={"label": "This is agreed"})


class JobOutcome(Shape):
    incident = Whole(1, _NUMBER, required=True)
    outcome = choice(
        {name: words for name, words in OUTCOME_WORDS.items()},
        required=True,
        error_messages={"required": "Say what became of it"},
    )
    minutes = Whole(0, _MOST_MINUTES, allow_none=True)
    note = Text(LONG, is_long=True, allow_none=True)


class Outcomes(Shape):
    jobs = fields.List(
        fields.Nested(JobOutcome),
        required=True,
        validate=validate.Length(max=MOST_JOBS),
    )


class VisitArgs(PageArgs):
    state = choice(tuple(STATE_WORDS))
    coming = Flag(
        load_default=False,
        metadata={"description": "Only what stands, the next first; else the newest first"},
    )


class SlotArgs(Shape):
    visitor = Text(SHORT, metadata={"description": "`me`, or a name"})
    engineer = Text(SHORT, metadata={"description": "Instead: an engineer of a supplier"})
    minutes = _minutes()
    earliest = Instant(data_key="from", metadata={"description": "Not before this; else now"})
    incidents = Text(
        SHORT,
        metadata={
            "description": "Numbers with commas between: whose reporters may have to be there"
        },
    )


class FigureArgs(Shape):
    day_from = Day(data_key="from")
    day_to = Day(data_key="to", metadata={"description": "The last day, included"})


class DayArgs(Shape):
    on = Day(metadata={"description": "A London day; else today"})


def _text() -> fields.String:
    return fields.String(allow_none=True)


def _instant() -> fields.String:
    return fields.String(allow_none=True, metadata={"format": "date-time"})


class SlotOut(Shape):
    starts_at = _instant()
    ends_at = _instant()


class SlotsOut(Shape):
    items = fields.List(fields.Nested(SlotOut), required=True)


class IncidentOfJob(Shape):
    number = fields.Integer(required=True)
    reference = fields.String(required=True)
    title = fields.String(required=True)
    status = fields.String(required=True)
    priority = _text()


class JobOut(Shape):
    incident = fields.Nested(IncidentOfJob, required=True)
    outcome = choice(tuple(OUTCOME_WORDS), allow_none=True)
    minutes = fields.Integer(allow_none=True)
    note = _text()


class VisitListed(Shape):
    number = fields.Integer(required=True)
    kind = choice(tuple(KIND_WORDS), required=True)
    state = choice(tuple(STATE_WORDS), required=True)
    starts_at = _instant()
    ends_at = _instant()
    visitor = fields.String(required=True)
    host = _text()


class VisitOut(VisitListed):
    booked_by = fields.String(required=True)
    note = _text()
    agreed_at = _instant()
    agreed_by = _text()
    arrived_at = _instant()
    left_at = _instant()
    aborted_reason = _text()
    cancelled_reason = _text()
    signed_at = _instant()
    signed_by = _text()
    jobs = fields.List(fields.Nested(JobOut), required=True)
    hidden_jobs = fields.Integer(required=True)
    version = fields.Integer(required=True)


class VisitPage(Shape):
    items = fields.List(fields.Nested(VisitListed), required=True)
    next = fields.String(allow_none=True, required=True)


class FiguresOut(Shape):
    standing = fields.Integer(required=True)
    done = fields.Integer(required=True)
    aborted = fields.Integer(required=True)
    cancelled = fields.Integer(required=True)


class PersonToReach(Shape):
    name = fields.String(required=True)
    reachable_now = Flag(required=True)
    until = _instant()


class PlaceOut(Shape):
    school = fields.Nested(SchoolRef, required=True)
    desk = fields.List(fields.Nested(PersonToReach), required=True)
    visits = fields.List(fields.Nested(VisitOut), required=True)


class DayPlanOut(Shape):
    on = fields.String(required=True, metadata={"format": "date"})
    items = fields.List(fields.Nested(PlaceOut), required=True)
