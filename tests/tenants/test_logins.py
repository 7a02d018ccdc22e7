"""The logins beside the web's: the relay learns which rows are due, the owner migrates."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from psycopg2.errors import InsufficientPrivilege
from sqlalchemy import Connection, Engine, NullPool, create_engine
from sqlalchemy.exc import DBAPIError, ProgrammingError

from app.later import later
from app.relay import due_rows, relay_engine, waiting_seconds
from config import Settings
from tenants import acting_in, db
from tests.tenants.walls import TwoSchools

LONG_AGO = datetime(2020, 1, 1, tzinfo=UTC)


@pytest.fixture
def relay(settings: Settings) -> Engine:
    return relay_engine(settings)


@pytest.fixture
def migrator(settings: Settings) -> Engine:
    assert settings.migrator_url is not None
    return create_engine(settings.migrator_url, poolclass=NullPool)


@pytest.mark.usefixtures("in_app")
def test_the_relay_sees_that_rows_are_due_in_both_schools(
    relay: Engine, two_schools: TwoSchools
) -> None:
    expected = []
    for school_id in (two_schools.north, two_schools.south):
        with acting_in(school_id):
            expected.append((school_id, later("nothing", at=LONG_AGO, secret="North's own")))
            db.session.commit()
    now = datetime(2020, 1, 1, 0, 1, tzinfo=UTC)
    with relay.connect() as connection:
        assert set(due_rows(connection, now, 100)) >= set(expected)
        assert waiting_seconds(connection, now) == 60
        assert waiting_seconds(connection, datetime(2019, 1, 1, tzinfo=UTC)) is None


@pytest.mark.parametrize(
    "sql",
    [
        "SELECT payload FROM outbox",
        "SELECT task FROM outbox",
        "SELECT last_error FROM outbox",
        "SELECT * FROM outbox",
        "SELECT count(o) FROM outbox o",
        "SELECT id FROM outbox FOR UPDATE",
        "UPDATE outbox SET done_at = now()",
        "DELETE FROM outbox",
        "INSERT INTO outbox (school_id) VALUES (1)",
        "SELECT 1 FROM incidents",
        "SELECT 1 FROM schools",
        "SELECT 1 FROM people",
        "COPY outbox TO STDOUT",
    ],
)
def test_the_relay_sees_nothing_else_and_changes_nothing(relay: Engine, sql: str) -> None:
    with relay.connect() as connection, pytest.raises(ProgrammingError) as error:
        connection.exec_driver_sql(sql)
    assert isinstance(error.value.orig, InsufficientPrivilege)


@pytest.mark.parametrize("role", ["owner", "school", "authority", "front_door", "administration"])
def test_the_relay_becomes_nobody(relay: Engine, prefix: str, role: str) -> None:
    with relay.connect() as connection, pytest.raises(ProgrammingError) as error:
        connection.exec_driver_sql(f"SET ROLE {prefix}_{role}")
    assert isinstance(error.value.orig, InsufficientPrivilege)


def test_the_web_does_not_become_owner(web: Engine, prefix: str) -> None:
    for role in ("owner", "migrator", "relay"):
        with web.connect() as connection, pytest.raises(ProgrammingError) as error:
            connection.exec_driver_sql(f"SET ROLE {prefix}_{role}")
        assert isinstance(error.value.orig, InsufficientPrivilege)


def test_the_migrator_alone_may_touch_nothing(migrator: Engine) -> None:
    with migrator.connect() as connection, pytest.raises(ProgrammingError) as error:
        connection.exec_driver_sql("UPDATE locations SET name = name")
    assert isinstance(error.value.orig, InsufficientPrivilege)


def test_a_data_migration_reaches_every_row(
    migrator: Engine, two_schools: TwoSchools, prefix: str
) -> None:
    with migrator.connect() as connection:
        connection.exec_driver_sql(f"SET ROLE {prefix}_owner")
        changed = connection.exec_driver_sql("UPDATE locations SET name = name").rowcount
        everything = connection.exec_driver_sql("SELECT count(*) FROM locations").scalar_one()
    assert changed == everything >= 6


def test_without_its_own_policy_it_would_change_nothing_in_silence(
    migrator: Engine, two_schools: TwoSchools, prefix: str
) -> None:
    """The control, and the reason for that policy."""
    with migrator.connect() as connection:
        connection.exec_driver_sql(f"SET ROLE {prefix}_owner")
        connection.exec_driver_sql("DROP POLICY migrate ON locations")
        assert connection.exec_driver_sql("UPDATE locations SET name = name").rowcount == 0
        connection.rollback()


def test_nobody_at_run_time_can_take_a_policy_off(
    web: Engine, prefix: str, superuser: Connection
) -> None:
    for role in ("school", "authority", "front_door", "administration"):
        for sql in (
            "ALTER TABLE locations DISABLE ROW LEVEL SECURITY",
            "ALTER TABLE locations NO FORCE ROW LEVEL SECURITY",
            "DROP POLICY school_select ON locations",
            f"CREATE POLICY mine ON locations TO {prefix}_school USING (true)",
            f"ALTER ROLE {prefix}_school BYPASSRLS",
            f"GRANT {prefix}_owner TO {prefix}_school",
        ):
            with web.connect() as connection:
                connection.exec_driver_sql(f"SET LOCAL ROLE {prefix}_{role}")
                with pytest.raises(DBAPIError) as error:
                    connection.exec_driver_sql(sql)
            assert isinstance(error.value.orig, InsufficientPrivilege), sql
