"""Rows of the outbox, put there and looked at as no page does."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import select

from app.later import Outbox, later
from tenants import acting_in, db


def put(school_id: int, at: datetime, task: str = "test", **payload: Any) -> UUID:
    """A committed row."""
    with acting_in(school_id):
        row_id = later(task, at=at, **payload)
        db.session.commit()
        return row_id


def row(school_id: int, row_id: UUID) -> Any:
    """attempts, next_try_at, last_error, done_at."""
    with acting_in(school_id):
        return db.session.execute(
            select(Outbox.attempts, Outbox.next_try_at, Outbox.last_error, Outbox.done_at).where(
                Outbox.school_id == school_id, Outbox.id == row_id
            )
        ).one()


def is_done(school_id: int, row_id: UUID) -> bool:
    return row(school_id, row_id).done_at is not None
