"""Rows of the outbox, put there and looked at as no page does."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import select

from app.later import DoorOutbox, Outbox, later, later_at_the_door
from tenants import acting_in, at_the_front_door, db


def put(school_id: int, at: datetime, task: str = "test", **payload: Any) -> UUID:
    """A committed row."""
    with acting_in(school_id):
        row_id = later(task, at=at, **payload)
        db.session.commit()
        return row_id


def row(school_id: int, row_id: UUID) -> Any:
    """attempts, next_try_at, last_error, done_at, failed_at."""
    with acting_in(school_id):
        return db.session.execute(
            select(
                Outbox.attempts,
                Outbox.next_try_at,
                Outbox.last_error,
                Outbox.done_at,
                Outbox.failed_at,
            ).where(Outbox.school_id == school_id, Outbox.id == row_id)
        ).one()


def is_done(school_id: int, row_id: UUID) -> bool:
    return row(school_id, row_id).done_at is not None


def put_at_the_door(at: datetime, task: str = "test", **payload: Any) -> UUID:
    with at_the_front_door():
        row_id = later_at_the_door(task, at=at, **payload)
        db.session.commit()
        return row_id


def door_row(row_id: UUID) -> Any:
    with at_the_front_door():
        return db.session.execute(
            select(
                DoorOutbox.attempts, DoorOutbox.last_error, DoorOutbox.done_at, DoorOutbox.failed_at
            ).where(DoorOutbox.id == row_id)
        ).one()
