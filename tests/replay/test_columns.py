"""A column goes into the file and comes out of it as it was."""

from __future__ import annotations

import pytest

from app.demo.packing import columns

NOTHING = "\\N"
NUMBERS = {"other": ["1000", NOTHING, "1300", "1500"]}
AT = "2026-03-10 08:57:12+00:00"


@pytest.mark.parametrize(
    ("kind", "values"),
    [
        (columns.TEXT, ["", "a\\tb", NOTHING, "12"]),
        (columns.NUMBER, ["1", "2", "3", "4"]),
        (columns.NUMBER, ["-5", NOTHING, "7", NOTHING]),
        (columns.NUMBER, ["1001", NOTHING, "1302", "1503"]),
        (columns.INSTANT, [AT, NOTHING, "infinity", "2024-09-02 07:00:00+00:00"]),
        (
            columns.INSTANT,
            [AT, "2026-03-10 08:57:12.250000+00:00", "1969-12-31 23:59:59+00:00"],
        ),
    ],
)
def test_comes_out_as_it_went_in(kind: str, values: list[str]) -> None:
    numbers = NUMBERS if kind == columns.NUMBER else {}
    how, kept = columns.kept(kind, columns.whole(kind, values), numbers)
    assert columns.shown(kind, columns.unpacked(how, kept, numbers)) == values


def test_what_grows_evenly_is_kept_as_its_steps() -> None:
    values = [str(1_000_000 + 3 * number) for number in range(500)]
    how, kept = columns.kept(columns.NUMBER, values, {})
    assert how.beside == columns.PREVIOUS
    assert set(kept[1:]) == {"3"}


def test_whole_seconds_are_kept_as_seconds() -> None:
    how, kept = columns.kept(columns.INSTANT, columns.whole(columns.INSTANT, [AT]), {})
    assert how.unit == 1_000_000
    assert kept == ["1773133032"]
