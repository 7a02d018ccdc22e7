"""The spreadsheet of ten years becomes a right register, and a second run changes nothing."""

from __future__ import annotations

from typing import Any

from tests.cast import Cast
from tests.imports.conftest import IMPORTS, Bringing, counts
from tests.imports.messy import HEADINGS_AT, ROWS, messy_workbook
from tests.ledger import Ledger

ASSETS = "/schools/st-marys/assets"


def test_the_messy_workbook_is_understood(bringing: Bringing, api: Any, cast: Cast) -> None:
    one = bringing.brought("assets", messy_workbook(), "Equipment.xlsx")
    assert (one["sheet"], one["header_row"]) == ("Equipment 2024", HEADINGS_AT)
    assert [sheet["name"] for sheet in one["sheets"]] == ["Equipment 2024", "Notes"]
    assert one["total_rows"] == ROWS
    means = {column["header"]: column["field"] for column in one["columns"]}
    assert means == {
        "Asset No.": "tag",
        "What": "type",
        "Manufacturer": "make",
        "Model": "model",
        "Serial Number": "serial",
        "Where": "location",
        "Purchased": "purchase_date",
        "Cost (£)": "price",
        "Warranty expires": "warranty_end",
        "Colour": None,
        "Comments": "notes",
    }


def test_it_becomes_a_right_register(
    bringing: Bringing, api: Any, cast: Cast, ledger: Ledger
) -> None:
    api(cast.sam).post("/schools/st-marys/locations", json={"name": "Mrs Brown’s class"})
    found = bringing.done("assets", messy_workbook(), "Equipment.xlsx")
    assert (found["state"], counts(found)) == ("done", (ROWS - 3, 0, 0, 3))
    said = bringing.mistakes(found["number"])
    assert [column for _, column, _ in said] == ["Asset No.", "Purchased", "Asset No."]
    assert "already" in said[0][2] and "no date" in said[1][2] and "missing" in said[2][2]
    laptop = api(cast.sam).get(f"{ASSETS}/1001").json
    assert (laptop["type"], laptop["make"], laptop["model"]) == ("desktop", "Dell", "Model 1")
    assert laptop["location"]["name"] == "Mrs Brown’s class"
    assert (laptop["purchase_date"], laptop["price"]) == ("2019-09-02", "1001.50")
    assert laptop["warranty_end"] == "2022-09-01"
    assert laptop["notes"] == "=not a formula"
    spaced = api(cast.sam).get(f"{ASSETS}/SM 1006").json
    assert (spaced["type"], spaced["price"]) == ("laptop", "1006.00")
    assert spaced["purchase_date"] == "2019-09-07"
    by_word = api(cast.sam).get(f"{ASSETS}?q=sn00005").json["items"]
    assert [one["tag"] for one in by_word] == ["1005"]
    events = ledger.rows("SELECT kind, actor FROM events WHERE subject_kind = 'asset'")
    assert events == [("asset.added", "Sam Spoc")] * (ROWS - 3)


def test_a_second_run_changes_nothing(
    bringing: Bringing, api: Any, cast: Cast, ledger: Ledger
) -> None:
    api(cast.sam).post("/schools/st-marys/locations", json={"name": "Mrs Brown’s class"})
    bringing.done("assets", messy_workbook(), "Equipment.xlsx")
    of_assets = "SELECT id, version, updated_at FROM assets ORDER BY id"
    of_events = "SELECT count(*) FROM events WHERE subject_kind IN ('asset', 'location')"
    of_words = "SELECT count(*) FROM asset_words"
    before = [ledger.rows(one) for one in (of_assets, of_events, of_words)]
    again = bringing.done("assets", messy_workbook(), "Equipment.xlsx")
    assert counts(again) == (0, 0, ROWS - 3, 3)
    assert [ledger.rows(one) for one in (of_assets, of_events, of_words)] == before


def test_only_what_differs_is_changed(
    bringing: Bringing, api: Any, cast: Cast, ledger: Ledger
) -> None:
    first = b"Asset No,What,Where,Cost\n1,Laptop,Library,500\n2,Laptop,Library,500\n3,PC,Hall,1\n"
    bringing.done("assets", first)
    second = b"Asset No,What,Where,Cost\n1,Laptop,Hall,500\n2,Laptop,,\n3,PC,hall,1.00\n"
    assert counts(bringing.done("assets", second)) == (0, 1, 2, 0)
    moved = api(cast.sam).get(f"{ASSETS}/1").json
    assert (moved["location"]["name"], moved["version"]) == ("Hall", 2)
    assert api(cast.sam).get(f"{ASSETS}/2").json["version"] == 1
    events = ledger.rows(
        "SELECT kind, from_value, to_value FROM events WHERE subject_kind = 'asset'"
        " AND kind <> 'asset.added'"
    )
    assert events == [("asset.moved", "Library", "Hall")]
    listed = api(cast.sam).get(f"{IMPORTS}").json["items"]
    assert [one["number"] for one in listed] == [2, 1]
