"""The suppliers of a school as pages."""

from __future__ import annotations

import io

import pytest
from openpyxl import load_workbook

from tests.api.desk import SCHOOL, bring, done
from tests.incidents.pages import text_of, version_on
from tests.suppliers.test_api import HANGING, LAMPS, made

PAGES = "/st-marys/suppliers"
ONE = f"{PAGES}/lamps-ltd"


def test_the_first_one_is_added_by_name_alone(sign_in, cast):
    sam = sign_in(cast.sam)
    assert "Begin with the one you ring most often" in text_of(sam.get(PAGES))
    answer = sam.post(f"{PAGES}/new", {"name": "Lamps Ltd", "kind": "company"})
    assert answer.status_code == 303
    assert answer.headers["Location"].endswith(ONE)
    page = text_of(sam.get(ONE))
    assert "Lamps Ltd is on your list now." in page
    assert "Added as Lamps Ltd" in page
    assert "Incidents cannot be passed to them yet." in page


def test_mistakes_come_back_with_what_was_typed(sign_in, cast):
    answer = sign_in(cast.sam).post(
        f"{PAGES}/new", {"name": "", "kind": "company", "phone": "ring us", "notes": "Kept"}
    )
    page = text_of(answer)
    assert answer.status_code == 422
    for said in ("Enter the name of the supplier", "Enter a telephone number", "Kept", "ring us"):
        assert said in page


def test_a_supplier_is_changed_and_a_stale_page_shows_both(sign_in, cast, app):
    made(app)
    sam, dora = sign_in(cast.sam), sign_in(cast.dora)
    old = version_on(sam.get(f"{ONE}/change"))
    facts = {"name": "Lamps Ltd", "kind": "company", "version": old}
    typed = {**facts, "specialities": ["wifi", "printer"], "rating": "5"}
    assert dora.post(f"{ONE}/change", typed).status_code == 303
    page = text_of(dora.get(ONE))
    assert "Printers and copiers, Wi-Fi" in page
    assert "5: we recommend them" in page
    late = sam.post(f"{ONE}/change", {**facts, "rating": "1"})
    assert late.status_code == 412
    assert "Dora Owner changed this" in text_of(late)
    assert "5: we recommend them" in text_of(late)
    for press in ("archive", "removal", "group"):
        assert sam.post(f"{ONE}/{press}", {"version": old}).status_code == 412


def test_one_press_lets_incidents_go_to_them(sign_in, cast, app):
    made(app, email="help@lamps.example")
    sam = sign_in(cast.sam)
    page = sam.get(ONE)
    assert "Let incidents go to help@lamps.example" in text_of(page)
    assert "Let incidents go" not in text_of(sign_in(cast.ike).get(ONE))
    assert sam.post(f"{ONE}/group", {"version": version_on(page)}).status_code == 303
    path = bring(app, "second", title="Lamp is dark", sensitive=True)
    body = {"to": "supplier", "group": "lamps-ltd", "note": "The lamp is dark"}
    done(app, "sasha", "post", f"{path}/escalation", body)
    page = text_of(sam.get(ONE))
    assert "can be given incidents now" in page
    assert "Lamp is dark" in page
    # A technician reads the register, and of the incidents only what they may see.
    assert "Lamp is dark" not in text_of(sign_in(cast.theo).get(ONE))


def test_a_supplier_shows_what_the_school_has_from_it(sign_in, cast, app, ledger, statements):
    made(app)
    for row in HANGING.values():
        ledger.rows(row)
    sam = sign_in(cast.sam)
    sam.get(ONE)
    statements.clear()
    page = text_of(sam.get(ONE))
    assert len(statements) <= 9, statements
    for there in ("Lamp care", "LampOS", "STM-1"):
        assert there in page
    theirs = text_of(sign_in(cast.theo).get(ONE))
    assert "STM-1" in theirs
    assert "Lamp care" not in theirs
    change = sam.get(f"{ONE}/change")
    refused = sam.post(f"{ONE}/removal", {"version": version_on(change)})
    assert refused.status_code == 409
    assert "Lamps Ltd has equipment, contracts and licences." in text_of(refused)
    press = {"version": version_on(change), "archived": "true"}
    assert sam.post(f"{ONE}/archive", press).status_code == 303
    assert "Lamps Ltd</a>" not in text_of(sam.get(PAGES))
    assert "Lamps Ltd</a>" in text_of(sam.get(f"{PAGES}?archived=true"))


def test_the_la_reads_and_that_is_written_down(sign_in, cast, app):
    made(app)
    tariq = sign_in(cast.tariq)
    page = text_of(tariq.get(ONE))
    assert "Change</a>" not in page
    tariq.get(f"{PAGES}.csv")
    looked = text_of(sign_in(cast.sam).get("/st-marys/access"))
    assert "supplier Lamps Ltd" in looked
    assert "exported as CSV" in looked


@pytest.mark.parametrize("path", ["", "/new", "/lamps-ltd", "/lamps-ltd/change", ".csv", ".xlsx"])
def test_reporters_and_other_schools_do_not_read_it(sign_in, cast, app, path):
    made(app)
    assert sign_in(cast.rita).get(f"{PAGES}{path}").status_code == 403
    assert sign_in(cast.olga).get(f"{PAGES}{path}").status_code == 404
    own = sign_in(cast.olga).get(f"/oakfield/suppliers{path}")
    assert own.status_code == (404 if "lamps" in path else 200)


def test_the_list_is_taken_away_exactly_as_filtered(sign_in, cast, app):
    done(app, "sam", "post", f"{SCHOOL}/suppliers", {**LAMPS, "notes": "=1+1"})
    made(app, name="Our LA", kind="la")
    sam = sign_in(cast.sam)
    lines = sam.get(f"{PAGES}.csv?kind=la").get_data(as_text=True).splitlines()
    assert len(lines) == 2
    assert lines[1].startswith("Our LA,The local authority,")
    whole = sam.get(f"{PAGES}.csv").get_data(as_text=True)
    assert "'=1+1" in whole
    assert "Whiteboards and displays, Sound and light" in whole
    book = load_workbook(io.BytesIO(sam.get(f"{PAGES}.xlsx?speciality=whiteboard").data))
    rows = list(book.active.iter_rows(values_only=True))
    assert [row[0] for row in rows] == ["Name", "Lamps & Söhne Ltd"]
    assert rows[1][11] == 4
