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


def test_two_who_read_the_same_version_do_not_both_change_it(app):
    path = log(app)
    tag = done(app, "sam", "get", path).headers["ETag"]

    def change(number: int) -> int:
        title = {"title": f"Dark {number}"}
        return int(send(app, "sam", "patch", path, title, If_Match=tag).status_code)

    with ThreadPoolExecutor(6) as pool:
        statuses = sorted(pool.map(change, range(6)))
    assert statuses == [200] + [412] * 5
