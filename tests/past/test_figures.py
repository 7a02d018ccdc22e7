"""What a small log comes to, reckoned by hand."""

from __future__ import annotations

import random

import pytest

from tests.past.conftest import LOG, MAPPING

# fmt: off
FIGURES = {
    "incidents": 3,
    "events": 16,
    "by_status": {"on_hold": 1, "resolved": 1, "closed": 1},
    "events_by_status": {
        "new": 1, "queued": 4, "in_progress": 5, "on_hold": 2, "resolved": 2, "closed": 2,
    },
    "by_line": {"0": 1, "2": 1, "3": 1},
    "by_last_line": {"0": 2, "3": 1},
    "events_by_line": {"0": 10, "2": 4, "3": 2},
    "by_status_and_line": {"on_hold": {"3": 1}, "resolved": {"0": 1}, "closed": {"2": 1}},
    "events_by_status_and_line": {
        "new": {"0": 1}, "queued": {"0": 2, "2": 1, "3": 1}, "in_progress": {"0": 3, "2": 2},
        "on_hold": {"2": 1, "3": 1}, "resolved": {"0": 2}, "closed": {"0": 2},
    },
    "by_priority": {"P1": 1, "P2": 1, "P3": 1},
    "hand_overs": {"changes": 3, "incidents": 2},
    "ping_pong": {"incidents": 1, "returns": 1},
    "reopenings": {"events": 1, "incidents": 1},
    # A after 6 h, B after 1 h: its second resolution is not the first.
    "first_resolution": {
        "incidents": 2, "mean_hours": 3.5, "median_hours": 3.5,
        "mean_open_hours": 3.5, "median_open_hours": 3.5,
    },
    "waiting": {
        "by_cause": {
            "awaiting_user": {"times": 1, "hours": 2.0, "open_hours": 2.0, "still_waiting": 0},
            "awaiting_supplier": {"times": 0, "hours": 0, "open_hours": 0, "still_waiting": 1},
        },
        # Desk: A 1 h and 0.5 h, B 1 h and 1 h, C 0.5 h; the third line is the supplier's.
        "by_party": {"reporter": 2.0, "school_desk": 4.0, "second_line": 2.5, "supplier": 0.5},
    },
}
# fmt: on


def test_every_figure_is_what_one_reckons_by_hand(bring):
    told = bring.json().told
    assert told["figures"] == FIGURES
    assert (told["rows_read"], told["rows_left_out"], told["not_mapped"]) == (16, 0, [])
    assert told["by_school"] == {"st-marys": 3}


def test_the_order_of_the_rows_makes_no_difference(bring, ledger):
    heading, *rows = LOG.splitlines()
    random.Random(3).shuffle(rows)
    assert bring.json("\n".join([heading, *rows])).told["figures"] == FIGURES
    assert bring.json(LOG).incidents == {"unchanged": 3}


def test_open_hours_are_those_of_the_desk(bring):
    """From Friday 16:00 to Monday 9:00 the desk is open for an hour before and an hour after."""
    log = "No,When,Status,Team,Prio\nA,2026-01-16 16:00,queued,?,\nA,2026-01-19 09:00,Done,?,\n"
    found = bring.json(log).told["figures"]["first_resolution"]
    assert (found["mean_hours"], found["mean_open_hours"]) == (65.0, 2.0)


def test_a_wait_without_a_reason_is_counted_and_said(bring):
    mapping = MAPPING.replace('"Vendor" = "awaiting_supplier"', "")
    told = bring.json(mapping=mapping).told
    assert told["figures"]["waiting"]["by_cause"]["not_said"]["still_waiting"] == 1
    assert [(one["reason"], one["value"], one["first_line"]) for one in told["not_mapped"]] == [
        ("hold_reason", "Vendor", 17)
    ]


def test_people_read_the_same_in_lines(bring):
    said = bring().text
    assert "hand-overs: 3, in 2 incidents" in said
    assert "ping-pong: 1 incidents came back, 1 times" in said
    assert "waiting, waiting for the reporter: 2.00 h in 1 waits (2.00 h open)" in said
    assert "Everything was mapped." in said


def test_the_tables_say_the_same_as_the_report(bring, ledger):
    bring()
    found = ledger.rows("""
        SELECT count(*), sum(reassignment_count), sum(reopen_count), sum(escalation_count),
               array_agg(highest_line ORDER BY number) FROM incidents""")
    assert found == [(3, 3, 1, 2, [0, 2, 3])]
    waits = ledger.rows("""
        SELECT party, extract(epoch FROM sum(ended_at - began_at))::float / 3600 FROM turns
         WHERE status NOT IN ('resolved', 'closed') GROUP BY party HAVING sum(ended_at - began_at)
         IS NOT NULL ORDER BY party""")
    assert dict(waits) == pytest.approx(FIGURES["waiting"]["by_party"])
