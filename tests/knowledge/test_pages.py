"""The pages of what is known: write, change, publish, offer, review; without scripts."""

from __future__ import annotations

import pytest

from tests.incidents.pages import BROKEN
from tests.knowledge.test_api import ARTICLES, SAID, published, written

HOSTILE = '"><script>alert(1)</script>{{ 7 * 7 }}'
FORM = {**SAID, "audience": "everyone"}
OURS = "/st-marys/articles"


def test_written_published_and_retired(sign_in, cast):
    browser = sign_in(cast.sam)
    browser.get(f"{OURS}/new")
    answer = browser.post(f"{OURS}/new", FORM)
    assert answer.status_code == 303 and answer.location.endswith(f"{OURS}/1")
    page = browser.get(f"{OURS}/1").text
    assert "Draft" in page and "Hold the source button" in page
    moved = browser.post(f"{OURS}/1/state", {"state": "published", "version": "1"})
    assert moved.status_code == 303
    assert SAID["title"] in sign_in(cast.rita).get(OURS).text
    browser.post(f"{OURS}/1/state", {"state": "retired", "version": "2"})
    assert SAID["title"] not in sign_in(cast.rita).get(OURS).text


def test_a_state_is_not_changed_on_what_nobody_has_read(api, sign_in, cast):
    made = written(api, cast.theo)
    browser = sign_in(cast.sam)
    browser.get(f"{OURS}/1")
    api(cast.theo).patch(f"{ARTICLES}/1", {"text": "Other"}, {"If-Match": made.headers["ETag"]})
    late = browser.post(f"{OURS}/1/state", {"state": "published", "version": "1"})
    assert late.status_code == 412 and "Theo Technician changed this" in late.text
    assert api(cast.sam).get(f"{ARTICLES}/1").json["state"] == "draft"


def test_two_who_change_it_see_both_texts(api, sign_in, cast):
    made = written(api, cast.sam)
    browser = sign_in(cast.theo)
    browser.get(f"{OURS}/1/change")
    api(cast.sam).patch(
        f"{ARTICLES}/1", {"text": "Press it twice"}, {"If-Match": made.headers["ETag"]}
    )
    late = browser.post(f"{OURS}/1/change", {**FORM, "text": "Press it once", "version": "1"})
    assert late.status_code == 412
    assert "Press it twice" in late.text and "Press it once" in late.text
    assert "Sam Spoc" in late.text


def test_a_mistake_keeps_what_was_typed(sign_in, cast):
    browser = sign_in(cast.sam)
    browser.get(f"{OURS}/new")
    answer = browser.post(f"{OURS}/new", {**FORM, "title": " ", "symptoms": "A blue picture"})
    assert answer.status_code == 422
    assert "Enter a title" in answer.text and "A blue picture" in answer.text


def test_hostile_words_are_only_words(api, sign_in, cast):
    published(api, cast.sam, title=HOSTILE, symptoms=HOSTILE, text=HOSTILE)
    api(cast.dora).put(f"{ARTICLES}/1/offer")
    for who, path in (
        ("rita", OURS),
        ("rita", f"{OURS}/1"),
        ("dora", f"{OURS}/1/offer"),
        ("mo", "/articles/offers"),
        ("mo", f"{OURS}/1/review"),
    ):
        page = sign_in(getattr(cast, who)).get(path)
        assert page.status_code == 200, path
        assert "<script>alert" not in page.text and "&lt;script&gt;" in page.text, path


def test_the_offer_marks_what_may_give_away(api, sign_in, cast):
    published(api, cast.sam, text="Ask Rita Reporter in Pod 7, or 10.1.2.3.")
    api(cast.sam).post("/schools/st-marys/locations", {"name": "Pod 7"})
    browser = sign_in(cast.dora)
    page = browser.get(f"{OURS}/1/offer").text
    for what in ("Rita Reporter", "Pod 7", "10.1.2.3"):
        assert f'<mark class="desk-mark">{what}' in page, what
    assert "3 places" in page
    assert browser.post(f"{OURS}/1/offer", {"version": "2"}).status_code == 303
    assert "waits for review" in browser.get(f"{OURS}/1").text
    assert browser.post(f"{OURS}/1/offer/withdrawal").status_code == 303
    assert "Not offered" in browser.get(f"{OURS}/1").text


def test_the_offer_counts_only_for_what_was_read(api, sign_in, cast):
    done = published(api, cast.sam)
    browser = sign_in(cast.dora)
    browser.get(f"{OURS}/1/offer")
    api(cast.sam).patch(f"{ARTICLES}/1", {"text": "Other"}, {"If-Match": done.headers["ETag"]})
    browser.post(f"{OURS}/1/offer", {"version": "2"})
    assert api(cast.sam).get(f"{ARTICLES}/1").json["offer"] == "none"


@pytest.fixture
def offered(api, cast):
    published(api, cast.sam, text="Ask Rita Reporter.")
    api(cast.dora).put(f"{ARTICLES}/1/offer")


def test_the_reviewer_edits_a_copy_and_answers(api, sign_in, cast, offered):
    browser = sign_in(cast.sasha)
    assert f"{OURS}/1/review" in browser.get("/articles/offers").text
    page = browser.get(f"{OURS}/1/review").text
    assert '<mark class="desk-mark">Rita Reporter' in page
    edited = {**FORM, "text": "Ask the desk.", "decision": "publish", "reason": "", "version": "3"}
    answer = browser.post(f"{OURS}/1/review", edited)
    assert answer.status_code == 303, answer.text
    assert "Ask the desk." in browser.get("/articles/1").text
    assert "Ask the desk." in sign_in(cast.otto).get("/oakfield/articles/la/1").text
    assert "Published as LA-K1" in sign_in(cast.sam).get(f"{OURS}/1").text


def test_a_review_without_a_reason_comes_back_with_the_edits(sign_in, cast, offered):
    browser = sign_in(cast.mo)
    browser.get(f"{OURS}/1/review")
    edited = {**FORM, "text": "Ask Sam Spoc", "decision": "decline", "reason": "", "version": "3"}
    answer = browser.post(f"{OURS}/1/review", edited)
    assert answer.status_code == 422 and "Say why it is not published" in answer.text
    assert '<mark class="desk-mark">Sam Spoc' in answer.text, "marked as it stands now"


def test_the_las_own_pages(sign_in, cast):
    browser = sign_in(cast.mo)
    browser.get("/articles/new")
    assert browser.post("/articles/new", FORM).status_code == 303
    browser.get("/articles/1/change")
    changed = {**FORM, "title": "Blue screens", "version": "1"}
    assert browser.post("/articles/1/change", changed).status_code == 303
    late = browser.post("/articles/1/change", {**FORM, "version": "1"})
    assert late.status_code == 412 and "Mo Manager" in late.text
    assert (
        browser.post("/articles/1/state", {"state": "published", "version": "2"}).status_code == 303
    )
    assert "Blue screens" in sign_in(cast.rita).get("/st-marys/articles?q=blue").text
    assert "Blue screens" in sign_in(cast.tariq).get("/articles").text
    assert sign_in(cast.tariq).get("/articles/new").status_code == 404


def test_an_article_begins_with_what_an_incident_says(api, sign_in, cast):
    api(cast.rita).post("/schools/st-marys/incidents", BROKEN)
    path = "/schools/st-marys/incidents/1"
    api(cast.sam).put(f"{path}/check", {"impact": 2, "urgency": 1, "category": "display"})
    done = {"type": "workaround", "text": "Use the other socket"}
    api(cast.sam).put(f"{path}/resolution", done)
    browser = sign_in(cast.sam)
    assert "/st-marys/incidents/1/article" in browser.get("/st-marys/incidents/1").text
    page = browser.get("/st-marys/incidents/1/article").text
    assert "Use the other socket" in page and BROKEN["title"] in page
    assert 'action="/st-marys/articles/new"' in page and "STM-1" in page
    assert sign_in(cast.rita).get("/st-marys/incidents/1/article").status_code == 403


def test_nothing_of_a_sensitive_incident_goes_into_an_article(api, sign_in, cast):
    api(cast.rita).post("/schools/st-marys/incidents", {**BROKEN, "sensitive": True})
    answer = sign_in(cast.sam).get("/st-marys/incidents/1/article")
    assert answer.status_code == 303


def test_whoever_resolves_is_shown_what_fits_and_names_it(api, sign_in, cast):
    published(api, cast.sam, title="Projector shows no picture at all")
    api(cast.rita).post("/schools/st-marys/incidents", BROKEN)
    path = "/schools/st-marys/incidents/1"
    api(cast.sam).put(f"{path}/check", {"impact": 2, "urgency": 1, "category": "display"})
    browser = sign_in(cast.sam)
    page = browser.get("/st-marys/incidents/1/resolution").text
    assert "STM-K1 Projector shows no picture at all" in page
    said = {"type": "permanent_fix", "text": "As written", "article": "stm k1"}
    assert browser.post("/st-marys/incidents/1/resolution", said).status_code == 303
    assert "Solved by" in browser.get("/st-marys/incidents/1").text
    wrong = {**said, "article": "STM-K7"}
    api(cast.rita).post("/schools/st-marys/incidents", BROKEN)
    api(cast.sam).put(f"{path[:-1]}2/check", {"impact": 2, "urgency": 1, "category": "display"})
    answer = browser.post("/st-marys/incidents/2/resolution", wrong)
    assert answer.status_code == 422 and "no such article" in answer.text
