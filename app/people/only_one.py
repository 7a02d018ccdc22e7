"""Where two people should look at a thing and the school has only one who may."""

from __future__ import annotations

from sqlalchemy import or_, select

from app import clock
from app.people.identity import Me
from app.people.models import Membership
from app.permissions import Role, may
from tenants import current_school_id, db


def is_only_one(person: Me, permission: str) -> bool:
    """Whether nobody else of the school acted in may do this."""
    today = clock.today()
    roles = [role.value for role in Role if may((role,), permission)]
    others = select(Membership.id).where(
        Membership.school_id == current_school_id(),
        Membership.role.in_(roles),
        Membership.person_id != person.person_id,
        Membership.valid_from <= today,
        or_(Membership.valid_to.is_(None), Membership.valid_to >= today),
    )
    return db.session.scalar(others.limit(1)) is None
