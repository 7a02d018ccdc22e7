"""What comes in at the back office."""

from __future__ import annotations

import re
from typing import Any

from marshmallow import ValidationError, fields, validate, validates, validates_schema

from app.people.models import LA_ROLES, SCHOOL_ROLES
from app.people.rules import ROLE_NAMES
from app.permissions import Role
from app.schools.rules import Phase
from app.shapes import LINE, SHORT, Day, EmailAddress, Flag, Shape, Text, Whole, choice

# fmt: off
PERSON_KINDS = {
    "staff":    "School staff",
    "pupil":    "Pupil",
    "governor": "Governor",
    "la_staff": "LA staff",
    "supplier": "Supplier",
}
GROUP_KINDS = {"la": "The LA’s own", "supplier": "A supplier’s"}
LINES       = {"1": "First line", "2": "Second line", "3": "Third line, suppliers"}
# fmt: on
SCHOOL_ROLE_NAMES = {role: ROLE_NAMES[Role(role)] for role in SCHOOL_ROLES}
LA_ROLE_NAMES = {role: ROLE_NAMES[Role(role)] for role in LA_ROLES}
_POSTCODE = re.compile(r"(?i)[A-Z]{1,2}[0-9][0-9A-Z]? ?[0-9][A-Z]{2}")
_PHONE = re.compile(r"[0-9+() .x/-]*")


class Change(Shape):
    """A row that somebody may have changed meanwhile, and why it is changed."""

    version = Whole(1, 2**31 - 1, required=True, metadata={"kind": "hidden"})
    reason = Text(
        SHORT,
        allow_none=True,
        metadata={"label": "Why?", "hint": "It is kept in the history."},
    )


class _Person(Shape):
    name = Text(SHORT, required=True, metadata={"label": "Name", "missing": "Enter the name"})
    email = EmailAddress(
        required=True,
        metadata={
            "label": "E-mail address",
            "missing": "Enter the e-mail address",
            "hint": "They sign in with it. A new address means: new name at the sign-in page, mail"
            " goes there, and links that were sent to the old address stop working.",
            "spellcheck": False,
        },
    )
    phone = Text(50, allow_none=True, metadata={"label": "Telephone", "kind": "tel"})
    kind = choice(PERSON_KINDS, required=True, metadata={"label": "What they are"})
    is_active = Flag(
        load_default=False,
        metadata={
            "label": "May sign in",
            "hint": "Taking the tick away signs them out everywhere and revokes their API tokens.",
        },
    )

    @validates("phone")
    def _is_a_number(self, value: str | None, data_key: str) -> None:
        if value and not _PHONE.fullmatch(value):
            raise ValidationError("Enter a telephone number, like 01632 960001")


class PersonChange(Change, _Person):
    """Fields of a base that is named later stand first on the page."""


class _Part(Shape):
    name = Text(
        SHORT,
        required=True,
        metadata={"label": "Name shown", "missing": "Enter the name"},
    )
    valid_to = Day(
        allow_none=True,
        metadata={
            "label": "Last day",
            "hint": "Leave it empty when no end is known. Yesterday or earlier ends it now.",
        },
    )


class _Membership(_Part):
    role = choice(
        SCHOOL_ROLE_NAMES,
        required=True,
        metadata={
            "label": "Role",
            "hint": "A new role ends this membership yesterday and begins another one today.",
        },
    )
    job_role = Text(SHORT, allow_none=True, metadata={"label": "Job title"})


class MembershipChange(Change, _Membership):
    pass


class _LaMembership(_Part):
    role = choice(
        LA_ROLE_NAMES,
        required=True,
        metadata={
            "label": "Role",
            "hint": "A new role ends this membership yesterday and begins another one today. Put"
            " them into a group of the new line afterwards.",
        },
    )


class LaMembershipChange(Change, _LaMembership):
    pass


class _SchoolFacts(Shape):
    name = Text(
        SHORT, required=True, metadata={"label": "Name", "missing": "Enter the school’s name"}
    )
    phase = choice(
        {one.value: one.value for one in Phase},
        allow_none=True,
        metadata={"label": "Phase", "blank": "Not known"},
    )


class _MoreFacts(_SchoolFacts):
    number_of_pupils = Whole(
        0, 20_000, allow_none=True,
        metadata={"label": "Number of pupils", "kind": "number", "width": "5"},
    )  # fmt: skip
    pupils_as_at = Day(allow_none=True, metadata={"label": "Counted on"})
    address = Text(LINE, allow_none=True, metadata={"label": "Postal address"})
    postcode = Text(
        10,
        allow_none=True,
        metadata={"label": "Postcode", "width": "10", "spellcheck": False},
    )
    website = Text(SHORT, allow_none=True, metadata={"label": "Website", "spellcheck": False})

    @validates("postcode")
    def _is_a_postcode(self, value: str | None, data_key: str) -> None:
        if value and not _POSTCODE.fullmatch(value):
            raise ValidationError("Enter a full postcode")

    @validates("website")
    def _is_an_address(self, value: str | None, data_key: str) -> None:
        if value and not re.fullmatch(r"(https?://)?[\w.-]+\.[A-Za-z]{2,}(/\S*)?", value):
            raise ValidationError("Enter a web address, like www.example.sch.uk")


class SchoolFacts(Change, _MoreFacts):
    pass


class NewSchool(_SchoolFacts):
    """One school that no list brought, for example because it is too new."""

    urn = Whole(
        100_000,
        999_999,
        required=True,
        metadata={
            "label": "URN",
            "hint": "Six digits, as in Get Information about Schools.",
            "missing": "Enter the URN",
            "kind": "number",
            "width": "5",
        },
    )
    begins_on = Day(
        required=True,
        metadata={"label": "URN since", "missing": "Enter the day from which the URN holds"},
    )


class _Group(Shape):
    name = Text(100, required=True, metadata={"label": "Name", "missing": "Enter the name"})
    line = fields.String(
        required=True,
        validate=validate.OneOf(list(LINES), labels=list(LINES.values())),
        metadata={"label": "Line", "kind": "radios", "missing": "Choose the line"},
    )


class _Members(Shape):
    members = fields.List(
        fields.String(),
        load_default=list,
        metadata={"label": "Who is in it", "kind": "checkboxes", "optional": False},
    )

    def __init__(self, offered: dict[int, str] | None = None) -> None:
        super().__init__()
        self.offered = offered or {}

    @validates("members")
    def _are_offered(self, value: list[str], data_key: str) -> None:
        if not {str(one) for one in self.offered} >= set(value):
            raise ValidationError("Choose from the people offered")

    @validates_schema
    def _not_too_many(self, data: dict[str, Any], **_: Any) -> None:
        if len(data.get("members", ())) > len(self.offered):
            raise ValidationError("Choose each person once", "members")


class _Contact(_Group):
    email = EmailAddress(
        allow_none=True,
        metadata={
            "label": "E-mail address",
            "hint": "A supplier gets a link to each incident that is passed on to it.",
            "spellcheck": False,
        },
    )
    phone = Text(50, allow_none=True, metadata={"label": "Telephone", "kind": "tel"})

    @validates("phone")
    def _is_a_number(self, value: str | None, data_key: str) -> None:
        if value and not _PHONE.fullmatch(value):
            raise ValidationError("Enter a telephone number, like 01632 960001")


class _LaGroup(_Contact):
    kind = choice(
        GROUP_KINDS,
        required=True,
        metadata={"label": "Whose", "kind": "radios", "missing": "Choose whose group it is"},
    )
    is_area_team = Flag(
        load_default=False,
        metadata={
            "label": "An area team",
            "hint": "It serves only the schools that are given to it, on the page “Area teams”.",
        },
    )
    agreement = Text(
        100,
        allow_none=True,
        metadata={
            "label": "Contract of the supplier",
            "kind": "select",
            "blank": "None",
            "hint": "A pack of the kind “underpinning contract”.",
        },
    )


class GroupChange(Change, _Members, _Contact):
    """A school's own group."""


class LaGroupChange(Change, _Members, _LaGroup):
    pass


class NewLaGroup(_LaGroup):
    pass
