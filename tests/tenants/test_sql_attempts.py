"""The same attempts in SQL: what a statement that somebody has smuggled in can reach.

It runs in a transaction that is bound to a school. docs/wall.md says what is promised and what is
not: a statement that takes another role, or names another school, is not stopped by PostgreSQL.
"""

from __future__ import annotations

import io
from collections.abc import Iterator

import pytest
from flask import Flask
from psycopg2 import errors
from sqlalchemy import Connection, text
from sqlalchemy.exc import DBAPIError

from tenants import acting_in, db
from tests.tenants.walls import TwoSchools

Refusal = type[Exception]


@pytest.fixture
def other(bare: Flask, two_schools: TwoSchools) -> Iterator[int]:
    """Bound to the northern school; yields the number of the southern one."""
    with bare.app_context(), acting_in(two_schools.north):
        yield two_schools.south


def run(sql: str, **values: object) -> list[tuple[object, ...]]:
    return [tuple(row) for row in db.session.execute(text(sql), values)]


def refused(sql: str, kind: Refusal = errors.InsufficientPrivilege) -> str:
    """It is refused for this reason; what the refusal says is returned."""
    with pytest.raises(DBAPIError) as error:
        db.session.execute(text(sql))
    assert isinstance(error.value.orig, kind), error.value.orig
    db.session.rollback()
    return str(error.value.orig)


# fmt: off
READS = [
    "SELECT name FROM locations UNION ALL SELECT name FROM locations",
    "SELECT name FROM locations WHERE true OR school_id = :other",
    "SELECT (SELECT string_agg(name, ',') FROM locations)",
    "SELECT name FROM (SELECT * FROM locations) AS a JOIN locations AS b USING (name)",
    "WITH a AS MATERIALIZED (SELECT * FROM locations) SELECT name FROM a",
    "WITH a AS (DELETE FROM locations WHERE school_id = :other RETURNING name) SELECT name FROM a",
    "WITH a AS (UPDATE locations SET name = name RETURNING name) SELECT name FROM a",
    "SELECT name FROM ONLY locations TABLESAMPLE BERNOULLI (100)",
    "SELECT a.name FROM schools s, LATERAL (SELECT * FROM locations WHERE school_id = s.id) a",
    "SELECT row_to_json(l)::text FROM locations l",
    "SELECT name FROM locations WHERE ctid IS NOT NULL ORDER BY ctid",
    "SELECT name FROM locations WHERE school_id = :other FOR UPDATE",
]
# fmt: on


@pytest.mark.parametrize("sql", READS)
def test_no_way_of_asking_shows_a_foreign_row(other: int, sql: str) -> None:
    values = {"other": other} if ":other" in sql else {}
    assert "South" not in str(run(sql, **values))


def test_those_ways_would_show_one(superuser: Connection, two_schools: TwoSchools) -> None:
    """The control: each of them does show the southern rooms to whoever is not walled in."""
    for sql in READS:
        values = {"other": two_schools.south} if ":other" in sql else {}
        # As tuples: a Row shows no more than 300 characters of a value, and rooms are in any order.
        shown = [tuple(row) for row in superuser.execute(text(sql), values)]
        assert "South" in str(shown), sql
        superuser.rollback()


def test_counts_and_numbers_tell_nothing(other: int) -> None:
    assert run("SELECT count(*), count(DISTINCT school_id) FROM locations") == [(3, 1)]
    assert run("SELECT max(school_id) = min(school_id) FROM locations") == [(True,)]
    assert run("SELECT count(*) FROM schools") == [(1,)]
    refused("SELECT last_value FROM locations_id_seq")
    refused("SELECT nextval('locations_id_seq')")
    assert run("SELECT last_value FROM pg_sequences WHERE sequencename = 'locations_id_seq'") == [
        (None,)
    ]


@pytest.mark.parametrize(
    "leak",
    [
        "1 / (CASE WHEN name LIKE 'South%' THEN 0 ELSE 1 END) = 1",
        "name::int = 1",
        "CAST(substr(name, 1, 5) AS date) IS NULL",
        "(name || '{')::jsonb IS NULL",
        "regexp_count(name, CASE WHEN name LIKE 'South%' THEN '(' ELSE 'x' END) > 0",
        "length(repeat(name, CASE WHEN name LIKE 'South%' THEN 2147483647 ELSE 0 END)) > 0",
    ],
)
def test_an_error_tells_nothing_of_a_foreign_row(other: int, leak: str) -> None:
    """A condition that fails on a foreign row must not be asked of it: the policy comes first.
    (`name::int` fails on rows of one's own as well; the message must quote one of those.)"""
    for condition in (leak, f"school_id = {other} AND {leak}"):
        try:
            found = str(run(f"SELECT name FROM locations WHERE {condition}"))
        except DBAPIError as error:
            found = str(error.orig)
            assert "North" in found
            db.session.rollback()
        assert "South" not in found


def test_those_errors_would_tell(superuser: Connection, two_schools: TwoSchools) -> None:
    with pytest.raises(DBAPIError, match='"South'):
        superuser.execute(
            text("SELECT 1 FROM locations WHERE name LIKE 'South%' AND name::int = 1")
        )


def test_a_key_that_is_taken_elsewhere_is_free_here(other: int) -> None:
    """Neither the key nor the refusal is an oracle for what another school has."""
    insert = "INSERT INTO locations (school_id, key, name, kind, is_preset, is_archived, version)"
    mine = "SELECT school_id FROM locations LIMIT 1"
    run(
        f"{insert} SELECT ({mine}), 'south-hall', 'South hall', 'room', false, false, 1 RETURNING 1"
    )
    values = f"VALUES ({other}, 'south-hall', 'x', 'room', false, false, 1)"
    for conflict in ("", "ON CONFLICT DO NOTHING", "ON CONFLICT (school_id, key) DO NOTHING"):
        db.session.rollback()
        assert "row-level security" in refused(f"{insert} {values} {conflict}")
        fresh = values.replace("south-hall", "never-seen")
        assert "row-level security" in refused(f"{insert} {fresh} {conflict}")


def test_the_planner_s_statistics_are_closed(other: int, superuser: Connection) -> None:
    superuser.execute(text("ANALYZE locations"))
    superuser.commit()
    seen = superuser.execute(
        text("SELECT count(*) FROM pg_stats WHERE tablename = 'locations'")
    ).scalar_one()
    assert seen > 0
    assert run("SELECT * FROM pg_stats WHERE schemaname = 'public'") == []
    assert run("SELECT * FROM pg_stats_ext_exprs") == []
    refused("SELECT * FROM pg_statistic")
    refused("SELECT * FROM pg_statistic_ext_data")


def test_what_others_run_is_not_shown(other: int, superuser: Connection) -> None:
    superuser.execute(text("SELECT 'a canary of the south'"))
    texts = run("SELECT query FROM pg_stat_activity WHERE datname = current_database()")
    assert texts
    assert "canary" not in str(texts)
    superuser.rollback()


# fmt: off
FORBIDDEN = [
    "COPY locations TO '/tmp/stolen'",
    "COPY (SELECT 1) TO PROGRAM 'true'",
    "COPY locations FROM PROGRAM 'true'",
    "SELECT pg_read_file('/etc/passwd')",
    "SELECT pg_ls_dir('.')",
    "SELECT lo_import('/etc/passwd')",
    "SELECT lo_export(1, '/tmp/stolen')",
    "SELECT * FROM pg_largeobject",
    "SELECT * FROM pg_authid",
    "SELECT * FROM pg_file_settings",
    "CREATE TABLE mine (x int)",
    "CREATE TEMP TABLE mine AS SELECT * FROM locations",
    "SELECT * INTO mine FROM locations",
    "CREATE VIEW mine AS SELECT * FROM locations",
    "CREATE FUNCTION mine() RETURNS int LANGUAGE sql AS 'SELECT 1'",
    "CREATE FUNCTION mine() RETURNS int LANGUAGE plpgsql AS 'BEGIN RETURN 1; END'",
    "CREATE FUNCTION pg_temp.mine() RETURNS int LANGUAGE sql AS 'SELECT 1'",
    "CREATE EXTENSION dblink",
    "CREATE EXTENSION file_fdw",
    "CREATE SCHEMA mine",
    "CREATE RULE mine AS ON SELECT TO locations DO INSTEAD SELECT 1",
    "CREATE INDEX mine ON locations (name)",
    "CREATE STATISTICS mine ON name, kind FROM locations",
    "ALTER TABLE locations OWNER TO CURRENT_USER",
    "ALTER TABLE locations DISABLE ROW LEVEL SECURITY",
    "TRUNCATE locations",
    "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE usename = 'postgres'",
    "SET SESSION AUTHORIZATION postgres",
    "SET LOCAL session_replication_role = replica",
    "SET LOCAL log_statement = 'all'",
]
# fmt: on


@pytest.mark.parametrize("sql", FORBIDDEN)
def test_forbidden(other: int, sql: str) -> None:
    refused(sql)


def test_rights_cannot_be_handed_on(other: int) -> None:
    """PostgreSQL only warns, so what came of it is looked at."""
    rights = "SELECT relacl::text FROM pg_class WHERE relname = 'locations'"
    before = run(rights)
    db.session.execute(text("GRANT SELECT, UPDATE ON locations TO PUBLIC"))
    assert run(rights) == before


def test_row_security_cannot_be_switched_off(other: int) -> None:
    db.session.execute(text("SET LOCAL row_security = off"))
    assert "row-level security" in refused("SELECT * FROM locations")


def test_copy_out_shows_own_rows_only(other: int) -> None:
    out = io.StringIO()
    cursor = db.session.connection().connection.cursor()
    # A cursor of psycopg2's own tells nobody whose data may be touched (tenants/db.py): before any
    # other statement it has the login's rights, which are none.
    with pytest.raises(errors.InsufficientPrivilege):
        cursor.copy_expert("COPY locations TO STDOUT", out)
    db.session.rollback()
    db.session.execute(text("SELECT 1"))
    cursor = db.session.connection().connection.cursor()
    cursor.copy_expert("COPY locations TO STDOUT", out)
    assert "North" in out.getvalue()
    assert "South" not in out.getvalue()
    with pytest.raises(errors.FeatureNotSupported):
        cursor.copy_expert("COPY locations FROM STDIN", io.StringIO(""))


def test_a_block_of_code_runs_as_the_school(other: int) -> None:
    refused("DO $$ BEGIN EXECUTE 'CREATE TABLE mine (x int)'; END $$", errors.InsufficientPrivilege)
    with pytest.raises(DBAPIError, match="seen 3"):
        db.session.execute(
            text("DO $$ BEGIN RAISE 'seen %', (SELECT count(*) FROM locations); END $$")
        )


def test_a_cursor_left_open_shows_rows_of_its_own_transaction_only(
    other: int, two_schools: TwoSchools
) -> None:
    """WITHOUT HOLD it ends with the transaction; what WITH HOLD keeps is what it was allowed."""
    db.session.execute(text("DECLARE mine CURSOR FOR SELECT name FROM locations"))
    db.session.commit()
    refused("FETCH ALL FROM mine", errors.InvalidCursorName)


@pytest.mark.parametrize("role", ["owner", "migrator", "relay"])
def test_roles_that_are_out_of_reach(other: int, prefix: str, role: str) -> None:
    for sql in (f"SET ROLE {prefix}_{role}", f"SET LOCAL ROLE {prefix}_{role}"):
        refused(sql)
    refused(f"SELECT set_config('role', '{prefix}_{role}', true)")


def test_what_is_not_promised(other: int, prefix: str) -> None:
    """Written down so that nobody believes otherwise: the web's login may become any of its four
    roles and may name any school, so a statement smuggled in whole can, too. The wall stops
    forgotten filters and wrong keys; bound parameters stop smuggled statements."""
    db.session.execute(text(f"SET LOCAL app.school_id = '{other}'"))
    assert {name.split()[0] for (name,) in run("SELECT name FROM locations")} == {"South"}
    db.session.execute(text(f"SET LOCAL ROLE {prefix}_authority"))
    names = run("SELECT name FROM locations")
    assert {str(name).split()[0] for (name,) in names} >= {"North", "South"}
