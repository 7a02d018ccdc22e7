"""Blank sheets for when the network is down: numbers of their own, entered later, marked so."""

import pytest

from tests.api.desk import BROKEN, INCIDENTS, SCHOOL, done, log, send
from tests.incidents.pages import HERE, text_of

SHEETS = f"{SCHOOL}/blank_sheets"
PAGE = "/st-marys/blank-sheets"
MORNING = "2026-01-13T08:00+00:00"


def printed(app, count=3, who="sam"):
    return done(app, who, "post", SHEETS, {"count": count}).json["items"]


def entered(app, number, reported_at="2026-01-13T09:00:00Z", who="sam", **more):
    sheet = {**BROKEN, "sheet_number": number, "reported_at": reported_at, **more}
    return send(app, who, "post", INCIDENTS, sheet)


def test_numbers_run_on_without_a_gap_and_are_the_school_s_own(app):
    assert [one["name"] for one in printed(app, 3)] == ["STM-S1", "STM-S2", "STM-S3"]
    assert [one["number"] for one in printed(app, 2, "dora")] == [4, 5]
    other = done(app, "olga", "post", "/schools/oakfield/blank_sheets", {"count": 1}).json
    assert other["items"][0]["name"] == "OAK-S1"
    assert [one["number"] for one in done(app, "sam", "get", SHEETS).json["items"]] == [
        5,
        4,
        3,
        2,
        1,
    ]


def test_entering_keeps_the_time_and_the_clock_is_not_faked(app, at):
    at(MORNING)
    printed(app)
    log(app)
    at("2026-01-15T10:00+00:00")
    answer = entered(app, 2)
    assert answer.status_code == 201
    shown = answer.json
    # Sheets have gaps when they are spoilt; references never.
    assert (shown["reference"], shown["sheet_number"], shown["entered_late"]) == ("STM-2", 2, True)
    assert shown["reported_at"] == "2026-01-13T09:00:00Z"
    assert shown["logged_at"] == "2026-01-15T10:00:00Z"
    assert shown["channel"] == "paper_form"
    assert {one["started_at"] for one in shown["clocks"]} == {"2026-01-15T10:00:00Z"}
    listed = done(app, "sam", "get", SHEETS).json["items"][1]
    assert (listed["number"], listed["incident"]) == (2, 2)
    assert listed["entered_at"] == "2026-01-15T10:00:00Z"


def test_a_number_is_used_once(app, at):
    at(MORNING)
    printed(app)
    at("2026-01-13T12:00+00:00")
    assert entered(app, 1).status_code == 201
    again = entered(app, 1)
    assert again.status_code == 409
    assert "entered already" in again.json["detail"]
    assert len(done(app, "sam", "get", INCIDENTS).json["items"]) == 1


@pytest.mark.parametrize(
    ("now", "reported_at", "field"),
    [
        ("2026-01-13T12:00+00:00", None, "reported_at"),
        ("2026-01-13T12:00+00:00", "2026-01-13T07:59:00Z", "reported_at"),  # not printed yet
        ("2026-01-13T12:00+00:00", "2026-01-13T12:01:00Z", "reported_at"),  # not come yet
        ("2026-02-13T09:01+00:00", "2026-01-13T09:00:00Z", "reported_at"),  # more than 31 days
    ],
)
def test_times_that_cannot_be(app, at, now, reported_at, field):
    at(MORNING)
    printed(app)
    at(now)
    answer = entered(app, 1, reported_at)
    assert answer.status_code == 422
    assert list(answer.json["errors"]) == [field]
    assert done(app, "sam", "get", SHEETS).json["items"][-1]["entered_at"] is None


def test_times_that_just_can_be(app, at):
    at("2026-01-13T08:00:42+00:00")
    printed(app)
    at("2026-02-13T08:00+00:00")
    assert entered(app, 1, "2026-01-13T08:00:00Z").status_code == 201


def test_a_spoilt_one_is_not_entered_and_an_entered_one_not_spoilt(app, at):
    at(MORNING)
    printed(app)
    at("2026-01-13T12:00+00:00")
    assert done(app, "sam", "put", f"{SHEETS}/1/spoilt").json["spoilt_at"]
    assert done(app, "sam", "put", f"{SHEETS}/1/spoilt").json["number"] == 1
    stale = send(app, "sam", "put", f"{SHEETS}/3/spoilt", If_Match='"2"')
    assert stale.status_code == 412
    assert entered(app, 1).status_code == 409
    assert entered(app, 2).status_code == 201
    assert send(app, "sam", "put", f"{SHEETS}/2/spoilt").status_code == 409
    assert send(app, "sam", "put", f"{SHEETS}/99/spoilt").status_code == 404


def test_a_number_nobody_printed_is_refused(app, at):
    at("2026-01-13T12:00+00:00")
    answer = entered(app, 7)
    assert answer.status_code == 422
    assert list(answer.json["errors"]) == ["sheet_number"]


def test_another_school_s_number_is_none(app, at):
    at(MORNING)
    done(app, "olga", "post", "/schools/oakfield/blank_sheets", {"count": 5})
    at("2026-01-13T12:00+00:00")
    assert entered(app, 3).status_code == 422


@pytest.mark.parametrize("who", ["rita", "ike", "theo", "tariq", "mo"])
def test_only_the_desk_enters_them(app, at, who):
    at(MORNING)
    printed(app)
    at("2026-01-13T12:00+00:00")
    answer = entered(app, 1, who=who)
    assert answer.status_code == 422
    assert "sheet_number" in answer.json["errors"]


@pytest.mark.parametrize("count", [0, 51, "x", None, 1.5])
def test_so_many_at_once(app, count):
    answer = send(app, "sam", "post", SHEETS, {"count": count})
    assert answer.status_code == 422


def test_the_list_pages_by_place_and_costs_few_statements(app, statements):
    printed(app, 30)
    statements.clear()
    first = done(app, "sam", "get", f"{SHEETS}?limit=25").json
    assert len([one for one in statements if not one.startswith("SET LOCAL")]) <= 3
    rest = done(app, "sam", "get", f"{SHEETS}?limit=25&after={first['next']}").json
    numbers = [one["number"] for one in first["items"] + rest["items"]]
    assert numbers == list(range(30, 0, -1))
    assert rest["next"] is None


def test_the_spoc_prints_enters_and_sees_the_mark_everywhere(app, sign_in, cast, at):
    at(MORNING)
    sam = sign_in(cast.sam)
    assert "Blank sheets" in text_of(sam.get(PAGE))
    answer = sam.post(PAGE, {"count": "2"})
    assert (answer.status_code, answer.location) == (303, f"{PAGE}/print?first=1&last=2")
    paper = text_of(sam.get(answer.location))
    assert "STM-S1" in paper
    assert "STM-S2" in paper
    assert "6. Is there anything else we should know?" in paper
    at("2026-01-14T10:00+00:00")
    sam = sign_in(cast.sam)
    form = text_of(sam.get(f"{HERE}/new?sheet_number=2"))
    assert "Enter blank sheet STM-S2" in form
    typed = {**BROKEN, "sheet_number": "2", "reporter_name": "Mrs Brown"}
    missing = sam.post(f"{HERE}/new", typed)
    assert missing.status_code == 422
    assert "Enter the time that stands on the sheet." in text_of(missing)
    assert "Enter blank sheet STM-S2" in text_of(missing)
    when = {
        "reported_at-day": "13", "reported_at-month": "1", "reported_at-year": "2026",
        "reported_at-time": "9:10",
    }  # fmt: skip
    assert sam.post(f"{HERE}/new", {**typed, **when}).location == f"{HERE}/1"
    shown = text_of(sam.get(f"{HERE}/1"))
    assert "from blank sheet STM-S2" in shown
    assert "entered late" in text_of(sam.get(f"{HERE}"))
    csv = text_of(sam.get(f"{HERE}.csv"))
    assert csv.splitlines()[0].endswith(",Entered late from")
    assert csv.splitlines()[1].endswith(",STM-S2")
    assert "entered late" in text_of(sam.get(f"{HERE}/1/print"))
    listed = text_of(sam.get(PAGE))
    assert "Entered" in listed
    assert sam.post(f"{PAGE}/1/spoilt").status_code == 303
    assert "Spoilt" in text_of(sam.get(PAGE))
    assert sam.get(f"{PAGE}/print?first=1&last=2").status_code == 404


def test_strange_addresses_are_not_there(sign_in, cast):
    sam = sign_in(cast.sam)
    for query in ("", "?first=1", "?first=5&last=1", "?first=1&last=100", "?first=x&last=y"):
        assert sam.get(f"{PAGE}/print{query}").status_code == 404, query
    for number in ("0", "7", "x", "9" * 30, "-1"):
        assert sam.get(f"{HERE}/new?sheet_number={number}").status_code == 404, number


def test_reporters_and_other_schools_have_no_such_page(sign_in, cast):
    assert sign_in(cast.rita).get(PAGE).status_code == 403
    assert sign_in(cast.olga).get(PAGE).status_code == 404
