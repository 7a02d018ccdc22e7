"""One row of the queue as strings: all the saying is done here, the template only places it."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from datetime import datetime
from typing import Any, NamedTuple

from app.incidents.bulk import Pick
from app.incidents.models import NEVER
from app.incidents.queue_address import QUEUE
from app.incidents.schemas import HOLD_WORDS
from app.web.words import PARTIES, STATUSES, age_words, day_time, due_words, machine_time

SHAPES = {1: "◆", 2: "▲", 3: "●", 4: "○"}


class QueueRow(NamedTuple):
    id: str
    pick: str
    is_ticked: bool
    is_overdue: bool
    due: str
    due_exactly: str
    due_machine: str
    priority: int | None
    shape: str
    reference: str
    url: str
    title: str
    is_request: bool
    is_advice: bool
    is_sensitive: bool
    school: str
    school_url: str
    room: str
    waiting_for: str
    group: str
    status: str
    status_colour: str
    hold: str
    assignee: str | None
    age: str


def queue_rows(rows: Iterable[Any], now: datetime, ticked: Collection[str] = ()) -> list[QueueRow]:
    return [_row(row, now, ticked) for row in rows]


def address_of(slug: str, number: int) -> str:
    """What url_for(".show") says too; asked 25 times a page it would cost more than the rows."""
    return f"/{slug}/incidents/{number}"


def _row(row: Any, now: datetime, ticked: Collection[str]) -> QueueRow:
    pick = Pick(row.slug, row.number).key
    status, colour = STATUSES[row.status]
    due_at = row.next_due_at
    has_due = due_at < NEVER
    return QueueRow(
        id=f"i-{row.code}-{row.number}",
        pick=pick,
        is_ticked=pick in ticked,
        is_overdue=due_at < now,
        due=due_words(due_at, now) if has_due else "",
        due_exactly=day_time(due_at) if has_due else "",
        due_machine=machine_time(due_at) if has_due else "",
        priority=row.priority,
        shape=SHAPES.get(row.priority, ""),
        reference=f"{row.code}-{row.number}",
        url=address_of(row.slug, row.number),
        title=row.title,
        is_request=row.type == "request",
        is_advice=row.is_advice_request,
        is_sensitive=row.is_sensitive,
        school=row.school_name,
        school_url=f"{QUEUE}?school={row.slug}",
        room=row.location_name or "",
        waiting_for=PARTIES[row.waiting_for],
        group=row.group_name or "",
        status=status,
        status_colour=colour,
        hold=HOLD_WORDS.get(row.hold_reason, ""),
        assignee=row.assignee_name,
        age=age_words(row.reported_at, now),
    )
