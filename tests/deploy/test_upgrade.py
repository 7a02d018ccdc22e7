"""An upgrade while the desk is open: it keeps nobody waiting for long, and gives up politely."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from typing import Any

import psycopg2
import pytest
from sqlalchemy import Engine, create_engine, event, text
from sqlalchemy.engine import make_url

from config import Settings, load_settings
from migrations import LOCK_TIMEOUT_MS, InTheWay, upgrade
from tenants.roles import make_roles
from tests.deploy.migration_lint import complaints

# What part 1 left behind: from there on steps run on tables with rows in them.
FIRST_RELEASE = "0002"
# Steps that landed before the rule, or whose table is known to be small; say why.
MAY: dict[str, str] = {}


@pytest.fixture
def empty() -> Iterator[Settings]:
    """Settings of a database in which no step was taken yet."""
    settings, name = load_settings(), f"upgrade_{time.time_ns()}"
    assert settings.admin_url
    urls = {
        field: make_url(getattr(settings, field)).set(database=name).render_as_string(False)
        for field in ("database_url", "migrator_url", "relay_url")
    }
    logins = {"web": "database_url", "migrator": "migrator_url", "relay": "relay_url"}
    make_roles(
        settings.admin_url, settings.role_prefix, {one: urls[url] for one, url in logins.items()}
    )
    yield replace(settings, **urls)
    engine = create_engine(settings.admin_url, isolation_level="AUTOCOMMIT")
    with engine.connect() as connection:
        connection.execute(text(f'DROP DATABASE "{name}" WITH (FORCE)'))
    engine.dispose()


@pytest.fixture
def first_release(empty: Settings) -> Settings:
    assert upgrade(empty, FIRST_RELEASE) == ["0001", "0002"]
    return empty


def as_superuser(settings: Settings) -> Any:
    url = make_url(settings.admin_url or "").set(
        database=make_url(settings.database_url).database, drivername="postgresql"
    )
    return psycopg2.connect(url.render_as_string(hide_password=False))


@contextmanager
def a_long_report(settings: Settings, table: str) -> Iterator[Any]:
    """A transaction that has read a table and does not end."""
    connection = as_superuser(settings)
    connection.cursor().execute(f"SELECT count(*) FROM {table}")
    yield connection
    connection.close()


@contextmanager
def heard_statements() -> Iterator[list[str]]:
    heard: list[str] = []

    def hear(_c: object, _cur: object, statement: str, *_rest: object) -> None:
        heard.append(statement)

    event.listen(Engine, "before_cursor_execute", hear)
    yield heard
    event.remove(Engine, "before_cursor_execute", hear)


def test_no_step_holds_a_lock_for_long(first_release: Settings) -> None:
    found = []
    while True:
        with heard_statements() as heard:
            steps = upgrade(first_release, "+1") if _is_behind(first_release) else []
        if not steps:
            break
        assert any(f"'{steps[0]}'" in one or "alembic_version" in one for one in heard)
        found += complaints((one for one in heard if one not in MAY), f"{steps[0]}: ")
    assert found == []
    assert upgrade(first_release) == []


def _is_behind(settings: Settings) -> bool:
    from alembic.script import ScriptDirectory

    from migrations import _config

    head = ScriptDirectory.from_config(_config(settings, None)).get_current_head()
    with as_superuser(settings) as connection, connection.cursor() as cursor:
        cursor.execute("SELECT version_num FROM alembic_version")
        found = cursor.fetchone()[0] != head
    connection.close()
    return found


@pytest.mark.parametrize(
    "statement",
    [
        "ALTER TABLE incidents ADD COLUMN colour VARCHAR NOT NULL",
        "ALTER TABLE incidents ADD COLUMN key UUID DEFAULT gen_random_uuid()",
        "CREATE INDEX ix_x ON incidents (title)",
        "CREATE UNIQUE INDEX ix_x ON incidents (title)",
        "ALTER TABLE incidents ADD CONSTRAINT fk_x FOREIGN KEY(a) REFERENCES b (id)",
        "ALTER TABLE incidents ADD CONSTRAINT ck_x CHECK (a > 0)",
        "ALTER TABLE incidents ADD CONSTRAINT uq_x UNIQUE (a)",
        "ALTER TABLE incidents ALTER COLUMN title TYPE text",
        "ALTER TABLE incidents ALTER COLUMN title SET NOT NULL",
        "UPDATE incidents SET title = 'x'",
        "ALTER TABLE incidents DROP COLUMN title",
        "DROP INDEX ix_x",
        "ALTER TABLE incidents RENAME TO cases",
        "LOCK TABLE incidents",
    ],
)
def test_the_reader_of_steps_would_notice(statement: str) -> None:
    assert len(complaints([statement])) == 1
    made = ["CREATE TABLE incidents (id bigint)", statement]
    assert complaints(made) == [] or statement.startswith("DROP INDEX")


@pytest.mark.parametrize(
    "statement",
    [
        "ALTER TABLE incidents ADD COLUMN colour VARCHAR",
        "ALTER TABLE incidents ADD COLUMN is_red BOOLEAN DEFAULT false NOT NULL",
        "CREATE INDEX CONCURRENTLY ix_x ON incidents (title)",
        "DROP INDEX CONCURRENTLY IF EXISTS ix_x",
        "ALTER TABLE incidents ADD CONSTRAINT ck_x CHECK (a > 0) NOT VALID",
        "ALTER TABLE incidents VALIDATE CONSTRAINT ck_x",
        "UPDATE alembic_version SET version_num='0003'",
    ],
)
def test_and_lets_pass_what_keeps_nobody_waiting(statement: str) -> None:
    assert complaints([statement]) == []


def test_behind_a_long_report_it_keeps_nobody_waiting_and_gives_up(first_release: Settings) -> None:
    """Everybody who wants the table queues behind the one who waits for it alone."""
    said: list[str] = []
    longest: list[float] = []
    is_over = threading.Event()
    reader = threading.Thread(target=_read_again_and_again, args=(first_release, longest, is_over))
    with a_long_report(first_release, "outbox"):
        reader.start()
        with pytest.raises(InTheWay, match=r"A long transaction is in the way of `ALTER TABLE"):
            upgrade(first_release, patience=2.0, say=said.append)
    is_over.set()
    reader.join()
    assert len(said) >= 1
    assert LOCK_TIMEOUT_MS / 1000 * 0.5 < max(longest) < 1.0, "waited behind it, but not for long"
    # Nothing is half done, and the next run goes on.
    assert upgrade(first_release)[0] == "0003"


def _read_again_and_again(settings: Settings, longest: list[float], stop: threading.Event) -> None:
    connection = as_superuser(settings)
    connection.autocommit = True
    while not stop.is_set():
        began = time.monotonic()
        connection.cursor().execute("SELECT count(*) FROM outbox")
        longest.append(time.monotonic() - began)
        stop.wait(0.01)
    connection.close()


def test_it_goes_on_when_the_report_has_ended(first_release: Settings) -> None:
    with a_long_report(first_release, "outbox") as report:
        # The first "trying again" is when the report ends.
        steps = upgrade(first_release, say=lambda _: report.rollback())
    assert steps[0] == "0003"


def test_two_at_once_take_turns(first_release: Settings) -> None:
    found: list[list[str]] = []
    both = [
        threading.Thread(target=lambda: found.append(upgrade(first_release, "0003")))
        for _ in range(2)
    ]
    for one in both:
        one.start()
    for one in both:
        one.join()
    assert sorted(found) == [[], ["0003"]]


def test_an_index_whose_build_was_cut_off_is_built_again(first_release: Settings) -> None:
    """A step that is not a transaction can be half done; it must be possible to repeat it."""
    upgrade(first_release, to="0007")
    connection = as_superuser(first_release)
    connection.autocommit = True
    with connection.cursor() as cursor:
        cursor.execute("UPDATE alembic_version SET version_num = '0006'")
        cursor.execute("UPDATE pg_index SET indisvalid = false FROM pg_class c WHERE c.oid ="
                       " indexrelid AND c.relname = 'ix_outbox_waiting'")  # fmt: skip
        assert upgrade(first_release, to="0007") == ["0007"]
        cursor.execute(
            "SELECT bool_and(indisvalid) FROM pg_index WHERE indrelid = 'outbox'::regclass"
        )
        assert cursor.fetchone() == (True,)
    connection.close()
