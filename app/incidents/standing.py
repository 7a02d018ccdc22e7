"""What a kept statement is built for: a kind of person, not one of them.

Which rows may be seen follows from roles and from whether somebody has memberships and groups here;
which these are is told when the statement is sent. So all SPOCs share one statement, and a desk of
hundreds of schools keeps a few dozen. Kept for each person they were built again and again, and
what they hold made Python's search for what can be thrown away stop a process for half a second.
"""

from __future__ import annotations

from typing import Any, NamedTuple

from sqlalchemy import bindparam

from app.people.identity import Belonging, Me
from app.permissions import Role

# The ids of a person that a condition can ask for, by the name of the parameter.
_IDS = ("membership_ids", "la_membership_ids", "group_ids", "la_group_ids")
# Stands for ids that are not known yet. It is never sent: SQLAlchemy refuses a statement that was
# not told the value of a parameter.
_UNKNOWN = -1


class Part(NamedTuple):
    """One way to belong here."""

    role: Role
    is_la: bool
    has_groups: bool


Standing = frozenset[Part]


class Whoever(Me):
    """Anybody who stands there."""


def standing_of(person: Me) -> Standing:
    return frozenset(
        Part(one.role, one.school_id is None, bool(one.group_ids)) for one in person.here
    )


def whoever(standing: Standing) -> Me:
    """To build a statement for; `told` says the rest when it is sent."""
    here = tuple(_belonging(part) for part in sorted(standing))
    return Whoever(person_id=0, email="", own_name="", belongings=here, schools=(), here=here)


def told(person: Me) -> dict[str, Any]:
    """The values of a statement that was built for whoever stands as this person does."""
    return {f"my_{name}": getattr(person, name) for name in _IDS}


def ids(person: Me, name: str) -> Any:
    """For `in_`: a person's ids, or the place where whoever's will stand."""
    assert name in _IDS
    if isinstance(person, Whoever):
        return bindparam(f"my_{name}", expanding=True)
    return getattr(person, name)


def _belonging(part: Part) -> Belonging:
    groups = frozenset({_UNKNOWN}) if part.has_groups else frozenset()
    return Belonging(_UNKNOWN, part.role, "", None if part.is_la else _UNKNOWN, groups)
