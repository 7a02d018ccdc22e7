"""The worker answers the bell, whatever else stands in Redis."""

from __future__ import annotations

import json
import os
import pickle
import signal
import threading
from collections.abc import Callable, Iterator
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from redis import Redis, RedisError
from sqlalchemy import text

from app.bell import bell, drain_queue
from app.locations.models import Location
from config import Settings
from tenants import acting_in, current_school_id, db
from tests.tenants.walls import TwoSchools, words
from tests.workers.rows import is_done, put, row
from workers.doorbell import _worker, answer, attend

Task = Callable[[Callable[..., None]], None]
pytestmark = [
    pytest.mark.usefixtures("in_app"),
    pytest.mark.filterwarnings("ignore:.*fork:DeprecationWarning"),
]


@pytest.fixture
def settings(app: Flask) -> Settings:
    found: Settings = app.config["SETTINGS"]
    return found


@pytest.fixture
def redis(settings: Settings) -> Iterator[Redis]:
    assert settings.redis_url is not None
    found = Redis.from_url(settings.redis_url)
    found.flushdb()
    yield found
    found.flushdb()
    found.close()


@pytest.fixture
def work(
    settings: Settings, redis: Redis, monkeypatch: pytest.MonkeyPatch
) -> Iterator[Callable[[], None]]:
    """Do all jobs that stand in Redis, each in a fork, as `flask worker` does; none stays for the
    next ring."""
    monkeypatch.setattr("workers.doorbell.STAYS_SECONDS", 0.0)
    handlers = {number: signal.getsignal(number) for number in (signal.SIGTERM, signal.SIGINT)}

    def work() -> None:
        assert settings.redis_url is not None
        _worker(settings.redis_url, settings.role_prefix).work(burst=True, logging_level="WARNING")

    yield work
    for number, handler in handlers.items():
        signal.signal(number, handler)


@pytest.fixture
def leaving(monkeypatch: pytest.MonkeyPatch) -> Iterator[threading.Event]:
    """Whether who stays was told to leave; the signals are as before afterwards."""
    numbers = (signal.SIGTERM, signal.SIGINT, signal.SIGUSR1)
    handlers = {number: signal.getsignal(number) for number in numbers}
    told = threading.Event()
    monkeypatch.setattr("workers.doorbell._is_told_to_leave", told)
    yield told
    for number, handler in handlers.items():
        signal.signal(number, handler)


def leave_a_trace(name: str) -> None:
    """What the fork saw, where the test can read it."""
    seen = ",".join(sorted(words(raw=True)))
    db.session.add(Location(key=name, name=f"{seen} {current_school_id()}", kind="trace"))


def traces(school_id: int) -> list[str]:
    with acting_in(school_id):
        return list(db.session.scalars(text("SELECT name FROM locations WHERE kind = 'trace'")))


def test_a_ring_drains_the_outbox_in_each_school(
    work: Callable[[], None], two_schools: TwoSchools, task: Task, noon: datetime
) -> None:
    """The parent's pool is warm, and the fork must not use it."""
    task(leave_a_trace)
    rows = [
        (school_id, put(school_id, noon, name="a-trace"))
        for school_id in (two_schools.north, two_schools.south)
    ]
    bell().ring()
    work()
    assert [is_done(*one) for one in rows] == [True, True]
    assert traces(two_schools.north) == [f"North {two_schools.north}"]
    assert traces(two_schools.south) == [f"South {two_schools.south}"]


def test_while_redis_is_away_the_worker_drains_without_a_ring(
    settings: Settings, redis: Redis, two_schools: TwoSchools, task: Task, noon: datetime
) -> None:
    """In a fork of its own, and each time it looks whether Redis is back."""
    task(leave_a_trace)
    first = put(two_schools.north, noon, name="first")
    assert settings.redis_url is not None
    worker = _worker(settings.redis_url, settings.role_prefix)
    worker.connection = Redis(host="127.0.0.1", port=9)
    for _ in range(2):
        with pytest.raises(RedisError):
            worker.heartbeat()
    assert is_done(two_schools.north, first)
    assert traces(two_schools.north) == [f"North {two_schools.north}"]
    # While a fork of RQ's has a ring in hand it is that one that drains.
    second = put(two_schools.north, noon, name="second")
    worker._horse_pid = 1
    with pytest.raises(RedisError):
        worker.heartbeat()
    assert not is_done(two_schools.north, second)


def test_nothing_is_left_in_redis(
    work: Callable[[], None], redis: Redis, two_schools: TwoSchools, task: Task, noon: datetime
) -> None:
    def fail(name: str) -> None:
        raise ValueError(name)

    task(fail)
    put(two_schools.north, noon, name="the pupil Jo Bloggs")
    bell().ring()
    work()
    for key in redis.scan_iter("*"):
        kind = redis.type(key)
        found = redis.hgetall(key) if kind == b"hash" else key
        assert b"Bloggs" not in repr(found).encode()
        assert not key.startswith(b"rq:job:")
        assert not key.startswith(b"rq:results:")


@pytest.mark.parametrize("is_cut_short", [True, False])
def test_a_drain_that_was_cut_short_rings_for_the_next(
    app: Flask,
    redis: Redis,
    settings: Settings,
    monkeypatch: pytest.MonkeyPatch,
    is_cut_short: bool,
) -> None:
    """Without waiting for the ticker."""
    monkeypatch.setattr("workers.doorbell.drain_on", lambda relay: is_cut_short)
    with app.app_context():
        answer()
        queue = drain_queue(redis, settings.role_prefix)
        assert queue.is_empty() is not is_cut_short


def test_who_was_forked_for_a_ring_answers_the_next_ones_too(
    app: Flask, redis: Redis, settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    """One that comes while it drains, one that comes while it listens; and leaves no ring behind.
    After its time the next fork's turn has come."""
    drains = []

    def drain_on(relay: object) -> bool:
        drains.append(relay)
        if len(drains) < 3:
            bell()._last_bucket = 0
            bell().ring()
        return False

    monkeypatch.setattr("workers.doorbell.drain_on", drain_on)
    monkeypatch.setattr("workers.doorbell.STAYS_SECONDS", 2.0)
    with app.app_context():
        attend()
        assert len(drains) == 3
        assert drain_queue(redis, settings.role_prefix).is_empty()
    assert [key for key in redis.scan_iter("rq:job:*")] == []


def test_who_stays_leaves_when_the_worker_is_told_to_stop(
    app: Flask,
    redis: Redis,
    settings: Settings,
    monkeypatch: pytest.MonkeyPatch,
    leaving: threading.Event,
) -> None:
    """What is in hand is ended, and no ring waited for."""
    assert settings.redis_url is not None
    worker = _worker(settings.redis_url, settings.role_prefix)
    worker.setup_work_horse_signals()
    worker._horse_pid = os.getpid()
    monkeypatch.setattr(worker, "kill_horse", lambda number: os.kill(os.getpid(), number))

    def drain_on(relay: object) -> bool:
        worker.handle_warm_shutdown_request()
        return False

    monkeypatch.setattr("workers.doorbell.drain_on", drain_on)
    monkeypatch.setattr("workers.doorbell.STAYS_SECONDS", 600.0)
    with app.app_context():
        attend()
    assert leaving.is_set()
    assert worker.is_told_to_stop


def test_it_does_not_stay_while_redis_is_away(app: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("workers.doorbell.drain_on", lambda relay: False)
    monkeypatch.setattr("workers.doorbell.STAYS_SECONDS", 600.0)
    with app.app_context():
        monkeypatch.setattr(bell(), "_redis", Redis(host="127.0.0.1", port=9))
        attend()


def test_a_failure_of_the_drain_itself_is_one_line(
    work: Callable[[], None],
    redis: Redis,
    app: Flask,
    settings: Settings,
    monkeypatch: pytest.MonkeyPatch,
    capfd: pytest.CaptureFixture[str],
    two_schools: TwoSchools,
) -> None:
    """No trace of it in Redis, where RQ would keep one with the statement and its values."""
    broken = Settings(**{**vars(settings), "relay_url": "postgresql+psycopg2://nobody@/nothing"})
    monkeypatch.setitem(app.config, "SETTINGS", broken)
    bell().ring()
    work()
    assert [key for key in redis.scan_iter("rq:job:*")] == []


# --- hostile content (A58) ------------------------------------------------------------------------


def plant(redis: Redis, settings: Settings, **fields: Any) -> None:
    """A job as whoever can write to Redis would put it there."""
    queue = f"{settings.role_prefix}-drain"
    job = {
        "created_at": "2026-01-13T12:00:00.000000Z",
        "enqueued_at": "2026-01-13T12:00:00.000000Z",
        "status": "queued",
        "origin": queue,
        "timeout": 20,
        "data": json.dumps(["workers.doorbell.answer", None, [], {}]),
        **fields,
    }
    redis.hset("rq:job:planted", mapping=job)
    redis.rpush(f"rq:queue:{queue}", "planted")


class Bomb:
    def __init__(self, path: str) -> None:
        self.path = path

    def __reduce__(self) -> tuple[Any, tuple[str]]:
        return (_write, (self.path,))


def _write(path: str) -> None:
    Path(path).write_text("it ran")


def hostile_jobs(path: str) -> dict[str, dict[str, Any]]:
    call = [f"{__name__}._write", None, [path], {}]
    return {
        "another function": {"data": json.dumps(call)},
        "a shell": {"data": json.dumps(["os.system", None, [f"touch {path}"], {}])},
        "a pickle": {"data": pickle.dumps(("x", None, (Bomb(path),), {}))},
        "a pickle aside": {"meta": pickle.dumps(Bomb(path)), "result": pickle.dumps(Bomb(path))},
        "callbacks": {
            "success_callback_name": f"{__name__}._write",
            "failure_callback_name": f"{__name__}._write",
            "stopped_callback_name": f"{__name__}._write",
        },
        "an address": {
            "webhooks": json.dumps(
                [{"url": f"http://127.0.0.1:9/{path}", "job_status": "finished"}]
            )
        },
        "rubbish": {"data": "rubbish", "timeout": "rubbish", "created_at": "rubbish"},
        "for ever": {"repeats_left": 10**9, "retries_left": 10**9, "timeout": -1},
    }


@pytest.mark.parametrize("kind", hostile_jobs(""))
def test_whatever_stands_in_redis_is_only_a_ring(
    kind: str,
    work: Callable[[], None],
    redis: Redis,
    settings: Settings,
    two_schools: TwoSchools,
    task: Task,
    noon: datetime,
    tmp_path: Path,
) -> None:
    task(leave_a_trace)
    row_id = put(two_schools.north, noon, name="a-trace")
    trap = tmp_path / "trap"
    plant(redis, settings, **hostile_jobs(str(trap))[kind])
    work()
    assert not trap.exists()
    assert row(two_schools.north, row_id).last_error is None
    assert is_done(two_schools.north, row_id)
    assert redis.llen(f"rq:queue:{settings.role_prefix}-drain") == 0
