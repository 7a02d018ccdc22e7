"""Two people at once: what is stale changes nothing (api.md; A12)."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor

import pytest

from tests.api.desk import (
    CHECK,
    FORWARD,
    HOLD,
    MINE,
    MISSING,
    RESOLUTION,
    SCHOOL,
    WHY,
    bring,
    done,
    log,
    send,
)
from tests.cast import CAST

STEPS = [
    ("new", "put", "check", CHECK),
    ("new", "post", "return", MISSING),
    ("returned", "delete", "return", None),
    ("queued", "put", "assignment", MINE),
    ("queued", "post", "escalation", FORWARD),
    ("at_desk", "put", "hold", HOLD),
    ("on_hold", "delete", "hold", None),
    ("at_desk", "put", "resolution", RESOLUTION),
    ("new", "put", "self_cure", None),
    ("resolved", "post", "reopening", WHY),
    ("resolved", "put", "closure", None),
    ("new", "put", "cancellation", WHY),
    ("new", "post", "notes", {"text": "We come"}),
    ("at_desk", "post", "checks", {"check": "Lamp"}),
]


@pytest.mark.parametrize(("state", "method", "where", "body"), STEPS)
@pytest.mark.parametrize("stale", ['"0"', '"99"', "1", "nonsense", '"1", "0"', ""])
def test_a_step_with_a_stale_version_changes_nothing(prepared, state, method, where, body, stale):
    if stale == '"1", "0"' and prepared.etag(state) == '"1"':
        stale = '"0", "2"'
    answer = send(
        prepared.app, "sam", method, f"{prepared.path[state]}/{where}", body, If_Match=stale
    )
    assert answer.status_code == 412, answer.text
    assert answer.mimetype == "application/problem+json"
    assert not prepared.is_changed()


@pytest.mark.parametrize(("state", "method", "where", "body"), STEPS)
def test_a_step_with_the_right_version_or_with_none(prepared, state, method, where, body):
    path = f"{prepared.path[state]}/{where}"
    answer = send(prepared.app, "sam", method, path, body, If_Match=prepared.etag(state))
    assert answer.status_code in (200, 201), answer.text


@pytest.mark.parametrize("state", ["new", "attic"])
def test_patch_needs_a_version(prepared, state):
    change = {"name": "Loft"} if state == "attic" else {"title": "All are dark"}
    path = prepared.path[state]
    missing = send(prepared.app, "sam", "patch", path, change)
    assert missing.status_code == 428
    assert "If-Match" in missing.json["detail"]
    assert send(prepared.app, "sam", "patch", path, change, If_Match='"77"').status_code == 412
    assert not prepared.is_changed()
    good = send(prepared.app, "sam", "patch", path, change, If_Match=prepared.etag(state))
    assert good.status_code == 200
    assert good.headers["ETag"] == f'"{good.json["version"]}"' == prepared.etag(state)


def test_deleting_compares_versions_where_it_is_told_one(prepared):
    path = prepared.path["attic"]
    assert send(prepared.app, "sam", "delete", path, If_Match='"77"').status_code == 412
    assert not prepared.is_changed()
    good = send(prepared.app, "sam", "delete", path, If_Match=prepared.etag("attic"))
    assert good.status_code == 204


def test_single_things_carry_their_version(app):
    path = log(app)
    for address in (path, f"{SCHOOL}/locations/ict-suite"):
        shown = done(app, "sam", "get", address)
        assert shown.headers["ETag"] == f'"{shown.json["version"]}"'
    assert done(app, "sam", "get", SCHOOL).headers["ETag"] == '"1"'


def test_every_step_makes_a_new_version(app):
    path = bring(app, "new")
    seen = {done(app, "sam", "get", path).headers["ETag"]}
    for method, where, body in (
        ("put", "check", CHECK),
        ("put", "assignment", MINE),
        ("put", "hold", HOLD),
        ("put", "resolution", RESOLUTION),
        ("put", "closure", None),
    ):
        tag = done(app, "sam", method, f"{path}/{where}", body).headers["ETag"]
        assert tag not in seen
        seen.add(tag)
        assert done(app, "sam", "get", path).headers["ETag"] == tag


def test_of_eight_who_read_the_same_version_one_changes_it(app):
    """F9, over and over."""
    path = log(app)
    for round_ in range(6):
        tag = done(app, "sam", "get", path).headers["ETag"]

        def change(number: int, tag: str = tag, round_: int = round_) -> int:
            title = {"title": f"Dark {round_} {number}"}
            return int(send(app, "sam", "patch", path, title, If_Match=tag).status_code)

        with ThreadPoolExecutor(8) as pool:
            statuses = sorted(pool.map(change, range(8)))
        assert statuses == [200] + [412] * 7
        assert done(app, "sam", "get", path).headers["ETag"] == f'"{int(tag.strip(chr(34))) + 1}"'


# fmt: off
IF_MATCH = [
    ("{tag}",                   200),
    ("  {tag} ",                200),
    ("*",                       200),
    ('"0", {tag}',              200),
    ('{tag},"0"',               200),
    (', {tag} ,, "x"',          200),
    ('"with,comma", {tag}',     200),
    # Weak tags never match: RFC 9110 13.1.1 asks for strong comparison.
    ("W/{tag}",                 412),
    ('W/{tag}, "0"',            412),
    ("w/{tag}",                 412),
    # A tag inside another one's text, and what is no tag.
    ('"a,{bare},b"',            412),
    ("{bare}",                  412),
    ("'{bare}'",                412),
    ('"{bare}',                 412),
    ('{bare}"',                 412),
    ('"{bare} "',               412),
    ('"0{bare}"',               412),
    ("{tag} {tag}",             412),
    ("*, {tag}",                412),
    ("**",                      412),
    ("",                        412),
    (",",                       412),
    ('"caf\xe9"',               412),
    ('"' * 4000,                412),
    ('"0",' * 2000,             412),
]
# fmt: on


@pytest.mark.parametrize(("given", "status"), IF_MATCH, ids=lambda one: str(one)[:24])
def test_how_if_match_is_read(prepared, given, status):
    tag = prepared.etag("new")
    header = given.replace("{tag}", tag).replace("{bare}", tag.strip('"'))
    path, change = prepared.path["new"], {"title": "All are dark"}
    answer = send(prepared.app, "sam", "patch", path, change, If_Match=header)
    assert answer.status_code == status, answer.text
    assert prepared.is_changed() is (status == 200)


def test_two_if_match_headers_are_one_list(prepared):
    tag = prepared.etag("new")
    answer = prepared.app.test_client().patch(
        "/api/v1" + prepared.path["new"],
        json={"title": "All are dark"},
        headers=[
            ("Authorization", f"Bearer {CAST.sam.token}"),
            ("If-Match", '"0"'),
            ("If-Match", tag),
        ],
    )
    assert answer.status_code == 200


@pytest.mark.parametrize("query", ["version=1", "limit=5", "x", "%00=1", "a=1&a=2"])
def test_a_single_thing_takes_no_parameters(prepared, query):
    for state in ("new", "attic"):
        for method, body in (("get", None), ("patch", {}), ("delete", None)):
            if (state, method) == ("new", "delete"):
                continue
            path = f"{prepared.path[state]}?{query}"
            answer = send(prepared.app, "sam", method, path, body, If_Match=prepared.etag(state))
            assert answer.status_code == 422, answer.text
            assert next(iter(answer.json["errors"].values())) == ["Unknown field."]
    assert not prepared.is_changed()
