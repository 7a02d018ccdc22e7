"""What is true of every incident at every moment, read from the tables."""

from __future__ import annotations

from typing import Any

_INCIDENT = """
    SELECT id, status, waiting_for, hold_reason, logged_at, closed_at, cancelled_at,
           nullif(next_due_at, 'infinity')
      FROM incidents WHERE number = %s AND school_id = (SELECT id FROM schools WHERE slug = %s)"""
_TURNS = """
    SELECT began_at, ended_at, party, status FROM turns WHERE incident_id = %s
     ORDER BY began_at, id"""
_NEXT_DUE = """
    SELECT min(due_at) FILTER (WHERE due_at < 'infinity') FROM clocks
     WHERE incident_id = %s AND stopped_at IS NULL AND cancelled_at IS NULL AND state <> 'paused'"""
_NUMBERS = """
    SELECT count(*), count(DISTINCT number), min(number), max(number),
           (SELECT last_number FROM counters c
             WHERE c.school_id = i.school_id AND c.kind = 'incident')
      FROM incidents i GROUP BY school_id"""
# Of what a supplier promised nothing runs once it has it no more, and never twice at once.
_SUPPLIERS = """
    SELECT count(*) FILTER (WHERE i.line < 3), count(*) FILTER (WHERE c.metric = 'response')
      FROM clocks c JOIN incidents i ON i.school_id = c.school_id AND i.id = c.incident_id
     WHERE i.id = %s AND c.agreement_kind = 'uc' AND c.stopped_at IS NULL
       AND c.cancelled_at IS NULL AND c.state IN ('running', 'paused')"""
_SUMS = """
    SELECT (SELECT sum(lasted) FROM (
              SELECT party, sum(coalesce(ended_at, %s) - began_at) AS lasted FROM turns
               WHERE incident_id = %s GROUP BY party) by_party),
           (SELECT max(coalesce(ended_at, %s)) - min(began_at) FROM turns WHERE incident_id = %s)"""
_EVENTS = "SELECT count(*) FROM events WHERE subject_kind = 'incident' AND subject_id = %s"


def check_incident(ledger: Any, number: int, slug: str = "st-marys") -> None:
    """Turns tile from log to close, one is open till then, and the queue's time is right."""
    found = ledger.rows(_INCIDENT, number, slug)[0]
    incident_id, status, waiting_for, hold_reason, logged_at, closed_at, cancelled_at, due = found
    turns = ledger.rows(_TURNS, incident_id)
    assert turns[0][0] == logged_at
    for (began, ended, *_), (next_began, *_) in zip(turns, turns[1:], strict=False):
        assert began <= ended == next_began
    is_over = status in ("closed", "cancelled", "rejected")
    assert turns[-1][1] == (closed_at or cancelled_at if is_over else None)
    assert sum(ended is None for _, ended, *_ in turns) == (0 if is_over else 1)
    if not is_over:
        assert turns[-1][2:] == (waiting_for, status)
    assert (hold_reason is not None) == (status == "on_hold")
    assert due == ledger.rows(_NEXT_DUE, incident_id)[0][0]
    if is_over or status == "resolved":
        assert due is None
    assert ledger.rows(_EVENTS, incident_id)[0][0] >= 1
    left, responses = ledger.rows(_SUPPLIERS, incident_id)[0]
    assert (left, responses <= 1) == (0, True)
    last = turns[-1][1] or turns[-1][0]
    by_party, whole = ledger.rows(_SUMS, last, incident_id, last, incident_id)[0]
    assert by_party == whole


def check_numbers(ledger: Any) -> None:
    """Every school's references run from 1 without a gap or a double."""
    for count, distinct, least, most, counted in ledger.rows(_NUMBERS):
        assert (distinct, least, most, counted) == (count, 1, count, count)
