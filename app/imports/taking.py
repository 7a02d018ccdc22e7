"""Takes a spreadsheet in: written out as plain rows by the converter, and kept by content.

Only the rows are kept, in the store of files, and go a day later by themselves (files/sweeping.py):
an import is done in one sitting, and nobody's old spreadsheet lies about.
"""

from __future__ import annotations

import hashlib
import json
import shutil
import signal
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Iterator
from pathlib import Path
from typing import IO, Any, BinaryIO, NamedTuple

from sqlalchemy import select

from app.errors import DeskError, wrong
from app.files import scanner
from app.files.store import StoreAway, key_of, the_store
from app.imports.rules import LARGEST_FILE, SENTENCES, Refusal
from app.imports.tables import CannotRead, Row
from config import ROOT
from tenants import current_school_id, db

FIELD = "file"
# The converter takes a few; the rest is for machines that have other work.
SECONDS = 60.0
# PostgreSQL ends a transaction that is silent for ten seconds (tenants/roles.py).
_SIGN_OF_LIFE_SECONDS = 2.0
_AT_ONCE = threading.BoundedSemaphore(1)
_CHUNK = 1 << 18
_ENVIRONMENT = {"LANG": "C.UTF-8", "MALLOC_ARENA_MAX": "2"}
_AWAY = "We could not keep your file just now. Try again in a moment"


class CannotKeep(DeskError):
    """The disk is full, the bucket or the scanner away: not the person's fault."""

    status = 503


class Taken(NamedTuple):
    sha256: bytes
    sheets: list[dict[str, Any]]


def take(stream: IO[bytes]) -> Taken:
    """Raises Wrong with what is the matter with the file, or CannotKeep."""
    store = the_store()
    try:
        with store.workplace() as place:
            source, rows = place / "brought", place / "rows"
            _copy(stream, source)
            if scanner.has_virus(source, time.monotonic() + SECONDS):
                raise CannotRead(Refusal.VIRUS)
            sheets = _convert(source, rows)
            with rows.open("rb") as file:
                sha256 = hashlib.file_digest(file, "sha256").digest()
            _sign_of_life()
            store.put(key_of(current_school_id(), sha256), rows)
    except CannotRead as cannot:
        raise wrong(FIELD, SENTENCES[cannot.refusal]) from None
    except (scanner.ScannerAway, StoreAway, OSError) as away:
        raise CannotKeep(_AWAY) from away
    return Taken(sha256, sheets)


def rows_of(sha256: bytes, sheet: str, after: int = 0) -> Iterator[Row]:
    """The rows of that sheet behind the line of that number. Raises FileNotFoundError when the file
    has been let go."""
    content = the_store().open(key_of(current_school_id(), sha256))
    if content is None:
        raise FileNotFoundError
    try:
        is_it = False
        for line in _lines(content.chunks):
            if line.startswith(b"{"):
                is_it = json.loads(line)["sheet"] == sheet
            elif is_it and int(line[1 : line.index(b",")]) > after:
                yield Row(*json.loads(line))
    finally:
        content.close()


def _lines(chunks: Iterator[bytes]) -> Iterator[bytes]:
    rest = b""
    for chunk in chunks:
        *whole, rest = (rest + chunk).split(b"\n")
        yield from whole


def _copy(stream: IO[bytes], target: Path) -> None:
    with target.open("wb") as out:
        shutil.copyfileobj(stream, out, _CHUNK)
        if out.tell() > LARGEST_FILE:
            raise CannotRead(Refusal.TOO_BIG)
        if out.tell() == 0:
            raise CannotRead(Refusal.EMPTY)


def _convert(source: Path, target: Path) -> list[dict[str, Any]]:
    until = time.monotonic() + SECONDS
    while not _AT_ONCE.acquire(timeout=_SIGN_OF_LIFE_SECONDS):
        _sign_of_life()
        if time.monotonic() > until:
            raise CannotRead(Refusal.SLOW)
    try:
        with source.open("rb") as file, target.open("wb") as out, tempfile.TemporaryFile() as said:
            status = _run(file, (out.fileno(), said.fileno()), until)
            said.seek(0)
            return _read(status, said.read(1 << 20))
    finally:
        _AT_ONCE.release()


def _run(source: BinaryIO, numbers: tuple[int, int], until: float) -> int | None:
    """Its exit status; None when it had to be ended."""
    converter = subprocess.Popen(
        [sys.executable, "-E", "-s", "-m", "app.imports.converter", *map(str, numbers)],
        stdin=source,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        pass_fds=numbers,
        cwd=ROOT,
        env=_ENVIRONMENT,
        start_new_session=True,
    )
    try:
        while time.monotonic() < until:
            try:
                return converter.wait(_SIGN_OF_LIFE_SECONDS)
            except subprocess.TimeoutExpired:
                _sign_of_life()
        return None
    finally:
        converter.kill()
        converter.wait()


def _read(status: int | None, said: bytes) -> list[dict[str, Any]]:
    """A converter that died said nothing: it used up what it allows itself, or the file did it."""
    if status is None or status == -signal.SIGXCPU:
        raise CannotRead(Refusal.SLOW)
    if status in (-signal.SIGKILL, -signal.SIGXFSZ):
        raise CannotRead(Refusal.TOO_BIG_OPENED)
    try:
        answer: dict[str, Any] = json.loads(said)
        if refusal := answer.get("refusal"):
            raise CannotRead(Refusal(refusal))
        sheets: list[dict[str, Any]] = answer["sheets"]
    except (ValueError, KeyError):
        raise CannotRead(Refusal.DAMAGED) from None
    return sheets


def _sign_of_life() -> None:
    db.session.execute(select(1))
