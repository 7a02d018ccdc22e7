"""Rooms through the API."""

from __future__ import annotations

import pytest

from tests.api.desk import BROKEN, INCIDENTS, SCHOOL, done, log, program, send

ROOMS = f"{SCHOOL}/locations"


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
