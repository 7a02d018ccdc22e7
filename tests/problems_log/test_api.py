"""The problem log through the API: from incidents or before any, state by state."""

from __future__ import annotations

from datetime import timedelta

import pytest

from app import clock
from tests.incidents.pages import BROKEN

PROBLEMS = "/schools/st-marys/problems"
INCIDENTS = "/schools/st-marys/incidents"
SAID = {"title": "The Wi-Fi drops at noon", "description": "Every day since the new switch."}
FOUND = {"cause": "A loop at the switch", "workaround": "Use the cable"}


def incident(api, cast, *, workaround=True, **sheet):
    """A checked incident of Rita's; its number."""
    number = api(cast.rita).post(INCIDENTS, {**BROKEN, **sheet}).json["number"]
    path = f"{INCIDENTS}/{number}"
    api(cast.sam).put(f"{path}/check", {"impact": 2, "urgency": 2, "category": "network"})
    if workaround:
        done = api(cast.sam).put(f"{path}/workaround", {"text": "Use the cable"})
        assert done.status_code < 300, done.text
    return number


def logged(api, who, **changed):
    made = api(who).post(PROBLEMS, {**SAID, **changed})
    assert made.status_code == 201, made.text
    return made


def moved(api, who, state, number=1, **said):
    return api(who).put(f"{PROBLEMS}/{number}/state", {"state": state, **said})


def brought(api, cast, *states):
    """STM-P1 in the last of these states."""
    logged(api, cast.sam, raised_from="monitoring")
    says = {
        "assigned": {"resolver": "Theo Technician"},
        "known_error": FOUND,
        "solution_planned": {"solution": "Take the loop out", "target_date": "2099-01-05"},
        "resolved": {"solution": "The loop is out"},
    }
    for state in states:
        answer = moved(api, cast.dora, state, **says[state])
        assert answer.status_code == 200, answer.text
    return answer


def test_logged_before_there_are_incidents(api, cast):
    made = logged(api, cast.theo, raised_from="monitoring", priority="P2", impact=2)
    assert made.json["reference"] == "STM-P1" and made.json["state"] == "logged"
    assert made.json["priority"] == "P2" and made.json["incidents"] == []
    assert made.headers["Location"].endswith(f"{PROBLEMS}/1")


def test_promoted_from_an_incident_that_names_its_workaround(api, cast):
    number = incident(api, cast)
    made = logged(api, cast.sam, incident=number)
    assert [one["reference"] for one in made.json["incidents"]] == [f"STM-{number}"]
    assert api(cast.sam).get(f"{INCIDENTS}/{number}").json["problem"] == "STM-P1"


def test_without_a_word_on_how_to_work_meanwhile_it_is_refused_and_takes_no_number(api, cast):
    number = incident(api, cast, workaround=False)
    refused = api(cast.sam).post(PROBLEMS, {**SAID, "incident": number})
    assert refused.status_code == 409 and "meanwhile" in refused.json["detail"]
    body = {**SAID, "incident": number, "no_workaround": "There is only the one switch"}
    made = api(cast.sam).post(PROBLEMS, body)
    assert made.json["number"] == 1
    kept = api(cast.sam).get(f"{INCIDENTS}/{number}").json
    assert kept["no_workaround"] == "There is only the one switch"


def test_an_incident_hangs_on_one_problem_and_can_be_taken_off(api, cast):
    number = incident(api, cast)
    for _ in range(2):
        logged(api, cast.sam, raised_from="review")
    link = f"{INCIDENTS}/{number}/problem"
    assert api(cast.sam).put(link, {"problem": 1}).status_code == 200
    assert api(cast.sam).put(link, {"problem": 1}).status_code == 200, "twice is harmless"
    assert api(cast.sam).put(link, {"problem": 2}).status_code == 409
    assert api(cast.sam).put(link, {"problem": 9}).status_code == 422
    assert api(cast.sam).delete(link).status_code == 204
    assert api(cast.sam).delete(link).status_code == 404
    assert api(cast.sam).put(link, {"problem": 2}).json["number"] == 2


def test_the_linking_stands_in_both_histories(api, cast, sign_in):
    number = incident(api, cast)
    logged(api, cast.sam, incident=number)
    kinds = [
        one["kind"] for one in api(cast.sam).get(f"{INCIDENTS}/{number}/timeline").json["items"]
    ]
    assert "incident.problem_linked" in kinds
    for_rita = api(cast.rita).get(f"{INCIDENTS}/{number}/timeline").json["items"]
    assert "incident.problem_linked" not in [one["kind"] for one in for_rita]
    assert f"Put STM-{number} under it" in sign_in(cast.sam).get("/st-marys/problems/1").text


def test_from_logged_to_resolved_in_the_order_of_the_table(api, cast):
    done = brought(api, cast, "assigned", "known_error", "solution_planned", "resolved")
    assert done.json["state"] == "resolved"
    assert done.json["resolver"] == "Theo Technician"
    assert done.json["known_error_at"] and done.json["resolved_at"]
    assert done.json["cause"] == FOUND["cause"]


def test_a_small_one_is_resolved_at_once(api, cast):
    assert brought(api, cast, "assigned", "resolved").json["state"] == "resolved"


@pytest.mark.parametrize(
    ("states", "wanted", "said", "status"),
    [
        ((), "known_error", FOUND, 409),
        ((), "resolved", {"solution": "x"}, 409),
        ((), "closed", {}, 409),
        (("assigned",), "known_error", {"cause": "x"}, 422),
        (("assigned",), "known_error", {"workaround": "x"}, 422),
        (("assigned",), "solution_planned", {"solution": "x", "target_date": "2099-01-05"}, 409),
        (("assigned",), "resolved", {}, 422),
        (("assigned", "known_error"), "solution_planned", {"solution": "x"}, 422),
        (("assigned", "known_error"), "resolved", {"solution": "x"}, 409),
        (("assigned",), "accepted", {"reason": "x"}, 422),
        (("assigned",), "cancelled", {}, 422),
        (("assigned",), "assigned", {}, 422),
        (("assigned",), "assigned", {"resolver": "Rita Reporter"}, 422),
        (("assigned",), "logged", {}, 422),
    ],
)
def test_no_step_is_left_out_and_each_says_what_it_needs(api, cast, states, wanted, said, status):
    brought(api, cast, *states) if states else logged(api, cast.sam, raised_from="review")
    before = api(cast.dora).get(f"{PROBLEMS}/1").json["state"]
    refused = moved(api, cast.dora, wanted, **said)
    assert refused.status_code == status, refused.text
    assert api(cast.dora).get(f"{PROBLEMS}/1").json["state"] == before


def test_left_unsolved_with_a_reason_and_a_day_to_look_again(api, cast):
    brought(api, cast, "assigned")
    done = moved(api, cast.dora, "accepted", reason="Too dear", target_date="2099-01-05")
    assert done.json["state"] == "accepted" and done.json["target_date"] == "2099-01-05"
    assert moved(api, cast.dora, "cancelled", reason="x").status_code == 409


def test_whoever_has_open_incidents_is_given_one_only_knowingly(api, cast):
    number = incident(api, cast)
    api(cast.sam).put(f"{INCIDENTS}/{number}/assignment", {"person": "Theo Technician"})
    logged(api, cast.sam, raised_from="review")
    warned = moved(api, cast.dora, "assigned", resolver="Theo Technician")
    assert warned.status_code == 409 and "1 open incident" in warned.json["detail"]
    done = moved(api, cast.dora, "assigned", resolver="Theo Technician", anyway=True)
    assert done.status_code == 200 and done.json["resolver"] == "Theo Technician"


def test_somebody_of_the_la_with_open_incidents_at_any_school_is_not_given_one(api, cast):
    at_oakfield = "/schools/oakfield/incidents/1"
    api(cast.otto).post("/schools/oakfield/incidents", BROKEN)
    api(cast.olga).put(f"{at_oakfield}/check", {"impact": 2, "urgency": 1, "category": "display"})
    api(cast.olga).post(f"{at_oakfield}/escalation", {"to": "first_line", "note": "Tried"})
    api(cast.mo).post(f"{at_oakfield}/escalation", {"to": "second_line", "note": "Tried"})
    taken = api(cast.sasha).put(f"{at_oakfield}/assignment", {"person": "me"})
    assert taken.status_code == 200, taken.text
    logged(api, cast.sam, raised_from="review")
    for anyway in (False, True):
        refused = moved(api, cast.mo, "assigned", resolver="Sasha Secondline", anyway=anyway)
        assert refused.status_code == 409, refused.text
    assert "Oakfield" not in refused.text
    api(cast.sasha).put(f"{at_oakfield}/resolution", {"type": "permanent_fix", "text": "A lamp"})
    done = moved(api, cast.mo, "assigned", resolver="Sasha Secondline")
    assert done.status_code == 200 and done.json["resolver"] == "Sasha Secondline"


def test_it_is_closed_after_ten_quiet_working_days(api, cast, at):
    at("2026-01-12T09:00:00+00:00")
    brought(api, cast, "assigned", "resolved")
    at("2026-01-20T09:00:00+00:00")
    number = incident(api, cast)
    assert api(cast.sam).put(f"{INCIDENTS}/{number}/problem", {"problem": 1}).status_code == 200
    at("2026-01-28T09:00:00+00:00")
    early = moved(api, cast.dora, "closed")
    assert early.status_code == 409 and "10 working days" in early.json["detail"]
    at("2026-02-04T09:00:00+00:00")
    done = moved(api, cast.dora, "closed")
    assert done.status_code == 200, done.text
    lines = api(cast.sam).get(f"{INCIDENTS}/{number}/timeline").json["items"]
    told = [one for one in lines if one["kind"] == "incident.problem_ended"]
    assert told and told[0]["to"] == "STM-P1" and told[0]["note"] == "The loop is out"


def test_nothing_more_is_written_or_linked_when_it_is_closed(api, cast, at):
    at("2026-01-12T09:00:00+00:00")
    brought(api, cast, "assigned", "resolved")
    at("2026-02-04T09:00:00+00:00")
    done = moved(api, cast.dora, "closed")
    tag = {"If-Match": done.headers["ETag"]}
    assert api(cast.dora).patch(f"{PROBLEMS}/1", {"title": "Other"}, tag).status_code == 409
    number = incident(api, cast)
    assert api(cast.sam).put(f"{INCIDENTS}/{number}/problem", {"problem": 1}).status_code == 409


def test_the_desk_describes_it_and_only_those_who_work_on_it_find_its_cause(api, cast):
    made = logged(api, cast.sam, raised_from="review")
    tag = {"If-Match": made.headers["ETag"]}
    assert api(cast.sam).patch(f"{PROBLEMS}/1", {"cause": "Guess"}, tag).status_code == 403
    done = api(cast.sam).patch(f"{PROBLEMS}/1", {"title": "Wi-Fi"}, tag)
    assert done.json["title"] == "Wi-Fi"
    assert api(cast.sam).patch(f"{PROBLEMS}/1", {"title": "X"}).status_code == 428
    assert api(cast.theo).patch(f"{PROBLEMS}/1", {"cause": "Loop"}, tag).status_code == 412
    tag = {"If-Match": done.headers["ETag"]}
    assert api(cast.theo).patch(f"{PROBLEMS}/1", {"cause": "Loop"}, tag).json["cause"] == "Loop"


def test_what_a_state_needed_stays_filled(api, cast):
    done = brought(api, cast, "assigned", "known_error")
    tag = {"If-Match": done.headers["ETag"]}
    assert api(cast.theo).patch(f"{PROBLEMS}/1", {"workaround": None}, tag).status_code == 422


def test_sensitive_incidents_are_listed_for_those_who_may_see_them(api, cast):
    hidden = incident(api, cast, sensitive=True)
    logged(api, cast.sam, incident=hidden)
    assert len(api(cast.sam).get(f"{PROBLEMS}/1").json["incidents"]) == 1
    assert api(cast.theo).get(f"{PROBLEMS}/1").json["incidents"] == []
    assert api(cast.mo).get(f"{PROBLEMS}/1").json["incidents"] == []


def test_another_schools_problem_is_not_there(api, cast):
    logged(api, cast.sam, raised_from="review")
    assert api(cast.olga).get(f"{PROBLEMS}/1").status_code == 404
    assert api(cast.olga).get("/schools/oakfield/problems/1").status_code == 404
    number = incident(api, cast)
    link = f"/schools/oakfield/incidents/{number}/problem"
    assert api(cast.olga).put(link, {"problem": 1}).status_code == 404


def test_the_log_is_narrowed_and_pages_in_one_statement(api, cast, statements):
    for title in ("Alpha", "Beta", "Gamma"):
        logged(api, cast.sam, raised_from="review", title=title)
    moved(api, cast.dora, "assigned", number=2, resolver="Theo Technician")
    first = api(cast.sam).get(f"{PROBLEMS}?limit=2").json
    statements.clear()
    second = api(cast.sam).get(f"{PROBLEMS}?limit=2&after={first['next']}").json
    assert len([one for one in statements if "problems" in one]) == 1
    assert [one["number"] for one in first["items"] + second["items"]] == [3, 2, 1]
    for asked, found in (
        ("state=assigned", [2]),
        ("q=amm", [3]),
        ("q=%25", []),
        ("open=true", [3, 2, 1]),
        ("raised_from=monitoring", []),
    ):
        items = api(cast.sam).get(f"{PROBLEMS}?{asked}").json["items"]
        assert [one["number"] for one in items] == found, asked
    mine = api(cast.theo).get(f"{PROBLEMS}?mine=true").json["items"]
    assert [one["number"] for one in mine] == [2]


def test_reading_as_la_staff_is_in_the_schools_record(api, cast, sign_in):
    logged(api, cast.tariq, raised_from="review")
    api(cast.tariq).get(f"{PROBLEMS}/1")
    assert "STM-P1" in sign_in(cast.sam).get("/st-marys/access").text


def test_days_are_working_days(api, cast, at):
    """From Monday 12 January ten working days end on Monday 26 January."""
    began = at("2026-01-12T09:00:00+00:00")
    brought(api, cast, "assigned", "resolved")
    at((began + timedelta(days=13)).isoformat())
    assert moved(api, cast.dora, "closed").status_code == 409
    at((began + timedelta(days=15)).isoformat())
    assert moved(api, cast.dora, "closed").status_code == 200
    assert clock.now() == began + timedelta(days=15)
