"""Numbers, dates, flags and fields that are none (reliability.md A08, A13, A30)."""

from __future__ import annotations

from typing import Any

import pytest

from tests.api.desk import (
    BROKEN,
    CHECK,
    HOLD,
    INCIDENTS,
    RESOLUTION,
    SCHOOL,
    check_refused,
    done,
    report,
    send,
)

NO_TEXT = {
    "a number": 5,
    "a float": 1.5,
    "true": True,
    "a list": ["x"],
    "an object": {"a": "b"},
    "deep": [[[["x"]]]],
    "a huge number": 10**400,
    "an operator": {"$ne": None},
    "a list of pairs": [["title", "x"]],
}


@pytest.mark.parametrize("value", NO_TEXT.values(), ids=NO_TEXT)
def test_what_is_no_text(app, value, is_unchanged):
    for field in (
        "title",
        "happened",
        "location",
        "reporter_email",
        "seen_before",
        "type",
        "occurred_at",
    ):
        check_refused(send(app, "sam", "post", INCIDENTS, {**BROKEN, field: value}), field)
    assert is_unchanged()


@pytest.mark.parametrize(
    "value",
    [0, 4, -1, 1.0, 1.5, "1", "one", True, False, [], [1], {}, 10**30, 2**31, 2**63, "1e0", " 1"],
)
def test_what_is_no_impact(app, value, is_unchanged):
    for field in ("impact", "urgency"):
        check_refused(report(app, **{field: value}), field)
    path = f"{INCIDENTS}/1/check"
    check_refused(send(app, "sam", "put", path, {**CHECK, "impact": value}), "impact")
    assert is_unchanged()


@pytest.mark.parametrize(
    "value", [0, 1, 1.0, 0.0, "true", "yes", "1", "on", [], {}, [True], "None"]
)
def test_what_is_neither_true_nor_false(app, value, is_unchanged):
    for field in ("sensitive", "class_stopped"):
        check_refused(report(app, **{field: value}), field)
    assert is_unchanged()


@pytest.mark.parametrize(
    "value",
    [
        "2027-02-30",
        "2027-02-30T10:00:00Z",
        "2026-13-01T10:00:00Z",
        "2026-01-13",
        "2026-01-13T09:10:00",
        "2026-01-13 09:10:00",
        "2026-01-13T25:00:00Z",
        "2026-01-13T09:60:00Z",
        "2026-01-13T09:10:00+25:00",
        "2026-01-13T09:10:00 Europe/London",
        "10000-01-01T00:00:00Z",
        "0000-01-01T00:00:00Z",
        "0001-01-01T00:00:00+14:00",
        "9999-12-31T23:59:59-14:00",
        "-2026-01-13T09:10:00Z",
        "2026-W03-2T09:10:00Z",
        "20260113T091000Z",
        "٢٠٢٦-01-13T09:10:00Z",
        "tomorrow",
        "now",
        "",
        "1768295400",
        1768295400,
        1768295400.5,
        True,
        ["2026-01-13T09:10:00Z"],
        "2026-01-13T09:10:00Z" * 50,
    ],
)
def test_what_is_no_instant(app, value, is_unchanged):
    """A13."""
    check_refused(report(app, occurred_at=value), "occurred_at")
    sheet = {**BROKEN, "reported_at": value}
    check_refused(send(app, "sam", "post", INCIDENTS, sheet), "reported_at")
    body = {"priority": "P2", "started_at": value}
    check_refused(send(app, "sam", "post", f"{SCHOOL}/deadlines/preview", body), "started_at")
    assert is_unchanged()


@pytest.mark.parametrize(
    "value",
    [
        "2027-02-30",
        "2027-02-29",
        "10000-01-01",
        "0000-01-01",
        "1899-12-31",
        "2200-01-01",
        "13/01/2027",
        "20270113",
        "2027-W03-2",
        "2027-1-3",
        "2027-01-13T00:00:00Z",
        "",
        "tomorrow",
        20270113,
        True,
        [],
        {},
    ],
)
def test_what_is_no_day(prepared, value):
    path = f"{prepared.path['in_progress']}/hold"
    answer = send(prepared.app, "sam", "put", path, {**HOLD, "follow_up_on": value})
    check_refused(answer, "follow_up_on")
    assert not prepared.is_changed()


def test_a_time_that_has_not_come(app, at):
    at("2026-01-13T09:10+00:00")
    for field in ("occurred_at", "reported_at"):
        sheet = {**BROKEN, field: "2026-01-13T09:10:01Z"}
        check_refused(send(app, "sam", "post", INCIDENTS, sheet), field)
        good = {**BROKEN, field: "2026-01-13T10:10:00+01:00"}
        shown = done(app, "sam", "post", INCIDENTS, good)
        assert shown.json[field] == "2026-01-13T09:10:00Z"


NOT_THEIRS = {
    "status": "closed",
    "line": 2,
    "owner": "Sam Spoc",
    "assignee": "Tariq Firstline",
    "group": "la-first-line",
    "priority": "P1",
    "priority_reason": "x",
    "school": "oakfield",
    "school_id": 2,
    "id": 1,
    "number": 99,
    "reference": "STM-99",
    "version": 7,
    "reporter_id": 1,
    "logged_at": "2020-01-01T00:00:00Z",
    "logged_by": "Mo",
    "closed_at": "2020-01-01T00:00:00Z",
    "is_open": False,
    "is_sensitive": True,
    "waiting_for": "reporter",
    "forwarded_at": "2020-01-01T00:00:00Z",
    "next_due_at": None,
    "resolution_type": "permanent_fix",
    "clocks": [],
    "_sa_instance_state": {},
    "__class__": "x",
    "created_at": "2020-01-01T00:00:00Z",
    "search": "x",
    "reopen_count": 5,
}


@pytest.mark.parametrize("field", NOT_THEIRS)
def test_fields_that_nobody_may_set(prepared, field):
    """A8."""
    app, value = prepared.app, NOT_THEIRS[field]
    check_refused(send(app, "sam", "post", INCIDENTS, {**BROKEN, field: value}), field)
    change = {"title": "x", field: value}
    tag = prepared.etag("new")
    check_refused(send(app, "sam", "patch", prepared.path["new"], change, If_Match=tag), field)
    for state, where, body in (("new", "check", CHECK), ("in_progress", "resolution", RESOLUTION)):
        if field not in ("priority", "priority_reason"):
            path = f"{prepared.path[state]}/{where}"
            check_refused(send(app, "sam", "put", path, {**body, field: value}), field)
    assert not prepared.is_changed()


@pytest.mark.parametrize("field", ["reporter_name", "reporter_email", "reported_at", "channel"])
def test_what_only_the_desk_may_say(app, field, is_unchanged):
    """A30."""
    value = {
        "reporter_email": "ravi@st-marys.example",
        "reported_at": "2020-01-01T00:00:00Z",
        "channel": "phone",
    }.get(field, "Ravi Reporter")
    answer = report(app, **{field: value})
    check_refused(answer, field)
    assert is_unchanged()


def test_a_pause_list_without_end(app):
    body: dict[str, Any] = {"priority": "P2", "started_at": "2026-01-13T09:10:00Z"}
    pause = {"from": "2026-01-13T10:00:00Z", "to": "2026-01-13T10:01:00Z"}
    path = f"{SCHOOL}/deadlines/preview"
    assert send(app, "sam", "post", path, {**body, "pauses": [pause] * 200}).status_code == 200
    check_refused(send(app, "sam", "post", path, {**body, "pauses": [pause] * 201}), "pauses")
    for pauses in (None, {}, "x", [None], [[]], ["x"], [{}], [{"from": None}], [{"to": "x"}], 5):
        check_refused(send(app, "sam", "post", path, {**body, "pauses": pauses}))


@pytest.mark.parametrize(
    "body",
    [
        {"pauses": [{"from": "2026-01-13T10:00:00Z", "to": "2026-01-13T09:59:00Z"}]},
        {"pauses": [{"from": "2026-01-13T09:00:00Z", "to": "2026-01-13T09:59:00Z"}]},
        {"pauses": [{"from": "2026-01-13T10:00:00Z", "to": "2199-01-01T00:00:00Z"}]},
        {"pauses": [{"from": "2026-01-13T10:00:00Z"}]},
        {"agreement": "no-such-agreement"},
        {"contract": "SLA-1"},
        {"priority": "P5"},
        {"priority": 2},
        {"started_at": "2199-12-31T23:59:59Z", "priority": "P4"},
    ],
)
def test_deadlines_that_make_no_sense(app, body):
    whole = {"priority": "P2", "started_at": "2026-01-13T09:10:00Z", **body}
    answer = send(app, "sam", "post", f"{SCHOOL}/deadlines/preview", whole)
    if body.get("started_at"):
        assert answer.status_code in (200, 422), answer.text
    else:
        check_refused(answer)


@pytest.mark.parametrize("field", ["name", "kind", "parent", "archived"])
def test_a_rooms_fields(prepared, field):
    wrong: dict[str, list[Any]] = {
        "name": [None, "", "  ", "\u200b", "x" * 101, "ICT suite", "ict SUITE", 5, []],
        "kind": [None, "", "castle", 1, []],
        "parent": ["attic", "no-such-room", 5, [], "x" * 81],
        "archived": ["yes", "true", 1, [], None],
    }
    for value in wrong[field]:
        answer = send(
            prepared.app, "sam", "patch", prepared.path["attic"], {field: value}, If_Match="*"
        )
        check_refused(answer, field)
    assert not prepared.is_changed()


def test_a_room_is_not_put_into_one_of_its_own(app):
    rooms = f"{SCHOOL}/locations"
    done(app, "sam", "post", rooms, {"name": "House", "kind": "building"})
    done(app, "sam", "post", rooms, {"name": "Floor", "kind": "other", "parent": "house"})
    done(app, "sam", "post", rooms, {"name": "Den", "parent": "floor"})
    for parent in ("house", "floor", "den"):
        answer = send(app, "sam", "patch", f"{rooms}/house", {"parent": parent}, If_Match="*")
        check_refused(answer, "parent")
