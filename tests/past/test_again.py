"""Twice is once: the same log changes nothing, a longer one adds what came since."""

from __future__ import annotations

import pytest

from app.past import importing
from tests.api.desk import INCIDENTS, done
from tests.incidents.invariants import check_incident, check_numbers
from tests.past.conftest import LOG, MAPPING
from tests.replay import clocks
from tests.replay.verdict import EVENTS, QUESTIONS, unexplained

MORE = """\
C,2026-01-14 12:00,In work,App 3rd,P1
C,2026-01-14 13:00,Done,App 3rd,P1
B,2026-01-14 12:00,closed,Desk,P3
B,2026-01-15 09:00,In work,Desk,P3
D,2026-01-15 10:00,new,Desk,P4
"""
_STATES = "SELECT title, status FROM incidents ORDER BY number"


def is_sound(ledger, how_many):
    """What is true of every incident, whoever wrote it."""
    check_numbers(ledger)
    for number in range(1, how_many + 1):
        check_incident(ledger, number)
    wrong = {said: ledger.rows(asked)[0][0] for said, asked in QUESTIONS.items()}
    assert {said: count for said, count in wrong.items() if count} == {}
    assert clocks.wrong(ledger.rows) == []
    # Nothing of a log is given to a person: what is given to a group waits there.
    as_given = {"incident.assigned": "incident.handed_back"}
    events = [(*row[:4], as_given.get(row[4], row[4]), *row[5:]) for row in ledger.rows(EVENTS)]
    assert unexplained(events) == 0


def test_the_same_log_again_changes_nothing(bring, ledger, is_unchanged):
    bring()
    is_sound(ledger, 3)
    is_unchanged.start()
    assert bring.json().incidents == {"unchanged": 3}
    assert is_unchanged()


def test_a_longer_log_adds_what_came_since(bring, ledger):
    bring()
    first = {row[0]: row[1:] for row in ledger.rows("SELECT id, began_at, status FROM turns")}
    assert bring.json(LOG + MORE).incidents == {"made": 1, "grown": 2, "unchanged": 1}
    is_sound(ledger, 4)
    kept = {row[0]: row[1:] for row in ledger.rows("SELECT id, began_at, status FROM turns")}
    assert first.items() <= kept.items()
    assert bring.json(LOG + MORE).incidents == {"unchanged": 4}
    assert bring.json(LOG).incidents == {"unchanged": 1, "shorter": 2}


def test_bit_by_bit_it_comes_to_what_it_is_at_once(bring, app, ledger, tmp_path):
    """But for when it was brought along and how often."""
    asked = """
        SELECT i.title, t.began_at, t.ended_at, t.party, t.status, t.line, t.group_name
          FROM turns t JOIN incidents i ON (i.school_id, i.id) = (t.school_id, t.incident_id)
         ORDER BY i.title, t.began_at, t.id"""
    of_clocks = """
        SELECT i.title, c.agreement_kind, c.metric, c.state, c.due_at, c.stopped_at,
               c.paused_seconds, i.status, i.reopen_count, i.resolved_at, i.closed_at
          FROM clocks c JOIN incidents i ON (i.school_id, i.id) = (c.school_id, c.incident_id)
         ORDER BY 1, 2, 3"""
    of_events = """
        SELECT i.title, e.at, e.kind, e.from_value, e.to_value FROM events e
          JOIN incidents i ON (i.school_id, i.id) = (e.school_id, e.subject_id)
         WHERE e.kind <> 'incident.brought' ORDER BY 1, 2, e.id"""
    lines = (LOG + MORE).splitlines()
    heading, rows = lines[0], sorted(lines[1:], key=lambda one: one.split(",")[1])
    for end in range(3, len(rows) + 3, 3):
        bring("\n".join([heading, *rows[:end]]))
    bit_by_bit = [ledger.rows(one) for one in (asked, of_clocks, of_events)]
    is_sound(ledger, 4)
    other = MAPPING.replace("st-marys", "oakfield")
    ledger.rows("UPDATE incidents SET title = 'x' || title")
    bring(LOG + MORE, mapping=other)
    at_once = [
        [row for row in ledger.rows(one) if not row[0].startswith("x")]
        for one in (asked, of_clocks, of_events)
    ]
    assert at_once == bit_by_bit


def test_what_is_told_otherwise_now_is_left_alone(bring, ledger, is_unchanged):
    bring()
    is_unchanged.start()
    earlier = LOG.replace("A,2026-01-13 10:30,In work", "A,2026-01-13 10:20,In work")
    assert bring.json(earlier).incidents == {"unchanged": 2, "otherwise": 1}
    assert is_unchanged()


def test_what_was_worked_on_here_since_is_left_alone(bring, app, ledger):
    bring()
    path = f"{INCIDENTS}/3"
    assert "brought along" in done(app, "sam", "get", path).json["title"]
    done(app, "sam", "delete", f"{path}/hold")
    before = ledger.rows(_STATES)
    assert bring.json(LOG + MORE).incidents == {
        "made": 1, "grown": 1, "unchanged": 1, "worked_on": 1,
    }  # fmt: skip
    assert [row for row in ledger.rows(_STATES) if row[0].startswith("Incident C")] == before[2:]
    is_sound(ledger, 4)


def test_broken_off_it_goes_on_where_it_was(bring, app, ledger, monkeypatch):
    monkeypatch.setattr(importing, "BATCH", 1)
    taken = importing.take_in
    left = iter((1, 1))

    def breaks_off(*args):
        if next(left, None) is None:
            raise ConnectionError("the cable")
        return taken(*args)

    monkeypatch.setattr(importing, "take_in", breaks_off)
    with pytest.raises(ConnectionError):
        bring()
    is_sound(ledger, 2)
    monkeypatch.setattr(importing, "take_in", taken)
    assert bring.json().incidents == {"made": 1, "unchanged": 2}
    is_sound(ledger, 3)


def test_a_dry_run_says_all_and_keeps_nothing(bring, ledger, is_unchanged):
    is_unchanged.start()
    said = bring.json(LOG, "--dry-run")
    assert (said.incidents, said.told["dry_run"]) == ({"made": 3}, True)
    assert said.told["figures"]["hand_overs"] == {"changes": 3, "incidents": 2}
    assert is_unchanged()
    assert bring(LOG, "--dry-run").text.endswith("Dry run: nothing was saved.\n")


def test_nobody_is_told(bring, ledger):
    bring()
    assert ledger.rows("SELECT task FROM outbox") == []
