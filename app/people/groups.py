"""Who can be given work: support groups of school and LA, and their people.

The LA's groups are few and the same for every school, so each process keeps them half a minute.
"""

from __future__ import annotations

import time
from dataclasses import dataclass
from typing import Any

from sqlalchemy import func, select

from app import clock
from app.errors import wrong
from app.people.models import (
    AreaTeam,
    LaMembership,
    LaSupportGroup,
    LaSupportGroupMember,
    Membership,
    Person,
    SupportGroup,
)
from tenants import at_the_front_door, current_school_id, db

_KEPT_SECONDS = 30.0
# Who in a school may be given work (domain.md T8: a group member or the desk itself).
WORKING_ROLES = ("technician", "spoc", "service_desk_owner")


@dataclass(frozen=True)
class Group:
    """Of the LA or of the school acted in; exactly one of the two ids.

    Kind and line are independent: first line may sit inside the school (domain.md 0.5).
    """

    key: str
    name: str
    line: int
    la_group_id: int | None = None
    school_group_id: int | None = None
    kind: str = "la"
    is_area_team: bool = False
    email: str | None = None
    phone: str | None = None
    # The underpinning contract of a supplier: the school's own, or a pack of the LA.
    agreement_id: int | None = None
    la_agreement_id: int | None = None

    @property
    def is_supplier(self) -> bool:
        return self.kind == "supplier"


@dataclass(frozen=True)
class Assignable:
    name: str
    membership_id: int | None
    la_membership_id: int | None


class _Kept:
    until = 0.0
    groups: tuple[Group, ...] = ()
    people_until = 0.0
    people: tuple[Assignable, ...] = ()


def la_groups() -> tuple[Group, ...]:
    """Every group of the LA, by line and name."""
    if time.monotonic() >= _Kept.until:
        rows = db.session.execute(
            select(
                LaSupportGroup.key,
                LaSupportGroup.name,
                LaSupportGroup.line,
                LaSupportGroup.id,
                LaSupportGroup.kind,
                LaSupportGroup.is_area_team,
                LaSupportGroup.email,
                LaSupportGroup.phone,
                LaSupportGroup.la_agreement_id,
            ).order_by(LaSupportGroup.line, LaSupportGroup.id)
        )
        _Kept.groups = tuple(_of_la(*row) for row in rows)
        _Kept.until = time.monotonic() + _KEPT_SECONDS
    return _Kept.groups


def la_people() -> tuple[Assignable, ...]:
    """The people of the LA's lines, for a list to choose from; whoever is chosen is looked up."""
    if time.monotonic() >= _Kept.people_until:
        _Kept.people = tuple(_la_people())
        _Kept.people_until = time.monotonic() + _KEPT_SECONDS
    return _Kept.people


def forget_groups() -> None:
    """After a group was changed in this process."""
    _Kept.until = _Kept.people_until = 0.0


def _of_la(key: str, name: str, line: int, number: int, kind: str, *more: Any) -> Group:
    is_area_team, email, phone, agreement = more
    return Group(key, name, line, number, None, kind, is_area_team, email, phone, None, agreement)


def area_teams_here() -> dict[int, int]:
    """{line: group} of the LA's area teams that serve the school acted in."""
    if not any(one.is_area_team for one in la_groups()):
        return {}
    rows = db.session.execute(
        select(AreaTeam.line, AreaTeam.la_group_id).where(AreaTeam.school_id == current_school_id())
    )
    return {line: number for line, number in rows}


def la_groups_here() -> list[Group]:
    """The LA's groups that serve the school acted in: its own area teams, and those of no area."""
    teams = area_teams_here()
    return [
        one for one in la_groups() if not one.is_area_team or teams.get(one.line) == one.la_group_id
    ]


def usual_la_group(line: int) -> Group | None:
    """Who gets the school's work at a line: its area team, then the first group of no area."""
    found = [one for one in la_groups_here() if one.line == line and not one.is_supplier]
    return min(found, key=lambda one: not one.is_area_team, default=None)


def la_group_at_line(line: int) -> Group:
    """The same. Raises Wrong when there is none."""
    group = usual_la_group(line)
    if group is None:
        raise wrong("to", "The LA has no support group at that line yet.")
    return group


def own_first_line() -> Group | None:
    """The school's own technicians at first line, if it has any."""
    found = (one for one in school_groups() if one.line == 1 and not one.is_supplier)
    return next(found, None)


def school_groups() -> list[Group]:
    """The school's own: its technicians, and its suppliers. Archived ones take no more work."""
    rows = db.session.execute(
        select(
            SupportGroup.key,
            SupportGroup.name,
            SupportGroup.line,
            SupportGroup.id,
            SupportGroup.kind,
            SupportGroup.email,
            SupportGroup.phone,
            SupportGroup.agreement_id,
            SupportGroup.la_agreement_id,
        )
        .where(SupportGroup.is_archived.is_(False))
        .order_by(SupportGroup.line, SupportGroup.name, SupportGroup.id)
    )
    return [
        Group(key, name, line, None, number, kind, False, email, phone, agreement, la_agreement)
        for key, name, line, number, kind, email, phone, agreement, la_agreement in rows
    ]


def group_named(text: str) -> Group:
    """By key or name, the school's own first. Raises Wrong for one that is not there."""
    wanted = text.strip().lower()
    for group in (*school_groups(), *la_groups()):
        if wanted in (group.key, group.name.lower()):
            return group
    raise wrong("group", "There is no support group of that name.")


def group_of_ids(school_group_id: int | None, la_group_id: int | None) -> Group | None:
    """The group that a row points at; None where it points at none, or at an archived one."""
    if la_group_id is not None:
        return next((one for one in la_groups() if one.la_group_id == la_group_id), None)
    if school_group_id is None:
        return None
    return next((one for one in school_groups() if one.school_group_id == school_group_id), None)


def assignable(*, at_la: bool) -> list[Assignable]:
    """The people who may be given work: the LA's lines, or this school's desk and technicians."""
    return _la_people() if at_la else _school_people()


def assignable_named(text: str, *, at_la: bool) -> Assignable:
    """By the name shown. Raises Wrong for nobody, or for two of one name."""
    found = [one for one in assignable(at_la=at_la) if one.name.lower() == text.strip().lower()]
    if len(found) == 1:
        return found[0]
    said = "There are several people of that name." if found else "Nobody of that name can take it."
    raise wrong("person", said)


def membership_by_email(email: str) -> tuple[int, str] | None:
    """A member of the school acted in, by e-mail. `school` has no right on people, so the front
    door is asked."""
    school_id, today = current_school_id(), clock.today()
    with at_the_front_door():
        row = db.session.execute(
            select(Membership.id, Membership.name)
            .join(Person, Person.id == Membership.person_id)
            .where(
                Person.email == email.lower(),
                Membership.school_id == school_id,
                Membership.valid_from <= today,
                func.coalesce(Membership.valid_to, today) >= today,
            )
            .order_by(Membership.role != "reporter", Membership.id)
        ).first()
    return None if row is None else (row.id, row.name)


def _la_people() -> list[Assignable]:
    today = clock.today()
    rows = db.session.execute(
        select(func.min(LaMembership.id), LaMembership.name)
        .join(LaSupportGroupMember, LaSupportGroupMember.membership_id == LaMembership.id)
        .where(
            LaMembership.valid_from <= today,
            func.coalesce(LaMembership.valid_to, today) >= today,
        )
        .group_by(LaMembership.person_id, LaMembership.name)
        .order_by(LaMembership.name)
    )
    return [Assignable(name, None, number) for number, name in rows]


def _school_people() -> list[Assignable]:
    today = clock.today()
    rows = db.session.execute(
        select(func.min(Membership.id), Membership.name)
        .where(
            Membership.role.in_(WORKING_ROLES),
            Membership.valid_from <= today,
            func.coalesce(Membership.valid_to, today) >= today,
        )
        .group_by(Membership.person_id, Membership.name)
        .order_by(Membership.name)
    )
    return [Assignable(name, number, None) for number, name in rows]
