"""From a school's article to one for every school: consent, review, and nothing of its origin."""

from __future__ import annotations

import pytest

from tests.knowledge.test_api import ARTICLES, SAID, published, written


@pytest.fixture
def offered(api, cast):
    """STM-K1, offered by the desk owner."""
    published(api, cast.sam, text="Ask Rita Reporter, or ring 01245 123456.")
    answer = api(cast.dora).put(f"{ARTICLES}/1/offer")
    assert answer.status_code == 200, answer.text
    return answer


def test_the_owner_is_shown_what_it_may_give_away(offered):
    found = {(one["field"], one["kind"], one["text"]) for one in offered.json["may_give_away"]}
    assert found == {("text", "name", "Rita Reporter"), ("text", "phone", "01245 123456")}
    assert offered.json["offer"] == "offered"


def test_only_owners_agree_and_only_to_what_is_published(api, cast):
    written(api, cast.sam)
    for who in ("sam", "theo", "rita", "mo"):
        assert api(getattr(cast, who)).put(f"{ARTICLES}/1/offer").status_code == 403, who
    assert api(cast.dora).put(f"{ARTICLES}/1/offer").status_code == 409


def test_the_las_reviewers_see_offers_of_every_school_and_others_do_not(api, cast, offered):
    assert [one["reference"] for one in api(cast.sasha).get("/articles/offers").json["items"]] == [
        "STM-K1"
    ]
    for who in ("sam", "rita", "tariq", "ada", "olga"):
        assert api(getattr(cast, who)).get("/articles/offers").status_code == 404, who


def test_the_reviewers_look_is_in_the_schools_record(api, cast, sign_in, offered):
    looked = api(cast.sasha).get(f"{ARTICLES}/1/review")
    assert {one["kind"] for one in looked.json["may_give_away"]} == {"name", "phone"}
    page = sign_in(cast.sam).get("/st-marys/access").text
    assert "article offered for every school" in page and "Sasha Secondline" in page


def test_published_it_is_read_everywhere_without_its_school(api, cast, offered):
    body = {"decision": "publish", "text": "Ask the desk.", "title": "Blue screen on a projector"}
    done = api(cast.mo).put(f"{ARTICLES}/1/review", body)
    assert done.status_code == 200, done.text
    assert done.json["offer"] == "published" and "LA-K1" in done.json["offer_answer"]
    assert done.json["text"].startswith("Ask Rita"), "the school's own stays as it was"
    at_oakfield = api(cast.otto).get("/schools/oakfield/articles/la/1")
    assert at_oakfield.json["title"] == "Blue screen on a projector"
    assert at_oakfield.json["reference"] == "LA-K1"
    for hint in ("STM", "st-marys", "Mary", "Dora", "Sam", "Rita"):
        assert hint not in at_oakfield.text, hint
    found = api(cast.otto).get("/schools/oakfield/articles/suggestions?q=projector").json["items"]
    assert [one["reference"] for one in found] == ["LA-K1"]


def test_declined_with_a_reason_that_the_school_reads(api, cast, offered):
    path = f"{ARTICLES}/1/review"
    assert api(cast.mo).put(path, {"decision": "decline"}).status_code == 422
    done = api(cast.mo).put(path, {"decision": "decline", "reason": "Too much about one room."})
    assert done.json["offer"] == "declined"
    assert api(cast.sam).get(f"{ARTICLES}/1").json["offer_answer"] == "Too much about one room."
    assert api(cast.otto).get("/schools/oakfield/articles").json["items"] == []
    assert api(cast.mo).put(path, {"decision": "publish"}).status_code == 409, "answered already"


def test_what_is_not_offered_cannot_be_reviewed(api, cast):
    published(api, cast.sam)
    answer = api(cast.mo).put(f"{ARTICLES}/1/review", {"decision": "publish"})
    assert answer.status_code == 409
    for who in ("sam", "dora", "tariq", "ada"):
        answer = api(getattr(cast, who)).put(f"{ARTICLES}/1/review", {"decision": "publish"})
        assert answer.status_code == 404, who


def test_a_change_or_a_withdrawal_takes_the_offer_back(api, cast, offered):
    tag = api(cast.sam).get(f"{ARTICLES}/1").headers["ETag"]
    changed = api(cast.sam).patch(f"{ARTICLES}/1", {"text": "Other"}, {"If-Match": tag})
    assert changed.json["offer"] == "none"
    assert api(cast.sasha).get("/articles/offers").json["items"] == []
    assert api(cast.ike).put(f"{ARTICLES}/1/offer").json["offer"] == "offered"
    assert api(cast.ike).delete(f"{ARTICLES}/1/offer").json["offer"] == "none"
    assert api(cast.ike).delete(f"{ARTICLES}/1/offer").status_code == 409


def test_the_la_writes_its_own_and_schools_read_them_once_published(api, cast):
    made = api(cast.sasha).post("/articles", SAID)
    assert made.status_code == 201 and made.json["reference"] == "LA-K1"
    there = "/schools/st-marys/articles/la/1"
    assert api(cast.rita).get(there).status_code == 404
    published_ = api(cast.sasha).patch(
        "/articles/1", {"state": "published"}, {"If-Match": made.headers["ETag"]}
    )
    assert published_.json["state"] == "published"
    assert api(cast.rita).get(there).json["scope"] == "la"
    assert api(cast.tariq).get("/articles/1").status_code == 200
    stale = api(cast.mo).patch("/articles/1", {"title": "X"}, {"If-Match": made.headers["ETag"]})
    assert stale.status_code == 412
    for who, code in (("tariq", 404), ("ada", 404), ("sam", 404), ("rita", 404)):
        assert api(getattr(cast, who)).post("/articles", SAID).status_code == code, who
    for who in ("sam", "rita", "ada", "sue"):
        assert api(getattr(cast, who)).get("/articles").status_code == 403, who


def test_an_article_that_solved_an_incident_is_counted_here_and_at_the_la(api, cast):
    published(api, cast.sam)
    la = api(cast.sasha).post("/articles", {**SAID, "title": "From the LA"})
    api(cast.sasha).patch("/articles/1", {"state": "published"}, {"If-Match": la.headers["ETag"]})
    from tests.incidents.pages import BROKEN

    for article, number in (("stm-k1", 1), ("LA-K1", 2)):
        path = f"/schools/st-marys/incidents/{number}"
        api(cast.rita).post("/schools/st-marys/incidents", BROKEN)
        check = {"impact": 2, "urgency": 1, "category": "display"}
        api(cast.sam).put(f"{path}/check", check)
        body = {"type": "permanent_fix", "text": "As written", "article": article}
        done = api(cast.sam).put(f"{path}/resolution", body)
        assert done.json["article"] == article.upper(), done.text
    assert api(cast.rita).get(f"{ARTICLES}/1").json["solved"] == 1
    assert api(cast.tariq).get("/articles/1").json["solved"] == 1


@pytest.mark.parametrize("named", ["STM-K9", "OAK-K1", "LA-K1", "nonsense", "STM-1", "STM-K2"])
def test_an_article_that_is_not_there_solves_nothing(api, cast, named):
    published(api, cast.sam)
    written(api, cast.sam)  # STM-K2, a draft
    from tests.incidents.pages import BROKEN

    path = "/schools/st-marys/incidents/1"
    api(cast.rita).post("/schools/st-marys/incidents", BROKEN)
    api(cast.sam).put(f"{path}/check", {"impact": 2, "urgency": 1, "category": "display"})
    body = {"type": "permanent_fix", "text": "As written", "article": named}
    answer = api(cast.sam).put(f"{path}/resolution", body)
    assert answer.status_code == 422 and list(answer.json["errors"]) == ["article"], answer.text
    assert api(cast.sam).get(path).json["status"] == "queued"


def test_helping_before_a_report_is_counted(app, api, cast):
    from app.knowledge.actions import count_use
    from app.knowledge.queries import article_named
    from tenants import School, acting_in, at_the_front_door, db

    published(api, cast.sam)
    with app.app_context():
        with at_the_front_door():
            school = db.session.query(School.id).filter(School.slug == "st-marys").scalar()
        with acting_in(school):
            count_use(article_named("STM-K1", for_desk=False), by=None)
            db.session.commit()
    assert api(cast.rita).get(f"{ARTICLES}/1").json["helped"] == 1
