"""What a school does with its own support groups: its technicians, and its suppliers.

A group with history is never removed, only archived: it takes no more work.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import delete, func, insert, select

from app import clock
from app.errors import NotThere, wrong
from app.history.actions import record
from app.people.groups import la_groups
from app.people.identity import Me
from app.people.models import Membership, SupportGroup, SupportGroupMember
from tenants import current_school_id, db

SCHOOL, SUPPLIER = "school", "supplier"
MOST_GROUPS = 100
# Whose accounts may be in a group of each kind.
_ROLES = {SCHOOL: ("technician", "spoc", "service_desk_owner"), SUPPLIER: ("supplier",)}


@dataclass(frozen=True)
class OwnGroup:
    """A school's own group with who is in it."""

    row: SupportGroup
    members: tuple[tuple[int, str], ...]


def own_groups(kind: str) -> list[OwnGroup]:
    """All of one kind, archived ones last; two statements."""
    rows = db.session.scalars(
        select(SupportGroup)
        .where(SupportGroup.kind == kind)
        .order_by(SupportGroup.is_archived, SupportGroup.line, SupportGroup.name, SupportGroup.id)
        .limit(MOST_GROUPS)
    ).all()
    members = _members([one.id for one in rows])
    return [OwnGroup(one, tuple(members.get(one.id, ()))) for one in rows]


def get_own_group(key: str, kind: str, *, to_change: bool = False) -> OwnGroup:
    """Raises NotThere."""
    wanted = select(SupportGroup).where(SupportGroup.key == key, SupportGroup.kind == kind)
    row = db.session.scalar(wanted.with_for_update() if to_change else wanted)
    if row is None:
        raise NotThere
    return OwnGroup(row, tuple(_members([row.id]).get(row.id, ())))


def may_be_members(kind: str) -> list[tuple[int, str]]:
    """(membership, name) of whoever can be in a group of this kind, by name."""
    today = clock.today()
    rows = db.session.execute(
        select(Membership.id, Membership.name)
        .where(
            Membership.role.in_(_ROLES[kind]),
            Membership.valid_from <= today,
            func.coalesce(Membership.valid_to, today) >= today,
        )
        .order_by(func.lower(Membership.name), Membership.id)
        .limit(500)
    )
    return [(number, name) for number, name in rows]


def both_roles() -> list[str]:
    """Whoever is the single point of contact and the technician as well (R17), by name."""
    today = clock.today()
    rows = db.session.scalars(
        select(func.min(Membership.name))
        .where(
            Membership.role.in_(("spoc", "technician")),
            Membership.valid_from <= today,
            func.coalesce(Membership.valid_to, today) >= today,
        )
        .group_by(Membership.person_id)
        .having(func.count(Membership.role.distinct()) > 1)
        .order_by(func.min(Membership.name))
    )
    return list(rows)


def add_group(*, by: Me, kind: str, name: str, members: Collection[int] = (), **facts: Any) -> str:
    """A group of technicians or a supplier; returns its key."""
    _check_name(name, None)
    count = db.session.scalar(select(func.count()).select_from(SupportGroup)) or 0
    if count >= MOST_GROUPS:
        raise wrong("name", "The school has very many groups already. Use one of them again.")
    row = SupportGroup(key=_key_for(name), name=name, kind=kind, **facts)
    db.session.add(row)
    db.session.flush()
    _set_members(row, kind, members, ())
    _record("group.added", row, by, after=name)
    return row.key


def change_group(
    group: OwnGroup, *, by: Me, kind: str, name: str, members: Collection[int] = (), **facts: Any
) -> None:
    """Name, line, contact, contract, who is in it, whether it still gets work."""
    row, before = group.row, group.row.name
    with db.session.no_autoflush:
        _check_name(name, row.id)
    changed = [one for one, value in {"name": name, **facts}.items() if getattr(row, one) != value]
    for one in changed:
        setattr(row, one, {"name": name, **facts}[one])
    changed += _set_members(row, kind, members, [number for number, _ in group.members])
    if not changed:
        return
    row.version += 1
    db.session.flush()
    _record("group.changed", row, by, before=before, after=name, note=_plain(changed))


def _members(group_ids: Sequence[int]) -> dict[int, list[tuple[int, str]]]:
    found: dict[int, list[tuple[int, str]]] = {}
    if not group_ids:
        return found
    today = clock.today()
    rows = db.session.execute(
        select(SupportGroupMember.group_id, Membership.id, Membership.name)
        .join(
            Membership,
            (Membership.school_id == SupportGroupMember.school_id)
            & (Membership.id == SupportGroupMember.membership_id),
        )
        .where(
            SupportGroupMember.school_id == current_school_id(),
            SupportGroupMember.group_id.in_(group_ids),
            func.coalesce(Membership.valid_to, today) >= today,
        )
        .order_by(func.lower(Membership.name), Membership.id)
    )
    for group_id, number, name in rows:
        found.setdefault(group_id, []).append((number, name))
    return found


def _set_members(
    row: SupportGroup, kind: str, wanted: Collection[int], present: Collection[int]
) -> list[str]:
    if not set(wanted) - set(present) <= {number for number, _ in may_be_members(kind)}:
        raise wrong("members", "Choose from the people offered.")
    school_id = current_school_id()
    gone, new = set(present) - set(wanted), set(wanted) - set(present)
    if gone:
        db.session.execute(
            delete(SupportGroupMember).where(
                SupportGroupMember.school_id == school_id,
                SupportGroupMember.group_id == row.id,
                SupportGroupMember.membership_id.in_(gone),
            )
        )
    for number in sorted(new):
        db.session.execute(
            insert(SupportGroupMember).values(
                school_id=school_id, group_id=row.id, membership_id=number
            )
        )
    return ["members"] if gone or new else []


def _check_name(name: str, own_id: int | None) -> None:
    """Also not one of the LA's: turns and history know groups by name."""
    taken = db.session.scalar(
        select(SupportGroup.id).where(func.lower(SupportGroup.name) == name.lower())
    )
    if (taken is not None and taken != own_id) or any(
        one.name.lower() == name.lower() for one in la_groups()
    ):
        raise wrong("name", "There is a group of this name already.")


def _key_for(name: str) -> str:
    base = "-".join(re.findall(r"[a-z0-9]+", name.lower()))[:60] or "group"
    taken = set(db.session.scalars(select(SupportGroup.key))) | {one.key for one in la_groups()}
    found, number = base, 2
    while found in taken:
        found, number = f"{base}-{number}", number + 1
    return found


def _plain(changed: Sequence[str]) -> str:
    return ", ".join(one.removesuffix("_id").replace("_", " ") for one in changed)


def _record(
    kind: str,
    row: SupportGroup,
    by: Me,
    *,
    before: str | None = None,
    after: str | None = None,
    note: str | None = None,
) -> None:
    record(
        kind,
        subject_kind="group",
        subject_id=row.id,
        at=clock.now(),
        by=by,
        from_value=before,
        to_value=after,
        note=note,
        visibility="internal",
    )
