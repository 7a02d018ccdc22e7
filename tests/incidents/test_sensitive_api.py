"""A sensitive incident does not exist for anybody but those named in design.md 7."""

from __future__ import annotations

import pytest

from tests.api.desk import INCIDENTS, bring, done, log, program, send

SECRET = "Xylophone"
IN_CHARGE = ["rita", "sam", "dora", "ike"]
OTHERS = ["ravi", "pip", "theo", "sue"]
LA = ["tariq", "sasha", "mo"]


@pytest.fixture
def path(app):
    return log(app, title=f"{SECRET} seen on a screen", sensitive=True, happened=SECRET)


@pytest.mark.parametrize("who", IN_CHARGE)
def test_those_in_charge_read_find_and_list_it(app, path, who):
    assert done(app, who, "get", path).json["sensitive"] is True
    for address in (INCIDENTS, f"{INCIDENTS}?q={SECRET}"):
        assert len(done(app, who, "get", address).json["items"]) == 1
    assert done(app, who, "get", f"{path}/timeline").json["items"]


@pytest.mark.parametrize("who", OTHERS + LA)
def test_for_everybody_else_it_is_not_there(app, path, who):
    absent = send(app, who, "get", f"{INCIDENTS}/77")
    for where in ("", "/timeline", "/turns", "/clocks", "/notes"):
        answer = send(app, who, "get", path + where)
        assert (answer.status_code, answer.data) == (404, absent.data)
    for address in (INCIDENTS, f"{INCIDENTS}?q={SECRET}", f"{INCIDENTS}?q=STM-1"):
        found = done(app, who, "get", address)
        assert found.json == {"items": [], "next": None}


@pytest.mark.parametrize("who", LA)
def test_the_la_neither_sees_nor_counts_it_before_it_is_forwarded(app, path, who):
    assert done(app, who, "get", "/queue").json["items"] == []
    counts = done(app, who, "get", "/queue/counts?by=school").json
    assert counts["open"] == 0
    assert counts["schools"] == []


@pytest.mark.parametrize("who", LA)
def test_the_la_sees_it_once_it_is_forwarded(app, who):
    path = bring(app, "forwarded", sensitive=True)
    assert done(app, who, "get", path).status_code == 200
    assert len(done(app, who, "get", "/queue").json["items"]) == 1
    assert done(app, who, "get", "/queue/counts").json["open"] == 1
    for other in OTHERS:
        assert send(app, other, "get", path).status_code == 404


@pytest.mark.parametrize("who", ["theo", "tariq", "mo"])
def test_nobody_else_changes_it(app, path, who):
    answer = send(app, who, "post", f"{path}/notes", {"text": "What is this?"})
    assert answer.status_code == 404


def test_marking_it_later_hides_it_from_then_on(app, cast):
    path = log(app)
    theo = program(app, cast.theo)
    assert theo.get(path).status_code == 200
    version = theo.get(path).headers["ETag"]
    done(app, "sam", "patch", path, {"sensitive": True}, If_Match=version)
    assert theo.get(path).status_code == 404
