"""The events of a file in a temporary file of SQLite, to come out again incident by incident.

A log is written in any order and may be larger than memory; SQLite sorts on disk.
"""

from __future__ import annotations

import sqlite3
import tempfile
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from itertools import groupby, islice
from pathlib import Path
from typing import NamedTuple

from app.past.events import Event

_TABLE = """
    PRAGMA journal_mode = OFF; PRAGMA synchronous = OFF;
    CREATE TABLE events (key TEXT, school INT, at INT, row INT, status TEXT, hold TEXT,
        team TEXT, line INT, person TEXT, priority INT, once TEXT);"""
_PUT = "INSERT INTO events VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)"
# An incident is of the school that its first event names; of those of one time the first row's.
_HEADS = """
    CREATE TABLE heads AS SELECT key, school, began FROM (
        SELECT key, school, min(at) OVER (PARTITION BY key) AS began,
               row_number() OVER (PARTITION BY key ORDER BY school IS NULL, at, row) AS place
          FROM events) WHERE place = 1"""
_STORIES = """
    SELECT heads.school, events.* FROM heads JOIN events ON events.key = heads.key
     WHERE heads.school IS NOT NULL
     ORDER BY heads.school, heads.began, heads.key, events.at, events.row"""
_ELSEWHERE = """
    SELECT count(*), min(events.row) FROM heads JOIN events ON events.key = heads.key
     WHERE events.school <> heads.school"""
_BATCH = 5_000


class Story(NamedTuple):
    """The events of one incident in the order in which they happened."""

    school: int
    key: str
    events: list[Event]


class Staging:
    def __init__(self, path: Path) -> None:
        self._file = sqlite3.connect(path)
        self._file.executescript(_TABLE)

    def put(self, events: Iterable[Event]) -> int:
        """How many there were."""
        coming, count = iter(events), 0
        while some := list(islice(coming, _BATCH)):
            self._file.executemany(_PUT, some)
            count += len(some)
        self._file.execute(_HEADS)
        return count

    def stories(self) -> Iterator[Story]:
        """School by school, each one's oldest incident first."""
        rows = self._file.execute(_STORIES)
        for (school, key), some in groupby(rows, key=lambda row: (row[0], row[1])):
            yield Story(school, key, [Event(*row[1:]) for row in some])

    def elsewhere(self) -> tuple[int, int]:
        """Rows of another school than their incident's, and the first of them."""
        count, row = self._file.execute(_ELSEWHERE).fetchone()
        return count, row or 0

    def close(self) -> None:
        self._file.close()


@contextmanager
def staged() -> Iterator[Staging]:
    with tempfile.TemporaryDirectory(prefix="deskbell-history-") as folder:
        found = Staging(Path(folder) / "events")
        try:
            yield found
        finally:
            found.close()
