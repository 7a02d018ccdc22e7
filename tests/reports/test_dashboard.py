"""The school's dashboard: this term beside the last in figures, months, ages and parties."""

from __future__ import annotations

import re

import pytest

from app.performance.words import KIND_WORDS
from app.reports.words import kept_words
from tests.api.desk import INCIDENTS, MINE, RESOLUTION, bring, done
from tests.documents.test_documents import written
from tests.progress.test_changes import ASKED

HERE = "/schools/st-marys/overview"
PAGE = "/st-marys/overview"


def text_of(page):
    return " ".join(re.sub(r"<[^>]+>", " ", page.split("<main")[1]).split())


def solved(app, at, day, until):
    """Forwarded at nine and solved by the first line at that hour."""
    at(f"{day}T09:10:00+00:00")
    number = bring(app, "forwarded").rpartition("/")[2]
    at(f"{day}T{until}:00+00:00")
    done(app, "tariq", "put", f"{INCIDENTS}/{number}/assignment", MINE)
    done(app, "tariq", "put", f"{INCIDENTS}/{number}/resolution", RESOLUTION)


@pytest.mark.parametrize(
    ("met", "of", "said"),
    [(0, 0, "–"), (2, 3, "2 of 3"), (4, 5, "4 of 5 (80.0 %)"), (41, 47, "41 of 47 (87.2 %)")],
)
def test_a_share_is_said_with_what_it_is_made_of(met, of, said):
    assert kept_words(met, of) == said


def test_this_term_stands_beside_the_last(app, api, cast, sign_in, at):
    solved(app, at, "2025-09-08", "15:00")  # P2: an answer within the hour
    solved(app, at, "2026-01-08", "09:40")
    solved(app, at, "2026-01-09", "15:00")
    at("2026-01-13T09:00:00+00:00")
    bring(app, "new")
    found = api(cast.sam).get(HERE).json
    figures = {
        (one["figure"], one["agreement_kind"]): one for one in found["performance"]["figures"]
    }
    response = figures["response_met", "sla"]
    assert (response["numerator"], response["denominator"]) == (1, 2)
    assert (response["numerator_before"], response["denominator_before"]) == (0, 1)
    fixed = figures["first_line_fix", None]
    assert (fixed["numerator"], fixed["denominator"]) == (2, 2)
    assert ("response_met", "uc") not in figures  # nobody promised it
    assert (found["this_term"]["reported"], found["this_term"]["resolved"]) == (3, 2)
    assert [one["open"] for one in found["backlog_age"]] == [1, 0, 0, 0, 0]
    said = text_of(sign_in(cast.sam).get(PAGE).text)
    whose = KIND_WORDS["sla"][:1].lower() + KIND_WORDS["sla"][1:]
    assert f"Response in time: {whose} 1 of 2 0 of 1" in said
    assert "Who waited for whom" in said and "Reported, month by month" in said
    sam = sign_in(cast.sam)
    lines = sam.get(f"{PAGE}/reported.csv").text.splitlines()
    assert [one.split(",")[:3] for one in lines[1:]] == [
        ["Sep 25", "1", "1"], ["Oct 25", "0", "0"], ["Nov 25", "0", "0"], ["Dec 25", "0", "0"],
    ]  # fmt: skip
    # 30 minutes and 5 h 50 of this term, with the first line.
    parties = sam.get(f"{PAGE}/parties.csv").text
    assert "First line" in parties and "6.3" in parties


def test_a_new_school_is_told_what_will_stand_there(cast, sign_in):
    page = text_of(sign_in(cast.sam).get(PAGE).text)
    assert "After two whole months their course is drawn here." in page
    assert "As soon as a promised time is met or missed" in page
    assert "Nothing is open." in page


@pytest.mark.parametrize(
    ("who", "status"), [("sam", 200), ("ike", 200), ("mo", 200), ("rita", 403), ("olga", 404)]
)
def test_who_may_take_its_figures_along(cast, sign_in, who, status):
    browser = sign_in(getattr(cast, who))
    assert browser.get(f"{PAGE}/backlog-age.csv").status_code == status


def test_la_staff_who_look_leave_a_trace_by_page_and_by_program(api, cast, sign_in):
    sign_in(cast.mo).get(PAGE)
    api(cast.mo).get(HERE)
    api(cast.mo).get("/schools/st-marys/data_quality")
    page = sign_in(cast.sam).get("/st-marys/access").text.split("Each time")[1]
    assert (page.count("overview"), page.count("data quality")) == (2, 1)


def test_what_is_no_plot_is_not_there(cast, sign_in):
    sam = sign_in(cast.sam)
    assert sam.get(f"{PAGE}/nothing.csv").status_code == 404
    assert sam.get(f"{PAGE}/parties.csv").status_code == 404  # nobody waited yet


def test_what_la_staff_read_in_the_registers_leaves_a_trace(app, api, cast, sign_in):
    """Page and program alike; the school's own people leave none."""
    done(app, "sam", "post", "/schools/st-marys/changes", ASKED)
    done(app, "sam", "post", "/schools/st-marys/suppliers", {"name": "Bulbs Ltd"})
    title = written(app, "sam")["title"]
    subjects = {
        "changes/1": "change 1",
        "documents/1": title,
        "progress": "progress",
        "suppliers/bulbs-ltd": "supplier Bulbs Ltd",
    }
    mo, sam = sign_in(cast.mo), sign_in(cast.sam)
    for path in subjects:
        for browser in (mo, sam):
            assert browser.get(f"/st-marys/{path}").status_code == 200, path
        for who in (cast.mo, cast.sam):
            assert api(who).get(f"/schools/st-marys/{path}").status_code == 200, path
    lines = sam.get("/st-marys/access.csv").text.splitlines()[1:]
    assert sorted(one.split(",")[3] for one in lines) == sorted(2 * list(subjects.values()))
