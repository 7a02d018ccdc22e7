"""Logging, through the API: one's own, for somebody else, on a school's behalf."""

from __future__ import annotations

import pytest

from tests.api.desk import BROKEN, CHECK, INCIDENTS, bring, done, log, program, send

ALL_OF_IT = {
    **BROKEN,
    "checked": "Cable and lamp",
    "last_worked": "Friday",
    "seen_before": "no",
    "anything_else": "A class waits",
    "error_text": "No signal",
    "reproducible": "yes",
    "available_when": "After 15:30",
    "contact_detail": "Room 4",
    "class_stopped": True,
    "occurred_at": "2026-01-13T08:00:00Z",
    "category": "display",
    "sensitive": False,
    "impact": 2,
    "urgency": 1,
}


@pytest.fixture(autouse=True)
def _tuesday(at):
    at("2026-01-13T09:10+00:00")


def test_every_question_of_the_sheet_comes_back(app):
    logged = done(app, "rita", "post", INCIDENTS, ALL_OF_IT)
    shown = done(app, "rita", "get", logged.headers["Location"].removeprefix("/api/v1"))
    assert shown.json == logged.json
    room = {"key": "ict-suite", "name": "ICT suite"}
    assert {name: shown.json[name] for name in ALL_OF_IT} == {**ALL_OF_IT, "location": room}
    assert shown.json["reporter_name"] == shown.json["logged_by"] == "Rita Reporter"
    assert (shown.json["status"], shown.json["channel"]) == ("new", "web")


def test_a_reporters_own_impact_and_urgency_set_no_priority(app):
    assert done(app, "rita", "post", INCIDENTS, ALL_OF_IT).json["priority"] is None


def test_a_request_asks_less(app):
    shown = done(app, "rita", "post", INCIDENTS, {"type": "request", "title": "A mouse"}).json
    assert (shown["type"], shown["location"]) == ("request", None)


@pytest.mark.parametrize("name", ["title", "expected", "happened", "location"])
def test_what_an_incident_must_say(app, is_unchanged, name):
    sheet = {key: value for key, value in BROKEN.items() if key != name}
    answer = send(app, "rita", "post", INCIDENTS, sheet)
    assert answer.status_code == 422
    assert list(answer.json["errors"]) == [name]
    assert is_unchanged()


def test_the_spoc_logs_for_somebody_else(app):
    sheet = {
        **BROKEN,
        "reporter_email": "RITA@st-marys.example",
        "channel": "phone",
        "reported_at": "2026-01-13T08:55:00Z",
    }
    shown = done(app, "sam", "post", INCIDENTS, sheet).json
    assert shown["reporter_name"] == "Rita Reporter"
    assert shown["logged_by"] == "Sam Spoc"
    assert shown["reported_at"] == "2026-01-13T08:55:00Z"
    assert shown["logged_at"] == "2026-01-13T09:10:00Z"
    assert program(app, "rita").get(f"{INCIDENTS}/1").status_code == 200


def test_with_the_check_done_the_spocs_own_is_in_the_call_log_at_once(app):
    shown = done(app, "sam", "post", INCIDENTS, {**BROKEN, **CHECK}).json
    assert (shown["status"], shown["priority"], shown["owner"]) == ("queued", "P2", "Sam Spoc")
    assert shown["checked_at"] == "2026-01-13T09:10:00Z"


def test_the_la_logging_for_a_school_starts_in_its_own_queue(app):
    shown = done(app, "tariq", "post", INCIDENTS, {**BROKEN, "reporter_name": "Mrs Brown"}).json
    assert (shown["status"], shown["line"], shown["waiting_for"]) == ("queued", 1, "first_line")
    assert shown["forwarded_at"] == "2026-01-13T09:10:00Z"
    assert {one["kind"] for one in shown["clocks"]} == {"ola", "sla"}


@pytest.mark.parametrize("status", ["invited", "suspended", "leaving", "left"])
def test_nothing_new_at_a_school_that_is_not_served(app, ledger, status):
    ledger.rows("UPDATE schools SET status = %s WHERE slug = 'st-marys'", status)
    answer = send(app, "rita", "post", INCIDENTS, BROKEN)
    assert answer.status_code == 409
    assert "St Mary’s" in answer.json["detail"]


def test_la_staff_who_open_a_record_leave_a_trace_and_the_schools_own_do_not(app, ledger):
    """A31; on each way of reading it."""
    path = log(app)
    for where in ("", "/timeline", "/notes", "/turns", "/clocks", "/checks"):
        done(app, "sam", "get", path + where)
    assert ledger.rows("SELECT name FROM access_records") == []
    for number, where in enumerate(("", "/timeline", "/notes", "/turns", "/clocks", "/checks"), 1):
        done(app, "mo", "get", path + where)
        found = ledger.rows("SELECT name, subject FROM access_records")
        assert found == [("Mo Manager", "STM-1")] * number


def test_mending_until_the_desk_has_checked_it(app):
    path = log(app)
    tag = done(app, "rita", "get", path).headers["ETag"]
    shown = done(app, "rita", "patch", path, {"location": "library"}, If_Match=tag)
    assert shown.json["location"]["key"] == "library"
    done(app, "sam", "put", f"{path}/check", CHECK)
    refused = send(app, "rita", "patch", path, {"title": "x"}, If_Match="*")
    assert refused.status_code == 409
    assert "Add a note instead" in refused.json["detail"]


def test_mending_does_not_empty_what_must_be_there(app):
    path = log(app)
    for change in ({"title": None}, {"title": " "}, {"happened": ""}, {"location": None}):
        answer = send(app, "rita", "patch", path, change, If_Match="*")
        assert answer.status_code == 422, change
        assert list(answer.json["errors"]) == list(change)


def test_an_empty_change_is_none(app):
    path = log(app)
    tag = done(app, "rita", "get", path).headers["ETag"]
    assert done(app, "rita", "patch", path, {}, If_Match=tag).json["title"] == BROKEN["title"]


@pytest.mark.parametrize(
    ("impact", "urgency", "priority"),
    [
        (1, 1, "P1"), (1, 2, "P2"), (1, 3, "P3"),
        (2, 1, "P2"), (2, 2, "P3"), (2, 3, "P4"),
        (3, 1, "P3"), (3, 2, "P4"), (3, 3, "P4"),
    ],
)  # fmt: skip
def test_priority_from_impact_and_urgency(app, impact, urgency, priority):
    path = log(app)
    check = {**CHECK, "impact": impact, "urgency": urgency}
    assert done(app, "sam", "put", f"{path}/check", check).json["priority"] == priority


def test_another_priority_needs_a_reason_and_keeps_it(app):
    path = log(app)
    without = send(app, "sam", "put", f"{path}/check", {**CHECK, "priority": "P1"})
    assert list(without.json["errors"]) == ["priority_reason"]
    reason = {"priority": "P1", "priority_reason": "Ofsted is here"}
    shown = done(app, "sam", "put", f"{path}/check", {**CHECK, **reason}).json
    assert (shown["priority"], shown["priority_reason"]) == ("P1", "Ofsted is here")


def test_notes_go_to_whom_they_are_for(app):
    path = bring(app, "forwarded")
    for who, text, visibility in (
        ("tariq", "We come at three", "public"),
        ("tariq", "They never clean the filter", "internal"),
        ("sam", "For the supplier", "supplier"),
    ):
        done(app, who, "post", f"{path}/notes", {"text": text, "visibility": visibility})
    read = {
        who: [one["text"] for one in done(app, who, "get", f"{path}/notes").json["items"]]
        for who in ("rita", "ike", "sam", "tariq")
    }
    assert read["rita"] == read["ike"] == ["We come at three"]
    assert len(read["sam"]) == len(read["tariq"]) == 3
    for where in ("/timeline", "/notes", ""):
        assert "never clean" not in program(app, "rita").get(path + where).text
