"""The rooms of a school as pages."""

from __future__ import annotations

import io
import re

from openpyxl import load_workbook

from app.locations import queries
from tests.api.desk import SCHOOL, done
from tests.incidents.pages import logged, text_of, version_on
from tests.locations.things import an_asset

ROOMS = "/st-marys/locations"
CHANGES = ("change", "merge", "archive", "removal")


def made(app, **room):
    return done(app, "sam", "post", f"{SCHOOL}/locations", room).json["key"]


def test_the_presets_are_there_from_the_start(sign_in, cast):
    page = text_of(sign_in(cast.sam).get(ROOMS))
    assert "ICT suite" in page
    assert "Server room" in page


def test_a_room_is_added_under_any_name(sign_in, cast):
    sam = sign_in(cast.sam)
    for name in ("Mrs Brown's class", "Mrs Brown’s class 2", "O'Hara & Söhne <b>", "New"):
        answer = sam.post(f"{ROOMS}/new", {"name": name, "kind": "classroom"})
        assert answer.status_code == 303, name
    page = text_of(sam.get(ROOMS))
    assert "Mrs Brown's class" in page
    assert "O'Hara & Söhne <b>" in page
    # It is offered to reporters, and its own page opens whatever it is called.
    assert "O'Hara & Söhne <b>" in text_of(sign_in(cast.rita).get("/st-marys/incidents/new"))
    assert 'value="New"' in text_of(sam.get(f"{ROOMS}/new-2/change"))


def test_a_name_is_needed_and_only_once(sign_in, cast):
    sam = sign_in(cast.sam)
    answer = sam.post(f"{ROOMS}/new", {"name": " ", "kind": "hall"})
    assert answer.status_code == 422
    assert '<a href="#name">Enter a name</a>' in text_of(answer)
    answer = sam.post(f"{ROOMS}/new", {"name": "LIBRARY", "kind": "hall"})
    assert answer.status_code == 422
    assert "The school has a location of this name already." in text_of(answer)
    assert 'value="LIBRARY"' in text_of(answer)


def test_a_room_is_renamed_and_becomes_part_of_another(sign_in, cast):
    sam = sign_in(cast.sam)
    page = sam.get(f"{ROOMS}/library/change")
    change = {
        "name": "Old library",
        "kind": "library",
        "parent": "hall",
        "version": version_on(page),
    }
    assert sam.post(f"{ROOMS}/library/change", change).status_code == 303
    page = text_of(sam.get(f"{ROOMS}/library"))
    assert "Old library has been changed." in page
    assert "Changed: Library became Old library" in page
    assert "Old library</a>" in text_of(sam.get(ROOMS))
    change = {"name": "Hall", "kind": "hall", "parent": "library"}
    change["version"] = version_on(sam.get(f"{ROOMS}/hall/change"))
    answer = sam.post(f"{ROOMS}/hall/change", change)
    assert answer.status_code == 422
    assert "A location cannot be inside itself." in text_of(answer)


def test_a_stale_change_is_refused_and_kept_on_the_page(sign_in, cast):
    sam = sign_in(cast.sam)
    change = {"name": "Reading room", "kind": "library"}
    for stale in ({"version": "7"}, {}):
        answer = sam.post(f"{ROOMS}/library/change", {**change, **stale})
        assert answer.status_code == 412
        assert 'value="Reading room"' in text_of(answer)


def test_a_room_with_history_is_archived_not_removed(sign_in, cast, api):
    logged(api, cast)
    sam = sign_in(cast.sam)
    room = f"{ROOMS}/ict-suite"
    version = version_on(sam.get(f"{room}/change"))
    answer = sam.post(f"{room}/removal", {"version": version})
    assert answer.status_code == 409
    assert "ICT suite has history. Archive it instead of removing it." in text_of(answer)
    version = version_on(sam.get(f"{room}/change"))
    assert sam.post(f"{room}/archive", {"archived": "true", "version": version}).status_code == 303
    assert "ICT suite</a>" not in text_of(sam.get(ROOMS))
    assert "ICT suite</a>" in text_of(sam.get(f"{ROOMS}?archived=true"))
    rita = sign_in(cast.rita)
    assert ">ICT suite<" not in text_of(rita.get("/st-marys/incidents/new"))
    # What names it keeps it, and its sheet can still be changed.
    page = rita.get("/st-marys/incidents/1/sheet")
    assert "ICT suite (no longer used)" in text_of(page)
    sheet = {"title": "Another", "expected": "a", "happened": "b", "location": "ict-suite"}
    sheet["version"] = version_on(page)
    assert rita.post("/st-marys/incidents/1/sheet", sheet).status_code == 303


def test_an_unused_room_is_removed(sign_in, cast):
    sam = sign_in(cast.sam)
    version = version_on(sam.get(f"{ROOMS}/nursery/change"))
    assert sam.post(f"{ROOMS}/nursery/removal", {"version": "9"}).status_code == 412
    assert sam.post(f"{ROOMS}/nursery/removal", {"version": version}).status_code == 303
    assert sam.get(f"{ROOMS}/nursery").status_code == 404


def test_reporters_see_but_do_not_change_and_olga_is_not_there(sign_in, cast):
    rita, olga = sign_in(cast.rita), sign_in(cast.olga)
    page = text_of(rita.get(ROOMS))
    assert "Library" in page
    assert "Add a room" not in page
    assert "No equipment" not in text_of(rita.get(f"{ROOMS}/library"))
    for path in ("new", "presets", *(f"library/{one}" for one in CHANGES)):
        assert rita.post(f"{ROOMS}/{path}").status_code == 403
        assert olga.post(f"{ROOMS}/{path}").status_code == 404
    for path in ("", "/library", ".csv", ".xlsx"):
        assert olga.get(f"{ROOMS}{path}").status_code == 404


def test_what_was_searched_pages_by_name(sign_in, cast):
    sam = sign_in(cast.sam)
    for place in range(52):
        sam.post(f"{ROOMS}/new", {"name": f"Z room {place:02}", "kind": "classroom"})
    sam.get(ROOMS)  # says that the last one can be chosen
    page = text_of(sam.get(f"{ROOMS}?q=z+ROOM"))
    assert "Z room 49" in page
    assert "Z room 50" not in page
    assert "Library" not in page.split("<table")[1]
    following = page.split('rel="next" href="')[1].split('"')[0]
    assert "Z room 51" in text_of(sam.get(following))
    assert "No room fits" in text_of(sam.get(f"{ROOMS}?q=z+ROOM&kind=hall"))
    assert sam.get(f"{ROOMS}?kind=castle").status_code == 422


def test_a_school_with_very_many_rooms_gets_a_list_with_pages(sign_in, cast, monkeypatch):
    monkeypatch.setattr(queries, "MOST_DRAWN", 10)
    page = text_of(sign_in(cast.sam).get(ROOMS))
    assert "<table" in page
    assert "Library" in page


def test_rooms_are_drawn_inside_their_building_with_few_statements(
    sign_in, cast, app, ledger, statements
):
    made(app, name="Main building", kind="building")
    made(app, name="Room 10", parent="main-building")
    made(app, name="Room 2", parent="main-building")
    made(app, name="Trolley A", kind="trolley", parent="room-2")
    an_asset(ledger, "STM-1", "trolley-a")
    sam = sign_in(cast.sam)
    sam.get(ROOMS)
    statements.clear()
    page = text_of(sam.get(ROOMS))
    assert len(statements) <= 7, statements
    tree = page[page.index("Main building") :]
    assert re.search(
        r"Main building.*<ul.*Room 2.*<ul.*Trolley A.*1 asset.*</ul>.*Room 10", tree, re.S
    )


def test_a_room_shows_what_is_in_it_and_in_its_trolleys(
    sign_in, cast, app, api, ledger, statements
):
    made(app, name="Trolley A", kind="trolley", parent="ict-suite")
    an_asset(ledger, "STM-1", "trolley-a")
    an_asset(ledger, "STM-2", "ict-suite")
    an_asset(ledger, "STM-3", "hall")
    logged(api, cast, location="trolley-a", title="Lid is loose")
    logged(api, cast, title="Board is dark", sensitive=True)
    sam = sign_in(cast.sam)
    sam.get(f"{ROOMS}/ict-suite")
    statements.clear()
    page = text_of(sam.get(f"{ROOMS}/ict-suite"))
    assert len(statements) <= 10, statements
    for there in ("Lid is loose", "in Trolley A", "Board is dark", "STM-1", "STM-2"):
        assert there in page
    assert "STM-3" not in page
    for who in (cast.ravi, cast.theo):
        assert "Board is dark" not in text_of(sign_in(who).get(f"{ROOMS}/ict-suite"))


def test_two_entries_of_one_room_are_merged(sign_in, cast, api, app):
    made(app, name="Computer room")
    logged(api, cast, location="computer-room")
    sam = sign_in(cast.sam)
    old = f"{ROOMS}/computer-room"
    page = sam.get(f"{old}/merge")
    assert '<option value="computer-room"' not in text_of(page)
    nothing = sam.post(f"{old}/merge", {"version": version_on(page)})
    assert nothing.status_code == 422
    assert "Choose the room that stays" in text_of(nothing)
    assert sam.post(f"{old}/merge", {"into": "ict-suite", "version": "9"}).status_code == 412
    into = {"into": "ict-suite", "version": version_on(page)}
    done = sam.post(f"{old}/merge", into)
    assert done.status_code == 303
    page = text_of(sam.get(done.headers["Location"]))
    assert "Computer room is ICT suite now." in page
    assert "Projector shows no picture" in page
    moved = sam.get(old)
    assert moved.status_code == 302
    assert moved.headers["Location"].endswith(f"{ROOMS}/ict-suite")
    assert "it is ICT suite now" in text_of(sam.get(f"{ROOMS}/ict-suite"))


def test_the_label_on_an_old_door_opens_the_room_it_is_now(sign_in, cast, app):
    made(app, name="Computer room")
    label = done(app, "sam", "post", f"{SCHOOL}/labels", {"locations": ["computer-room"]})
    done(app, "sam", "post", f"{SCHOOL}/locations/computer-room/merge", {"into": "ict-suite"})
    token = label.json["items"][0]["token"]
    opened = sign_in(cast.rita).get(f"/st-marys/label/{token}")
    assert opened.headers["Location"].endswith("/incidents/new?location=ict-suite")


def test_a_school_without_rooms_is_offered_the_usual_ones(sign_in, cast, ledger):
    ledger.rows("DELETE FROM locations")
    sam = sign_in(cast.sam)
    page = text_of(sam.get(ROOMS))
    assert "No rooms yet" in page
    assert 'value="Headteacher’s office" checked' in page
    none = sam.post(f"{ROOMS}/presets", {})
    assert none.status_code == 422
    assert "Tick at least one room" in text_of(none)
    two = sam.post(f"{ROOMS}/presets", {"names": ["Library", "SEN room"]})
    assert two.status_code == 303
    page = text_of(sam.get(ROOMS))
    assert "Added: Library, SEN room." in page
    assert "SEN room</a>" in page
    assert "Nursery</a>" not in page


def test_the_list_is_taken_away_exactly_as_filtered(sign_in, cast, app):
    made(app, name="=1+1", kind="building")
    made(app, name="Mrs Brown’s class", parent="1-1")
    done(app, "sam", "patch", f"{SCHOOL}/locations/hall", {"archived": True}, If_Match="*")
    sam = sign_in(cast.sam)
    assert "Hall" not in sam.get(f"{ROOMS}.csv").get_data(as_text=True)
    assert "Hall" in sam.get(f"{ROOMS}.csv?archived=true").get_data(as_text=True)
    lines = sam.get(f"{ROOMS}.csv?q=class").get_data(as_text=True).splitlines()
    assert lines[0].startswith("\ufeffName,Kind,Part of")
    assert lines[1:] == [
        "Classroom,Classroom,,No,No,classroom",
        "Mrs Brown’s class,Classroom,'=1+1,No,No,mrs-browns-class",
    ]
    book = load_workbook(io.BytesIO(sam.get(f"{ROOMS}.xlsx?q=brown").data))
    rows = list(book.active.iter_rows(values_only=True))
    assert [row[0] for row in rows] == ["Name", "Mrs Brown’s class"]
    assert sam.get(f"{ROOMS}.csv?kind=castle").status_code == 422
