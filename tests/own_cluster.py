"""A PostgreSQL for tests that change roles: those are the whole cluster's, and on the shared one
other tests run at the same moment."""

from __future__ import annotations

import os
import secrets
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from config import ROOT, Settings, load_settings
from deploy.local_servers import start_postgres
from tests.servers import TEMPLATE

LOGINS = {
    "DATABASE_URL": "web",
    "DATABASE_MIGRATOR_URL": "migrator",
    "DATABASE_RELAY_URL": "relay",
}


@dataclass(frozen=True)
class OwnCluster:
    """Role names are those of the shared one."""

    environment: dict[str, str]
    settings: Settings


@contextmanager
def own_cluster(folder: Path) -> Iterator[OwnCluster]:
    server = start_postgres(folder, fsync=False, max_connections=50)
    try:
        urls = {
            name: server.url(f"{TEMPLATE}_{role}", secrets.token_hex(16), TEMPLATE)
            for name, role in LOGINS.items()
        }
        urls["DATABASE_ADMIN_URL"] = server.admin_url(TEMPLATE)
        environment = {**os.environ, **urls}
        prepare = [sys.executable, "-m", "flask", "--app", "wsgi", "prepare"]
        first = environment | {"DATABASE_ADMIN_URL": server.admin_url("postgres")}
        subprocess.run(prepare, cwd=ROOT, env=first, check=True, capture_output=True)
        yield OwnCluster(environment, load_settings(environment))
    finally:
        server.stop()
