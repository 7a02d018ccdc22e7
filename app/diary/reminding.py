"""Who is to be reminded of what today. Each day and distance once, whatever happens: its row is
written in the same transaction as the mail that is to be sent."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from datetime import date, timedelta
from typing import Any, cast

from sqlalchemy import Table, or_, select
from sqlalchemy.dialects.postgresql import insert

from app.diary import entries, rules
from app.diary.items import Item
from app.diary.models import DiaryReminder
from app.diary.recurrence import LONGEST_CLOSURE
from app.people.identity import Belonging, Me
from app.people.models import Membership
from app.permissions import Role
from tenants import current_school_id, db

# Where nobody is named: the desk, and where it has nobody, who owns it.
_INSTEAD = (Role.SPOC, Role.SERVICE_DESK_OWNER, Role.ICT_OWNER)
_FURTHEST = timedelta(days=rules.EARLIEST_REMINDER)
_REMINDERS = cast(Table, DiaryReminder.__table__)
_TAKEN = tuple(_REMINDERS.c[name] for name in ("id", "what", "on", "days_before"))


def take_due(today: date) -> dict[int, list[int]]:
    """In the school acted in: {person: the rows they are told of}. What was taken is never due
    again."""
    everybody = Me(0, "", "Deskbell", belongings=(), schools=(), here=_all_seeing())
    due = {
        (item.what, item.marked_on, days): item
        for item in entries.agenda(everybody, today, today + _FURTHEST)
        if item.status == "planned"
        for days in rules.reminders_due(item.on, _days_before(item), today)
    }
    desk = _people(today) if due else []
    taken: dict[int, list[int]] = {}
    for row_id, item in _take(due):
        for person_id in _told(item, desk):
            taken.setdefault(person_id, []).append(row_id)
    return taken


def still_due(row_ids: Collection[int], person: Me) -> list[Item]:
    """What those rows are about, as far as it is planned still and this person may see it."""
    rows = list(db.session.scalars(select(DiaryReminder).where(DiaryReminder.id.in_(row_ids))))
    if not rows:
        return []
    days = [row.on for row in rows]
    wanted = {(row.what, row.on) for row in rows}
    found = entries.agenda(person, min(days), max(days) + LONGEST_CLOSURE)
    return [
        item for item in found if (item.what, item.marked_on) in wanted and item.status == "planned"
    ]


def _take(due: Mapping[tuple[str, date, int], Item]) -> Iterator[tuple[int, Item]]:
    """The rows that are new, one for each day: of several distances that were missed the nearest
    says enough."""
    if not due:
        return
    school_id = current_school_id()
    rows = [
        {"school_id": school_id, "what": what, "on": on, "days_before": days}
        for what, on, days in due
    ]
    found = db.session.execute(
        insert(_REMINDERS).values(rows).on_conflict_do_nothing().returning(*_TAKEN)
    ).all()
    nearest: dict[tuple[str, date], Any] = {}
    for row in sorted(found, key=lambda one: one.days_before, reverse=True):
        nearest[row.what, row.on] = row
    for row in nearest.values():
        yield row.id, due[row.what, row.on, row.days_before]


def _days_before(item: Item) -> Sequence[int]:
    return item.remind if item.is_entry else rules.SOURCES[item.source].remind


def _told(item: Item, desk: Iterable[Membership]) -> set[int]:
    """Whose it is; else the desk."""
    permission = rules.SOURCES[item.source].permission
    able = [one for one in desk if _may(one, permission)]
    own = {one.person_id for one in able if one.id == item.assignee_id}
    if own:
        return own
    for role in _INSTEAD:
        if found := {one.person_id for one in able if one.role == role}:
            return found
    return set()


def _may(member: Membership, permission: str) -> bool:
    return _as_person(member).may(permission)


def _as_person(member: Membership) -> Me:
    here = (Belonging(member.id, Role(member.role), member.name, member.school_id),)
    return Me(member.person_id, "", member.name, belongings=here, schools=(), here=here)


def _people(today: date) -> list[Membership]:
    wanted = select(Membership).where(
        Membership.valid_from <= today,
        or_(Membership.valid_to.is_(None), Membership.valid_to >= today),
    )
    return [one for one in db.session.scalars(wanted) if _may(one, "diary.view")]


def _all_seeing() -> tuple[Belonging, ...]:
    """Deskbell reads every register; who hears of a line is another matter."""
    return (Belonging(0, Role.SERVICE_DESK_OWNER, "Deskbell", current_school_id()),)
