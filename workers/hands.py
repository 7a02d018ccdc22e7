"""Threads that take rows side by side: while one waits for a mail server, another goes on.

Each has database sessions and a connection to the mail server of its own. They live as long as one
drain; a drain with little to do starts none.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Sequence
from queue import SimpleQueue

from flask import Flask

from app.notifications.post import hang_up

MANY = 3
Take = Callable[[], int]


class Hands:
    def __init__(self, app: Flask) -> None:
        self._app = app
        self._todo: SimpleQueue[Take | None] = SimpleQueue()
        self._done: SimpleQueue[int | BaseException] = SimpleQueue()
        self._threads: list[threading.Thread] = []

    def __enter__(self) -> Hands:
        return self

    def __exit__(self, *error: object) -> None:
        for _ in self._threads:
            self._todo.put(None)
        for thread in self._threads:
            thread.join()

    def take(self, jobs: Sequence[Take]) -> int:
        """All of them; returns what they return, added up. Raises the first error, at the end."""
        if len(jobs) < 2:
            return sum(job() for job in jobs)
        self._begin(min(MANY, len(jobs)))
        for job in jobs:
            self._todo.put(job)
        results = [self._done.get() for _ in jobs]
        for one in results:
            if isinstance(one, BaseException):
                raise one
        return sum(one for one in results if isinstance(one, int))

    def _begin(self, many: int) -> None:
        while len(self._threads) < many:
            thread = threading.Thread(target=self._work, daemon=True)
            self._threads.append(thread)
            thread.start()

    def _work(self) -> None:
        with self._app.app_context():
            try:
                while (job := self._todo.get()) is not None:
                    try:
                        self._done.put(job())
                    except BaseException as error:
                        self._done.put(error)
            finally:
                hang_up()
