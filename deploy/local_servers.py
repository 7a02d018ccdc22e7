"""PostgreSQL and Valkey of one's own, for `make run` and for the tests.

    server = start_postgres(folder, fsync=False)
    server.admin_url("postgres"); server.is_up(); server.stop()

Only the programs of the two packages are used, never their Python layers (deploy/binaries.py says
why). A server that is up already in that folder is used as it is.
"""

from __future__ import annotations

from pathlib import Path

from deploy.account import choose_account
from deploy.binaries import postgres_programs, valkey_program
from deploy.locks import one_at_a_time
from deploy.postgres import Postgres
from deploy.valkey import Valkey


def start_postgres(folder: Path, *, fsync: bool = True, max_connections: int = 60) -> Postgres:
    """Start the cluster in this folder; make it first if there is none. Raises GiveUp."""
    programs = postgres_programs()
    folder = _own_folder(folder)
    with one_at_a_time(folder / "starting.lock"):
        server = Postgres(folder, choose_account(programs, folder), programs)
        if not server.is_up():
            server.start(fsync=fsync, max_connections=max_connections)
    return server


def start_valkey(folder: Path, *, persistent: bool = True) -> Valkey:
    """Start the Valkey in this folder; without `persistent` it forgets all when it ends."""
    folder = _own_folder(folder)
    with one_at_a_time(folder / "starting.lock"):
        server = Valkey(folder, valkey_program())
        if not server.is_up():
            server.start(persistent=persistent)
    return server


def _own_folder(folder: Path) -> Path:
    folder = folder.absolute()
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    return folder
