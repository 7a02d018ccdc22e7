"""Who of the school can have something to do in the diary."""

from __future__ import annotations

from sqlalchemy import or_, select

from app import clock
from app.errors import wrong
from app.people.identity import Me
from app.people.models import Membership
from app.permissions import Role, may
from tenants import db

ROLES = tuple(role.value for role in Role if may((role,), "diary.view"))
MYSELF = "me"


def people() -> list[tuple[int, str]]:
    """(membership, name) of those who read the diary, by name."""
    today = clock.today()
    found = db.session.execute(
        select(Membership.id, Membership.name)
        .where(
            Membership.role.in_(ROLES),
            Membership.valid_from <= today,
            or_(Membership.valid_to.is_(None), Membership.valid_to >= today),
        )
        .order_by(Membership.name, Membership.id)
    )
    return [(number, name) for number, name in found]


def assignee_named(name: str, by: Me) -> tuple[int, str]:
    """Raises Wrong for somebody who does not read the diary."""
    if name == MYSELF and (own := by.membership_for("diary.view")) is not None:
        return own, by.name
    wanted = name.strip().casefold()
    found = [one for one in people() if one[1].casefold() == wanted]
    if not found:
        raise wrong("assignee", "Choose somebody of the school who reads the diary.")
    return found[0]
