"""Advice asked of the LA's team (R92), the rating of a sheet, and an incident on paper (R52)."""

import pytest

from tests.api.desk import SCHOOL, bring, done, log, send
from tests.incidents.pages import HERE, text_of

ASKED = {"title": "Which tablets suit reception?", "text": "We plan to buy thirty by Easter."}


def test_it_skips_the_desk_and_the_la_s_clock_runs(app, at):
    at("2026-01-13T09:00+00:00")
    answer = done(app, "sam", "post", f"{SCHOOL}/advice_requests", ASKED)
    shown = answer.json
    assert answer.status_code == 201
    assert answer.headers["Location"].endswith(f"/incidents/{shown['number']}")
    assert (shown["status"], shown["line"], shown["waiting_for"]) == ("queued", 1, "first_line")
    assert (shown["type"], shown["category"], shown["priority"]) == ("request", "other", "P4")
    assert (shown["impact"], shown["urgency"], shown["advice_request"]) == (3, 3, True)
    assert {one["kind"] for one in shown["clocks"]} == {"sla"}
    assert shown["forwarded_at"] == "2026-01-13T09:00:00Z"


def test_the_la_takes_it_from_its_queue(app, sign_in, cast):
    path = f"{SCHOOL}/incidents/1"
    done(app, "sam", "post", f"{SCHOOL}/advice_requests", ASKED)
    queue = done(app, "tariq", "get", "/queue").json["items"]
    assert [one["title"] for one in queue] == [ASKED["title"]]
    assert "Advice:" in text_of(sign_in(cast.tariq).get("/queue"))
    done(app, "tariq", "put", f"{path}/assignment", {"person": "me"})
    answered = {"type": "advice_given", "text": "Ask for a loan of three first."}
    assert done(app, "tariq", "put", f"{path}/resolution", answered).json["status"] == "resolved"
    assert done(app, "sam", "put", f"{path}/closure").json["status"] == "closed"


def test_turns_tile_from_the_first(app):
    done(app, "sam", "post", f"{SCHOOL}/advice_requests", ASKED)
    turns = done(app, "sam", "get", f"{SCHOOL}/incidents/1/turns").json["items"]
    assert [(one["party"], one["ended_at"]) for one in turns] == [("first_line", None)]


@pytest.mark.parametrize("missing", ["title", "text"])
def test_both_are_needed(app, missing):
    answer = send(app, "sam", "post", f"{SCHOOL}/advice_requests", {**ASKED, missing: " "})
    assert answer.status_code == 422
    assert list(answer.json["errors"]) == [missing]


def test_the_page_asks_and_keeps_what_was_typed(sign_in, cast):
    sam = sign_in(cast.sam)
    half = sam.post("/st-marys/ask-the-la", {**ASKED, "title": ""})
    assert half.status_code == 422
    assert "thirty by Easter" in text_of(half)
    answer = sam.post("/st-marys/ask-the-la", ASKED)
    assert (answer.status_code, answer.location) == (303, f"{HERE}/1")
    page = text_of(sam.get(f"{HERE}/1"))
    assert "Advice asked of the LA’s team" in page
    assert sign_in(cast.rita).get("/st-marys/ask-the-la").status_code == 403


def test_whoever_works_on_it_rates_the_sheet_with_one_press(app, sign_in, cast):
    path = bring(app, "in_progress")
    tariq = sign_in(cast.tariq)
    page = text_of(tariq.get(f"{HERE}/1"))
    assert "Yes, useful" in page
    assert tariq.post(f"{HERE}/1/sheet-rating", {"useful": "no"}).status_code == 303
    assert done(app, "tariq", "get", path).json["sheet_useful"] is False
    done(app, "tariq", "put", f"{path}/sheet_rating", {"useful": True})
    assert done(app, "sam", "get", path).json["sheet_useful"] is True
    assert "Yes, useful" not in text_of(sign_in(cast.rita).get(f"{HERE}/1"))
    assert tariq.post(f"{HERE}/1/sheet-rating", {"useful": "perhaps"}).status_code == 422


def test_the_reporter_does_not_hear_how_the_sheet_was_rated(app):
    path = bring(app, "in_progress")
    done(app, "tariq", "put", f"{path}/sheet_rating", {"useful": False})
    assert "rated" not in send(app, "rita", "get", f"{path}/timeline").text


def test_on_paper_each_reads_what_they_may(app, sign_in, cast):
    path = bring(app, "in_progress")
    done(app, "tariq", "post", f"{path}/checks", {"check": "The lamp", "outcome": "It is old"})
    internal = {"text": "They never clean it", "visibility": "internal"}
    done(app, "tariq", "post", f"{path}/notes", internal)
    sam = text_of(sign_in(cast.sam).get(f"{HERE}/1/print"))
    assert "The diagnostics sheet" in sam
    assert "The lamp: It is old" in sam
    assert "They never clean it" in sam
    rita = text_of(sign_in(cast.rita).get(f"{HERE}/1/print"))
    assert "A blue screen" in rita
    assert "The lamp" not in rita
    assert "They never clean it" not in rita
    assert sign_in(cast.ravi).get(f"{HERE}/1/print").status_code == 404
    sign_in(cast.tariq).get(f"{HERE}/1/print")
    assert "STM-1" in text_of(sign_in(cast.sam).get("/st-marys/access"))


def test_a_sensitive_one_is_not_printed_by_others(app, sign_in, cast):
    log(app, sensitive=True)
    assert sign_in(cast.theo).get(f"{HERE}/1/print").status_code == 404
    assert "sensitive" in text_of(sign_in(cast.sam).get(f"{HERE}/1/print"))
