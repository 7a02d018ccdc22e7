"""The pages: bring a file, choose its columns, look, save; each step says what is wrong."""

from __future__ import annotations

import io
from typing import Any

import pytest

from tests.cast import Cast
from tests.imports.conftest import Bringing
from tests.ledger import Ledger

HERE = "/st-marys/imports"
MESSY = b"Equipment list\n\nTag,Room,Type\n1,Attic,Laptop\n2,Hall,Sandwich\n3,Hall,PC\n"


def bring(browser: Any, content: bytes = MESSY, register: str = "assets") -> Any:
    data = {"register": register, "file": (io.BytesIO(content), "list.csv")}
    return browser.post(f"{HERE}/new", data)


def version(ledger: Ledger) -> str:
    return str(
        ledger.rows("SELECT version FROM register_imports ORDER BY number DESC LIMIT 1")[0][0]
    )


def test_from_the_file_to_the_register(
    sign_in: Any, cast: Cast, bringing: Bringing, ledger: Ledger
) -> None:
    sam = sign_in(cast.sam)
    empty = sam.get(HERE).get_data(as_text=True)
    assert "No file has been brought yet" in empty
    answer = bring(sam)
    assert (answer.status_code, answer.location) == (303, f"{HERE}/1/columns")
    page = sam.get(f"{HERE}/1/columns").get_data(as_text=True)
    assert 'value="3"' in page and "Attic; Hall" in page and "3 lines below" in page
    sent = {
        "version": version(ledger),
        "header_row": "3",
        "column-1": "tag",
        "column-2": "location",
        "column-3": "type",
    }
    checking = sam.post(f"{HERE}/1/columns", sent)
    assert (checking.status_code, checking.location) == (303, f"{HERE}/1")
    busy = sam.get(f"{HERE}/1").get_data(as_text=True)
    assert "<progress" in busy and "0 of 3 lines" in busy
    asked = {"X-Deskbell-Polling": "1"}
    how_far = {"is_busy": True, "percent": 0, "words": "0 of 3 lines"}
    assert sam.get(f"{HERE}/1", headers=asked).json == how_far
    bringing.work()
    page = sam.get(f"{HERE}/1").get_data(as_text=True)
    assert "Sandwich" in page and "Attic" in page and "Add the rooms that are missing" in page
    again = sam.post(f"{HERE}/1/rooms", {"version": version(ledger)})
    assert again.status_code == 303
    bringing.work()
    page = sam.get(f"{HERE}/1").get_data(as_text=True)
    assert "These rooms will be added: Attic" in page and "All or nothing" not in page
    run = sam.post(f"{HERE}/1/run", {"version": version(ledger), "mode": "good_rows"})
    assert run.status_code == 303
    bringing.work()
    page = sam.get(f"{HERE}/1").get_data(as_text=True)
    assert "Added" in page and "Save these lines" not in page
    assert ledger.rows("SELECT tag FROM assets ORDER BY tag") == [("1",), ("3",)]
    listed = sam.get(HERE).get_data(as_text=True)
    assert "list.csv" in listed and "Done" in listed


def test_all_mistakes_as_a_file(sign_in: Any, cast: Cast, bringing: Bringing) -> None:
    bringing.checked("assets", b"Tag,Type\n=1,Laptop\n2,=Sandwich\n")
    answer = sign_in(cast.sam).get(f"{HERE}/1/mistakes.csv")
    text = answer.get_data().decode("utf-8-sig")
    assert answer.mimetype == "text/csv"
    assert text.splitlines()[0] == "Line,Column,What is wrong"
    assert text.splitlines()[2].startswith('3,Type,"“=Sandwich”')


@pytest.mark.parametrize(
    ("data", "said"),
    [
        ({"register": "assets"}, "Choose the file"),
        ({"file": (io.BytesIO(MESSY), "list.csv")}, "Choose what is in the file"),
        (
            {"register": "assets", "file": (io.BytesIO(b"%PDF-1.7"), "list.pdf")},
            "This is no spreadsheet",
        ),
    ],
)
def test_what_is_wrong_with_a_file_is_said(sign_in: Any, cast: Cast, data: Any, said: str) -> None:
    answer = sign_in(cast.sam).post(f"{HERE}/new", data)
    assert (answer.status_code, said in answer.get_data(as_text=True)) == (422, True)


def test_another_line_of_headings_is_looked_at_first(
    sign_in: Any, cast: Cast, ledger: Ledger
) -> None:
    sam = sign_in(cast.sam)
    bring(sam, b"Foo,Bar\nTag,Type\n1,PC\n")
    sent = {"version": version(ledger), "header_row": "1", "look": "1"}
    page = sam.post(f"{HERE}/1/columns", sent)
    text = page.get_data(as_text=True)
    assert (page.status_code, "Foo" in text, "2 lines below" in text) == (200, True, True)
    none = sam.post(
        f"{HERE}/1/columns", {"version": version(ledger), "header_row": "1", "column-1": ""}
    )
    assert none.status_code == 422
    assert "Choose a column for the tag" in none.get_data(as_text=True)
    twice = {"version": version(ledger), "header_row": "1", "column-1": "tag", "column-2": "tag"}
    both = sam.post(f"{HERE}/1/columns", twice)
    assert "chosen for two columns" in both.get_data(as_text=True)


def test_a_page_that_is_old_saves_nothing(
    sign_in: Any, cast: Cast, bringing: Bringing, ledger: Ledger
) -> None:
    bringing.checked("assets", b"Tag,Type\n1,PC\n")
    sam = sign_in(cast.sam)
    assert sam.post(f"{HERE}/1/run", {"version": "1", "mode": "good_rows"}).status_code == 412
    no_mode = sam.post(f"{HERE}/1/run", {"version": version(ledger)})
    assert "Choose what is saved" in no_mode.get_data(as_text=True)
    bringing.work()
    assert ledger.rows("SELECT count(*) FROM assets") == [(0,)]
    put_aside = sam.post(f"{HERE}/1/cancellation", {"version": version(ledger)})
    assert put_aside.status_code == 303
    assert "Put aside" in sam.get(f"{HERE}/1").get_data(as_text=True)


def test_who_may_and_who_sees_it(sign_in: Any, cast: Cast, bringing: Bringing) -> None:
    bringing.brought("assets", b"Tag,Type\n1,PC\n")
    assert sign_in(cast.olga).get(f"{HERE}/1").status_code == 404
    assert sign_in(cast.olga).get("/oakfield/imports/1").status_code == 404
    for who in (cast.rita, cast.theo):
        assert sign_in(who).get(HERE).status_code == 403
    page = sign_in(cast.ike).get(f"{HERE}/new").get_data(as_text=True)
    assert "Equipment" in page and 'value="contracts"' not in page


def test_the_list_asks_the_database_as_often_for_many(
    sign_in: Any, cast: Cast, bringing: Bringing, statements: list[str]
) -> None:
    sam = sign_in(cast.sam)
    counted = []
    for _ in range(2):
        bringing.brought("assets", b"Tag,Type\n1,PC\n")
        sam.get(HERE)
        statements.clear()
        sam.get(HERE)
        counted.append(len(statements))
    assert counted[0] == counted[1] <= 8
