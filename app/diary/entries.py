"""The diary of the school acted in: its entries on their days, what the registers know, and what
was done. Read for at most two years at a time, so all of it is put in order here."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import date, timedelta
from typing import Any

from sqlalchemy import or_, select

from app import clock
from app.calendar_days import Calendar
from app.contracts import kept
from app.diary import rules, sources
from app.diary.items import Item
from app.diary.models import DiaryEntry, DiaryMark
from app.diary.recurrence import LONGEST_CLOSURE, Series, occurrences
from app.errors import NotThere
from app.keyset import Page
from app.people.identity import Me
from tenants import db

# Without a day to begin or to end at.
_BACK, _AHEAD = timedelta(days=365), timedelta(days=365)
Marks = Mapping[tuple[str, date], DiaryMark]


def get_entry(number: int, *, to_change: bool = False) -> DiaryEntry:
    wanted = select(DiaryEntry).where(DiaryEntry.number == number)
    found = db.session.scalar(wanted.with_for_update() if to_change else wanted)
    if found is None:
        raise NotThere
    return found


def school_days() -> Calendar | None:
    """When the school is open."""
    return kept.here().access


def span_of(first: date | None, last: date | None, today: date) -> tuple[date, date]:
    """The span of a list whose ends may have been left out; never longer than two years."""
    if first is None:
        first = today - _BACK if last is None else last - rules.LONGEST_SPAN
        last = today + _AHEAD if last is None else last
    longest = first + rules.LONGEST_SPAN
    return first, longest if last is None else min(last, longest)


def page_of_diary(
    person: Me, filters: Mapping[str, Any], after: Sequence[Any] | None, limit: int
) -> Page:
    """In the order of days. The number of statements is always the same."""
    found = filtered(person, filters)
    if after is not None:
        place = (date.fromisoformat(after[0]), after[1], after[2])
        found = [item for item in found if item.place > place]
    shown = found[:limit]
    is_more = len(found) > limit
    return Page(shown, place_of(shown[-1]) if is_more else None)


def place_of(item: Item) -> list[Any]:
    return [item.on.isoformat(), item.source, item.key]


def filtered(person: Me, filters: Mapping[str, Any]) -> list[Item]:
    today = clock.today()
    first, last = span_of(filters.get("from"), filters.get("to"), today)
    source = filters.get("source")
    found = agenda(person, first, last, [source] if source else rules.SOURCES)
    for name, is_wanted in _FILTERS.items():
        if filters.get(name):
            asked = filters[name]
            found = [item for item in found if is_wanted(item, asked, person, today)]
    return found


_FILTERS: dict[str, Callable[[Item, Any, Me, date], bool]] = {
    "kind": lambda item, asked, *_: item.kind == asked,
    "status": lambda item, asked, *_: item.status == asked,
    "mine": lambda item, _asked, person, _today: item.assignee_id in person.membership_ids,
    "overdue": lambda item, _asked, _person, today: item.is_overdue(today),
    "q": lambda item, asked, *_: asked.casefold() in f"{item.title} {item.about or ''}".casefold(),
}


def agenda(
    person: Me, first: date, last: date, wanted: Collection[str] = tuple(rules.SOURCES)
) -> list[Item]:
    """All that this person may see between two days, both included, in order."""
    marks = _marks(first - LONGEST_CLOSURE, last)
    found = [_marked(item, marks) for item in sources.found(person, first, last, wanted)]
    if rules.ENTRY in wanted:
        found += _entries(first, last, marks)
    return sorted(found, key=lambda item: item.place)


def days_of(entry: DiaryEntry, first: date, last: date) -> list[Item]:
    """One entry's own, with what was done on them."""
    marks = _marks(first - LONGEST_CLOSURE, last, what=what_of(entry))
    return list(_on_its_days(entry, first, last, marks, school_days()))


def what_of(entry: DiaryEntry) -> str:
    return f"{rules.ENTRY}:{entry.number}"


def series_of(entry: DiaryEntry) -> Series:
    return Series(entry.on, entry.repeat, entry.until, entry.skips_closures)


def _entries(first: date, last: date, marks: Marks) -> Iterator[Item]:
    earliest = first - LONGEST_CLOSURE
    wanted = select(DiaryEntry).where(
        DiaryEntry.on <= last,
        or_(
            DiaryEntry.on >= earliest,
            (DiaryEntry.repeat != "none")
            & or_(DiaryEntry.until.is_(None), DiaryEntry.until >= earliest),
        ),
    )
    calendar = school_days()
    for entry in db.session.scalars(wanted):
        yield from _on_its_days(entry, first, last, marks, calendar)


def _on_its_days(
    entry: DiaryEntry, first: date, last: date, marks: Marks, calendar: Calendar | None
) -> Iterator[Item]:
    """A series that was ended as a whole keeps the days on which something was done."""
    is_series = entry.repeat != "none"
    for on, meant in occurrences(series_of(entry), first, last, calendar):
        item = _marked(_item(entry, on, meant), marks)
        if not is_series:
            yield replace(item, status=entry.status)
        elif entry.status == "planned" or item.marked_by or meant == entry.on:
            yield item if item.marked_by else replace(item, status=entry.status)


def _item(entry: DiaryEntry, on: date, meant: date) -> Item:
    return Item(
        on=on,
        source=rules.ENTRY,
        key=str(entry.number),
        title=entry.title,
        changed_at=entry.updated_at,
        kind=entry.kind,
        meant=meant,
        at=entry.at,
        number=entry.number,
        repeat=entry.repeat,
        assignee=entry.assignee,
        assignee_id=entry.assignee_id,
        checklist=tuple(entry.checklist),
        remind=tuple(entry.remind_days_before),
    )


def _marked(item: Item, marks: Marks) -> Item:
    mark = marks.get((item.what, item.marked_on))
    if mark is None or not item.is_marked_here:
        return item
    return replace(
        item,
        status="planned" if mark.status == "begun" else mark.status,
        ticked=tuple(mark.ticked),
        note=mark.note,
        marked_by=mark.marked_by,
        changed_at=max(item.changed_at, mark.created_at),
    )


def _marks(first: date, last: date, what: str | None = None) -> Marks:
    wanted = select(DiaryMark).where(DiaryMark.on.between(first, last))
    if what is not None:
        wanted = wanted.where(DiaryMark.what == what)
    return {(mark.what, mark.on): mark for mark in db.session.scalars(wanted)}
