"""Open invitations end with whoever made them, and with the part of whom they would let back in.

Runs in a school, or while the LA's office looks after one. The front door is asked, because it
knows whose address an invitation is addressed to; the event is the school's.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import exists, false, or_, select, union_all, update

from app.history.actions import record, record_at_la
from app.people.identity import Me
from app.people.invited import Invitation, LaInvitation
from app.people.models import LaMembership, Membership, Person
from app.people.rules import ROLE_NAMES, may_give
from app.permissions import Role
from tenants import at_the_front_door, current_school_id, db


def after_a_change(person_id: int, *, has_left: bool, by: Me, now: datetime) -> None:
    """Of the school acted in: what they made and may no longer give, and, once a part of theirs has
    ended, what is addressed to them."""
    school_id = current_school_id()
    with at_the_front_door():
        withdrawn = _withdraw(
            Invitation,
            (Invitation.school_id == school_id)
            & or_(_made_in_vain(person_id, school_id, now), _for_them(person_id, has_left)),
            now,
        )
    for number, name, role in withdrawn:
        record(
            "person.invitation_withdrawn",
            subject_kind="invitation",
            subject_id=number,
            at=now,
            by=by,
            to_value=f"{name}, {ROLE_NAMES[Role(role)]}",
            visibility="internal",
        )


def of_the_la(person_id: int, *, by: Me, now: datetime) -> None:
    """What would bring somebody back into the LA's office, whose part in it has ended."""
    with at_the_front_door():
        email = db.session.scalar(select(Person.email).where(Person.id == person_id))
        withdrawn = _withdraw(LaInvitation, LaInvitation.email == email, now)
    for _, name, role in withdrawn:
        record_at_la(
            "person.invitation_withdrawn", name, at=now, by=by, to_value=ROLE_NAMES[Role(role)]
        )


def _withdraw(
    kind: type[Invitation] | type[LaInvitation], which: Any, now: datetime
) -> Sequence[tuple[int, str, str]]:
    found = db.session.execute(
        update(kind)
        .where(which, kind.accepted_at.is_(None), kind.withdrawn_at.is_(None))
        .values(withdrawn_at=now)
        .returning(kind.id, kind.name, kind.role)
        .execution_options(synchronize_session=False)
    ).all()
    return [(number, name, role) for number, name, role in found]


def _made_in_vain(person_id: int, school_id: int, now: datetime) -> Any:
    """By one of their parts here, for a role that none of the parts they have left may give; if
    their account is off, they have none."""
    here = (Membership.person_id == person_id) & (Membership.school_id == school_id)
    at_la = LaMembership.person_id == person_id
    is_on = exists().where(Person.id == person_id, Person.is_active)
    left = union_all(
        select(Membership.role).where(here, _in_force(Membership, now), is_on),
        select(LaMembership.role).where(at_la, _in_force(LaMembership, now), is_on),
    )
    able = may_give([Role(role) for role in db.session.scalars(left)])
    made = Invitation.invited_by_id.in_(select(Membership.id).where(here))
    return made & Invitation.role.not_in([role.value for role in able])


def _for_them(person_id: int, has_left: bool) -> Any:
    if not has_left:
        return false()
    email = select(Person.email).where(Person.id == person_id).scalar_subquery()
    return Invitation.email == email


def _in_force(part: type[LaMembership] | type[Membership], now: datetime) -> Any:
    today = now.date()
    return (part.valid_from <= today) & or_(part.valid_to.is_(None), part.valid_to >= today)
