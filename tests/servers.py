"""A real PostgreSQL and Valkey for the whole run, and one migrated template database.

Started once by the process that pytest begins with; xdist's workers find it in the environment.
"""

from __future__ import annotations

import os
import secrets
import shutil
import tempfile
from pathlib import Path
from typing import Any

from sqlalchemy import create_engine, text

from config import load_settings
from deploy.local_servers import start_postgres, start_valkey

TEMPLATE = "deskbell_test"
_FOLDER = "DESKBELL_TEST_FOLDER"
_LOGINS = ("web", "migrator", "relay")


class Servers:
    """What `pytest_configure` starts and `pytest_unconfigure` stops."""

    def __init__(self) -> None:
        self.folder = Path(tempfile.mkdtemp(prefix="desk-test-"))
        self._postgres: Any = None
        self._valkey: Any = None

    def start(self) -> None:
        self._postgres = start_postgres(self.folder / "pg", fsync=False, max_connections=100)
        self._valkey = start_valkey(self.folder / "vk", persistent=False)
        admin = self._postgres.admin_url("postgres")
        passwords = {role: secrets.token_hex(16) for role in _LOGINS}
        os.environ.update(
            {
                _FOLDER: str(self.folder),
                "DATABASE_ADMIN_URL": admin,
                "REDIS_URL": self._valkey.url,
                "SECRET_KEY": secrets.token_hex(32),
                "DATABASE_ROLE_PREFIX": TEMPLATE,
                "PUBLIC_URL": "http://localhost",
                "ARGON2_TIME_COST": "1",
                "ARGON2_MEMORY_KIB": "64",
                "DATABASE_POOL_SIZE": "4",
                "DESKBELL_ENV": "development",
                # Tests ask faster than people do; test_limits.py sets its own.
                "REQUESTS_PER_PERSON": "1000000",
                "REQUESTS_PER_SCHOOL": "1000000",
                "REQUESTS_PER_ADDRESS": "1000000",
                # The cluster is thrown away (deploy/postgres.py QUICK).
                "DESKBELL_UNSAFE": "fsync,full_page_writes,synchronous_commit",
                **{f"TEST_PASSWORD_{role}": one for role, one in passwords.items()},
            }
        )
        use_database(TEMPLATE)
        _make_template(admin)

    def stop(self) -> None:
        for server in (self._valkey, self._postgres):
            if server is not None:
                server.stop()
        shutil.rmtree(self.folder, ignore_errors=True)


def use_database(name: str) -> None:
    """Point this process's settings at a database of the test cluster."""
    admin = os.environ["DATABASE_ADMIN_URL"]
    for role, variable in zip(
        _LOGINS, ("DATABASE_URL", "DATABASE_MIGRATOR_URL", "DATABASE_RELAY_URL"), strict=True
    ):
        os.environ[variable] = _login_url(admin, role, name)


def use_redis_of(worker: str) -> None:
    """A database of the one Valkey for each worker: emptying it must not disturb the others."""
    number = int(worker[2:]) + 1 if worker[2:].isdecimal() else 0
    before = os.environ["REDIS_URL"].split("?", 1)[0]
    os.environ["REDIS_URL"] = f"{before}?db={number}"


def run_folder() -> Path:
    """Of the whole run, with all its workers; gone when it ends."""
    return Path(os.environ[_FOLDER])


def use_folders_of(worker: str) -> None:
    """Where this worker's mail and files go."""
    folder = run_folder() / worker
    for variable, name in (("MAIL_URL", "mail"), ("FILES_URL", "files")):
        (folder / name).mkdir(parents=True, exist_ok=True)
        os.environ[variable] = (folder / name).as_uri()


def _login_url(admin: str, role: str, database: str) -> str:
    from sqlalchemy.engine import make_url

    url = make_url(admin).set(
        username=f"{TEMPLATE}_{role}",
        password=os.environ[f"TEST_PASSWORD_{role}"],
        database=database,
    )
    return url.render_as_string(hide_password=False)


def _make_template(admin: str) -> None:
    from app import create_app
    from app.people.passwords import make_hash, use_cost
    from migrations import upgrade
    from tenants import db
    from tenants.roles import make_roles
    from tests.cast import PASSWORD, load_cast

    settings = load_settings()
    assert settings.admin_url and settings.migrator_url and settings.relay_url
    make_roles(
        settings.admin_url,
        settings.role_prefix,
        {
            "web": settings.database_url,
            "migrator": settings.migrator_url,
            "relay": settings.relay_url,
        },
    )
    upgrade(settings)
    use_cost(settings.argon2_time_cost, settings.argon2_memory_kib)
    app = create_app(settings)
    with app.app_context():
        load_cast(make_hash(PASSWORD))
        db.engine.dispose()


def copy_template(name: str) -> None:
    """A fresh database with the cast in it; whatever was there under that name is gone."""
    engine = create_engine(load_settings().admin_url or "", isolation_level="AUTOCOMMIT")
    with engine.connect() as connection:
        connection.execute(text(f'DROP DATABASE IF EXISTS "{name}" WITH (FORCE)'))
        connection.execute(
            text(f'CREATE DATABASE "{name}" TEMPLATE "{TEMPLATE}" STRATEGY FILE_COPY')
        )
        # A copy begins with PostgreSQL's own rights on the database, not with the template's.
        logins = ", ".join(f"{TEMPLATE}_{role}" for role in _LOGINS)
        connection.execute(text(f'REVOKE ALL ON DATABASE "{name}" FROM PUBLIC'))
        connection.execute(text(f'GRANT CONNECT ON DATABASE "{name}" TO {logins}'))
    engine.dispose()


class Snapshot:
    """Puts a database back to its first state in a few milliseconds: rows out, rows in.

    A new copy of the template would take half a second a test. One function does it all, because
    it keeps its plans: planning a delete for every table took most of each test's set-up.
    """

    _SWEEP_EVERY = 20  # without it every delete reads past the rows of all tests before

    def __init__(self, name: str) -> None:
        import psycopg2
        from sqlalchemy.engine import make_url

        url = make_url(load_settings().admin_url or "").set(database=name, drivername="postgresql")
        self._connection = psycopg2.connect(url.render_as_string(hide_password=False))
        self._connection.autocommit = True
        self._restored = 0
        tables = [name for (name,) in self._run(_EVERY_TABLE)]
        kept = [table for table in tables if self._run(f'SELECT 1 FROM "{table}" LIMIT 1')]
        for table in kept:
            self._run(f'CREATE TEMP TABLE "kept_{table}" AS SELECT * FROM public."{table}"')
        out = [f'DELETE FROM public."{table}";' for table in tables]
        back = [_put_back(table, self._run(_COLUMNS, table)[0][0]) for table in kept]
        self._run("SET session_replication_role = replica")
        self._run(
            "CREATE FUNCTION pg_temp.put_everything_back() RETURNS void LANGUAGE plpgsql"
            f" AS $$BEGIN {' '.join(out + back)} END$$"
        )

    def restore(self) -> None:
        self._run("SELECT pg_temp.put_everything_back()")
        self._restored += 1
        if self._restored % self._SWEEP_EVERY == 0:
            grown = ", ".join(f'"{name}"' for (name,) in self._run(_GROWN))
            if grown:
                self._run(f"VACUUM (INDEX_CLEANUP ON) {grown}")

    def _run(self, statement: str, *values: str) -> list[tuple[Any, ...]]:
        with self._connection.cursor() as cursor:
            cursor.execute(statement, values)
            return cursor.fetchall() if cursor.description else []


_EVERY_TABLE = "SELECT tablename FROM pg_tables WHERE schemaname = 'public'"
_COLUMNS = (
    "SELECT string_agg(quote_ident(attname), ', ' ORDER BY attnum) FROM pg_attribute"
    " WHERE attrelid = %s::regclass AND attnum > 0 AND NOT attisdropped AND attgenerated = ''"
)
_GROWN = (
    "SELECT relname FROM pg_class WHERE relkind = 'r' AND relnamespace = 'public'::regnamespace"
    " AND pg_relation_size(oid) > 65536"
)


def _put_back(table: str, columns: str) -> str:
    return (
        f'INSERT INTO public."{table}" ({columns}) OVERRIDING SYSTEM VALUE'
        f' SELECT {columns} FROM pg_temp."kept_{table}";'
    )
