"""Taking stock on pages, as on a phone without JavaScript."""

from __future__ import annotations

import re

import pytest

SCHOOL = "/schools/st-marys"
TAKES = "/st-marys/stock-takes"


@pytest.fixture
def sam(api, sign_in, cast):
    for tag, room in (("LAP-1", "ict-suite"), ("LAP-2", "ict-suite"), ("PRJ-1", "hall")):
        made = api(cast.sam).post(
            f"{SCHOOL}/assets", {"tag": tag, "type": "laptop", "location": room}
        )
        assert made.status_code == 201, made.text
    return sign_in(cast.sam)


@pytest.fixture
def take(sam):
    answer = sam.post(f"{TAKES}/new", {"location": "ict-suite"})
    assert answer.headers["Location"] == f"{TAKES}/1"
    return f"{TAKES}/1"


def scan(browser, take, tag):
    """Enter in the big box; what the page then says."""
    answer = browser.post(f"{take}/seen", {"tag": tag})
    assert answer.status_code == 303, answer.text
    assert answer.headers["Location"] == take
    page = browser.get(take).text
    return re.search(r'banner__heading">(.*?)</p>', page, re.S)[1]


def version_on(page):
    return re.search(r'name="version" value="(\d+)"', page)[1]


def test_each_scan_stays_on_the_page_and_says_what_it_is(sam, take):
    assert scan(sam, take, "lap-1") == "LAP-1: found."
    said = scan(sam, take, "PRJ-1")
    assert said.startswith("PRJ-1: wrong room. The register has it in Hall.")
    assert "GHOST is not in the register" in scan(sam, take, "GHOST")
    assert scan(sam, take, "LAP-1").endswith("You had scanned it before.")
    page = sam.get(take).text
    assert "<strong>1</strong> of 2 found" in page
    assert " autofocus" in page


def test_an_empty_scan_comes_back_with_a_sentence(sam, take):
    answer = sam.post(f"{take}/seen", {"tag": " "})
    assert answer.status_code == 422
    assert "Scan or type a tag" in answer.text


def test_what_was_ticked_by_mistake_is_taken_back(sam, take):
    scan(sam, take, "LAP-1")
    sam.post(f"{take}/unseen", {"tag": "LAP-1"})
    assert "<strong>0</strong> of 2 found" in sam.get(take).text


def test_the_report_is_confirmed_once_and_then_stands(sam, take, api, cast):
    for tag in ("LAP-1", "PRJ-1", "GHOST"):
        scan(sam, take, tag)
    page = sam.get(f"{take}/finish").text
    assert "Nothing has been changed yet" in page
    assert 'href="/st-marys/assets/new?tag=GHOST&amp;location=ict-suite"' in page
    ticked = {"version": version_on(page), "move": ["prj-1"], "lost": ["lap-2"]}
    answer = sam.post(f"{take}/finish", ticked)
    assert answer.status_code == 303, answer.text
    report = sam.get(take).text
    for said in ("Confirmed by Sam Spoc", "Moved here", "Marked as lost or stolen", "GHOST"):
        assert said in report
    assert api(cast.sam).get(f"{SCHOOL}/assets/PRJ-1").json["location"]["key"] == "ict-suite"
    assert sam.post(f"{take}/finish", ticked).status_code in (303, 409, 412)
    assert sam.get(f"{take}/finish").headers["Location"] == take


def test_a_report_that_somebody_added_to_is_shown_again(sam, take, sign_in, cast):
    page = sam.get(f"{take}/finish").text
    theo = sign_in(cast.theo)
    scan(theo, take, "LAP-2")
    answer = sam.post(f"{take}/finish", {"version": version_on(page), "lost": ["lap-2"]})
    assert answer.status_code == 412
    assert "Theo Technician changed this" in answer.text
    assert "LAP-2" in answer.text


def test_whoever_begins_the_same_room_joins(sam, take, sign_in, cast):
    theo = sign_in(cast.theo)
    answer = theo.post(f"{TAKES}/new", {"location": "ict-suite"})
    assert answer.headers["Location"] == take
    assert "Both of you can scan" in theo.get(take).text


def test_cancelling_changes_nothing(sam, take):
    scan(sam, take, "PRJ-1")
    sam.post(f"{take}/cancellation", {"version": version_on(sam.get(take).text)})
    assert "Cancelled by Sam Spoc" in sam.get(take).text
    assert "Take stock of this room again" in sam.get(take).text


def test_report_and_list_are_files_too(sam, take):
    scan(sam, take, "=cmd()")
    lines = sam.get(f"{take}/report.csv").get_data(as_text=True)
    assert "LAP-1" in lines
    assert "'=cmd()" in lines
    assert sam.get(f"{take}/report.xlsx").get_data()[:2] == b"PK"
    listed = sam.get(f"{TAKES}.csv?state=open").get_data(as_text=True)
    assert "ICT suite" in listed
    assert "ICT suite" not in sam.get(f"{TAKES}.csv?state=cancelled").get_data(as_text=True)
    assert sam.get(f"{TAKES}.xlsx").get_data()[:2] == b"PK"


def test_the_list_teaches_when_it_is_empty(sign_in, cast):
    page = sign_in(cast.sam).get(TAKES).text
    assert "No room has been counted yet" in page


def test_who_only_reads_sees_a_report_and_no_buttons(sam, take, sign_in, cast):
    page = sign_in(cast.mo).get(take)
    assert page.status_code == 200
    assert "Not seen yet" in page.text
    assert f'action="{take}/seen"' not in page.text
    assert sign_in(cast.rita).get(take).status_code == 403
    assert sign_in(cast.olga).get(take).status_code == 404
