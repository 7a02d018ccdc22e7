"""What the office does with support groups: the LA's, and those of schools."""

from __future__ import annotations

from typing import Any

from sqlalchemy import delete, insert, select

from app import clock
from app.admin import history, queries
from app.admin.history import Line
from app.admin.said import changed
from app.contracts.agreements_queries import key_of
from app.contracts.models import LaAgreement
from app.errors import wrong
from app.people.groups import forget_groups
from app.people.identity import Me
from app.people.models import (
    LaSupportGroup,
    LaSupportGroupMember,
    SupportGroup,
    SupportGroupMember,
)
from tenants import db

Group = LaSupportGroup | SupportGroup
# A school's own group has no area and keeps its kind.
_FACTS = ("name", "line", "kind", "is_area_team", "email", "phone", "la_agreement_id")


def change_group(group: Group, data: dict[str, Any], *, by: Me) -> None:
    """Name, line, whose it is, and who is in it."""
    at, reason = clock.now(), data.get("reason")
    school_id, number = getattr(group, "school_id", None), group.id
    data["line"] = int(data["line"])
    if isinstance(group, LaSupportGroup):
        data["la_agreement_id"] = _contract_id(data)
    changes = changed(group, data, *_FACTS)
    lines = history.lines_of("group", changes)
    lines += _set_members(group, {int(one) for one in data["members"]})
    if not lines:
        return
    group.version += 1
    db.session.flush()
    forget_groups()
    history.at_the_la(group.name, lines, at=at, by=by, reason=reason)
    if school_id is not None:
        history.in_the_school(school_id, ("group", number), lines, at=at, by=by, reason=reason)


def add_la_group(data: dict[str, Any], *, by: Me) -> LaSupportGroup:
    key = key_of(data["name"])
    if db.session.scalar(select(LaSupportGroup.id).where(LaSupportGroup.key == key)):
        raise wrong("name", "There is a group of this name already")
    group = LaSupportGroup(
        key=key,
        name=data["name"],
        kind=data["kind"],
        line=int(data["line"]),
        is_area_team=data["is_area_team"],
        email=data.get("email"),
        phone=data.get("phone"),
        la_agreement_id=_contract_id(data),
        version=1,
    )
    db.session.add(group)
    db.session.flush()
    forget_groups()
    history.at_the_la(
        group.name, [Line("group.added", None, group.name)], at=clock.now(), by=by, reason=None
    )
    return group


def contracts() -> list[tuple[str, str]]:
    """(key, name) of the packs that a supplier to the LA may have."""
    found = (
        select(LaAgreement.key, LaAgreement.name)
        .where(LaAgreement.kind == "uc", LaAgreement.is_example.is_(False))
        .order_by(LaAgreement.name)
        .limit(200)
    )
    return [(key, name) for key, name in db.session.execute(found)]


def contract_of(group: LaSupportGroup) -> str | None:
    """The key of its pack."""
    found: str | None = db.session.scalar(
        select(LaAgreement.key).where(LaAgreement.id == group.la_agreement_id)
    )
    return found


def _contract_id(data: dict[str, Any]) -> int | None:
    key = data.get("agreement")
    if not key:
        return None
    if data["kind"] != "supplier":
        raise wrong("agreement", "Only a supplier has such a contract")
    found: int | None = db.session.scalar(
        select(LaAgreement.id).where(LaAgreement.key == key, LaAgreement.kind == "uc")
    )
    if found is None:
        raise wrong("agreement", "Choose one of the packs offered")
    return found


def _set_members(group: Group, wanted: set[int]) -> list[Line]:
    """A member whose membership has ended is not offered, and goes with the next save."""
    present = set(queries.members_of(group))
    names = queries.names_of_members(group, wanted | present)
    table = LaSupportGroupMember if isinstance(group, LaSupportGroup) else SupportGroupMember
    where: dict[str, int] = {"group_id": group.id}
    if isinstance(group, SupportGroup):
        where["school_id"] = group.school_id
    for number in sorted(present - wanted):
        db.session.execute(delete(table).filter_by(membership_id=number, **where))
    for number in sorted(wanted - present):
        db.session.execute(insert(table).values(membership_id=number, **where))
    out = [Line("group.member_removed", names.get(one)) for one in sorted(present - wanted)]
    into = [Line("group.member_added", None, names.get(one)) for one in sorted(wanted - present)]
    return out + into
