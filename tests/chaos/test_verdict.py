"""The judge of `make chaos` sees what it must see: each promise broken once, by hand."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import psycopg2
import pytest
from flask import Flask
from sqlalchemy.engine import make_url

from config import load_settings
from tests.cast import CAST
from tests.chaos.clients import Written
from tests.chaos.sink import Mail
from tests.chaos.verdict import Verdict, judge, longest_waiting, too_many_doubled, waiting

SHEET = {"type": "incident", "expected": "a", "happened": "b", "location": "ict-suite"}


@pytest.fixture
def cursor(app: Flask, database_name: str) -> Iterator[Any]:
    url = make_url(load_settings().admin_url or "").set(
        database=database_name, drivername="postgresql"
    )
    connection = psycopg2.connect(url.render_as_string(hide_password=False))
    connection.autocommit = True
    yield connection.cursor()
    connection.close()


@pytest.fixture
def written(app: Flask, api: Callable[..., Any], cursor: Any) -> list[Written]:
    """Three incidents and a note, and everything done that they make due."""
    from app.relay import relay_engine
    from workers.drain import drain

    rita = api(CAST.rita)
    found = []
    for marker in ("one", "two", "three"):
        sheet = {**SHEET, "title": marker}
        number = rita.post("/schools/st-marys/incidents", sheet).json["number"]
        found.append(Written(marker, "st-marys", number, is_note=False))
    assert rita.post("/schools/st-marys/incidents/1/notes", {"text": "four"}).status_code == 201
    found.append(Written("four", "st-marys", 1, is_note=True))
    with app.app_context():
        while drain(relay_engine(app.config["SETTINGS"])):
            pass
    return found


def mails(cursor: Any) -> list[Mail]:
    cursor.execute(
        "SELECT o.id::text, p.email FROM outbox o JOIN people p"
        "  ON p.id = (o.payload->>'person_id')::bigint WHERE o.task = 'send_mail'"
    )
    return [Mail(f"{row_id}@desk.example", email, 0.0) for row_id, email in cursor.fetchall()]


def test_all_is_well(cursor: Any, written: list[Written]) -> None:
    assert judge(cursor, written, mails(cursor)).violations == []
    # Rita's three receipts, and Sam hears of all four.
    assert len(mails(cursor)) == 7
    assert waiting(cursor) == 0


def test_what_is_for_later_waits_only_if_it_failed(cursor: Any, written: list[Written]) -> None:
    later = "done_at = NULL, next_try_at = now() + interval '1 minute', attempts = %s"
    for task, attempts, n in (
        ("decide_clocks", 0, 0),
        ("count_in_depth", 0, 0),
        ("count_in_depth", 1, 1),
        ("send_mail", 0, 1),
    ):
        cursor.execute(
            f"UPDATE outbox SET task = %s, {later} WHERE id = {A_MAIL}", (task, attempts)
        )
        assert waiting(cursor) == n, task
        assert (task in longest_waiting(cursor)) == bool(n)
        cursor.execute(
            "UPDATE outbox SET done_at = now(), task = 'send_mail' WHERE task = %s", [task]
        )


def test_at_the_end_too_what_is_for_later_may_wait_and_nothing_else(
    cursor: Any, written: list[Written]
) -> None:
    for task, minutes, is_broken in (
        ("count_in_depth", 1, False),
        ("count_in_depth", -1, True),
        ("decide_clocks", -1, True),
    ):
        cursor.execute(
            "INSERT INTO outbox (id, school_id, task, payload, next_try_at, attempts)"
            " SELECT gen_random_uuid(), school_id, %s, '{}', now() + %s * interval '1 minute', 0"
            " FROM outbox LIMIT 1 RETURNING id",
            (task, minutes),
        )
        (put,) = cursor.fetchone()
        found = [one for one in judge(cursor, written, mails(cursor)).violations if "wait" in one]
        assert bool(found) == is_broken, task
        cursor.execute("DELETE FROM outbox WHERE id = %s", [put])


LAST_INCIDENT = "(SELECT max(id) FROM incidents)"
FIRST_EVENT = "(SELECT min(id) FROM events)"
A_MAIL = "(SELECT max(id::text)::uuid FROM outbox WHERE task = 'send_mail')"
# fmt: off
BROKEN = [
    ("answered writes lost",        "UPDATE incidents SET title = 'gone' WHERE title = 'two'"),
    ("there although nobody",       "UPDATE incidents SET title = 'gone' WHERE title = 'two'"),
    ("answered writes lost",        "UPDATE events SET note = NULL WHERE note = 'four'"),
    ("writes doubled",              "UPDATE incidents SET title = 'one' WHERE title = 'two'"),
    ("with another number",         "UPDATE incidents SET number = 9 WHERE title = 'three'"),
    ("numbers have a gap",          "UPDATE incidents SET number = 9 WHERE title = 'three'"),
    ("exactly one party's turn",    f"DELETE FROM turns WHERE incident_id = {LAST_INCIDENT}"),
    ("record of their beginning",   f"UPDATE events SET kind = 'x' WHERE id = {FIRST_EVENT}"),
    ("rows given up",               "UPDATE outbox SET failed_at = now()"),
    ("rows that still wait",        "UPDATE outbox SET done_at = NULL WHERE task = 'send_mail'"),
    ("nobody wrote down, of",       f"DELETE FROM outbox WHERE id = {A_MAIL}"),
]
# fmt: on


@pytest.mark.parametrize(("what", "statement"), BROKEN)
def test_what_is_broken_is_called_so(
    what: str, statement: str, cursor: Any, written: list[Written]
) -> None:
    cursor.execute(f"SET session_replication_role = replica; {statement}")
    verdict = judge(cursor, written, mails(cursor))
    assert any(what in one for one in verdict.violations), verdict.lines


def test_mail_that_never_came_or_came_again(cursor: Any, written: list[Written]) -> None:
    taken = mails(cursor)
    assert _broken(judge(cursor, written, taken[1:])) == ["mails not handed over"]
    # One mail may come twice, with the same Message-ID; another id is another mail.
    once, twice = (judge(cursor, written, [*taken, *taken[:n]]) for n in (1, 2))
    assert _broken(once) == []
    assert too_many_doubled([once]) == (1, 7, False)
    assert too_many_doubled([once, twice]) == (3, 14, True)
    strange = Mail("another@desk.example", taken[0].to, 0.0)
    assert _broken(judge(cursor, written, [*taken, strange])) == ["mails that nobody wrote down"]


def test_lost_writes_are_counted(cursor: Any, written: list[Written]) -> None:
    never = Written("five", "st-marys", 4, is_note=False)
    assert judge(cursor, [*written, never], mails(cursor)).lost == 1


def _broken(verdict: Verdict) -> list[str]:
    return verdict.violations
