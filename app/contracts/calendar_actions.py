"""Keeping a school’s calendar: when it is open to whoever comes, terms, INSET days, closures."""

from __future__ import annotations

from typing import Any

from sqlalchemy import select

from app import clock
from app.contracts.calendar_text import span_of
from app.contracts.changes import retime_this_school
from app.contracts.models import SchoolCalendar
from app.contracts.queries import forget_agreements
from app.contracts.school_calendar import USUAL_CALENDAR, read_calendar, reasons_in
from app.history.actions import record
from app.people.identity import Me
from tenants import current_school_id, db

PARTS = tuple(USUAL_CALENDAR)
PART_WORDS = {
    "opening": "opening hours",
    "breaks": "breaks",
    "terms": "term dates",
    "inset_days": "INSET days",
    "closures": "closures",
}


def calendar_here(*, to_change: bool = False) -> SchoolCalendar | None:
    """What the school acted in has said; None until it has."""
    wanted = select(SchoolCalendar).where(SchoolCalendar.school_id == current_school_id())
    return db.session.scalar(wanted.with_for_update() if to_change else wanted)


def written(row: SchoolCalendar | None) -> dict[str, Any]:
    """In the shape of the API, as it was given."""
    if row is None:
        return dict(USUAL_CALENDAR)
    return {part: getattr(row, part) for part in PARTS}


def keep_calendar(
    row: SchoolCalendar | None,
    body: dict[str, Any],
    *,
    by: Me,
    reasons: dict[str, str] | None = None,
) -> SchoolCalendar:
    """Raises Wrong. Open clocks are read again by the worker; what is decided stays decided.

    `reasons` None: those of days that are still listed are kept.
    """
    body = {**body, "breaks": body["breaks"] if body["breaks"] is not None else []}
    read_calendar(body)
    before = written(row)
    said = _reasons(row, body) if reasons is None else reasons
    now = clock.now()
    if row is None:
        row = SchoolCalendar(school_id=current_school_id(), reasons={})
        db.session.add(row)
    changed = [PART_WORDS[part] for part in PARTS if before[part] != body[part]]
    if said != row.reasons and not changed:
        changed = ["reasons"]
    for part in PARTS:
        setattr(row, part, body[part])
    row.reasons, row.updated_by, row.updated_at = said, by.name, now
    db.session.flush()
    forget_agreements()
    if changed:
        _note(row, ", ".join(changed), before, body, by)
        retime_this_school(why="the school’s calendar was changed")
    return row


def _note(
    row: SchoolCalendar, changed: str, before: dict[str, Any], after: dict[str, Any], by: Me
) -> None:
    record(
        "calendar.changed",
        subject_kind="calendar",
        subject_id=row.school_id,
        at=row.updated_at,
        by=by,
        to_value=changed,
        details={"before": before, "after": after},
    )


def _reasons(row: SchoolCalendar | None, body: dict[str, Any]) -> dict[str, str]:
    entries = [*body["inset_days"], *body["closures"]]
    listed = {span_of(one)[0] for one in entries}
    kept = {day: why for day, why in (row.reasons if row else {}).items() if day in listed}
    return {**kept, **reasons_in(entries)}
