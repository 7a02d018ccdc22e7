"""Ten seconds to take back a close, or taking and giving many at once."""

from __future__ import annotations

import re
from datetime import datetime, timedelta
from typing import Any

import pytest

from tests.api.desk import bring, done, send
from tests.incidents.invariants import check_incident
from tests.incidents.pages import text_of

NOW = "2026-01-13T10:00:00+00:00"
_TOKEN = re.compile(r'name="token" value="([^"]+)"')


def later_by(seconds: float) -> str:
    return (datetime.fromisoformat(NOW) + timedelta(seconds=seconds)).isoformat()


def test_a_close_is_undone_without_a_gap(app, at, ledger):
    at(NOW)
    path = bring(app, "closed")
    at(later_by(10))
    assert done(app, "sam", "delete", f"{path}/closure").json["status"] == "resolved"
    check_incident(ledger, 1)
    turns = send(app, "sam", "get", f"{path}/turns").json["items"]
    assert turns[-1]["ended_at"] is None
    assert [one["reason"] for one in turns].count("resolved") == 1
    assert send(app, "sam", "delete", f"{path}/closure").status_code == 409
    assert done(app, "sam", "put", f"{path}/closure").json["status"] == "closed"
    check_incident(ledger, 1)


@pytest.mark.parametrize(("seconds", "status"), [(12, 200), (12.001, 409), (600, 409)])
def test_ten_seconds_and_a_little_grace(app, at, seconds, status):
    at(NOW)
    path = bring(app, "closed")
    at(later_by(seconds))
    answer = send(app, "sam", "delete", f"{path}/closure")
    assert answer.status_code == status
    if status == 409:
        assert answer.json["detail"] == "Ten seconds have passed, so it can no longer be undone."


def test_only_whoever_closed_it(app, at):
    at(NOW)
    path = bring(app, "closed")
    assert send(app, "dora", "delete", f"{path}/closure").status_code == 403
    assert send(app, "rita", "delete", f"{path}/closure").status_code == 403
    assert send(app, "olga", "delete", f"{path}/closure").status_code == 404


def test_nobody_is_told_of_a_close_that_was_undone(app, at, ledger):
    at(NOW)
    path = bring(app, "closed")
    waits = (
        "SELECT next_try_at FROM outbox o JOIN events e"
        " ON e.id = (o.payload->>'event_id')::bigint AND e.kind = 'incident.closed'"
        " WHERE o.task = 'tell_people'"
    )
    [(told_at,)] = ledger.rows(waits)
    assert told_at > datetime.fromisoformat(later_by(12))
    done(app, "sam", "delete", f"{path}/closure")
    drained(app, at, later_by(60))
    assert "incident.closed" not in mailed(ledger)
    assert "incident.resolved" in mailed(ledger)


def test_of_a_close_that_stays_they_are(app, at, ledger):
    at(NOW)
    bring(app, "closed")
    drained(app, at, later_by(60))
    assert "incident.closed" in mailed(ledger)


def test_the_page_offers_it_and_says_when_it_is_too_late(app, at, sign_in, cast):
    at(NOW)
    bring(app, "resolved")
    sam = sign_in(cast.sam)
    here = "/st-marys/incidents/1"
    sam.post(f"{here}/closure")
    page = text_of(sam.get(here))
    assert f'action="{here}/closure/undo"' in page
    assert f'action="{here}/closure/undo"' not in text_of(sam.get(here))
    sam.post(f"{here}/closure/undo")
    assert "STM-1 is not closed: it is resolved, as before." in text_of(sam.get(here))
    sam.post(f"{here}/closure")
    at(later_by(60))
    sam.post(f"{here}/closure/undo")
    assert "Ten seconds have passed" in text_of(sam.get(here))
    assert send(app, "sam", "get", f"/schools{here}").json["status"] == "closed"


def taken(app: Any, sign_in: Any, cast: Any, who: str = "tariq", **data: Any) -> tuple[Any, str]:
    """A browser that has just taken what it ticked, and the token beside the button."""
    browser = sign_in(getattr(cast, who))
    browser.get("/queue")
    answer = browser.post("/queue/bulk", {"step": "take", **data})
    assert answer.status_code == 303
    found = _TOKEN.search(text_of(browser.get(answer.location)))
    assert found
    return browser, found[1]


def test_many_that_were_taken_go_back(app, at, sign_in, cast, ledger):
    at(NOW)
    first, second = bring(app, "forwarded"), bring(app, "on_hold")
    done(app, "mo", "put", f"{second}/assignment", {"person": "Sasha Secondline"})
    done(app, "mo", "put", f"{second}/hold", {"reason": "awaiting_parts"})
    clocks = send(app, "sam", "get", f"{first}/clocks").json["items"]
    before = [send(app, "sam", "get", path).json for path in (first, second)]
    tariq, token = taken(app, sign_in, cast, pick=["st-marys/1", "st-marys/2"])
    at(later_by(5))
    assert tariq.post("/queue/bulk/undo", {"token": token}).status_code == 303
    assert "Undone: STM-1, STM-2." in text_of(tariq.get("/queue"))
    after = [send(app, "sam", "get", path).json for path in (first, second)]
    for name in ("status", "assignee", "group", "line", "waiting_for", "hold_reason"):
        assert [one[name] for one in after] == [one[name] for one in before], name
    # An answer that taking it counted as was none.
    again = send(app, "sam", "get", f"{first}/clocks").json["items"]
    assert [one["state"] for one in again] == [one["state"] for one in clocks]
    assert [one["stopped_at"] for one in again] == [one["stopped_at"] for one in clocks]
    for number in (1, 2):
        check_incident(ledger, number)


def test_what_somebody_has_gone_on_with_stays_and_is_named(app, at, sign_in, cast):
    at(NOW)
    first, second = bring(app, "forwarded"), bring(app, "forwarded")
    tariq, token = taken(app, sign_in, cast, pick=["st-marys/1", "st-marys/2"])
    done(app, "tariq", "put", f"{second}/hold", {"reason": "awaiting_parts"})
    tariq.post("/queue/bulk/undo", {"token": token})
    page = text_of(tariq.get("/queue"))
    assert "Undone: STM-1." in page
    assert "STM-2: Somebody has gone on with it since." in page
    assert send(app, "sam", "get", first).json["status"] == "queued"
    assert send(app, "sam", "get", second).json["status"] == "on_hold"


def test_a_token_is_good_for_its_owner_and_a_moment(app, at, sign_in, cast, monkeypatch):
    import itsdangerous.timed

    at(NOW)
    path = bring(app, "forwarded")
    tariq, token = taken(app, sign_in, cast, pick=["st-marys/1"])
    sasha = sign_in(cast.sasha)
    sasha.get("/queue")
    for who, sent in ((sasha, token), (tariq, token[:-2]), (tariq, "x"), (tariq, "")):
        who.post("/queue/bulk/undo", {"token": sent})
        assert "it can no longer be undone" in text_of(who.get("/queue"))
    signer = itsdangerous.timed.TimestampSigner
    real = signer.get_timestamp
    monkeypatch.setattr(signer, "get_timestamp", lambda self: real(self) + 14)
    tariq.post("/queue/bulk/undo", {"token": token})
    assert "it can no longer be undone" in text_of(tariq.get("/queue"))
    assert send(app, "sam", "get", path).json["status"] == "in_progress"


def drained(app: Any, at: Any, text: str) -> None:
    from app.relay import relay_engine
    from workers.drain import drain

    at(text)
    with app.app_context():
        while drain(relay_engine(app.config["SETTINGS"])):
            pass


def mailed(ledger: Any) -> set[str]:
    """Kinds of events that mails were made of."""
    return {
        kind
        for (kind,) in ledger.rows(
            "SELECT e.kind FROM outbox o JOIN events e ON e.id = (o.payload->>'event_id')::bigint"
            " WHERE o.task = 'send_mail'"
        )
    }


def test_several_are_closed_on_the_work_list_and_taken_back(app, at, sign_in, cast):
    at(NOW)
    first, second = bring(app, "resolved"), bring(app, "resolved")
    bring(app, "in_progress")
    sam = sign_in(cast.sam)
    assert 'form="close-many"' in text_of(sam.get("/st-marys/desk"))
    sam.post("/st-marys/desk/closing", {"pick": ["1", "2", "3", "99", "x"]})
    page = text_of(sam.get("/st-marys/desk"))
    assert "2 incidents closed." in page
    assert "STM-3: STM-3 is not resolved yet. Resolve it first" in page
    token = _TOKEN.search(page)
    assert token
    sam.post("/st-marys/desk/closing/undo", {"token": token[1]})
    assert "Undone: STM-1, STM-2." in text_of(sam.get("/st-marys/desk"))
    states = [send(app, "sam", "get", path).json["status"] for path in (first, second)]
    assert states == ["resolved", "resolved"]
    ike = sign_in(cast.ike)
    assert 'form="close-many"' not in text_of(ike.get("/st-marys/desk"))
    assert ike.post("/st-marys/desk/closing", {"pick": "1"}).status_code == 403
