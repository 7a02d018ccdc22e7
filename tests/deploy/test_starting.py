"""Before anything runs: the port, the virtual environment, and one sentence for what goes wrong."""

from __future__ import annotations

import errno
import subprocess
import sys
from pathlib import Path

import pytest

from deploy import locks, say
from deploy.places import ROOT
from deploy.port import take_port
from deploy.virtualenv import is_damaged


def test_the_first_free_port_is_taken_and_held() -> None:
    first = take_port("")
    second = take_port("")
    assert first.number != second.number
    with pytest.raises(say.GiveUp, match=f"Port {first.number} is taken by another program"):
        take_port(str(first.number))
    for port in (first, second):
        port.listener.close()


@pytest.mark.parametrize("asked", ["0", "65536", "http", "-1"])
def test_a_port_is_a_number(asked: str) -> None:
    with pytest.raises(say.GiveUp, match="PORT must be a number"):
        take_port(asked)


def test_the_second_at_a_lock_hears_what_the_first_wrote(tmp_path: Path) -> None:
    first = locks.take(tmp_path / "run.lock")
    locks.write(first, "http://localhost:8000")
    with pytest.raises(locks.Taken, match=r"^http://localhost:8000$"):
        locks.take(tmp_path / "run.lock")


@pytest.mark.parametrize(
    ("damage", "expected"),
    [
        ("none", False),
        ("file gone", True),
        ("file cut short", True),
        ("record gone", True),
    ],
)
def test_a_package_with_a_file_missing_is_damaged(
    damage: str, expected: bool, tmp_path: Path
) -> None:
    module, record = tmp_path / "thing.py", tmp_path / "thing-1.dist-info" / "RECORD"
    record.parent.mkdir()
    module.write_text("x = 1\n")
    record.write_text("thing.py,sha256=x,6\nthing-1.dist-info/RECORD,,\n__pycache__/thing.pyc,,\n")
    if damage == "file gone":
        module.unlink()
    elif damage == "file cut short":
        module.write_text("x")
    elif damage == "record gone":
        record.unlink()
    assert is_damaged(tmp_path) is expected


@pytest.mark.parametrize(
    ("output", "sentence"),
    [
        ("x\nerror: No space left on device (os error 28)", say.DISK_IS_FULL),
        ("npm error code ENOSPC", say.DISK_IS_FULL),
        ("error: Failed to fetch: `uv`", "the package index cannot be reached"),
        ("npm error code ECONNREFUSED", "the package index cannot be reached"),
        ("error: Hash mismatch for `flask==3`", "is not the one that was locked"),
        ("Traceback\nx.MyError: a thing is wrong.\nError: more", "x.MyError: a thing is wrong."),
        ("hello\n", "Trying failed: hello."),
        ("", "Trying failed: it said nothing."),
    ],
)
def test_a_failure_is_one_sentence(output: str, sentence: str) -> None:
    told = say.why("Trying", output)
    assert sentence in told
    assert "\n" not in told


def test_an_old_python_is_turned_away_in_one_sentence() -> None:
    program = "import sys; sys.version_info = (3, 9, 2); import deploy"
    done = subprocess.run([sys.executable, "-c", program], cwd=ROOT, capture_output=True, text=True)
    assert done.returncode == 1
    assert done.stderr.startswith("Deskbell needs Python 3.11 or newer and this is 3.9;")
    assert done.stderr.count("\n") == 1


def test_a_full_disk_is_called_that() -> None:
    assert say.why_not(OSError(errno.ENOSPC, "No space left on device")) == say.DISK_IS_FULL
    denied = say.why_not(PermissionError(errno.EACCES, "Permission denied", "/x/y"))
    assert denied == "The operating system refused: Permission denied (/x/y)."
