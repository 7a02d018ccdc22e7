"""What comes in at the front door."""

from __future__ import annotations

from marshmallow import fields

from app.shapes import LONGEST_EMAIL, Flag, Shape, Text


class SignInForm(Shape):
    email = Text(
        LONGEST_EMAIL,
        required=True,
        metadata={
            "label": "E-mail address",
            "missing": "Enter your e-mail address",
            "autocomplete": "username",
            "spellcheck": False,
        },
    )
    password = fields.String(
        required=True,
        metadata={
            "kind": "password",
            "label": "Password",
            "missing": "Enter your password",
            "autocomplete": "current-password",
        },
    )
    shared_computer = Flag(
        load_default=False,
        metadata={
            "label": "This is a shared computer",
            "hint": "You are signed out after 30 minutes without activity.",
        },
    )
    # Where they wanted to go, and what they had typed when their session ended (lost_session.py).
    next = fields.String(load_default="", metadata={"kind": "hidden"})
    carried = fields.String(load_default="", metadata={"kind": "hidden"})
