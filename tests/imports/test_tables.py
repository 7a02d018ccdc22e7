"""Files as people's programs write them, and files that mean harm: all of them as rows, or refused
in a sentence."""

from __future__ import annotations

import io
import json
import subprocess
import sys
import tempfile
import zipfile
from typing import Any

import pytest

from app.imports.converter import convert
from app.imports.rules import MOST_ROWS, SENTENCES, Refusal
from app.imports.tables import CannotRead
from config import ROOT
from tests.imports.messy import workbook

TABLE = [["Room", "Kind"], ["Mrs Brown’s class", "£5"]]


def rows_of(content: bytes) -> list[Any]:
    out = io.BytesIO()
    convert(content, out)
    lines = [json.loads(line) for line in out.getvalue().splitlines()]
    return [cells for cells in lines if isinstance(cells, list)]


def refused(content: bytes) -> Refusal:
    with pytest.raises(CannotRead) as found:
        convert(content, io.BytesIO())
    return found.value.refusal


@pytest.mark.parametrize("delimiter", [",", ";", "\t", "|"])
@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "cp1252", "utf-16", "utf-16-le"])
def test_csv_of_every_program(delimiter: str, encoding: str) -> None:
    content = "\r\n".join(delimiter.join(row) for row in TABLE).encode(encoding)
    assert rows_of(content) == [[1, TABLE[0]], [2, TABLE[1]]]


@pytest.mark.parametrize(
    ("text", "rows"),
    [
        ('a,b\n"one, two",3\n', [[1, ["a", "b"]], [2, ["one, two", "3"]]]),
        ('a,b\n"two\nlines",3\n4,5', [[1, ["a", "b"]], [2, ["two\nlines", "3"]], [4, ["4", "5"]]]),
        ("\n\na,b\n , \nc,d,,,\n", [[3, ["a", "b"]], [5, ["c", "d"]]]),
        ("sep=;\na;b\n", [[2, ["a", "b"]]]),
        ("only\n1\n", [[1, ["only"]], [2, ["1"]]]),
        ("a;b\n1,5;2,5\n3,5;4,5\n", [[1, ["a", "b"]], [2, ["1,5", "2,5"]], [3, ["3,5", "4,5"]]]),
        ("a,b\n#N/A,'=1\n", [[1, ["a", "b"]], [2, ["", "=1"]]]),
    ],
)
def test_csv(text: str, rows: list[Any]) -> None:
    assert rows_of(text.encode()) == rows


def test_a_workbook_keeps_the_numbers_of_its_lines() -> None:
    content = workbook([["Room"], [], ["Hall"]], Second=[["Tag"], [1001.0]])
    assert rows_of(content) == [[1, ["Room"]], [3, ["Hall"]], [1, ["Tag"]], [2, ["1001"]]]


def test_a_formula_says_what_it_said_last_and_is_never_worked_out() -> None:
    content = workbook([["Tag", "Cost"], ["=1+1", "5"]])
    # Nobody has opened it in a spreadsheet program: there is no value yet.
    assert rows_of(content) == [[1, ["Tag", "Cost"]], [2, ["", "5"]]]
    saved = _replaced(content, "xl/worksheets/sheet1.xml", b"<v></v>", b"<v>41</v>")
    saved = _replaced(saved, "xl/worksheets/sheet1.xml", b"<v />", b"<v>41</v>")
    assert rows_of(saved)[1] == [2, ["41", "5"]]


def _replaced(content: bytes, part: str, old: bytes, new: bytes) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(content)) as there, zipfile.ZipFile(out, "w") as made:
        for name in there.namelist():
            body = there.read(name)
            made.writestr(name, body.replace(old, new) if name == part else body)
    return out.getvalue()


def _bomb() -> bytes:
    out = io.BytesIO(workbook([["Room"]]))
    with zipfile.ZipFile(out, "a", zipfile.ZIP_DEFLATED) as made:
        made.writestr("xl/media/zeros.bin", b"\0" * 120_000_000)
    return out.getvalue()


LAUGHS = (
    b'<?xml version="1.0"?><!DOCTYPE x [<!ENTITY a "ha"><!ENTITY b "&a;&a;&a;&a;&a;&a;">]>'
    b"<worksheet>&b;</worksheet>"
)


def _laughing() -> bytes:
    return _with_part("xl/worksheets/sheet1.xml", LAUGHS)


def _with_part(part: str, body: bytes) -> bytes:
    content = workbook([["Room"]])
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(content)) as there, zipfile.ZipFile(out, "w") as made:
        for name in there.namelist():
            made.writestr(name, body if name == part else there.read(name))
    return out.getvalue()


def _macros() -> bytes:
    types = (
        b'<?xml version="1.0"?><Types xmlns="http://schemas.openxmlformats.org/package/2006/'
        b'content-types"><Override PartName="/xl/workbook.xml" ContentType="application/'
        b'vnd.ms-excel.sheet.macroEnabled.main+xml"/></Types>'
    )
    return _with_part("[Content_Types].xml", types)


def _open_document() -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as made:
        made.writestr("mimetype", "application/vnd.oasis.opendocument.spreadsheet")
        made.writestr("content.xml", "<x/>")
    return out.getvalue()


def _zip() -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as made:
        made.writestr("list.csv", "Room\nHall\n")
    return out.getvalue()


@pytest.mark.parametrize(
    ("make", "why"),
    [
        (lambda: b"  \n", Refusal.EMPTY),
        (lambda: b",,,\n,,\n", Refusal.EMPTY),
        (lambda: workbook([[]]), Refusal.EMPTY),
        (lambda: b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 600, Refusal.OLD_EXCEL),
        (lambda: b"%PDF-1.7\n", Refusal.OTHER_KIND),
        (lambda: b"<html><table><tr><td>1</td></tr></table></html>", Refusal.OTHER_KIND),
        (lambda: b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR", Refusal.OTHER_KIND),
        (lambda: b"PK\x03\x04broken", Refusal.DAMAGED),
        (_zip, Refusal.OTHER_KIND),
        (_open_document, Refusal.OPEN_DOCUMENT),
        (_macros, Refusal.MACROS),
        (_bomb, Refusal.TOO_BIG_OPENED),
        (_laughing, Refusal.TOO_BIG_OPENED),
        (lambda: b"a" * 40_000 + b",b\n", Refusal.LONG_CELL),
        (lambda: b'a,"b\n' + b"c\n" * 40_000, Refusal.LONG_CELL),
        (lambda: b"a," * 1_000_000 + b"b", Refusal.MANY_COLUMNS),
        (lambda: workbook([["a"] * 250]), Refusal.MANY_COLUMNS),
        (lambda: b"1\n" * (MOST_ROWS + 1), Refusal.MANY_ROWS),
        (lambda: b"a" * 10_000_001, Refusal.TOO_BIG),
    ],
)
def test_what_is_refused_and_why(make: Any, why: Refusal) -> None:
    assert refused(make()) is why
    assert SENTENCES[why]


def test_blank_columns_far_to_the_right_do_no_harm() -> None:
    assert rows_of(b"a,b" + b"," * 150 + b"\n1,2" + b"," * 190) == [
        [1, ["a", "b"]],
        [2, ["1", "2"]],
    ]


def test_as_a_program_of_its_own_it_limits_itself() -> None:
    with (
        tempfile.TemporaryFile() as source,
        tempfile.TemporaryFile() as out,
        tempfile.TemporaryFile() as said,
    ):
        source.write(_bomb())
        source.seek(0)
        numbers = (out.fileno(), said.fileno())
        subprocess.run(
            [sys.executable, "-E", "-s", "-m", "app.imports.converter", *map(str, numbers)],
            stdin=source,
            pass_fds=numbers,
            cwd=ROOT,
            env={},
            check=True,
            timeout=20,
        )
        said.seek(0)
        assert json.loads(said.read()) == {"refusal": "too_big_opened"}
