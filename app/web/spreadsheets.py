"""A list as a file for a spreadsheet program: CSV or XLSX, all of it, a batch at a time.

CSV goes out while it is read, each batch in a transaction of its own. XLSX is a ZIP file whose
parts must be whole first: it is written to a temporary file, never to memory.
"""

from __future__ import annotations

import csv
import io
import tempfile
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import nullcontext
from datetime import date, datetime
from decimal import Decimal
from typing import Any, NamedTuple
from zoneinfo import ZoneInfo

from flask import Flask, Response, current_app
from openpyxl import Workbook
from openpyxl.cell import WriteOnlyCell
from openpyxl.styles import Font

from app import clock
from app.door import me
from app.history.actions import record_access
from app.keyset import Page
from tenants import acting_in

# So many rows in each transaction.
BATCH = 2000
# Excel reads a file as UTF-8 only with this in front.
BYTE_ORDER_MARK = "\ufeff"
# A cell that begins so is a formula to a spreadsheet: `=cmd|' /C calc'!A0` as a title.
FORMULA = ("=", "+", "-", "@", "\t", "\r")
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
_PIECE = 64 * 1024
_LONDON = ZoneInfo("Europe/London")

# fetch(after, limit) with its filters inside; draw(rows) → one list of cells a row.
Fetch = Callable[[list[Any] | None, int], Page]
Draw = Callable[[list[Any]], list[Sequence[Any]]]


class Table(NamedTuple):
    name: str  # of the file: assets, licences
    headings: Sequence[str]
    fetch: Fetch
    draw: Draw


def answer(table: Table, kind: str) -> Response:
    """`kind`: csv or xlsx. The first batch is read at once, so that a refusal is still a page and
    not half a file. Whoever takes a list out of the school from outside leaves a trace."""
    person = me()
    school = person.school
    if person.is_from_outside and school is not None:
        record_access(table.name, f"exported as {kind.upper()}", at=clock.now(), by=person)
    first = table.fetch(None, BATCH)
    drawn = table.draw(first.rows)
    app = current_app._get_current_object()  # type: ignore[attr-defined]
    rows = _rows(app, school.id if school else None, table, first, drawn)
    body = _csv(table, rows) if kind == "csv" else _xlsx(table, rows)
    return _file(table.name, kind, body)


def of_plot(name: str, texts: Sequence[Sequence[str]]) -> Response:
    """The table of a plot as CSV: `Figure.texts`, its headings first."""
    cells = [[_cell(one) for one in row] for row in texts]
    return _file(name, "csv", [(BYTE_ORDER_MARK + _lines(cells)).encode()])


def _file(name: str, kind: str, body: Iterable[bytes]) -> Response:
    school = me().school
    named = f"{name}-{school.slug if school else 'la'}-{clock.today().isoformat()}.{kind}"
    return Response(
        body,
        mimetype="text/csv" if kind == "csv" else XLSX,
        headers={
            "Content-Disposition": f'attachment; filename="{named}"',
            "X-Content-Type-Options": "nosniff",
        },
    )


def _rows(
    app: Flask, school_id: int | None, table: Table, page: Page, drawn: list[Sequence[Any]]
) -> Iterator[list[Sequence[Any]]]:
    """A page of the LA says in its own `fetch` across which schools it reads."""
    while True:
        yield drawn
        if page.place is None:
            return
        with app.app_context(), acting_in(school_id) if school_id else nullcontext():
            page = table.fetch(page.place, BATCH)
            drawn = table.draw(page.rows)


def _csv(table: Table, batches: Iterator[list[Sequence[Any]]]) -> Iterator[bytes]:
    yield (BYTE_ORDER_MARK + _lines([table.headings])).encode()
    for rows in batches:
        yield _lines([[_cell(one) for one in row] for row in rows]).encode()


def _lines(rows: Sequence[Sequence[Any]]) -> str:
    out = io.StringIO()
    csv.writer(out).writerows(rows)
    return out.getvalue()


def _cell(value: Any) -> str:
    text = _text(value)
    is_words = isinstance(value, str)
    return f"'{text}" if is_words and text.startswith(FORMULA) else text


def _text(value: Any) -> str:
    if value is None:
        return ""
    if isinstance(value, bool):
        return "Yes" if value else "No"
    if isinstance(value, datetime):
        return value.astimezone(_LONDON).strftime("%Y-%m-%d %H:%M")
    return value.isoformat() if isinstance(value, date) else str(value)


def _xlsx(table: Table, batches: Iterator[list[Sequence[Any]]]) -> Iterator[bytes]:
    book = Workbook(write_only=True)
    sheet = book.create_sheet(table.name[:31])
    sheet.freeze_panes = "A2"
    sheet.append([_shown(sheet, heading, is_heading=True) for heading in table.headings])
    for rows in batches:
        for row in rows:
            sheet.append([_shown(sheet, value) for value in row])
    with tempfile.TemporaryFile() as file:
        book.save(file)
        file.seek(0)
        while piece := file.read(_PIECE):
            yield piece


def _shown(sheet: Any, value: Any, *, is_heading: bool = False) -> Any:
    """Text is text, whatever it begins with: openpyxl would make a formula of `=1+1`."""
    if isinstance(value, (bool, datetime)):
        value = _text(value)
    if value is None or isinstance(value, (int, Decimal, date)):
        return value
    cell = WriteOnlyCell(sheet, value=_printable(str(value)))
    cell.data_type = "s"
    if is_heading:
        cell.font = Font(bold=True)
    return cell


def _printable(text: str) -> str:
    return "".join(one for one in text if one >= " " or one in "\n\t")[:32_767]
