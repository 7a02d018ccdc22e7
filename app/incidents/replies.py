"""The shapes that go out, for the API's description. The values are made in `shown.py`."""

from __future__ import annotations

from marshmallow import fields

from app.incidents import rules
from app.incidents.schemas import CHANNEL_WORDS, HOLD_WORDS, RESOLUTION_WORDS
from app.schools.categories import CATEGORY_WORDS
from app.shapes import Flag, Shape, choice


def _text() -> fields.String:
    return fields.String(allow_none=True)


def _instant() -> fields.String:
    return fields.String(allow_none=True, metadata={"format": "date-time"})


class SchoolRef(Shape):
    slug = fields.String(required=True)
    code = fields.String(required=True)
    name = fields.String(required=True)


class LocationRef(Shape):
    key = fields.String(required=True)
    name = fields.String(required=True)


class Listed(Shape):
    reference = fields.String(required=True)
    school = fields.Nested(SchoolRef, required=True)
    number = fields.Integer(required=True)
    type = choice(rules.TYPES, required=True)
    title = fields.String(required=True)
    status = choice(tuple(rules.Status), required=True)
    line = fields.Integer(required=True)
    priority = choice(("P1", "P2", "P3", "P4"), allow_none=True)
    location = fields.Nested(LocationRef, allow_none=True)
    asset = fields.String(allow_none=True, metadata={"description": "The tag of the equipment"})
    waiting_for = choice(tuple(rules.Party), required=True)
    assignee = _text()
    group = _text()
    reported_at = _instant()
    next_due_at = _instant()
    overdue = Flag(required=True)


class ListedPage(Shape):
    items = fields.List(fields.Nested(Listed), required=True)
    next = fields.String(allow_none=True, required=True)


class ClockOut(Shape):
    agreement = fields.String(required=True)
    agreement_name = fields.String(required=True)
    kind = choice(("ola", "sla", "uc"), required=True)
    metric = choice(("response", "on_site", "resolution"), required=True)
    target_seconds = fields.Integer(allow_none=True)
    target_working_days = fields.Integer(allow_none=True)
    started_at = _instant()
    stopped_at = _instant()
    due_at = _instant()
    state = choice(("running", "paused", "met", "breached", "cancelled"), required=True)
    decided_at = _instant()
    elapsed_seconds = fields.Integer(required=True)
    paused_seconds = fields.Integer(required=True)


ESTIMATE = "An estimate: open time until restored, at most the lessons named"


class CompletenessOut(Shape):
    score = fields.Integer(required=True, metadata={"description": "0 to 100"})
    missing = fields.List(fields.String(), required=True)


class IncidentOut(Listed):
    owner = _text()
    service = fields.Nested(LocationRef, allow_none=True)
    sensitive = Flag(required=True)
    unverified = Flag(
        required=True,
        metadata={"description": "Reported by scanning a label; nobody has looked who that was"},
    )
    follow_up_on = fields.String(allow_none=True, metadata={"format": "date"})
    clocks = fields.List(fields.Nested(ClockOut), required=True)
    version = fields.Integer(required=True)
    expected = _text()
    happened = _text()
    checked = _text()
    last_worked = _text()
    seen_before = choice(("yes", "no", "unknown"), allow_none=True)
    anything_else = _text()
    error_text = _text()
    reproducible = choice(("yes", "no", "not_tried"), allow_none=True)
    available_when = _text()
    contact_detail = _text()
    class_stopped = Flag(allow_none=True)
    pupils_affected = fields.Integer(allow_none=True)
    lessons_affected = fields.Integer(allow_none=True)
    lesson_hours_lost = fields.Float(allow_none=True, metadata={"description": ESTIMATE})
    pupil_hours_lost = fields.Float(allow_none=True, metadata={"description": ESTIMATE})
    meet_periods = fields.List(fields.List(fields.String()), allow_none=True)
    must_be_present = Flag(required=True)
    completeness = fields.Nested(CompletenessOut, required=True)
    sheet_useful = Flag(allow_none=True)
    followers = fields.Integer(required=True, metadata={"description": "Also hit by it"})
    sheet_number = fields.Integer(allow_none=True)
    entered_late = Flag(required=True)
    advice_request = Flag(required=True)
    category = choice(tuple(CATEGORY_WORDS), allow_none=True)
    impact = fields.Integer(allow_none=True)
    urgency = fields.Integer(allow_none=True)
    priority_reason = _text()
    reporter_name = fields.String(required=True)
    reporter_email = _text()
    channel = choice(tuple(CHANNEL_WORDS), required=True)
    logged_by = fields.String(required=True)
    return_missing = _text()
    hold_reason = choice(tuple(HOLD_WORDS), allow_none=True)
    follow_up_reason = _text()
    resolution_type = choice(tuple(RESOLUTION_WORDS), allow_none=True)
    resolution_text = _text()
    cancel_reason = _text()
    workaround = _text()
    no_workaround = _text()
    csat_score = fields.Integer(allow_none=True)
    csat_comment = _text()
    parent = _text()
    merged_into = _text()
    article = _text()
    problem = _text()
    reopen_count = fields.Integer(required=True)
    reassignment_count = fields.Integer(required=True)
    escalation_count = fields.Integer(required=True)
    occurred_at = _instant()
    logged_at = _instant()
    checked_at = _instant()
    forwarded_at = _instant()
    first_response_at = _instant()
    restored_at = _instant()
    resolved_at = _instant()
    closed_at = _instant()
    cancelled_at = _instant()


class NoteOut(Shape):
    at = _instant()
    author = fields.String(required=True)
    text = fields.String(required=True)
    visibility = choice(("public", "internal", "supplier"), required=True)


class CheckOut(Shape):
    at = _instant()
    by = fields.String(required=True)
    check = fields.String(required=True)
    outcome = _text()
    action_taken = _text()
    minutes = fields.Integer(allow_none=True)
    checklist = _text()
    position = fields.Integer(allow_none=True)


class TurnOut(Shape):
    party = choice(tuple(rules.Party), required=True)
    group = _text()
    reason = fields.String(required=True)
    began_at = _instant()
    ended_at = _instant()
    seconds = fields.Integer(required=True)
    open_seconds = fields.Integer(
        required=True, metadata={"description": "Of them in the open hours of the school’s desk"}
    )


def page_of(item: type[Shape]) -> type[Shape]:
    """A page of these."""
    return Shape.from_dict(  # type: ignore[return-value]
        {
            "items": fields.List(fields.Nested(item), required=True),
            "next": fields.String(allow_none=True, required=True),
        },
        name=f"{item.__name__}Page",
    )


class Counts(Shape):
    open = fields.Integer(required=True)
    overdue = fields.Integer(required=True)
    status = fields.Dict(keys=fields.String(), values=fields.Integer(), required=True)
    line = fields.Dict(keys=fields.String(), values=fields.Integer(), required=True)
    priority = fields.Dict(keys=fields.String(), values=fields.Integer(), required=True)
    schools = fields.List(fields.Dict())


class StretchOut(Shape):
    from_ = fields.String(data_key="from", required=True)
    to = fields.String(required=True)
    counted = Flag(required=True)
    why = fields.String(required=True)


class PreviewClock(Shape):
    agreement = fields.String(required=True)
    metric = choice(("response", "on_site", "resolution"), required=True)
    target_seconds = fields.Integer(allow_none=True)
    target_working_days = fields.Integer(allow_none=True)
    due_at = fields.String(required=True)
    paused_seconds = fields.Integer(required=True)
    stretches = fields.List(fields.Nested(StretchOut), required=True)


class Preview(Shape):
    clocks = fields.List(fields.Nested(PreviewClock), required=True)
