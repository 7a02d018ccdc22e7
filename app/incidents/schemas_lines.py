"""What comes in and goes out about lines: groups, suppliers, rules, questions to others, links."""

from __future__ import annotations

import re
from typing import Any

from marshmallow import ValidationError, fields, validates, validates_schema

from app.incidents.assigning import ANY
from app.incidents.supplier_links import MOST_DAYS, USUAL_DAYS
from app.schools.categories import CATEGORY_WORDS
from app.shapes import LONG, SHORT, EmailAddress, Flag, Instant, Shape, Text, Whole, choice

# fmt: off
SOURCE_WORDS = {
    "group":        "A group of the school or the LA",
    "specialist":   "A specialist in school",
    "supplier":     "A supplier",
    "other_school": "A technician in another school",
    "forum":        "A forum on the internet",
}
RULE_LINES = {0: "The school’s desk", 1: "First line", 2: "Second line", 3: "Third line"}
RULE_CATEGORIES = {ANY: "Everything without a rule of its own", **CATEGORY_WORDS}
# fmt: on
_PHONE = re.compile(r"[0-9+() .x/-]*")


class NewConsultation(Shape):
    source = choice(
        SOURCE_WORDS,
        load_default="group",
        metadata={"label": "Who is asked?", "kind": "radios", "optional": False},
    )
    group = Text(SHORT, allow_none=True, metadata={"label": "Which group?", "kind": "select"})
    asked = Text(
        SHORT,
        allow_none=True,
        metadata={"label": "If it is no group: who?", "hint": "A name, a company or a website"},
    )
    question = Text(
        LONG,
        is_long=True,
        required=True,
        metadata={"label": "What do you ask?", "missing": "Write the question", "rows": 4},
    )


class Answer(Shape):
    answer = Text(
        LONG,
        is_long=True,
        required=True,
        metadata={"label": "The answer", "missing": "Write the answer", "rows": 4},
    )


class ConsultationOut(Shape):
    number = fields.Integer(required=True)
    source = choice(tuple(SOURCE_WORDS), required=True)
    asked = fields.String(required=True)
    question = fields.String(required=True)
    asked_by = fields.String(required=True)
    asked_at = fields.String(required=True, metadata={"format": "date-time"})
    answer = fields.String(allow_none=True)
    answered_by = fields.String(allow_none=True)
    answered_at = fields.String(allow_none=True, metadata={"format": "date-time"})


class NewSupplierLink(Shape):
    supplier = Text(
        SHORT,
        required=True,
        metadata={"label": "Who is it for?", "missing": "Enter the supplier’s name"},
    )
    email = EmailAddress(
        allow_none=True,
        metadata={
            "label": "Their e-mail address",
            "hint": "The link is sent there. Leave it empty to copy the link yourself.",
        },
    )
    days = Whole(
        1,
        MOST_DAYS,
        load_default=USUAL_DAYS,
        metadata={
            "label": "Good for how many days?",
            "kind": "number",
            "width": "3",
            "optional": False,
        },
    )


class SupplierSays(Shape):
    text = Text(
        LONG,
        is_long=True,
        allow_none=True,
        metadata={
            "label": "Your note",
            "hint": "The school’s desk and the local authority read it",
            "rows": 4,
        },
    )
    their_reference = Text(
        80, allow_none=True, metadata={"label": "Your own reference", "width": "20"}
    )
    visit_at = Instant(
        allow_none=True,
        metadata={"label": "When do you come?", "hint": "Day, month, year, time"},
    )
    done = Flag(
        load_default=False,
        metadata={
            "label": "It is done",
            "hint": "Say in the note what was done. The school’s desk checks and records it.",
        },
    )


class _Named(Shape):
    name = Text(100, required=True, metadata={"label": "Name", "missing": "Enter a name"})


class OwnGroup(_Named):
    line = choice(
        {"1": "First line", "2": "Second line"},
        load_default="1",
        metadata={"label": "Line", "kind": "radios", "optional": False},
    )
    members = fields.List(
        fields.String(),
        load_default=list,
        metadata={"label": "Who is in it", "kind": "checkboxes", "optional": False},
    )
    archived = Flag(load_default=False, metadata={"label": "No longer gets work"})


class OwnSupplier(_Named):
    email = EmailAddress(
        allow_none=True,
        metadata={
            "label": "E-mail address",
            "hint": "A link to the one incident goes there when it is passed on to them.",
        },
    )
    phone = Text(50, allow_none=True, metadata={"label": "Telephone", "kind": "tel"})
    agreement = Text(
        120,
        allow_none=True,
        metadata={
            "label": "Contract",
            "kind": "select",
            "blank": "None: nothing was promised",
            "hint": "What it promises is measured from when they get an incident.",
        },
    )
    members = fields.List(
        fields.String(),
        load_default=list,
        metadata={"label": "Who of them has an account here", "kind": "checkboxes"},
    )
    archived = Flag(load_default=False, metadata={"label": "No longer gets work"})

    @validates("phone")
    def _is_a_number(self, value: str | None, data_key: str) -> None:
        if value and not _PHONE.fullmatch(value):
            raise ValidationError("Enter a telephone number, like 01632 960001")


class Rule(Shape):
    line = choice(
        {str(line): words for line, words in RULE_LINES.items()},
        required=True,
        metadata={"label": "At which line?", "missing": "Choose a line"},
    )
    category = choice(
        RULE_CATEGORIES,
        load_default=ANY,
        metadata={"label": "For what kind of thing?", "optional": False},
    )
    group = Text(100, allow_none=True, metadata={"label": "It goes to the group", "kind": "select"})
    person = Text(SHORT, allow_none=True, metadata={"label": "It is given to", "kind": "select"})
    stand_in = Text(
        SHORT,
        allow_none=True,
        metadata={"label": "While they are away, to", "kind": "select"},
    )

    @validates_schema
    def something(self, data: dict[str, Any], **_: Any) -> None:
        if not data.get("group") and not data.get("person"):
            raise ValidationError({"group": ["Choose a group or a person."]})
        if data.get("stand_in") and not data.get("person"):
            raise ValidationError({"person": ["Choose who the other one stands in for."]})
        if data.get("person") and data.get("person") == data.get("stand_in"):
            raise ValidationError({"stand_in": ["Choose somebody else."]})
