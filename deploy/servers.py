"""The servers of this run: those that `DATABASE_URL` and `REDIS_URL` name, else our own."""

from __future__ import annotations

import os
import subprocess

from deploy import say, settings_file
from deploy.commands import clean_environment
from deploy.local_servers import start_postgres, start_valkey
from deploy.places import LOCAL, ROOT, SETTINGS, VENV_PYTHON
from deploy.port import Port
from deploy.postgres import Postgres
from deploy.settings_file import Settings
from deploy.supervisor import Supervisor
from deploy.valkey import Valkey


def start_servers(supervisor: Supervisor, port: Port) -> Settings:
    """Start what is not given, and answer with all settings of this run."""
    given, saved = os.environ, settings_file.read(SETTINGS)
    settings = {
        "PORT": str(port.number),
        "DESKBELL_ENV": given.get("DESKBELL_ENV") or "development",
        "PUBLIC_URL": given.get("PUBLIC_URL") or port.url,
        "SECRET_KEY": given.get("SECRET_KEY") or settings_file.secret_key(saved),
    }
    if url := given.get("DATABASE_URL"):
        able = may_make_roles(settings_file.as_psycopg2(url))
        settings |= settings_file.given_database(given, may_make_roles=able, saved=saved)
    else:
        settings |= settings_file.own_database(_own_postgres(supervisor).admin_url(), saved)
    settings["REDIS_URL"] = given.get("REDIS_URL") or _own_valkey(supervisor).url
    return settings


def may_make_roles(url: str) -> bool:
    """Asked by `.venv`'s Python, because the driver is there and not here."""
    asked = subprocess.run(
        [VENV_PYTHON, "-m", "deploy.given_database"],
        cwd=ROOT,
        env=clean_environment(),
        input=url,
        check=False,
        capture_output=True,
        text=True,
    )
    if asked.returncode:
        raise say.GiveUp(asked.stderr.strip().splitlines()[-1])
    return asked.stdout.strip() == "yes"


def _own_postgres(supervisor: Supervisor) -> Postgres:
    with say.step("Starting PostgreSQL"):
        return supervisor.keep_server("PostgreSQL", _start_postgres)


def _own_valkey(supervisor: Supervisor) -> Valkey:
    with say.step("Starting Valkey"):
        return supervisor.keep_server("Valkey", _start_valkey)


def _start_postgres() -> Postgres:
    server = start_postgres(LOCAL / "postgres")
    if server.process is None:  # Left over by a run that was killed; this one must end with us.
        server.stop()
        server = start_postgres(LOCAL / "postgres")
    return server


def _start_valkey() -> Valkey:
    server = start_valkey(LOCAL / "valkey")
    if server.process is None:
        server.stop()
        server = start_valkey(LOCAL / "valkey")
    return server
