"""Rooms through the API."""

from __future__ import annotations

import pytest

from tests.api.desk import BROKEN, INCIDENTS, SCHOOL, done, log, program, send
from tests.locations.things import an_asset

ROOMS = f"{SCHOOL}/locations"


def made(app, name, **room):
    return done(app, "sam", "post", ROOMS, {"name": name, **room}).json


def timeline(app, key):
    return done(app, "sam", "get", f"{ROOMS}/{key}/timeline").json["items"]


def test_a_room_under_its_own_name(app):
    made = done(app, "sam", "post", ROOMS, {"name": "Mrs Brown’s class", "kind": "classroom"})
    assert made.status_code == 201
    assert made.json["key"] == "mrs-browns-class"
    shown = done(app, "rita", "get", made.headers["Location"].removeprefix("/api/v1"))
    assert shown.json == made.json
    assert shown.json["name"] == "Mrs Brown’s class"
    assert log(app, location="mrs-browns-class")


@pytest.mark.parametrize("name", ["教室", "!!!", "💡", "Ünïcode"])
def test_every_name_gets_a_key(app, name):
    made = done(app, "sam", "post", ROOMS, {"name": name}).json
    assert made["name"] == name
    assert done(app, "sam", "get", f"{ROOMS}/{made['key']}").json == made


def test_a_name_is_taken_once(app, is_unchanged):
    for name in ("ICT suite", "ict SUITE", " ICT suite "):
        answer = send(app, "sam", "post", ROOMS, {"name": name})
        assert list(answer.json["errors"]) == ["name"]
    assert is_unchanged()


def test_names_that_look_alike_get_keys_of_their_own(app):
    keys = [
        done(app, "sam", "post", ROOMS, {"name": name}).json["key"]
        for name in ("Room 1", "Room-1", "Room.1")
    ]
    assert keys == ["room-1", "room-1-2", "room-1-3"]


def test_a_key_stays_when_the_name_changes(app):
    change = {"name": "Computer room", "kind": "other", "parent": "library"}
    changed = done(app, "sam", "patch", f"{ROOMS}/ict-suite", change, If_Match='"1"')
    assert {name: changed.json[name] for name in change} == change
    assert changed.json["key"] == "ict-suite"
    assert changed.json["version"] == 2
    out = done(app, "sam", "patch", f"{ROOMS}/ict-suite", {"parent": None}, If_Match='"2"')
    assert out.json["parent"] is None


def test_an_archived_room_takes_nothing_new_and_keeps_its_history(app):
    path = log(app)
    done(app, "sam", "patch", f"{ROOMS}/ict-suite", {"archived": True}, If_Match="*")
    refused = send(app, "rita", "post", INCIDENTS, {**BROKEN, "location": "ict-suite"})
    assert list(refused.json["errors"]) == ["location"]
    assert done(app, "rita", "get", path).json["location"]["name"] == "ICT suite"
    keys = [one["key"] for one in done(app, "sam", "get", f"{ROOMS}?limit=100").json["items"]]
    assert "ict-suite" not in keys
    whole = done(app, "sam", "get", f"{ROOMS}?limit=100&archived=true").json["items"]
    assert "ict-suite" in [one["key"] for one in whole]


def test_a_room_with_history_is_archived_and_not_removed(app, is_unchanged):
    log(app)
    is_unchanged.start()
    refused = send(app, "sam", "delete", f"{ROOMS}/ict-suite")
    assert refused.status_code == 409
    assert "Archive it" in refused.json["detail"]
    assert is_unchanged()


def test_a_room_that_holds_others_is_not_removed(app):
    done(app, "sam", "post", ROOMS, {"name": "Den", "parent": "hall"})
    assert send(app, "sam", "delete", f"{ROOMS}/hall").status_code == 409
    assert send(app, "sam", "delete", f"{ROOMS}/den").status_code == 204
    assert send(app, "sam", "delete", f"{ROOMS}/hall").status_code == 204


def test_removing_twice(app):
    answer = send(app, "sam", "delete", f"{ROOMS}/hall")
    assert (answer.status_code, answer.data) == (204, b"")
    assert send(app, "sam", "delete", f"{ROOMS}/hall").status_code == 404


def test_another_schools_rooms_are_not_there(app):
    done(app, "olga", "post", "/schools/oakfield/locations", {"name": "Oak room"})
    sam = program(app, "sam")
    assert sam.get("/schools/oakfield/locations").status_code == 404
    assert sam.get(f"{ROOMS}/oak-room").status_code == 404
    assert "Oak room" not in sam.get(f"{ROOMS}?limit=100").text


def test_what_happened_to_a_room_is_written_down(app, ledger):
    done(app, "sam", "post", ROOMS, {"name": "Den"})
    done(app, "sam", "patch", f"{ROOMS}/den", {"name": "Nook"}, If_Match="*")
    done(app, "sam", "delete", f"{ROOMS}/den")
    found = ledger.rows("SELECT kind, actor, from_value, to_value FROM events ORDER BY id")
    assert found == [
        ("location.added", "Sam Spoc", None, "Den"),
        ("location.changed", "Sam Spoc", "Den", "Nook"),
        ("location.removed", "Sam Spoc", "Nook", None),
    ]


# --- trees, trolleys, filters ---


def test_a_trolley_is_a_container_and_moves_with_what_is_in_it(app, ledger):
    trolley = made(app, "Trolley A", kind="trolley", parent="library")
    assert trolley["container"] is True
    an_asset(ledger, "STM-1", "trolley-a")
    away = done(app, "sam", "patch", f"{ROOMS}/trolley-a", {"parent": "hall"}, If_Match='"1"')
    assert away.json["parent"] == "hall"
    (event,) = timeline(app, "trolley-a")[:1]
    assert (event["kind"], event["from"], event["to"]) == ("location.moved", "Library", "Hall")
    assert event["note"] == "1 asset moved with it"
    still = done(app, "sam", "patch", f"{ROOMS}/trolley-a", {"container": False}, If_Match='"2"')
    assert still.json["container"] is True
    assert made(app, "Case", container=True)["container"] is True
    assert made(app, "Den")["container"] is False


def test_a_ring_of_rooms_is_refused(app, is_unchanged):
    made(app, "A")
    made(app, "B", parent="a")
    made(app, "C", parent="b")
    is_unchanged.start()
    for key, parent in (("a", "a"), ("a", "b"), ("a", "c")):
        refused = send(app, "sam", "patch", f"{ROOMS}/{key}", {"parent": parent}, If_Match="*")
        assert list(refused.json["errors"]) == ["parent"]
    assert is_unchanged()


def test_rooms_stand_only_so_deep(app):
    inner = None
    for depth in range(8):
        inner = made(app, f"Level {depth}", parent=inner)["key"]
    refused = send(app, "sam", "post", ROOMS, {"name": "Too deep", "parent": inner})
    assert list(refused.json["errors"]) == ["parent"]


def test_an_archived_room_holds_nothing_new(app):
    made(app, "Old wing", kind="building")
    done(app, "sam", "patch", f"{ROOMS}/old-wing", {"archived": True}, If_Match="*")
    refused = send(app, "sam", "post", ROOMS, {"name": "Den", "parent": "old-wing"})
    assert list(refused.json["errors"]) == ["parent"]
    again = send(app, "sam", "post", ROOMS, {"name": "OLD WING"})
    assert "Use that one again" in again.json["errors"]["name"][0]


@pytest.mark.parametrize(
    ("filters", "there"),
    [
        ("kind=trolley", {"trolley-a"}),
        ("parent=library", {"trolley-a", "nook"}),
        ("parent=library&kind=classroom", {"nook"}),
        ("container=true", {"trolley-a"}),
        ("q=NOO", {"nook"}),
        ("q=%25", set()),
        ("parent=no-such-room", set()),
        ("q=old", set()),
        ("q=old&archived=true", {"old-den"}),
    ],
)
def test_the_list_is_narrowed(app, filters, there):
    made(app, "Trolley A", kind="trolley", parent="library")
    made(app, "Nook", parent="library")
    made(app, "Old den")
    done(app, "sam", "patch", f"{ROOMS}/old-den", {"archived": True}, If_Match="*")
    found = done(app, "rita", "get", f"{ROOMS}?{filters}").json["items"]
    assert {one["key"] for one in found} == there


def test_a_page_of_the_list_takes_few_statements(app, statements):
    made(app, "Nook", parent="library")
    statements.clear()
    done(app, "sam", "get", f"{ROOMS}?limit=100")
    assert len(statements) <= 5, statements


def test_wrong_filters_are_refused(app):
    for wrong in ("kind=castle", "archived=perhaps", "colour=red"):
        assert send(app, "sam", "get", f"{ROOMS}?{wrong}").status_code == 422


# --- the usual rooms ---


def test_presets_are_added_by_name_and_only_once(app, ledger):
    ledger.rows("DELETE FROM locations")
    ask = {"names": ["Library", "Hall"]}
    first = done(app, "sam", "post", f"{ROOMS}/presets", ask).json["items"]
    assert [(one["name"], one["kind"], one["preset"]) for one in first] == [
        ("Library", "library", True),
        ("Hall", "hall", True),
    ]
    assert done(app, "sam", "post", f"{ROOMS}/presets", ask).json["items"] == []
    assert len(timeline(app, "library")) == 1
    for wrong in ([], ["Castle"], "Library"):
        assert send(app, "sam", "post", f"{ROOMS}/presets", {"names": wrong}).status_code == 422


# --- two entries of one room ---


def test_everything_of_a_merged_room_reaches_the_one_that_stays(app, ledger):
    made(app, "Computer room")
    made(app, "Cupboard", parent="computer-room")
    path = log(app, location="computer-room")
    an_asset(ledger, "STM-1", "computer-room")
    (still,) = ledger.rows("SELECT version FROM incidents")[0]
    stays = done(app, "sam", "post", f"{ROOMS}/computer-room/merge", {"into": "ict-suite"}).json
    assert stays["key"] == "ict-suite"
    assert done(app, "rita", "get", path).json["location"]["key"] == "ict-suite"
    assert done(app, "rita", "get", path).json["version"] == still + 1
    assert done(app, "sam", "get", f"{ROOMS}/cupboard").json["parent"] == "ict-suite"
    there = "SELECT l.key FROM assets JOIN locations l ON l.id = assets.location_id"
    assert ledger.rows(there) == [("ict-suite",)]
    gone = done(app, "rita", "get", f"{ROOMS}/computer-room").json
    assert (gone["archived"], gone["merged_into"]) == (True, "ict-suite")
    for key in ("computer-room", "ict-suite"):
        event = timeline(app, key)[0]
        assert event["kind"] == "location.merged"
        assert (event["from"], event["to"]) == ("Computer room", "ICT suite")
        assert event["note"] == "1 incident, 1 asset, 1 location inside it"
    # Whoever still uses the old key reaches the room it is now.
    later = done(app, "rita", "get", log(app, location="computer-room")).json
    assert later["location"]["key"] == "ict-suite"


def test_merged_rooms_are_merged_once_and_stay_so(app, is_unchanged):
    for name in ("One", "Two"):
        made(app, name)
    done(app, "sam", "post", f"{ROOMS}/one/merge", {"into": "two"})
    is_unchanged.start()
    for method, path, body in (
        ("post", "one/merge", {"into": "hall"}),
        ("patch", "one", {"archived": False}),
        ("patch", "one", {"name": "Three"}),
        ("delete", "one", None),
        ("delete", "two", None),
    ):
        refused = send(app, "sam", method, f"{ROOMS}/{path}", body, If_Match="*")
        assert refused.status_code == 409, path
    assert is_unchanged()
    # What was merged earlier follows.
    done(app, "sam", "post", f"{ROOMS}/two/merge", {"into": "hall"})
    assert done(app, "sam", "get", f"{ROOMS}/one").json["merged_into"] == "hall"


def test_a_room_merged_into_its_cupboard_gives_it_its_place(app):
    made(app, "Wing", kind="building")
    made(app, "Suite", parent="wing")
    made(app, "Cupboard", parent="suite")
    made(app, "Shelf", parent="cupboard")
    made(app, "Corner", parent="suite")
    done(app, "sam", "post", f"{ROOMS}/suite/merge", {"into": "shelf"})
    parents = {
        key: done(app, "sam", "get", f"{ROOMS}/{key}").json["parent"]
        for key in ("shelf", "cupboard", "corner")
    }
    assert parents == {"shelf": "wing", "cupboard": "shelf", "corner": "shelf"}


@pytest.mark.parametrize("into", ["library", "no-such-room", "attic", ""])
def test_a_room_is_merged_into_another_that_is_used(app, into, is_unchanged):
    made(app, "Attic")
    done(app, "sam", "patch", f"{ROOMS}/attic", {"archived": True}, If_Match="*")
    is_unchanged.start()
    refused = send(app, "sam", "post", f"{ROOMS}/library/merge", {"into": into})
    assert list(refused.json["errors"]) == ["into"]
    assert is_unchanged()


def test_two_rooms_under_stock_take_wait(app, ledger):
    for number, key in enumerate(("library", "hall"), 1):
        ledger.rows(
            "INSERT INTO stock_takes (school_id, number, location_id, state, created_by, version)"
            " SELECT school_id, %s, id, 'open', 'Sam', 1 FROM locations WHERE key = %s"
            " AND school_id = (SELECT id FROM schools WHERE slug = 'st-marys')",
            number,
            key,
        )
    refused = send(app, "sam", "post", f"{ROOMS}/library/merge", {"into": "hall"})
    assert refused.status_code == 409
    assert "stock-take" in refused.json["detail"]


def test_another_schools_room_is_nothing_to_merge_with(app):
    done(app, "olga", "post", "/schools/oakfield/locations", {"name": "Oak room"})
    refused = send(app, "sam", "post", f"{ROOMS}/library/merge", {"into": "oak-room"})
    assert list(refused.json["errors"]) == ["into"]
    assert send(app, "olga", "post", f"{ROOMS}/library/merge", {"into": "hall"}).status_code == 404
    assert send(app, "rita", "post", f"{ROOMS}/library/merge", {"into": "hall"}).status_code == 403


def test_a_room_with_equipment_is_archived_and_not_removed(app, ledger):
    an_asset(ledger, "STM-1", "hall")
    assert send(app, "sam", "delete", f"{ROOMS}/hall").status_code == 409
    done(app, "sam", "patch", f"{ROOMS}/hall", {"archived": True}, If_Match="*")
    assert [one["kind"] for one in timeline(app, "hall")] == ["location.archived"]
    done(app, "sam", "patch", f"{ROOMS}/hall", {"archived": False}, If_Match="*")
    assert timeline(app, "hall")[0]["kind"] == "location.used_again"


def test_what_changes_nothing_leaves_no_trace(app, is_unchanged):
    same = {"name": "Library", "kind": "library", "parent": None, "archived": False}
    answer = done(app, "sam", "patch", f"{ROOMS}/library", same, If_Match='"1"')
    assert answer.json["version"] == 1
    assert is_unchanged()


def test_history_pages_from_the_newest(app):
    made(app, "A")
    for name in ("B", "C"):
        done(app, "sam", "patch", f"{ROOMS}/a", {"name": name}, If_Match="*")
    first = done(app, "sam", "get", f"{ROOMS}/a/timeline?limit=2").json
    assert [one["to"] for one in first["items"]] == ["C", "B"]
    rest = done(app, "sam", "get", f"{ROOMS}/a/timeline?limit=2&after={first['next']}").json
    assert ([one["to"] for one in rest["items"]], rest["next"]) == (["A"], None)
    assert send(app, "rita", "get", f"{ROOMS}/a/timeline").status_code == 403
    assert send(app, "olga", "get", f"{ROOMS}/a/timeline").status_code == 404
