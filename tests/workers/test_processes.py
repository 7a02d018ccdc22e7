"""The two programs as they run: started, killed, bereft of their servers, told to stop."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy import text

from app import clock
from app.bell import Bell
from app.later import later
from config import ROOT, Settings
from deploy.local_servers import start_valkey
from tenants import acting_in, at_the_front_door, db
from tests.tenants.walls import TwoSchools
from tests.workers.rows import is_done

pytestmark = pytest.mark.usefixtures("in_app")
# They start in two seconds, or in many on a machine that is busy with other tests.
PATIENCE = 60


class Program:
    """`flask worker` or `flask ticker`, and all it has said."""

    def __init__(self, name: str, environment: dict[str, str]) -> None:
        self.process = subprocess.Popen(
            [sys.executable, "-m", "flask", "--app", os.environ.get("TEST_WSGI", "wsgi"), name],
            cwd=ROOT,
            env={**os.environ, **environment},
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        )
        self.lines: list[str] = []
        self._reader = threading.Thread(target=self._read, daemon=True)
        self._reader.start()

    def _read(self) -> None:
        assert self.process.stdout is not None
        with self.process.stdout as output:
            self.lines.extend(iter(output.readline, ""))

    def stop(self, number: int = signal.SIGTERM) -> int:
        """Its exit code, if it ends in time."""
        self.process.send_signal(number)
        return self.ended()

    def ended(self) -> int:
        code = self.process.wait(PATIENCE)
        self._reader.join(PATIENCE)
        return code


class OwnValkey:
    """One that a test may kill. Its own folder, so nobody else rings there."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self.start()

    def start(self) -> None:
        self._server = start_valkey(self._folder, persistent=False)
        self.url = self._server.url

    def stop(self) -> None:
        self._server.stop()


@pytest.fixture
def valkey(tmp_path: Path) -> Iterator[OwnValkey]:
    server = OwnValkey(tmp_path / "vk")
    yield server
    server.stop()


@pytest.fixture
def start(app: Flask, valkey: OwnValkey) -> Iterator[Callable[[str], Program]]:
    settings: Settings = app.config["SETTINGS"]
    environment = {
        "DATABASE_URL": settings.database_url,
        "DATABASE_RELAY_URL": settings.relay_url or "",
        "DATABASE_ROLE_PREFIX": settings.role_prefix,
        "REDIS_URL": valkey.url,
        "SECRET_KEY": settings.secret_key,
    }
    running: list[Program] = []

    def start(name: str) -> Program:
        running.append(Program(name, environment))
        return running[-1]

    yield start
    for program in running:
        program.process.kill()
        program.ended()


@pytest.fixture
def ring(app: Flask, valkey: OwnValkey) -> Callable[[], bool]:
    """Rings, and says that it has tried."""
    settings: Settings = app.config["SETTINGS"]
    bell = Bell(valkey.url, settings.role_prefix)

    def ring() -> bool:
        bell._rest_until = 0
        bell.wake()
        return True

    return ring


def put_row(school_id: int) -> Callable[[], bool]:
    """Something to do, which does nothing; returns whether it has been done."""
    with acting_in(school_id):
        row_id = later("decide_clocks", at=clock.now() - timedelta(seconds=1), incident_id=1)
        db.session.commit()
    return lambda: is_done(school_id, row_id)


def somebody_holds_the_lock() -> bool:
    with at_the_front_door():
        held = db.session.scalar(
            text(
                "SELECT count(*) FROM pg_locks WHERE locktype = 'advisory' AND database = "
                "(SELECT oid FROM pg_database WHERE datname = current_database())"
            )
        )
    return bool(held)


def until(happened: Callable[[], bool]) -> None:
    deadline = time.monotonic() + PATIENCE
    while not happened():
        assert time.monotonic() < deadline
        time.sleep(0.05)


def test_the_worker_answers_the_bell_and_stops_when_told(
    start: Callable[[str], Program], ring: Callable[[], bool], two_schools: TwoSchools
) -> None:
    worker = start("worker")
    for school_id in (two_schools.north, two_schools.south):
        is_done = put_row(school_id)
        until(lambda done=is_done: ring() and done())
    assert worker.stop() == 0
    assert worker.lines == []


def test_the_ticker_drains_when_there_is_no_worker_and_stops_when_told(
    start: Callable[[str], Program], two_schools: TwoSchools
) -> None:
    ticker = start("ticker")
    until(put_row(two_schools.north))
    assert ticker.stop() == 0
    assert ticker.lines == []


def test_a_second_ticker_says_why_it_ends(
    start: Callable[[str], Program], two_schools: TwoSchools
) -> None:
    first = start("ticker")
    until(somebody_holds_the_lock)
    second = start("ticker")
    assert second.ended() == 1
    assert "".join(second.lines).strip() == "Error: another ticker holds the lock"
    assert first.stop() == 0


def test_a_killed_ticker_is_followed_by_the_next_one(
    start: Callable[[str], Program], two_schools: TwoSchools
) -> None:
    first = start("ticker")
    until(somebody_holds_the_lock)
    first.stop(signal.SIGKILL)
    second = start("ticker")
    until(put_row(two_schools.north))
    assert second.stop() == 0


def test_the_worker_outlives_its_valkey(
    start: Callable[[str], Program],
    ring: Callable[[], bool],
    valkey: OwnValkey,
    two_schools: TwoSchools,
) -> None:
    worker = start("worker")
    before = put_row(two_schools.north)
    until(lambda: ring() and before())
    for _ in range(2):
        valkey.stop()
        time.sleep(1)
        valkey.start()
        after = put_row(two_schools.south)
        until(lambda done=after: ring() and done())
    assert worker.process.poll() is None
    assert worker.stop() == 0
    assert "Redis is away" in worker.lines[0]
    assert len(worker.lines) <= 3, worker.lines
