"""Implementations, their milestones, and what the ICT owner monitors (R83, R84)."""

from __future__ import annotations

import pytest

from tests.api.desk import SCHOOL, check_refused, done, send
from tests.problems_log.test_api import brought as problem_brought
from tests.progress.test_changes import asked, step

ALL = f"{SCHOOL}/implementations"
ONE = f"{ALL}/1"
WIFI = {"title": "Wi-Fi in the new building", "owner": "Theo Technician"}
CABLES = {"name": "Cables laid", "due_on": "2026-05-10"}
POINTS = {"name": "Access points up", "due_on": "2026-06-10"}


@pytest.fixture(autouse=True)
def _on_a_day(at):
    at("2026-05-12T09:00:00+00:00")


def set_up(app, **said):
    return done(app, "sam", "post", ALL, {**WIFI, **said}).json


def test_percent_is_what_is_reached_of_all(app):
    made = set_up(app)
    assert (made["percent"], made["status"], made["next_due_on"]) == (None, "planned", None)
    shown = set_up(app, milestones=[CABLES, POINTS, {"name": "Tested"}])
    assert (shown["percent"], shown["milestones_all"], shown["next_due_on"]) == (0, 3, "2026-05-10")
    path = f"{ALL}/2/milestones"
    reached = {**CABLES, "done_on": "2026-05-11"}
    shown = done(app, "theo", "put", f"{path}/1", reached).json
    assert (shown["percent"], shown["status"], shown["next_due_on"]) == (
        33,
        "in_hand",
        "2026-06-10",
    )
    shown = done(app, "theo", "put", f"{path}/4", {"name": "Handed over"}).json
    assert (shown["percent"], shown["milestones"][3]["name"]) == (25, "Handed over")
    assert send(app, "theo", "delete", f"{path}/2").status_code == 204
    shown = done(app, "sam", "get", f"{ALL}/2").json
    assert [(one["position"], one["name"]) for one in shown["milestones"]] == [
        (1, "Cables laid"),
        (2, "Tested"),
        (3, "Handed over"),
    ]
    assert send(app, "theo", "delete", f"{path}/4").status_code == 404
    assert send(app, "theo", "put", f"{path}/5", {"name": "A"}).status_code == 404
    check_refused(
        send(app, "theo", "put", f"{path}/2", {"name": "A", "done_on": "2026-05-13"}), "done_on"
    )


def test_done_only_when_every_milestone_is_reached(app):
    set_up(app, milestones=[CABLES])
    refused = send(app, "sam", "patch", ONE, {"status": "done"}, If_Match="*")
    assert refused.json["detail"] == (
        "“Cables laid” has not been reached. Mark it, or remove it, first."
    )
    done(app, "sam", "put", f"{ONE}/milestones/1", {**CABLES, "done_on": "2026-05-12"})
    assert done(app, "sam", "patch", ONE, {"status": "done"}, If_Match="*").json["percent"] == 100
    for status in ("planned", "in_hand", "stopped"):
        said = {"status": status, "reason": "Why"}
        assert send(app, "sam", "patch", ONE, said, If_Match="*").status_code == 409
    assert send(app, "sam", "put", f"{ONE}/milestones/2", {"name": "A"}).status_code == 409


def test_one_that_is_stopped_says_why_and_may_go_on(app):
    set_up(app)
    check_refused(send(app, "sam", "patch", ONE, {"status": "stopped"}, If_Match="*"), "reason")
    said = {"status": "stopped", "reason": "No money"}
    assert done(app, "sam", "patch", ONE, said, If_Match="*").json["reason"] == "No money"
    shown = done(app, "sam", "patch", ONE, {"status": "in_hand"}, If_Match="*").json
    assert (shown["status"], shown["reason"]) == ("in_hand", None)
    told = done(app, "ike", "get", f"{ONE}/timeline").json["items"]
    assert [one["kind"].partition(".")[2] for one in told] == ["begun", "stopped", "added"]


def test_where_it_comes_from(app):
    asked(app)
    shown = set_up(app, origin="change", change=1)
    assert (shown["origin"], shown["change"]) == ("change", 1)
    check_refused(send(app, "sam", "post", ALL, {**WIFI, "change": 9}), "change")
    check_refused(send(app, "sam", "post", ALL, {**WIFI, "problem": 9}), "problem")


def test_who_may(app, is_unchanged):
    set_up(app, milestones=[CABLES])
    is_unchanged.start()
    for who in ("rita", "pip", "tariq", "sue"):
        assert send(app, who, "get", ONE).status_code == 403
        assert send(app, who, "post", ALL, WIFI).status_code == 403
        assert send(app, who, "put", f"{ONE}/milestones/1", CABLES).status_code == 403
    assert send(app, "mo", "get", ONE).status_code == 200
    assert send(app, "mo", "post", ALL, WIFI).status_code == 403
    assert send(app, "olga", "get", ONE).status_code == 404
    assert send(app, "sam", "put", f"{ONE}/milestones/1", CABLES, If_Match='"9"').status_code == 412
    assert send(app, "sam", "patch", ONE, {"title": "A"}).status_code == 428
    assert is_unchanged()


def test_the_list_is_narrowed_and_asks_no_more(app, statements):
    set_up(app)
    set_up(app, title="Phones", summary="Over the internet")
    done(app, "sam", "patch", f"{ALL}/2", {"status": "done"}, If_Match="*")

    def numbers(query):
        return [one["number"] for one in done(app, "ike", "get", f"{ALL}?{query}").json["items"]]

    assert numbers("") == [2, 1]
    assert numbers("open=true") == numbers("q=WI-FI") == [1]
    assert numbers("status=done") == numbers("open=false") == numbers("q=internet") == [2]
    statements.clear()
    numbers("")
    few = len(statements)
    for _ in range(6):
        set_up(app, milestones=[CABLES])
    statements.clear()
    numbers("")
    assert len(statements) == few


def test_what_the_ict_owner_monitors(app, api, cast):
    set_up(app, milestones=[CABLES])
    set_up(app, title="Old one")
    done(app, "sam", "patch", f"{ALL}/2", {"status": "done"}, If_Match="*")
    problem_brought(api, cast, "assigned", "known_error", "solution_planned")
    asked(app)
    asked(app, title="Approved already")
    for path in (f"{SCHOOL}/changes/1", f"{SCHOOL}/changes/2"):
        assert step(app, "sam", "submitted", path=path).status_code == 200
    assert step(app, "ike", "approved_to_proceed", path=path).status_code == 200
    found = done(app, "ike", "get", f"{SCHOOL}/progress").json
    assert [one["title"] for one in found["implementations"]] == [WIFI["title"]]
    assert len(found["problems"]) == 1
    assert found["problems"][0]["solution"]
    assert [one["number"] for one in found["changes_to_approve"]] == [1]
    assert [one["number"] for one in found["changes_coming"]] == [2]
    assert send(app, "theo", "get", f"{SCHOOL}/progress").status_code == 403
