"""Another desk's log as rows, one at a time: UTF-8, or else what Western Windows writes."""

from __future__ import annotations

import codecs
import csv
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TextIO

from app.imports.tables import MARKS, delimiter_of
from app.past.mapping import Mapping
from app.past.words import alike

_CHUNK = 1 << 20
_HEAD = 60_000
FALLBACK = "cp1252"
_SHOWN = 40


class CannotRead(Exception):
    """One sentence about the file."""


@dataclass(frozen=True)
class LogFile:
    path: Path
    encoding: str
    delimiter: str
    heading: tuple[str, ...]

    def rows(self) -> Iterator[tuple[int, list[str]]]:
        """Each with the number of its first line; none for a line with nothing in it."""
        with _opened(self.path, self.encoding) as file:
            reader = csv.reader(file, delimiter=self.delimiter)
            began, is_heading = 1, True
            try:
                for cells in reader:
                    if any(cells) and not is_heading:
                        yield began, cells
                    is_heading = is_heading and not any(cells)
                    began = reader.line_num + 1
            except csv.Error as error:
                raise CannotRead(f"Line {began} is no row of a CSV file: {error}.") from error

    def place_of(self, column: str) -> int:
        """Raises CannotRead."""
        if column in self.heading:
            return self.heading.index(column)
        folded = [alike(one) for one in self.heading]
        if alike(column) in folded:
            return folded.index(alike(column))
        there = ", ".join(f"“{one}”" for one in self.heading[:_SHOWN])
        raise CannotRead(f"There is no column “{column}” in the file. It has: {there}.")


def open_log(path: Path, mapping: Mapping) -> LogFile:
    """Looks through the whole file once, for its encoding. Raises CannotRead."""
    try:
        encoding = mapping.encoding or _encoding_of(path)
        with _opened(path, encoding) as file:
            head = file.read(_HEAD)
    except OSError as error:
        raise CannotRead(f"The file cannot be opened: {error.strerror}.") from error
    if not head.strip():
        raise CannotRead("The file is empty.")
    if "\0" in head:
        raise CannotRead("This is no text. Save the log as CSV (UTF-8).")
    delimiter = mapping.delimiter or delimiter_of(head)
    rows = csv.reader(head.splitlines(keepends=True), delimiter=delimiter)
    heading = next(one for one in rows if any(one))
    return LogFile(path, encoding, delimiter, tuple(one.strip() for one in heading))


def _encoding_of(path: Path) -> str:
    decoder = codecs.getincrementaldecoder("utf-8")()
    with path.open("rb") as file:
        chunk = file.read(_CHUNK)
        for mark, name in MARKS:
            if chunk.startswith(mark):
                return name
        try:
            while chunk:
                decoder.decode(chunk)
                chunk = file.read(_CHUNK)
            decoder.decode(b"", final=True)
        except UnicodeDecodeError:
            return FALLBACK
    return "utf-8"


@contextmanager
def _opened(path: Path, encoding: str) -> Iterator[TextIO]:
    try:
        # What cp1252 has no letter for is shown as such; it is not worth losing the rest.
        errors = "replace" if encoding == FALLBACK else "strict"
        with path.open(encoding=encoding, errors=errors, newline="") as file:
            yield file
    except UnicodeError as error:
        raise CannotRead(f"The file is not {encoding}.") from error
