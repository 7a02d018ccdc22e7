"""Does what the period asks (housekeeping.py), beside the ticker and never in its way."""

from __future__ import annotations

import logging
import threading
import time
from contextlib import suppress

from flask import Flask
from sqlalchemy.exc import DBAPIError

from app import clock
from app.errors import what_went_wrong
from tenants import db
from workers.housekeeping import PERIODIC, do_once, period_of

log = logging.getLogger("deskbell.ticker")

_LOOK_SECONDS = 1.0
_REST_AFTER_FAILURE = 60.0


class Housekeeper:
    """One thread of the ticker's process. A row (task, period) says that something was done, so a
    second one would do no harm."""

    def __init__(self, app: Flask, stop: threading.Event) -> None:
        self._app, self._stop = app, stop
        self._done: dict[str, str] = {}
        self._rest_until: dict[str, float] = {}
        self._thread: threading.Thread | None = None

    def begin(self) -> None:
        """Once; it ends with the ticker, and a task that it had in hand is done by the next one."""
        if self._thread is None:
            self._thread = threading.Thread(target=self._run, name="housekeeper", daemon=True)
            self._thread.start()

    def _run(self) -> None:
        while not self._stop.is_set():
            self.look()
            self._stop.wait(_LOOK_SECONDS)

    def look(self) -> None:
        """Do what is due. Whatever a task meets, a full disk or a lost connection, the next one is
        done; the task is tried again after a rest, so that it does not fail every second."""
        with self._app.app_context():
            for task in PERIODIC:
                now = clock.now()
                if self._is_due(task) and PERIODIC[task].is_time(now):
                    self._do(task)

    def _is_due(self, task: str) -> bool:
        is_done = self._done.get(task) == period_of(task, clock.now())
        return not is_done and time.monotonic() >= self._rest_until.get(task, 0.0)

    def _do(self, task: str) -> None:
        now = clock.now()
        try:
            do_once(task, now)
        except Exception as error:
            log.warning("%s failed: %s", task, what_went_wrong(error))
            self._rest_until[task] = time.monotonic() + _REST_AFTER_FAILURE
            with suppress(DBAPIError):
                db.session.rollback()
        else:
            self._done[task] = period_of(task, now)
