"""The doorbell and the queue's version counter, both in Valkey and both allowed to be lost.

The database is the queue. Ringing puts one RQ job there that says "look into the outbox" and
nothing else, so Redis holds no school data. Without it every write still commits; the ticker drains
by itself and the queue page answers 200 instead of 304.
"""

from __future__ import annotations

import secrets
import time
from contextlib import suppress
from typing import Any

from flask import Flask, current_app
from redis import RedisError
from rq import Queue
from rq.exceptions import DuplicateJobError
from rq.serializers import JSONSerializer
from sqlalchemy.orm import Session

from app.later import CHANGED
from app.redis_away import MayBeAway

# What a ring makes the worker call. By name: a worker knows this module, not the other way round.
ANSWER = "workers.doorbell.attend"
# Longer than any one task: a spreadsheet of 20,000 lines is one transaction (app/imports).
JOB_SECONDS = 60
_BUCKET_SECONDS = 0.5
_VERSION_SECONDS = 60
_ANSWER_SECONDS = 0.3


class Bell(MayBeAway):
    def __init__(self, url: str | None, prefix: str) -> None:
        super().__init__(url, _ANSWER_SECONDS)
        self._prefix = prefix
        self._last_bucket = 0

    def ring(self) -> None:
        """Something on the desk has changed: wake the drain and move the queue's version on."""
        self.new_version()
        self.wake()

    def new_version(self) -> None:
        self._ask(lambda redis: redis.set(self._key, secrets.token_hex(8), ex=_VERSION_SECONDS))

    def wake(self) -> bool:
        """Ring for the drain, once a time bucket at most. Whether Redis heard it."""
        bucket = int(time.time() / _BUCKET_SECONDS)
        if bucket == self._last_bucket:
            return True
        heard = bool(self._ask(lambda redis: self._put_job(redis, f"{self._prefix}-{bucket}")))
        if heard:
            self._last_bucket = bucket
        return heard

    def take_ring(self) -> bool | None:
        """Whether somebody has rung; nobody else answers it then. None when Redis cannot say."""

        def ask(redis: Any) -> bool:
            queue = drain_queue(redis, self._prefix)
            if queue.is_empty():
                return False
            queue.empty()  # type: ignore[no-untyped-call]
            return True

        return self._ask(ask)

    def until_all_have_rung(self) -> float:
        """Seconds. Whoever has rung rings no second time in the same bucket."""
        return _BUCKET_SECONDS - time.time() % _BUCKET_SECONDS

    def queue_version(self) -> str | None:
        """The version of what the queue shows; None when Redis cannot say."""

        def ask(redis: Any) -> str:
            version = redis.get(self._key)
            if version is None:
                redis.set(self._key, secrets.token_hex(8), ex=_VERSION_SECONDS, nx=True)
                version = redis.get(self._key)
            return (version or b"").decode()

        return self._ask(ask) or None

    def is_there(self) -> bool:
        """Ask Redis now, even while it is being left alone."""
        try:
            return self._redis is not None and bool(self._redis.ping())
        except (RedisError, OSError):
            return False

    @property
    def _key(self) -> str:
        return f"{self._prefix}:queue:version"

    def _put_job(self, redis: Any, name: str) -> bool:
        queue = drain_queue(redis, self._prefix)
        # A job that still waits will see what has been committed since; a second one adds nothing.
        if not queue.is_empty():
            return True
        with suppress(DuplicateJobError):
            queue.enqueue(
                ANSWER,
                job_id=name,
                unique=True,
                job_timeout=JOB_SECONDS,
                result_ttl=0,
                failure_ttl=60,
            )
        return True


def drain_queue(redis: Any, prefix: str, **more: Any) -> Queue:
    """JSON, never RQ's default pickle: whoever can write to Redis must not run code here."""
    return Queue(f"{prefix}-drain", connection=redis, serializer=JSONSerializer, **more)


def init_app(app: Flask, url: str | None, prefix: str) -> None:
    app.extensions["bell"] = Bell(url, prefix)


def bell() -> Bell:
    found: Bell = current_app.extensions["bell"]
    return found


def ring_for(session: Session) -> None:
    """After the commit: ring if anything on the desk changed."""
    if session.info.pop(CHANGED, False):
        bell().ring()
