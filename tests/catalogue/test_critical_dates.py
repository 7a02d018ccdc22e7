"""Critical dates: the register, what they do to faults, and who may know of them (N13)."""

from __future__ import annotations

import pytest

from tests.api.desk import CHECK, SCHOOL, check_refused, done, log, send
from tests.incidents.pages import text_of

DATES = f"{SCHOOL}/critical_dates"
SATS = {
    "kind": "tests",
    "title": "Key Stage 2",
    "first_day": "2026-05-11",
    "last_day": "2026-05-14",
}
CENSUS = {**SATS, "kind": "census", "title": "Census"}
OFSTED = {**SATS, "kind": "inspection", "title": "Ofsted is here"}
SPEECH = {**SATS, "kind": "other", "title": "Speech day"}
# Impact 2, urgency 3: P4 by the matrix.
LOW = {**CHECK, "urgency": 3}
ALONE = {**LOW, "impact": 3}


def written(app, said=SATS, **more):
    return done(app, "sam", "post", DATES, {**said, **more}).json


def checked(app, check=LOW, **sheet):
    path = log(app, **sheet)
    return path, done(app, "sam", "put", f"{path}/check", check).json


def test_a_date_with_everything(app):
    wifi = {"name": "Wi-Fi", "purpose": "p", "used_by": "u"}
    done(app, "sam", "post", f"{SCHOOL}/services", wifi)
    said = {**SATS, "service": "wi-fi", "location": "hall", "freezes_changes": False}
    made = done(app, "sam", "post", DATES, said)
    shown = done(app, "mo", "get", made.headers["Location"].removeprefix("/api/v1")).json
    assert shown == made.json
    assert shown["service"] == {"key": "wi-fi", "name": "Wi-Fi"}
    assert shown["location"] == {"key": "hall", "name": "Hall"}
    assert (shown["number"], shown["raises_priority"], shown["freezes_changes"]) == (1, True, False)


@pytest.mark.parametrize(
    ("said", "field"),
    [
        ({"title": ""}, "title"),
        ({"kind": "party"}, "kind"),
        ({"last_day": "2026-05-10"}, "last_day"),
        ({"first_day": "2026-02-30"}, "first_day"),
        ({"service": "no-such"}, "service"),
        ({"location": "no-such"}, "location"),
        ({"colour": "red"}, "colour"),
    ],
)
def test_what_is_wrong_is_said_by_field(app, is_unchanged, said, field):
    check_refused(send(app, "sam", "post", DATES, {**SATS, **said}), field)
    assert is_unchanged()


def test_who_may_know(app, is_unchanged):
    written(app, OFSTED)
    is_unchanged.start()
    for who in ("rita", "ravi", "pip", "theo", "sue"):
        for path in (DATES, f"{DATES}/1", f"{DATES}/1/timeline"):
            assert send(app, who, "get", path).status_code == 403, (who, path)
    for who in ("tariq", "mo"):
        assert send(app, who, "get", f"{DATES}/1").status_code == 200
        assert send(app, who, "post", DATES, SATS).status_code == 403
    assert send(app, "olga", "get", f"{DATES}/1").status_code == 404
    assert is_unchanged()


def test_it_is_moved_cancelled_and_put_back(app):
    written(app)
    path = f"{DATES}/1"
    assert send(app, "sam", "patch", path, {"title": "A"}).status_code == 428
    moved = done(app, "sam", "patch", path, {"last_day": "2026-05-15"}, If_Match='"1"').json
    assert (moved["last_day"], moved["version"]) == ("2026-05-15", 2)
    before = send(app, "sam", "patch", path, {"last_day": "2026-05-01"}, If_Match='"2"')
    check_refused(before, "last_day")
    done(app, "dora", "patch", path, {"cancelled": True}, If_Match='"2"')
    assert done(app, "sam", "get", DATES).json["items"] == []
    assert len(done(app, "sam", "get", f"{DATES}?cancelled=true").json["items"]) == 1
    done(app, "dora", "patch", path, {"cancelled": False}, If_Match='"3"')
    told = done(app, "sam", "get", f"{path}/timeline").json["items"]
    assert [(one["kind"].partition(".")[2], one["from"], one["to"]) for one in told] == [
        ("restored", None, "Key Stage 2"),
        ("cancelled", None, "Key Stage 2"),
        ("changed", "2026-05-14", "2026-05-15"),
        ("added", None, "Key Stage 2"),
    ]


def test_the_list_is_narrowed_and_paged(app, at, statements):
    at("2026-05-12T09:00:00+00:00")
    written(app)
    written(app, OFSTED, first_day="2026-01-12", last_day="2026-01-13")
    written(app, CENSUS, first_day="2026-10-01", last_day="2026-10-01")

    def numbers(query):
        return [one["number"] for one in done(app, "sam", "get", f"{DATES}?{query}").json["items"]]

    assert numbers("") == [3, 1, 2]
    assert numbers("upcoming=true") == [3, 1]
    assert numbers("upcoming=false") == [2]
    assert numbers("kind=census") == [3]
    assert numbers("q=OFSTED") == [2]
    first = done(app, "sam", "get", f"{DATES}?limit=2").json
    rest = done(app, "sam", "get", f"{DATES}?limit=2&after={first['next']}").json
    assert [one["number"] for one in (*first["items"], *rest["items"])] == [3, 1, 2]
    statements.clear()
    done(app, "sam", "get", DATES)
    few = len(statements)
    for _ in range(9):
        written(app)
    statements.clear()
    done(app, "sam", "get", DATES)
    assert len(statements) == few


# --- what they do to faults ---


@pytest.mark.parametrize(
    ("date", "check", "sheet", "priority"),
    [
        (SATS, LOW, {}, "P1"),
        (SATS, ALONE, {}, "P4"),
        (OFSTED, ALONE, {}, "P1"),
        (SPEECH, LOW, {}, "P3"),
        (SPEECH, ALONE, {}, "P4"),
        ({**SATS, "location": "hall"}, ALONE, {"location": "hall"}, "P1"),
        ({**SATS, "location": "hall"}, LOW, {"location": "library"}, "P4"),
        ({**SPEECH, "location": "hall"}, ALONE, {"location": "hall"}, "P3"),
        (OFSTED, ALONE, {"type": "request"}, "P4"),
        ({**OFSTED, "raises_priority": False}, LOW, {}, "P4"),
        ({**SATS, "first_day": "2026-05-13"}, LOW, {}, "P4"),
        ({**SATS, "last_day": "2026-05-11"}, LOW, {}, "P4"),
        ({**SATS, "first_day": "2026-05-12", "last_day": "2026-05-12"}, LOW, {}, "P1"),
    ],
)
def test_a_fault_that_it_touches_rises(app, at, date, check, sheet, priority):
    at("2026-05-12T09:00:00+00:00")
    written(app, date)
    assert checked(app, check, **sheet)[1]["priority"] == priority


def test_a_place_stands_for_all_that_is_in_it(app, at):
    at("2026-05-12T09:00:00+00:00")
    done(app, "sam", "post", f"{SCHOOL}/locations", {"name": "Stage", "parent": "hall"})
    written(app, location="hall")
    assert checked(app, ALONE, location="stage")[1]["priority"] == "P1"


def test_days_are_those_of_london(app, at):
    """23:30 in UTC is half past midnight of the next day in May."""
    written(app)
    at("2026-05-10T22:59:00+00:00")
    assert checked(app)[1]["priority"] == "P4"
    at("2026-05-10T23:00:00+00:00")
    assert checked(app)[1]["priority"] == "P1"
    at("2026-05-14T22:59:00+00:00")
    assert checked(app)[1]["priority"] == "P1"
    at("2026-05-14T23:00:00+00:00")
    assert checked(app)[1]["priority"] == "P4"


def test_a_cancelled_date_raises_nothing(app, at):
    at("2026-05-12T09:00:00+00:00")
    written(app)
    done(app, "sam", "patch", f"{DATES}/1", {"cancelled": True}, If_Match="*")
    assert checked(app)[1]["priority"] == "P4"


def test_what_the_desk_logs_complete_rises_at_once(app, at):
    at("2026-05-12T09:00:00+00:00")
    written(app)
    path = log(app, "sam", **LOW)
    assert done(app, "sam", "get", path).json["priority"] == "P1"


def test_the_reason_is_for_those_who_may_see_such_dates(app, at, sign_in, cast):
    at("2026-05-12T09:00:00+00:00")
    written(app, OFSTED)
    path, shown = checked(app)
    why = "Raised because of Ofsted is here, 11 May to 14 May 2026"
    assert shown["priority_reason"] == why
    for who in ("dora", "ike", "mo", "tariq"):
        assert done(app, who, "get", path).json["priority_reason"] == why, who
    for who in ("rita", "theo"):
        assert done(app, who, "get", path).json["priority_reason"] is None, who
        everything = done(app, who, "get", f"{path}/timeline").text
        everything += text_of(sign_in(getattr(cast, who)).get("/st-marys/incidents/1"))
        assert "Ofsted" not in everything, who
        assert "nspection" not in everything, who
    assert why in text_of(sign_in(cast.sam).get("/st-marys/incidents/1"))
    kinds = [one["kind"] for one in done(app, "rita", "get", f"{path}/timeline").json["items"]]
    assert "incident.raised" not in kinds


def test_a_raise_is_counted_once(app, at):
    at("2026-05-12T09:00:00+00:00")
    written(app)
    path, _ = checked(app)
    done(app, "sam", "put", f"{path}/check", {"category": "print"})
    told = done(app, "sam", "get", f"{path}/timeline").json["items"]
    raised = [
        (one["actor"], one["from"], one["to"]) for one in told if one["kind"] == "incident.raised"
    ]
    assert raised == [("Deskbell", "P4", "P1")]
    assert done(app, "sam", "get", f"{DATES}/1").json["raised_incidents"] == 1


def test_the_desk_turns_it_down_with_a_reason(app, at):
    at("2026-05-12T09:00:00+00:00")
    written(app)
    path, _ = checked(app)
    refused = send(app, "sam", "put", f"{path}/check", {"priority": "P4"})
    check_refused(refused, "priority_reason")
    down = {"priority": "P4", "priority_reason": "It is a spare printer"}
    shown = done(app, "sam", "put", f"{path}/check", down).json
    assert (shown["priority"], shown["priority_reason"]) == ("P4", "It is a spare printer")
    assert done(app, "sam", "get", f"{DATES}/1").json["raised_incidents"] == 0
    # Checked once more without it, the date holds again.
    assert done(app, "sam", "put", f"{path}/check", {"impact": 2}).json["priority"] == "P1"
