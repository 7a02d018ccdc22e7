"""The LA's terms and bank holidays: kept by its administrator, on a page and as JSON."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from tests.api.desk import check_refused, done, send
from tests.service_calendars import BANK_HOLIDAYS, TERM

PATH = "/calendar"
YEAR = f"{PATH}/terms/2027-28"
TERMS = [
    {"name": "autumn 1", "first_day": "2027-09-01", "last_day": "2027-10-22"},
    {"name": "autumn 2", "first_day": "2027-11-01", "last_day": "2027-12-17"},
]


def test_it_begins_with_known_terms_and_englands_bank_holidays(app):
    found = done(app, "ada", "get", PATH).json
    assert {one["academic_year"] for one in found["years"]} == {
        "2021-22",
        "2024-25",
        "2025-26",
        "2026-27",
    }
    spans = {
        (date.fromisoformat(one["first_day"]), date.fromisoformat(one["last_day"]))
        for year in found["years"]
        for one in year["terms"]
    }
    assert spans == set(TERM.terms or ())
    essex = next(one for one in found["years"] if one["academic_year"] == "2021-22")
    assert essex["school_days"] == 195
    days = {date.fromisoformat(one["on"]) for one in found["bank_holidays"]}
    assert {day for day in BANK_HOLIDAYS if day.year <= 2026} <= days


def test_a_year_is_written_whole_and_written_down(app, ledger):
    empty = done(app, "ada", "get", YEAR)
    assert (empty.json["terms"], empty.json["school_days"]) == ([], 0)
    answer = done(app, "ada", "put", YEAR, {"terms": TERMS}, If_Match=empty.headers["ETag"])
    assert answer.json == {"academic_year": "2027-28", "terms": TERMS, "school_days": 73}
    assert done(app, "ada", "get", YEAR).headers["ETag"] == answer.headers["ETag"]
    stale = send(app, "ada", "put", YEAR, {"terms": TERMS[:1]}, If_Match=empty.headers["ETag"])
    assert stale.status_code == 412
    said = ledger.rows("SELECT kind, subject, actor FROM la_events WHERE kind = 'terms.changed'")
    assert said == [("terms.changed", "School year 2027-28", "Ada Admin")]
    schools = ledger.rows("SELECT count(*) FROM schools")
    assert ledger.rows("SELECT count(*) FROM outbox WHERE task = 'retime_clocks'") == schools


WRONG = [
    {"last_day": "2027-08-31"},
    {"first_day": "2027-08-31"},
    {"first_day": "2027-12-17", "last_day": "2028-01-07"},
    {"name": "autumn 2"},
]


@pytest.mark.parametrize("change", WRONG)
def test_terms_that_make_no_sense_are_refused(app, is_unchanged, change):
    check_refused(
        send(app, "ada", "put", YEAR, {"terms": [{**TERMS[0], **change}, TERMS[1]]}), "terms"
    )
    assert is_unchanged()


@pytest.mark.parametrize("year", ["2027", "2027-29", "next", "1999-00"])
def test_there_is_no_such_year(app, year):
    assert send(app, "ada", "get", f"{PATH}/terms/{year}").status_code == 404


def test_a_day_can_become_a_bank_holiday_once(app, ledger):
    day = {"on": "2026-06-19", "name": "A day of thanks"}
    answer = done(app, "ada", "post", f"{PATH}/bank_holidays", day)
    assert answer.headers["Location"] == f"/api/v1{PATH}/bank_holidays/2026-06-19"
    assert done(app, "ada", "get", f"{PATH}/bank_holidays/2026-06-19").json == day
    check_refused(send(app, "ada", "post", f"{PATH}/bank_holidays", day), "on")
    assert done(app, "ada", "delete", f"{PATH}/bank_holidays/2026-06-19").status_code == 204
    assert send(app, "ada", "get", f"{PATH}/bank_holidays/2026-06-19").status_code == 404
    assert send(app, "ada", "delete", f"{PATH}/bank_holidays/x").status_code == 404
    kinds = ledger.rows("SELECT kind FROM la_events WHERE kind LIKE 'bank%%' ORDER BY id")
    assert kinds == [("bank_holiday.added",), ("bank_holiday.removed",)]


@pytest.mark.parametrize("who", ["sam", "mo", "tariq"])
def test_it_is_there_for_nobody_else(app, sign_in, cast, who):
    assert send(app, who, "get", PATH).status_code in (403, 404)
    assert sign_in(getattr(cast, who)).get("/calendar").status_code == 404


def test_the_administrators_page(app, sign_in, cast):
    ada = sign_in(cast.ada)
    page = ada.get("/calendar").text
    assert "195 school days" in page and "Christmas Day" in page
    typed = {
        "terms": "1 September 2027 to 22 October 2027 autumn 1\n"
        "1 November 2027 to 17 December 2027 autumn 2"
    }
    version = done(app, "ada", "get", YEAR).headers["ETag"].strip('"')
    assert ada.post("/calendar/terms/2027-28", {**typed, "version": version}).status_code == 303
    assert done(app, "ada", "get", YEAR).json["terms"] == TERMS
    page = ada.get("/calendar").text
    assert "73 school days" in page and "usually has 195: look again" in page
    again = ada.post("/calendar/terms/2027-28", {**typed, "version": version})
    assert again.status_code == 412
    nameless = {"terms": "1 September 2027 to 22 October 2027"}
    version = done(app, "ada", "get", YEAR).headers["ETag"].strip('"')
    answer = ada.post("/calendar/terms/2027-28", {**nameless, "version": version})
    assert answer.status_code == 422 and "Give each half term a name" in answer.text


def test_a_bank_holiday_on_the_page(app, sign_in, cast, at):
    at("2026-01-12T12:00:00+00:00")
    ada = sign_in(cast.ada)
    day: dict[str, Any] = {"on-day": "19", "on-month": "6", "on-year": "2026", "name": "Thanks"}
    assert ada.post("/calendar/bank-holidays", day).status_code == 303
    assert "Thanks" in ada.get("/calendar").text
    twice = ada.post("/calendar/bank-holidays", day)
    assert twice.status_code == 422 and "already" in twice.text
    assert ada.post("/calendar/bank-holidays/2026-06-19/removal").status_code == 303
    assert ada.post("/calendar/bank-holidays/2026-06-19/removal").status_code == 404


def test_what_was_taken_out_does_not_come_back(app):
    from app.start import add_bank_holidays
    from tenants import administering, db

    done(app, "ada", "delete", f"{PATH}/bank_holidays/2026-05-04")
    with app.app_context(), administering("the next release"):
        add_bank_holidays()
        db.session.commit()
    assert send(app, "ada", "get", f"{PATH}/bank_holidays/2026-05-04").status_code == 404
