"""The outbox: what must happen after the answer, written in the same transaction.

The database is the queue; RQ is only the doorbell (workers/). A row says which task and with what
small payload of ids; `workers/jobs.py` holds the tasks. A task can run twice: the second run finds
nothing to do.
"""

from __future__ import annotations

import os
import time
from datetime import datetime
from typing import Any, cast
from uuid import UUID

from sqlalchemy import ForeignKey, Index, LargeBinary, Table, func, insert
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column
from sqlalchemy.types import DateTime

from tenants import Model, current_school_id, db

CHANGED = "changed"


class Outbox(Model):
    __tablename__ = "outbox"
    __table_args__ = (
        Index(
            "ix_outbox_due", "next_try_at", "school_id", "id", postgresql_where="done_at IS NULL"
        ),
    )

    school_id: Mapped[int] = mapped_column(ForeignKey("schools.id"), primary_key=True)
    # Made here, not by the database: it becomes the Message-ID of a mail.
    id: Mapped[UUID] = mapped_column(primary_key=True)
    task: Mapped[str]
    payload: Mapped[dict[str, Any]] = mapped_column(JSONB)
    next_try_at: Mapped[datetime] = mapped_column(DateTime(True))
    attempts: Mapped[int] = mapped_column(default=0)
    last_error: Mapped[str | None]
    done_at: Mapped[datetime | None] = mapped_column(DateTime(True))
    created_at: Mapped[datetime] = mapped_column(DateTime(True), server_default=func.now())


class IdempotencyKey(Model):
    """The first answer to a POST, given again when the same key and body come again."""

    __tablename__ = "idempotency_keys"
    __table_args__ = (Index("ix_idempotency_keys_created_at", "created_at"),)

    school_id: Mapped[int] = mapped_column(ForeignKey("schools.id"), primary_key=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("people.id"), primary_key=True)
    key: Mapped[str] = mapped_column(primary_key=True)
    request_hash: Mapped[bytes] = mapped_column(LargeBinary)
    status: Mapped[int | None]
    location: Mapped[str | None]
    etag: Mapped[str | None]
    body: Mapped[str | None]
    created_at: Mapped[datetime] = mapped_column(DateTime(True), server_default=func.now())


class Period(Model):
    """A periodic task has been done for this period; the key lets it happen only once."""

    __tablename__ = "periods"

    task: Mapped[str] = mapped_column(primary_key=True)
    period: Mapped[str] = mapped_column(primary_key=True)
    done_at: Mapped[datetime] = mapped_column(DateTime(True))


def later(task: str, *, at: datetime, **payload: Any) -> UUID:
    """Let `task` happen once this transaction has committed, not before the instant `at`."""
    row_id = uuid7()
    row = {"school_id": current_school_id(), "id": row_id, "task": task, "payload": payload}
    db.session.execute(_INSERT, {**row, "next_try_at": at})
    return row_id


_INSERT = insert(cast(Table, Outbox.__table__))


def uuid7() -> UUID:
    """A UUID that sorts by time (RFC 9562), made in Python: PostgreSQL 15 has no uuidv7()."""
    milliseconds = time.time_ns() // 1_000_000
    value = milliseconds << 80 | int.from_bytes(os.urandom(10))
    value = value & ~(0xF << 76) | 0x7 << 76
    value = value & ~(0x3 << 62) | 0x2 << 62
    return UUID(int=value)
