"""`make run` in a copy of this checkout, from nothing: started, hurt, stopped, started again."""

from __future__ import annotations

import http.client
import json
import os
import re
import shutil
import signal
import subprocess
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from urllib.parse import urlsplit

import psycopg2
import pytest

ROOT = Path(__file__).resolve().parents[2]
# What the servers of this test run, and the make around it, would tell it.
OURS = re.compile(r"(DATABASE|REDIS|ARGON2|TEST|PYTEST|DESKBELL|MAKE|MFLAGS|SECRET|PUBLIC|PORT)")
PATIENCE = 240  # a busy machine; what it really takes is measured elsewhere

pytestmark = pytest.mark.xdist_group("make run")


class Make:
    """`make run` as somebody at a terminal has it: with a process group to send Ctrl-C to."""

    def __init__(self, folder: Path) -> None:
        self.process = subprocess.Popen(
            ["make", "run"],
            cwd=folder,
            # They are read in tests/replay; here they would be half a minute of waiting.
            env=clean_environment() | {"YEARS": "no"},
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            start_new_session=True,
        )
        self.lines: list[str] = []
        self._reader = threading.Thread(target=self._read)
        self._reader.start()

    def _read(self) -> None:
        assert self.process.stdout
        self.lines.extend(iter(self.process.stdout.readline, ""))

    @property
    def said(self) -> str:
        return "".join(self.lines)

    def url(self) -> str:
        wait_for(lambda: "Ctrl-C stops it" in self.said or self.process.poll() is not None)
        found = re.search(r"ready after [\d.]+ s: (http://localhost:\d+)", self.said)
        assert found, self.said
        return found[1]

    def interrupt(self) -> None:
        if self.process.poll() is None:
            os.killpg(self.process.pid, signal.SIGINT)
        self.process.wait(PATIENCE)
        self._reader.join()
        assert self.process.stdout
        self.process.stdout.close()


def clean_environment() -> dict[str, str]:
    return {name: value for name, value in os.environ.items() if not OURS.match(name)}


def make(folder: Path, target: str) -> tuple[int, str]:
    done = subprocess.run(
        ["make", target], cwd=folder, env=clean_environment(), capture_output=True, text=True
    )
    return done.returncode, done.stdout + done.stderr


def wait_for(statement: Callable[[], object]) -> None:
    deadline = time.monotonic() + PATIENCE
    while not statement():
        assert time.monotonic() < deadline, f"it did not happen in {PATIENCE} s"
        time.sleep(0.1)


def answers(url: str, path: str) -> bool:
    connection = http.client.HTTPConnection("127.0.0.1", urlsplit(url).port or 80, timeout=10)
    try:
        connection.request("GET", path)
        return connection.getresponse().status == 200
    except (OSError, http.client.HTTPException):
        return False
    finally:
        connection.close()


def processes_in(folder: Path) -> list[str]:
    """Everything that runs from there or works there."""
    found = []
    for process in Path("/proc").glob("[0-9]*"):
        try:
            words = (process / "cmdline").read_text().replace("\0", " ")
            works_there = os.readlink(process / "cwd").startswith(str(folder))
        except OSError:
            continue
        if works_there or str(folder) in words:
            found.append(f"{process.name} {words}")
    return found


def execute(checkout: Path, statement: str) -> None:
    settings = json.loads((checkout / ".local" / "settings.json").read_text())
    connection = psycopg2.connect(settings["DATABASE_ADMIN_URL"].replace("+psycopg2", ""))
    with connection, connection.cursor() as cursor:
        cursor.execute(statement)
    connection.close()


@pytest.fixture
def checkout(tmp_path: Path) -> Iterator[Path]:
    """What is in git or would be, in a folder whose name has a space."""
    folder = tmp_path / "a checkout"
    listed = subprocess.run(
        ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"],
        cwd=ROOT,
        check=True,
        capture_output=True,
        text=True,
    )
    for name in filter(None, listed.stdout.split("\0")):
        if (ROOT / name).is_file():
            (folder / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy2(ROOT / name, folder / name)
    yield folder
    shutil.rmtree(folder, ignore_errors=True)


@pytest.fixture
def start(checkout: Path) -> Iterator[Callable[[], Make]]:
    started: list[Make] = []

    def start_one() -> Make:
        started.append(Make(checkout))
        return started[-1]

    yield start_one
    for one in started:
        if not one.process.stdout or not one.process.stdout.closed:
            one.interrupt()


def test_from_an_empty_clone_to_the_second_day(checkout: Path, start: Callable[[], Make]) -> None:
    first = start()
    url = first.url()
    assert answers(url, "/readyz")
    accounts = json.loads((checkout / ".local" / "demo-accounts.json").read_text())
    for account in accounts:
        assert account["role"] in first.said
    assert (checkout / ".local" / "settings.json").stat().st_mode & 0o777 == 0o600
    assert (checkout / ".local" / "demo-accounts.json").stat().st_mode & 0o777 == 0o600

    assert f"Deskbell is already running here at {url}." in make(checkout, "run")[1]
    code, said = make(checkout, "reset")
    assert code != 0
    assert "stop it first" in said

    execute(checkout, "CREATE TABLE public.left_by_the_first_day AS SELECT 1")
    postmaster = next(text for text in processes_in(checkout) if "postgres -D" in text)
    os.kill(int(postmaster.split()[0]), signal.SIGKILL)
    wait_for(lambda: "PostgreSQL has ended; starting it again" in first.said)
    wait_for(lambda: answers(url, "/readyz"))

    first.interrupt()
    assert processes_in(checkout) == []
    assert not answers(url, "/readyz")

    second = start()
    assert answers(second.url(), "/readyz")
    assert "Installing" not in second.said
    assert json.loads((checkout / ".local" / "demo-accounts.json").read_text()) == accounts
    execute(checkout, "DROP TABLE public.left_by_the_first_day")
    second.interrupt()
    assert processes_in(checkout) == []

    assert make(checkout, "reset")[0] == 0
    assert not (checkout / ".local").exists()
