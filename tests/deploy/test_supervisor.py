"""What dies is started again; stopping takes all that a process started, and nothing else."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from deploy.parent import Parent
from deploy.supervisor import Child, Supervisor

SLEEP = "import time; time.sleep(60)"
STUBBORN = "import signal, time; signal.signal(15, signal.SIG_IGN); print(1, flush=True); " + SLEEP
WITH_CHILD = (
    "import subprocess, sys, time;"
    "child = subprocess.Popen([sys.executable, '-c', 'import time; time.sleep(60)']);"
    "print(child.pid, flush=True);"
    "time.sleep(60)"
)


@pytest.fixture
def supervisor() -> Iterator[Supervisor]:
    one = Supervisor(Parent())
    yield one
    one.stop()


def starting(program: str, log: Path) -> Callable[[], Child]:
    return lambda: Child([sys.executable, "-c", program], log=log, env={})


def running(supervisor: Supervisor, number: int = 0) -> Child:
    child = supervisor.processes[number].running
    assert isinstance(child, Child)
    return child


def wait_for(statement: Callable[[], object], meanwhile: Callable[[], object] = int) -> None:
    deadline = time.monotonic() + 20
    while not statement():
        assert time.monotonic() < deadline, "it did not happen in 20 s"
        meanwhile()
        time.sleep(0.02)


def lives(number: int) -> bool:
    """Neither gone nor a zombie."""
    try:
        return Path(f"/proc/{number}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except FileNotFoundError:
        return False


def test_a_killed_process_is_started_again(
    supervisor: Supervisor, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    supervisor.keep_process("web", starting(SLEEP, tmp_path / "log"))
    first = running(supervisor)
    os.kill(first.process.pid, signal.SIGKILL)
    kept = supervisor.processes[0]
    wait_for(lambda: kept.running not in (first, None), supervisor.look_after_all)
    assert not running(supervisor).has_ended()
    assert capsys.readouterr().out == "web has ended; starting it again in 0.2 s.\n"


def test_one_that_keeps_dying_is_given_more_time_each_time(
    supervisor: Supervisor, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    supervisor.keep_process("web", starting("raise SystemExit(1)", tmp_path / "log"))
    wait_for(lambda: supervisor.processes[0].deaths == 3, supervisor.look_after_all)
    assert [line.split()[-2] for line in capsys.readouterr().out.splitlines()] == [
        "0.2",
        "0.5",
        "1",
    ]


def test_what_a_process_started_goes_with_it(supervisor: Supervisor, tmp_path: Path) -> None:
    log = tmp_path / "log"
    supervisor.keep_process("web", starting(WITH_CHILD, log))
    wait_for(lambda: log.read_text().endswith("\n"))
    grandchild = int(log.read_text())
    os.kill(running(supervisor).process.pid, signal.SIGKILL)
    wait_for(lambda: not lives(grandchild), supervisor.look_after_all)


def test_stopping_is_quick_even_with_a_stubborn_one(supervisor: Supervisor, tmp_path: Path) -> None:
    log = tmp_path / "log"
    supervisor.keep_process("web", starting(STUBBORN, log))
    supervisor.keep_process("ticker", starting(SLEEP, tmp_path / "other"))
    wait_for(lambda: log.read_text() == "1\n")
    children = [running(supervisor, 0), running(supervisor, 1)]
    began = time.monotonic()
    supervisor.stop()
    assert time.monotonic() - began < 5
    assert not any(lives(child.process.pid) for child in children)


def test_when_make_is_gone_it_stops(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("MAKELEVEL", "1")
    parent = Parent()
    assert parent.wants_us()
    monkeypatch.setattr(os, "getppid", lambda: 1)
    assert not parent.wants_us()
    monkeypatch.delenv("MAKELEVEL")
    assert Parent().wants_us()


def test_when_make_only_waits_for_our_end_it_stops(monkeypatch: pytest.MonkeyPatch) -> None:
    waiting = "import signal, time; signal.pthread_sigmask(0, {2}); print(1, flush=True);"
    make = subprocess.Popen(
        [sys.executable, "-c", f"input(); {waiting} time.sleep(60)"],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
    )
    monkeypatch.setenv("MAKELEVEL", "1")
    monkeypatch.setattr(os, "getppid", lambda: make.pid)
    parent = Parent()
    assert parent.wants_us()
    assert make.stdin
    assert make.stdout
    make.stdin.write(b"\n")
    make.stdin.flush()
    assert make.stdout.readline() == b"1\n"
    assert not parent.wants_us()
    make.kill()
    make.communicate()
