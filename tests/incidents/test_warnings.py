"""Half and three quarters of a promised time: said once each, when it happens (domain.md 3.3)."""

from __future__ import annotations

import pytest

from tests.api.desk import HOLD, WAYS, bring, done, log
from tests.incidents.clock_work import said, work, work_until

WARNED, BREACHED = "clock.warned", "clock.breached"


def test_each_is_said_once_when_it_happens(app, at, ledger):
    at("2026-01-13T09:00:00+00:00")
    log(app)  # P2 until it is checked: 1 h and 8 h
    work_until(app, ledger, at, "2026-01-16T20:00:00+00:00")
    assert said(ledger, WARNED) == [
        ("2026-01-13T09:30", "ola response 50"),
        ("2026-01-13T09:45", "ola response 75"),
        ("2026-01-13T13:00", "ola resolution 50"),
        ("2026-01-13T15:00", "ola resolution 75"),
    ]
    assert said(ledger, BREACHED) == [
        ("2026-01-13T10:00", "ola response"),
        ("2026-01-13T17:00", "ola resolution"),
    ]
    assert work(app, ledger) == 0


def test_after_a_downtime_only_the_highest_is_said(app, at, ledger):
    at("2026-01-13T09:00:00+00:00")
    log(app)
    at("2026-01-13T16:30:00+00:00")
    work(app, ledger)
    assert said(ledger, WARNED) == [("2026-01-13T16:30", "ola resolution 75")]
    assert said(ledger, BREACHED) == [("2026-01-13T16:30", "ola response")]


def test_a_clock_that_stands_still_says_nothing(app, at, ledger):
    at("2026-01-13T09:00:00+00:00")
    path = bring(app, "in_progress")  # P2 at the LA: 8 h
    at("2026-01-13T10:00:00+00:00")
    done(app, "tariq", "put", f"{path}/hold", HOLD)
    work_until(app, ledger, at, "2026-01-15T10:00:00+00:00")
    about_la = [one for one in said(ledger, WARNED) if one[1].startswith("sla")]
    assert about_la == []
    done(app, "tariq", "delete", f"{path}/hold", None)
    work_until(app, ledger, at, "2026-01-15T14:00:00+00:00")
    about_la = [one for one in said(ledger, WARNED) if one[1].startswith("sla")]
    assert about_la == [("2026-01-15T13:00", "sla resolution 50")]


def test_a_raised_priority_that_jumps_over_both_is_said_once(app, at, ledger):
    at("2026-01-13T09:00:00+00:00")
    path = bring(app, "in_progress")  # P2: 8 h
    at("2026-01-13T14:00:00+00:00")
    work(app, ledger)
    before = said(ledger, WARNED)
    check = {"impact": 1, "urgency": 1, "category": "display"}  # P1: 6 h, 5 of them are gone
    done(app, "tariq", "put", f"{path}/check", check)
    work(app, ledger)
    new = [what for _, what in said(ledger, WARNED) if (_, what) not in before]
    assert sorted(new) == ["ola resolution 75", "sla resolution 75"]


def test_time_going_by_makes_no_form_stale(app, at, ledger):
    at("2026-01-13T09:00:00+00:00")
    path = log(app)
    etag = done(app, "sam", "get", path).headers["ETag"]
    work_until(app, ledger, at, "2026-01-13T12:00:00+00:00")
    assert said(ledger, WARNED)
    done(app, "sam", "patch", path, {"title": "Dark"}, If_Match=etag)


def test_a_step_does_not_ask_the_worker_again(app, at, ledger):
    """The instant follows from what happened, not from when somebody looked."""
    at("2026-01-13T09:00:07.400000+00:00")
    path = bring(app, "in_progress")
    asked = "SELECT count(*) FROM outbox WHERE task = 'decide_clocks'"
    before = ledger.rows(asked)
    for minute in range(3):
        at(f"2026-01-13T09:1{minute}:00.123456+00:00")
        note = {"text": "Still at it", "visibility": "internal"}
        done(app, "tariq", "post", f"{path}/notes", note)
    assert ledger.rows(asked) == before


@pytest.mark.parametrize("way", sorted(WAYS))
def test_nothing_is_said_of_what_is_over(app, at, ledger, way):
    at("2026-01-12T09:00:00+00:00")
    done(app, "sam", "put", f"{log(app)}/cancellation", {"reason": "The first, to link to"})
    at("2026-01-13T09:00:00+00:00")
    bring(app, way)
    work_until(app, ledger, at, "2026-01-27T20:00:00+00:00")
    counted: dict[str, int] = {}
    for _, what in said(ledger, WARNED):
        counted[what] = counted.get(what, 0) + 1
    assert all(count == 1 for count in counted.values())
    if way in ("resolved", "closed", "cancelled", "cured"):
        assert counted == {}
