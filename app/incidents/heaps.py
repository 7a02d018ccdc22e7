"""The heaps of a school's work list: each incident lies on one, the most pressing that fits."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime
from typing import Any

from app.incidents.rules import Party, Status

# fmt: off
HEAPS = (  # key, heading, what it is for
    ("overdue",  "Overdue",        "Past the time that was promised. Act on these first."),
    ("check",    "To check",       "New sheets: check them, or return what is incomplete."),
    ("follow",   "Follow-ups due", "You wanted to look at these again by today."),
    ("ours",     "Waiting for us", "With the school’s desk: forward, resolve or go on."),
    ("resolved", "Resolved: tell and close", "Tell the reporter how it was resolved, then close."),
    ("away",     "With the LA",    "Somebody else works on these; their answer shows here."),
    ("others",   "Waiting for somebody else", "The reporter or a supplier has the next move."),
)
# fmt: on


def heap_of(row: Any, now: datetime, today: date) -> str:
    if row.status == Status.RESOLVED:
        return "resolved"
    if row.next_due_at < now:
        return "overdue"
    if row.status == Status.NEW:
        return "check"
    if row.follow_up_on is not None and row.follow_up_on <= today:
        return "follow"
    if row.waiting_for == Party.SCHOOL_DESK:
        return "ours"
    return "away" if row.line > 0 else "others"


def sort(rows: Iterable[Any], now: datetime, today: date) -> dict[str, list[Any]]:
    """Every heap, full or not, in the order they are shown."""
    heaps: dict[str, list[Any]] = {key: [] for key, _, _ in HEAPS}
    for row in rows:
        heaps[heap_of(row, now, today)].append(row)
    return heaps
