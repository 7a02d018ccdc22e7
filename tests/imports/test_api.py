"""The steps of an import through the API: who may, what is refused, and all or nothing."""

from __future__ import annotations

import io
from typing import Any

import pytest

from app.imports import working
from app.imports.readers.assets import Assets
from tests.cast import Cast
from tests.imports.conftest import IMPORTS, Bringing, counts
from tests.imports.messy import workbook
from tests.ledger import Ledger

TWO = b"Tag,Type,Room\n1,Laptop,Hall\n2,PC,Library\n"
ASSETS = "/schools/st-marys/assets"
GIVEN = {"columns": [{"number": 1, "field": "tag"}]}


def test_another_school_does_not_see_it(bringing: Bringing, api: Any, cast: Cast) -> None:
    bringing.brought("assets", TWO)
    assert api(cast.olga).get(f"{IMPORTS}/1").status_code == 404
    own = "/schools/oakfield/imports"
    for method, where, body in (
        ("get", "/1", None),
        ("put", "/1/mapping", {}),
        ("post", "/1/check", None),
        ("post", "/1/run", {"mode": "good_rows"}),
        ("put", "/1/cancellation", None),
        ("get", "/1/mistakes", None),
    ):
        call = getattr(api(cast.olga), method)
        assert call(f"{own}{where}", json=body).status_code == 404, where


def test_who_may(bringing: Bringing, api: Any, cast: Cast) -> None:
    assert bringing.sent("assets", TWO, who=cast.theo).status_code == 403
    assert bringing.sent("assets", TWO, who=cast.rita).status_code == 403
    assert bringing.sent("assets", TWO, who=cast.ike).status_code == 201
    # The ICT owner signs contracts; the SPOC keeps them.
    refused = bringing.sent("contracts", b"Contract\nA\n", who=cast.ike)
    assert (refused.status_code, "does not allow" in refused.json["detail"]) == (403, True)
    contract = bringing.brought("contracts", b"Contract,Type,Start,Months\nA,Lease,2025-01-01,12")
    step = api(cast.ike).post(f"{IMPORTS}/{contract['number']}/check")
    assert step.status_code == 403


@pytest.mark.parametrize(
    ("data", "field"),
    [
        ({"register": "spoons", "file": (io.BytesIO(TWO), "a.csv")}, "register"),
        ({"file": (io.BytesIO(TWO), "a.csv")}, "register"),
        ({"register": "assets", "x": "1", "file": (io.BytesIO(TWO), "a.csv")}, "x"),
        ({"register": "assets", "file": (io.BytesIO(b""), "a.csv")}, "file"),
        ({"register": "assets", "file": (io.BytesIO(b"\x89PNG\r\n\x1a\n"), "a.csv")}, "file"),
    ],
)
def test_what_cannot_be_read_is_said(api: Any, cast: Cast, data: Any, field: str) -> None:
    answer = api(cast.sam).post(IMPORTS, data=data)
    assert answer.status_code == 422, answer.text
    assert list(answer.json["errors"]) == [field]
    assert api(cast.sam).post(IMPORTS, json={"register": "assets"}).status_code == 415
    assert api(cast.sam).post(IMPORTS, data={"register": "assets"}).status_code == 415


def test_the_columns_are_chosen_and_remembered(bringing: Bringing, api: Any, cast: Cast) -> None:
    odd = b"Sticker,Sort,Remark\n1,Laptop,old\n"
    one = bringing.brought("assets", odd)
    assert [column["field"] for column in one["columns"]] == [None, None, None]
    assert one["columns"][1]["examples"] == ["Laptop"]
    refused = api(cast.sam).post(f"{IMPORTS}/{one['number']}/check")
    assert refused.status_code == 422
    chosen = {"columns": [{"number": 1, "field": "tag"}, {"number": 2, "field": "type"}]}
    found = bringing.checked("assets", odd, choose=chosen)
    assert counts(found) == (1, 0, 0, 0)
    again = bringing.brought("assets", b"Sort,Sticker\nLaptop,1\n")
    assert [column["field"] for column in again["columns"]] == ["type", "tag"]
    elsewhere = api(cast.olga).post(
        "/schools/oakfield/imports",
        data={"register": "assets", "file": (io.BytesIO(odd), "odd.csv")},
    )
    assert [column["field"] for column in elsewhere.json["columns"]] == [None, None, None]


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({"columns": [{"number": 9, "field": "tag"}]}, "columns"),
        ({"columns": [{"number": 1, "field": "colour"}]}, "columns"),
        (
            {"columns": [{"number": 1, "field": "tag"}, {"number": 2, "field": "tag"}]},
            "columns",
        ),
        ({"columns": [{"number": 0, "field": "tag"}]}, "columns.0.number"),
        ({"sheet": "Elsewhere"}, "sheet"),
        ({"header_row": 40}, "header_row"),
        ({"colour": "red"}, "colour"),
    ],
)
def test_a_wrong_mapping_is_refused(
    bringing: Bringing, api: Any, cast: Cast, body: Any, field: str
) -> None:
    bringing.brought("assets", TWO)
    answer = api(cast.sam).put(f"{IMPORTS}/1/mapping", json=body)
    assert (answer.status_code, list(answer.json["errors"])) == (422, [field])


def test_another_sheet_is_looked_at_anew(bringing: Bringing, api: Any, cast: Cast) -> None:
    book = workbook([["Tag", "Type"], [1, "PC"]], Old=[["List"], ["Room", "Tag"], ["Hall", 7]])
    bringing.brought("assets", book, "book.xlsx")
    moved = api(cast.sam).put(f"{IMPORTS}/1/mapping", json={"sheet": "Old"}).json
    assert (moved["sheet"], moved["header_row"], moved["total_rows"]) == ("Old", 2, 1)
    assert [column["field"] for column in moved["columns"]] == ["location", "tag"]


def test_rooms_that_are_missing_are_offered_and_made(
    bringing: Bringing, api: Any, cast: Cast, ledger: Ledger
) -> None:
    content = b"Tag,Room\n1,Mrs Brown\xe2\x80\x99s class\n2,mrs brown's  class\n3,Hall\n"
    found = bringing.checked("assets", content)
    assert (counts(found), found["rooms_missing"]) == ((1, 0, 0, 2), ["Mrs Brown’s class"])
    assert "no room" in bringing.mistakes(1)[0][2]
    again = bringing.done("assets", content, choose={"add_rooms": True})
    assert counts(again) == (3, 0, 0, 0)
    assert api(cast.sam).get(f"{ASSETS}/2").json["location"]["name"] == "Mrs Brown’s class"
    rooms = ledger.rows("SELECT count(*) FROM locations WHERE lower(name) LIKE 'mrs brown%%'")
    assert rooms == [(1,)]


def test_a_list_from_the_office(bringing: Bringing, api: Any, cast: Cast) -> None:
    """Its own words for the headings, rooms of a kind, and the sum at its foot."""
    content = b"Asset No,Type of kit,Room,Price\nHP1,Laptop,School Library,499\nTotal:,,,499\n"
    found = bringing.done("assets", content, choose={"add_rooms": True})
    assert counts(found) == (1, 0, 0, 1)
    assert "sum below a list" in bringing.mistakes(found["number"])[0][2]
    thing = api(cast.sam).get(f"{ASSETS}/HP1").json
    assert (thing["type"], thing["location"]["name"]) == ("laptop", "School Library")
    room = api(cast.sam).get(f"{ASSETS.removesuffix('assets')}locations/school-library").json
    assert room["kind"] == "library"


def test_all_or_nothing_is_all_or_nothing(
    bringing: Bringing, api: Any, cast: Cast, ledger: Ledger
) -> None:
    bad = bringing.checked("assets", TWO + b"3,Sandwich,Hall\n")
    refused = api(cast.sam).post(f"{IMPORTS}/1/run", json={"mode": "all_or_nothing"})
    assert (refused.status_code, bad["refused"]) == (409, 1)
    good = bringing.checked("assets", TWO)
    # Between the check and the run somebody puts the second tag's serial number elsewhere.
    api(cast.sam).post("/schools/st-marys/locations", json={"name": "Shed"})
    room = api(cast.sam).get("/schools/st-marys/locations/library")
    api(cast.sam).patch(
        "/schools/st-marys/locations/library",
        json={"archived": True},
        headers={"If-Match": room.headers["ETag"]},
    )
    failed = bringing.step(good["number"], "run", {"mode": "all_or_nothing"})
    assert (failed["state"], "Nothing was saved" in failed["said"]) == ("failed", True)
    assert ledger.rows("SELECT count(*) FROM assets") == [(0,)]
    assert not ledger.rows("SELECT 1 FROM events WHERE subject_kind = 'asset'")
    whole = bringing.done("assets", TWO.replace(b"Library", b"Shed"), mode="all_or_nothing")
    assert (whole["state"], counts(whole)) == ("done", (2, 0, 0, 0))


def test_steps_in_the_wrong_order_are_refused(bringing: Bringing, api: Any, cast: Cast) -> None:
    bringing.brought("assets", TWO)
    client = api(cast.sam)
    first = client.post(f"{IMPORTS}/1/run", json={"mode": "good_rows"})
    assert (first.status_code, "Check the file first" in first.json["detail"]) == (409, True)
    assert client.post(f"{IMPORTS}/1/check").status_code == 202
    for method, where, body in (
        ("post", "check", None),
        ("put", "mapping", GIVEN),
        ("post", "run", {"mode": "good_rows"}),
    ):
        assert getattr(client, method)(f"{IMPORTS}/1/{where}", json=body).status_code == 409
    bringing.work()
    bringing.step(1, "run", {"mode": "good_rows"})
    for method, where in (("post", "check"), ("put", "cancellation")):
        assert getattr(client, method)(f"{IMPORTS}/1/{where}").status_code == 409
    assert client.get(f"{IMPORTS}/1").json["added"] == 2


def test_one_that_is_stopped_goes_no_further(
    bringing: Bringing, api: Any, cast: Cast, ledger: Ledger, monkeypatch: pytest.MonkeyPatch
) -> None:
    bringing.checked("assets", TWO)
    api(cast.sam).post(f"{IMPORTS}/1/run", json={"mode": "good_rows"})
    stopped = api(cast.sam).put(f"{IMPORTS}/1/cancellation").json
    bringing.work()
    assert stopped["state"] == api(cast.sam).get(f"{IMPORTS}/1").json["state"] == "cancelled"
    assert ledger.rows("SELECT count(*) FROM assets") == [(0,)]


def test_a_long_file_goes_in_steps_and_knows_what_came_twice(
    bringing: Bringing, api: Any, cast: Cast, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(Assets, "step_size", 3)
    monkeypatch.setattr(Assets, "batch_size", 2)
    lines = [f"{number},Laptop" for number in range(10)] + ["3,PC", "10,Laptop"]
    content = "\n".join(["Tag,Type", *lines]).encode()
    found = bringing.done("assets", content)
    assert (counts(found), found["rows_done"]) == ((11, 0, 0, 1), 12)
    assert bringing.mistakes(found["number"]) == [(12, "Tag", "The same stands in line 5 already.")]
    assert api(cast.sam).get(f"{ASSETS}/3").json["type"] == "laptop"


def test_who_has_left_saves_nothing(
    bringing: Bringing, api: Any, cast: Cast, ledger: Ledger
) -> None:
    bringing.checked("assets", TWO)
    api(cast.sam).post(f"{IMPORTS}/1/run", json={"mode": "good_rows"})
    ledger.rows(
        "UPDATE memberships SET valid_from = '2020-01-01', valid_to = '2020-02-01'"
        " WHERE name = 'Sam Spoc'"
    )
    bringing.work()
    state, said = ledger.rows("SELECT state, said FROM register_imports")[0]
    assert (state, "no longer" in said) == ("failed", True)
    assert ledger.rows("SELECT count(*) FROM assets") == [(0,)]


def test_a_file_that_was_let_go_is_asked_for_again(
    bringing: Bringing, api: Any, cast: Cast, monkeypatch: pytest.MonkeyPatch
) -> None:
    bringing.brought("assets", TWO)

    def gone(*_: Any) -> Any:
        raise FileNotFoundError

    monkeypatch.setattr(working, "rows_of", gone)
    found = bringing.step(1, "check")
    assert (found["state"], found["said"]) == ("failed", working.FILE_IS_GONE)


def test_the_states_of_equipment_keep_their_rules(bringing: Bringing, api: Any, cast: Cast) -> None:
    found = bringing.done("assets", b"Tag,Type,Status\n1,PC,In use\n2,PC,Disposed\n3,PC,Spare\n")
    assert counts(found) == (2, 0, 0, 1)
    changed = bringing.done("assets", b"Tag,Status\n1,Broken\n3,Retired\n")
    assert counts(changed) == (0, 1, 0, 1)
    assert api(cast.sam).get(f"{ASSETS}/1").json["status"] == "in_repair"
    assert "1" not in [one[2] for one in bringing.mistakes(changed["number"])]


def test_serial_numbers_are_known_again_and_never_twice(
    bringing: Bringing, api: Any, cast: Cast
) -> None:
    bringing.done("assets", b"Tag,Make,Serial\n1,Dell,A1\n2,HP,A1\n")
    same = bringing.done("assets", b"Tag,Make,Serial\n3,dell,a1\n")
    assert (counts(same), "1 has this serial" in bringing.mistakes(2)[0][2]) == (
        (0, 0, 0, 1),
        True,
    )
    by_serial = bringing.done("assets", b"Serial,Make,Notes\nA1,HP,seen in May\nB9,HP,who knows\n")
    assert counts(by_serial) == (0, 1, 0, 1)
    assert api(cast.sam).get(f"{ASSETS}/2").json["notes"] == "seen in May"


def test_mistakes_are_paged(bringing: Bringing, api: Any, cast: Cast) -> None:
    lines = "\n".join(f"{number},Sandwich" for number in range(30))
    bringing.checked("assets", f"Tag,Type\n{lines}\n".encode())
    first = api(cast.sam).get(f"{IMPORTS}/1/mistakes").json
    second = api(cast.sam).get(f"{IMPORTS}/1/mistakes?after={first['next']}").json
    assert (len(first["items"]), len(second["items"]), second["next"]) == (25, 5, None)
    assert first["items"][0] == {
        "line": 2,
        "column_number": 2,
        "column": "Type",
        "said": first["items"][0]["said"],
    }


def test_one_import_at_a_time_is_saved(
    bringing: Bringing, api: Any, cast: Cast, monkeypatch: pytest.MonkeyPatch
) -> None:
    bringing.checked("assets", TWO)
    bringing.checked("locations", b"Room\nAttic\n")
    client = api(cast.sam)
    assert client.post(f"{IMPORTS}/1/run", json={"mode": "good_rows"}).status_code == 202
    busy = client.post(f"{IMPORTS}/2/run", json={"mode": "good_rows"})
    assert (busy.status_code, "Another import" in busy.json["detail"]) == (409, True)
