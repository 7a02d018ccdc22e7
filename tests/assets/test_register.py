"""The asset register through the API: add, read, change, remove, list and search."""

from __future__ import annotations

import pytest

from tests.api.desk import SCHOOL, check_refused, done, log, send
from tests.assets.things import ASSETS, LAPTOP, added, history, plain


def test_what_was_said_stands_there(app):
    made = send(app, "sam", "post", ASSETS, LAPTOP)
    assert made.status_code == 201
    assert made.headers["Location"].endswith("/assets/LAP-001")
    assert made.json["location"] == {"key": "ict-suite", "name": "ICT suite"}
    same = {name: value for name, value in LAPTOP.items() if name != "location"}
    assert {name: made.json[name] for name in same} == same
    assert made.json["status"] == "in_use"
    assert made.json["disposal"] is made.json["loan"] is made.json["asked"] is None
    assert made.json["incidents_open"] == 0
    assert done(app, "sam", "get", f"{ASSETS}/lap-001").json == made.json
    [event] = history(app, "LAP-001")
    assert (event["kind"], event["actor"]) == ("asset.added", "Sam Spoc")


@pytest.mark.parametrize("tag", ["A 1", "a.b_c-d#5", "0", "X" * 80])
def test_a_tag_is_found_in_any_case(app, tag):
    plain(app, tag)
    path = f"{ASSETS}/{tag.swapcase().replace('#', '%23').replace(' ', '%20')}"
    assert done(app, "sam", "get", path).json["tag"] == tag


@pytest.mark.parametrize("tag", ["", " ", "a/b", "-a", "é", "new", "LOANS", "X" * 81, "a\x00b"])
def test_a_tag_that_could_not_stand_in_an_address(app, tag, is_unchanged):
    check_refused(send(app, "sam", "post", ASSETS, {"tag": tag, "type": "phone"}), "tag")
    assert is_unchanged()


def test_a_tag_is_taken_once_in_any_case(app):
    added(app)
    answer = send(app, "sam", "post", ASSETS, {"tag": "lap-001", "type": "phone"})
    check_refused(answer, "tag")
    assert "LAP-001" in answer.json["errors"]["tag"][0]
    plain(app, "T2")
    answer = send(app, "sam", "patch", f"{ASSETS}/T2", {"tag": "Lap-001"}, If_Match="*")
    check_refused(answer, "tag")
    assert (
        send(app, "sam", "patch", f"{ASSETS}/T2", {"tag": "t2"}, If_Match="*").json["tag"] == "t2"
    )


def test_a_serial_is_taken_once_of_a_make(app):
    added(app)
    other = {**LAPTOP, "tag": "LAP-2", "make": "DELL", "serial": "5cg1234xyz"}
    answer = send(app, "sam", "post", ASSETS, other)
    check_refused(answer, "serial")
    assert "LAP-001" in answer.json["errors"]["serial"][0]
    assert send(app, "sam", "post", ASSETS, {**other, "make": "HP"}).status_code == 201


def test_every_mistake_is_told_at_once(app, is_unchanged):
    wrong = {
        **LAPTOP, "tag": "new", "location": "moon", "supplier": "nobody", "contract": 99,
    }  # fmt: skip
    answer = send(app, "sam", "post", ASSETS, wrong)
    assert set(answer.json["errors"]) == {"tag", "location", "supplier", "contract"}
    stranger = {**LAPTOP, "holder": "stranger@nowhere.example"}
    check_refused(send(app, "sam", "post", ASSETS, stranger), "holder")
    check_refused(send(app, "sam", "post", ASSETS, {**LAPTOP, "colour": "red"}), "colour")
    check_refused(send(app, "sam", "post", ASSETS, {**LAPTOP, "price": "a lot"}), "price")
    check_refused(send(app, "sam", "post", ASSETS, {**LAPTOP, "status": "retired"}), "status")
    assert is_unchanged()


def test_a_change_says_what_it_was_and_what_it_is(app):
    added(app)
    moved = send(
        app, "sam", "patch", f"{ASSETS}/LAP-001",
        {"location": "library", "price": "600.00"}, If_Match='"1"',
    )  # fmt: skip
    assert moved.json["location"]["key"] == "library" and moved.json["version"] == 2
    given = send(app, "sam", "patch", f"{ASSETS}/LAP-001", {"holder": None}, If_Match='"2"')
    assert given.json["holder"] is None
    kinds = [(one["kind"], one["from"], one["to"]) for one in history(app, "LAP-001")]
    assert kinds[:2] == [
        ("asset.handed_over", "Rita Reporter", None),
        ("asset.moved", "ICT suite", "Library"),
    ]
    assert "Price: 549.00 → 600.00" in history(app, "LAP-001")[1]["note"]


def test_a_change_that_changes_nothing_leaves_no_trace(app, is_unchanged):
    added(app)
    is_unchanged.start()
    same = {"make": "Dell", "price": "549.00", "location": "ict-suite"}
    answer = send(app, "sam", "patch", f"{ASSETS}/LAP-001", same, If_Match='"1"')
    assert answer.json["version"] == 1
    assert is_unchanged()


def test_versions(app):
    added(app)
    path = f"{ASSETS}/LAP-001"
    assert send(app, "sam", "patch", path, {"notes": "x"}).status_code == 428
    assert send(app, "sam", "patch", path, {"notes": "x"}, If_Match='"7"').status_code == 412
    assert send(app, "sam", "delete", path, If_Match='"7"').status_code == 412


def test_only_one_without_history_is_removed(app):
    added(app)
    assert send(app, "sam", "delete", f"{ASSETS}/LAP-001").status_code == 204
    assert send(app, "sam", "delete", f"{ASSETS}/LAP-001").status_code == 404
    added(app)
    log(app, asset="LAP-001")
    refused = send(app, "sam", "delete", f"{ASSETS}/LAP-001")
    assert refused.status_code == 409
    assert "Retire it" in refused.json["detail"]


def test_another_school_is_not_there_at_all(app):
    added(app)
    for method, body in (("get", None), ("patch", {"notes": "x"}), ("delete", None)):
        answer = send(app, "olga", method, f"{ASSETS}/LAP-001", body, If_Match="*")
        assert answer.status_code == 404
        here = send(app, "olga", method, "/schools/oakfield/assets/LAP-001", body, If_Match="*")
        assert here.status_code == 404
    assert done(app, "olga", "get", "/schools/oakfield/assets").json["items"] == []
    # The same tag may be given there.
    made = send(app, "olga", "post", "/schools/oakfield/assets", {"tag": "LAP-001", "type": "ups"})
    assert made.status_code == 201


def test_reporters_read_no_register(app, is_unchanged):
    assert send(app, "rita", "get", ASSETS).status_code == 403
    assert send(app, "rita", "post", ASSETS, LAPTOP).status_code == 403
    assert is_unchanged()


def _filled(app):
    added(app)
    plain(app, "T-10", location="library", make="Apple", model="iPad", holder="Class 4B")
    plain(app, "T-9", make="Apple", model="iPad Air", warranty_end="2026-01-31", status="in_stock")
    done(app, "sam", "post", f"{SCHOOL}/locations", {"name": "Cupboard", "parent": "library"})
    added(app, tag="P.1", type="printer", serial=None, location="cupboard", holder="The caretaker")


FILTERS = {
    "": ["LAP-001", "P.1", "T-10", "T-9"],
    "type=tablet": ["T-10", "T-9"],
    "status=in_stock": ["T-9"],
    "location=library": ["P.1", "T-10"],
    "location=cupboard": ["P.1"],
    "location=moon": [],
    "no_location=true": ["T-9"],
    "no_location=false": ["LAP-001", "P.1", "T-10"],
    "make=APPLE": ["T-10", "T-9"],
    "model=ipad": ["T-10"],
    "holder=class 4b": ["T-10"],
    "warranty_before=2026-02-01": ["T-9"],
    "contract=1": [],
    "asked=true": [],
    "q=dell": ["LAP-001", "P.1"],
    "q=lati 35": ["LAP-001", "P.1"],
    "q=lap001": ["LAP-001"],
    "q=5cg12": ["LAP-001"],
    "q=ipad 4b": ["T-10"],
    "q=caretak": ["P.1"],
    "q=_%25": [],
    "type=tablet&q=apple&status=in_use": ["T-10"],
}


def test_the_list_can_be_narrowed(app):
    _filled(app)
    for query, tags in FILTERS.items():
        found = done(app, "sam", "get", f"{ASSETS}?{query}").json["items"]
        assert [one["tag"] for one in found] == tags, query
    for query in ("type=toy", "warranty_before=soon", "limit=0", "colour=red"):
        assert send(app, "sam", "get", f"{ASSETS}?{query}").status_code == 422


def test_words_follow_every_change(app):
    added(app)
    done(app, "sam", "patch", f"{ASSETS}/LAP-001", {"make": "Lenovo"}, If_Match="*")
    assert done(app, "sam", "get", f"{ASSETS}?q=dell").json["items"] == []
    [found] = done(app, "sam", "get", f"{ASSETS}?q=lenovo").json["items"]
    assert found["tag"] == "LAP-001"


def test_pages_of_the_list(app):
    for number in range(5):
        plain(app, f"T{number}")
    first = done(app, "sam", "get", f"{ASSETS}?limit=2").json
    plain(app, "T0a")
    second = done(app, "sam", "get", f"{ASSETS}?limit=2&after={first['next']}").json
    third = done(app, "sam", "get", f"{ASSETS}?limit=2&after={second['next']}").json
    tags = [one["tag"] for page in (first, second, third) for one in page["items"]]
    assert tags == ["T0", "T1", "T2", "T3", "T4"]
    assert third["next"] is None
    other = f"{ASSETS}?limit=2&type=tablet&after={first['next']}"
    assert send(app, "sam", "get", other).status_code == 422


def test_a_longer_list_takes_no_more_statements(app, statements):
    added(app)
    counts = []
    for number in (1, 5):
        for one in range(number):
            added(app, tag=f"L{number}{one}", serial=None, location="library")
        statements.clear()
        done(app, "sam", "get", ASSETS)
        counts.append(len([one for one in statements if one.startswith(("SELECT", "WITH"))]))
    assert counts[0] == counts[1] <= 6


def test_the_same_post_twice_is_one_asset(app):
    first = send(app, "sam", "post", ASSETS, LAPTOP, Idempotency_Key="a")
    again = send(app, "sam", "post", ASSETS, LAPTOP, Idempotency_Key="a")
    assert first.json == again.json and again.status_code == 201
    other = send(app, "sam", "post", ASSETS, {**LAPTOP, "tag": "X"}, Idempotency_Key="a")
    assert other.status_code == 422
