"""Working as one of several roles: said aloud, kept with the session, written down.

It only ever takes away. A role that has ended since binds nobody (front_door.py).
"""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import update

from app.errors import NotThere
from app.people import actions
from app.people.actions import Browser
from app.people.identity import Me
from app.people.models import SignIn
from app.permissions import Role
from tenants import db


def work_as(me: Me, role: Role | None, browser: Browser, now: datetime) -> bool:
    """From now on, in this session, only that role; None means all of them again. Answers whether
    anything changed. Raises NotThere for a role that they do not hold."""
    if role is not None and role not in me.every_role:
        raise NotThere
    if role == me.acting_as:
        return False
    db.session.execute(update(SignIn).where(SignIn.id == me.session_id).values(acting_as=role))
    actions.note("role_switched", browser, now, me.person_id)
    return True
