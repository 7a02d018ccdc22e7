"""Shapes of what stands beside a sheet: suggestions, “me too”, advice from the LA, blank sheets."""

from __future__ import annotations

from marshmallow import fields

from app.incidents.blank_sheets import MOST_AT_ONCE
from app.incidents.replies import CompletenessOut
from app.incidents.schemas import RESOLUTION_WORDS, NewIncident
from app.schools.categories import CATEGORY_WORDS
from app.shapes import LINE, LONG, SHORT, Flag, Shape, Text, Whole, choice


class BegunSheet(NewIncident):
    """As far as it has come: nothing of it is needed yet."""


class SheetRating(Shape):
    useful = Flag(required=True, metadata={"label": "Did the sheet tell you enough?"})


class MeToo(Shape):
    may_be_left_out = True

    said = Text(LINE, allow_none=True, metadata={"label": "Is there anything to add?"})


class AdviceRequest(Shape):
    title = Text(
        SHORT,
        required=True,
        metadata={
            "label": "What would you like advice on?",
            "missing": "Say what you would like advice on",
            "hint": "For example: which tablets suit reception",
        },
    )
    text = Text(
        LONG,
        is_long=True,
        required=True,
        metadata={
            "label": "Your question",
            "missing": "Write your question",
            "hint": "What you plan, what you have looked at, and by when you need to know",
            "rows": 6,
        },
    )


class PrintSheets(Shape):
    count = Whole(
        1,
        MOST_AT_ONCE,
        required=True,
        metadata={
            "label": "How many sheets?",
            "missing": "Say how many",
            "hint": f"At most {MOST_AT_ONCE} at once",
            "kind": "number",
            "width": "3",
        },
    )


class OpenThereOut(Shape):
    number = fields.Integer(required=True)
    reference = fields.String(required=True)
    title = fields.String(required=True)
    reported_at = fields.String(required=True, metadata={"format": "date-time"})
    following = Flag(required=True)
    own = Flag(required=True)


class PastFaultOut(Shape):
    title = fields.String(required=True)
    resolved_at = fields.String(required=True, metadata={"format": "date-time"})
    resolution_type = choice(tuple(RESOLUTION_WORDS), allow_none=True)


class KnownOut(Shape):
    reference = fields.String(required=True)
    title = fields.String(required=True)
    kind = fields.String(required=True)
    text = fields.String(required=True)


class AnnouncedOut(Shape):
    kind = fields.String(required=True)
    title = fields.String(required=True)
    text = fields.String(allow_none=True)
    starts_at = fields.String(required=True, metadata={"format": "date-time"})
    ends_at = fields.String(required=True, metadata={"format": "date-time"})


class SuggestionsOut(Shape):
    category = choice(tuple(CATEGORY_WORDS), allow_none=True)
    completeness = fields.Nested(CompletenessOut, required=True)
    prompts = fields.List(fields.String(), required=True)
    impact = fields.Integer(allow_none=True)
    urgency = fields.Integer(allow_none=True)
    same_room = fields.List(fields.Nested(OpenThereOut), required=True)
    past_faults = fields.List(fields.Nested(PastFaultOut), required=True)
    known = fields.List(fields.Nested(KnownOut), required=True)
    announcements = fields.List(fields.Nested(AnnouncedOut), required=True)


class BlankSheetOut(Shape):
    number = fields.Integer(required=True)
    name = fields.String(required=True, metadata={"description": "As printed, like HAM-S7"})
    printed_by = fields.String(required=True)
    printed_at = fields.String(required=True, metadata={"format": "date-time"})
    entered_at = fields.String(allow_none=True, metadata={"format": "date-time"})
    spoilt_at = fields.String(allow_none=True, metadata={"format": "date-time"})
    incident = fields.Integer(allow_none=True, metadata={"description": "What was logged from it"})


class BlankSheetsOut(Shape):
    items = fields.List(fields.Nested(BlankSheetOut), required=True)
