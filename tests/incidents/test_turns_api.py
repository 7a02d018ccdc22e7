"""Whose turn it is: turns tile after any history, and some moves happen by themselves."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from app import clock
from tests.api.desk import (
    CHECK,
    FORWARD,
    HOLD,
    INCIDENTS,
    MINE,
    MISSING,
    RESOLUTION,
    SECOND,
    TO_TECHNICIANS,
    WHY,
    bring,
    done,
    log,
    send,
)
from tests.incidents.invariants import check_incident, check_numbers
from tests.incidents.supply import a_contract

# fmt: off
Move = tuple[str, str, str, Any]  # who, method, where, body
PARTS:      Move = ("sam",   "put",    "/hold",         {"reason": "awaiting_parts"})
VISIT:      Move = ("mo",    "put",    "/hold",         {"reason": "agreed_visit"})
USER:       Move = ("mo",    "put",    "/hold",         HOLD)
REPLY:      Move = ("rita",  "post",   "/notes",        {"text": "In room 4"})
RECHECK:    Move = ("sam",   "put",    "/check",        {"impact": 3, "urgency": 3})
TAKE:       Move = ("mo",    "put",    "/assignment",   MINE)
TARIQ:      Move = ("tariq", "put",    "/assignment",   MINE)
GROUP:      Move = ("sam",   "put",    "/assignment",   {"group": "la-first-line"})
TO_LA:      Move = ("sam",   "post",   "/escalation",   FORWARD)
TO_THEO:    Move = ("sam",   "post",   "/escalation",   TO_TECHNICIANS)
ON:         Move = ("mo",    "post",   "/escalation",   SECOND)
SUPPLY:     Move = ("mo",    "post",   "/escalation",
                    {"to": "supplier", "group": "lamps", "note": "A lamp"})
FETCH:      Move = ("sam",   "post",   "/hand_back",    WHY)
ASK_THEM:   Move = ("sam",   "post",   "/consultations",
                    {"question": "?", "group": "la-second-line"})
BACK:       Move = ("mo",    "post",   "/hand_back",    WHY)
MENDED:     Move = ("rita",  "delete", "/return",       None)
RESUME:     Move = ("mo",    "delete", "/hold",         None)
RESOLVE:    Move = ("sam",   "put",    "/resolution",   RESOLUTION)
DUPLICATE:  Move = ("sam",   "put",    "/resolution",   {"type": "duplicate", "text": "x"})
CURED:      Move = ("rita",  "put",    "/self_cure",    None)
REOPEN:     Move = ("rita",  "post",   "/reopening",    WHY)
CLOSE:      Move = ("sam",   "put",    "/closure",      None)
CANCEL:     Move = ("sam",   "put",    "/cancellation", WHY)
RETURN:     Move = ("sam",   "post",   "/return",       MISSING)
CHECK_IT:   Move = ("sam",   "put",    "/check",        CHECK)
LIKELY: dict[str, tuple[Move, ...]] = {
    "new":         (RETURN, CHECK_IT, CHECK_IT, CHECK_IT, CHECK_IT, CHECK_IT, CURED, CANCEL, REPLY),
    "returned":    (MENDED, MENDED, MENDED, CANCEL),
    "queued":      (TO_LA, TO_THEO, TAKE, TARIQ, ON, BACK, TO_LA, TARIQ, GROUP, RECHECK, CANCEL,
                    SUPPLY, FETCH, ASK_THEM),
    "in_progress": (USER, PARTS, VISIT, ON, BACK, USER, RESOLVE, RECHECK, TARIQ, DUPLICATE, CURED),
    "on_hold":     (REPLY, RESUME, VISIT, RESUME, ON, BACK, RESOLVE, TARIQ, REPLY),
    "resolved":    (REOPEN, REOPEN, REOPEN, CLOSE, REPLY),
}
# fmt: on
ALL = tuple({id(move): move for moves in LIKELY.values() for move in moves}.values())
# Mostly what somebody would do now; sometimes anything.
HISTORY = st.lists(
    st.tuples(st.integers(0, 10**6), st.integers(0, 4), st.integers(0, 60 * 24 * 3)),
    min_size=8,
    max_size=16,
)


def test_turns_tile_after_any_history(app, ledger, monkeypatch):
    """Hundreds of moves, legal and not, with time going by."""
    a_contract(app)
    ledger.rows(
        "INSERT INTO la_support_groups (key, name, kind, line, version, la_agreement_id)"
        " SELECT 'lamps', 'Lamps Ltd', 'supplier', 3, 1, id FROM la_agreements"
        " WHERE key = 'lamps-care'"
    )
    time = {"now": datetime.fromisoformat("2026-01-05T08:00+00:00")}
    monkeypatch.setattr(clock, "now", lambda: time["now"])
    worked: list[Move] = []

    @settings(
        max_examples=70,
        deadline=None,
        derandomize=True,
        database=None,
        suppress_health_check=list(HealthCheck),
    )
    @given(HISTORY)
    def live(history: list[Any]) -> None:
        path = log(app)
        number = int(path.rpartition("/")[2])
        for pick, wild, minutes in history:
            time["now"] += timedelta(minutes=minutes)
            status = done(app, "mo", "get", path).json["status"]
            if status not in LIKELY:
                break
            likely = LIKELY[status] if wild else ALL
            # What examples Hypothesis draws depends on the numbers in all our code, so now and
            # then a move is taken that has not worked yet: each comes up whatever it draws.
            untried = tuple(one for one in likely if one not in worked)
            likely = untried if wild == 4 and untried else likely
            move = likely[pick % len(likely)]
            who, method, where, body = move
            answer = send(app, who, method, path + where, body)
            assert answer.status_code in (200, 201, 403, 404, 409, 422), answer.text
            if answer.status_code < 300:
                worked.append(move)
                check_incident(ledger, number)
        turns = done(app, "sam", "get", f"{path}/turns?limit=100").json["items"]
        end = turns[-1]["ended_at"] or time["now"].strftime("%Y-%m-%dT%H:%M:%SZ")
        lasted = datetime.fromisoformat(end) - datetime.fromisoformat(turns[0]["began_at"])
        assert sum(turn["seconds"] for turn in turns) == lasted.total_seconds()

    live()
    check_numbers(ledger)
    assert len(worked) > 150
    assert {move[1:3] for move in worked} == {move[1:3] for move in ALL}
    assert SUPPLY in worked


def test_the_reporters_reply_ends_the_wait_for_it(app):
    path = bring(app, "on_hold")
    done(app, "rita", "post", f"{path}/notes", {"text": "In room 4"})
    shown = done(app, "rita", "get", path).json
    assert (shown["status"], shown["waiting_for"]) == ("in_progress", "first_line")
    assert shown["hold_reason"] is None


@pytest.mark.parametrize("who", ["sam", "tariq", "mo"])
def test_nobody_elses_note_ends_the_wait_for_the_reporter(app, who):
    path = bring(app, "on_hold")
    done(app, who, "post", f"{path}/notes", {"text": "Any news?"})
    assert done(app, "sam", "get", path).json["status"] == "on_hold"


def test_the_reporters_reply_ends_no_other_wait(app):
    path = bring(app, "in_progress")
    done(app, "tariq", "put", f"{path}/hold", {"reason": "awaiting_parts"})
    done(app, "rita", "post", f"{path}/notes", {"text": "Any news?"})
    shown = done(app, "sam", "get", path).json
    assert (shown["status"], shown["waiting_for"]) == ("on_hold", "supplier")


@pytest.mark.parametrize(
    ("reason", "party"),
    [
        ("awaiting_user", "reporter"),
        ("awaiting_site_access", "school_desk"),
        ("awaiting_approval", "school_desk"),
        ("awaiting_supplier", "supplier"),
        ("awaiting_parts", "supplier"),
        ("agreed_visit", "first_line"),
        ("awaiting_change", "first_line"),
        ("awaiting_problem", "first_line"),
    ],
)
def test_whose_turn_it_is_on_hold(app, reason, party):
    path = bring(app, "in_progress")
    held = done(app, "tariq", "put", f"{path}/hold", {"reason": reason})
    assert held.json["waiting_for"] == party
    assert done(app, "sam", "get", f"{path}/turns").json["items"][-1]["reason"] == reason


def test_a_resolved_one_can_be_reopened_until_the_tenth_working_day_closes(app, at):
    at("2026-01-13T08:00+00:00")
    path, late = bring(app, "resolved"), bring(app, "resolved")
    at("2026-01-27T16:59+00:00")
    assert done(app, "rita", "post", f"{path}/reopening", WHY).json["reopen_count"] == 1
    at("2026-01-27T17:01+00:00")
    refused = send(app, "rita", "post", f"{late}/reopening", WHY)
    assert refused.status_code == 409
    assert "Log a new incident" in refused.json["detail"]


def test_a_clock_that_steps_back_breaks_no_turn(app, at, ledger):
    """A62: the host's clock is wrong for a while; nothing ends before it began."""
    at("2026-01-13T10:00+00:00")
    path = bring(app, "forwarded")
    at("2026-01-13T09:00+00:00")
    done(app, "tariq", "put", f"{path}/assignment", MINE)
    done(app, "tariq", "post", f"{path}/notes", {"text": "Here now"})
    at("2026-01-12T09:00+00:00")
    done(app, "tariq", "put", f"{path}/hold", HOLD)
    done(app, "rita", "post", f"{path}/notes", {"text": "In room 4"})
    done(app, "tariq", "put", f"{path}/resolution", RESOLUTION)
    done(app, "sam", "put", f"{path}/closure")
    check_incident(ledger, 1)
    items = done(app, "sam", "get", f"{path}/timeline").json["items"]
    times = [event["at"] for event in items]
    assert times == sorted(times)
    assert items[-1]["kind"] == "incident.closed"
    clocks = done(app, "sam", "get", path).json["clocks"]
    assert all(clock["elapsed_seconds"] >= 0 for clock in clocks)


def test_numbers_have_no_gap_when_some_sheets_are_refused(app, ledger):
    for number in range(6):
        if number % 2:
            bad = send(app, "rita", "post", INCIDENTS, {"title": "x", "location": "no"})
            assert bad.status_code == 422
        log(app)
    check_numbers(ledger)
