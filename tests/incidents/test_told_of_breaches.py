"""A breach is written down and told whoever notices it first: the worker, or a step."""

from __future__ import annotations

from tests.api.desk import RESOLUTION, bring, done
from tests.incidents.clock_work import said, work
from tests.incidents.supply import a_supplier, with_supplier

RAISED = {"impact": 1, "urgency": 1, "category": "display"}  # P1: 30 min and 6 h


def test_a_raised_priority_that_is_past_already_is_told_once(app, at, ledger):
    at("2026-01-13T09:00:00+00:00")
    path = bring(app, "in_progress")  # P2 at the LA: 8 h
    at("2026-01-13T16:00:00+00:00")
    work(app, ledger)
    done(app, "tariq", "put", f"{path}/check", RAISED)
    work(app, ledger)
    late = [one for one in said(ledger, "clock.breached") if one[1] == "sla resolution"]
    assert late == [("2026-01-13T16:00", "sla resolution")]
    told = """
        SELECT count(*) FROM outbox o JOIN events e ON e.id = (o.payload->>'event_id')::bigint
         WHERE o.task = 'tell_people' AND e.kind = 'clock.breached'"""
    assert ledger.rows(told)[0][0] == len(said(ledger, "clock.breached"))


def test_a_step_that_comes_before_the_worker_does_not_hide_a_breach(app, at, ledger):
    at("2026-01-13T09:00:00+00:00")
    path = bring(app, "in_progress")
    at("2026-01-14T09:30:00+00:00")  # 09:00 was the time
    done(app, "tariq", "put", f"{path}/resolution", {"type": "permanent_fix", "text": "New lamp"})
    work(app, ledger)
    late = [one for one in said(ledger, "clock.breached") if one[1] == "sla resolution"]
    assert late == [("2026-01-14T09:30", "sla resolution")]


def test_what_a_supplier_missed_is_not_owed_by_whoever_has_it_next(app, at, sign_in, cast, ledger):
    at("2026-01-13T09:00:00+00:00")
    path = with_supplier(app, a_supplier(app, sign_in, cast))  # an hour to answer
    at("2026-01-13T11:00:00+00:00")
    work(app, ledger)
    assert done(app, "sasha", "get", path).json["overdue"] is True
    shown = done(app, "sasha", "post", f"{path}/hand_back", {"reason": "Nobody answers"}).json
    theirs = {one["metric"]: one for one in shown["clocks"] if one["kind"] == "uc"}
    assert {one["state"] for one in theirs.values()} == {"breached", "cancelled"}
    owed = [one["due_at"] for one in shown["clocks"] if one["state"] == "running"]
    assert shown["next_due_at"] == min(owed)
    done(app, "sasha", "put", f"{path}/resolution", RESOLUTION)
    at("2026-01-13T12:00:00+00:00")
    shown = done(app, "sam", "post", f"{path}/reopening", {"reason": "Dark again"}).json
    owed = [one["due_at"] for one in shown["clocks"] if one["state"] == "running"]
    assert shown["next_due_at"] == min(owed)


def test_one_supplier_and_at_the_same_instant_the_next(app, at, sign_in, cast, ledger):
    at("2026-01-13T09:00:00+00:00")
    path = with_supplier(app, a_supplier(app, sign_in, cast))
    done(app, "sasha", "post", f"{path}/hand_back", {"reason": "The wrong one"})
    body = {"to": "supplier", "group": "lamps-ltd", "note": "The right one after all"}
    shown = done(app, "sasha", "post", f"{path}/escalation", body).json
    theirs = [(one["metric"], one["state"]) for one in shown["clocks"] if one["kind"] == "uc"]
    assert sorted(theirs) == [("resolution", "running"), ("response", "running")]
