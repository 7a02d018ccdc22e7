"""Who is at it? Asked of the operating system, which forgets a lock when its holder ends.

A lock file's number is never believed and nobody is ever signalled because of one.
"""

from __future__ import annotations

import fcntl
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path


class Taken(Exception):
    """Another process holds the lock; the message is what it wrote into the file."""


def take(path: Path, *, wait: bool = False) -> int:
    """Lock the file and give its descriptor; closing it, or ending, lets go."""
    descriptor = os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | (0 if wait else fcntl.LOCK_NB))
    except BlockingIOError:
        words = os.read(descriptor, 500).decode(errors="replace").strip()
        os.close(descriptor)
        raise Taken(words) from None
    return descriptor


def write(descriptor: int, words: str) -> None:
    """Leave a word for whoever finds the lock taken."""
    os.ftruncate(descriptor, 0)
    os.pwrite(descriptor, words.encode(), 0)


@contextmanager
def one_at_a_time(path: Path) -> Iterator[None]:
    """The second one waits until the first is done."""
    descriptor = take(path, wait=True)
    try:
        yield
    finally:
        os.close(descriptor)
