"""The outbox, row by row: as the relay it learns what is due, then it enters each row's school.

One effect and its done-mark are one transaction, so a worker that dies leaves the row as it was.
Two drains at once share the rows out: whoever locks one does it, the other passes on. Rows whose
effect stays within the database are done together, a school's at a time; if one of them fails,
they are done one by one.
"""

from __future__ import annotations

import logging
import time
from collections import deque
from collections.abc import Callable, Iterable, Sequence
from contextlib import suppress
from functools import partial
from typing import Any
from uuid import UUID

from flask import Flask, current_app
from sqlalchemy import Engine, event
from sqlalchemy.exc import DBAPIError, SQLAlchemyError
from sqlalchemy.orm import Session

from app import clock, metrics
from app.bell import bell
from app.errors import what_went_wrong
from app.later import CHANGED, row_being_done
from app.notifications.letters import Permanent, Temporary
from app.notifications.post import hang_up
from app.relay import Due, due_rows
from tenants import acting_in, at_the_front_door, db
from workers import jobs
from workers.boxes import Box, Row, box_of
from workers.hands import Hands, Take
from workers.patience import Verdict, is_lost, verdict, what_failed

log = logging.getLogger("deskbell.worker")

# A drain is short, because a worker that is told to stop waits for it; the next one goes on.
SECONDS = 2.0
_BATCH = 100
_HANDFUL = 20
_LONG, _GRACE = 1.0, 2.0
# So long is a database awaited that went away with the mark of a mail that was sent; with the
# drain's own time and the longest mail it must end before the bell's job does (app/bell.py).
BACK_SECONDS = 15.0
_LOOK_AGAIN_SECONDS = 0.05
# In the session's info: something on the desk was changed by this drain.
_MOVED = "moved"
# And: a task is running, whose transaction is not its own to end.
_IN_TASK = "in task"

Do = Callable[[], None]


class _Hours:
    """How long a drain goes on. One row that waited for a mail server does not end it: what sends
    no mail has a moment more, and what does is put off at once if the server is away."""

    def __init__(self, seconds: float) -> None:
        self._until = self._until_for_mail = time.monotonic() + seconds
        self._has_grace = True
        # What was said when the mail server was found to be away.
        self.server_away: str | None = None

    @property
    def are_over(self) -> bool:
        return time.monotonic() >= self._until

    def are_over_for(self, task: str) -> bool:
        """Two mails to a slow server, one after the other, would outlast the bell's job."""
        is_late = jobs.sends_mail(task) and time.monotonic() >= self._until_for_mail
        return is_late or self.are_over

    def took(self, seconds: float) -> None:
        if seconds > _LONG and self._has_grace:
            self._has_grace = False
            self._until = max(self._until, time.monotonic() + _GRACE)


def drain(relay: Engine, seconds: float = SECONDS) -> int:
    """Do what is due until nothing is left or the time is up; returns how many rows were taken.

    Raises the database's error when it goes away: what was in hand is due still, as it was.
    """
    taken = 0
    hours = _Hours(seconds)
    try:
        with relay.connect() as connection, Hands(_app()) as hands:
            while not hours.are_over:
                rows = due_rows(connection, clock.now(), _BATCH)
                now_taken = hands.take(_handfuls(rows, hours))
                taken += now_taken
                if not now_taken:
                    break
    finally:
        hang_up()
    return taken


def drain_on(relay: Engine) -> bool:
    """One short drain; whether its time was up before there was nothing left."""
    began = time.monotonic()
    drain(relay)
    return time.monotonic() - began >= SECONDS


def _app() -> Flask:
    return current_app._get_current_object()  # type: ignore[attr-defined, no-any-return]


def _handfuls(rows: Sequence[Due], hours: _Hours) -> list[Take]:
    """What little there is, one after the other; much of it in handfuls side by side."""
    found: list[Take] = [
        partial(_take_some, school_id, ids[start : start + _HANDFUL], hours)
        for school_id, ids in _by_school(rows).items()
        for start in range(0, len(ids), _HANDFUL)
    ]
    return found if len(rows) > _HANDFUL else [lambda: sum(take() for take in found)]


def _by_school(rows: Sequence[Due]) -> dict[int | None, list[UUID]]:
    found: dict[int | None, list[UUID]] = {}
    for school_id, row_id in rows:
        found.setdefault(school_id, []).append(row_id)
    return found


def _take_some(school_id: int | None, ids: list[UUID], hours: _Hours) -> int:
    """A school's rows of this batch, or the front door's."""
    if hours.are_over:
        return 0
    box = box_of(school_id)
    with _scope(school_id):
        rows = box.read(ids)
        prepared = _prepared(rows)
    done = _together(box, [row for row in rows if row.task in jobs.TOGETHER])
    taken = len(done)
    # First what waits for nobody.
    todo = deque(sorted(rows, key=lambda row: jobs.sends_mail(row.task)))
    is_put_off = False
    try:
        while todo:
            if hours.server_away is not None and not is_put_off:
                is_put_off = True
                put_off = _put_off_mail(box, todo, hours.server_away)
                taken += len(put_off)
                done |= put_off
            row = todo.popleft()
            if row.id not in done and not hours.are_over_for(row.task):
                began = time.monotonic()
                taken += _take(box, row, prepared.get(row.id) or _task(row), hours)
                hours.took(time.monotonic() - began)
    finally:
        # Once for all of them: each is a question to Redis.
        if db.session().info.pop(_MOVED, False):
            bell().new_version()
    return taken


def _prepared(rows: Sequence[Row]) -> dict[UUID, Do]:
    """What the tasks read beforehand, for all their rows at once; what fails here fails again, and
    is written down, when its row is done by itself."""
    found: dict[UUID, Do] = {}
    for task, prepare in jobs.PREPARED.items():
        mine = [row for row in rows if row.task == task]
        if len(mine) < 2:
            continue
        try:
            todo = prepare([row.payload for row in mine])
        except Exception as error:
            if is_lost(error):
                raise
            db.session.rollback()
            log.warning("%s could not be prepared: %s", task, what_went_wrong(error))
            continue
        found |= {row.id: do for row, do in zip(mine, todo, strict=True)}
    return found


def _together(box: Box, rows: Sequence[Row]) -> set[UUID]:
    """The ids of those that were done in one transaction: all of a task's, or none."""
    done: set[UUID] = set()
    for task, do_all in jobs.TOGETHER.items():
        ids = [row.id for row in rows if row.task == task]
        if len(ids) < 2:
            continue
        with _scope(box.school_id):
            try:
                mine = box.claim(ids, clock.now())
                _do(lambda todo=mine, do=do_all: do([row.payload for row in todo]))  # type: ignore[misc]
            except Exception as error:
                _undo()
                if is_lost(error):
                    raise
                log.warning("%s failed for some at once: %s", task, what_went_wrong(error))
            else:
                done |= {row.id for row in mine}
                metrics.drained(task, "done", len(mine))
    return done


def _take(box: Box, row: Row, do: Do, hours: _Hours) -> bool:
    """Do one row, or put it off. False if it is no longer there to do or somebody else has it."""
    token = row_being_done.set(row.id)
    is_mail = jobs.sends_mail(row.task)
    is_effected = False
    try:
        with _scope(box.school_id):
            try:
                if not box.claim([row.id], clock.now(), for_long=is_mail):
                    return False
                _effect(do)
                is_effected = True
                _commit()
            except Exception as error:
                _undo()
                if is_lost(error):
                    if not is_mail or not _mark_after_all(box, row, error, is_sent=is_effected):
                        raise
                    return True
                _put_off(box, row, error)
                if isinstance(error, Temporary) and error.is_server:
                    hours.server_away = what_failed(error)
            else:
                metrics.drained(row.task, "done")
            return True
    finally:
        row_being_done.reset(token)


def _mark_after_all(box: Box, row: Row, error: Exception, *, is_sent: bool) -> bool:
    """The database went away with the mark of a mail. One that went out is marked as soon as the
    database is back, so that nobody sends it again; of another one nobody knows whether it did, and
    it is not sent again at once. Whether it was marked."""
    until = time.monotonic() + (BACK_SECONDS if is_sent else 0.0)
    while True:
        try:
            if is_sent:
                box.claim([row.id], clock.now())
                _commit()
            else:
                _put_off(box, row, error)
        except SQLAlchemyError as again:
            _undo()
            if time.monotonic() >= until or not is_lost(again):
                return False
            time.sleep(_LOOK_AGAIN_SECONDS)
        else:
            return is_sent


def _task(row: Row) -> Do:
    return lambda: jobs.TASKS[row.task](**row.payload)


def _do(do: Do) -> None:
    _effect(do)
    _commit()


def _effect(do: Do) -> None:
    """In the transaction of its mark. A task that commits or rolls back by itself would leave one
    without the other."""
    session = db.session()
    transaction = session.get_transaction()
    session.info[_IN_TASK] = True
    try:
        do()
    finally:
        session.info.pop(_IN_TASK, None)
    if session.get_transaction() is not transaction:
        raise RuntimeError("A task must not roll back.")


def _commit() -> None:
    db.session.commit()
    if db.session().info.pop(CHANGED, False):
        db.session().info[_MOVED] = True


@event.listens_for(db.session, "before_commit")
def _not_in_a_task(session: Session) -> None:
    if session.info.get(_IN_TASK) and not session.in_nested_transaction():
        raise RuntimeError("A task must not commit.")


def _undo() -> None:
    """The database may have ended the transaction meanwhile; the next one begins anew."""
    with suppress(DBAPIError):
        db.session.rollback()
    db.session().info.pop(CHANGED, None)


def _put_off_mail(box: Box, rows: Iterable[Row], said: str) -> set[UUID]:
    """All the mail among them, so that none is begun to learn the same again; returns which."""
    ids = [row.id for row in rows if jobs.sends_mail(row.task)]
    if not ids:
        return set()
    with _scope(box.school_id):
        found = box.put_off(ids, clock.now(), said)
        db.session.commit()
    if found:
        log.warning("%d mails were put off: %s", len(found), said)
    for row in rows:
        if row.id in found:
            metrics.drained(row.task, "put off")
    return found


def _put_off(box: Box, row: Row, error: Exception) -> None:
    """Try again later, each time a longer while later, or give up."""
    now = clock.now()
    attempts = box.lock(row.id)
    if attempts is None:
        return
    found: Verdict = verdict(error, attempts, now)
    log.warning("%s failed, attempt %d: %s", row.task, attempts + 1, found.said)
    values: dict[str, Any] = {"attempts": attempts + 1, "last_error": found.said}
    if found.next_try_at is None:
        if isinstance(error, Permanent) and row.task in jobs.GIVEN_UP:
            jobs.GIVEN_UP[row.task](error, **row.payload)
        values["failed_at"] = now
    else:
        values["next_try_at"] = found.next_try_at
    box.mark(row.id, **values)
    db.session.commit()
    metrics.drained(row.task, "given up" if found.next_try_at is None else "put off")


def _scope(school_id: int | None) -> Any:
    return at_the_front_door() if school_id is None else acting_in(school_id)
