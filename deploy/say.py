"""What the person at the keyboard reads: one line a step with its time, one sentence a failure."""

from __future__ import annotations

import errno
import re
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager


class GiveUp(Exception):
    """It cannot go on; the message is one sentence that says why and what to do."""


DISK_IS_FULL = "The disk is full: free some space, then run the same command again."

# What other programs print, and what it means to somebody who only wants to see Deskbell.
NO_INDEX = (
    "{doing} failed: the package index cannot be reached. Check the network (or the proxy), "
    "then run the same command again."
)
WRONG_HASH = (
    "{doing} failed: a package is not the one that was locked (its hash differs), so nothing of it "
    "was used. Try again; if it stays, ask who maintains Deskbell."
)
CAUSES = {
    r"No space left on device|ENOSPC|Disk quota exceeded|EDQUOT": DISK_IS_FULL,
    r"dns error|[Ff]ailed to fetch|Failed to establish a new connection": NO_INDEX,
    r"Network is unreachable|name resolution|error sending request|tcp connect error": NO_INDEX,
    r"ENOTFOUND|ECONNREFUSED|EAI_AGAIN|ETIMEDOUT": NO_INDEX,
    r"HASHES|[Hh]ash mismatch|EINTEGRITY": WRONG_HASH,
}


def line(text: str = "") -> None:
    print(text, flush=True)


def failure(sentence: str) -> None:
    print(sentence, file=sys.stderr, flush=True)


@contextmanager
def step(text: str) -> Iterator[None]:
    """Say what is being done while it is done, and then how long it took."""
    began = time.monotonic()
    print(f"{text} ... ", end="", flush=True)
    try:
        yield
    except BaseException:
        line()
        raise
    line(f"{time.monotonic() - began:.1f} s")


def why(doing: str, output: str) -> str:
    """One sentence for a program that failed, made from what it printed."""
    for pattern, sentence in CAUSES.items():
        if re.search(pattern, output):
            return sentence.format(doing=doing)
    words = [text.strip() for text in output.splitlines() if text.strip()]
    raised = [text for text in words if re.match(r"[\w.]+(Error|Exception)\b", text)]
    telling = [text for text in words if re.search(r"error|fatal|refused|denied", text.lower())]
    last = (raised or telling or words or ["it said nothing"])[-1]
    return f"{doing} failed: {last.rstrip('.')}."


def why_not(error: OSError) -> str:
    """One sentence for what the operating system refused."""
    if error.errno in (errno.ENOSPC, errno.EDQUOT):
        return DISK_IS_FULL
    where = f" ({error.filename})" if error.filename else ""
    return f"The operating system refused: {error.strerror or error}{where}."


def table(rows: list[tuple[str, ...]]) -> None:
    """Columns wide enough for their longest word."""
    widths = [max(len(row[column]) for row in rows) for column in range(len(rows[0]))]
    for row in rows:
        cells = (cell.ljust(width) for cell, width in zip(row, widths, strict=True))
        line("  " + "  ".join(cells).rstrip())
