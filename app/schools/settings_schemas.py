"""What a school's desk decides for itself: the shape that comes in, and how it is said.

Channels are incidents' own words; incidents live above this room, so they stand here again and a
test compares them.
"""

from __future__ import annotations

import re
from typing import Any

from marshmallow import ValidationError, fields, validate, validates, validates_schema

from app.schools.categories import CATEGORY_WORDS
from app.shapes import EmailAddress, Flag, Shape, Text, Whole

# fmt: off
CHANNELS = {
    "web": "Web", "phone": "Telephone", "email": "E-mail", "in_person": "In person",
    "paper_form": "Paper form", "answerphone": "Answerphone", "monitoring": "Monitoring",
}
# fmt: on
# Those that pupils may help with: never what may be about safeguarding.
ADVISOR_CATEGORIES = {
    key: words for key, words in CATEGORY_WORDS.items() if key != "safeguarding_filtering"
}
_PHONE = re.compile(r"[0-9+()./ -]{3,40}(?:(?:ext\.?|x) ?[0-9]{1,6})?", re.IGNORECASE)


def _several(words: dict[str, str], **extra: Any) -> fields.List[Any]:
    metadata = {"kind": "checkboxes", "choices": list(words.items()), **extra.pop("metadata", {})}
    one = fields.String(validate=validate.OneOf(list(words)))
    return fields.List(one, metadata=metadata, **extra)


class Settings(Shape):
    phone = Text(
        50,
        load_default=None,
        allow_none=True,
        metadata={
            "label": "Telephone of the desk",
            "hint": "People of the school and of the LA see it, in place of anybody’s own number",
            "width": "20",
            "autocomplete": "off",
        },
    )
    email = EmailAddress(
        load_default=None,
        allow_none=True,
        metadata={
            "label": "E-mail address of the desk",
            "hint": "One that the office reads, for example ict@example.sch.uk",
            "spellcheck": False,
        },
    )
    channels = _several(
        CHANNELS,
        required=True,
        metadata={
            "label": "By which ways may faults reach the desk?",
            "hint": "Offered first when somebody logs for somebody else",
            "missing": "Choose at least one way",
        },
    )
    is_own_first_line = Flag(
        load_default=False,
        metadata={
            "label": "The school has first-line support of its own",
            "hint": "What the desk forwards goes to the school’s technicians first",
        },
    )
    may_technician_close = Flag(
        load_default=False,
        metadata={
            "label": "Technicians may close incidents",
            "hint": "Otherwise they resolve, and the desk closes",
        },
    )
    has_advisors = Flag(
        load_default=False,
        metadata={
            "label": "Tech Advisors help before the desk is asked",
            "hint": "Pupils or staff; whoever reports can go past them at any moment",
        },
    )
    advisor_categories = _several(
        ADVISOR_CATEGORIES,
        load_default=list,
        metadata={"label": "What may Tech Advisors help with?"},
    )
    advisor_minutes = Whole(
        5,
        480,
        load_default=30,
        metadata={
            "label": "After how many school minutes does it pass on to the desk?",
            "hint": "From 5 to 480",
            "kind": "number",
            "width": "4",
            "optional": False,
        },
    )
    lesson_minutes = Whole(
        20,
        180,
        load_default=60,
        metadata={
            "label": "How many minutes is a lesson?",
            "hint": "From 20 to 180; for counting lessons lost",
            "kind": "number",
            "width": "4",
            "optional": False,
        },
    )
    is_quiet_when_closed = Flag(
        load_default=False,
        metadata={
            "label": "Mail about incidents waits until the school is open",
            "hint": "Never what stops the whole school (P1), receipts, outages and passwords",
        },
    )

    @validates("phone")
    def _is_a_number(self, value: str | None, data_key: str) -> None:
        if value and not _PHONE.fullmatch(value):
            raise ValidationError("Enter a telephone number, like 01206 555 100")

    @validates("channels")
    def _some(self, value: list[str], data_key: str) -> None:
        if not value:
            raise ValidationError("Choose at least one way")

    @validates_schema
    def _advisors_help_with_something(self, data: dict[str, Any], **_: Any) -> None:
        if data.get("has_advisors") and not data.get("advisor_categories"):
            raise ValidationError("Choose what Tech Advisors may help with", "advisor_categories")


class SettingsIn(Settings):
    """As a program sends it: what is left out is as usual."""

    is_quiet_when_closed = Flag(load_default=True)


class SettingsOut(Settings):
    updated_by = fields.String(required=True, allow_none=True)
    updated_at = fields.String(required=True, allow_none=True)
    version = fields.Integer(required=True)
