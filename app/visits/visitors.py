"""Who comes: somebody of the LA's lines, the school's own technician, or a supplier's engineer."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import NamedTuple

from sqlalchemy import func, select

from app import clock
from app.errors import wrong
from app.people.groups import la_people
from app.people.identity import Me
from app.people.models import LaSupportGroupMember, Membership, SupportGroupMember
from tenants import db

MYSELF = "me"


class Visitor(NamedTuple):
    """By one of the two ids; an engineer of a supplier is a name only."""

    name: str
    membership_id: int | None = None
    la_membership_id: int | None = None

    @property
    def is_of_la(self) -> bool:
        return self.la_membership_id is not None


def visitor_of(by: Me, visitor: str | None, engineer: str | None) -> Visitor:
    """Raises Wrong for nobody, for two at once, and for two of one name."""
    if engineer:
        if visitor:
            raise wrong("engineer", "Name one of them: who comes, or a supplier’s engineer.")
        return Visitor(engineer)
    if not visitor or visitor == MYSELF:
        return _myself(by, is_said=visitor == MYSELF)
    found = [one for one in everybody() if one.name.lower() == visitor.strip().lower()]
    if len(found) == 1:
        return found[0]
    raise wrong(
        "visitor",
        "There are several people of that name."
        if found
        else "Nobody of that name visits schools. A supplier’s engineer is named as such.",
    )


def everybody() -> list[Visitor]:
    """Whom a visit can be booked for: the people of the LA's lines, and the own technicians."""
    at_la = [Visitor(one.name, None, one.la_membership_id) for one in la_people()]
    return [*at_la, *_technicians(clock.today())]


def groups_of(visitor: Visitor) -> tuple[Sequence[int], Sequence[int]]:
    """The ids of their groups: the school's, and the LA's."""
    if visitor.la_membership_id is not None:
        mine = LaSupportGroupMember.membership_id == visitor.la_membership_id
        return (), db.session.scalars(select(LaSupportGroupMember.group_id).where(mine)).all()
    if visitor.membership_id is not None:
        own = SupportGroupMember.membership_id == visitor.membership_id
        return db.session.scalars(select(SupportGroupMember.group_id).where(own)).all(), ()
    return (), ()


def _myself(by: Me, *, is_said: bool) -> Visitor:
    if by.is_from_outside and by.may("visit.work"):
        known = [one.la_membership_id for one in la_people()]
        mine = next((one for one in by.la_membership_ids if one in known), by.la_membership_ids[0])
        return Visitor(by.name, None, mine)
    if by.membership_ids and by.may("visit.work"):
        return Visitor(by.name, by.membership_for("visit.work"))
    raise wrong("visitor", "You do not go on visits yourself." if is_said else "Say who comes.")


def _technicians(today: date) -> list[Visitor]:
    rows = db.session.execute(
        select(func.min(Membership.id), Membership.name)
        .where(
            Membership.role == "technician",
            Membership.valid_from <= today,
            func.coalesce(Membership.valid_to, today) >= today,
        )
        .group_by(Membership.person_id, Membership.name)
        .order_by(Membership.name)
    )
    return [Visitor(name, number) for number, name in rows]
