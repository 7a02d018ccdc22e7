"""What comes in about schools. What goes out is in `replies.py`."""

from __future__ import annotations

from typing import Any

from marshmallow import ValidationError, fields, validate, validates

from app.schools.rules import State
from app.shapes import SHORT, Day, Flag, Shape, Text, Whole, choice

# fmt: off
STATE_WORDS = {
    State.INVITED:    "Invited",
    State.ONBOARDING: "Being set up",
    State.ACTIVE:     "Active",
    State.SUSPENDED:  "Suspended",
    State.LEAVING:    "Leaving",
    State.LEFT:       "Left",
}
# fmt: on


class SchoolSearch(Shape):
    """What the LA's list of schools can be narrowed by."""

    q = Text(SHORT, metadata={"label": "Name, code or URN", "kind": "search", "width": "20"})
    status = choice(STATE_WORDS, metadata={"label": "State", "blank": "Any state"})
    after = fields.String(validate=validate.Length(max=500))


class NewImport(Shape):
    """The file itself comes beside the form; the field stands here for its errors."""

    file = fields.String(
        metadata={
            "label": "List of schools (CSV)",
            "hint": "The establishment extract or the links file of Get Information about Schools,"
            " or a simple list. Up to 64 MB.",
        }
    )
    la_code = Whole(
        1,
        999,
        required=True,
        metadata={
            "label": "LA code",
            "hint": "Schools of other authorities in the file are left out.",
            "missing": "Enter the LA code, for example 881",
            "kind": "number",
            "width": "3",
        },
    )
    with_closed = Flag(
        load_default=False,
        metadata={"label": "Add schools that have closed as well"},
    )


class StateChange(Shape):
    """`next_states` are those that may follow the school's state."""

    version = Whole(1, 2**31 - 1, required=True, metadata={"kind": "hidden"})
    status = fields.String(
        required=True,
        metadata={"label": "New state", "kind": "radios", "missing": "Choose the new state"},
    )
    reason = Text(
        SHORT, required=True, metadata={"label": "Why?", "missing": "Say why, for the history"}
    )

    def __init__(self, next_states: tuple[State, ...]) -> None:
        super().__init__()
        self.next_states = next_states

    @validates("status")
    def _may_follow(self, value: str, data_key: str) -> None:
        if value not in self.next_states:
            raise ValidationError("Choose one of the states that may follow.")


class CodeChange(Shape):
    version = Whole(1, 2**31 - 1, required=True, metadata={"kind": "hidden"})
    code = Text(
        5,
        required=True,
        metadata={
            "label": "Code",
            "hint": "Three to five letters that people can say, for example HAM.",
            "missing": "Enter a code",
            "width": "5",
            "spellcheck": False,
        },
    )

    @validates("code")
    def _is_a_code(self, value: str | None, data_key: str) -> None:
        if value and not (3 <= len(value) <= 5 and value.isascii() and value.isalpha()):
            raise ValidationError("Enter three to five letters, A to Z")


class NewUrn(Shape):
    """An academy conversion, or the answer to a question that an import asked."""

    version = Whole(1, 2**31 - 1, required=True, metadata={"kind": "hidden"})
    urn = Whole(
        100_000,
        999_999,
        required=True,
        metadata={
            "label": "New URN",
            "hint": "Six digits, as in the register.",
            "missing": "Enter the new URN",
            "kind": "number",
            "width": "5",
        },
    )
    on = Day(
        required=True,
        metadata={"label": "From which day?", "missing": "Enter the day on which it begins"},
    )


def without_blanks(args: dict[str, Any]) -> dict[str, Any]:
    """An empty box of a search form asks for nothing."""
    return {key: value for key, value in args.items() if value.strip()}
