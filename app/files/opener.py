"""Looks into one file: a program of its own, so that no bomb reaches the web process.

`python -m app.files.opener CONTENT THUMBNAIL ANSWER`: the file comes on standard input; the three
numbers are open files for what is to be kept, for the small picture and for one line of JSON. It
limits itself first (memory, seconds of CPU, what it may write), has no settings, no secrets and
no database, and answers what the file is or why it is refused. looking.py starts and ends it.
"""

from __future__ import annotations

import json
import os
import resource
import sys
from typing import Any, BinaryIO

from app.files import containers, pdfs, pictures, texts
from app.files.found import Found, Unfit, check_eicar
from app.files.rules import LARGEST_FILE, MEBIBYTE, Refusal

CPU_SECONDS = 2
MOST_MEMORY = 400 * MEBIBYTE
MOST_ADDRESSES = 2048 * MEBIBYTE
MOST_WRITTEN = 24 * MEBIBYTE


def limit_itself() -> None:
    for what, most in (
        (resource.RLIMIT_CPU, CPU_SECONDS),
        (resource.RLIMIT_DATA, MOST_MEMORY),
        (resource.RLIMIT_AS, MOST_ADDRESSES),
        (resource.RLIMIT_FSIZE, MOST_WRITTEN),
        (resource.RLIMIT_CORE, 0),
    ):
        resource.setrlimit(what, (most, most))
    os.umask(0o077)


def look(source: BinaryIO, content: BinaryIO, thumbnail: BinaryIO) -> Found:
    """What it is, by what it holds. Raises Unfit."""
    size = source.seek(0, os.SEEK_END)
    source.seek(0)
    if size == 0:
        raise Unfit(Refusal.EMPTY)
    if size > LARGEST_FILE:
        raise Unfit(Refusal.TOO_BIG)
    head = source.read(4096)
    source.seek(0)
    if picture := pictures.format_of(head):
        return pictures.take(picture, source, content, thumbnail)
    whole = source.read()
    check_eicar(whole)
    if head.startswith((b"PK\x03\x04", b"PK\x05\x06")):
        return containers.take(whole)
    if head.startswith(b"%PDF-"):
        return pdfs.take(whole)
    return texts.take(whole, content)


def answer(numbers: list[str]) -> dict[str, Any]:
    content, thumbnail = (os.fdopen(int(number), "w+b") for number in numbers)
    try:
        with content, thumbnail:
            found = look(sys.stdin.buffer, content, thumbnail)
    except Unfit as refused:
        return {"refusal": refused.refusal}
    except MemoryError:
        return {"refusal": Refusal.TOO_BIG_OPENED}
    except Exception:
        # Whatever a decoder stumbles over; its words may quote the file.
        return {"refusal": Refusal.DAMAGED}
    return found._asdict()


def main() -> None:
    limit_itself()
    *numbers, last = sys.argv[1:]
    said = json.dumps(answer(numbers)).encode()
    with os.fdopen(int(last), "wb") as out:
        out.write(said)


if __name__ == "__main__":
    main()
