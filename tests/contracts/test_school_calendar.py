"""A school's calendar: read and kept through the API and the page, and what on-site promises make
of it."""

from __future__ import annotations

from typing import Any

import pytest

from app.contracts.calendar_text import NotRead, read_breaks, read_days, read_hours
from app.contracts.school_calendar import USUAL_CALENDAR
from tests.api.desk import FORWARD, MINE, SCHOOL, check_refused, done, log, send
from tests.contracts.worked_examples import pack
from tests.service_calendars import london

PATH = f"{SCHOOL}/calendar"
WEEKDAYS = ("mon", "tue", "wed", "thu", "fri")
SPLIT: dict[str, Any] = {
    "opening": {weekday: [["08:30", "16:30"]] for weekday in WEEKDAYS},
    "breaks": [["12:30", "13:30"]],
    "terms": [["2026-01-05", "2026-02-13"], ["2026-02-23", "2026-03-27"]],
    "inset_days": ["2026-01-14"],
    "closures": [["2026-01-15", "2026-01-16"]],
}
ON_SITE = {"on_site_minutes": 60, "resolution_minutes": 60}


@pytest.fixture
def visits(app, at) -> str:
    """A pack with a promise to be there, over STD's hours, that schools get."""
    at("2026-01-12T08:00:00+00:00")
    body = pack("STD", ON_SITE, valid_from="2026-01-12", name="Visits")
    return str(done(app, "mo", "post", "/service_levels", body).json["key"])


def previewed(app: Any, key: str, start: str, metric: str = "on_site") -> dict[str, Any]:
    body = {"priority": "P2", "agreement": key, "started_at": london(start).isoformat()}
    found = done(app, "sam", "post", f"{SCHOOL}/deadlines/preview", body).json["clocks"]
    return next(one for one in found if one["metric"] == metric)


def test_until_a_school_says_otherwise_it_is_open_as_usual(app):
    found = send(app, "rita", "get", PATH)
    assert (found.json, found.headers["ETag"]) == (USUAL_CALENDAR, '"0"')


def test_it_comes_back_as_it_was_given(app, ledger):
    answer = done(app, "sam", "put", PATH, SPLIT, If_Match='"0"')
    assert (answer.json, answer.headers["ETag"]) == (SPLIT, '"1"')
    assert done(app, "ravi", "get", PATH).json == SPLIT
    said = ledger.rows("SELECT actor, to_value FROM events WHERE kind = 'calendar.changed'")
    assert said == [
        ("Sam Spoc", "opening hours, breaks, term dates, INSET days, closures"),
    ]
    assert ledger.rows("SELECT count(*) FROM outbox WHERE task = 'retime_clocks'") == [(1,)]
    done(app, "sam", "put", PATH, SPLIT)
    assert ledger.rows("SELECT count(*) FROM events WHERE kind = 'calendar.changed'") == [(1,)]


def test_of_two_who_change_it_the_second_is_told(app, is_unchanged):
    done(app, "sam", "put", PATH, SPLIT)
    is_unchanged.start()
    assert send(app, "dora", "put", PATH, SPLIT, If_Match='"0"').status_code == 412
    assert is_unchanged()


# fmt: off
WRONG = [
    ("opening", {"mon": [["08:30"]]},                       "opening.mon"),
    ("opening", {"mon": [["16:30", "08:30"]]},              "opening.mon"),
    ("opening", {"mon": [["08:00", "12:00"], ["11:00", "13:00"]]}, "opening.mon"),
    ("opening", {**SPLIT["opening"], "monday": []},                             "opening.monday"),
    ("opening", {},                                         "opening"),
    ("opening", "always",                                   "opening"),
    ("breaks",  [["12:30", "12:30"]],                       "breaks"),
    ("breaks",  {"tue": ["12:30"]},                         "breaks.tue"),
    ("breaks",  {"tues": []},                               "breaks.tues"),
    ("breaks",  "noon",                                     "breaks"),
    ("breaks",  [["00:00", "24:00"]],                       "opening"),
    ("terms",   [["2026-02-13", "2026-01-05"]],             "terms"),
    ("terms",   [["2026-01-05", "2026-02-13"], ["2026-02-13", "2026-03-27"]], "terms"),
    ("terms",   [],                                         "terms"),
    ("inset_days", ["2026-02-30"],                          "inset_days"),
    ("inset_days", [{"on": "2026-02-23", "reason": "a\nb"}], "inset_days"),
    ("closures", [["2026-02-24", "2026-02-23"]],            "closures"),
    ("closures", [["2026-02-24", "2199-02-23"]],            "closures"),
    ("closures", None,                                      "closures"),
    ("closures", [17],                                      "closures"),
]
# fmt: on


@pytest.mark.parametrize(("part", "value", "field"), WRONG)
def test_what_makes_no_sense_is_refused_by_its_field(app, is_unchanged, part, value, field):
    check_refused(send(app, "sam", "put", PATH, {**SPLIT, part: value}), field)
    assert is_unchanged()


def test_breaks_may_differ_by_weekday_and_days_may_have_reasons(app, visits):
    body = {
        **SPLIT,
        "breaks": {"tue": [["12:00", "14:00"]]},
        "closures": [{"on": "2026-01-15", "reason": "Polling station"}],
    }
    assert done(app, "sam", "put", PATH, body).json == body
    assert previewed(app, visits, "2026-01-13 11:30")["due_at"] == "2026-01-13T14:30:00Z"
    assert previewed(app, visits, "2026-01-12 12:00")["due_at"] == "2026-01-12T13:00:00Z"


def test_somebody_is_promised_to_be_there_only_while_the_school_is_open(app, visits):
    done(app, "sam", "put", PATH, SPLIT)
    found = previewed(app, visits, "2026-01-13 16:15")
    # 15 minutes on Tuesday; INSET day, two days closed, a weekend; 45 minutes on Monday.
    assert found["due_at"] == "2026-01-19T09:15:00Z"
    assert [one["why"] for one in found["stretches"]] == [
        "open hours",
        "closed: school closed",
        "closed: outside hours",
        "closed: INSET day",
        "closed: school closed",
        "closed: weekend",
        "closed: outside hours",
        "closed: school closed",
        "open hours",
    ]
    remote = previewed(app, visits, "2026-01-13 16:15", "resolution")
    assert remote["due_at"] == "2026-01-14T08:15:00Z"
    assert previewed(app, visits, "2026-02-13 16:00")["due_at"] == "2026-02-23T09:00:00Z"


def test_a_pack_may_say_that_the_school_need_not_be_open(app, visits):
    done(app, "sam", "put", PATH, SPLIT)
    body = pack("STD", ON_SITE, valid_from="2026-01-12", name="Outside")
    body["on_site_needs_school_open"] = False
    key = done(app, "mo", "post", "/service_levels", body).json["key"]
    assert previewed(app, key, "2026-01-13 16:15")["due_at"] == "2026-01-14T08:15:00Z"


def test_term_time_only_goes_by_the_schools_own_days(app, at):
    at("2026-01-12T08:00:00+00:00")
    body = pack("TERM", {"resolution_minutes": 120}, valid_from="2026-01-12", name="In term")
    body["calendar"] = {**body["calendar"], "terms": None}
    key = done(app, "mo", "post", "/service_levels", body).json["key"]
    # E4: the LA's half term.
    e4 = previewed(app, key, "2026-02-13 15:00", "resolution")
    assert e4["due_at"] == "2026-02-23T09:00:00Z"
    # E5: the school has an INSET day on the Monday.
    done(app, "sam", "put", PATH, {**SPLIT, "terms": None, "inset_days": ["2026-02-23"]})
    e5 = previewed(app, key, "2026-02-13 15:00", "resolution")
    assert e5["due_at"] == "2026-02-24T09:00:00Z"
    assert "closed: INSET day" in [one["why"] for one in e5["stretches"]]
    # Its own terms go on where the LA's have half term.
    done(app, "sam", "put", PATH, {**SPLIT, "terms": [["2026-01-05", "2026-03-27"]]})
    own = previewed(app, key, "2026-02-13 15:00", "resolution")
    assert own["due_at"] == "2026-02-16T09:00:00Z"


def test_another_school_keeps_its_own(app, visits):
    done(app, "sam", "put", PATH, SPLIT)
    assert done(app, "olga", "get", "/schools/oakfield/calendar").json == USUAL_CALENDAR
    assert send(app, "olga", "put", PATH, SPLIT).status_code == 404
    body = {"priority": "P2", "agreement": visits, "started_at": "2026-01-14T09:00:00Z"}
    found = done(app, "olga", "post", "/schools/oakfield/deadlines/preview", body).json["clocks"]
    assert {one["due_at"] for one in found} == {"2026-01-14T10:00:00Z"}


def test_the_clock_of_a_visit_runs_with_the_school_and_stops_when_somebody_is_there(
    app, at, ledger, visits
):
    from app.incidents import clocks
    from app.incidents.models import Incident
    from tenants import acting_in, db

    done(app, "sam", "put", PATH, SPLIT)
    choice = {"kind": "sla", "agreement": visits, "valid_from": "2026-01-12"}
    done(app, "sam", "post", f"{SCHOOL}/agreement_choices", choice)
    at("2026-01-13T16:15:00+00:00")
    path = log(app)
    done(app, "sam", "put", f"{path}/check", {"impact": 2, "urgency": 1, "category": "display"})
    done(app, "sam", "post", f"{path}/escalation", FORWARD)
    done(app, "tariq", "put", f"{path}/assignment", MINE)
    assert on_site(app, path)["due_at"] == "2026-01-19T09:15:00Z"
    at("2026-01-19T09:15:00+00:00")
    school_id, incident_id = ledger.rows("SELECT school_id, id FROM incidents")[0]
    with app.app_context(), acting_in(school_id):
        incident = db.session.get(Incident, (school_id, incident_id))
        clocks.arrived(incident, london("2026-01-19 09:15"))
        db.session.commit()
    found = on_site(app, path)
    assert (found["state"], found["elapsed_seconds"]) == ("met", 3600)
    at("2026-01-19T10:00:00+00:00")
    resolution = {"type": "permanent_fix", "text": "A new lamp"}
    done(app, "tariq", "put", f"{path}/resolution", resolution)
    at("2026-01-19T11:00:00+00:00")
    done(app, "sam", "post", f"{path}/reopening", {"reason": "It is dark again"})
    assert on_site(app, path)["state"] == "met"


def on_site(app: Any, path: str) -> dict[str, Any]:
    clocks = done(app, "sam", "get", f"{path}/clocks").json["items"]
    return next(one for one in clocks if one["metric"] == "on_site")


# --- as people type it ---


def test_hours_and_days_are_read_as_people_write_them():
    assert read_hours("8.30-12.30, 13:30 – 16:30") == [["08:30", "12:30"], ["13:30", "16:30"]]
    assert read_hours("closed") == read_hours(" ") == []
    assert read_breaks("12:30-13:30") == [["12:30", "13:30"]]
    assert read_breaks("Friday 12:00-13:00") == {"fri": [["12:00", "13:00"]]}
    lines = "23 February 2026 snow\n23/02/2026\n\n2026-02-23 to 2026-02-24: two days"
    read = [(one.first.day, one.last.day, one.words) for one in read_days(lines)]
    assert read == [(23, 23, "snow"), (23, 23, ""), (23, 24, "two days")]


@pytest.mark.parametrize(
    "text", ["30 February 2026", "snow", "24 February 2026 to 23 February 2026", "23 Foo 2026"]
)
def test_a_day_that_is_none_is_told(text):
    with pytest.raises(NotRead):
        read_days(text)


@pytest.mark.parametrize("text", ["8-12", "25:00-26:00", "12:00-09:00", "08:99-10:00", "all day"])
def test_hours_that_are_none_are_told(text):
    with pytest.raises(NotRead):
        read_hours(text)


FORM = {
    **dict.fromkeys(WEEKDAYS, "08:30-16:30"),
    "fri": "08:30-12:00",
    "sat": "",
    "sun": "",
    "breaks": "12:30-13:30",
    "whose_terms": "own",
    "terms": "5 January 2026 to 13 February 2026",
    "inset_days": "14 January 2026 staff training",
    "closures": "15 January 2026 to 16 January 2026 snow",
    "version": "0",
}


def test_the_page_shows_and_changes_it(app, sign_in, cast):
    sam = sign_in(cast.sam)
    assert "has not said yet" in sam.get("/st-marys/calendar").text
    assert "08:00-17:00" in sam.get("/st-marys/calendar/change").text
    assert sam.post("/st-marys/calendar/change", FORM).status_code == 303
    page = sign_in(cast.rita).get("/st-marys/calendar").text
    assert "staff training" in page and "snow" in page and "08:30-12:00" in page
    assert "Change the calendar" not in page
    kept = done(app, "sam", "get", PATH).json
    assert kept["opening"]["fri"] == [["08:30", "12:00"]] and "sat" not in kept["opening"]
    assert kept["terms"] == [["2026-01-05", "2026-02-13"]]
    assert (kept["inset_days"], kept["closures"]) == (
        ["2026-01-14"],
        [["2026-01-15", "2026-01-16"]],
    )
    again = sam.get("/st-marys/calendar/change").text
    assert "2026-01-15 to 2026-01-16 snow" in again


def test_a_form_with_mistakes_keeps_what_was_typed(sign_in, cast, is_unchanged):
    sam = sign_in(cast.sam)
    is_unchanged.start()
    answer = sam.post("/st-marys/calendar/change", {**FORM, "tue": "half past eight"})
    assert answer.status_code == 422
    assert "half past eight" in answer.text and "staff training" in answer.text
    assert 'href="#tue"' in answer.text
    overlap = {**FORM, "mon": "08:30-12:30, 12:00-16:00"}
    answer = sam.post("/st-marys/calendar/change", overlap)
    assert answer.status_code == 422 and 'href="#mon"' in answer.text
    assert is_unchanged()


def test_who_may_change_it(sign_in, cast):
    assert sign_in(cast.rita).get("/st-marys/calendar/change").status_code == 403
    assert sign_in(cast.olga).get("/st-marys/calendar").status_code == 404
    assert sign_in(cast.ike).get("/st-marys/calendar/change").status_code == 200


def test_somebody_was_quicker_on_the_page(app, sign_in, cast):
    sam = sign_in(cast.sam)
    sam.get("/st-marys/calendar/change")
    done(app, "dora", "put", PATH, SPLIT)
    answer = sam.post("/st-marys/calendar/change", FORM)
    assert answer.status_code == 412
    assert "Dora" in answer.text and "08:30-12:00" in answer.text
