"""Articles of a school through the API: write, find, publish, change, suggest."""

from __future__ import annotations

import pytest

ARTICLES = "/schools/st-marys/articles"
SAID = {
    "title": "Projector shows a blue screen",
    "symptoms": "The projector is on and the picture is blue, no signal",
    "text": "Hold the source button for three seconds and choose HDMI 1.",
    "category": "display",
    "kind": "known_error",
}


def written(api, who, **changed):
    made = api(who).post(ARTICLES, {**SAID, **changed})
    assert made.status_code == 201, made.text
    return made


def published(api, who, **changed):
    made = written(api, who, **changed)
    path = f"{ARTICLES}/{made.json['number']}"
    done = api(who).patch(path, {"state": "published"}, {"If-Match": made.headers["ETag"]})
    assert done.status_code == 200, done.text
    return done


def test_a_draft_is_seen_by_those_who_write_and_nobody_else(api, cast):
    made = written(api, cast.sam)
    assert made.json["reference"] == "STM-K1" and made.json["state"] == "draft"
    assert made.headers["Location"].endswith(f"{ARTICLES}/1")
    for who in ("sam", "dora", "theo", "ike"):
        assert api(getattr(cast, who)).get(f"{ARTICLES}/1").status_code == 200, who
    for who in ("rita", "pip", "tariq", "mo", "olga"):
        assert api(getattr(cast, who)).get(f"{ARTICLES}/1").status_code == 404, who
    assert api(cast.rita).get(ARTICLES).json["items"] == []


def test_what_is_published_for_everyone_is_found_by_reporters(api, cast):
    published(api, cast.sam)
    published(api, cast.theo, title="Where the spare lamp is", audience="desk", kind="how_to")
    for_rita = api(cast.rita).get(ARTICLES).json["items"]
    assert [one["reference"] for one in for_rita] == ["STM-K1"]
    assert api(cast.rita).get(f"{ARTICLES}/2").status_code == 404
    assert [one["number"] for one in api(cast.ike).get(ARTICLES).json["items"]] == [1, 2]
    assert api(cast.olga).get("/schools/oakfield/articles").json["items"] == []


def test_numbers_have_no_gaps_and_a_refused_one_takes_none(api, cast):
    written(api, cast.sam)
    assert api(cast.sam).post(ARTICLES, {**SAID, "kind": "rumour"}).status_code == 422
    assert written(api, cast.sam).json["number"] == 2


@pytest.mark.parametrize(
    ("asked", "found"),
    [
        ("q=blue", [1]),
        ("q=blu", [1]),
        ("q=projector+signal", [1]),
        ("q=toner", [2]),
        ("q=nothing+works", []),
        ("category=print", [2]),
        ("kind=how_to", [2]),
        ("q=%27%29%3B+drop+table+%7C%26%21%3A%2A", []),
        ("q=%C2%A7%E2%82%AC%F0%9F%98%80", []),
    ],
)
def test_the_register_is_narrowed_by_words_category_and_kind(api, cast, asked, found):
    published(api, cast.sam)
    published(
        api,
        cast.sam,
        title="Change the toner",
        symptoms="Pale pages",
        category="print",
        kind="how_to",
    )
    items = api(cast.rita).get(f"{ARTICLES}?{asked}").json["items"]
    assert sorted(one["number"] for one in items) == found


def test_the_register_pages_by_title_in_one_statement(api, cast, statements):
    for title in ("Cables", "apples", "Bulbs"):
        published(api, cast.sam, title=title)
    first = api(cast.rita).get(f"{ARTICLES}?limit=2").json
    statements.clear()
    second = api(cast.rita).get(f"{ARTICLES}?limit=2&after={first['next']}").json
    sent = [one for one in statements if "articles" in one]
    assert [one["title"] for one in first["items"] + second["items"]] == [
        "apples",
        "Bulbs",
        "Cables",
    ]
    assert second["next"] is None
    assert len(sent) == 1, sent


def test_a_change_needs_the_version_it_began_with(api, cast):
    made = written(api, cast.sam)
    path = f"{ARTICLES}/1"
    assert api(cast.sam).patch(path, {"title": "Other"}).status_code == 428
    first = api(cast.sam).patch(path, {"title": "Blue"}, {"If-Match": made.headers["ETag"]})
    assert first.status_code == 200 and first.json["title"] == "Blue"
    late = api(cast.theo).patch(path, {"title": "Red"}, {"If-Match": made.headers["ETag"]})
    assert late.status_code == 412
    assert api(cast.sam).get(path).json["title"] == "Blue"


def test_suggestions_come_while_somebody_types_in_one_statement(api, cast, statements):
    published(api, cast.sam)
    published(api, cast.sam, title="Printer is out of toner", symptoms="Pale pages")
    api(cast.rita).get(f"{ARTICLES}/suggestions?q=proj")
    statements.clear()
    found = api(cast.rita).get(f"{ARTICLES}/suggestions?q=The+proj").json["items"]
    sent = [one for one in statements if "articles" in one]
    assert [one["reference"] for one in found] == ["STM-K1"]
    assert found[0]["text"].startswith("Hold the source button")
    assert len(sent) == 1, sent


def test_suggestions_put_the_same_category_first(api, cast):
    published(api, cast.sam, title="Screen is black", category="hardware", symptoms="Dark")
    published(api, cast.sam, title="Screen is black", category="display", symptoms="Dark")
    path = f"{ARTICLES}/suggestions?q=black+screen&category=display"
    assert [one["number"] for one in api(cast.rita).get(path).json["items"]] == [2, 1]


def test_suggestions_keep_drafts_and_the_desks_own_from_reporters(api, cast):
    written(api, cast.sam)
    published(api, cast.sam, audience="desk")
    path = f"{ARTICLES}/suggestions?q=projector"
    assert api(cast.rita).get(path).json["items"] == []
    assert [one["number"] for one in api(cast.sam).get(path).json["items"]] == [2]
    assert api(cast.tariq).get(path).json["items"][0]["reference"] == "STM-K2"


@pytest.mark.parametrize(
    "typed", ["", "%20", "%27", "%26%7C%21", "%3A%2A", "does+not+work", "_", "%EF%B7%BA", "a"]
)
def test_whatever_is_typed_is_harmless(api, cast, typed):
    published(api, cast.sam)
    answer = api(cast.rita).get(f"{ARTICLES}/suggestions?q={typed}")
    assert answer.status_code == 200 and answer.json["items"] == []


def test_a_retired_article_is_no_longer_suggested(api, cast):
    done = published(api, cast.sam)
    path = f"{ARTICLES}/1"
    api(cast.sam).patch(path, {"state": "retired"}, {"If-Match": done.headers["ETag"]})
    assert api(cast.rita).get(f"{ARTICLES}/suggestions?q=projector").json["items"] == []
    assert api(cast.rita).get(path).status_code == 404
    assert api(cast.sam).get(path).json["state"] == "retired"


def test_reading_as_la_staff_is_in_the_schools_record(api, cast, sign_in):
    published(api, cast.sam)
    assert api(cast.tariq).get(f"{ARTICLES}/1").status_code == 200
    page = sign_in(cast.sam).get("/st-marys/access").text
    assert "STM-K1" in page and "Tariq Firstline" in page
