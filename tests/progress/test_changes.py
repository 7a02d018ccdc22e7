"""A change from draft to closed through the API (domain.md 2.3)."""

from __future__ import annotations

import pytest

from app.progress import rules
from tests.api.desk import SCHOOL, check_refused, done, send

CHANGES = f"{SCHOOL}/changes"
ONE = f"{CHANGES}/1"
ASKED = {
    "title": "A new file server",
    "description": "The old one is full",
    "affected": "Files",
    "users_affected": "Everybody",
    "contracts_affected": "none",
    "risk": "Files are away for an hour",
    "cost": "2500.00",
}
PLANS = {
    "test_plan": "On a Saturday",
    "back_out_plan": "The old one stays",
    "communication_plan": "A letter on Friday",
    "planned_start": "2026-05-12T15:00:00Z",
    "planned_end": "2026-05-12T17:00:00Z",
}
# Who brings it there, with what.
WAY = (
    ("sam", "submitted", {}),
    ("ike", "approved_to_proceed", {"note": "Within the budget"}),
    ("theo", "prepared", {}),
    ("ike", "approved_to_implement", {}),
    ("theo", "implementing", {}),
    ("theo", "implemented", {"outcome": "It runs"}),
    ("sam", "closed", {}),
)
DATES = f"{SCHOOL}/critical_dates"
SATS = {"kind": "tests", "title": "SATs", "first_day": "2026-05-11", "last_day": "2026-05-14"}


def asked(app, who="sam", **said):
    return done(app, who, "post", CHANGES, {**ASKED, **said}).json


def step(app, who, state, path=ONE, **said):
    return send(app, who, "put", f"{path}/state", {"state": state, **said})


def brought(app, until, **said):
    """A change at that state; with its plans from the start."""
    asked(app, **{**PLANS, **said})
    for who, state, more in WAY:
        answer = step(app, who, state, **more)
        assert answer.status_code == 200, answer.text
        if state == until:
            return answer.json
    raise AssertionError(until)


def test_the_whole_way(app, at):
    at("2026-05-12T15:10:00+00:00")
    made = asked(app, **PLANS)
    assert (made["reference"], made["state"], made["cost"]) == ("STM-C1", "draft", "2500.00")
    assert (made["originator"], made["next_states"]) == ("Sam Spoc", ["submitted", "cancelled"])
    for who, state, more in WAY:
        shown = step(app, who, state, **more).json
        assert shown["state"] == state, shown
    assert (shown["approved_by"], shown["approved_by_originator"]) == ("Ike Ictowner", False)
    assert shown["started_at"] == shown["ended_at"] == "2026-05-12T15:10:00Z"
    assert shown["outcome"] == "It runs"
    told = done(app, "sam", "get", f"{ONE}/timeline").json["items"]
    assert [one["kind"] for one in told] == [
        *(f"change.{state}" for _, state, _ in reversed(WAY)),
        "change.asked_for",
    ]
    assert told[-3]["note"] == "Within the budget"


@pytest.mark.parametrize("state", [state for _, state, _ in WAY])
def test_what_does_not_come_next_is_refused_in_a_sentence(app, state):
    brought(app, state)
    who = {"change.originate": "sam", "change.approve": "ike", "change.work": "theo"}
    for wanted, one in rules.STEPS.items():
        if state not in one.before:
            answer = step(app, who[one.permission], wanted, note="Why", outcome="It runs")
            assert answer.status_code == 409, wanted
            assert "comes only after" in answer.json["detail"]


@pytest.mark.parametrize(("state", "needs"), [(s, one.needs) for s, one in rules.STEPS.items()])
def test_what_a_step_needs(app, state, needs, is_unchanged):
    """Nothing is written: every sentence is said at once, by field."""
    way = [one for _, one, _ in WAY]
    before = next(one for one in ("draft", *way) if one in rules.STEPS[state].before)
    if before == "draft":
        done(app, "sam", "post", CHANGES, {"title": "A", "description": "B"})
    elif before == "approved_to_proceed":
        asked(app)
        for who, to, more in WAY[:2]:
            assert step(app, who, to, **more).status_code == 200
    else:
        brought(app, before)
    is_unchanged.start()
    who = {"change.originate": "sam", "change.approve": "ike", "change.work": "theo"}
    answer = step(app, who[rules.STEPS[state].permission], state)
    if not needs:
        assert answer.status_code == 200
        return
    assert answer.status_code == 422
    assert set(answer.json["errors"]) == {rules.MISSING[name][0] for name in needs}
    assert is_unchanged()


def test_whoever_asked_does_not_approve_unless_alone(app, ledger):
    """Sam is the ICT owner too."""
    asked(app)
    assert step(app, "sam", "submitted").status_code == 200
    assert step(app, "sam", "approved_to_proceed").status_code == 403
    ledger.rows(
        "INSERT INTO memberships (school_id, person_id, name, role, valid_from, version)"
        " SELECT school_id, person_id, name, 'ict_owner', valid_from, 1 FROM memberships"
        " WHERE role = 'spoc' AND name = 'Sam Spoc'"
    )
    refused = step(app, "sam", "approved_to_proceed")
    assert (refused.status_code, "another ICT owner" in refused.json["detail"]) == (403, True)
    ledger.rows("UPDATE memberships SET valid_to = '2022-01-01' WHERE name = 'Ike Ictowner'")
    shown = step(app, "sam", "approved_to_proceed").json
    assert (shown["approved_by"], shown["approved_by_originator"]) == ("Sam Spoc", True)


def test_who_may(app, is_unchanged):
    asked(app)
    is_unchanged.start()
    for who in ("rita", "pip", "sue"):
        assert send(app, who, "get", ONE).status_code == 403
        assert send(app, who, "post", CHANGES, ASKED).status_code == 403
        assert step(app, who, "submitted").status_code == 403
    assert send(app, "ike", "post", CHANGES, ASKED).status_code == 403
    assert step(app, "ike", "submitted").status_code == 403
    assert step(app, "olga", "submitted").status_code == 404
    assert send(app, "olga", "get", "/schools/oakfield/changes/1").status_code == 404
    assert is_unchanged()
    assert send(app, "tariq", "get", ONE).status_code == 200


def test_what_was_approved_stays_as_it_was(app):
    asked(app)
    for who, state, more in WAY[:2]:
        assert step(app, who, state, **more).status_code == 200
    refused = send(app, "sam", "patch", ONE, {"cost": "9000.00"}, If_Match="*")
    assert (refused.status_code, "stays as it was" in refused.json["detail"]) == (409, True)
    # The same once more is no change; plans are still open, the first approval is about the rest.
    said = {"cost": "2500.00", **PLANS}
    done(app, "theo", "patch", ONE, said, If_Match="*")
    assert step(app, "theo", "prepared").status_code == 200
    late = send(app, "theo", "patch", ONE, {"test_plan": "None"}, If_Match="*")
    assert late.status_code == 409


def test_what_a_submitted_change_needed_stays_filled(app):
    asked(app)
    assert step(app, "sam", "submitted").status_code == 200
    check_refused(send(app, "sam", "patch", ONE, {"risk": None}, If_Match="*"), "risk")
    assert send(app, "sam", "patch", ONE, {"risk": "Less"}).status_code == 428
    assert send(app, "sam", "patch", ONE, {"risk": "Less"}, If_Match='"1"').status_code == 412
    assert step(app, "sam", "cancelled", note="No money").json["decision_note"] == "No money"


@pytest.mark.parametrize(
    ("said", "field"),
    [
        ({"title": ""}, "title"),
        ({"description": None}, "description"),
        ({"cost": "-1.00"}, "cost"),
        ({"cost": "many"}, "cost"),
        ({"reason": "fun"}, "reason"),
        ({"problem": 999}, "problem"),
        (
            {"planned_start": "2026-05-12T15:00:00Z", "planned_end": "2026-05-12T14:00:00Z"},
            "planned_end",
        ),
        ({"state": "closed"}, "state"),
    ],
)
def test_what_is_wrong_is_said_by_field(app, is_unchanged, said, field):
    check_refused(send(app, "sam", "post", CHANGES, {**ASKED, **said}), field)
    assert is_unchanged()


def test_an_end_before_the_start_that_stands_there(app):
    asked(app, **PLANS)
    end = {"planned_end": "2026-05-12T14:00:00Z"}
    check_refused(send(app, "sam", "patch", ONE, end, If_Match="*"), "planned_end")


def test_a_change_can_solve_a_problem(app):
    done(app, "sam", "post", f"{SCHOOL}/problems", {"title": "Full", "description": "Disk"})
    assert asked(app, reason="problem", problem=1)["problem"] == 1


# --- critical dates freeze changes (N13) ---


@pytest.mark.parametrize(
    ("start", "end", "is_frozen"),
    [
        ("2026-05-10T15:00:00Z", "2026-05-10T22:59:00Z", False),
        # Half past midnight of the first day in London.
        ("2026-05-10T15:00:00Z", "2026-05-10T23:30:00Z", True),
        ("2026-05-14T22:30:00Z", None, True),
        ("2026-05-14T23:00:00Z", None, False),
        ("2026-05-01T08:00:00Z", "2026-06-01T08:00:00Z", True),
    ],
)
def test_only_urgent_changes_are_planned_into_such_days(app, start, end, is_frozen):
    done(app, "sam", "post", DATES, SATS)
    said = {**ASKED, "planned_start": start, "planned_end": end}
    answer = send(app, "sam", "post", CHANGES, said)
    assert answer.status_code == (409 if is_frozen else 201), answer.text
    if is_frozen:
        assert answer.json["detail"] == (
            "Only urgent changes are made from 11 May to 14 May 2026 (SATs). Plan it for another "
            "day, or say that it is urgent."
        )
    assert send(app, "sam", "post", CHANGES, {**said, "urgent": True}).status_code == 201


def test_a_date_that_comes_later_stops_what_is_planned(app):
    brought(app, "prepared")
    done(app, "sam", "post", DATES, {**SATS, "kind": "inspection", "title": "Ofsted"})
    assert step(app, "ike", "approved_to_implement").status_code == 409
    # A technician hears the days and not what they are.
    refused = send(app, "theo", "post", CHANGES, {**ASKED, "planned_start": "2026-05-12T15:00:00Z"})
    assert refused.status_code == 409
    assert "11 May to 14 May 2026" in refused.json["detail"]
    assert "Ofsted" not in refused.text
    done(app, "sam", "patch", f"{DATES}/1", {"freezes_changes": False}, If_Match="*")
    assert step(app, "ike", "approved_to_implement").status_code == 200


# --- the list ---


def test_the_list_is_narrowed_and_asks_no_more(app, statements):
    asked(app)
    asked(app, title="Another printer", urgent=True)
    assert step(app, "sam", "cancelled", path=f"{CHANGES}/2", note="No").status_code == 200

    def numbers(query):
        return [
            one["number"] for one in done(app, "ike", "get", f"{CHANGES}?{query}").json["items"]
        ]

    assert numbers("") == [2, 1]
    assert numbers("open=true") == numbers("q=FILE") == numbers("state=draft") == [1]
    assert numbers("open=false") == numbers("urgent=true") == [2]
    statements.clear()
    numbers("")
    few = len(statements)
    for _ in range(6):
        asked(app)
    statements.clear()
    numbers("")
    assert len(statements) == few
