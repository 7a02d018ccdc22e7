"""Put something in the diary, change it, take it out, and take over jobs that most schools have."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from typing import Any

from sqlalchemy import select

from app import clock
from app.diary import entries, rules
from app.diary.models import DiaryEntry, DiaryMark
from app.diary.people import assignee_named
from app.diary.references import resolved
from app.errors import Refused, wrong
from app.history.actions import record
from app.people.identity import Me
from tenants import db
from tenants.numbers import take_number


def add(*, by: Me, **said: Any) -> DiaryEntry:
    entry = DiaryEntry(
        number=take_number("diary"),
        created_by=by.name,
        checklist=said.pop("checklist", None) or [],
        remind_days_before=list(rules.USUAL_REMINDERS),
    )
    _fill(entry, said, by)
    _check(entry)
    db.session.add(entry)
    db.session.flush()
    note("diary.added", entry, by, after=entry.title)
    return entry


def change(entry: DiaryEntry, *, by: Me, **said: Any) -> None:
    """Of the whole series. What was done on its days stays."""
    before = {name: getattr(entry, name) for name in rules.FIELD_WORDS}
    _fill(entry, said, by)
    _check(entry)
    changed = {
        name: {"from": _plain(before[name]), "to": _plain(getattr(entry, name))}
        for name in before
        if before[name] != getattr(entry, name)
    }
    if not changed:
        return
    if entry.status == "planned" and "status" in changed and entry.repeat == "none":
        _forget_marks(entry)
    db.session.flush()
    words = ", ".join(rules.FIELD_WORDS[name] for name in changed)
    note("diary.changed", entry, by, after=words, details=changed)


def remove(entry: DiaryEntry, *, by: Me) -> None:
    """Only one with which nothing was done yet."""
    has_marks = db.session.scalar(
        select(DiaryMark.id).where(DiaryMark.what == entries.what_of(entry)).limit(1)
    )
    if has_marks or entry.status != "planned":
        raise Refused(
            "Something was done about this already, and the diary keeps that. "
            "Call it off instead of removing it."
        )
    note("diary.removed", entry, by, before=entry.title)
    db.session.delete(entry)
    db.session.flush()


def take_out(entry: DiaryEntry, day: date, *, by: Me, **said: Any) -> DiaryEntry:
    """One day of a series becomes an entry of its own, changed; the series goes on without it."""
    found = next((one for one in entries.days_of(entry, day, day)), None)
    if entry.repeat == "none" or found is None or found.status != "planned":
        raise Refused("Only a planned day of something that repeats can be changed by itself.")
    kept = {name: getattr(entry, name) for name in _KEPT}
    single = add(by=by, **{**kept, "assignee": entry.assignee, **said, **_ONCE})
    db.session.add(
        DiaryMark(
            what=entries.what_of(entry),
            on=found.marked_on,
            status="cancelled",
            ticked=[],
            note=f"Changed by itself: number {single.number} in the diary",
            marked_by=by.name,
        )
    )
    db.session.flush()
    note("diary.taken_out", entry, by, after=rules.day_words(day))
    return single


_KEPT = ("title", "kind", "at", "checklist", "remind_days_before", "notes")
_ONCE = {"repeat": "none", "until": None, "skips_closures": False}


# --- jobs that most schools have ---


def presets_left() -> dict[str, rules.Preset]:
    """Those not taken over yet: each is offered once."""
    taken = set(db.session.scalars(select(DiaryEntry.preset).where(DiaryEntry.preset.is_not(None))))
    return {key: preset for key, preset in rules.PRESETS.items() if key not in taken}


def take_presets(keys: Iterable[str], on: date, *, by: Me) -> list[DiaryEntry]:
    """In the order of the list; what is there already is left alone."""
    wanted, left = set(keys), presets_left()
    made = []
    for key, preset in left.items():
        if key in wanted:
            entry = add(
                by=by,
                title=preset.title,
                kind="maintenance",
                on=on,
                repeat=_known_repeat(preset.repeat),
                skips_closures=True,
                checklist=list(preset.checklist),
                remind_days_before=[7],
            )
            entry.preset = key
            made.append(entry)
    db.session.flush()
    return made


def _known_repeat(repeat: str) -> str:
    """Where no term dates are known, every term is every year."""
    return "yearly" if repeat == "termly" and not _has_terms() else repeat


# --- what they share ---


def note(
    kind: str,
    entry: DiaryEntry,
    by: Me,
    *,
    before: str | None = None,
    after: str | None = None,
    said: str | None = None,
    details: dict[str, Any] | None = None,
) -> None:
    record(
        kind,
        subject_kind="diary",
        subject_id=entry.id,
        at=clock.now(),
        by=by,
        from_value=before,
        to_value=after,
        note=said,
        details=details,
        visibility="internal",
    )


def _fill(entry: DiaryEntry, said: dict[str, Any], by: Me) -> None:
    if "repeat" in said and said["repeat"] is None:
        said = {**said, "repeat": "none"}
    if "remind_days_before" in said:
        days = said["remind_days_before"]
        wanted = rules.USUAL_REMINDERS if days is None else sorted(set(days), reverse=True)
        said = {**said, "remind_days_before": list(wanted)}
    if "checklist" in said:
        said = {**said, "checklist": list(said["checklist"] or [])}
    if "assignee" in said:
        who = assignee_named(said["assignee"], by) if said["assignee"] else None
        entry.assignee_id, entry.assignee = who or (None, None)
    for column, number in resolved(said).items():
        setattr(entry, column, number)
    for name in _PLAIN_FIELDS:
        if name in said:
            setattr(entry, name, said[name])


_PLAIN_FIELDS = (
    "title",
    "kind",
    "on",
    "at",
    "repeat",
    "until",
    "skips_closures",
    "checklist",
    "remind_days_before",
    "notes",
    "status",
)


def _check(entry: DiaryEntry) -> None:
    is_series = entry.repeat not in (None, "none")
    if entry.until is not None and not is_series:
        raise wrong("until", "Choose how it repeats, or leave its last day empty.")
    if entry.until is not None and entry.until < entry.on:
        raise wrong("until", "It must end on its first day or later.")
    if entry.repeat == "termly" and not _has_terms():
        raise wrong("repeat", "No term dates are known. Enter them in the calendar first.")


def _has_terms() -> bool:
    days = entries.school_days()
    return days is not None and bool(days.terms)


def _forget_marks(entry: DiaryEntry) -> None:
    for mark in db.session.scalars(
        select(DiaryMark).where(DiaryMark.what == entries.what_of(entry))
    ):
        db.session.delete(mark)


def _plain(value: Any) -> Any:
    return value if isinstance(value, int | str | list | None) else str(value)
