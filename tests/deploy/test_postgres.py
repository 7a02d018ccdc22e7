"""Our PostgreSQL is made, found and started again whatever happened; nobody else is touched."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import psycopg2
import pytest

from deploy.local_servers import start_postgres
from deploy.postgres import Postgres
from deploy.say import GiveUp
from deploy.server import LONGEST_SOCKET_PATH, listener_of

Start = Callable[..., Postgres]
ROOT = Path(__file__).resolve().parents[2]


def ask(server: Postgres, question: str) -> object:
    connection = psycopg2.connect(server.admin_url().replace("+psycopg2", ""))
    try:
        with connection, connection.cursor() as cursor:
            cursor.execute(question)
            row = cursor.fetchone() if cursor.description else None
            return row[0] if row else None
    finally:
        connection.close()


@pytest.fixture
def innocent() -> Iterator[subprocess.Popen[bytes]]:
    """A process that has nothing to do with it."""
    process = subprocess.Popen(["sleep", "60"])
    yield process
    process.kill()
    process.wait()


def test_it_starts_stops_and_keeps_its_data(start: Start) -> None:
    server = start()
    ask(server, "CREATE TABLE kept AS SELECT 41 AS number")
    server.stop()
    assert not server.is_up()
    assert ask(start(), "SELECT number + 1 FROM kept") == 42


def test_it_is_closed_to_everybody_else(start: Start) -> None:
    server = start()
    assert ask(server, "SHOW listen_addresses") == ""
    assert ask(server, "SHOW server_encoding") == "UTF8"
    assert server.sockets.stat().st_mode & 0o777 == 0o700
    assert (server.folder / "password").stat().st_mode & 0o777 == 0o600
    with pytest.raises(psycopg2.OperationalError, match="password authentication failed"):
        psycopg2.connect(host=str(server.sockets), user="postgres", password="guess")


def test_after_kill_9_it_starts_again(start: Start) -> None:
    server = start()
    assert server.process
    os.kill(server.process.pid, signal.SIGKILL)
    server.process.wait()
    assert server.has_ended()
    assert (server.data / "postmaster.pid").exists()
    assert ask(start(), "SELECT 1") == 1


def test_a_stale_number_of_an_innocent_process_is_overlooked(
    start: Start, innocent: subprocess.Popen[bytes]
) -> None:
    server = start()
    assert server.process
    server.process.kill()
    server.process.wait()
    for stale in (server.data / "postmaster.pid", server.sockets / ".s.PGSQL.5432.lock"):
        lines = stale.read_text().splitlines(keepends=True)
        stale.write_text("".join([f"{innocent.pid}\n", *lines[1:]]))
    again = start()
    assert ask(again, "SELECT 1") == 1
    again.stop()
    assert innocent.poll() is None


def test_what_is_left_over_is_found_by_its_socket_and_stopped(start: Start) -> None:
    first = start()
    found = start()
    assert first.process
    assert found.process is None
    assert listener_of(found.socket_path) == first.process.pid
    found.stop()
    assert first.has_ended()


def test_a_half_made_cluster_is_made_again(
    made_cluster: Path, start: Start, tmp_path: Path
) -> None:
    half = tmp_path / "half"
    half.mkdir(mode=0o700)
    shutil.copytree(made_cluster / "data" / "base", half / "data.unfinished" / "base")
    server = start(half)
    assert ask(server, "SELECT 1") == 1
    assert not (half / "data.unfinished").exists()


def test_two_run_side_by_side(made_cluster: Path, start: Start, tmp_path: Path) -> None:
    shutil.copytree(made_cluster, tmp_path / "other")
    one, other = start(), start(tmp_path / "other")
    ask(one, "CREATE TABLE only_here AS SELECT 1")
    assert ask(other, "SELECT to_regclass('only_here')::text") is None
    one.stop()
    assert other.is_up()


def test_a_deep_folder_gets_a_short_socket(
    made_cluster: Path, start: Start, tmp_path: Path
) -> None:
    deep = tmp_path.joinpath(*["a-folder-with-a-long-name"] * 5) / "pg"
    shutil.copytree(made_cluster, deep)
    server = start(deep)
    assert len(os.fsencode(server.socket_path)) <= LONGEST_SOCKET_PATH
    assert server.sockets.stat().st_mode & 0o777 == 0o700
    assert start(deep).sockets == server.sockets
    server.stop()
    assert not server.sockets.exists()


def test_damaged_data_is_told_in_one_sentence(cluster: Path) -> None:
    (cluster / "data" / "global" / "pg_control").write_bytes(b"")
    with pytest.raises(GiveUp, match=r"^Starting PostgreSQL failed: .*pg_control.*") as told:
        start_postgres(cluster, fsync=False)
    assert "\n" not in str(told.value)


def test_killing_its_starter_leaves_nothing_in_the_way(cluster: Path, start: Start) -> None:
    program = (
        "import sys, time; from pathlib import Path; from deploy.local_servers import *;"
        "start_postgres(Path(sys.argv[1]), fsync=False); print('up', flush=True); time.sleep(60)"
    )
    starter = subprocess.Popen(
        [sys.executable, "-c", program, cluster], cwd=ROOT, stdout=subprocess.PIPE
    )
    assert starter.stdout
    assert starter.stdout.readline() == b"up\n"
    starter.kill()
    starter.communicate()
    assert ask(start(), "SELECT 1") == 1
