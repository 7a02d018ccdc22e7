"""One ticker at a time rings for what is due, and does it by itself when nobody answers."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator
from datetime import datetime, timedelta

import pytest
from flask import Flask
from sqlalchemy import Connection, Engine, NullPool, create_engine, text
from sqlalchemy.engine import make_url

from app.bell import Bell
from app.files.store import StoreAway
from config import Settings
from tenants import db
from tests.tenants.walls import TwoSchools
from tests.workers.rows import door_row, is_done, put, put_at_the_door
from workers import ticker as ticking
from workers.housekeeper import Housekeeper
from workers.housekeeping import PERIODIC, Periodic
from workers.ticker import AnotherTicker, Ticker, holding_the_lock

pytestmark = pytest.mark.usefixtures("in_app")
Task = Callable[[Callable[..., None]], None]


class Rung(Bell):
    """A bell that only counts."""

    def __init__(self, *, is_heard: bool) -> None:
        super().__init__(None, "none")
        self.is_heard = is_heard
        self.rings = 0

    def wake(self) -> bool:
        self.rings += 1
        return self.is_heard


@pytest.fixture
def stop() -> threading.Event:
    return threading.Event()


@pytest.fixture
def tick(app: Flask, relay: Engine, stop: threading.Event) -> Iterator[Callable[[], None]]:
    ticker = Ticker(app, stop)
    with relay.connect() as connection:
        keeper = Housekeeper(app, stop)

        def once() -> None:
            ticker.tick(connection)
            keeper.look()

        yield once


def hang(app: Flask, monkeypatch: pytest.MonkeyPatch, *, is_heard: bool) -> Rung:
    bell = Rung(is_heard=is_heard)
    monkeypatch.setitem(app.extensions, "bell", bell)
    return bell


@pytest.fixture
def superuser(app: Flask) -> Iterator[Connection]:
    settings: Settings = app.config["SETTINGS"]
    assert settings.admin_url is not None
    database = make_url(settings.database_url).database
    engine = create_engine(make_url(settings.admin_url).set(database=database), poolclass=NullPool)
    with engine.connect() as connection:
        yield connection


def test_it_rings_only_when_something_is_due(
    app: Flask,
    tick: Callable[[], None],
    two_schools: TwoSchools,
    noon: datetime,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    bell = hang(app, monkeypatch, is_heard=True)
    put(two_schools.north, noon + timedelta(seconds=1))
    tick()
    assert bell.rings == 0
    monkeypatch.setattr("app.clock.now", lambda: noon + timedelta(seconds=1))
    tick()
    tick()
    assert bell.rings == 2


def test_while_the_bell_is_heard_it_leaves_the_work_to_the_worker(
    app: Flask,
    tick: Callable[[], None],
    two_schools: TwoSchools,
    task: Task,
    noon: datetime,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    hang(app, monkeypatch, is_heard=True)
    task(lambda: None)
    row_id = put(two_schools.north, noon - timedelta(seconds=2))
    tick()
    assert not is_done(two_schools.north, row_id)


def test_when_redis_has_been_away_ten_seconds_it_drains_by_itself(
    app: Flask,
    tick: Callable[[], None],
    two_schools: TwoSchools,
    task: Task,
    noon: datetime,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    hang(app, monkeypatch, is_heard=False)
    task(lambda: None)
    seconds = iter(float(number) for number in range(1000, 2000, 6))
    first = put(two_schools.north, noon)
    with monkeypatch.context() as patch:
        patch.setattr(ticking.time, "monotonic", lambda: 0.0)
        tick()
        assert not is_done(two_schools.north, first)
        patch.setattr(ticking.time, "monotonic", lambda: 9.9)
        tick()
        assert not is_done(two_schools.north, first)
    monkeypatch.setattr(ticking.time, "monotonic", lambda: next(seconds) / 10)
    tick()
    assert is_done(two_schools.north, first)


def test_when_the_worker_is_deaf_it_drains_by_itself(
    app: Flask,
    tick: Callable[[], None],
    two_schools: TwoSchools,
    task: Task,
    noon: datetime,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Redis takes every ring, and nobody comes."""
    hang(app, monkeypatch, is_heard=True)
    task(lambda: None)
    row_id = put(two_schools.south, noon - timedelta(seconds=3))
    tick()
    assert is_done(two_schools.south, row_id)


def test_what_waits_at_the_front_door_is_drained_too(
    app: Flask,
    tick: Callable[[], None],
    task: Task,
    noon: datetime,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    hang(app, monkeypatch, is_heard=True)
    task(lambda: None)
    row_id = put_at_the_door(noon - timedelta(seconds=3))
    tick()
    assert door_row(row_id).done_at == noon


def test_housekeeping_is_done_and_a_failure_stops_nothing(
    app: Flask,
    tick: Callable[[], None],
    two_schools: TwoSchools,
    noon: datetime,
    monkeypatch: pytest.MonkeyPatch,
    superuser: Connection,
) -> None:
    def fail(now: datetime) -> None:
        db.session.execute(text("SELECT 1 / 0"))

    hang(app, monkeypatch, is_heard=True)
    monkeypatch.setitem(PERIODIC, "forget_answers", Periodic(fail, "%Y"))
    tick()
    tick()
    rows = superuser.scalars(text("SELECT task FROM periods ORDER BY task"))
    assert list(rows) == sorted(set(PERIODIC) - {"forget_answers"})


@pytest.mark.parametrize("error", [OSError("disk full"), StoreAway("away"), ValueError("x")])
def test_whatever_a_task_of_housekeeping_meets_it_rests_and_the_ticker_goes_on(
    app: Flask,
    tick: Callable[[], None],
    two_schools: TwoSchools,
    noon: datetime,
    monkeypatch: pytest.MonkeyPatch,
    superuser: Connection,
    error: Exception,
) -> None:
    tries: list[datetime] = []

    def fail(now: datetime) -> None:
        tries.append(now)
        raise error

    hang(app, monkeypatch, is_heard=True)
    monkeypatch.setitem(PERIODIC, "sweep_files", Periodic(fail, "%Y"))
    for _ in range(3):
        tick()
    assert len(tries) == 1
    rows = superuser.scalars(text("SELECT task FROM periods ORDER BY task"))
    assert list(rows) == sorted(set(PERIODIC) - {"sweep_files"})
    later = time.monotonic() + 61
    monkeypatch.setattr(ticking.time, "monotonic", lambda: later)
    tick()
    assert len(tries) == 2, "it is tried again later"


def test_a_task_that_loses_its_connection_is_not_tried_with_every_tick(
    app: Flask,
    tick: Callable[[], None],
    noon: datetime,
    monkeypatch: pytest.MonkeyPatch,
    superuser: Connection,
) -> None:
    tries: list[datetime] = []

    def lose(now: datetime) -> None:
        tries.append(now)
        pid = db.session.scalar(text("SELECT pg_backend_pid()"))
        superuser.execute(text("SELECT pg_terminate_backend(:pid)"), {"pid": pid})
        db.session.execute(text("SELECT 1"))

    hang(app, monkeypatch, is_heard=True)
    monkeypatch.setitem(PERIODIC, "forget_answers", Periodic(lose, "%Y"))
    for _ in range(3):
        tick()
    assert len(tries) == 1
    rows = superuser.scalars(text("SELECT task FROM periods ORDER BY task"))
    assert list(rows) == sorted(set(PERIODIC) - {"forget_answers"})


def test_only_one_holds_the_lock(
    relay: Engine, stop: threading.Event, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(ticking, "_BETWEEN_TRIES", 0.01)
    with (
        holding_the_lock(relay, stop),
        pytest.raises(AnotherTicker),
        holding_the_lock(relay, stop),
    ):
        raise AssertionError("two tickers")
    with holding_the_lock(relay, stop):
        pass


def test_it_outlives_the_loss_of_its_connection(
    app: Flask,
    stop: threading.Event,
    superuser: Connection,
    two_schools: TwoSchools,
    task: Task,
    noon: datetime,
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
) -> None:
    caplog.set_level("INFO")
    monkeypatch.setattr(ticking, "TICK_SECONDS", 0.05)
    hang(app, monkeypatch, is_heard=True)
    task(lambda: None)
    row_id = put(two_schools.north, noon - timedelta(seconds=30))
    thread = threading.Thread(target=Ticker(app, stop).run)
    thread.start()
    try:
        _until(lambda: is_done(two_schools.north, row_id))
        killed = superuser.scalars(
            text(
                "SELECT pg_terminate_backend(pid) FROM pg_locks WHERE locktype = 'advisory' "
                "AND database = (SELECT oid FROM pg_database WHERE datname = current_database())"
            )
        )
        assert list(killed) == [True]
        again = put(two_schools.south, noon - timedelta(seconds=30))
        _until(lambda: is_done(two_schools.south, again))
    finally:
        stop.set()
        thread.join(10)
    assert not thread.is_alive()
    said = [record.getMessage() for record in caplog.records if record.name == "deskbell.ticker"]
    assert [line.split("(")[0] for line in said] == [
        "The database is away ",
        "The database is back.",
    ]


def _until(happened: Callable[[], bool]) -> None:
    for _ in range(200):
        if happened():
            return
        threading.Event().wait(0.05)
    raise AssertionError("It did not happen in ten seconds.")
