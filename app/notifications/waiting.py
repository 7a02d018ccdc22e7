"""What the LA administrator sees of both outboxes: what waits, what failed, and trying it again.

Never what a row says: its payload stays where it is.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any, NamedTuple
from uuid import UUID

from sqlalchemy import ColumnElement, func, literal, null, select, tuple_, union_all, update
from sqlalchemy.types import Integer

from app import clock
from app.errors import NotThere
from app.history.actions import record_at_la
from app.later import CHANGED, DoorOutbox, Outbox
from app.people.identity import Me
from tenants import School, administering, db

_WHY = "mail and work that wait or failed"
TASK_WORDS = {
    "tell_people": "Find out who is told",
    "count_figures": "Count what happened for the reports",
    "count_in_depth": "Count a school’s last months in depth",
    "send_mail": "Mail",
    "send_digest": "Daily summary",
    "tell_of_spocs": "Find out who is in charge of a desk now",
    "send_desk_mail": "Mail about a school’s desk",
    "remind_to_confirm": "Remind a reporter of what was resolved",
    "close_by_itself": "Close what was resolved",
    "remind_follow_up": "Remind of a follow-up",
    "visit_begins": "Begin a visit",
    "tell_of_visit": "Find out who is told of a visit",
    "send_visit_letter": "Mail about a visit",
    "advice_time_is_up": "Pass a sheet on from the Tech Advisors",
    "decide_clocks": "Decide whether a time was missed",
    "retime_clocks": "Work out due times again",
    "asset_retired": "Free the licences of retired equipment",
    "import_step": "Read a spreadsheet into the registers",
    "send_asset_news": "Mail about new equipment and loans",
    "send_diary_reminder": "Reminder of the diary",
    "tell_of_payment": "Find out who is told of a payment",
    "send_payment_letter": "Mail about a payment",
    "tell_of_progress": "Find out who is told of a change",
    "send_progress_letter": "Mail about a change",
    "write_report": "Draft a report",
    "send_report_notice": "Mail about a drafted report",
    "send_invitation": "Invitation",
    "send_la_invitation": "Invitation to the LA",
    "send_supplier_link": "Mail with a supplier’s link",
    "send_reset": "Mail with a link for a new password",
    "send_password_changed": "Mail about a new password",
    "send_sign_in_warning": "Warning about a sign-in",
    "send_second_factor_notice": "Mail about a second factor or an API token",
    "send_address_changed": "Mail about a changed address",
}
_Box = type[Outbox] | type[DoorOutbox]
_BOXES: tuple[_Box, ...] = (Outbox, DoorOutbox)


class Heap(NamedTuple):
    task: str
    many: int
    oldest: datetime


class Undone(NamedTuple):
    """A row that failed or is tried again. `school` is None for what belongs to no school."""

    id: UUID
    school_id: int | None
    school: str | None
    task: str
    created_at: datetime
    attempts: int
    last_error: str | None
    next_try_at: datetime
    failed_at: datetime | None


def heaps() -> list[Heap]:
    """What is due now and not done, by task; the oldest heap first."""
    now = clock.now()
    due = [
        select(box.task, box.next_try_at).where(_waits(box), box.next_try_at <= now)
        for box in _BOXES
    ]
    every = union_all(*due).subquery()
    oldest = func.min(every.c.next_try_at)
    with administering(_WHY):
        rows = db.session.execute(
            select(every.c.task, func.count(), oldest).group_by(every.c.task).order_by(oldest)
        ).all()
    return [Heap(*row) for row in rows]


def tried_again(limit: int) -> list[Undone]:
    """What went wrong and has another try before it, the next first."""
    return _undone(lambda box: _waits(box) & (box.attempts > 0), "next_try_at", None, limit)


def given_up(after: Sequence[Any] | None, limit: int) -> list[Undone]:
    """The newest first."""
    place = None if after is None else (datetime.fromisoformat(after[0]), UUID(after[1]))
    return _undone(lambda box: box.failed_at.is_not(None), "failed_at", place, limit)


def _undone(
    which: Any, order: str, after: tuple[datetime, UUID] | None, limit: int
) -> list[Undone]:
    every = union_all(*(_rows(box).where(which(box)) for box in _BOXES)).subquery()
    by = every.c[order]
    wanted = select(
        every.c.id,
        every.c.school_id,
        School.name,
        every.c.task,
        every.c.created_at,
        every.c.attempts,
        every.c.last_error,
        every.c.next_try_at,
        every.c.failed_at,
    ).outerjoin(School, School.id == every.c.school_id)
    if order == "failed_at":
        wanted = wanted.order_by(by.desc(), every.c.id.desc())
        if after is not None:
            wanted = wanted.where(tuple_(by, every.c.id) < tuple_(*after))
    else:
        wanted = wanted.order_by(by, every.c.id)
    with administering(_WHY):
        return [Undone(*row) for row in db.session.execute(wanted.limit(limit))]


def _rows(box: _Box) -> Any:
    school = box.school_id if box is Outbox else literal(None, Integer).label("school_id")
    return select(
        box.id,
        school,
        box.task,
        box.created_at,
        box.attempts,
        box.last_error,
        box.next_try_at,
        box.failed_at,
    )


def try_again(row_id: UUID, *, by: Me) -> str:
    """One row that was given up or waits for its next try; returns its task. Raises NotThere."""
    with administering(_WHY):
        for box in _BOXES:
            is_meant = (box.id == row_id) & box.done_at.is_(None)
            task: str | None = db.session.scalar(_again(box, is_meant).returning(box.task))
            if task is not None:
                record_at_la("work.retried", task, at=clock.now(), by=by)
                db.session.info[CHANGED] = True
                return task
    raise NotThere


def try_all_again(*, by: Me) -> int:
    """Everything that was given up; returns how many."""
    with administering(_WHY):
        counts = [
            len(db.session.execute(_again(box, box.failed_at.is_not(None)).returning(box.id)).all())
            for box in _BOXES
        ]
        if sum(counts):
            record_at_la("work.retried", f"all {sum(counts)}", at=clock.now(), by=by)
            db.session.info[CHANGED] = True
    return sum(counts)


def _again(box: _Box, which: ColumnElement[bool]) -> Any:
    """As if for the first time: what is tried again has three days again."""
    return (
        update(box)
        .where(which)
        .values(failed_at=null(), next_try_at=clock.now(), attempts=0)
        .execution_options(synchronize_session=False)
    )


def _waits(box: _Box) -> ColumnElement[bool]:
    return box.done_at.is_(None) & box.failed_at.is_(None)
