"""Rings the bell for what is due, and keeps a housekeeper.

One at a time in a deployment: it holds an advisory lock of PostgreSQL on a connection of its own,
and asks on that connection what is due, so losing the lock and noticing it are one thing. That
connection must reach PostgreSQL itself: through a transaction pooler the lock would be anybody's.
"""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager

from flask import Flask
from sqlalchemy import Connection, Engine, text
from sqlalchemy.exc import SQLAlchemyError

from app import clock
from app.bell import bell
from app.relay import relay_engine, waiting_seconds
from workers.drain import drain_on
from workers.housekeeper import Housekeeper

log = logging.getLogger("deskbell.ticker")

TICK_SECONDS = 1.0
# So long nobody heard the bell: Redis is away.
ALONE_AFTER_SECONDS = 10.0
# So long something has waited: the worker is dead or deaf, or there is more than it gets through.
HELP_AFTER_SECONDS = 3.0
_LOCK = 0x6465736B  # "desk"
# One that was killed a moment ago still holds the lock until PostgreSQL has noticed.
_TRIES, _BETWEEN_TRIES = 4, 0.5
_LONGEST_PAUSE = 1.0


class AnotherTicker(Exception):
    """Somebody else holds the lock."""


class Ticker:
    def __init__(self, app: Flask, stop: threading.Event) -> None:
        self._app = app
        self._stop = stop
        self._relay = relay_engine(app.config["SETTINGS"])
        self._unheard_since: float | None = None
        self._has_more = False
        self._housekeeper = Housekeeper(app, stop)

    def run(self) -> None:
        """Tick until told to stop. Raises AnotherTicker. Outlives the database's restarts."""
        pause = 0.2
        is_away = False
        while not self._stop.is_set():
            try:
                with holding_the_lock(self._relay, self._stop) as connection:
                    if is_away:
                        log.info("The database is back.")
                    pause, is_away = 0.2, False
                    # Only whoever holds the lock keeps house, and its work holds no ring up.
                    self._housekeeper.begin()
                    while not self._stop.is_set():
                        self.tick(connection)
                        self._stop.wait(0 if self._has_more else TICK_SECONDS)
            except SQLAlchemyError as error:
                if not is_away:
                    log.warning("The database is away (%s).", type(error).__name__)
                is_away = True
                self._stop.wait(pause)
                pause = min(pause * 2, _LONGEST_PAUSE)

    def tick(self, connection: Connection) -> None:
        """Once: ring if something is due, drain if nobody answers."""
        waiting = waiting_seconds(connection, clock.now())
        self._has_more = False
        if waiting is not None:
            with self._app.app_context():
                self._see_to_it(waiting)

    def _see_to_it(self, waiting: float) -> None:
        """Nothing due rings nothing: a desk at rest forks no jobs."""
        now = time.monotonic()
        if bell().wake():
            self._unheard_since = None
        elif self._unheard_since is None:
            self._unheard_since = now
        unheard = 0.0 if self._unheard_since is None else now - self._unheard_since
        if unheard >= ALONE_AFTER_SECONDS or waiting >= HELP_AFTER_SECONDS:
            self._has_more = drain_on(self._relay)


@contextmanager
def holding_the_lock(relay: Engine, stop: threading.Event) -> Iterator[Connection]:
    """A connection that holds the tickers' lock for as long as it lives."""
    with relay.connect() as connection:
        for _ in range(_TRIES):
            if connection.scalar(text("SELECT pg_try_advisory_lock(:lock)"), {"lock": _LOCK}):
                break
            if stop.wait(_BETWEEN_TRIES):
                break
        else:
            raise AnotherTicker
        yield connection
