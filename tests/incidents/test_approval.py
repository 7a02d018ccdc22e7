"""A request that costs money waits for the ICT owner, who never approves their own."""

from __future__ import annotations

from typing import Any

import pytest

from tests.api.desk import done, log, send
from tests.incidents.invariants import check_incident
from tests.incidents.pages import text_of, version_on

REQUEST = {"type": "request", "title": "A second screen", "location": None}
CHECK = {"impact": 3, "urgency": 3, "category": "hardware"}
ASK = {"why": "For the office", "cost": "120.00", "needs_licence": True}


def asked(app: Any, who: str = "rita", **body: Any) -> str:
    path = log(app, who, **REQUEST)
    done(app, "sam", "put", f"{path}/check", CHECK)
    done(app, "sam", "post", f"{path}/approval", {**ASK, **body})
    return path


def test_asked_approved_and_in_the_queue_again(app, ledger):
    path = asked(app)
    shown = send(app, "rita", "get", path).json
    assert (shown["status"], shown["waiting_for"]) == ("awaiting_approval", "school_desk")
    assert send(app, "ike", "get", f"{path}/approval").json["items"][0]["cost"] == "120.00"
    decided = done(app, "ike", "put", f"{path}/approval", {"decision": "approved"})
    assert decided.json["status"] == "queued"
    once = send(app, "ike", "get", f"{path}/approval").json["items"]
    assert [(one["decision"], one["decided_by"]) for one in once] == [("approved", "Ike Ictowner")]
    check_incident(ledger, 1)


def test_rejected_needs_a_reason_and_cancels_the_clocks(app, ledger):
    path = asked(app)
    assert send(app, "ike", "put", f"{path}/approval", {"decision": "rejected"}).status_code == 422
    no = {"decision": "rejected", "reason": "Not this year"}
    assert done(app, "ike", "put", f"{path}/approval", no).json["status"] == "rejected"
    clocks = send(app, "sam", "get", f"{path}/clocks").json["items"]
    assert {one["state"] for one in clocks} == {"cancelled"}
    assert send(app, "ike", "put", f"{path}/approval", no).status_code == 409
    assert ledger.rows("SELECT count(*) FROM turns WHERE ended_at IS NULL")[0][0] == 0


@pytest.mark.parametrize("cost", ["free", "-1.00", "1.234", "1e3", "9999999999.00", 12])
def test_a_cost_that_is_none_is_refused(app, cost):
    path = log(app, **REQUEST)
    done(app, "sam", "put", f"{path}/check", CHECK)
    answer = send(app, "sam", "post", f"{path}/approval", {**ASK, "cost": cost})
    assert answer.status_code == 422
    assert "cost" in answer.json["errors"]


def test_nobody_approves_what_they_asked_for(app):
    path = asked(app, "ike")
    answer = send(app, "ike", "put", f"{path}/approval", {"decision": "approved"})
    assert answer.status_code == 403
    assert "yourself" in answer.json["detail"]
    assert send(app, "ike", "get", path).json["status"] == "awaiting_approval"


def test_while_it_is_asked_for_a_clock_that_lists_the_reason_stands_still(app, at, ledger):
    at("2026-01-13T09:00+00:00")
    path = log(app, **REQUEST)
    done(app, "sam", "put", f"{path}/check", CHECK)
    done(app, "sam", "post", f"{path}/escalation", {"to": "first_line", "note": "Needs a screen"})
    done(app, "tariq", "post", f"{path}/approval", ASK)
    at("2026-01-13T11:00+00:00")
    ledger_states = {
        (one["kind"], one["metric"]): (one["state"], one["paused_seconds"])
        for one in send(app, "tariq", "get", f"{path}/clocks").json["items"]
    }
    assert ledger_states["sla", "resolution"] == ("paused", 2 * 3600)
    done(app, "ike", "put", f"{path}/approval", {"decision": "approved"})
    at("2026-01-13T12:00+00:00")
    after = {
        (one["kind"], one["metric"]): (one["state"], one["paused_seconds"])
        for one in send(app, "tariq", "get", f"{path}/clocks").json["items"]
    }
    assert after["sla", "resolution"] == ("running", 2 * 3600)
    turn = send(app, "tariq", "get", f"{path}/turns").json["items"][-2]
    assert turn["reason"] == "awaiting_approval"


def test_the_owner_has_a_list_and_decides_there(app, sign_in, cast):
    asked(app)
    asked(app, "ike")
    ike = sign_in(cast.ike)
    page = text_of(ike.get("/st-marys/approvals"))
    assert "£120.00" in page
    assert page.count("somebody else has to decide it") == 1
    form = ike.get("/st-marys/incidents/1/decision")
    assert "For the office" in text_of(form)
    answer = ike.post(
        "/st-marys/incidents/1/decision",
        {"decision": "approved", "reason": "Yes", "version": version_on(form)},
    )
    assert answer.status_code == 303
    assert "STM-1:" not in text_of(ike.get("/st-marys/approvals"))
    for who in (cast.sam, cast.rita, cast.tariq):
        assert sign_in(who).get("/st-marys/approvals").status_code == 403
    assert sign_in(cast.olga).get("/st-marys/approvals").status_code == 404


def test_a_sensitive_request_waits_for_the_owner_too_and_nobody_else_sees_it(app):
    path = log(app, **REQUEST, sensitive=True)
    done(app, "sam", "put", f"{path}/check", CHECK)
    done(app, "sam", "post", f"{path}/approval", ASK)
    assert send(app, "theo", "get", f"{path}/approval").status_code == 404
    assert send(app, "olga", "get", f"{path}/approval").status_code == 404
