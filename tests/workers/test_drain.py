"""The outbox is drained: each row once, in its school, together with its mark, or later again."""

from __future__ import annotations

import os
import threading
from collections.abc import Callable
from datetime import datetime, timedelta

import pytest
from flask import Flask
from sqlalchemy import Engine, select, text

from app.later import Outbox
from app.locations.models import Location
from tenants import acting_in, current_school_id, db
from tenants.db import forget_connections
from tests.tenants.walls import TwoSchools, words
from tests.workers.rows import is_done, put, row
from workers.drain import drain, drain_on
from workers.patience import next_try

Task = Callable[[Callable[..., None]], None]
pytestmark = pytest.mark.usefixtures("in_app")


def add_room(name: str) -> None:
    db.session.add(Location(key=name.lower(), name=name, kind="room"))
    db.session.flush()


def rooms(school_id: int, name: str) -> int:
    with acting_in(school_id):
        return len(db.session.scalars(select(Location.id).where(Location.name == name)).all())


def test_a_due_row_is_done_once(
    relay: Engine, two_schools: TwoSchools, task: Task, noon: datetime
) -> None:
    task(add_room)
    row_id = put(two_schools.north, noon, name="Shed")
    assert drain(relay) == 1
    assert drain(relay) == 0
    assert rooms(two_schools.north, "Shed") == 1
    found = row(two_schools.north, row_id)
    assert (found.done_at, found.attempts, found.last_error) == (noon, 0, None)


def test_a_row_is_not_done_before_its_time(
    relay: Engine, two_schools: TwoSchools, task: Task, noon: datetime
) -> None:
    task(add_room)
    row_id = put(two_schools.north, noon + timedelta(seconds=1), name="Shed")
    assert drain(relay) == 0
    assert not is_done(two_schools.north, row_id)


def test_each_row_is_done_in_its_own_school(
    relay: Engine, two_schools: TwoSchools, task: Task, noon: datetime
) -> None:
    seen: list[tuple[int, int, set[str]]] = []
    task(lambda school: seen.append((school, current_school_id(), words(raw=True))))
    for school_id in (two_schools.north, two_schools.south, two_schools.north):
        put(school_id, noon, school=school_id)
    assert drain(relay) == 3
    assert {said == bound for said, bound, _ in seen} == {True}
    assert {(bound, *found) for _, bound, found in seen} == {
        (two_schools.north, "North"),
        (two_schools.south, "South"),
    }


def test_what_fails_leaves_nothing_and_is_tried_again(
    relay: Engine, two_schools: TwoSchools, task: Task, noon: datetime
) -> None:
    def half(name: str) -> None:
        add_room(name)
        raise ValueError("the pupil Jo Bloggs")

    task(half)
    row_id = put(two_schools.north, noon, name="Shed")
    assert drain(relay) == 1
    assert rooms(two_schools.north, "Shed") == 0
    found = row(two_schools.north, row_id)
    assert (found.attempts, found.done_at) == (1, None)
    assert found.next_try_at == noon + timedelta(minutes=1)
    assert found.last_error.startswith("ValueError at tests/workers/test_drain.py:")
    assert drain(relay) == 0


def test_it_is_done_when_it_can_be(
    relay: Engine,
    two_schools: TwoSchools,
    task: Task,
    noon: datetime,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    task(lambda name: int(name))
    row_id = put(two_schools.north, noon, name="Shed")
    drain(relay)
    task(add_room)
    monkeypatch.setattr("app.clock.now", lambda: noon + timedelta(minutes=1))
    assert drain(relay) == 1
    found = row(two_schools.north, row_id)
    assert (found.attempts, found.last_error) == (1, None)
    assert found.done_at == noon + timedelta(minutes=1)


def test_a_failure_of_the_database_is_a_failure_of_the_row(
    relay: Engine, two_schools: TwoSchools, task: Task, noon: datetime
) -> None:
    task(lambda name: db.session.execute(text("SELECT 1 / 0")))
    row_id = put(two_schools.north, noon, name="Shed")
    put(two_schools.south, noon, name="Shed")
    assert drain(relay) == 2
    assert row(two_schools.north, row_id).last_error.startswith("DataError at ")


def test_an_unknown_task_stops_nothing(
    relay: Engine, two_schools: TwoSchools, task: Task, noon: datetime
) -> None:
    task(add_room)
    unknown = put(two_schools.north, noon - timedelta(hours=1), "no_such_task")
    known = put(two_schools.south, noon, name="Shed")
    assert drain(relay) == 2
    assert row(two_schools.north, unknown).last_error.startswith("KeyError at ")
    assert is_done(two_schools.south, known)


def test_the_pauses_grow_to_an_hour(noon: datetime) -> None:
    pauses = [(next_try(attempts, noon) - noon).total_seconds() / 60 for attempts in range(6)]
    assert pauses == [1, 5, 15, 60, 60, 60]


def test_a_task_that_commits_by_itself_is_found_out(
    relay: Engine, two_schools: TwoSchools, task: Task, noon: datetime
) -> None:
    task(lambda name: db.session.commit())
    row_id = put(two_schools.north, noon, name="Shed")
    drain(relay)
    assert row(two_schools.north, row_id).last_error.startswith("RuntimeError at workers/drain.py:")


def test_a_row_that_somebody_else_has_is_passed_over(
    app: Flask, relay: Engine, two_schools: TwoSchools, task: Task, noon: datetime
) -> None:
    task(add_room)
    taken = put(two_schools.north, noon, name="Shed")
    free = put(two_schools.north, noon, name="Barn")
    with app.app_context(), acting_in(two_schools.north):
        db.session.execute(select(Outbox.id).where(Outbox.id == taken).with_for_update())
        other = threading.Thread(target=lambda: _in_context(app, relay))
        other.start()
        other.join(20)
    assert is_done(two_schools.north, free)
    assert not is_done(two_schools.north, taken)
    assert drain(relay) == 1


def test_many_drains_at_once_share_the_rows_out(
    app: Flask, relay: Engine, two_schools: TwoSchools, task: Task, noon: datetime
) -> None:
    task(add_room)
    for number in range(30):
        for school_id in (two_schools.north, two_schools.south):
            put(school_id, noon, name=f"Shed {number}")
    threads = [threading.Thread(target=lambda: _in_context(app, relay)) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    drain(relay, 30)
    counts = {
        rooms(school_id, f"Shed {number}")
        for number in range(30)
        for school_id in (two_schools.north, two_schools.south)
    }
    assert counts == {1}


@pytest.mark.filterwarnings("ignore:.*fork:DeprecationWarning")
def test_a_worker_that_dies_in_the_middle_leaves_the_row(
    app: Flask, relay: Engine, two_schools: TwoSchools, task: Task, noon: datetime
) -> None:
    def die(name: str) -> None:
        add_room(name)
        os._exit(9)

    task(die)
    row_id = put(two_schools.north, noon, name="Shed")
    child = os.fork()
    if child == 0:
        forget_connections()
        _in_context(app, relay)
        os._exit(1)
    assert os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == 9
    assert not is_done(two_schools.north, row_id)
    task(add_room)
    assert drain(relay) == 1
    assert rooms(two_schools.north, "Shed") == 1


def test_it_stops_in_time(
    relay: Engine, two_schools: TwoSchools, task: Task, noon: datetime
) -> None:
    """What is left is due still, and the next ring goes on."""
    task(lambda: db.session.execute(text("SELECT pg_sleep(0.1)")))
    for _ in range(10):
        put(two_schools.north, noon)
    assert 1 <= drain(relay, 0.25) < 10
    assert drain(relay, 5) > 0


def _in_context(app: Flask, relay: Engine) -> None:
    with app.app_context():
        drain(relay, 20)


def test_much_is_done_side_by_side_and_each_row_once(
    relay: Engine, two_schools: TwoSchools, task: Task, noon: datetime
) -> None:
    """More than one handful: several threads, each in the row's school, and no row twice."""
    seen: list[tuple[int, int, int]] = []
    threads: set[int] = set()
    both = threading.Barrier(2, timeout=10)

    def note(school: int, number: int) -> None:
        if threading.get_ident() not in threads and len(threads) < 2:
            threads.add(threading.get_ident())
            both.wait()
        seen.append((school, current_school_id(), number))
        add_room(f"Shed {number}")

    task(note)
    schools = (two_schools.north, two_schools.south)
    for number in range(60):
        put(schools[number % 2], noon, school=schools[number % 2], number=number)
    assert drain(relay, seconds=20) == 60
    assert len(threads) == 2 and threading.get_ident() not in threads
    assert sorted(number for _, _, number in seen) == list(range(60))
    assert all(said == bound for said, bound, _ in seen)
    assert rooms(two_schools.north, "Shed 0") == rooms(two_schools.south, "Shed 1") == 1


def test_a_drain_that_was_cut_short_says_so(
    relay: Engine,
    two_schools: TwoSchools,
    task: Task,
    noon: datetime,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    task(add_room)
    assert not drain_on(relay)
    for number in range(3):
        put(two_schools.north, noon, name=f"Shed {number}")
    monkeypatch.setattr("workers.drain.SECONDS", 0.0)
    monkeypatch.setattr("workers.drain.drain", lambda relay: 0)
    assert drain_on(relay)
