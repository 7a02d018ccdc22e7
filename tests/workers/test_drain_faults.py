"""Both outboxes, fairly; what is given up; and a database that goes away in the middle."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

import pytest
from flask import Flask
from sqlalchemy import Engine, text, update
from sqlalchemy.exc import DBAPIError

from app.later import Outbox, row_being_done
from app.notifications.letters import Permanent, Temporary
from app.relay import SHARE, due_rows, waiting_seconds
from tenants import acting_in, db
from tenants.context import FRONT_DOOR, current_binding
from tests.ledger import Ledger
from tests.tenants.walls import TwoSchools
from tests.workers.rows import door_row, is_done, put, put_at_the_door, row
from workers import jobs
from workers.drain import drain
from workers.patience import GIVE_UP_AFTER, MAX_TRIES, next_try

Task = Callable[[Callable[..., None]], None]
pytestmark = pytest.mark.usefixtures("in_app")


def test_the_front_doors_rows_are_done_at_the_front_door(
    relay: Engine, two_schools: TwoSchools, task: Task, noon: datetime
) -> None:
    seen: list[tuple[str, UUID]] = []

    def note() -> None:
        binding = current_binding()
        assert binding is not None
        seen.append((binding.role, row_being_done.get()))

    task(note)
    at_door = put_at_the_door(noon)
    in_school = put(two_schools.north, noon)
    assert drain(relay) == 2
    assert set(seen) == {(FRONT_DOOR, at_door), ("school", in_school)}
    assert door_row(at_door).done_at == noon


def test_how_long_it_waits_counts_both(
    relay: Engine, two_schools: TwoSchools, noon: datetime
) -> None:
    with relay.connect() as connection:
        assert waiting_seconds(connection, noon) is None
        put(two_schools.north, noon - timedelta(seconds=5))
        put(two_schools.south, noon + timedelta(seconds=5))
        assert waiting_seconds(connection, noon) == 5
        put_at_the_door(noon - timedelta(seconds=9))
        assert waiting_seconds(connection, noon) == 9


def test_a_flood_of_one_school_keeps_nobody_waiting(
    relay: Engine, two_schools: TwoSchools, noon: datetime, ledger: Ledger
) -> None:
    ledger.rows(
        "INSERT INTO outbox (school_id, id, task, payload, next_try_at, attempts) SELECT %s,"
        " gen_random_uuid(), 'test', '{}', %s, 0 FROM generate_series(1, 5000)",
        two_schools.north,
        noon - timedelta(hours=1),
    )
    late = [put(two_schools.south, noon), put(two_schools.south, noon), put_at_the_door(noon)]
    with relay.connect() as connection:
        found = due_rows(connection, noon, 100)
    assert {one.id for one in found[:5]} >= set(late[::2])
    assert {one.id for one in found} >= set(late)
    assert sum(one.school_id == two_schools.north for one in found) == SHARE


@pytest.mark.parametrize("at_door", [False, True])
def test_a_permanent_failure_is_given_up_at_once(
    relay: Engine, two_schools: TwoSchools, task: Task, noon: datetime, at_door: bool
) -> None:
    def refuse() -> None:
        raise Permanent("SMTP 550")

    task(refuse)
    row_id = put_at_the_door(noon) if at_door else put(two_schools.north, noon)
    assert drain(relay) == 1
    found = door_row(row_id) if at_door else row(two_schools.north, row_id)
    assert (found.attempts, found.done_at, found.failed_at) == (1, None, noon)
    assert found.last_error.startswith("SMTP 550, Permanent at tests/workers/test_drain_faults.py:")
    assert drain(relay) == 0


def test_what_does_not_go_in_three_days_is_given_up(
    relay: Engine, two_schools: TwoSchools, task: Task, noon: datetime
) -> None:
    def refuse() -> None:
        raise Temporary("SMTP 450")

    task(refuse)
    young, old = (tried(two_schools.north, noon, attempts) for attempts in (74, 75))
    drain(relay)
    young, old = (row(two_schools.north, one) for one in (young, old))
    assert young.failed_at is None
    assert young.next_try_at == noon + timedelta(hours=1)
    assert old.failed_at == noon


def test_so_many_tries_take_three_days(noon: datetime) -> None:
    at = noon
    for attempts in range(MAX_TRIES):
        at = next_try(attempts, at)
    assert GIVE_UP_AFTER <= at - noon < GIVE_UP_AFTER + timedelta(hours=1)


def tried(school_id: int, at: datetime, attempts: int, age: timedelta = timedelta()) -> UUID:
    """A row that was tried so often, and written so long ago."""
    row_id = put(school_id, at)
    with acting_in(school_id):
        values = {"created_at": at - age, "attempts": attempts}
        db.session.execute(update(Outbox).where(Outbox.id == row_id).values(**values))
        db.session.commit()
    return row_id


@pytest.mark.parametrize("state", ["40P01", "55P03", "57014"])
def test_what_was_written_long_before_its_time_is_not_given_up_at_once(
    relay: Engine, two_schools: TwoSchools, task: Task, noon: datetime, state: str
) -> None:
    """A clock that is due in a fortnight meets a lock at its first try."""
    task(lambda: db.session.execute(text(f"DO $$BEGIN RAISE SQLSTATE '{state}'; END$$")))
    row_id = tried(two_schools.north, noon, 0, age=timedelta(days=14))
    drain(relay)
    found = row(two_schools.north, row_id)
    assert (found.attempts, found.failed_at) == (1, None)
    assert found.next_try_at == noon + timedelta(seconds=2)


def test_after_a_long_weekend_switched_off_nothing_is_given_up_at_the_first_refusal(
    relay: Engine, two_schools: TwoSchools, task: Task, noon: datetime
) -> None:
    def refuse() -> None:
        raise Temporary("SMTP 450")

    task(refuse)
    row_id = tried(two_schools.north, noon, 2, age=timedelta(days=4))
    drain(relay)
    found = row(two_schools.north, row_id)
    assert (found.attempts, found.failed_at) == (3, None)
    assert found.next_try_at == noon + timedelta(minutes=15)


def kill_others(ledger: Ledger) -> Callable[[], None]:
    """As superuser, in the middle of a task."""

    def kill() -> None:
        ledger.rows(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname ="
            " current_database() AND pid <> pg_backend_pid() AND application_name = 'deskbell-web'"
        )

    return kill


@pytest.mark.parametrize("at_door", [False, True])
@pytest.mark.parametrize("is_noticed", [False, True])
def test_a_database_that_goes_away_is_no_failure_of_the_row(
    relay: Engine,
    two_schools: TwoSchools,
    task: Task,
    noon: datetime,
    ledger: Ledger,
    at_door: bool,
    is_noticed: bool,
) -> None:
    """Noticed by the task itself, or only at the commit."""
    kill = kill_others(ledger)

    def go_away() -> None:
        kill()
        if is_noticed:
            db.session.execute(text("SELECT 1"))

    task(go_away)
    row_id = put_at_the_door(noon) if at_door else put(two_schools.north, noon)
    with pytest.raises(DBAPIError):
        drain(relay)
    found = door_row(row_id) if at_door else row(two_schools.north, row_id)
    assert (found.attempts, found.last_error, found.done_at) == (0, None, None)
    task(lambda: None)
    assert drain(relay) == 1, "due at once"


def test_a_deadlock_is_tried_again_soon(
    relay: Engine, two_schools: TwoSchools, task: Task, noon: datetime
) -> None:
    task(lambda: db.session.execute(text("DO $$BEGIN RAISE SQLSTATE '40P01'; END$$")))
    row_id = put(two_schools.north, noon)
    drain(relay)
    found = row(two_schools.north, row_id)
    assert (found.attempts, found.next_try_at) == (1, noon + timedelta(seconds=2))


def test_rows_done_together_are_done_one_by_one_when_one_of_them_fails(
    relay: Engine,
    two_schools: TwoSchools,
    task: Task,
    noon: datetime,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    done: list[str] = []

    def all_of_them(payloads: Any) -> None:
        for one in payloads:
            single(**one)

    def single(name: str) -> None:
        if name == "bad":
            raise ValueError(name)
        done.append(name)

    task(single)
    monkeypatch.setitem(jobs.TOGETHER, "test", all_of_them)
    ids = [put(two_schools.north, noon, name=name) for name in ("a", "bad", "c")]
    drain(relay)
    assert [is_done(two_schools.north, one) for one in ids] == [True, False, True]
    assert row(two_schools.north, ids[1]).last_error.startswith("ValueError at ")
    assert done[-2:] == ["a", "c"]


def test_many_rows_cost_three_statements_each(
    app: Flask,
    relay: Engine,
    two_schools: TwoSchools,
    task: Task,
    noon: datetime,
    statements: list[str],
) -> None:
    task(lambda: None)
    for _ in range(20):
        put(two_schools.north, noon)
    statements.clear()
    drain(relay)
    # The scope and the claim, which is the mark as well; then the commit.
    assert len(statements) <= 20 * 2 + 4, statements
