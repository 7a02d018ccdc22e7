"""Whose import it is, in the worker: what they may is what they are in the school now."""

from __future__ import annotations

from sqlalchemy import or_, select

from app import clock
from app.imports.models import RegisterImport
from app.people.identity import Belonging, Me
from app.people.models import Membership
from app.permissions import Role
from tenants import db


def person_of(one: RegisterImport) -> Me | None:
    """None for somebody who has left."""
    today = clock.today()
    rows = db.session.execute(
        select(Membership.id, Membership.role, Membership.name, Membership.school_id)
        .where(
            Membership.person_id == one.person_id,
            Membership.valid_from <= today,
            or_(Membership.valid_to.is_(None), Membership.valid_to >= today),
        )
        .order_by(Membership.id)
    ).all()
    belongings = tuple(Belonging(row.id, Role(row.role), row.name, row.school_id) for row in rows)
    if not belongings:
        return None
    return Me(
        person_id=one.person_id,
        email="",
        own_name=belongings[0].name,
        belongings=belongings,
        schools=(),
        here=belongings,
    )
