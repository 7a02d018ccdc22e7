"""What comes in about incidents, for pages and API alike. What goes out is in `shown.py`."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from marshmallow import ValidationError, fields, validate, validates_schema

from app.assets.schemas import ON_SHEET
from app.catalogue.schemas import ON_A_SHEET
from app.contracts.contract_schemas import ContractWord
from app.incidents import rules
from app.incidents.meeting import MeetPeriods
from app.schools.categories import CATEGORY_WORDS
from app.shapes import (
    LINE,
    LONG,
    SHORT,
    Day,
    EmailAddress,
    Flag,
    Instant,
    PageArgs,
    Shape,
    Text,
    Whole,
    choice,
)

# fmt: off
IMPACT_WORDS = {1: "The whole school", 2: "A class, an office or several people", 3: "One person"}
URGENCY_WORDS = {
    1: "Work has stopped and there is no other way",
    2: "Work goes on with difficulty, or there is another way",
    3: "It can wait",
}
CHANNEL_WORDS = {
    "web": "Web", "phone": "Telephone", "email": "E-mail", "in_person": "In person",
    "paper_form": "Paper form", "answerphone": "Answerphone", "monitoring": "Monitoring",
}
HOLD_WORDS = {
    "awaiting_user": "Waiting for the reporter",
    "awaiting_site_access": "Waiting for access to the room",
    "awaiting_supplier": "Waiting for a supplier", "awaiting_parts": "Waiting for parts",
    "awaiting_approval": "Waiting for approval", "agreed_visit": "A visit is agreed",
    "awaiting_change": "Waiting for a planned change",
    "awaiting_problem": "Waiting for the cause to be found",
}
RESOLUTION_WORDS = {
    "permanent_fix": "Fixed for good", "temporary_fix": "Fixed for now",
    "workaround": "Another way was found", "substitute_supplied": "A substitute was supplied",
    "advice_given": "Advice was given", "resolved_itself": "It works again by itself",
    "no_fault_found": "No fault was found", "duplicate": "Reported twice",
    "not_supported": "Not supported",
}
READER_WORDS = {
    "public": "The reporter sees it", "internal": "Only desk and LA see it",
    "supplier": "Desk, LA and the supplier see it, not the reporter",
}
TYPE_WORDS = {"incident": "Something does not work", "request": "I would like something"}
# fmt: on


def _number_choice(words: Mapping[int, str], **extra: Any) -> Whole:
    metadata = {"kind": "radios", "choices": list(words.items()), **extra.pop("metadata", {})}
    return Whole(min(words), max(words), metadata=metadata, **extra)


class Sheet(Shape):
    """FITS's incident/request sheet: six questions, kept apart."""

    title = Text(
        SHORT,
        required=True,
        metadata={
            "label": "What is the problem, in a few words?",
            "missing": "Enter a title",
            "hint": "For example: projector shows no picture",
        },
    )
    location = Text(
        80,
        allow_none=True,
        metadata={"label": "Where is it?", "kind": "select", "blank": "Choose a room"},
    )
    expected = Text(
        LONG,
        is_long=True,
        allow_none=True,
        metadata={
            "label": "What did you expect to happen?",
            "hint": "For example: the worksheet comes out of the printer",
            "rows": 3,
        },
    )
    happened = Text(
        LONG,
        is_long=True,
        allow_none=True,
        metadata={
            "label": "What happened?",
            "hint": "For example: the power light was on but a blank page came out",
            "rows": 3,
        },
    )
    checked = Text(
        LONG,
        is_long=True,
        allow_none=True,
        metadata={
            "label": "What have you checked?",
            "hint": "Plugs, cables, another user, another room, switching off and on",
            "rows": 3,
        },
    )
    last_worked = Text(
        SHORT, allow_none=True, metadata={"label": "When did it last work?", "width": "20"}
    )
    seen_before = choice(
        {"yes": "Yes", "no": "No", "unknown": "I do not know"},
        allow_none=True,
        metadata={"label": "Has it happened before?", "kind": "radios", "inline": True},
    )
    reproducible = choice(
        {"yes": "Yes", "no": "No", "not_tried": "Not tried"},
        allow_none=True,
        metadata={"label": "Does it happen again when you try?", "kind": "radios", "inline": True},
    )
    anything_else = Text(
        LONG,
        is_long=True,
        allow_none=True,
        metadata={"label": "Is there anything else we should know?", "rows": 3},
    )
    error_text = Text(LINE, allow_none=True, metadata={"label": "Any message on the screen"})
    available_when = Text(
        SHORT,
        allow_none=True,
        metadata={"label": "When can somebody meet you there?", "hint": "For example: after 15:30"},
    )
    contact_detail = Text(SHORT, allow_none=True, metadata={"label": "How can we reach you?"})
    meet_periods = MeetPeriods(allow_none=True, metadata={"label": "When can you be met?"})
    must_be_present = Flag(metadata={"label": "I have to be there when somebody comes"})
    class_stopped = Flag(
        allow_none=True,
        metadata={"label": "A class is stopped by this now", "hint": "It decides how soon we come"},
    )
    pupils_affected = Whole(
        0,
        5000,
        allow_none=True,
        metadata={"label": "How many pupils are in it?", "kind": "number", "width": "4"},
    )
    lessons_affected = Whole(
        0,
        30,
        allow_none=True,
        metadata={"label": "How many lessons does it stop?", "kind": "number", "width": "3"},
    )
    occurred_at = Instant(allow_none=True, metadata={"label": "When did it happen?"})
    category = choice(
        CATEGORY_WORDS, allow_none=True, metadata={"label": "What kind of thing is it?"}
    )
    sensitive = Flag(
        metadata={
            "label": "This is about a safeguarding matter",
            "hint": "Then only you and the people in charge can read it",
        }
    )
    asset = Text(80, allow_none=True, metadata=ON_SHEET)
    service = Text(100, allow_none=True, metadata=ON_A_SHEET)


class NewIncident(Sheet):
    type = choice(
        TYPE_WORDS,
        load_default="incident",
        metadata={"label": "What is this about?", "kind": "radios"},
    )
    impact = _number_choice(IMPACT_WORDS, allow_none=True, metadata={"label": "Who is hit by it?"})
    urgency = _number_choice(URGENCY_WORDS, allow_none=True, metadata={"label": "Can work go on?"})
    advice = Flag(
        metadata={
            "label": "Ask a Tech Advisor first",
            "hint": "Somebody of your school may help at once. The desk stays open to you",
            "description": "Before the desk: where the school has Tech Advisors for this category",
        }
    )
    reporter_name = Text(SHORT, allow_none=True, metadata={"label": "Who reported it?"})
    reporter_email = EmailAddress(allow_none=True, metadata={"label": "Their e-mail address"})
    channel = choice(CHANNEL_WORDS, metadata={"label": "How was it reported?"})
    reported_at = Instant(allow_none=True, metadata={"label": "When was it reported?"})
    # Of the blank sheet that was filled in by hand while the network was down.
    sheet_number = Whole(
        1,
        999_999_999,
        allow_none=True,
        metadata={"label": "Number of the blank sheet", "kind": "number", "width": "5"},
    )


class Check(Shape):
    asset = Text(80, allow_none=True, metadata=ON_SHEET)
    impact = _number_choice(IMPACT_WORDS, metadata={"label": "Who is hit by it?"})
    urgency = _number_choice(URGENCY_WORDS, metadata={"label": "Can work go on?"})
    category = choice(CATEGORY_WORDS, metadata={"label": "What kind of thing is it?"})
    priority = choice(
        ("P1", "P2", "P3", "P4"),
        allow_none=True,
        metadata={"label": "Another priority", "hint": "Leave it to follow who is hit and urgency"},
    )
    priority_reason = Text(LINE, allow_none=True, metadata={"label": "Why another priority?"})


class Return(Shape):
    missing = Text(
        LONG,
        is_long=True,
        required=True,
        metadata={"label": "What is missing?", "missing": "Say what is missing", "rows": 3},
    )


class Assignment(Shape):
    person = Text(SHORT, allow_none=True, metadata={"label": "Who takes it?", "kind": "select"})
    group = Text(SHORT, allow_none=True, metadata={"label": "Which group?", "kind": "select"})

    @validates_schema
    def one_of_them(self, data: dict[str, Any], **_: Any) -> None:
        if bool(data.get("person")) == bool(data.get("group")):
            raise ValidationError({"person": ["Name a person or a group."]})


class Escalation(Shape):
    to = choice(
        {"first_line": "LA first line", "second_line": "LA second line", "supplier": "A supplier"},
        required=True,
        metadata={"label": "Pass it to", "kind": "radios"},
    )
    group = Text(SHORT, allow_none=True, metadata={"label": "Which group?"})
    contract = ContractWord()
    note = Text(
        LONG,
        is_long=True,
        required=True,
        metadata={"label": "What was tried so far?", "missing": "Say what was tried", "rows": 4},
    )


class Reason(Shape):
    reason = Text(
        LONG,
        is_long=True,
        required=True,
        metadata={"label": "Why?", "missing": "Say why", "rows": 3},
    )


def _for_children() -> Flag:
    """Of an incident that others are part of."""
    return Flag(load_default=False, metadata={"label": "The same for its open parts"})


class Hold(Shape):
    reason = choice(HOLD_WORDS, required=True, metadata={"label": "What is it waiting for?"})
    follow_up_on = Day(allow_none=True, metadata={"label": "Look at it again on"})
    follow_up_reason = Text(LINE, allow_none=True, metadata={"label": "What to look at then"})


class Resolution(Shape):
    type = choice(RESOLUTION_WORDS, required=True, metadata={"label": "How was it resolved?"})
    text = Text(
        LONG,
        is_long=True,
        required=True,
        metadata={
            "label": "What was done?",
            "hint": "The reporter reads this",
            "missing": "Say what was done",
            "rows": 4,
        },
    )
    article = Text(
        20,
        allow_none=True,
        metadata={"label": "Which article solved it?", "width": "10", "spellcheck": False},
    )
    children = _for_children()


class SelfCure(Shape):
    may_be_left_out = True

    text = Text(LONG, is_long=True, allow_none=True, metadata={"label": "What did you notice?"})


class Nothing(Shape):
    """A body is not needed; an empty object is welcome."""

    may_be_left_out = True


class Closure(Nothing):
    children = _for_children()


class Note(Shape):
    text = Text(
        LONG,
        is_long=True,
        required=True,
        metadata={"label": "Your note", "missing": "Write the note first", "rows": 4},
    )
    visibility = choice(
        READER_WORDS,
        load_default="public",
        metadata={"label": "Who reads it?", "kind": "radios"},
    )
    children = _for_children()


class ApiNote(Note):
    visibility = choice(("public", "internal", "supplier"), load_default="public")


class DiagnosticLine(Shape):
    check = Text(
        LINE,
        required=True,
        metadata={"label": "What did you check?", "missing": "Say what you checked"},
    )
    outcome = Text(LINE, allow_none=True, metadata={"label": "What did you find?"})
    action_taken = Text(LINE, allow_none=True, metadata={"label": "What did you do?"})
    minutes = Whole(0, 10_000, allow_none=True, metadata={"label": "Minutes", "kind": "number"})
    # Which line of which checklist it answers.
    checklist = Text(80, allow_none=True)
    position = Whole(1, 100, allow_none=True)


class Filters(Shape):
    """What a list can be narrowed to; every filter stands in the address."""

    status = choice(tuple(rules.Status))
    line = Whole(0, 3)
    priority = choice(("P1", "P2", "P3", "P4"))
    type = choice(rules.TYPES)
    location = Text(80)
    asset = Text(80)
    service = Text(100, metadata={"description": "Key of a service"})
    assignee = Text(SHORT)
    q = Text(SHORT, metadata={"called": "Search", "description": "Search in the text"})
    reported_from = Day()
    reported_to = Day(metadata={"description": "The first day after those wanted"})
    open = Flag()


class ListArgs(Filters, PageArgs):
    pass


class QueueFilters(Filters):
    school = Text(80)
    waiting_for = choice(tuple(rules.Party))
    overdue = Flag()
    group = Text(SHORT)
    mine = Flag()


class QueueArgs(QueueFilters, PageArgs):
    pass


class CountArgs(QueueFilters):
    by = choice(("school",))


class BulkStep(Shape):
    """What is to happen to the ticked rows of the queue."""

    step = choice(("take", "assign"), required=True)
    # `person:NAME` or `group:KEY`
    to = fields.String(validate=validate.Regexp(r"(person|group):."), allow_none=True)

    @validates_schema
    def somebody(self, data: dict[str, Any], **_: Any) -> None:
        if data["step"] == "assign" and not data.get("to"):
            raise ValidationError({"to": ["Choose who gets them."]})
