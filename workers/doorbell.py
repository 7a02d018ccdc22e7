"""Answers the bell: an RQ worker that knows one job, forks for each ring, and outlives its Redis.

Redis is believed nothing. A job there names a function, callbacks and addresses as text; here it
only means that somebody rang (reliability.md A58).
"""

from __future__ import annotations

import json
import logging
import os
import signal
import sys
import threading
import time
from typing import Any

from flask import current_app
from redis import Redis, RedisError
from rq import Queue, Worker
from rq.exceptions import StopRequested
from rq.job import Job
from rq.serializers import JSONSerializer

from app.bell import ANSWER, JOB_SECONDS, bell, drain_queue
from app.errors import what_went_wrong
from app.relay import relay_engine
from config import BadSetting, Settings
from tenants.db import forget_connections
from workers.drain import drain_on

log = logging.getLogger("deskbell.worker")

# To ask each second whether Redis is back costs nothing; mail that waits longer does.
_LONGEST_PAUSE = 1.0
_CONNECT_SECONDS = 2
# Who was forked for a ring stays so long for the next ones: to be forked, to connect and to learn
# every statement anew took a quarter of two cores while the desk was written to without a pause.
# It is part of what the bell's job may take; who stays is told when the worker is to stop.
STAYS_SECONDS = 5.0
_LISTENS_SECONDS = 0.1
_LEAVE = signal.SIGUSR1
_is_told_to_leave = threading.Event()


def attend() -> None:
    """The one job: answer, and stay a moment for whoever rings next."""
    until = time.monotonic() + STAYS_SECONDS
    answer()
    while time.monotonic() < until and not _is_told_to_leave.is_set():
        is_rung = bell().take_ring()
        if is_rung is None:
            return  # Redis is away: nobody can ring, and others look after what is due.
        _is_told_to_leave.wait(bell().until_all_have_rung() if is_rung else _LISTENS_SECONDS)
        if is_rung:
            answer()


def answer() -> None:
    """Look into the outbox. What goes wrong is said here, without a trace that RQ would keep in
    Redis."""
    app = current_app._get_current_object()  # type: ignore[attr-defined]
    try:
        with app.app_context():
            if drain_on(relay_engine(app.config["SETTINGS"])):
                # The ticker would ring too, but a second may be as long as the drain was.
                bell().wake()
    except Exception as error:
        log.warning("The outbox could not be drained: %s", what_went_wrong(error))


class Ring(Job):
    """A job of which only the id and the queue are taken from Redis."""

    def restore(self, raw_data: dict[bytes, bytes]) -> None:
        super().restore(
            {
                b"data": json.dumps([ANSWER, None, [], {}]).encode(),
                b"origin": raw_data.get(b"origin", b""),
                b"status": b"queued",
                b"timeout": str(JOB_SECONDS).encode(),
                b"result_ttl": b"0",
                b"failure_ttl": b"60",
            }
        )


class BellWorker(Worker):
    """RQ's worker without its own log, which would tell of one outage in many lines."""

    job_class = Ring
    log_result_lifespan = False
    max_connection_wait_time = _LONGEST_PAUSE
    is_told_to_stop = False

    def handle_warm_shutdown_request(self) -> None:
        self.is_told_to_stop = True
        if self.horse_pid:
            self.kill_horse(_LEAVE)

    def setup_work_horse_signals(self) -> None:
        super().setup_work_horse_signals()  # type: ignore[no-untyped-call]
        signal.signal(_LEAVE, lambda *_: _is_told_to_leave.set())

    def handle_work_horse_killed(self, job: Job, pid: int, status: int, usage: object) -> None:
        log.warning("A drain was killed (status %s); what it had not done is due still.", status)

    def heartbeat(self, *args: Any, **more: Any) -> None:
        """The first thing that RQ does each time it waits for a ring. With Redis away nobody can
        ring; what is due is due all the same."""
        try:
            super().heartbeat(*args, **more)
        except (RedisError, OSError):
            if not self.horse_pid:
                drain_in_a_child()
            raise

    def main_work_horse(self, job: Job, queue: Queue) -> None:
        forget_connections()
        super().main_work_horse(job, queue)

    def _pubsub_exception_handler(self, exc: Exception, pubsub: Any, pubsub_thread: Any) -> None:
        """The first to notice that Redis has gone, whatever the worker is doing."""
        if not isinstance(exc, (RedisError, OSError)):
            raise exc
        _say_away(exc)
        time.sleep(2)


def drain_in_a_child() -> None:
    """One short drain without a ring, as RQ would have it done: a signal to stop that comes
    meanwhile interrupts the waiting, not the work."""
    child = os.fork()
    if child:
        os.waitpid(child, 0)
        return
    try:
        for number in (signal.SIGTERM, signal.SIGINT):
            signal.signal(number, signal.SIG_IGN)
        # As long as a ring's job has, and no longer.
        signal.alarm(JOB_SECONDS)
        forget_connections()
        answer()
    finally:
        os._exit(0)


def work() -> None:
    """Answer until told to stop. RQ's worker gives up when Redis goes away; a new one is made."""
    settings: Settings = current_app.config["SETTINGS"]
    if settings.redis_url is None:
        raise BadSetting("REDIS_URL is not set: without it the ticker drains the outbox by itself.")
    relay_engine(settings)
    # Until who is forked listens to it, it must not be killed by it.
    signal.signal(_LEAVE, signal.SIG_IGN)
    pause = 0.2
    while True:
        signal.signal(signal.SIGTERM, _leave)
        signal.signal(signal.SIGINT, _leave)
        began = time.monotonic()
        if _work_once(settings.redis_url, settings.role_prefix):
            return
        pause = 0.2 if time.monotonic() - began > 30 else min(pause * 2, _LONGEST_PAUSE)
        drain_in_a_child()
        time.sleep(pause)


def _work_once(url: str, prefix: str) -> bool:
    """One RQ worker's life; returns whether it ended because it was told to."""
    worker = None
    try:
        worker = _worker(url, prefix)
        worker.work(logging_level="CRITICAL")
    except (RedisError, OSError, StopRequested) as error:
        if worker is None or not worker.is_told_to_stop:
            _say_away(error)
    else:
        if not worker.is_told_to_stop:
            log.warning("RQ's worker has ended by itself; starting another.")
    return worker is not None and worker.is_told_to_stop


def _worker(url: str, prefix: str) -> BellWorker:
    redis: Any = Redis.from_url(url, socket_connect_timeout=_CONNECT_SECONDS)
    return BellWorker(
        [drain_queue(redis, prefix, job_class=Ring)],
        connection=redis,
        serializer=JSONSerializer,
        worker_ttl=60,
        log_job_description=False,
    )


def _say_away(error: Exception) -> None:
    log.warning("Redis is away (%s); looking for it.", type(error).__name__)


def _leave(signal_number: int, frame: object) -> None:
    sys.exit(0)
