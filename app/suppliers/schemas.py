"""What comes in and goes out about suppliers."""

from __future__ import annotations

import re
from typing import Any

from marshmallow import ValidationError, fields, validate, validates

from app.shapes import (
    LONG,
    SHORT,
    EmailAddress,
    Flag,
    Instant,
    PageArgs,
    Shape,
    Text,
    Whole,
    choice,
)
from app.suppliers.rules import KINDS, RATINGS, SPECIALITIES

_PHONE = re.compile(r"[0-9+() .x/-]*")
_WEBSITE = re.compile(r"https?://[^\s/$.?#][^\s\"'<>]*", re.I)


def _line(label: str, hint: str = "", longest: int = SHORT) -> Text:
    return Text(longest, allow_none=True, metadata={"label": label, "hint": hint})


class SupplierChange(Shape):
    """Loaded `partial` by a program: what is left out stays as it is."""

    name = Text(
        120,
        required=True,
        metadata={"label": "Name", "missing": "Enter the name of the supplier"},
    )
    kind = choice(KINDS, required=True, metadata={"label": "What are they?", "kind": "radios"})
    specialities = fields.List(
        choice(SPECIALITIES),
        validate=validate.Length(max=len(SPECIALITIES)),
        metadata={
            "label": "What are they good at?",
            "kind": "checkboxes",
            "hint": "When something special breaks, you find them by this.",
        },
    )
    contact_name = _line("Who to ask for")
    email = EmailAddress(allow_none=True, metadata={"label": "E-mail address"})
    phone = Text(50, allow_none=True, metadata={"label": "Telephone", "kind": "tel"})
    website = _line("Website", "Such as https://www.example.com")
    support_route = Text(
        1000,
        allow_none=True,
        is_long=True,
        metadata={
            "label": "How do you ask them for help?",
            "hint": "The number to ring, the page to use, what they want to know first",
            "rows": 3,
        },
    )
    account_number = _line("Your account number with them", "They ask for it when you ring.")
    education_experience = Text(
        1000,
        allow_none=True,
        is_long=True,
        metadata={
            "label": "What do they know of schools?",
            "hint": "Schools they work for, staff with checks, visits outside lessons",
            "rows": 3,
        },
    )
    framework = _line(
        "Procurement framework", "If you found them through one, its name and reference"
    )
    rating = Whole(
        1,
        5,
        allow_none=True,
        metadata={
            "label": "How good are they?",
            "kind": "select",
            "choices": list(RATINGS.items()),
            "hint": "For your school and the local authority to read, never for the supplier",
        },
    )
    notes = Text(LONG, allow_none=True, is_long=True, metadata={"label": "Notes", "rows": 3})
    group = Text(
        80,
        allow_none=True,
        metadata={
            "label": "Incidents for them go to",
            "kind": "select",
            "blank": "Nobody yet",
            "hint": "The third-line group that gets an incident when it is passed to them",
        },
    )
    archived = Flag(metadata={"label": "No longer used"})

    @validates("phone")
    def _is_a_number(self, value: str | None, data_key: str) -> None:
        if value and not _PHONE.fullmatch(value):
            raise ValidationError("Enter a telephone number, like 01632 960001")

    @validates("website")
    def _is_an_address(self, value: str | None, data_key: str) -> None:
        if value and not _WEBSITE.fullmatch(value):
            raise ValidationError("Enter an address that begins with https://")


class NewSupplier(SupplierChange):
    class Meta(Shape.Meta):
        exclude = ("archived",)

    kind = choice(
        KINDS,
        load_default="company",
        metadata={"label": "What are they?", "kind": "radios", "optional": False},
    )


class Narrowed(Shape):
    """What a list of suppliers can be narrowed by."""

    q = Text(100, metadata={"description": "Words of name, contact or notes"})
    kind = choice(KINDS)
    speciality = choice(SPECIALITIES)
    archived = Flag(load_default=False, metadata={"description": "Archived ones too"})


class SupplierArgs(Narrowed, PageArgs):
    pass


class SupplierGroupBody(Shape):
    may_be_left_out = True


_OUT: dict[str, Any] = {"allow_none": True, "required": True}


class SupplierOut(Shape):
    key = fields.String(required=True)
    name = fields.String(required=True)
    kind = choice(KINDS, required=True)
    specialities = fields.List(choice(SPECIALITIES), required=True)
    contact_name = fields.String(**_OUT)
    email = fields.String(**_OUT)
    phone = fields.String(**_OUT)
    website = fields.String(**_OUT)
    support_route = fields.String(**_OUT)
    account_number = fields.String(**_OUT)
    education_experience = fields.String(**_OUT)
    framework = fields.String(**_OUT)
    rating = fields.Integer(**_OUT)
    notes = fields.String(**_OUT)
    group = fields.String(**_OUT)
    archived = Flag(required=True)
    created_by = fields.String(required=True)
    created_at = Instant(required=True)
    updated_at = Instant(required=True)
    version = fields.Integer(required=True)


class SupplierPage(Shape):
    items = fields.List(fields.Nested(SupplierOut), required=True)
    next = fields.String(allow_none=True, required=True)
