"""Say of one day what became of it: done, called off, planned again, or some points ticked."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace
from datetime import date
from typing import Any

from sqlalchemy import select
from sqlalchemy.exc import IntegrityError

from app import clock
from app.diary import actions, entries, rules
from app.diary.items import Item
from app.diary.models import DiaryEntry, DiaryMark
from app.errors import Refused, Stale, wrong
from app.history.actions import record
from app.people.identity import Me
from app.shapes import instant
from tenants import db

_NUMBER = re.compile("[0-9]{1,9}")
_KINDS = {
    "done": "diary.done",
    "cancelled": "diary.called_off",
    "planned": "diary.planned_again",
    "begun": "diary.ticked",
}
_THEIR_OWN = {
    "payment": "Say at the payment itself that it is paid or cancelled.",
    "visit": "Say at the visit itself what became of it.",
    "critical_date": "Change it at the critical dates.",
    "loan_due": "It is done when the loan comes back.",
}


def mark(
    *,
    by: Me,
    source: str,
    key: str,
    on: date,
    status: str,
    ticked: Sequence[str] | None = None,
    note: str | None = None,
) -> Item:
    """`ticked` None: as it was. The same again changes nothing."""
    if source in _THEIR_OWN:
        raise Refused(_THEIR_OWN[source])
    entry = _entry(key) if source == rules.ENTRY else None
    before = _the_day(by, source, key, on, entry)
    after = replace(
        before,
        status=status,
        ticked=before.ticked if ticked is None else _ticks(before, ticked, by),
        note=note if note is not None or status == "planned" else before.note,
    )
    _check(after)
    if _essence(after) == _essence(before):
        return before
    row_id = _keep(after, by)
    if entry is not None and entry.repeat == "none":
        entry.status = status
    db.session.flush()
    _tell(before, after, entry, row_id, by)
    return replace(after, marked_by=by.name)


def _entry(key: str) -> DiaryEntry:
    number = int(key) if _NUMBER.fullmatch(key) else 0
    found = db.session.scalar(
        select(DiaryEntry).where(DiaryEntry.number == number).with_for_update()
    )
    if found is None:
        raise wrong("key", "There is no entry of that number in the diary.")
    return found


def _the_day(by: Me, source: str, key: str, on: date, entry: DiaryEntry | None) -> Item:
    if entry is not None:
        found = next(iter(entries.days_of(entry, on, on)), None)
    else:
        of_day = entries.agenda(by, on, on, [source])
        found = next((item for item in of_day if item.key == key and item.on == on), None)
    if found is None:
        raise wrong("on", "It does not fall on that day.")
    return found


def _ticks(before: Item, ticked: Sequence[str], by: Me) -> tuple[dict[str, Any], ...]:
    """Who ticked a point, and when, stays with it."""
    known = {one["item"]: one for one in before.ticked}
    strange = [one for one in ticked if one not in before.checklist]
    if strange:
        raise wrong("ticked", f"“{strange[0]}” is not a point of its checklist.")
    at = instant(clock.now())
    return tuple(
        known.get(point, {"item": point, "by": by.name, "at": at})
        for point in before.checklist
        if point in set(ticked)
    )


def _check(item: Item) -> None:
    is_whole = item.ticked_words >= set(item.checklist)
    if item.status == "done" and not is_whole and not item.note:
        raise Refused("Tick every point of the checklist, or write down why some were left out.")


def _essence(item: Item) -> tuple[Any, ...]:
    return item.status, item.ticked, item.note


def _keep(item: Item, by: Me) -> int | None:
    """The row of the day made anew; none where nothing is left to be said."""
    old = db.session.scalar(
        select(DiaryMark).where(DiaryMark.what == item.what, DiaryMark.on == item.marked_on)
    )
    old_id = old.id if old is not None else None
    if old is not None:
        db.session.delete(old)
        db.session.flush()
    if item.status == "planned" and not item.ticked and not item.note:
        return old_id
    new = DiaryMark(
        what=item.what,
        on=item.marked_on,
        status="begun" if item.status == "planned" else item.status,
        ticked=list(item.ticked),
        note=item.note,
        marked_by=by.name,
    )
    db.session.add(new)
    try:
        db.session.flush()
    except IntegrityError as error:
        raise Stale("Somebody else has just said what became of it. Look again.") from error
    return new.id


def _tell(before: Item, after: Item, entry: DiaryEntry | None, row_id: int | None, by: Me) -> None:
    is_step = before.status != after.status
    kind = _KINDS[after.status if is_step or after.status != "planned" else "begun"]
    day = rules.day_words(after.on)
    if entry is not None:
        actions.note(kind, entry, by, before=before.status, after=day, said=after.note)
        return
    record(
        kind,
        subject_kind="diary_day",
        subject_id=row_id or 0,
        at=clock.now(),
        by=by,
        from_value=before.status,
        to_value=f"{after.title}, {day}",
        note=after.note,
        visibility="internal",
    )
