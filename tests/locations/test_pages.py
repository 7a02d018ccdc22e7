"""The rooms of a school as pages."""

from tests.incidents.pages import logged, text_of, version_on

ROOMS = "/st-marys/locations"


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
    assert 'value="New"' in text_of(sam.get(f"{ROOMS}/new-2"))


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
    page = sam.get(f"{ROOMS}/library")
    change = {
        "name": "Old library",
        "kind": "library",
        "parent": "hall",
        "version": version_on(page),
    }
    assert sam.post(f"{ROOMS}/library", change).status_code == 303
    page = text_of(sam.get(ROOMS))
    assert "Old library has been changed." in page
    assert "Old library</a>" in page
    change = {"name": "Hall", "kind": "hall", "parent": "library"}
    change["version"] = version_on(sam.get(f"{ROOMS}/hall"))
    answer = sam.post(f"{ROOMS}/hall", change)
    assert answer.status_code == 422
    assert "A location cannot be inside itself." in text_of(answer)


def test_a_stale_change_is_refused_and_kept_on_the_page(sign_in, cast):
    sam = sign_in(cast.sam)
    change = {"name": "Reading room", "kind": "library"}
    for stale in ({"version": "7"}, {}):
        answer = sam.post(f"{ROOMS}/library", {**change, **stale})
        assert answer.status_code == 412
        assert 'value="Reading room"' in text_of(answer)


def test_a_room_with_history_is_archived_not_removed(sign_in, cast, api):
    logged(api, cast)
    sam = sign_in(cast.sam)
    room = f"{ROOMS}/ict-suite"
    answer = sam.post(f"{room}/removal", {"version": version_on(sam.get(room))})
    assert answer.status_code == 409
    assert "ICT suite has history. Archive it instead of removing it." in text_of(answer)
    version = version_on(sam.get(room))
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
    version = version_on(sam.get(f"{ROOMS}/nursery"))
    assert sam.post(f"{ROOMS}/nursery/removal", {"version": "9"}).status_code == 412
    assert sam.post(f"{ROOMS}/nursery/removal", {"version": version}).status_code == 303
    assert sam.get(f"{ROOMS}/nursery").status_code == 404


def test_reporters_see_but_do_not_change_and_olga_is_not_there(sign_in, cast):
    rita, olga = sign_in(cast.rita), sign_in(cast.olga)
    page = text_of(rita.get(ROOMS))
    assert "Library" in page
    assert "Add a room" not in page
    for path in ("new", "library", "library/archive", "library/removal"):
        assert rita.post(f"{ROOMS}/{path}").status_code == 403
        assert olga.post(f"{ROOMS}/{path}").status_code == 404
    assert olga.get(ROOMS).status_code == 404


def test_many_rooms_page_by_name(sign_in, cast):
    sam = sign_in(cast.sam)
    for place in range(45):
        sam.post(f"{ROOMS}/new", {"name": f"Z room {place:02}", "kind": "classroom"})
    sam.get(ROOMS)  # says that the last one can be chosen
    page = text_of(sam.get(ROOMS))
    assert "Z room 44" not in page
    following = page.split('rel="next" href="')[1].split('"')[0]
    assert "Z room 44" in text_of(sam.get(following))
