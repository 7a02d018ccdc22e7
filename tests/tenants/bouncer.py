"""A PgBouncer of one's own, in transaction mode, in front of whatever PostgreSQL the tests use."""

from __future__ import annotations

import os
import shutil
import socket
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from sqlalchemy.engine import URL, make_url

from deploy.account import NAMESPACE

PROGRAM = shutil.which("pgbouncer", path=f"{os.environ.get('PATH', '')}:/usr/sbin")
PORT = 6432


@contextmanager
def pgbouncer(database_url: str, size: int) -> Iterator[str]:
    """The same database through a pooler with so many server connections; yields the new URL."""
    assert PROGRAM is not None
    url = make_url(database_url)
    folder = Path(tempfile.mkdtemp(prefix="bouncer-"))
    process = None
    try:
        (folder / "pgbouncer.ini").write_text(_settings(url, folder, size))
        (folder / "users").write_text(f'"{url.username}" "{url.password or ""}"\n')
        process = _start(folder)
        _wait(folder / f".s.PGSQL.{PORT}", process)
        host = {"host": str(folder), "port": str(PORT)}
        through = url.set(host=None, port=None, query=host)
        yield through.render_as_string(hide_password=False)
    finally:
        if process is not None:
            process.terminate()
            process.wait(10)
        shutil.rmtree(folder, ignore_errors=True)


def _settings(url: URL, folder: Path, size: int) -> str:
    host = url.query.get("host") or url.host or "127.0.0.1"
    return f"""
[databases]
{url.database} = host={host} port={url.query.get("port") or url.port or 5432}
[pgbouncer]
pool_mode = transaction
default_pool_size = {size}
unix_socket_dir = {folder}
listen_port = {PORT}
auth_type = trust
auth_file = {folder}/users
logfile = {folder}/log
query_wait_timeout = 5
"""


def _start(folder: Path) -> subprocess.Popen[bytes]:
    """It refuses to run as root, as PostgreSQL does; the same ways round it."""
    command = [str(PROGRAM), "-q", str(folder / "pgbouncer.ini")]
    if os.geteuid() != 0:
        return _popen(command)
    if subprocess.run([*NAMESPACE, "true"], check=False, capture_output=True).returncode == 0:
        return _popen([*NAMESPACE, *command])
    for path in (folder, *folder.iterdir()):
        shutil.chown(path, "nobody")
    return _popen(command, user="nobody")


def _popen(command: list[str], user: str | None = None) -> subprocess.Popen[bytes]:
    return subprocess.Popen(
        command, user=user, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
    )


def _wait(path: Path, process: subprocess.Popen[bytes]) -> None:
    for _ in range(200):
        with socket.socket(socket.AF_UNIX) as client:
            if client.connect_ex(str(path)) == 0:
                return
        assert process.poll() is None, "pgbouncer has ended"
        time.sleep(0.02)
    raise AssertionError("pgbouncer does not listen")
