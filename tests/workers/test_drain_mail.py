"""A mail server that is silent, slow or away holds up its mail, and nothing else."""

from __future__ import annotations

import socket
import threading
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import datetime, timedelta

import pytest
from flask import Flask
from sqlalchemy import Engine, text
from sqlalchemy.exc import DBAPIError

from app.later import uuid7
from app.notifications.letters import Letter, Temporary
from app.notifications.post import hang_up, post, use_post
from config import Settings
from tenants import db
from tests.ledger import Ledger
from tests.tenants.walls import TwoSchools
from tests.workers.rows import door_row, is_done, put, put_at_the_door, row
from tests.workers.test_drain_faults import kill_others
from workers import jobs
from workers.drain import drain
from workers.patience import MAX_TRIES

Task = Callable[[Callable[..., None]], None]
pytestmark = pytest.mark.usefixtures("in_app")
MAIL = "send_test"


@pytest.fixture
def mail_task(monkeypatch: pytest.MonkeyPatch) -> Task:
    def put_task(function: Callable[..., None]) -> None:
        monkeypatch.setitem(jobs.TASKS, MAIL, function)

    return put_task


@pytest.fixture
def silent(app: Flask, monkeypatch: pytest.MonkeyPatch) -> Iterator[socket.socket]:
    """A server that takes the call and says nothing."""
    monkeypatch.setattr("app.notifications.transports.STEP_SECONDS", 0.4)
    monkeypatch.setattr("workers.drain._LONG", 0.2)
    settings: Settings = app.config["SETTINGS"]
    with socket.create_server(("127.0.0.1", 0)) as server:
        server.setblocking(False)
        use_post(replace(settings, mail_url=f"smtp://127.0.0.1:{server.getsockname()[1]}"))
        yield server
    hang_up()
    use_post(settings)


def calls(server: socket.socket) -> int:
    """How often it was called since the last time."""
    found = 0
    while True:
        try:
            server.accept()[0].close()
        except BlockingIOError:
            return found
        found += 1


def send() -> None:
    one = Letter(to="rita@x.example", to_name="Rita", subject="Hello", paragraphs=("One.",))
    post(one, message_id=uuid7())


def send_impatiently() -> None:
    """PostgreSQL loses its patience before the mail server does."""
    db.session.execute(text("SET LOCAL idle_in_transaction_session_timeout = '100ms'"))
    send()


def test_a_silent_server_stops_no_other_work(
    relay: Engine,
    two_schools: TwoSchools,
    task: Task,
    mail_task: Task,
    noon: datetime,
    silent: socket.socket,
) -> None:
    mail_task(send_impatiently)
    task(lambda: None)
    first = put(two_schools.north, noon - timedelta(hours=1), MAIL)
    beside, elsewhere = put(two_schools.north, noon), put(two_schools.south, noon)
    at_door = put_at_the_door(noon)
    drain(relay, seconds=0.2)
    found = row(two_schools.north, first)
    assert (found.attempts, found.failed_at) == (1, None)
    assert found.next_try_at == noon + timedelta(minutes=1)
    assert is_done(two_schools.north, beside)
    assert is_done(two_schools.south, elsewhere)
    assert door_row(at_door).done_at == noon
    assert drain(relay) == 0, "and it is not due at once"


def test_a_server_that_is_away_is_asked_once_for_all_mails(
    relay: Engine,
    two_schools: TwoSchools,
    mail_task: Task,
    noon: datetime,
    silent: socket.socket,
    ledger: Ledger,
) -> None:
    """Each drain is a fork that knows nothing of the last, so the database must."""
    mail_task(send)
    schools = (two_schools.north, two_schools.south)
    ids = [(school_id, put(school_id, noon, MAIL)) for school_id in schools for _ in range(4)]
    at_door = put_at_the_door(noon, MAIL)
    tried_before = put(two_schools.south, noon, MAIL)
    ledger.rows("UPDATE outbox SET attempts = 2 WHERE id = %s", str(tried_before))
    assert drain(relay, seconds=0.2) == 10
    assert calls(silent) == 1
    found = [row(*one) for one in ids]
    assert {one.attempts for one in found} == {1}
    assert {one.next_try_at for one in found} == {noon + timedelta(minutes=1)}
    assert all(one.last_error and "@" not in one.last_error for one in found)
    assert door_row(at_door).attempts == 1
    late = row(two_schools.south, tried_before)
    assert (late.attempts, late.next_try_at) == (3, noon + timedelta(minutes=15))


def test_many_handfuls_learn_that_the_server_is_away(
    relay: Engine,
    two_schools: TwoSchools,
    task: Task,
    mail_task: Task,
    noon: datetime,
    silent: socket.socket,
) -> None:
    mail_task(send_impatiently)
    task(lambda: None)
    mails = [put(two_schools.north, noon, MAIL) for _ in range(30)]
    others = [put(two_schools.south, noon) for _ in range(30)]
    drain(relay, seconds=0.2)
    assert all(is_done(two_schools.south, one) for one in others)
    assert [row(two_schools.north, one).attempts for one in mails] == [1] * 30
    assert calls(silent) <= 3, "one for each thread at most"


def test_what_has_waited_three_days_for_a_server_is_given_up_by_itself(
    relay: Engine, two_schools: TwoSchools, mail_task: Task, noon: datetime, ledger: Ledger
) -> None:
    def away() -> None:
        raise Temporary("server away", is_server=True)

    mail_task(away)
    ids = [put(two_schools.north, noon, MAIL) for _ in range(3)]
    ledger.rows("UPDATE outbox SET attempts = %s WHERE id = %s", MAX_TRIES, str(ids[2]))
    assert drain(relay) == 3
    assert [row(two_schools.north, one).failed_at for one in ids] == [None, None, noon]


def test_one_refused_letter_keeps_no_other_waiting(
    relay: Engine, two_schools: TwoSchools, mail_task: Task, noon: datetime
) -> None:
    def refuse_one(number: int) -> None:
        if number == 0:
            raise Temporary("SMTP 450")

    mail_task(refuse_one)
    ids = [put(two_schools.north, noon, MAIL, number=number) for number in range(3)]
    drain(relay)
    assert [is_done(two_schools.north, one) for one in ids] == [False, True, True]


def test_a_mail_whose_mark_was_lost_is_marked_when_the_database_is_back(
    relay: Engine, two_schools: TwoSchools, mail_task: Task, noon: datetime, ledger: Ledger
) -> None:
    """The server took it, and the connection to the database was gone before the commit."""
    sent: list[int] = []

    def send_and_lose() -> None:
        sent.append(1)
        kill_others(ledger)()

    mail_task(send_and_lose)
    row_id = put(two_schools.north, noon, MAIL)
    assert drain(relay) == 1
    assert is_done(two_schools.north, row_id)
    assert row(two_schools.north, row_id).attempts == 0
    assert drain(relay) == 0
    assert len(sent) == 1


def test_a_mail_of_which_nobody_knows_is_not_sent_again_at_once(
    relay: Engine, two_schools: TwoSchools, mail_task: Task, noon: datetime, ledger: Ledger
) -> None:
    """The connection to the database was gone while the mail was under way."""
    sent: list[int] = []

    def lose_while_sending() -> None:
        sent.append(1)
        kill_others(ledger)()
        db.session.execute(text("SELECT 1"))

    mail_task(lose_while_sending)
    row_id = put(two_schools.north, noon, MAIL)
    with pytest.raises(DBAPIError):
        drain(relay)
    assert not is_done(two_schools.north, row_id)
    assert row(two_schools.north, row_id).attempts == 1
    assert drain(relay) == 0
    assert len(sent) == 1


def test_only_a_mail_may_wait_longer_in_its_transaction(
    relay: Engine, two_schools: TwoSchools, task: Task, mail_task: Task, noon: datetime
) -> None:
    seen: list[str | None] = []

    def note() -> None:
        seen.append(db.session.scalar(text("SHOW idle_in_transaction_session_timeout")))

    task(note)
    mail_task(note)
    put(two_schools.north, noon)
    put(two_schools.north, noon, MAIL)
    put_at_the_door(noon, MAIL)
    drain(relay)
    put(two_schools.north, noon)
    drain(relay)
    assert sorted(str(one) for one in seen) == ["10s", "10s", "1min", "1min"]


def test_what_sends_no_mail_goes_first(
    relay: Engine, two_schools: TwoSchools, task: Task, mail_task: Task, noon: datetime
) -> None:
    seen: list[str] = []
    task(lambda: seen.append("work"))
    mail_task(lambda: seen.append("mail"))
    for name in (MAIL, "test", MAIL, "test"):
        put(two_schools.north, noon, name)
    drain(relay)
    assert seen == ["work", "work", "mail", "mail"]


def test_a_slow_mail_is_the_last_of_its_drain(
    relay: Engine,
    two_schools: TwoSchools,
    task: Task,
    mail_task: Task,
    noon: datetime,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Two of them would outlast the bell's job; what sends none has a moment more."""
    monkeypatch.setattr("workers.drain._LONG", 0.2)

    def slow() -> None:
        threading.Event().wait(1.2)

    mail_task(slow)
    task(lambda: None)
    first, second = (put(two_schools.north, noon, MAIL) for _ in range(2))
    work = put(two_schools.south, noon)
    drain(relay, seconds=1)
    assert is_done(two_schools.north, first)
    assert not is_done(two_schools.north, second)
    assert is_done(two_schools.south, work)


def test_every_task_that_sends_mail_is_named_so() -> None:
    assert {one for one in jobs.TASKS if not jobs.sends_mail(one)} == {
        "advice_time_is_up",
        "asset_retired",
        "close_by_itself",
        "count_figures",
        "count_in_depth",
        "decide_clocks",
        "import_step",
        "remind_follow_up",
        "remind_to_confirm",
        "retime_clocks",
        "tell_of_payment",
        "tell_of_progress",
        "tell_of_spocs",
        "tell_of_visit",
        "tell_people",
        "visit_begins",
        "write_report",
    }
