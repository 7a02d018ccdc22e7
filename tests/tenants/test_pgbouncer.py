"""What only a transaction pooler can do to us: two clients on one connection of the server.

The other files of this folder run through it too (the fixture `bare`).
"""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from flask import Flask
from sqlalchemy import NullPool, create_engine, text

from config import Settings, sqlalchemy_url
from tenants import across_schools, acting_in, db
from tests.tenants.conftest import start_pgbouncer
from tests.tenants.walls import TwoSchools, bare_app, run_all, words

ROUNDS = 200


@pytest.fixture
def one_connection(settings: Settings) -> Iterator[str]:
    with start_pgbouncer(settings, 1) as url:
        yield url


@pytest.fixture
def clients(
    settings: Settings, one_connection: str, two_schools: TwoSchools
) -> Iterator[dict[str, Flask]]:
    """Two processes' worth of pages, each with a pool of its own."""
    found = {word: bare_app(settings, one_connection) for word in ("North", "South")}
    yield found
    for app in found.values():
        with app.app_context():
            db.engine.dispose()


def test_two_clients_in_turn_on_one_connection(
    clients: dict[str, Flask], two_schools: TwoSchools
) -> None:
    servers, wrong = set(), []
    for number in range(ROUNDS):
        for word, school_id in (("North", two_schools.north), ("South", two_schools.south)):
            with clients[word].app_context(), acting_in(school_id):
                if (seen := words() | words(raw=True)) != {word}:
                    wrong.append((number, word, seen))
                servers.add(db.session.scalar(text("SELECT pg_backend_pid()")))
                db.session.commit() if number % 2 else db.session.rollback()
    assert wrong == []
    assert len(servers) == 1, "They did not share a connection, so nothing was tested."


def test_two_clients_at_once_on_one_connection(
    clients: dict[str, Flask], two_schools: TwoSchools
) -> None:
    wrong = []

    def look(school_id: int, word: str) -> None:
        for _ in range(ROUNDS):
            with clients[word].app_context():
                with acting_in(school_id):
                    if (seen := words(raw=True)) != {word}:
                        wrong.append((word, seen))
                with across_schools("the test"):
                    if not words(raw=True) >= {"North", "South"}:
                        wrong.append((word, "not all"))

    run_all([(look, two_schools.north, "North"), (look, two_schools.south, "South")])
    assert wrong == []


def test_nobody_is_bound_by_what_the_other_was(
    clients: dict[str, Flask], one_connection: str, two_schools: TwoSchools
) -> None:
    stranger = create_engine(sqlalchemy_url(one_connection), poolclass=NullPool)
    for _ in range(20):
        with clients["North"].app_context(), acting_in(two_schools.north):
            words()
            db.session.commit()
        with stranger.connect() as connection:
            role, school = connection.exec_driver_sql(
                "SELECT current_user, coalesce(current_setting('app.school_id', true), '')"
            ).one()
        assert (role, school) == (stranger.url.username, "")


def test_set_for_the_session_would_leak(
    clients: dict[str, Flask], one_connection: str, two_schools: TwoSchools, prefix: str
) -> None:
    """The control: what these tests look for does happen to whoever writes SET without LOCAL.
    And a transaction that is bound as ours are is not led astray by it."""
    careless = create_engine(sqlalchemy_url(one_connection), poolclass=NullPool)
    with careless.connect() as connection:
        connection.exec_driver_sql(f"SET ROLE {prefix}_school")
        connection.exec_driver_sql(f"SET app.school_id = '{two_schools.north}'")
        connection.commit()
    with careless.connect() as connection:
        leaked = connection.exec_driver_sql("SELECT name FROM locations").scalars()
        assert {name.split()[0] for name in leaked} == {"North"}
    with clients["South"].app_context(), acting_in(two_schools.south):
        assert words(raw=True) == {"South"}
