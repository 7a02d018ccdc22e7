"""Writes a spreadsheet out as lines of JSON: a program of its own, so that no bomb reaches the web.

`python -m app.imports.converter OUT ANSWER`: the file comes on standard input; the numbers are open
files for the lines and for one line of JSON that says what sheets there are, or why the file is
refused. It limits itself first, has no settings, no secrets and no database. taking.py starts it.

A line is `[number, [cells]]`; before the rows of a sheet stands `{"sheet": name}`.
"""

from __future__ import annotations

import json
import os
import resource
import sys
from typing import Any, BinaryIO

from app.files.rules import MEBIBYTE
from app.imports.rules import LARGEST_FILE, LARGEST_WRITTEN, Refusal
from app.imports.tables import CannotRead, check_count, sheets_of

CPU_SECONDS = 40
MOST_MEMORY = 400 * MEBIBYTE
MOST_ADDRESSES = 2048 * MEBIBYTE


def limit_itself() -> None:
    for what, most in (
        (resource.RLIMIT_CPU, CPU_SECONDS),
        (resource.RLIMIT_DATA, MOST_MEMORY),
        (resource.RLIMIT_AS, MOST_ADDRESSES),
        (resource.RLIMIT_FSIZE, LARGEST_WRITTEN + MEBIBYTE),
        (resource.RLIMIT_CORE, 0),
    ):
        resource.setrlimit(what, (most, most))
    os.umask(0o077)


def convert(whole: bytes, out: BinaryIO) -> list[dict[str, Any]]:
    """The sheets with how many rows each has. Raises CannotRead."""
    if len(whole) > LARGEST_FILE:
        raise CannotRead(Refusal.TOO_BIG)
    found, rows, written = [], 0, 0
    for sheet in sheets_of(whole):
        written += out.write(_line({"sheet": sheet.name}))
        before = rows
        for row in sheet.rows:
            rows += 1
            check_count(rows)
            written += out.write(_line([row.line, row.cells]))
            if written > LARGEST_WRITTEN:
                raise CannotRead(Refusal.TOO_BIG_OPENED)
        found.append({"name": sheet.name, "rows": rows - before})
    if not rows:
        raise CannotRead(Refusal.EMPTY)
    return found


def _line(value: Any) -> bytes:
    return json.dumps(value, ensure_ascii=False, separators=(",", ":")).encode() + b"\n"


def answer(number: str) -> dict[str, Any]:
    try:
        with os.fdopen(int(number), "w+b") as out:
            return {"sheets": convert(sys.stdin.buffer.read(LARGEST_FILE + 1), out)}
    except CannotRead as cannot:
        return {"refusal": cannot.refusal}
    except MemoryError:
        return {"refusal": Refusal.TOO_BIG_OPENED}
    except Exception:
        # Whatever a reader stumbles over; its words may quote the file.
        return {"refusal": Refusal.DAMAGED}


def main() -> None:
    limit_itself()
    out, last = sys.argv[1:]
    said = json.dumps(answer(out)).encode()
    with os.fdopen(int(last), "wb") as file:
        file.write(said)


if __name__ == "__main__":
    main()
