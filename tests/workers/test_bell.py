"""The doorbell may be lost, slow or full of rubbish; no page notices."""

from __future__ import annotations

import json
import socket
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from flask import Flask
from redis import Redis

from app.bell import ANSWER, Bell, drain_queue
from config import Settings

PREFIX = "belltest"


@pytest.fixture
def redis(app: Flask) -> Iterator[Redis]:
    settings: Settings = app.config["SETTINGS"]
    assert settings.redis_url is not None
    found = Redis.from_url(settings.redis_url)
    _forget(found)
    yield found
    _forget(found)
    found.close()


@pytest.fixture
def bell(app: Flask, redis: Redis) -> Bell:
    return Bell(app.config["SETTINGS"].redis_url, PREFIX)


def test_a_ring_is_one_job_that_says_nothing(bell: Bell, redis: Redis) -> None:
    bell.ring()
    (name,) = redis.lrange(f"rq:queue:{PREFIX}-drain", 0, -1)
    assert name.decode().startswith(f"{PREFIX}-")
    (job,) = drain_queue(redis, PREFIX).jobs
    assert (job.func_name, job.args, job.kwargs) == (ANSWER, [], {})
    assert (job.timeout, job.result_ttl) == (60, 0)
    # RQ's default would be pickle, which runs whatever it is given.
    assert json.loads(job.data) == [ANSWER, None, [], {}]


def test_many_rings_are_one_job(bell: Bell, app: Flask, redis: Redis) -> None:
    others = [Bell(app.config["SETTINGS"].redis_url, PREFIX) for _ in range(5)]
    for _ in range(20):
        for one in (bell, *others):
            one.ring()
    assert redis.llen(f"rq:queue:{PREFIX}-drain") == 1


def test_it_rings_again_when_the_job_is_taken(bell: Bell, redis: Redis) -> None:
    assert bell.wake()
    redis.lpop(f"rq:queue:{PREFIX}-drain")
    time.sleep(0.6)
    assert bell.wake()
    assert redis.llen(f"rq:queue:{PREFIX}-drain") == 1


def test_a_job_that_was_killed_does_not_stop_the_next(bell: Bell, redis: Redis) -> None:
    """It stands there as started until its time is up; the next one has another name."""
    bell.wake()
    redis.delete(f"rq:queue:{PREFIX}-drain")
    time.sleep(0.6)
    assert bell.wake()
    assert redis.llen(f"rq:queue:{PREFIX}-drain") == 1


def test_the_version_moves_when_something_changes(bell: Bell) -> None:
    first = bell.queue_version()
    assert first
    assert bell.queue_version() == first
    bell.ring()
    second = bell.queue_version()
    assert second != first
    bell.wake()
    assert bell.queue_version() == second


def test_without_redis(tmp_path: Path) -> None:
    for bell in (Bell(None, PREFIX), Bell(f"unix://{tmp_path}/nobody", PREFIX)):
        began = time.monotonic()
        bell.ring()
        assert not bell.wake()
        assert bell.queue_version() is None
        assert not bell.is_there()
        assert time.monotonic() - began < 0.2


@pytest.fixture
def frozen(tmp_path: Path) -> Iterator[str]:
    """A Redis that takes the call and says nothing."""
    path = tmp_path / "frozen"
    with socket.socket(socket.AF_UNIX) as server:
        server.bind(str(path))
        server.listen(64)
        yield f"unix://{path}"


def test_a_frozen_redis_costs_one_page_a_moment(frozen: str) -> None:
    bell = Bell(frozen, PREFIX)
    began = time.monotonic()
    bell.ring()
    assert time.monotonic() - began < 0.9
    began = time.monotonic()
    for _ in range(100):
        bell.ring()
        assert bell.queue_version() is None
    assert time.monotonic() - began < 0.1


def test_it_is_asked_again_after_a_rest(
    bell: Bell, frozen: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert bell.wake()
    good, bell._redis = bell._redis, Bell(frozen, PREFIX)._redis
    assert bell.queue_version() is None
    bell._redis = good
    assert bell.queue_version() is None
    monkeypatch.setattr("app.redis_away.REST_SECONDS", 0)
    bell._rest_until = 0
    assert bell.queue_version()


def test_rubbish_in_redis_breaks_no_page(bell: Bell, redis: Redis) -> None:
    redis.lpush(f"{PREFIX}:queue:version", "a list")
    assert bell.queue_version() is None
    bell._rest_until = 0
    redis.delete(f"{PREFIX}:queue:version")
    redis.set(f"rq:queue:{PREFIX}-drain", "a word")
    bell.ring()
    assert not bell.wake()


def _forget(redis: Redis) -> None:
    for pattern in (f"{PREFIX}:*", f"rq:*{PREFIX}*"):
        for key in redis.scan_iter(pattern):
            redis.delete(key)
