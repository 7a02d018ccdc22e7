"""Reports as pages."""

from __future__ import annotations

import re

from tests.api.desk import done
from tests.incidents.pages import text_of, version_on
from tests.reports.issued.conftest import REPORTS, changed, drafted

LIST = "/st-marys/reports"
ONE = f"{LIST}/1"


def test_from_an_empty_list_to_an_issued_report(app, january, sign_in, cast):
    sam, dora = sign_in(cast.sam), sign_in(cast.dora)
    assert "There is no report yet" in text_of(sam.get(LIST))
    answer = sam.post(f"{LIST}/new", {"kind": "incident", "period": "month"})
    assert answer.headers["Location"].endswith(ONE)
    page = sam.get(ONE)
    assert "Incident report for January 2026" in text_of(page)
    assert "Issue it" not in page.text
    form = sam.get(f"{ONE}/sections/counts")
    assert "two incidents were reported" in text_of(form)
    said = {"text": "It was <b>quiet</b>.", "version": version_on(form)}
    assert sam.post(f"{ONE}/sections/counts", said).status_code == 303
    waiting = dora.get("/st-marys/desk").text
    assert "Reports to issue <strong>1</strong>" in waiting
    assert "Nothing else waits" in waiting or "Overdue" in waiting
    page = dora.get(ONE)
    assert "It was &lt;b&gt;quiet&lt;/b&gt;." in page.text
    assert dora.post(f"{ONE}/issue", {"version": version_on(page)}).status_code == 303
    page = text_of(sam.get(ONE))
    assert "Issued by Dora Owner on 3 February 2026" in page
    assert "Change these words" not in page
    assert "Incident report for January 2026" in text_of(sam.get(LIST))


def test_the_printed_page_says_the_same_and_a_draft_that_it_is_one(app, january, sign_in, cast):
    drafted(app)
    changed(app, counts="It was quiet.")
    page = text_of(sign_in(cast.ike).get(f"{ONE}/print"))
    assert "It was quiet." in page
    assert "Draft: not issued." in page


def test_who_was_slower_sees_both_texts(app, january, sign_in, cast):
    drafted(app)
    sam = sign_in(cast.sam)
    form = sam.get(f"{ONE}/sections/counts")
    changed(app, counts="Theirs")
    said = {"text": "Mine", "version": version_on(form)}
    answer = sam.post(f"{ONE}/sections/counts", said)
    assert answer.status_code == 412
    page = text_of(answer)
    assert "Mine" in page and "Theirs" in page
    assert "Sam Spoc changed this" in page
    assert (
        sam.post(f"{ONE}/sections/counts", {**said, "version": version_on(answer)}).status_code
        == 303
    )
    assert "Mine" in text_of(sam.get(ONE))


def test_a_stale_button_issues_nothing(app, january, sign_in, cast):
    drafted(app)
    dora = sign_in(cast.dora)
    version = version_on(dora.get(ONE))
    changed(app, counts="Theirs")
    assert dora.post(f"{ONE}/issue", {"version": version}).status_code == 412
    assert done(app, "sam", "get", f"{REPORTS}/1").json["state"] == "draft"


def test_the_title_can_be_another_one(app, january, sign_in, cast):
    drafted(app)
    sam = sign_in(cast.sam)
    form = sam.get(f"{ONE}/title")
    assert sam.post(f"{ONE}/title", {"title": "", "version": version_on(form)}).status_code == 422
    said = {"title": "Our January", "version": version_on(form)}
    assert sam.post(f"{ONE}/title", said).status_code == 303
    assert "Our January" in text_of(sam.get(LIST))


def test_counted_again_and_thrown_away(app, january, sign_in, cast):
    drafted(app)
    sam = sign_in(cast.sam)
    page = sam.get(ONE)
    assert sam.post(f"{ONE}/figures", {"version": version_on(page)}).status_code == 303
    page = sam.get(ONE)
    assert sam.post(f"{ONE}/discard", {"version": version_on(page)}).status_code == 303
    assert sam.get(ONE).status_code == 404


def test_its_tables_as_csv_without_formulas(app, january, sign_in, cast, ledger):
    ledger.rows("UPDATE locations SET name = '=1+1' WHERE key = 'ict-suite'")
    drafted(app)
    answer = sign_in(cast.sam).get(f"{ONE}.csv")
    assert answer.mimetype == "text/csv"
    lines = answer.get_data(as_text=True).splitlines()
    assert lines[0].lstrip("\ufeff") == "Section,Table,Row,Column,Value"
    assert "“" not in lines[1]
    assert any("'=1+1,Reported,2" in one for one in lines)


def test_what_is_asked_for_wrongly_comes_back_with_the_page(january, sign_in, cast):
    sam = sign_in(cast.sam)
    assert sam.get(f"{LIST}?kind=weather").status_code == 422
    answer = sam.post(f"{LIST}/new", {"period": "month"})
    assert answer.status_code == 422
    assert "Choose a kind of report." in text_of(answer)
    assert sam.get(f"{LIST}/99").status_code == 404


def test_others_see_nothing_and_the_school_next_door_nothing_at_all(app, january, sign_in, cast):
    drafted(app)
    assert sign_in(cast.rita).get(ONE).status_code == 403
    assert sign_in(cast.olga).get(ONE).status_code == 404
    assert sign_in(cast.sam).get(f"{ONE}/sections/weather").status_code == 404
    assert sign_in(cast.mo).get(f"{ONE}.pdf").mimetype == "application/pdf"


def test_schedules_are_set_up_and_stopped(january, sign_in, cast):
    sam, there = sign_in(cast.sam), f"{LIST}/schedules"
    assert "None is set up yet" in text_of(sam.get(there))
    said = {"kind": "incident", "rhythm": "month", "roles": ["spoc", "ict_owner"]}
    assert sam.post(f"{there}/new", {**said, "roles": []}).status_code == 422
    assert sam.post(f"{there}/new", said).status_code == 303
    page = sam.get(there)
    assert "</strong>, after every month" in page.text
    assert re.search("Next on (Sun )?1 Mar", text_of(page))
    assert sam.post(f"{there}/new", said).status_code == 409
    assert sam.post(f"{there}/1/stop", {"version": "1"}).status_code == 303
    assert "None is set up yet" in text_of(sam.get(there))
