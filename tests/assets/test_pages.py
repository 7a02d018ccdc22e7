"""The asset register as pages: lists, forms, the page for a scanner, many at once, files."""

from __future__ import annotations

import csv
import io

from openpyxl import load_workbook

from tests.api.desk import SCHOOL, done
from tests.assets.things import ASSETS, LAPTOP, PAGES, added, history, plain, to
from tests.incidents.pages import text_of, version_on

DESK = "/st-marys/check-in-out"
TOGETHER = f"{PAGES}/changes"
FIELDS = "/st-marys/asset-fields"
TYPED = {
    **{name: value for name, value in LAPTOP.items() if not name.endswith(("date", "end"))},
    "status": "in_use",
    "purchase_date-day": "1",
    "purchase_date-month": "3",
    "purchase_date-year": "2024",
}


def test_an_empty_register_says_how_to_begin(sign_in, cast):
    page = text_of(sign_in(cast.sam).get(PAGES))
    assert "Add the first piece of equipment" in page
    assert "Add the first" not in text_of(sign_in(cast.tariq).get(PAGES))


def test_added_shown_changed(sign_in, cast, app):
    sam = sign_in(cast.sam)
    answer = sam.post(f"{PAGES}/new", TYPED)
    assert answer.status_code == 303, text_of(answer)
    assert answer.headers["Location"].endswith("/assets/LAP-001")
    page = text_of(sam.get(f"{PAGES}/LAP-001"))
    for said in ("Laptop, Dell Latitude 3540", "5CG1234XYZ", "£549.00", "ICT suite", "Added to"):
        assert said in page
    # What is not known has no line of its own.
    assert "Covered by contract" not in page and "Data wiped" not in page
    form = sam.get(f"{PAGES}/LAP-001/details")
    change = {**TYPED, "location": "library", "version": version_on(form)}
    assert sam.post(f"{PAGES}/LAP-001/details", change).status_code == 303
    assert "Moved: ICT suite → Library" in text_of(sam.get(f"{PAGES}/LAP-001"))
    assert history(app, "LAP-001")[0]["kind"] == "asset.moved"


def test_another_like_it_begins_with_what_is_the_same(sign_in, cast):
    answer = sign_in(cast.sam).post(f"{PAGES}/new", {**TYPED, "another": "yes"})
    where = answer.headers["Location"]
    page = text_of(sign_in(cast.sam).get(where))
    assert 'value="Latitude 3540"' in page and 'value="LAP-001"' not in page


def test_mistakes_lose_nothing(sign_in, cast, app, is_unchanged):
    added(app)
    is_unchanged.start()
    sam = sign_in(cast.sam)
    answer = sam.post(f"{PAGES}/new", {**TYPED, "tag": "lap-001", "notes": "Keep this"})
    assert answer.status_code == 422
    page = text_of(answer)
    assert "The school has equipment with the tag LAP-001 already." in page
    assert "Keep this" in page and 'value="lap-001"' in page


def test_an_older_page_shows_both_texts(sign_in, cast, app):
    added(app)
    sam, dora = sign_in(cast.sam), sign_in(cast.dora)
    old = version_on(sam.get(f"{PAGES}/LAP-001/details"))
    for who, note, code in ((dora, "Dora’s", 303), (sam, "Sam’s", 412)):
        answer = who.post(f"{PAGES}/LAP-001/details", {**TYPED, "notes": note, "version": old})
        assert answer.status_code == code
    page = text_of(answer)
    assert "Dora Owner changed this" in page and "Dora’s" in page and "Sam’s" in page


def test_the_register_is_searched_and_downloaded_as_filtered(sign_in, cast, app):
    field = {"type": "laptop", "label": "Charger", "kind": "text"}
    done(app, "sam", "post", f"{SCHOOL}/asset_fields", field)
    added(app, notes="=1+1", own_fields={"charger": "C17"})
    plain(app, "T-1")
    sam = sign_in(cast.sam)
    page = text_of(sam.get(f"{PAGES}?q=dell&type=laptop"))
    assert "LAP-001" in page and "T-1" not in page
    assert "assets.csv?q=dell&type=laptop" in page
    assert "Nothing fits." in text_of(sam.get(f"{PAGES}?q=nothing"))
    found = sam.get("/st-marys/assets.csv?q=dell&type=laptop").get_data().decode("utf-8-sig")
    [row] = csv.DictReader(io.StringIO(found))
    assert (row["Tag"], row["Room"], row["Price"]) == ("LAP-001", "ICT suite", "549.00")
    assert (row["Charger"], row["Notes"]) == ("C17", "'=1+1")
    book = load_workbook(io.BytesIO(sam.get("/st-marys/assets.xlsx?type=tablet").get_data()))
    assert [row[0] for row in book.active.iter_rows(values_only=True)] == ["Tag", "T-1"]
    assert sam.get("/st-marys/assets.csv?type=toy").status_code == 422


def test_who_looked_from_outside_is_written_down(sign_in, cast, app):
    added(app)
    page = text_of(sign_in(cast.tariq).get(f"{PAGES}/LAP-001"))
    assert "Change or move it" not in page
    assert "asset LAP-001" in text_of(sign_in(cast.sam).get("/st-marys/access"))


def test_a_page_of_another_school_is_not_there(sign_in, cast, app):
    added(app)
    olga = sign_in(cast.olga)
    for tail in ("", "/details", "/status?to=in_repair", "/loan"):
        assert olga.get(f"{PAGES}/LAP-001{tail}").status_code == 404
        assert olga.get(f"/oakfield/assets/LAP-001{tail}").status_code == 404


# --- one step after the other ---


def test_asked_decided_and_gone(sign_in, cast, app):
    added(app)
    sam, ike, one = sign_in(cast.sam), sign_in(cast.ike), f"{PAGES}/LAP-001"

    def press(who, tail, **said):
        page = who.get(f"{one}/{tail}")
        where = f"{one}/{tail.partition('?')[0]}"
        answer = who.post(where, {"version": version_on(page), **said})
        assert answer.status_code == 303, text_of(answer)

    assert "The ICT owner confirms this" in text_of(sam.get(f"{one}/status?to=retired"))
    press(sam, "status?to=retired", status="retired", reason="Old")
    assert "Sam Spoc asks the ICT owner" in text_of(sam.get(one))
    press(ike, "confirmation", decision="confirmed")
    gone = {"reason": "Old", "method": "weee_recycler", "wipe_evidence": "Certificate 4711"}
    day = {"disposed_on-day": "12", "disposed_on-month": "1", "disposed_on-year": "2026"}
    short = {"version": version_on(ike.get(f"{one}/status?to=disposed")), "status": "disposed"}
    answer = ike.post(f"{one}/status", {**short, "reason": "Old"})
    assert "Choose how it was disposed of." in text_of(answer)
    press(ike, "status?to=disposed", status="disposed", **gone, **day)
    page = text_of(sam.get(one))
    assert "Certificate 4711" in page and "approved recycler" in page
    assert "Report a problem with it" not in page


def test_lent_and_back_with_a_press(sign_in, cast, app):
    added(app)
    sam, one = sign_in(cast.sam), f"{PAGES}/LAP-001"
    form = sam.get(f"{one}/loan")
    sam.post(f"{one}/loan", {"borrower": "Class 4B", "version": version_on(form)})
    page = sam.get("/st-marys/loans")
    assert "Class 4B" in text_of(page) and "no day agreed" in text_of(page)
    assert sam.post(f"{one}/return", {"version": version_on(page)}).status_code == 303
    assert "Nothing is on loan" in text_of(sam.get("/st-marys/loans"))
    assert sam.post(f"{one}/return", {"version": version_on(sam.get(one.join(("", "/details"))))})


# --- the page for a scanner ---


def test_one_scan_after_the_other(sign_in, cast, app):
    added(app, holder=None)
    plain(app, "T-1", status="in_stock")
    sam = sign_in(cast.sam)
    page = text_of(sam.get(DESK))
    assert "autofocus" in page
    out = {"way": "out", "to": "Rita Reporter"}
    for tag in ("lap-001", "T-1"):
        answer = sam.post(DESK, {**out, "tag": tag})
        assert answer.status_code == 303, text_of(answer)
        page = text_of(sam.get(answer.headers["Location"]))
        assert f"{tag.upper()} is now Rita Reporter’s." in page
        # Ready for the next: whom it goes to still stands there, the tag does not.
        assert 'value="Rita Reporter"' in page and 'name="tag" type="text" value=""' in page
    assert done(app, "sam", "get", f"{ASSETS}/T-1").json["status"] == "in_use"
    answer = sam.post(DESK, {"way": "in", "room": "library", "tag": "LAP-001"})
    shown = done(app, "sam", "get", f"{ASSETS}/LAP-001").json
    assert (shown["holder"], shown["location"]["key"]) == (None, "library")


def test_a_scan_that_cannot_be_done_loses_nothing(sign_in, cast, app):
    added(app)
    to(app, "LAP-001", "lost_or_stolen", reason="Gone")
    sam = sign_in(cast.sam)
    out = {"way": "out", "to": "Class 4B"}
    for tag, said in (("NOPE", "no equipment with the tag"), ("LAP-001", "is lost or stolen")):
        answer = sam.post(DESK, {**out, "tag": tag})
        assert answer.status_code == 409
        page = text_of(answer)
        assert said in page and f'value="{tag}"' in page and 'value="Class 4B"' in page
    nobody = sam.post(DESK, {"way": "out", "tag": "X"})
    assert nobody.status_code == 422 and "Say who gets it." in text_of(nobody)
    nowhere = sam.post(DESK, {"way": "in", "tag": "X"})
    assert "Choose the room it goes to." in text_of(nowhere)


def test_with_a_day_a_scan_lends_and_a_scan_takes_back(sign_in, cast, app):
    added(app)
    sam = sign_in(cast.sam)
    due = {"due_on-day": "5", "due_on-month": "1", "due_on-year": "2099"}
    again = sam.post(DESK, {"way": "out", "to": "Class 4B", "tag": "LAP-001", **due})
    assert "due_on-year=2099" in again.headers["Location"]
    assert done(app, "sam", "get", f"{ASSETS}/LAP-001").json["loan"]["due_on"] == "2099-01-05"
    sam.post(DESK, {"way": "in", "room": "ict-suite", "tag": "LAP-001"})
    assert done(app, "sam", "get", f"{ASSETS}/LAP-001").json["loan"] is None


def test_the_scanner_page_is_for_whoever_keeps_the_register(sign_in, cast, app):
    added(app)
    for who, code in ((cast.rita, 403), (cast.tariq, 403), (cast.olga, 404)):
        assert sign_in(who).get(DESK).status_code == code


# --- many at once ---


def test_many_at_once_and_what_was_refused(sign_in, cast, app):
    for number in range(3):
        plain(app, f"T-{number}")
    to(app, "T-1", "retired", who="ike", reason="Old")
    sam = sign_in(cast.sam)
    assert "3 ticked" in text_of(sam.get(f"{TOGETHER}?pick=T-0&pick=T-1&pick=T-2"))
    ticked = {"pick": ["T-0", "T-1", "T-2", "NOPE"], "location": "library", "status": "in_repair"}
    answer = sam.post(TOGETHER, ticked)
    page = text_of(answer)
    assert "2 changed, 2 not" in page
    assert "T-1 is retired; it cannot become in repair." in page
    rooms = [one["location"] for one in done(app, "sam", "get", ASSETS).json["items"]]
    # What was refused in part was refused as a whole.
    assert [room and room["key"] for room in rooms] == ["library", None, "library"]


def test_nothing_ticked_or_nothing_said_changes_nothing(sign_in, cast, app, is_unchanged):
    plain(app, "T-0")
    sam = sign_in(cast.sam)
    is_unchanged.start()
    assert "Tick something" in text_of(sam.post(TOGETHER, {"location": "library"}))
    assert "Say what is to change" in text_of(sam.post(TOGETHER, {"pick": "T-0"}))
    assert is_unchanged()


# --- fields of the school's own ---


def test_a_field_of_our_own_is_asked_on_the_form(sign_in, cast, app):
    sam = sign_in(cast.sam)
    said = {"type": "laptop", "label": "Colour", "kind": "choice", "choices": "red\nblue"}
    assert sam.post(f"{FIELDS}/new", {**said, "choices": "red"}).status_code == 422
    assert sam.post(f"{FIELDS}/new", said).status_code == 303
    added(app)
    form = sam.get(f"{PAGES}/LAP-001/details")
    assert "Colour" in text_of(form)
    change = {**TYPED, "own_colour": "red", "version": version_on(form)}
    assert sam.post(f"{PAGES}/LAP-001/details", change).status_code == 303
    assert done(app, "sam", "get", f"{ASSETS}/LAP-001").json["own_fields"] == {"colour": "red"}
    form = sam.get(f"{FIELDS}/colour")
    change = {"label": "Case", "choices": "red\nblue\ngreen", "version": version_on(form)}
    assert sam.post(f"{FIELDS}/colour", change).status_code == 303
    page = text_of(sam.get(FIELDS))
    assert "Case" in page and "red, blue, green" in page
    assert sign_in(cast.rita).get(FIELDS).status_code == 403
