"""One row of the work list or the call log as strings; the templates only place them."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import Any, NamedTuple

from app.incidents.models import NEVER
from app.incidents.queue_rows import SHAPES, address_of
from app.web.words import STATUSES, day_time, due_words, machine_time


class DeskRow(NamedTuple):
    number: int
    url: str
    reference: str
    is_request: bool
    is_advice: bool
    is_late_entry: bool
    is_sensitive: bool
    is_unverified: bool
    title: str
    is_overdue: bool
    due: str
    due_exactly: str
    due_machine: str
    priority: int | None
    shape: str
    room: str
    reporter: str
    status: str
    status_colour: str
    who: str
    reported: str
    reported_machine: str


def desk_rows(rows: Iterable[Any], now: datetime) -> list[DeskRow]:
    return [desk_row(row, now) for row in rows]


def desk_row(row: Any, now: datetime) -> DeskRow:
    status, colour = STATUSES[row.status]
    due_at = row.next_due_at if row.is_open and row.next_due_at < NEVER else None
    return DeskRow(
        number=row.number,
        url=address_of(row.slug, row.number),
        reference=f"{row.code}-{row.number}",
        is_request=row.type == "request",
        is_advice=row.is_advice_request,
        is_late_entry=row.sheet_number is not None,
        is_sensitive=row.is_sensitive,
        is_unverified=row.is_unverified,
        title=row.title,
        is_overdue=due_at is not None and due_at < now,
        due=due_words(due_at, now) if due_at else "",
        due_exactly=day_time(due_at) if due_at else "",
        due_machine=machine_time(due_at) if due_at else "",
        priority=row.priority,
        shape=SHAPES.get(row.priority, ""),
        room=row.location_name or "",
        reporter=row.reporter_name,
        status=status,
        status_colour=colour,
        who=row.assignee_name or row.group_name or "",
        reported=day_time(row.reported_at),
        reported_machine=machine_time(row.reported_at),
    )
