"""What comes in about second factors."""

from __future__ import annotations

from marshmallow import fields, validate

from app.people.passkeys import LONGEST_NAME
from app.shapes import EmailAddress, Flag, Shape, Text


def _hidden() -> fields.String:
    return fields.String(load_default="", metadata={"kind": "hidden"})


class CodeForm(Shape):
    """A code of an app or a recovery code; which one, its form says."""

    code = Text(
        60,
        required=True,
        metadata={
            "label": "Code",
            "missing": "Enter the code",
            "autocomplete": "one-time-code",
            "spellcheck": False,
            "width": "20",
        },
    )
    # Where they were going, and what they had typed on the way (lost_session.py).
    next = _hidden()
    carried = _hidden()


class AppForm(Shape):
    code = Text(
        20,
        required=True,
        metadata={
            "label": "The 6 digits that the app shows now",
            "missing": "Enter the 6 digits that the app shows",
            "autocomplete": "one-time-code",
            "kind": "number",
            "spellcheck": False,
            "width": "10",
        },
    )
    next = _hidden()


class KeptForm(Shape):
    kept = Flag(
        load_default=False,
        validate=validate.Equal(True, error="Keep the codes first, then say so"),
        metadata={"label": "I have kept these codes"},
    )
    next = _hidden()


class PasskeyName(Shape):
    name = Text(
        LONGEST_NAME,
        required=True,
        metadata={
            "label": "Name of the passkey",
            "missing": "Enter a name",
            "hint": "So that you know it again, for example: work laptop",
        },
    )


class AskForReset(Shape):
    """Take somebody's second factor off: needs a second person."""

    email = EmailAddress(
        required=True,
        metadata={"label": "Their e-mail address", "missing": "Enter their e-mail address"},
    )
    reason = Text(
        500,
        required=True,
        is_long=True,
        metadata={
            "label": "Why, and how you know that it is really them who ask",
            "missing": "Say why",
        },
    )
