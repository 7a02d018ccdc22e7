"""The outbox, row by row: as the relay it learns what is due, then it enters each row's school.

One effect and its done-mark are one transaction, so a worker that dies leaves the row as it was.
Two drains at once share the rows out: whoever locks one does it, the other passes on.
"""

from __future__ import annotations

import logging
import time
import traceback
from datetime import datetime, timedelta
from pathlib import Path
from uuid import UUID

from sqlalchemy import Engine, select, update

from app import clock
from app.bell import bell
from app.later import CHANGED, Outbox
from app.relay import due_rows
from config import ROOT
from tenants import acting_in, db
from workers import jobs

log = logging.getLogger("deskbell.worker")

# A drain is short, because a worker that is told to stop waits for it; the next ring goes on.
SECONDS = 2.0
_BATCH = 20
_MINUTES_TO_NEXT_TRY = (1, 5, 15, 60)


def drain(relay: Engine, seconds: float = SECONDS) -> int:
    """Do what is due until nothing is left or the time is up; returns how many rows were taken."""
    taken = 0
    until = time.monotonic() + seconds
    while time.monotonic() < until:
        with relay.connect() as connection:
            rows = due_rows(connection, clock.now(), _BATCH)
        before = taken
        for school_id, row_id in rows:
            if time.monotonic() >= until:
                break
            taken += _take(school_id, row_id)
        if taken == before:
            break
    return taken


def _take(school_id: int, row_id: UUID) -> bool:
    """Do one row, or put it off. False if it is no longer there to do or somebody else has it."""
    with acting_in(school_id):
        row = db.session.execute(
            select(Outbox.task, Outbox.payload)
            .where(Outbox.school_id == school_id, Outbox.id == row_id, Outbox.done_at.is_(None))
            .with_for_update(skip_locked=True)
        ).one_or_none()
        if row is None:
            return False
        try:
            _do(school_id, row_id, row.task, row.payload)
        except Exception as error:
            db.session.rollback()
            db.session().info.pop(CHANGED, None)
            _put_off(school_id, row_id, row.task, error)
        else:
            if db.session().info.pop(CHANGED, False):
                bell().new_version()
        return True


def _do(school_id: int, row_id: UUID, task: str, payload: dict[str, object]) -> None:
    """The effect and its mark. A task that commits by itself would leave one without the other."""
    transaction = db.session().get_transaction()
    jobs.TASKS[task](**payload)
    if db.session().get_transaction() is not transaction:
        raise RuntimeError("A task must not commit or roll back.")
    _mark(school_id, row_id, done_at=clock.now(), last_error=None)
    db.session.commit()


def _put_off(school_id: int, row_id: UUID, task: str, error: Exception) -> None:
    """Try again later, each time a longer while later."""
    attempts = db.session.scalar(
        select(Outbox.attempts)
        .where(Outbox.school_id == school_id, Outbox.id == row_id, Outbox.done_at.is_(None))
        .with_for_update(skip_locked=True)
    )
    if attempts is None:
        return
    said = what_went_wrong(error)
    log.warning("%s failed, attempt %d: %s", task, attempts + 1, said)
    _mark(
        school_id,
        row_id,
        attempts=attempts + 1,
        next_try_at=next_try(attempts, clock.now()),
        last_error=said,
    )
    db.session.commit()


def next_try(attempts: int, now: datetime) -> datetime:
    """When to try again after so many earlier attempts: 1, 5, 15, then every 60 minutes."""
    minutes = _MINUTES_TO_NEXT_TRY[min(attempts, len(_MINUTES_TO_NEXT_TRY) - 1)]
    return now + timedelta(minutes=minutes)


def what_went_wrong(error: BaseException) -> str:
    """The kind of mistake and the last line of ours on the way to it, never what somebody typed."""
    places = [
        f"{Path(frame.filename).relative_to(ROOT)}:{frame.lineno}"
        for frame in traceback.extract_tb(error.__traceback__)
        if frame.filename.startswith(f"{ROOT}/") and "site-packages" not in frame.filename
    ]
    return f"{type(error).__name__} at {places[-1] if places else '?'}"


def _mark(school_id: int, row_id: UUID, **values: object) -> None:
    db.session.execute(
        update(Outbox)
        .where(Outbox.school_id == school_id, Outbox.id == row_id)
        .values(**values)
        .execution_options(synchronize_session=False)
    )
