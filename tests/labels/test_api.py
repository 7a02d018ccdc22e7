"""Labels through the API: made once, replaced, ended; and nobody else's."""

from __future__ import annotations

import pytest

SCHOOL = "/schools/st-marys"
LABELS = f"{SCHOOL}/labels"


@pytest.fixture
def laptop(api, cast):
    made = api(cast.sam).post(
        f"{SCHOOL}/assets", {"tag": "LAP-1", "type": "laptop", "location": "ict-suite"}
    )
    assert made.status_code == 201, made.text
    return "LAP-1"


def made(api, who, **body):
    answer = api(who).post(LABELS, body)
    assert answer.status_code == 201, answer.text
    assert answer.headers["Location"]
    return answer.json["items"]


def test_a_label_is_made_once_and_kept(api, cast, laptop):
    first, room = made(api, cast.sam, assets=["lap-1"], locations=["library"])
    assert (first["asset"], first["location"]) == ("LAP-1", None)
    assert (room["asset"], room["location"]) == (None, "library")
    assert first["address"].endswith(f"/st-marys/label/{first['token']}")
    again = made(api, cast.theo, assets=["LAP-1"])
    assert again[0]["token"] == first["token"]
    listed = api(cast.sam).get(LABELS).json
    assert [one["token"] for one in listed["items"]] == [first["token"], room["token"]]
    only = api(cast.sam).get(f"{LABELS}?asset=LAP-1").json["items"]
    assert [one["asset"] for one in only] == ["LAP-1"]


def test_the_same_thing_named_twice_gets_one_label(api, cast, laptop):
    assert len(made(api, cast.sam, assets=["LAP-1", "lap-1"])) == 1


def test_what_is_not_there_is_named_and_nothing_is_made(api, cast, laptop):
    answer = api(cast.sam).post(LABELS, {"assets": ["LAP-1", "LAP-9"], "locations": ["attic"]})
    assert answer.status_code == 422
    assert answer.json["errors"] == {
        "assets": ["The register has no LAP-9."],
        "locations": ["The school has no location attic."],
    }
    assert api(cast.sam).get(LABELS).json["items"] == []


@pytest.mark.parametrize("body", [{}, {"assets": []}, {"assets": "LAP-1"}, {"tags": ["LAP-1"]}])
def test_a_body_that_names_nothing_is_wrong(api, cast, laptop, body):
    assert api(cast.sam).post(LABELS, body).status_code == 422


def test_a_new_label_ends_the_old_one(api, cast, app, laptop, ledger):
    (old,) = made(api, cast.sam, assets=["LAP-1"])
    answer = api(cast.sam).post(f"{LABELS}/asset/LAP-1")
    assert answer.status_code == 201
    assert answer.json["token"] != old["token"]
    there = api(cast.sam).get(answer.headers["Location"].removeprefix("/api/v1"))
    assert there.json["token"] == answer.json["token"]
    assert there.headers["ETag"] == answer.headers["ETag"] == '"2"'
    stale = api(cast.sam).post(f"{LABELS}/asset/LAP-1", None, {"If-Match": '"1"'})
    assert stale.status_code == 412
    client = app.test_client()
    assert client.get(f"/st-marys/label/{old['token']}").status_code == 404
    assert client.get(f"/st-marys/label/{answer.json['token']}").status_code == 200
    kinds = "SELECT kind FROM events WHERE subject_kind = 'asset' ORDER BY id DESC LIMIT 1"
    assert ledger.rows(kinds) == [("label.replaced",)]


def test_an_ended_label_opens_nothing_and_ends_once(api, cast, app, laptop):
    (label,) = made(api, cast.sam, locations=["library"])
    assert api(cast.sam).delete(f"{LABELS}/location/library").status_code == 204
    assert api(cast.sam).delete(f"{LABELS}/location/library").status_code == 404
    assert app.test_client().get(f"/st-marys/label/{label['token']}").status_code == 404


@pytest.mark.parametrize("method", ["get", "post"])
def test_another_school_is_not_there_at_all(api, cast, laptop, method):
    body = {"assets": ["LAP-1"]} if method == "post" else None
    assert getattr(api(cast.olga), method)(LABELS, body).status_code == 404
    there = api(cast.olga).post("/schools/oakfield/labels", {"assets": ["LAP-1"]})
    assert there.status_code == 422
    assert api(cast.olga).delete("/schools/oakfield/labels/asset/LAP-1").status_code == 404


@pytest.mark.parametrize("who", ["rita", "pip", "tariq", "mo", "sue"])
def test_whoever_does_not_keep_the_register_prints_no_labels(api, cast, laptop, who):
    assert api(getattr(cast, who)).post(LABELS, {"assets": ["LAP-1"]}).status_code == 403
    assert api(getattr(cast, who)).get(LABELS).status_code == 403


def test_the_list_asks_the_same_however_long_it_is(api, cast, statements):
    for number in range(6):
        api(cast.sam).post(f"{SCHOOL}/assets", {"tag": f"T-{number}", "type": "tablet"})
    made(api, cast.sam, assets=["T-0"])
    statements.clear()
    api(cast.sam).get(LABELS)
    few = len(statements)
    made(api, cast.sam, assets=[f"T-{number}" for number in range(6)])
    statements.clear()
    api(cast.sam).get(LABELS)
    assert len(statements) == few
