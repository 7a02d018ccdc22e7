"""“See what moves” on every page that has it: the same form again, and nothing kept."""

from __future__ import annotations

from typing import Any

from tests.api.desk import SCHOOL, bring, done, log, send

DAY: dict[str, Any] = {"on-day": "14", "on-month": "1", "on-year": "2026", "name": "Thanks"}
HOLIDAYS = "/calendar/bank_holidays"


def test_the_las_pages_answer_and_go_on(app, sign_in, cast, at, is_unchanged):
    at("2026-01-13T14:00:00+00:00")
    log(app)
    ada = sign_in(cast.ada)
    year = ada.get("/calendar/terms/2025-26").text
    assert "See what moves" in year
    is_unchanged.start()
    page = ada.post("/calendar/bank-holidays/preview", DAY)
    assert page.status_code == 200 and "1 promised time of 1 open incident would move" in page.text
    wrong = ada.post("/calendar/bank-holidays/preview", {**DAY, "on-year": "0"})
    assert wrong.status_code == 422
    terms = {"terms": "1 September 2025 to 22 October 2025 autumn 1"}
    page = ada.post("/calendar/terms/2025-26/preview", terms)
    assert page.status_code == 200 and "Nothing has been saved yet" in page.text
    assert is_unchanged()


def test_without_a_bank_holiday(app, sign_in, cast, at, is_unchanged):
    at("2026-04-02T14:00:00+01:00")  # Thursday before Easter; P2 at the desk: 8 h
    log(app)
    ada = sign_in(cast.ada)
    assert "See what moves without Easter Monday 2026" in ada.get("/calendar").text
    is_unchanged.start()
    for day, moves in (("2026-04-06", True), ("2026-05-04", False)):
        page = ada.post(f"/calendar/bank-holidays/{day}/removal/preview")
        assert page.status_code == 200
        assert ("1 promised time of 1 open incident" in page.text) is moves
        found = done(app, "ada", "post", f"{HOLIDAYS}/{day}/removal/preview").json
        assert found["moved"] == moves
    for day in ("2026-04-07", "x", "9999-12-31"):
        assert ada.post(f"/calendar/bank-holidays/{day}/removal/preview").status_code == 404
        assert send(app, "ada", "post", f"{HOLIDAYS}/{day}/removal/preview").status_code == 404
    assert is_unchanged()
    for who in ("sam", "mo", "tariq"):
        answer = send(app, who, "post", f"{HOLIDAYS}/2026-04-03/removal/preview")
        assert answer.status_code in (403, 404)


def test_the_schools_pages_answer_and_go_on(app, sign_in, cast, at, is_unchanged):
    at("2026-01-13T14:00:00+00:00")
    bring(app, "in_progress")
    sam = sign_in(cast.sam)
    is_unchanged.start()
    week = dict.fromkeys(("mon", "tue", "wed", "thu", "fri"), "08:30-15:30")
    page = sam.post("/st-marys/calendar/preview", {**week, "whose_terms": "la"})
    assert page.status_code == 200 and "Nothing has been saved yet" in page.text
    choice = {"chosen": "sla:la-standard", "valid_from-day": "13", "valid_from-month": "1"}
    page = sam.post("/st-marys/agreements/choice/preview", {**choice, "valid_from-year": "2026"})
    assert page.status_code == 200 and "Nothing has been saved yet" in page.text
    assert is_unchanged()


def test_hostile_calendars_are_refused_or_kept_but_never_fail(app, sign_in, cast, at):
    at("2026-01-13T14:00:00+00:00")
    bring(app, "in_progress")
    sam = sign_in(cast.sam)
    week = {"mon": [["00:00", "24:00"]], "sun": [["00:00", "00:00"]]}
    body = {"opening": week, "breaks": [], "terms": None, "inset_days": [], "closures": []}
    hostile: list[dict[str, Any]] = [
        {"terms": [["0001-01-01", "9999-12-31"]]},
        {"terms": [["9999-12-31", "9999-12-31"]]},
        {"closures": ["0001-01-01", "9999-12-31"]},
        {"closures": [{"on": "2026-01-01", "reason": 3}]},
        {"closures": ["2026-01-01"] * 10_000},
        {"closures": [["2026-01-01", "2026-12-31"]] * 1000},
        {"closures": {"on": "2026-01-01"}},
        {"closures": None},
        {"opening": {"mon": [["08:00", "17:00"]] * 1000}},
        {"opening": {"mon": None}},
        {"opening": None},
        {"opening": [[["08:00", "17:00"]]]},
        {"breaks": 3},
        {"breaks": {"mon": [["00:00", "24:00"]]}},
        {"terms": []},
    ]
    for change in hostile:
        for path in (f"{SCHOOL}/calendar/preview", f"{SCHOOL}/calendar"):
            method = "post" if path.endswith("preview") else "put"
            answer = send(app, "sam", method, path, {**body, **change})
            assert answer.status_code in (200, 422), (change, answer.text)
        for page in ("calendar", "calendar/change", "agreements"):
            assert sam.get(f"/st-marys/{page}").status_code == 200, change
        asked = {"priority": "P2", "started_at": "2026-01-13T09:10:00Z", "pauses": []}
        assert send(app, "sam", "post", f"{SCHOOL}/deadlines/preview", asked).status_code == 200
