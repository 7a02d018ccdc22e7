"""The rows of a file: CSV as people's programs write it, and XLSX a row at a time.

Runs in the converter, a program of its own. Whatever a file is, its rows come out alike: pieces
named as sheets, each row with the number of its line and its cells as text.
"""

from __future__ import annotations

import csv
import io
from collections import Counter
from collections.abc import Iterator
from typing import Any, NamedTuple

from app.files import containers
from app.files.found import Unfit, check_eicar
from app.files.rules import Refusal as OfFiles
from app.imports.cells import plain
from app.imports.rules import LONGEST_CELL, MOST_COLUMNS, MOST_ROWS, MOST_SHEETS, Refusal

_DELIMITERS = ",;\t|"
_LOOKED_AT = 20
_OLD_EXCEL = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
MARKS = ((b"\xef\xbb\xbf", "utf-8-sig"), (b"\xff\xfe", "utf-16"), (b"\xfe\xff", "utf-16"))
# fmt: off
_AS_WE_SAY_IT = {
    OfFiles.TOO_BIG_OPENED: Refusal.TOO_BIG_OPENED,
    OfFiles.PASSWORD:       Refusal.PASSWORD,
    OfFiles.MACROS:         Refusal.MACROS,
    OfFiles.OUTSIDE:        Refusal.OUTSIDE,
    OfFiles.FILES_INSIDE:   Refusal.OUTSIDE,
    OfFiles.VIRUS:          Refusal.VIRUS,
    OfFiles.ZIP:            Refusal.OTHER_KIND,
    OfFiles.OTHER_KIND:     Refusal.OTHER_KIND,
}
# fmt: on


class CannotRead(Exception):
    def __init__(self, refusal: Refusal) -> None:
        super().__init__(refusal)
        self.refusal = refusal


class Row(NamedTuple):
    line: int
    cells: list[str]


class Sheet(NamedTuple):
    name: str
    rows: Iterator[Row]


def sheets_of(whole: bytes) -> Iterator[Sheet]:
    """Each is read before the next is asked for. Raises CannotRead."""
    if not whole.strip():
        raise CannotRead(Refusal.EMPTY)
    if whole.startswith(_OLD_EXCEL):
        raise CannotRead(Refusal.OLD_EXCEL)
    if whole.startswith((b"PK\x03\x04", b"PK\x05\x06")):
        return _of_workbook(whole)
    return iter([Sheet("", _of_text(whole))])


# --- Excel ---


def _of_workbook(whole: bytes) -> Iterator[Sheet]:
    _look_inside(whole)
    # It takes longer to load than most CSV files take to be read.
    from openpyxl import load_workbook

    # Values as they were when the file was saved: nothing is worked out here.
    book = load_workbook(io.BytesIO(whole), read_only=True, data_only=True, keep_links=False)
    shown = [one for one in book.worksheets if one.sheet_state == "visible"]
    if len(shown) > MOST_SHEETS:
        raise CannotRead(Refusal.MANY_SHEETS)
    for sheet in shown:
        # What the file says of its own size is not believed.
        sheet.reset_dimensions()
        yield Sheet(plain(sheet.title) or "Sheet", _of_sheet(sheet))


def _look_inside(whole: bytes) -> None:
    """Bombs, macros, and what a workbook fetches from elsewhere, before it is opened."""
    try:
        kind = containers.take(whole).kind
    except Unfit as unfit:
        raise CannotRead(_AS_WE_SAY_IT.get(unfit.refusal, Refusal.DAMAGED)) from None
    if kind == "ods":
        raise CannotRead(Refusal.OPEN_DOCUMENT)
    if kind != "xlsx":
        raise CannotRead(Refusal.OTHER_KIND)


def _of_sheet(sheet: Any) -> Iterator[Row]:
    for line, values in enumerate(sheet.iter_rows(values_only=True), 1):
        row = _row(line, values)
        if row is not None:
            yield row


def _row(line: int, values: Any) -> Row | None:
    """None for a line with nothing in it."""
    last = len(values)
    while last and values[last - 1] is None:
        last -= 1
    if last > MOST_COLUMNS:
        raise CannotRead(Refusal.MANY_COLUMNS)
    cells = [plain(one) for one in values[:last]]
    while cells and not cells[-1]:
        cells.pop()
    if any(len(one) > LONGEST_CELL for one in cells):
        raise CannotRead(Refusal.LONG_CELL)
    return Row(line, cells) if cells else None


# --- CSV ---


def _of_text(whole: bytes) -> Iterator[Row]:
    try:
        check_eicar(whole)
    except Unfit:
        raise CannotRead(Refusal.VIRUS) from None
    text = _decoded(whole)
    first, _, rest = text.partition("\n")
    is_said = first.strip().lower().startswith("sep=") and len(first.strip()) == 5
    delimiter = first.strip()[4] if is_said else delimiter_of(text)
    reader = csv.reader(io.StringIO(rest if is_said else text, newline=""), delimiter=delimiter)
    began = 1 + is_said
    try:
        for values in reader:
            # A cell may go over several lines: the row is known by its first.
            row = _row(began, values)
            began = reader.line_num + 1 + is_said
            if row is not None:
                yield row
    except csv.Error:
        raise CannotRead(Refusal.LONG_CELL) from None


def _decoded(whole: bytes) -> str:
    for mark, name in MARKS:
        if whole.startswith(mark):
            return _checked(whole.decode(name, errors="replace"))
    if (found := _wide(whole)) is not None:
        return _checked(whole.decode(found, errors="replace"))
    try:
        return _checked(whole.decode("utf-8"))
    except UnicodeDecodeError:
        return _checked(whole.decode("cp1252", errors="replace"))


def _wide(whole: bytes) -> str | None:
    """UTF-16 without a mark: every other byte of plain words is nothing."""
    head = whole[:2000]
    if len(head) < 4 or len(whole) % 2:
        return None
    even, odd = head[0::2].count(0), head[1::2].count(0)
    if odd > len(head) // 4 and even < odd // 10 + 1:
        return "utf-16-le"
    if even > len(head) // 4 and odd < even // 10 + 1:
        return "utf-16-be"
    return None


def _checked(text: str) -> str:
    """Pictures, PDFs and web pages are no tables, whatever they are called."""
    head = text.rstrip("\x1a")[:4000]
    is_other = head.lstrip().startswith(("%PDF-", "{\\rtf", "<"))
    if is_other or any(one < " " and one not in "\t\r\n" for one in head):
        raise CannotRead(Refusal.OTHER_KIND)
    return text


def delimiter_of(text: str) -> str:
    """The one that cuts the first lines into the most columns, and as many in most of them."""
    lines = [line for line in text[:60_000].splitlines()[: 3 * _LOOKED_AT] if line.strip()]
    best, most = ",", 0.0
    for candidate in _DELIMITERS:
        try:
            counts = Counter(len(one) for one in csv.reader(lines, delimiter=candidate))
        except csv.Error:
            continue
        columns, times = max(counts.items(), key=lambda one: ((one[0] > 1) * one[1], one[0]))
        weight = (columns > 1) * times * (1 + columns / 100)
        if weight > most:
            best, most = candidate, weight
    return best


def check_count(rows: int) -> None:
    if rows > MOST_ROWS:
        raise CannotRead(Refusal.MANY_ROWS)
