"""Records of a CSV file that may be damaged: a bad one is named, and reading goes on behind it."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator
from dataclasses import dataclass
from typing import BinaryIO

# A quoted field may hold line breaks. One that runs on for longer was never closed.
MOST_LINES_OF_A_RECORD = 20
_MARK = b"\xef\xbb\xbf"
_HEAD = 64 * 1024


@dataclass(frozen=True)
class Record:
    """`line` is where it begins; `fault` says why there are no fields."""

    line: int
    fields: list[str]
    fault: str = ""


def records(file: BinaryIO) -> Iterator[Record]:
    """Every record that is not blank, the header first. Never raises, whatever the bytes."""
    lines = _Lines(file)
    reader = csv.reader(lines)
    width = 0
    while True:
        lines.begin_record()
        try:
            fields = next(reader)
        except StopIteration:
            return
        except csv.Error:
            lines.back_to_second_line()
            yield Record(lines.record_line, [], "This line cannot be read as comma-separated text.")
            continue
        if lines.taken > 1 and (lines.taken >= MOST_LINES_OF_A_RECORD or len(fields) != width > 0):
            lines.back_to_second_line()
            yield Record(lines.record_line, [], "A quotation mark is opened here and not closed.")
        elif any(field.strip() for field in fields):
            width = width or len(fields)
            yield Record(lines.record_line, fields)


class _Lines:
    """Text lines for csv.reader, at most so many a record, with a way back when they were wrong."""

    def __init__(self, file: BinaryIO) -> None:
        self._file = _with_line_feeds(file)
        self._number = 0
        self.begin_record()

    def begin_record(self) -> None:
        self.record_line = self._number + 1
        self.taken = 0
        self._second_line_at = self._file.tell()

    def back_to_second_line(self) -> None:
        self._file.seek(self._second_line_at)
        self._number = self.record_line

    def __iter__(self) -> Iterator[str]:
        return self

    def __next__(self) -> str:
        raw = self._file.readline() if self.taken < MOST_LINES_OF_A_RECORD else b""
        if not raw:
            raise StopIteration
        self._number += 1
        self.taken += 1
        if self.taken == 1:
            self._second_line_at = self._file.tell()
        return _decode(raw).rstrip("\r\n") + "\n"


def _with_line_feeds(file: BinaryIO) -> BinaryIO:
    """Old spreadsheets on a Mac end lines with CR alone. Leaves the byte order mark behind."""
    begin = file.read(len(_MARK))
    if begin != _MARK:
        file.seek(0)
    start = file.tell()
    head = file.read(_HEAD)
    file.seek(start)
    if b"\n" in head or b"\r" not in head:
        return file
    return io.BytesIO(file.read().replace(b"\r\n", b"\n").replace(b"\r", b"\n"))


def _decode(raw: bytes) -> str:
    """The register writes cp1252, most others UTF-8. Line by line, since people paste files
    together; the five bytes that cp1252 lacks become U+FFFD, and the value that holds one is
    refused where it is read."""
    try:
        return raw.decode("utf-8")
    except UnicodeDecodeError:
        return raw.decode("cp1252", errors="replace")
