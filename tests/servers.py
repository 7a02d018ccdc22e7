"""A real PostgreSQL and Valkey for the whole run, and one migrated template database.

Started once by the process that pytest begins with; xdist's workers find it in the environment.
"""

from __future__ import annotations

import io
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


def use_folders_of(worker: str) -> None:
    """Where this worker's mail and files go."""
    folder = Path(os.environ[_FOLDER]) / worker
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

    A new copy of the template would take half a second a test.
    """

    def __init__(self, name: str) -> None:
        import psycopg2
        from sqlalchemy.engine import make_url

        url = make_url(load_settings().admin_url or "").set(database=name, drivername="postgresql")
        self._connection = psycopg2.connect(url.render_as_string(hide_password=False))
        self._connection.autocommit = True
        self._tables = self._read("SELECT tablename FROM pg_tables WHERE schemaname = 'public'")
        self._rows = {table: self._copy_out(table) for table in self._tables}
        self._empty = "SET session_replication_role = replica; " + "; ".join(
            f'DELETE FROM "{table}"' for table in self._tables
        )

    def restore(self) -> None:
        with self._connection.cursor() as cursor:
            cursor.execute(self._empty)
            for table, rows in self._rows.items():
                if rows:
                    cursor.copy_expert(f'COPY "{table}" FROM STDIN', io.BytesIO(rows))

    def _copy_out(self, table: str) -> bytes:
        out = io.BytesIO()
        with self._connection.cursor() as cursor:
            cursor.copy_expert(f'COPY "{table}" TO STDOUT', out)
        return out.getvalue()

    def _read(self, statement: str) -> list[str]:
        with self._connection.cursor() as cursor:
            cursor.execute(statement)
            return [name for (name,) in cursor.fetchall()]
