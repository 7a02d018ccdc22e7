"""Choosing labels and the page of sheets; on paper: tests/browser/test_labels.py."""

from __future__ import annotations

import re

import pytest

from app.labels import actions

SCHOOL = "/schools/st-marys"
LABELS = "/st-marys/labels"


@pytest.fixture
def suite(api, cast):
    for tag, kind, room in (
        ("LAP-1", "laptop", "ict-suite"),
        ("LAP-2", "laptop", "ict-suite"),
        ("PRJ-1", "projector", "hall"),
    ):
        made = api(cast.sam).post(f"{SCHOOL}/assets", {"tag": tag, "type": kind, "location": room})
        assert made.status_code == 201, made.text


def names_on(page):
    return re.findall(r'desk-label__name">([^<]+)<', page.text)


def printed(browser, address=LABELS, **chosen):
    answer = browser.post(address, {"sheet": "l7163", "start": "1", **chosen})
    assert answer.status_code == 303, answer.text
    return browser.get(answer.headers["Location"])


@pytest.mark.parametrize(
    ("address", "chosen", "names"),
    [
        (LABELS, {"inside": "ict-suite"}, ["LAP-1", "LAP-2"]),
        (LABELS, {"tags": "prj-1\r\n\r\n LAP-2 "}, ["LAP-2", "PRJ-1"]),
        (LABELS, {"rooms": ["library", "hall"]}, ["Hall", "Library"]),
        (LABELS, {"inside": "hall", "tags": "PRJ-1"}, ["PRJ-1"]),
        (f"{LABELS}?type=laptop", {}, ["LAP-1", "LAP-2"]),
        (f"{LABELS}?q=prj", {"rooms": "hall"}, ["PRJ-1", "Hall"]),
    ],
)
def test_what_is_chosen_is_printed(sign_in, cast, suite, address, chosen, names):
    assert names_on(printed(sign_in(cast.sam), address, **chosen)) == names


def test_a_label_says_the_tag_the_kind_and_the_school(sign_in, cast, suite):
    page = printed(sign_in(cast.sam), tags="LAP-1").text
    for said in ("LAP-1", "Laptop", "St Mary’s Primary School", "Scan to report a fault"):
        assert said in page
    assert page.count("<svg") >= 1
    assert " style=" not in page


def test_printing_again_keeps_the_token(sign_in, api, cast, suite):
    sam = sign_in(cast.sam)
    tokens = []
    for _ in range(2):
        printed(sam, tags="LAP-1")
        tokens.append(api(cast.sam).get(f"{SCHOOL}/labels").json["items"][0]["token"])
    assert tokens[0] == tokens[1]


def test_a_sheet_that_was_begun_is_gone_on_with(sign_in, cast, suite):
    page = printed(sign_in(cast.sam), inside="ict-suite", start="14").text
    assert page.count("This one is gone already") == 13
    assert page.count('aria-label="Sheet ') == 2


@pytest.mark.parametrize(
    ("chosen", "sentence"),
    [
        ({}, "there is nothing to print"),
        ({"tags": "LAP-9"}, "The register has no LAP-9."),
        ({"rooms": "attic"}, "The school has no location attic."),
        ({"tags": "LAP-1", "start": "17"}, "Must be a whole number from 1 to 16."),
        ({"tags": "LAP-1", "sheet": "l9999"}, "Choose one of"),
    ],
)
def test_what_cannot_be_printed_comes_back(sign_in, cast, suite, chosen, sentence):
    answer = sign_in(cast.sam).post(LABELS, {"sheet": "l7163", "start": "1", **chosen})
    assert answer.status_code == 422
    assert sentence in answer.text


def test_more_than_thirty_sheets_are_refused(sign_in, cast, suite, monkeypatch):
    monkeypatch.setattr(actions, "MOST_AT_ONCE", 1)
    answer = sign_in(cast.sam).post(LABELS, {"inside": "ict-suite"})
    assert answer.status_code == 409
    assert "That is more than 1 labels" in answer.text


def test_a_replaced_label_is_offered_for_printing(sign_in, api, cast, suite):
    sam = sign_in(cast.sam)
    printed(sam, tags="LAP-1")
    own = sam.get(f"{LABELS}/asset/LAP-1").text
    assert 'action="/st-marys/labels/asset/LAP-1/replacement"' in own
    answer = sam.post(f"{LABELS}/asset/LAP-1/replacement", {"version": "1"})
    assert answer.headers["Location"] == f"{LABELS}?tag=LAP-1"
    page = sam.get(answer.headers["Location"]).text
    assert "The old label of LAP-1 opens nothing any more" in page
    assert ">\nLAP-1</textarea>" in page
    room = sam.post(f"{LABELS}/location/hall/replacement", {"version": "0"})
    assert room.headers["Location"] == f"{LABELS}?room=hall"
    assert "checked" in sam.get(room.headers["Location"]).text


def test_two_people_replace_a_lost_label_once(sign_in, cast, suite):
    sam, theo = sign_in(cast.sam), sign_in(cast.theo)
    printed(sam, tags="LAP-1")
    where = f"{LABELS}/asset/LAP-1"
    assert sam.post(f"{where}/replacement", {"version": "1"}).status_code == 303
    answer = theo.post(f"{where}/replacement", {"version": "1"})
    assert answer.status_code == 412
    assert "Somebody else changed this" in answer.text
    assert theo.post(f"{where}/ending", {"version": "2"}).headers["Location"] == where
    assert "no label that opens anything" in theo.get(where).text
    assert theo.post(f"{where}/ending", {"version": "2"}).status_code == 404


@pytest.mark.parametrize("query", ["", "?at=now", "?at=2026-01-13T09:10:00Z", "?at=%00&start=99"])
def test_sheets_that_nobody_made_are_not_there(sign_in, cast, suite, query):
    assert sign_in(cast.sam).get(f"{LABELS}/print{query}").status_code == 404


@pytest.mark.parametrize("who", ["rita", "mo", "sue"])
def test_printing_is_for_who_keeps_the_register(sign_in, cast, suite, who):
    browser = sign_in(getattr(cast, who))
    assert browser.get(LABELS).status_code == 403
    assert browser.post(f"{LABELS}/asset/LAP-1/replacement").status_code == 403


def test_another_school_is_not_there_at_all(sign_in, cast, suite):
    olga = sign_in(cast.olga)
    assert olga.get(LABELS).status_code == 404
    assert olga.post("/oakfield/labels/asset/LAP-1/replacement").status_code == 404
