"""Tech Advisors through the API: asked first, solved or passed on, and never in anybody's way."""

from __future__ import annotations

import json

import pytest

from app.relay import relay_engine
from tests.api.desk import ADVISORS_ON, BROKEN, INCIDENTS, SCHOOL, done, send
from tests.incidents.invariants import check_incident
from workers.drain import drain

ADVISORS = f"{SCHOOL}/advisors"
SECRETS = {
    "available_when": "After four in the Maple room",
    "contact_detail": "extension 2147",
    "meet_periods": [["mon", "15:15", "17:00"]],
}
SHEET = {**BROKEN, "category": "display", "advice": True, **SECRETS}


@pytest.fixture
def switched_on(app, ledger, at):
    """St Mary's has Tech Advisors for screens and printers; it is a Tuesday morning."""
    ledger.rows(ADVISORS_ON)
    return at("2026-01-13T09:10+00:00")


def ask(app, **sheet) -> str:
    logged = done(app, "rita", "post", INCIDENTS, {**SHEET, **sheet}).json
    return f"{INCIDENTS}/{logged['number']}"


def figures(app) -> dict:
    return done(app, "sam", "get", f"{ADVISORS}/figures").json


def test_advice_solves_it_before_the_desk_has_it(app, switched_on, at, ledger):
    path = ask(app)
    shown = done(app, "rita", "get", path).json
    assert (shown["status"], shown["waiting_for"], shown["clocks"], shown["next_due_at"]) == (
        "advice",
        "tech_advisor",
        [],
        None,
    )
    advice = done(app, "pip", "put", f"{path}/advice/taking").json
    assert (advice["state"], advice["is_mine"], advice["advisor"]) == ("taken", True, "Pip Advisor")
    assert send(app, "rita", "put", f"{path}/advice/acceptance").status_code == 409
    safe = advice["checks"][0]
    body = {
        "tried": "Press the input button twice",
        "checks": [{"checklist": safe["checklist"], "position": safe["position"]}],
    }
    advice = done(app, "pip", "put", f"{path}/advice", body).json
    assert (advice["state"], advice["status"]) == ("solved", "advice")
    checks = done(app, "sam", "get", f"{path}/checks").json["items"]
    assert [(one["check"], one["by"]) for one in checks] == [(safe["text"], "Pip Advisor")]
    at("2026-01-13T09:20+00:00")
    done(app, "rita", "put", f"{path}/advice/acceptance")
    shown = done(app, "rita", "get", path).json
    assert (shown["status"], shown["resolution_type"], shown["line"], shown["clocks"]) == (
        "resolved",
        "advice_given",
        0,
        [],
    )
    assert shown["resolution_text"] == "Press the input button twice"
    check_incident(ledger, 1)
    found = figures(app)
    assert (found["entered"], found["solved"], found["deflection_percent"]) == (1, 1, 100.0)
    record = done(app, "pip", "get", f"{ADVISORS}/record").json["items"]
    assert [(one["title"], one["state"]) for one in record] == [(BROKEN["title"], "solved")]
    assert "Rita" not in json.dumps(record)


def test_passing_on_starts_the_desks_clock_at_that_instant(app, switched_on, at, ledger):
    path = ask(app)
    at("2026-01-13T09:25+00:00")
    passed = done(app, "pip", "post", f"{path}/advice/pass_on", {"tried": "Another cable"}).json
    assert (passed["status"], passed["state"]) == ("new", "passed_on")
    shown = done(app, "sam", "get", path).json
    assert {one["started_at"] for one in shown["clocks"]} == {"2026-01-13T09:25:00Z"}
    assert {one["kind"] for one in shown["clocks"]} == {"ola"}
    # The same as if it had come to the desk at that instant.
    fresh = done(app, "rita", "post", INCIDENTS, {**BROKEN, "category": "display"}).json
    assert shown["next_due_at"] == fresh["next_due_at"]
    turns = done(app, "sam", "get", f"{path}/turns").json["items"]
    assert [(one["party"], one["seconds"]) for one in turns] == [
        ("tech_advisor", 900),
        ("school_desk", 0),
    ]
    check_incident(ledger, 1)
    assert send(app, "pip", "get", path).status_code == 404
    assert send(app, "pip", "put", f"{path}/advice", {"tried": "x"}).status_code == 404
    assert figures(app)["passed_on"] == 1


def test_the_reporter_goes_past_it_at_any_moment(app, switched_on):
    for prepare in ((), ("taking",), ("taking", "solve")):
        path = ask(app)
        if "taking" in prepare:
            done(app, "pip", "put", f"{path}/advice/taking")
        if "solve" in prepare:
            done(app, "pip", "put", f"{path}/advice", {"tried": "Turn it off"})
        gone = done(app, "rita", "post", f"{path}/advice/pass_on").json
        assert (gone["status"], gone["state"]) == ("new", "gone_past")
        assert send(app, "rita", "post", f"{path}/advice/pass_on").status_code == 409
    assert send(app, "ravi", "post", f"{ask(app)}/advice/pass_on").status_code == 404
    assert figures(app)["gone_past"] == 3


def test_it_passes_on_by_itself_when_the_time_is_up_in_school_minutes(app, switched_on, at, ledger):
    """Asked ten minutes before closing: the other twenty count on the next morning."""
    at("2026-01-13T16:50+00:00")
    path = ask(app)
    until = done(app, "rita", "get", f"{path}/advice").json["until_at"]
    open_at = ledger.rows("SELECT until_at FROM advice")[0][0]
    assert until.startswith("2026-01-14")
    done(app, "pip", "put", f"{path}/advice/taking")
    relay = relay_engine(app.config["SETTINGS"])
    at("2026-01-13T23:00+00:00")
    with app.app_context():
        drain(relay, 20)
    assert done(app, "sam", "get", path).json["status"] == "advice"
    at(open_at.isoformat())
    with app.app_context():
        drain(relay, 20)
    shown = done(app, "sam", "get", path).json
    assert shown["status"] == "new"
    assert shown["clocks"][0]["started_at"] == until
    assert figures(app)["timed_out"] == 1
    with app.app_context():
        drain(relay, 20)
    check_incident(ledger, 1)


@pytest.mark.parametrize(
    "sheet",
    [
        {"sensitive": True},
        {"impact": 1},
        {"category": "safeguarding_filtering"},
        {"category": "network"},
        {"category": None},
        {"type": "request"},
        {"advice": False},
    ],
    ids=["sensitive", "whole school", "filtering", "not theirs", "no kind", "request", "not asked"],
)
def test_what_is_not_for_advisors_goes_to_the_desk_at_once(app, switched_on, sheet):
    shown = done(app, "rita", "post", INCIDENTS, {**SHEET, **sheet}).json
    assert (shown["status"], shown["waiting_for"]) == ("new", "school_desk")
    assert shown["clocks"]
    assert send(app, "pip", "get", f"{INCIDENTS}/{shown['number']}").status_code == 404


def test_without_advisors_the_desk_has_it(app, ledger, switched_on):
    ledger.rows("UPDATE desk_settings SET has_advisors = false")
    assert done(app, "rita", "post", INCIDENTS, SHEET).json["status"] == "new"
    # What the desk itself logs never waits.
    ledger.rows("UPDATE desk_settings SET has_advisors = true")
    assert done(app, "sam", "post", INCIDENTS, SHEET).json["status"] == "new"
    assert done(app, "tariq", "post", INCIDENTS, SHEET).json["status"] == "queued"


def test_an_advisor_sees_these_fields_and_no_other(app, switched_on):
    path = ask(app, anything_else="It hums", error_text="No signal")
    done(app, "rita", "post", f"{path}/notes", {"text": "Secret note of Rita"})
    seen = done(app, "pip", "get", path).json
    assert set(seen) == {
        "reference",
        "school",
        "number",
        "type",
        "status",
        "location",
        "asset",
        "title",
        "expected",
        "happened",
        "checked",
        "last_worked",
        "seen_before",
        "anything_else",
        "error_text",
        "reproducible",
        "category",
    }
    assert seen["location"] == {"key": "ict-suite", "name": "ICT suite", "kind": "ict_suite"} or (
        set(seen["location"]) == {"key", "name", "kind"}
    )
    for where in ("timeline", "turns", "clocks", "notes", "attachments"):
        assert send(app, "pip", "get", f"{path}/{where}").status_code in (403, 404), where
    for method, where, body in (
        ("patch", "", {"title": "Mine"}),
        ("post", "/notes", {"text": "Hello"}),
        ("put", "/self_cure", None),
        ("put", "/advice/acceptance", None),
        ("put", "/advice/countersignature", None),
    ):
        answer = send(app, "pip", method, path + where, body, If_Match="*")
        assert answer.status_code == 403, (where, answer.text)
    everything = "".join(
        send(app, "pip", "get", where).text
        for where in (
            path,
            f"{path}/advice",
            INCIDENTS,
            f"{ADVISORS}/offered",
            f"{ADVISORS}/record",
        )
    )
    for secret in ("Rita", "rita@", "2147", "Maple", "15:15", "Secret note"):
        assert secret not in everything, secret


def test_an_advisor_searches_titles_and_finds_nobody_by_name(app, switched_on):
    ask(app)
    word = BROKEN["title"].split()[0]
    for query, count in (("?q=Rita", 0), (f"?q={word}", 1), ("", 1)):
        items = done(app, "pip", "get", f"{INCIDENTS}{query}").json["items"]
        assert [one["title"] for one in items] == [BROKEN["title"]] * count


def test_a_pupils_advice_counts_when_an_adult_has_countersigned_it(app, switched_on, ledger):
    ledger.rows("UPDATE people SET kind = 'pupil' WHERE name = 'Pip Advisor'")
    path = ask(app)
    done(app, "pip", "put", f"{path}/advice", {"tried": "Press the input button"})
    advice = done(app, "rita", "put", f"{path}/advice/acceptance").json
    assert (advice["status"], advice["needs_countersignature"]) == ("resolved", True)
    found = figures(app)
    assert (found["solved"], found["to_countersign"], found["deflection_percent"]) == (0, 1, 0.0)
    for who, status in (("rita", 403), ("theo", 403), ("tariq", 403), ("mo", 403)):
        answer = send(app, who, "put", f"{path}/advice/countersignature")
        assert answer.status_code == status, who
    signed = done(app, "dora", "put", f"{path}/advice/countersignature").json
    assert (signed["countersigned_by"], signed["needs_countersignature"]) == ("Dora Owner", False)
    assert send(app, "sam", "put", f"{path}/advice/countersignature").status_code == 409
    assert figures(app)["deflection_percent"] == 100.0


def test_an_adults_advice_needs_nobody(app, switched_on):
    path = ask(app)
    done(app, "pip", "put", f"{path}/advice", {"tried": "Press the input button"})
    assert send(app, "sam", "put", f"{path}/advice/countersignature").status_code == 409


def test_a_sheet_that_becomes_sensitive_leaves_the_advisors_at_once(app, switched_on):
    path = ask(app)
    etag = send(app, "sam", "get", path).headers["ETag"]
    shown = done(app, "sam", "patch", path, {"sensitive": True}, If_Match=etag).json
    assert (shown["status"], shown["sensitive"]) == ("new", True)
    assert shown["clocks"]
    assert send(app, "pip", "get", path).status_code == 404
    assert done(app, "pip", "get", f"{ADVISORS}/record").json["items"] == []


def test_what_works_again_by_itself_is_nobodys_success(app, switched_on, ledger):
    path = ask(app)
    done(app, "pip", "put", f"{path}/advice", {"tried": "Turn it off and on"})
    assert done(app, "rita", "put", f"{path}/self_cure").json["status"] == "resolved"
    found = figures(app)
    assert (found["entered"], found["solved"], found["gone_past"]) == (1, 0, 1)
    check_incident(ledger, 1)


def test_reopened_advice_begins_the_desks_clock(app, switched_on, at, ledger):
    path = ask(app)
    done(app, "pip", "put", f"{path}/advice", {"tried": "Turn it off and on"})
    done(app, "rita", "put", f"{path}/advice/acceptance")
    at("2026-01-13T10:00+00:00")
    shown = done(app, "rita", "post", f"{path}/reopening", {"reason": "Dark again"}).json
    assert shown["status"] == "in_progress"
    assert {one["started_at"] for one in shown["clocks"]} == {"2026-01-13T10:00:00Z"}
    check_incident(ledger, 1)


def test_one_advisor_at_a_time_and_not_for_oneself(app, switched_on, ledger):
    path = ask(app)
    done(app, "pip", "put", f"{path}/advice/taking")
    done(app, "pip", "put", f"{path}/advice/taking")
    ledger.rows(
        "UPDATE advice SET advisor_name = 'Ravi', advisor_id ="
        " (SELECT id FROM memberships WHERE name = 'Ravi Reporter')"
    )
    for method, where, body in (
        ("put", "/advice/taking", None),
        ("put", "/advice", {"tried": "x"}),
        ("post", "/advice/pass_on", {"tried": "x"}),
    ):
        refused = send(app, "pip", method, path + where, body)
        assert (refused.status_code, refused.json["detail"]) == (
            409,
            "Ravi is helping with it already.",
        )
    own = done(app, "pip", "post", INCIDENTS, SHEET).json["number"]
    assert send(app, "pip", "put", f"{INCIDENTS}/{own}/advice/taking").status_code == 409
    assert done(app, "pip", "get", f"{INCIDENTS}/{own}").json["reporter_name"] == "Pip Advisor"


def test_bad_values_change_nothing(app, switched_on, is_unchanged):
    path = ask(app)
    is_unchanged.start()
    for body in (
        {},
        {"tried": " "},
        {"tried": "x", "checks": [{"checklist": "screen-no-picture", "position": 6}]},
        {"tried": "x", "checks": [{"checklist": "nothing", "position": 1}]},
        {"tried": "x", "checks": "all"},
    ):
        assert send(app, "pip", "put", f"{path}/advice", body).status_code == 422, body
    assert send(app, "rita", "post", f"{path}/advice/pass_on", {"tried": "x"}).status_code == 422
    assert send(app, "sam", "get", f"{ADVISORS}/figures?from=x").status_code == 422
    assert is_unchanged()


def test_another_school_is_not_there_at_all(app, switched_on):
    path = ask(app)
    assert send(app, "olga", "get", f"{path}/advice").status_code == 404
    assert send(app, "olga", "get", "/schools/oakfield/incidents/1/advice").status_code == 404
    assert send(app, "olga", "get", f"{ADVISORS}/figures").status_code == 404
    assert done(app, "olga", "get", "/schools/oakfield/advisors/figures").json["entered"] == 0
