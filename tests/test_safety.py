"""It does not start unsafely (F22, A56): each reason is one line, and nothing in it is a secret."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import create_engine, make_url, text
from werkzeug.debug import DebuggedApplication

from app import safety
from config import ROOT, BadSetting, Settings, load_settings
from tests.own_cluster import OwnCluster

pytestmark = pytest.mark.xdist_group("own cluster")  # one cluster for all of them
GOOD_KEY = "kJ7sVq2xWm9RtZc4YbN8pLd3HgF6uEa1_nTiOo-Xr5BvQwCzMyKl0AjUhDfPeGi"


@pytest.fixture
def settings(own_cluster: OwnCluster) -> Settings:
    return own_cluster.settings


@pytest.fixture
def production(settings: Settings) -> Settings:
    """One that may start."""
    return replace(
        settings,
        environment="production",
        secret_key=GOOD_KEY,
        public_url="https://desk.example.org",
        mail_url="smtp://mail.example.org",
        files_url="file:///var/lib/deskbell/files",
        redis_url="redis://:word@redis.example.org/0",
        admin_url=None,
        is_second_factor_required=True,
        accepted_unsafe=frozenset(),
    )


def names(found: list[safety.Finding]) -> list[str]:
    return [one.name for one in found]


# --- settings ---


@pytest.mark.parametrize(
    "key",
    [
        "a" * 40,
        "ab" * 30,
        "abc12345" * 5,
        "deskbell-is-our-service-desk-0987",
        "Please-Change-Me-Before-Going-Live!",
        "my_super_secret_flask_key_1234567890",
        "this is the default key of this app",
    ],
)
def test_a_key_that_can_be_guessed(production: Settings, key: str) -> None:
    found = safety.of_settings(replace(production, secret_key=key))
    assert names(found) == ["secret_key"]
    assert "SECRET_KEY" in found[0].sentence
    assert key not in found[0].sentence


def test_random_keys_are_good(production: Settings) -> None:
    import secrets

    for _ in range(2000):
        for key in (secrets.token_hex(16), secrets.token_hex(32), secrets.token_urlsafe(48)):
            assert safety.of_settings(replace(production, secret_key=key)) == []


@pytest.mark.parametrize(
    ("changes", "name", "words"),
    [
        ({"public_url": "http://desk.example.org"}, "public_url", "PUBLIC_URL must begin with"),
        ({"public_url": "http://localhost:8000"}, "public_url", "PUBLIC_URL must begin with"),
        ({"mail_url": "file:///var/mail"}, "mail_url", "MAIL_URL is a folder"),
        ({"files_url": f"file://{ROOT}/.local/files"}, "files_url", "FILES_URL is a folder inside"),
        ({"files_url": f"file://{ROOT}/../{ROOT.name}/x"}, "files_url", "FILES_URL is a folder"),
        ({"redis_url": "redis://redis.example.org/0"}, "redis_url", "REDIS_URL has no password"),
        ({"metrics_token": "short"}, "metrics_token", "METRICS_TOKEN must have at least 16"),
        ({"accepted_unsafe": frozenset({"fsync"})}, "unsafe", "DESKBELL_UNSAFE is not for"),
    ],
)
def test_production_refuses(
    production: Settings, changes: dict[str, Any], name: str, words: str
) -> None:
    found = safety.of_settings(replace(production, **changes))
    assert names(found) == [name]
    assert words in found[0].sentence
    assert "\n" not in found[0].sentence


@pytest.mark.parametrize(
    "changes",
    [
        {},
        {"public_url": "https://localhost:8443"},
        {"mail_url": "smtps://user:word@mail.example.org:465"},
        {"files_url": "s3://bucket"},
        {"redis_url": "redis://127.0.0.1:6379"},
        {"redis_url": "redis://localhost"},
        {"redis_url": "unix:///run/valkey.sock"},
        {"redis_url": None},
        {"is_second_factor_required": False},
        {"metrics_token": "0123456789abcdef"},
    ],
)
def test_production_accepts(production: Settings, changes: dict[str, Any]) -> None:
    assert safety.of_settings(replace(production, **changes)) == []


def test_development_is_let_off(production: Settings) -> None:
    there = replace(
        production,
        environment="development",
        public_url="http://localhost",
        mail_url="file:///x",
        accepted_unsafe=safety.ACCEPTABLE,
    )
    assert safety.of_settings(there) == []
    unknown = replace(there, accepted_unsafe=frozenset({"fsync", "login"}))
    assert names(safety.of_settings(unknown)) == ["unsafe"]


def test_what_is_worth_knowing(production: Settings) -> None:
    assert safety.worth_knowing(production) == []
    (said,) = safety.worth_knowing(replace(production, is_second_factor_required=False))
    assert said.startswith("SECOND_FACTOR is optional")
    (said,) = safety.worth_knowing(replace(production, admin_url="postgresql://postgres:word@x/d"))
    assert said.startswith("DATABASE_ADMIN_URL is set")
    assert "word" not in said


def test_debugging(app: Flask, monkeypatch: pytest.MonkeyPatch, production: Settings) -> None:
    assert safety.of_app(app) == []
    with monkeypatch.context() as patch:
        patch.setattr(app, "debug", True)
        assert names(safety.of_app(app)) == ["debug"]
    with monkeypatch.context() as patch:
        patch.setattr(app, "wsgi_app", DebuggedApplication(app.wsgi_app))
        assert names(safety.of_app(app)) == ["debugger"]
    with monkeypatch.context() as patch:
        patch.setattr(sys, "argv", ["/x/bin/flask", "--app", "wsgi", "run"])
        assert safety.of_app(app) == []
        patch.setitem(app.config, "SETTINGS", production)
        assert names(safety.of_app(app)) == ["server"]
        patch.setattr(sys, "argv", [*sys.argv, "--debugger"])
        assert names(safety.of_app(app)) == ["debugger", "server"]


# --- the database ---


@pytest.fixture
def admin(settings: Settings) -> Iterator[Any]:
    """Runs statements as the cluster's superuser in this test's database, and takes them back."""
    url = make_url(settings.admin_url or "").set(database=make_url(settings.database_url).database)
    engine = create_engine(url, isolation_level="AUTOCOMMIT")
    undo: list[str] = []

    def run(statement: str, back: str) -> None:
        undo.insert(0, back)
        with engine.connect() as connection:
            connection.execute(text(statement))

    yield run
    with engine.connect() as connection:
        for statement in undo:
            connection.execute(text(statement))
    engine.dispose()


def test_the_database_of_the_tests_is_safe_but_for_what_is_accepted(settings: Settings) -> None:
    assert safety.of_database(settings) == []
    strict = replace(settings, accepted_unsafe=frozenset())
    assert set(names(safety.of_database(strict))) == safety.ACCEPTABLE
    only_one = replace(settings, accepted_unsafe=frozenset({"fsync"}))
    assert names(safety.of_database(only_one)) == ["full_page_writes", "synchronous_commit"]
    # Production accepts nothing.
    there = replace(settings, environment="production")
    assert set(names(safety.of_database(there))) == safety.ACCEPTABLE


WEB = "deskbell_test_web"
RELAY = "deskbell_test_relay"


@pytest.mark.parametrize(
    ("statement", "back", "name", "words"),
    [
        (f"ALTER ROLE {WEB} SUPERUSER", f"ALTER ROLE {WEB} NOSUPERUSER", "login", "a superuser"),
        (f"ALTER ROLE {WEB} BYPASSRLS", f"ALTER ROLE {WEB} NOBYPASSRLS", "login", "bypass row"),
        (f"ALTER ROLE {WEB} CREATEROLE", f"ALTER ROLE {WEB} NOCREATEROLE", "login", "make roles"),
        (f"ALTER ROLE {WEB} CREATEDB", f"ALTER ROLE {WEB} NOCREATEDB", "login", "make databases"),
        (
            f"ALTER ROLE {WEB} REPLICATION",
            f"ALTER ROLE {WEB} NOREPLICATION",
            "login",
            "copy the whole server",
        ),
        (
            f"ALTER TABLE rooms_of_web OWNER TO {WEB}",
            "DROP TABLE rooms_of_web",
            "login",
            "owns 1 tables",
        ),
        (
            f"GRANT deskbell_test_owner TO {WEB}",
            f"REVOKE deskbell_test_owner FROM {WEB}",
            "login",
            "DATABASE_URL may become deskbell_test_owner",
        ),
        (
            f"GRANT pg_read_all_data TO {WEB}",
            f"REVOKE pg_read_all_data FROM {WEB}",
            "login",
            "may become pg_read_all_data",
        ),
        (
            f"GRANT SELECT ON incidents TO {WEB}",
            f"REVOKE SELECT ON incidents FROM {WEB}",
            "login",
            "rights of its own on incidents",
        ),
        (
            "GRANT INSERT ON people TO PUBLIC",
            "REVOKE INSERT ON people FROM PUBLIC",
            "login",
            "rights of its own on people",
        ),
        (
            f"GRANT SELECT ON locations TO {RELAY}",
            f"REVOKE SELECT ON locations FROM {RELAY}",
            "login",
            "DATABASE_RELAY_URL has rights of its own on locations",
        ),
        (
            f"GRANT deskbell_test_school TO {RELAY}",
            f"REVOKE deskbell_test_school FROM {RELAY}",
            "login",
            "DATABASE_RELAY_URL may become deskbell_test_school",
        ),
        (
            "ALTER ROLE deskbell_test_migrator SUPERUSER",
            "ALTER ROLE deskbell_test_migrator NOSUPERUSER",
            "login",
            "DATABASE_MIGRATOR_URL is a superuser",
        ),
        (
            "ALTER TABLE incidents NO FORCE ROW LEVEL SECURITY",
            "ALTER TABLE incidents FORCE ROW LEVEL SECURITY",
            "row_security",
            "the table incidents",
        ),
        (
            "ALTER TABLE schools DISABLE ROW LEVEL SECURITY",
            "ALTER TABLE schools ENABLE ROW LEVEL SECURITY",
            "row_security",
            "the table schools",
        ),
        (
            f"ALTER ROLE {WEB} SET standard_conforming_strings = off",
            f"ALTER ROLE {WEB} RESET standard_conforming_strings",
            "strings",
            "standard_conforming_strings is off",
        ),
        (
            "COMMENT ON TABLE alembic_version IS '0001'",
            "COMMENT ON TABLE alembic_version IS '9999'",
            "schema",
            "The database is at step 0001 and this release needs",
        ),
        (
            "COMMENT ON TABLE alembic_version IS NULL",
            "COMMENT ON TABLE alembic_version IS '9999'",
            "schema",
            "run `flask upgrade`",
        ),
    ],
)
def test_the_database_refuses(
    settings: Settings, admin: Any, statement: str, back: str, name: str, words: str
) -> None:
    if "rooms_of_web" in statement:
        admin("CREATE TABLE rooms_of_web (id int)", "SELECT 1")
    admin(statement, back)
    found = safety.of_database(settings)
    assert set(names(found)) == {name}
    assert any(words in one.sentence for one in found), found
    for one in found:
        assert "\n" not in one.sentence
        for secret in (make_url(settings.database_url).password, settings.secret_key):
            assert str(secret) not in one.sentence


def test_a_newer_database_is_good_enough(settings: Settings, admin: Any) -> None:
    """An upgrade migrates first: what is restarted meanwhile is still of the release before."""
    admin("COMMENT ON TABLE alembic_version IS '9999'", "SELECT 1")
    assert safety.of_database(settings) == []


@pytest.mark.parametrize("value", ["on", "local", "remote_write", "remote_apply"])
def test_other_ways_to_commit_are_safe(settings: Settings, admin: Any, value: str) -> None:
    admin(
        f"ALTER ROLE {WEB} SET synchronous_commit = {value}",
        f"ALTER ROLE {WEB} RESET synchronous_commit",
    )
    strict = replace(settings, accepted_unsafe=frozenset({"fsync", "full_page_writes"}))
    assert safety.of_database(strict) == []


@pytest.mark.parametrize(
    ("server", "name"),
    [({"version": 140_012}, "server_version"), ({"encoding": "LATIN1"}, "encoding")],
)
def test_an_old_or_odd_server(server: dict[str, Any], name: str) -> None:
    from app.safety_of_database import _of_server

    good = {
        "version": 150_001,
        "fsync": "on",
        "full_page_writes": "on",
        "synchronous_commit": "on",
        "standard_conforming_strings": "on",
        "encoding": "UTF8",
    }
    assert list(_of_server(good)) == []
    assert [one for one, _ in _of_server(good | server)] == [name]


def test_it_waits_for_a_database_that_is_away(settings: Settings) -> None:
    said: list[str] = []
    away = replace(settings, database_url="postgresql+psycopg2://nobody:word@/x?host=/nowhere")
    assert safety.refuse(away, 0.6, said.append) is False
    assert said == ["The database does not answer (OperationalError); waiting for it."]
    assert safety.refuse(settings, 0.6, said.append) is True
    with pytest.raises(safety.Unsafe, match="fsync is off"):
        safety.refuse(replace(settings, accepted_unsafe=frozenset()))


# --- as programs ---


COMMANDS = {
    "web": ("gunicorn", "--config", "deploy/gunicorn.conf.py", "wsgi:app"),
    "worker": ("flask", "--app", "wsgi", "worker"),
    "ticker": ("flask", "--app", "wsgi", "ticker"),
}


def run(settings: Settings, name: str, **environment: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", *COMMANDS.get(name, ("flask", "--app", "wsgi", name))],
        cwd=ROOT,
        env={**os.environ, **_there(settings), "WEB_BIND": "127.0.0.1:0", **environment},
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )


def _there(settings: Settings) -> dict[str, str]:
    return {
        "DATABASE_URL": settings.database_url,
        "DATABASE_MIGRATOR_URL": settings.migrator_url or "",
        "DATABASE_RELAY_URL": settings.relay_url or "",
        "DATABASE_ADMIN_URL": settings.admin_url or "",
        "SECRET_KEY": settings.secret_key,
    }


@pytest.mark.parametrize("name", sorted(COMMANDS))
def test_no_program_starts_on_an_unsafe_database(settings: Settings, name: str) -> None:
    done = run(settings, name, DESKBELL_UNSAFE="full_page_writes,synchronous_commit")
    assert done.returncode == 1
    assert done.stderr.splitlines() == [
        "fsync is off, so a power cut could damage the database: switch it on."
    ]


@pytest.mark.parametrize(
    ("name", "environment", "words"),
    [
        ("web", {"FLASK_DEBUG": "1"}, "Debugging is on"),
        ("worker", {"SECRET_KEY": "ab" * 30}, "SECRET_KEY can be guessed"),
        ("ticker", {"SECRET_KEY": "short"}, "SECRET_KEY must be set"),
        ("web", {"LOG_FORMAT": "xml"}, "LOG_FORMAT must be json or plain"),
        ("web", {"DESKBELL_ENV": "produktion"}, "DESKBELL_ENV must be production or"),
    ],
)
def test_no_program_starts_with_unsafe_settings(
    settings: Settings, name: str, environment: dict[str, str], words: str
) -> None:
    done = run(settings, name, **environment)
    assert done.returncode not in (0, None)
    said = done.stderr.splitlines()
    assert len(said) == 1, said
    assert said[0].startswith(words)


def test_production_by_omission_says_everything_at_once(settings: Settings) -> None:
    """Whoever forgets to say what it is gets the strict rules."""
    done = run(settings, "check", DESKBELL_ENV="")
    assert done.returncode == 1
    begun = [line.split(" ")[1] for line in done.stderr.splitlines()]
    assert {"DESKBELL_UNSAFE", "PUBLIC_URL", "MAIL_URL", "fsync"} <= set(begun)
    assert "note: DATABASE_ADMIN_URL is set" in done.stdout
    for secret in (settings.secret_key, str(make_url(settings.database_url).password)):
        assert secret not in done.stderr + done.stdout


def test_check_says_that_all_is_well(settings: Settings) -> None:
    done = run(settings, "check")
    assert done.returncode == 0, done.stderr
    assert done.stdout.splitlines()[-1] == "Everything is as it must be."


def test_a_bad_list_of_exceptions(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DESKBELL_UNSAFE", " fsync, ,synchronous_commit ")
    assert load_settings().accepted_unsafe == {"fsync", "synchronous_commit"}
    monkeypatch.setenv("LOG_FORMAT", "xml")
    with pytest.raises(BadSetting, match="LOG_FORMAT"):
        load_settings()
