"""The outbox: what must happen after the answer, written in the same transaction.

The database is the queue; RQ is only the doorbell (workers/). A row says which task and with what
small payload of ids; `workers/jobs.py` holds the tasks. A task can run twice: the second run finds
nothing to do. What belongs to no school (a reset mail, an LA-wide POST) stands in twin tables that
the front door keeps.
"""

from __future__ import annotations

import os
import time
from collections.abc import Sequence
from contextvars import ContextVar
from datetime import datetime
from typing import Any, cast
from uuid import UUID

from sqlalchemy import ForeignKey, Index, LargeBinary, Table, func, insert
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column
from sqlalchemy.types import DateTime

from tenants import Model, current_school_id, db

CHANGED = "changed"
# The outbox row whose task is running; the Message-ID of a mail that it sends.
row_being_done: ContextVar[UUID] = ContextVar("row_being_done")


class _Waiting:
    """What is to be done. Neither done nor given up: it is due at `next_try_at`."""

    # Made here, not by the database: it becomes the Message-ID of a mail.
    id: Mapped[UUID] = mapped_column(primary_key=True)
    task: Mapped[str]
    payload: Mapped[dict[str, Any]] = mapped_column(JSONB)
    next_try_at: Mapped[datetime] = mapped_column(DateTime(True))
    attempts: Mapped[int] = mapped_column(default=0)
    last_error: Mapped[str | None]
    done_at: Mapped[datetime | None] = mapped_column(DateTime(True))
    # Given up: trying again would not help, or has not for too long.
    failed_at: Mapped[datetime | None] = mapped_column(DateTime(True))
    created_at: Mapped[datetime] = mapped_column(DateTime(True), server_default=func.now())


_STILL_DUE = "done_at IS NULL AND failed_at IS NULL"


class Outbox(_Waiting, Model):
    __tablename__ = "outbox"
    __table_args__ = (
        Index("ix_outbox_waiting", "school_id", "next_try_at", "id", postgresql_where=_STILL_DUE),
        Index("ix_outbox_failed", "failed_at", postgresql_where="failed_at IS NOT NULL"),
    )

    school_id: Mapped[int] = mapped_column(
        ForeignKey("schools.id"), primary_key=True, sort_order=-20
    )


class DoorOutbox(_Waiting, Model):
    """The same for what belongs to no school."""

    __tablename__ = "door_outbox"
    __table_args__ = (
        Index("ix_door_outbox_waiting", "next_try_at", "id", postgresql_where=_STILL_DUE),
    )


class _Answer:
    """The first answer to a POST, given again when the same key and body come again."""

    person_id: Mapped[int] = mapped_column(ForeignKey("people.id"), primary_key=True)
    key: Mapped[str] = mapped_column(primary_key=True)
    request_hash: Mapped[bytes] = mapped_column(LargeBinary)
    status: Mapped[int | None]
    location: Mapped[str | None]
    etag: Mapped[str | None]
    body: Mapped[str | None]
    created_at: Mapped[datetime] = mapped_column(DateTime(True), server_default=func.now())


class IdempotencyKey(_Answer, Model):
    __tablename__ = "idempotency_keys"
    __table_args__ = (Index("ix_idempotency_keys_created_at", "created_at"),)

    school_id: Mapped[int] = mapped_column(
        ForeignKey("schools.id"), primary_key=True, sort_order=-20
    )


class DoorAnswer(_Answer, Model):
    """The same for a POST outside any school: its key is the person's."""

    __tablename__ = "door_answers"
    __table_args__ = (Index("ix_door_answers_created_at", "created_at"),)


class Period(Model):
    """A periodic task has been done for this period; the key lets it happen only once."""

    __tablename__ = "periods"

    task: Mapped[str] = mapped_column(primary_key=True)
    period: Mapped[str] = mapped_column(primary_key=True)
    done_at: Mapped[datetime] = mapped_column(DateTime(True))


def later(task: str, *, at: datetime, **payload: Any) -> UUID:
    """Let `task` happen once this transaction has committed, not before the instant `at`."""
    return _put(_OUTBOX, task, at, payload, school_id=current_school_id())


def later_each(task: str, payloads: Sequence[dict[str, Any]], *, at: datetime) -> None:
    """The same task for each of these payloads, written in one go."""
    later_each_at(task, [(at, payload) for payload in payloads])


def later_each_at(task: str, todo: Sequence[tuple[datetime, dict[str, Any]]]) -> None:
    """The same, each at an instant of its own."""
    if not todo:
        return
    school_id = current_school_id()
    _put_all([(school_id, task, at, payload) for at, payload in todo])


def later_in_schools(
    task: str, school_ids: Sequence[int], *, at: datetime, payload: dict[str, Any]
) -> None:
    """The same task in each of these schools; only while bound to the LA's administration."""
    if school_ids:
        _put_all([(school_id, task, at, payload) for school_id in school_ids])


def _put_all(todo: Sequence[tuple[int, str, datetime, dict[str, Any]]]) -> None:
    rows = [
        {
            "school_id": school_id,
            "id": uuid7(),
            "task": task,
            "payload": payload,
            "next_try_at": at,
            "attempts": 0,
        }
        for school_id, task, at, payload in todo
    ]
    db.session.execute(insert(_OUTBOX).inline(), rows)
    db.session.info[CHANGED] = True


def later_at_the_door(task: str, *, at: datetime, **payload: Any) -> UUID:
    """The same for what belongs to no school; only while bound to the front door, or to the LA's
    administration."""
    return _put(_DOOR_OUTBOX, task, at, payload)


def _put(table: Table, task: str, at: datetime, payload: dict[str, Any], **owner: int) -> UUID:
    row_id = uuid7()
    row = {"id": row_id, "task": task, "payload": payload, "next_try_at": at, "attempts": 0}
    db.session.execute(insert(table).inline(), {**row, **owner})
    db.session.info[CHANGED] = True
    return row_id


_OUTBOX = cast(Table, Outbox.__table__)
_DOOR_OUTBOX = cast(Table, DoorOutbox.__table__)


def uuid7() -> UUID:
    """A UUID that sorts by time (RFC 9562), made in Python: PostgreSQL 15 has no uuidv7()."""
    milliseconds = time.time_ns() // 1_000_000
    value = milliseconds << 80 | int.from_bytes(os.urandom(10))
    value = value & ~(0xF << 76) | 0x7 << 76
    value = value & ~(0x3 << 62) | 0x2 << 62
    return UUID(int=value)
