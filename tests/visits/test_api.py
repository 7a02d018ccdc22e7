"""Visits through the API: booked when everybody can be there, agreed, and what became of them."""

from __future__ import annotations

import pytest

from app.relay import relay_engine
from tests.api.desk import CHECK, FORWARD, INCIDENTS, MINE, SCHOOL, done, log, send
from workers.drain import drain

VISITS = f"{SCHOOL}/visits"
TUESDAY = {"starts_at": "2026-01-13T14:00:00Z", "minutes": 60, "visitor": "Tariq Firstline"}


@pytest.fixture
def monday(at):
    """Before the week of the visits."""
    return at("2026-01-12T09:00+00:00")


def forwarded(app, **sheet) -> int:
    path = log(app, **sheet)
    done(app, "sam", "put", f"{path}/check", CHECK)
    done(app, "sam", "post", f"{path}/escalation", FORWARD)
    return int(path.rpartition("/")[2])


def book(app, who="tariq", **body):
    return done(app, who, "post", VISITS, {**TUESDAY, **body}).json


def test_a_visit_from_booking_to_signature(app, at, monday, ledger):
    first, second = forwarded(app), forwarded(app, title="Printer jams")
    log(app, title="Only at the desk")
    visit = book(app, visitor="me")
    assert (visit["state"], visit["host"], visit["visitor"]) == (
        "booked",
        "Sam Spoc",
        "Tariq Firstline",
    )
    # All that is open and forwarded to the visitor's group is proposed.
    assert [one["incident"]["number"] for one in visit["jobs"]] == [first, second]
    # To set a visit is an answer of the provider.
    clocks = done(app, "sam", "get", f"{INCIDENTS}/{first}").json["clocks"]
    assert {one["metric"]: one["state"] for one in clocks if one["kind"] == "sla"}[
        "response"
    ] == "met"

    path = f"{VISITS}/{visit['number']}"
    agreed = done(
        app, "sam", "patch", path, {"incidents": [second, first], "agreed": True}, If_Match='"1"'
    ).json
    assert [one["incident"]["number"] for one in agreed["jobs"]] == [second, first]
    assert agreed["agreed_by"] == "Sam Spoc"

    at("2026-01-13T14:05+00:00")
    assert done(app, "tariq", "post", f"{path}/arrival").json["state"] == "arrived"
    assert send(app, "tariq", "put", f"{path}/departure").status_code == 409
    jobs = [
        {"incident": first, "outcome": "done", "minutes": 20, "note": "New lamp"},
        {"incident": second, "outcome": "follow_up", "minutes": 15},
    ]
    done(app, "tariq", "put", f"{path}/outcomes", {"jobs": jobs})
    at("2026-01-13T14:50+00:00")
    left = done(app, "tariq", "put", f"{path}/departure").json
    assert (left["state"], left["left_at"]) == ("done", "2026-01-13T14:50:00Z")
    assert ledger.rows("SELECT minutes, kind FROM worklogs ORDER BY minutes") == [
        (15, "reactive"),
        (20, "reactive"),
    ]
    signed = done(app, "sam", "put", f"{path}/signature").json
    assert (signed["signed_by"], signed["signed_at"]) == ("Sam Spoc", "2026-01-13T14:50:00Z")
    assert send(app, "sam", "put", f"{path}/signature").status_code == 409
    kinds = [
        one["kind"]
        for one in done(app, "rita", "get", f"{INCIDENTS}/{first}/timeline").json["items"]
    ]
    assert kinds[-3:] == [
        "incident.visit_booked",
        "incident.visitor_arrived",
        "incident.visited",
    ]


def test_a_time_at_which_somebody_cannot_be_there_is_named_and_others_are_proposed(app, monday):
    refused = send(app, "tariq", "post", VISITS, {**TUESDAY, "starts_at": "2026-01-17T10:00:00Z"})
    assert refused.status_code == 409
    assert refused.json["gaps"][0] == "The school is closed on Sat 17 Jan: weekend."
    assert refused.json["detail"].startswith("The school is closed")
    first = refused.json["slots"][0]
    assert first["starts_at"].startswith("2026-01-19T0")
    assert len(refused.json["slots"]) == 3
    # What was proposed can be booked as it is.
    booked = send(app, "tariq", "post", VISITS, {**first, "visitor": "me"})
    assert booked.status_code == 201, booked.text
    again = send(app, "tariq", "post", VISITS, {**first, "visitor": "me"})
    assert again.status_code == 409
    assert again.json["gaps"][0].startswith("Tariq Firstline is on another visit between")
    slots = done(app, "sam", "get", f"{VISITS}/slots?visitor=Tariq%20Firstline&minutes=30").json
    assert slots["items"][0] == {
        "starts_at": "2026-01-12T09:00:00Z",
        "ends_at": "2026-01-12T09:30:00Z",
    }


def test_the_reporter_who_must_be_there_decides_too(app, monday):
    number = forwarded(app, must_be_present=True, meet_periods=[["wed", "12:00", "13:00"]])
    refused = send(app, "tariq", "post", VISITS, TUESDAY)
    assert refused.json["gaps"] == [
        f"The reporter of STM-{number} cannot be met between 14:00 and 15:00."
    ]
    assert refused.json["slots"][0]["starts_at"] == "2026-01-14T12:00:00Z"


def test_whoever_is_away_does_not_come(app, monday, ledger):
    ledger.rows(
        "INSERT INTO la_absences (la_membership_id, first_day, last_day, created_by)"
        " SELECT id, '2026-01-13', '2026-01-14', 'Mo' FROM la_memberships WHERE role = %s",
        "la_first_line",
    )
    refused = send(app, "sam", "post", VISITS, TUESDAY)
    assert refused.json["gaps"] == ["Tariq Firstline is away on Tue 13 Jan."]
    assert refused.json["slots"][0]["starts_at"].startswith("2026-01-15")


def test_nobody_is_in_two_places_across_schools(app, monday):
    book(app)
    there = send(app, "tariq", "post", "/schools/oakfield/visits", {**TUESDAY, "visitor": "me"})
    assert there.status_code == 409
    assert there.json["gaps"] == ["Tariq Firstline is on another visit between 14:00 and 15:00."]
    assert "St Mary" not in there.text
    # The next hour is free, and so is somebody else.
    later = {**TUESDAY, "starts_at": "2026-01-13T15:00:00Z", "visitor": "me"}
    assert send(app, "tariq", "post", "/schools/oakfield/visits", later).status_code == 201
    assert send(app, "sasha", "post", VISITS, {**TUESDAY, "visitor": "me"}).status_code == 201
    # Engineers of suppliers and own technicians stand in nobody's way.
    for who in ({"engineer": "Fred of Lamps"}, {"visitor": "Theo Technician"}):
        body = {key: value for key, value in TUESDAY.items() if key != "visitor"}
        assert send(app, "sam", "post", VISITS, {**body, **who}).status_code == 201
        made = send(app, "sam", "post", VISITS, {**body, **who})
        assert made.status_code == (201 if "engineer" in who else 409), made.text


def test_a_visit_is_moved_cancelled_or_aborted(app, at, monday):
    number = forwarded(app)
    visit = book(app)
    path = f"{VISITS}/{visit['number']}"
    moved = done(
        app, "sam", "patch", path, {"starts_at": "2026-01-14T10:00:00Z"}, If_Match='"1"'
    ).json
    assert (moved["starts_at"], moved["ends_at"]) == (
        "2026-01-14T10:00:00Z",
        "2026-01-14T11:00:00Z",
    )
    assert send(app, "sam", "patch", path, {"note": "x"}, If_Match='"1"').status_code == 412
    assert send(app, "sam", "patch", path, {"note": "x"}).status_code == 428
    gone = done(app, "sam", "put", f"{path}/cancellation", {"reason": "Snow"}).json
    assert (gone["state"], gone["cancelled_reason"]) == ("cancelled", "Snow")
    assert send(app, "tariq", "post", f"{path}/arrival").status_code == 409
    second = book(app)
    path = f"{VISITS}/{second['number']}"
    done(app, "tariq", "post", f"{path}/arrival")
    aborted = done(app, "tariq", "put", f"{path}/abort", {"reason": "The room was locked"}).json
    assert (aborted["state"], aborted["aborted_reason"]) == ("aborted", "The room was locked")
    assert done(app, "sam", "get", f"{VISITS}/figures").json == {
        "standing": 0,
        "done": 0,
        "aborted": 1,
        "cancelled": 1,
    }
    kinds = [
        one["kind"]
        for one in done(app, "rita", "get", f"{INCIDENTS}/{number}/timeline").json["items"]
    ]
    assert [one.partition(".")[2] for one in kinds if "visit" in one] == [
        "visit_booked",
        "visit_moved",
        "visit_cancelled",
        "visit_booked",
        "visitor_arrived",
        "visit_aborted",
    ]


def test_what_works_again_leaves_the_agenda_at_once(app, monday):
    first, second = forwarded(app), forwarded(app)
    visit = book(app, kind="urgent")
    done(app, "rita", "put", f"{INCIDENTS}/{first}/self_cure")
    shown = done(app, "sam", "get", f"{VISITS}/{visit['number']}").json
    assert [one["outcome"] for one in shown["jobs"]] == ["called_off", None]
    assert shown["state"] == "booked"
    # An urgent visit with nothing left to do is off (T14).
    done(app, "rita", "put", f"{INCIDENTS}/{second}/self_cure")
    shown = done(app, "sam", "get", f"{VISITS}/{visit['number']}").json
    assert shown["state"] == "cancelled"


def test_work_goes_on_by_itself_at_the_time_of_the_visit(app, at, monday):
    number = forwarded(app)
    path = f"{INCIDENTS}/{number}"
    done(app, "tariq", "put", f"{path}/assignment", MINE)
    done(app, "tariq", "put", f"{path}/hold", {"reason": "agreed_visit"})
    visit = book(app)
    done(
        app,
        "sam",
        "patch",
        f"{VISITS}/{visit['number']}",
        {"starts_at": "2026-01-13T15:00:00Z"},
        If_Match='"1"',
    )
    at("2026-01-13T14:30+00:00")
    with app.app_context():
        drain(relay_engine(app.config["SETTINGS"]), 20)
    assert done(app, "sam", "get", path).json["status"] == "on_hold"
    at("2026-01-13T15:00+00:00")
    with app.app_context():
        drain(relay_engine(app.config["SETTINGS"]), 20)
    assert done(app, "sam", "get", path).json["status"] == "in_progress"


def test_a_sensitive_job_is_not_shown_to_whom_it_was_not_forwarded(app, monday):
    path = log(app, sensitive=True)
    done(app, "sam", "put", f"{path}/check", CHECK)
    number = int(path.rpartition("/")[2])
    visit = book(app, who="sam", incidents=[number])
    seen = done(app, "tariq", "get", f"{VISITS}/{visit['number']}").json
    assert (seen["jobs"], seen["hidden_jobs"]) == ([], 1)
    refused = send(app, "tariq", "post", VISITS, {**TUESDAY, "incidents": [number]})
    assert refused.json["errors"] == {
        "incidents": [f"There is no open incident {number} at this school."]
    }


def test_whoever_does_not_see_a_sensitive_job_does_not_take_it_off(app, monday, ledger):
    path = log(app, sensitive=True)
    done(app, "sam", "put", f"{path}/check", CHECK)
    hidden, plain = int(path.rpartition("/")[2]), forwarded(app)
    visit = book(app, who="sam", incidents=[hidden])
    there = f"{VISITS}/{visit['number']}"
    changed = done(app, "tariq", "patch", there, {"incidents": [plain]}, If_Match="*").json
    assert ([one["incident"]["number"] for one in changed["jobs"]], changed["hidden_jobs"]) == (
        [plain],
        1,
    )
    seen = done(app, "sam", "get", there).json
    assert [one["incident"]["number"] for one in seen["jobs"]] == [plain, hidden]
    off = "SELECT count(*) FROM events WHERE kind = 'incident.visit_cancelled'"
    assert ledger.rows(off) == [(0,)]
    # Whoever sees it can take it off.
    left = done(app, "sam", "patch", there, {"incidents": [plain]}, If_Match="*").json
    assert ([one["incident"]["number"] for one in left["jobs"]], left["hidden_jobs"]) == (
        [plain],
        0,
    )
    assert ledger.rows(off) == [(1,)]


def test_a_changed_note_is_written_down_and_only_while_it_is_booked(app, at, monday, ledger):
    visit = book(app, incidents=[forwarded(app)])
    there = f"{VISITS}/{visit['number']}"
    done(app, "sam", "patch", there, {"note": "Ring first"}, If_Match='"1"')
    kinds = "SELECT kind, actor FROM events WHERE subject_kind = 'visit' ORDER BY at, id"
    assert ledger.rows(kinds)[-1] == ("visit.note_changed", "Sam Spoc")
    at("2026-01-13T14:05+00:00")
    done(app, "tariq", "post", f"{there}/arrival")
    late = send(app, "sam", "patch", there, {"note": "Ring twice"}, If_Match='"3"')
    assert late.status_code == 409, late.text


def test_what_was_signed_stays_as_it_was_signed(app, at, monday):
    number = forwarded(app)
    there = f"{VISITS}/{book(app)['number']}"
    at("2026-01-13T14:05+00:00")
    done(app, "tariq", "post", f"{there}/arrival")
    jobs = [{"incident": number, "outcome": "done", "minutes": 20}]
    done(app, "tariq", "put", f"{there}/outcomes", {"jobs": jobs})
    done(app, "tariq", "put", f"{there}/departure")
    done(app, "sam", "put", f"{there}/signature")
    later = [{"incident": number, "outcome": "not_done"}]
    refused = send(app, "tariq", "put", f"{there}/outcomes", {"jobs": later})
    assert refused.status_code == 409, refused.text
    recap = done(app, "sam", "get", there).json
    assert recap["jobs"][0]["outcome"] == "done"


def test_bad_values_are_said_in_a_sentence(app, monday, is_unchanged):
    for field, body in (
        ("starts_at", {"starts_at": "2026-01-11T10:00:00Z"}),
        ("ends_at", {"ends_at": "2026-01-13T13:00:00Z", "minutes": None}),
        ("minutes", {"ends_at": "2026-01-13T15:00:00Z"}),
        ("visitor", {"visitor": "Nobody Here"}),
        ("visitor", {"visitor": "Rita Reporter"}),
        ("engineer", {"engineer": "Fred"}),
        ("incidents", {"incidents": [99]}),
    ):
        refused = send(app, "sam", "post", VISITS, {**TUESDAY, **body})
        assert refused.status_code == 422, (field, refused.text)
        assert list(refused.json["errors"]) == [field], refused.text
    assert send(app, "sam", "get", f"{VISITS}/slots?incidents=x").status_code == 422
    assert is_unchanged()


def test_the_list_pages_and_asks_little(app, monday, statements):
    for hour in (9, 10, 11):
        book(app, starts_at=f"2026-01-13T{hour:02}:00:00Z")
    statements.clear()
    page = done(app, "sam", "get", f"{VISITS}?coming=true&limit=2").json
    asked = [one for one in statements if not one.startswith("SET LOCAL")]
    assert len(asked) <= 3, asked
    assert [one["number"] for one in page["items"]] == [1, 2]
    rest = done(app, "sam", "get", f"{VISITS}?coming=true&limit=2&after={page['next']}").json
    assert [one["number"] for one in rest["items"]] == [3]
    newest = done(app, "sam", "get", f"{VISITS}?limit=1").json["items"]
    assert [one["number"] for one in newest] == [3]


def test_a_day_of_a_technician_is_in_one_place_and_the_schools_know(app, monday):
    number = forwarded(app)
    book(app)
    later = {**TUESDAY, "starts_at": "2026-01-13T09:00:00Z", "visitor": "me"}
    done(app, "tariq", "post", "/schools/oakfield/visits", later)
    plan = done(app, "tariq", "get", "/day_plan?on=2026-01-13").json
    assert [one["school"]["slug"] for one in plan["items"]] == ["oakfield", "st-marys"]
    mine = plan["items"][1]
    assert mine["desk"][0]["name"] == "Sam Spoc"
    assert mine["visits"][0]["jobs"][0]["incident"]["reference"] == f"STM-{number}"
    assert done(app, "sasha", "get", "/day_plan?on=2026-01-13").json["items"] == []
    assert done(app, "tariq", "get", "/day_plan?on=2026-01-14").json["items"] == []
    assert send(app, "sam", "get", "/day_plan").status_code == 403


def test_another_school_is_not_there_at_all(app, monday):
    visit = book(app)
    path = f"{VISITS}/{visit['number']}"
    assert send(app, "olga", "get", path).status_code == 404
    assert (
        send(app, "olga", "get", f"/schools/oakfield/visits/{visit['number']}").status_code == 404
    )
    for who in ("rita", "pip", "sue", "ada"):
        assert send(app, who, "get", path).status_code == 403
    assert send(app, "ike", "put", f"{path}/cancellation", {"reason": "x"}).status_code == 403
