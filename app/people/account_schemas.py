"""What comes in about accounts: invitations, roles, last days, new passwords, API tokens."""

from __future__ import annotations

from typing import Any

from marshmallow import fields

from app.people.job_roles import JOB_ROLES
from app.people.rules import ROLE_NAMES, ROLES_AT_LA, ROLES_AT_SCHOOL
from app.shapes import Day, EmailAddress, Flag, Shape, Text, Whole, choice

LONGEST_NAME = 100
LONGEST_TOKEN_DAYS = 365

_WEAK_HINT = (
    "12 characters or more. Three random words are easy to remember and hard to guess. "
    "Spaces are fine."
)


def _role(roles: Any) -> fields.String:
    return choice(
        {role.value: ROLE_NAMES[role] for role in roles},
        required=True,
        error="Choose a role",
        metadata={"kind": "radios", "label": "Role", "missing": "Choose a role"},
    )


def _name(**extra: str) -> Text:
    return Text(
        LONGEST_NAME,
        required=True,
        metadata={"label": "Name", "missing": "Enter a name", "spellcheck": False, **extra},
    )


def _last_day() -> Day:
    return Day(
        load_default=None,
        allow_none=True,
        metadata={"label": "Last day", "hint": "For example 31 8 2027. Leave it empty for no end."},
    )


def _password(label: str, hint: str = _WEAK_HINT, autocomplete: str = "new-password") -> Any:
    return fields.String(
        required=True,
        metadata={
            "kind": "password",
            "label": label,
            "hint": hint,
            "missing": "Enter a password" if hint else "Enter your password",
            "autocomplete": autocomplete,
        },
    )


class _Invitation(Shape):
    email = EmailAddress(
        required=True,
        metadata={
            "label": "E-mail address",
            "hint": "Their own, not one that several people read",
            "missing": "Enter an e-mail address",
            "spellcheck": False,
        },
    )
    name = _name()


class NewInvitation(_Invitation):
    role = _role(ROLES_AT_SCHOOL)
    job_role = Text(
        LONGEST_NAME,
        load_default=None,
        metadata={
            "label": "What they do at the school",
            "hint": "For example Year 4 teacher. Whoever runs the desk is best from the office: a "
            "technician or an ICT co-ordinator is not ideal",
            "suggestions": JOB_ROLES,
        },
    )
    valid_to = _last_day()


class NewLaInvitation(_Invitation):
    role = _role(ROLES_AT_LA)
    group = fields.String(
        load_default=None,
        metadata={"kind": "select", "label": "Support group", "choices": []},
    )
    valid_to = _last_day()


class NewRole(Shape):
    role = _role(ROLES_AT_SCHOOL)


class LastDay(Shape):
    valid_to = _last_day()


class Joining(Shape):
    """Somebody new accepts an invitation."""

    name = _name(label="Your name", missing="Enter your name", autocomplete="name")
    password = _password("Choose a password")


class NewPassword(Shape):
    password = _password("New password")


class ChangedPassword(Shape):
    old_password = _password("Password that you have now", "", "current-password")
    password = _password("New password")


class ResetWanted(Shape):
    email = Text(
        254,
        required=True,
        metadata={
            "kind": "email",
            "label": "E-mail address",
            "missing": "Enter your e-mail address",
            "autocomplete": "username",
            "spellcheck": False,
        },
    )


class NewToken(Shape):
    name = Text(
        LONGEST_NAME,
        required=True,
        metadata={
            "label": "What is it for?",
            "missing": "Enter what it is for",
            "hint": "For example the name of the program that uses it",
        },
    )
    school = fields.String(
        load_default=None,
        metadata={"kind": "select", "label": "Good for", "choices": [], "optional": False},
    )
    read_only = Flag(load_default=True, metadata={"label": "It can only read"})
    days = Whole(
        1,
        LONGEST_TOKEN_DAYS,
        required=True,
        metadata={
            "kind": "number",
            "label": "How many days is it good?",
            "hint": "At most 365",
            "missing": "Enter how many days, from 1 to 365",
            "width": "4",
        },
    )
