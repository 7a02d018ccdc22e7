"""A school at a glance: what is open and whose turn it is, what faults again, two terms."""

from __future__ import annotations

import pytest

from tests.api.desk import bring

HERE = "/schools/st-marys/overview"


def _fault(api, cast, **more):
    sheet = {"title": "It is dark", "expected": "Light", "happened": "None", "location": "library"}
    return api(cast.rita).post("/schools/st-marys/incidents", json={**sheet, **more})


def test_it_counts_what_is_open_by_whose_turn_it_is(app, api, cast):
    bring(app, "new")
    bring(app, "new")
    bring(app, "forwarded")
    bring(app, "closed")
    found = api(cast.sam).get(HERE).json
    turns = {one["waiting_for"]: one["open"] for one in found["by_turn"]}
    assert turns == {"school_desk": 2, "first_line": 1}
    assert (found["open"], found["overdue"]) == (3, 0)


def test_overdue_is_what_is_past_its_next_deadline(app, api, cast, at):
    at("2026-01-13T09:10+00:00")
    bring(app, "forwarded")
    at("2026-01-16T09:10+00:00")
    found = api(cast.sam).get(HERE).json
    assert found["overdue"] == 1 and found["due_today"] == 0


def test_a_room_and_a_thing_that_fault_again_are_named(app, api, cast):
    made = api(cast.sam).post("/schools/st-marys/assets", json={"tag": "P-1", "type": "printer"})
    assert made.status_code == 201, made.text
    for _ in range(3):
        assert _fault(api, cast, asset="P-1").status_code == 201
    found = api(cast.sam).get(HERE).json
    assert [(one["key"], one["incidents"]) for one in found["assets"]] == [("P-1", 3)]
    assert [(one["key"], one["incidents"]) for one in found["rooms"]] == [("library", 3)]


def test_this_term_is_compared_with_as_many_days_of_the_last(app, api, cast, at):
    terms = [["2025-09-03", "2025-12-19"], ["2026-01-05", "2026-03-27"]]
    calendar = api(cast.sam).get("/schools/st-marys/calendar")
    body = {**calendar.json, "terms": terms}
    body = {k: body[k] for k in ("opening", "breaks", "terms", "inset_days", "closures")}
    put = api(cast.sam).put(
        "/schools/st-marys/calendar", json=body, headers={"If-Match": calendar.headers["ETag"]}
    )
    assert put.status_code == 200, put.text
    at("2025-09-04T10:00+00:00")
    bring(app, "new")
    at("2025-12-01T10:00+00:00")
    bring(app, "new")  # later in the term than today is in this one
    at("2026-01-06T10:00+00:00")
    bring(app, "new")
    found = api(cast.sam).get(HERE).json
    assert found["this_term"] == {
        "first_day": "2026-01-05",
        "last_day": "2026-01-06",
        "reported": 1,
        "resolved": 0,
    }
    assert (found["last_term"]["last_day"], found["last_term"]["reported"]) == ("2025-09-04", 1)


@pytest.mark.parametrize("page", ["overview", "data_quality", "first_steps"])
def test_who_may_see_it(api, cast, page):
    address = f"/schools/st-marys/{page}"
    assert api(cast.sam).get(address).status_code == 200
    assert api(cast.mo).get(address).status_code == 200
    assert api(cast.rita).get(address).status_code == 403
    assert api(cast.olga).get(address).status_code == 404


def test_the_page_asks_so_many_questions_whatever_there_is(app, sign_in, cast, statements):
    sam = sign_in(cast.sam)
    sam.get("/st-marys/overview")
    statements.clear()
    assert sam.get("/st-marys/overview").status_code == 200
    few = len(statements)
    for state in ("new", "forwarded", "resolved"):
        bring(app, state)
    sam.get("/st-marys/overview")  # counts what is new
    statements.clear()
    sam.get("/st-marys/overview")
    assert len(statements) <= few + 1  # the two terms are asked once there are any
