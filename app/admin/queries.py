"""What the office shows beside a row: names, parts, members, counts that stop at a cap."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from typing import Any, NamedTuple

from sqlalchemy import func, literal, select
from sqlalchemy.orm import InstrumentedAttribute

from app import clock
from app.later import DoorOutbox, Outbox
from app.people.invited import Invitation, LaInvitation
from app.people.models import (
    LaMembership,
    LaSupportGroup,
    LaSupportGroupMember,
    Membership,
    Person,
    SignIn,
    SupportGroup,
    SupportGroupMember,
)
from app.people.rules import ROLE_NAMES
from app.permissions import Role
from tenants import School, db

CAP = 1000
# Nobody looks through more rows than this on one page.
_MOST_ROWS = 100
# Who in a school may be given work or be asked for advice.
WORKING_ROLES = ("technician", "spoc", "service_desk_owner", "tech_advisor")


class Named(NamedTuple):
    id: int
    text: str


def names(column: InstrumentedAttribute[str], key: Any, keys: Collection[int]) -> dict[int, str]:
    """{id: name} in one statement."""
    if not keys:
        return {}
    rows = db.session.execute(select(key, column).where(key.in_(set(keys))))
    return {number: name for number, name in rows}


def school_names(keys: Collection[int]) -> dict[int, str]:
    return names(School.name, School.id, keys)


def addresses(keys: Collection[int]) -> dict[int, str]:
    """The e-mail addresses of people."""
    return names(Person.email, Person.id, keys)


# --- one person ---


def parts_of(person_id: int) -> Sequence[Any]:
    """Their memberships of schools, those in force first."""
    return db.session.execute(
        select(
            Membership.school_id,
            Membership.id,
            School.name.label("school"),
            Membership.role,
            Membership.valid_from,
            Membership.valid_to,
        )
        .join(School, School.id == Membership.school_id)
        .where(Membership.person_id == person_id)
        .order_by(Membership.valid_to.desc().nulls_first(), School.name, Membership.id)
        .limit(_MOST_ROWS)
    ).all()


def la_parts_of(person_id: int) -> Sequence[Any]:
    return db.session.execute(
        select(LaMembership.id, LaMembership.role, LaMembership.valid_from, LaMembership.valid_to)
        .where(LaMembership.person_id == person_id)
        .order_by(LaMembership.valid_to.desc().nulls_first(), LaMembership.id)
        .limit(_MOST_ROWS)
    ).all()


def open_sign_ins(person_id: int) -> int:
    """In how many browsers they are signed in."""
    return capped(
        select(literal(1)).where(
            SignIn.person_id == person_id,
            SignIn.ended_at.is_(None),
            SignIn.expires_at > clock.now(),
        )
    )


# --- groups ---


def members_of(group: LaSupportGroup | SupportGroup) -> Sequence[int]:
    if isinstance(group, LaSupportGroup):
        found = select(LaSupportGroupMember.membership_id).where(
            LaSupportGroupMember.group_id == group.id
        )
    else:
        found = select(SupportGroupMember.membership_id).where(
            SupportGroupMember.school_id == group.school_id,
            SupportGroupMember.group_id == group.id,
        )
    return db.session.scalars(found).all()


def may_be_members(group: LaSupportGroup | SupportGroup) -> list[Named]:
    """Whose membership has not ended and who can be given work, by name."""
    today = clock.today()
    model = LaMembership if isinstance(group, LaSupportGroup) else Membership
    found = select(model.id, model.name, model.role).where(
        func.coalesce(model.valid_to, today) >= today
    )
    if isinstance(group, SupportGroup):
        found = found.where(
            Membership.school_id == group.school_id, Membership.role.in_(WORKING_ROLES)
        )
    else:
        found = found.where(LaMembership.role != "la_admin")
    rows = db.session.execute(found.order_by(func.lower(model.name), model.id).limit(500))
    return [Named(number, f"{name}, {ROLE_NAMES[Role(role)]}") for number, name, role in rows]


def names_of_members(group: LaSupportGroup | SupportGroup, keys: Collection[int]) -> dict[int, str]:
    if isinstance(group, LaSupportGroup):
        return names(LaMembership.name, LaMembership.id, keys)
    rows = db.session.execute(
        select(Membership.id, Membership.name).where(
            Membership.school_id == group.school_id, Membership.id.in_(keys)
        )
    )
    return {number: name for number, name in rows}


# --- the start page ---


def capped(rows: Any) -> int:
    """How many, up to a cap: the whole of a table is never counted."""
    return db.session.scalar(select(func.count()).select_from(rows.limit(CAP).subquery())) or 0


def counts() -> dict[str, int]:
    """What an administrator wants to know in the morning; six bounded statements."""
    one, now = literal(1).label("one"), clock.now()
    active = select(one).select_from(Person).where(Person.is_active)
    schools = select(one).select_from(School).where(School.status == "active")
    setting_up = select(one).select_from(School).where(School.status == "onboarding")
    return {
        "people": capped(active),
        "schools": capped(schools),
        "setting_up": capped(setting_up),
        "invitations": sum(
            capped(
                select(one)
                .select_from(model)
                .where(
                    model.accepted_at.is_(None),
                    model.withdrawn_at.is_(None),
                    model.expires_at > now,
                )
            )
            for model in (Invitation, LaInvitation)
        ),
        "failed": sum(
            capped(select(one).select_from(model).where(model.failed_at.is_not(None)))
            for model in (Outbox, DoorOutbox)
        ),
    }
