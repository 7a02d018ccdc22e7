"""What people write into cells, and where a table begins: tables of examples."""

from __future__ import annotations

from datetime import date, datetime, time
from decimal import Decimal
from typing import Any

import pytest

from app.imports.cells import plain
from app.imports.guessing import heading, headings_row, mapping_of
from app.imports.readers.all import READERS
from app.imports.readers.assets import kind_of_thing
from app.imports.readers.contracts import whole_months
from app.imports.readers.rooms import kind_of_room
from app.imports.values import day, email, folded, money, one_of, whole, words, yes_no


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (None, ""),
        (1001.0, "1001"),
        (1234.5, "1234.5"),
        (0.1 + 0.2, "0.3"),
        (7, "7"),
        (True, "Yes"),
        (datetime(2026, 1, 13), "2026-01-13"),
        (datetime(2026, 1, 13, 9, 30), "2026-01-13 09:30"),
        (date(2026, 1, 13), "2026-01-13"),
        (time(9, 30), "09:30:00"),
        ("  Mrs Brown’s\u00a0class ", "Mrs Brown’s class"),
        ("#N/A", ""),
        ("#REF!", ""),
        ("'=1+1", "=1+1"),
        ("'00123", "00123"),
        ("'Twas", "'Twas"),
        ("zero\u200bwidth\ufeff", "zerowidth"),
        ("two\r\nlines", "two\nlines"),
        ("a\x00b\x07", "ab"),
        (float("nan"), ""),
    ],
)
def test_a_cell_is_text(value: Any, text: str) -> None:
    assert plain(value) == text


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("2026-01-13", date(2026, 1, 13)),
        ("13/01/2026", date(2026, 1, 13)),
        ("13.1.26", date(2026, 1, 13)),
        ("13-01-99", date(1999, 1, 13)),
        ("13th January 2026", date(2026, 1, 13)),
        ("13 Jan 26", date(2026, 1, 13)),
        ("13-Sept-2026", date(2026, 9, 13)),
        ("September 2024", date(2024, 9, 1)),
        ("2026-01-13 09:30", date(2026, 1, 13)),
        ("13/01/2026 00:00:00", date(2026, 1, 13)),
        ("46035", date(2026, 1, 13)),
        ("46035.75", date(2026, 1, 13)),
        ("31/02/2026", None),
        ("01/13/2026", None),
        ("last summer", None),
        ("2026", None),
        ("1", None),
        ("13/01/1066", None),
    ],
)
def test_days(text: str, found: date | None) -> None:
    if found is None:
        with pytest.raises(ValueError, match="no date"):
            day(text)
    else:
        assert day(text) == found


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("£1,234.50", "1234.50"),
        ("1234.5", "1234.50"),
        ("GBP 12", "12.00"),
        ("£ 0", "0.00"),
        (".5", "0.50"),
        ("-£5", None),
        ("(12.00)", None),
        ("about 50", None),
        ("£", None),
        ("99999999999", None),
    ],
)
def test_money(text: str, found: str | None) -> None:
    if found is None:
        with pytest.raises(ValueError):
            money(text)
    else:
        assert money(text) == Decimal(found)


def test_the_other_readers() -> None:
    assert [yes_no(text) for text in ("Y", "true", "no", "0")] == [True, True, False, False]
    assert whole(1, 100)("30.0") == 30
    assert email("Mailto:Rita@Example.sch.uk".removeprefix("Mailto:")) == "rita@example.sch.uk"
    assert words(10)(" a \n b ") == "a b"
    assert words(10)("\u200b") is None
    status = one_of({"in_use": "In use"}, {"live": "in_use"})
    assert {status(text) for text in ("In Use", "in_use", "LIVE")} == {"in_use"}
    for read, text in (
        (yes_no, "perhaps"),
        (whole(1, 100), "0"),
        (whole(1, 100), "12.5"),
        (email, "nobody"),
        (words(3), "four"),
        (status, "broken"),
    ):
        with pytest.raises(ValueError):
            read(text)


def test_names_are_the_same_however_they_are_written() -> None:
    written = ("Mrs Brown’s class", " mrs  BROWN's class", "Mrs Brown`s Class")
    assert len({folded(text) for text in written}) == 1


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("Laptop", "laptop"),
        ("Dell laptops (Y6)", "laptop"),
        ("iPad", "tablet"),
        ("Interactive Whiteboard", "interactive_display"),
        ("HP LaserJet 400", "printer"),
        ("Desktop PC", "desktop"),
        ("file_server", "file_server"),
        ("Monitor", "other"),
    ],
)
def test_types_of_equipment(text: str, kind: str) -> None:
    assert kind_of_thing(text) == kind


@pytest.mark.parametrize(
    ("name", "kind"),
    [
        ("Hall", "hall"),
        ("School  Library", "library"),
        ("ICT Suite 2", "suite"),
        ("Server room", "server_room"),
        ("STAFF ROOM", "staff_room"),
        ("Laptop trolley", "trolley"),
        ("Mrs Brown’s class", "classroom"),
        ("Miss Hall", "classroom"),
        ("Hall of fame corner", "classroom"),
        ("Year 6", "classroom"),
        ("7", "classroom"),
    ],
)
def test_kinds_of_rooms(name: str, kind: str) -> None:
    assert kind_of_room(name) == kind


def test_what_is_no_equipment_is_said() -> None:
    with pytest.raises(ValueError, match="no type of equipment"):
        kind_of_thing("Sandwich")


@pytest.mark.parametrize(
    ("start", "last", "months"),
    [
        (date(2024, 4, 1), date(2027, 3, 31), 36),
        (date(2024, 2, 29), date(2025, 2, 27), 12),
        (date(2024, 2, 29), date(2025, 2, 28), None),
        (date(2024, 1, 15), date(2024, 2, 14), 1),
        (date(2024, 1, 15), date(2024, 2, 15), None),
        (date(2024, 1, 15), date(2023, 12, 14), None),
    ],
)
def test_the_months_of_a_term(start: date, last: date, months: int | None) -> None:
    assert whole_months(start, last) == months


KNOWN = READERS["assets"].by_heading()


def test_headings_are_found_below_titles() -> None:
    rows = [
        ["St Mary’s asset list"],
        ["What it is", "", "", "Purchase"],
        ["Asset No.", "Serial number", "Room", "Purchased"],
        ["1001", "SN1", "Hall", "2024-09-01"],
    ]
    assert headings_row(rows, KNOWN) == 2
    unknown = [["List"], ["Foo", "Bar", "Baz"], ["1", "2", "3"]]
    assert headings_row(unknown, KNOWN) == 1


def test_columns_are_guessed_and_what_was_chosen_goes_first() -> None:
    headers = ["Asset No", "Serial number", "Where", "Room", "Purchased", "", "Colour"]
    assert mapping_of(headers, KNOWN, {}) == {
        "1": "tag",
        "2": "serial",
        "3": "location",
        "5": "purchase_date",
    }
    chosen = {"room": "location", "where": "", heading("COLOUR"): "notes"}
    found = mapping_of(headers, KNOWN, chosen)
    assert (found["4"], found["7"], "3" in found) == ("location", "notes", False)


@pytest.mark.parametrize("register", READERS)
def test_no_two_fields_of_a_register_answer_to_the_same_heading(register: str) -> None:
    reader = READERS[register]
    found: dict[str, str] = {}
    for one in reader.fields:
        for text in {heading(said) for said in (one.label, *one.synonyms)}:
            assert found.setdefault(text, one.name) == one.name, text
    assert set(reader.key_names) <= {one.name for one in reader.fields}
