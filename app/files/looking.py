"""Starts the opener on a file that was brought, and ends it when it takes too long.

At most two at a time in a process: that many may take the memory that the opener allows itself.
"""

from __future__ import annotations

import json
import signal
import subprocess
import sys
import tempfile
import threading
import time
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Any, BinaryIO

from app.files.found import Found, Unfit
from app.files.rules import Refusal
from config import ROOT

WALL_SECONDS = 8.0
_AT_ONCE = threading.BoundedSemaphore(2)
_LONGEST_ANSWER = 10_000
# No settings and no secrets; it needs none.
_ENVIRONMENT = {"LANG": "C.UTF-8", "OPENBLAS_NUM_THREADS": "1", "MALLOC_ARENA_MAX": "2"}


class Busy(Exception):
    """It took too long by the clock: too much is being looked into at this moment."""


@dataclass
class Looked:
    """The file as it will be kept: both lie in the store's own place for unfinished things."""

    found: Found
    content: Path
    thumbnail: Path | None


def look_into(source: Path, folder: Path, until: float | None = None) -> Looked:
    """What `source` is. Raises Unfit, or Busy at `until` (time.monotonic): waiting for a turn and
    the look itself share that time. Everything written lies in `folder`, which the caller
    empties."""
    until = time.monotonic() + WALL_SECONDS if until is None else until
    content, thumbnail = _new_file(folder), _new_file(folder)
    with source.open("rb") as file, content as out, thumbnail as small:
        found = _ask(file, out, small, until)
        return Looked(
            found,
            Path(out.name) if found.is_rewritten else source,
            Path(small.name) if found.has_thumbnail else None,
        )


def _new_file(folder: Path) -> IO[bytes]:
    return tempfile.NamedTemporaryFile(dir=folder, delete=False)


def _ask(source: BinaryIO, out: IO[bytes], small: IO[bytes], until: float) -> Found:
    with tempfile.TemporaryFile() as answer:
        if not _AT_ONCE.acquire(timeout=_left(until)):
            raise Busy
        try:
            status = _run(source, (out.fileno(), small.fileno(), answer.fileno()), until)
        finally:
            _AT_ONCE.release()
        if status is None:
            raise Busy
        if status in (-signal.SIGKILL, -signal.SIGXCPU):
            # It used up what it allows itself.
            raise Unfit(Refusal.TOO_BIG_OPENED)
        answer.seek(0)
        said = answer.read(_LONGEST_ANSWER)
    return _read(said)


def _left(until: float) -> float:
    return max(0.0, until - time.monotonic())


def _run(source: BinaryIO, numbers: tuple[int, int, int], until: float) -> int | None:
    """Its exit status; None when it had to be ended."""
    opener = subprocess.Popen(
        [sys.executable, "-E", "-s", "-m", "app.files.opener", *map(str, numbers)],
        stdin=source,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        pass_fds=numbers,
        cwd=ROOT,
        env=_ENVIRONMENT,
        start_new_session=True,
    )
    try:
        return opener.wait(_left(until))
    except subprocess.TimeoutExpired:
        return None
    finally:
        opener.kill()
        opener.wait()


def _read(said: bytes) -> Found:
    """An opener that died said nothing: the file did that."""
    try:
        answer: dict[str, Any] = json.loads(said)
        if refusal := answer.get("refusal"):
            raise Unfit(Refusal(refusal))
        return Found(**answer)
    except (ValueError, TypeError):
        raise Unfit(Refusal.DAMAGED) from None
