"""One search over everything, and nobody finds what they may not read."""

from __future__ import annotations

from tests.api.desk import bring

SCHOOL = "/schools/st-marys"


def _found(api, who, text):
    answer = api(who).get(f"{SCHOOL}/search?q={text}")
    assert answer.status_code == 200, answer.text
    return {(one["kind"], one["key"]) for one in answer.json["items"]}


def _fill(api, cast):
    for path, body in (
        ("assets", {"tag": "ZEB-1", "type": "laptop", "location": "hall"}),
        ("suppliers", {"name": "Zebra Repairs", "kind": "company"}),
        ("locations", {"name": "Zebra room"}),
        ("licences", {"product": "Zebra Maths", "metric": "site", "start": "2020-01-01"}),
    ):
        assert api(cast.sam).post(f"{SCHOOL}/{path}", json=body).status_code == 201
    sheet = {"title": "Zebra stripes", "expected": "None", "happened": "Many", "location": "hall"}
    assert api(cast.rita).post(f"{SCHOOL}/incidents", json=sheet).status_code == 201


def test_a_word_finds_it_in_every_register(api, cast):
    _fill(api, cast)
    assert _found(api, cast.sam, "zeb") >= {
        ("asset", "ZEB-1"),
        ("supplier", "zebra-repairs"),
        ("location", "zebra-room"),
        ("licence", "1"),
    }
    assert ("incident", "1") in _found(api, cast.sam, "zebra")


def test_a_reporter_finds_rooms_and_their_own(api, cast):
    _fill(api, cast)
    assert _found(api, cast.rita, "zebra") == {("location", "zebra-room"), ("incident", "1")}
    assert _found(api, cast.ravi, "zebra") == {("location", "zebra-room")}


def test_another_school_finds_nothing(api, cast):
    _fill(api, cast)
    assert api(cast.olga).get(f"{SCHOOL}/search?q=zebra").status_code == 404
    answer = api(cast.olga).get("/schools/oakfield/search?q=zebra")
    assert answer.json["items"] == []


def test_a_reference_is_found(app, api, cast):
    bring(app, "new")
    code = api(cast.sam).get(SCHOOL).json["code"]
    for text in (f"{code}-1", f"{code.lower()}-1", "1"):
        assert ("incident", "1") in _found(api, cast.sam, text), text


def test_one_letter_and_hostile_text_find_nothing_and_break_nothing(api, sign_in, cast):
    _fill(api, cast)
    assert _found(api, cast.sam, "z") == set()
    for text in ("%25%25", "__", "'%20OR%201=1--", "%F0%9F%A6%93%F0%9F%A6%93", "\\\\%5C"):
        _found(api, cast.sam, text)
        assert sign_in(cast.sam).get(f"/st-marys/search?q={text}").status_code == 200
