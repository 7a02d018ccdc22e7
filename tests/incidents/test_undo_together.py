"""What is undone with an undo: the parts that were closed with it, and another provider's promises,
links and clocks."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

import pytest

from tests.api.desk import RESOLUTION, WHY, bring, done, log, send
from tests.incidents.invariants import check_incident
from tests.incidents.pages import text_of
from tests.incidents.supply import a_supplier, with_supplier
from tests.incidents.test_undo import _TOKEN

NOW = "2026-01-13T10:00:00+00:00"


def later_by(seconds: float) -> str:
    return (datetime.fromisoformat(NOW) + timedelta(seconds=seconds)).isoformat()


@pytest.fixture(autouse=True)
def _tuesday(at):
    at(NOW)


def given(sign_in: Any, cast: Any, group: str) -> tuple[Any, str]:
    mo = sign_in(cast.mo)
    mo.get("/queue")
    said = {"step": "assign", "to": f"group:{group}", "pick": ["st-marys/1"]}
    answer = mo.post("/queue/bulk", said)
    assert answer.status_code == 303
    page = text_of(mo.get(answer.location))
    found = _TOKEN.search(page)
    assert found, page
    return mo, found[1]


def test_undoing_a_close_undoes_that_of_the_parts_closed_with_it(app, at, ledger):
    whole, part, earlier = (bring(app, "queued") for _ in range(3))
    for path in (part, earlier):
        done(app, "sam", "put", f"{path}/parent", {"parent": "STM-1"})
    done(app, "sam", "put", f"{earlier}/resolution", RESOLUTION)
    done(app, "sam", "put", f"{earlier}/closure")
    at(later_by(1))
    done(app, "sam", "put", f"{whole}/resolution", {**RESOLUTION, "children": True})
    done(app, "sam", "put", f"{whole}/closure", {"children": True})
    at(later_by(5))
    done(app, "sam", "delete", f"{whole}/closure")
    states = [send(app, "sam", "get", path).json["status"] for path in (whole, part, earlier)]
    assert states == ["resolved", "resolved", "closed"]
    for number in (1, 2, 3):
        check_incident(ledger, number)


def test_undoing_a_close_without_its_parts_leaves_them(app, at):
    whole, part = (bring(app, "queued") for _ in range(2))
    done(app, "sam", "put", f"{part}/parent", {"parent": "STM-1"})
    done(app, "sam", "put", f"{whole}/resolution", {**RESOLUTION, "children": True})
    done(app, "sam", "put", f"{whole}/closure")
    done(app, "sam", "put", f"{part}/closure")
    done(app, "sam", "delete", f"{whole}/closure")
    assert send(app, "sam", "get", part).json["status"] == "closed"


def test_back_at_the_first_supplier_its_clocks_and_links_are_as_before(
    app, at, sign_in, cast, ledger
):
    path = with_supplier(app, a_supplier(app, sign_in, cast))
    sam = sign_in(cast.sam)
    sam.get("/st-marys/support/suppliers/new")
    other = {
        "name": "Cables Ltd",
        "email": "help@cables.example",
        "agreement": "la:lamps-care",
    }
    sam.post("/st-marys/support/suppliers/new", other)
    before = done(app, "sam", "get", f"{path}/clocks").json["items"]
    at(later_by(60))
    mo, token = given(sign_in, cast, "cables-ltd")
    live = "SELECT supplier FROM supplier_links WHERE revoked_at IS NULL"
    assert ledger.rows(live) == [("Cables Ltd",)]
    at(later_by(65))
    assert mo.post("/queue/bulk/undo", {"token": token}).status_code == 303
    shown = done(app, "sam", "get", path).json
    assert (shown["group"], shown["line"]) == ("Lamps Ltd", 3)
    assert ledger.rows(live) == [("Lamps Ltd",)]
    after = shown["clocks"]
    for was, now in zip(before, after, strict=False):
        assert [was[name] for name in ("started_at", "state", "due_at", "stopped_at")] == [
            now[name] for name in ("started_at", "state", "due_at", "stopped_at")
        ]
    # What the other one would have promised is measured by nobody.
    assert {one["state"] for one in after[len(before) :]} == {"cancelled"}
    check_incident(ledger, 1)


def test_back_at_the_technicians_it_was_never_forwarded(app, at, sign_in, cast, ledger):
    path = bring(app, "technicians")
    mo, token = given(sign_in, cast, "la-first-line")
    assert done(app, "sam", "get", path).json["forwarded_at"] is not None
    at(later_by(5))
    mo.post("/queue/bulk/undo", {"token": token})
    shown = done(app, "sam", "get", path).json
    assert (shown["group"], shown["forwarded_at"]) == ("School technicians", None)
    assert {one["state"] for one in shown["clocks"] if one["kind"] == "sla"} == {"cancelled"}
    check_incident(ledger, 1)


def test_a_duplicate_that_is_none_is_measured_again_and_merged_no_more(app, at, ledger):
    kept, twice = bring(app, "queued"), log(app, "ravi")
    before = done(app, "sam", "get", f"{twice}/clocks").json["items"]
    done(app, "sam", "put", f"{twice}/merge", {"into": "STM-1"})
    at(later_by(3600))
    shown = done(app, "ravi", "post", f"{twice}/reopening", WHY).json
    assert (shown["status"], shown["merged_into"]) == ("in_progress", None)
    assert [one["state"] for one in shown["clocks"]] == [one["state"] for one in before]
    assert shown["next_due_at"] is not None
    # Another report may be merged into it, and its reporter may say whether it was solved.
    third = log(app)
    done(app, "sam", "put", f"{third}/merge", {"into": "STM-2"})
    assert send(app, "sam", "get", kept).json["status"] == "queued"
    check_incident(ledger, 2)


def test_what_is_written_to_a_sensitive_whole_does_not_reach_its_parts(app):
    whole, part = bring(app, "queued"), bring(app, "queued")
    done(app, "sam", "put", f"{part}/parent", {"parent": "STM-1"})
    done(app, "sam", "patch", whole, {"sensitive": True}, If_Match="*")
    said = {"text": "About the boy in 7B", "children": True}
    done(app, "sam", "post", f"{whole}/notes", said)
    done(app, "sam", "put", f"{whole}/resolution", {**RESOLUTION, "children": True})
    assert "7B" not in done(app, "sam", "get", f"{part}/timeline").text
    assert send(app, "sam", "get", part).json["status"] == "queued"


def test_a_link_made_by_hand_goes_with_the_work(app, sign_in, cast, ledger):
    path = with_supplier(app, a_supplier(app, sign_in, cast))
    sam = sign_in(cast.sam)
    here = "/st-marys/incidents/1/supplier-links"
    sam.get(here)
    for name in ("lamps ltd", "Plugs Ltd"):
        assert sam.post(here, {"supplier": name, "days": "30"}).status_code == 303
    done(app, "sam", "post", f"{path}/hand_back", WHY)
    live = "SELECT supplier FROM supplier_links WHERE revoked_at IS NULL"
    assert ledger.rows(live) == [("Plugs Ltd",)]
