"""Clocks against the worked examples: pauses, a priority that changes, three clocks at once."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime

import pytest

from app.contracts.clock_rules import Clock, ClockState, TurnSpan, pauses_from_turns, read
from app.contracts.due_rules import preview
from app.contracts.rules import LA_STANDARD, Kind, Metric, Target, pack_from_json
from tests.service_calendars import BANK_HOLIDAYS, SHORTFRI, STD, london

LA = pack_from_json(LA_STANDARD)
MET, BREACHED = ClockState.MET, ClockState.BREACHED


def january(text: str) -> datetime:
    """`13 09:10` in January 2026, or any other date in full."""
    return london(text if len(text) > 8 else f"2026-01-{text}")


# fmt: off
PAUSES = {
    # start, target, first due, pauses, paused, due, stopped, elapsed, result
    "G1": ("13 10:00", 480, "14 09:00", [("13 11:00", "13 13:00")],
           120, "14 11:00", "14 11:00", 480, MET),
    "G2": ("13 15:00", 480, "14 14:00", [("13 16:30", "14 09:30")],
           120, "14 16:00", "14 16:00", 480, MET),
    "G3": ("13 10:00", 480, "14 09:00", [("13 17:30", "14 07:45")],
           0, "14 09:00", "14 09:00", 480, MET),
    "G4": ("2026-04-02 15:00", 480, "2026-04-07 14:00", [("2026-04-02 16:00", "2026-04-08 10:00")],
           720, "2026-04-08 17:00", "2026-04-08 17:00", 480, MET),
    "G5": ("12 09:00", 720, "13 12:00", [("12 10:00", "12 12:00"), ("13 09:00", "14 09:00")],
           660, "14 14:00", "14 14:00", 720, MET),
    "G6": ("12 09:00", 720, "13 12:00", [("12 10:00", "12 12:00"), ("13 09:00", "14 09:00")],
           660, "14 14:00", "14 14:01", 721, BREACHED),
    "G7": ("13 10:00", 360, "13 16:00", [("13 14:00", "15 10:00")],
           840, "15 12:00", "15 11:00", 300, MET),
}
# fmt: on


@pytest.mark.parametrize(
    ("start", "minutes", "first_due", "pauses", "paused", "due", "stopped", "elapsed", "state"),
    PAUSES.values(),
    ids=PAUSES,
)
def test_pauses(start, minutes, first_due, pauses, paused, due, stopped, elapsed, state):
    clock = Clock(
        metric=Metric.RESOLUTION,
        calendar=STD,
        targets={"P3": Target(minutes=minutes)},
        started_at=january(start),
        priorities=[(january(start), "P3")],
    )
    assert read(clock, january(start)).due_at == january(first_due)
    held = [(january(began), january(ended)) for began, ended in pauses]
    stopped_at = january(stopped)
    reading = read(replace(clock, pauses=held, stopped_at=stopped_at), stopped_at)
    assert reading.state is state
    assert reading.due_at == january(due)
    assert reading.paused_seconds == paused * 60
    assert reading.elapsed_seconds == elapsed * 60
    assert reading.decided_at == (stopped_at if state is MET else january(due))
    foreseen = preview(STD, Target(minutes=minutes), january(start), held)
    assert (foreseen.due_at, foreseen.paused_seconds) == (january(due), paused * 60)


def test_a_reopened_incident_runs_on_from_its_turns():
    turns = [
        TurnSpan(january("13 10:00"), january("13 14:00")),
        TurnSpan(january("13 14:00"), january("15 10:00"), is_resolved=True),
        TurnSpan(january("15 10:00"), january("15 11:00")),
        TurnSpan(january("15 11:00"), None, is_resolved=True),
    ]
    pauses = pauses_from_turns(turns, LA.pause_reasons, kind=LA.kind)
    clock = la_clock(Metric.RESOLUTION, "13 10:00", "P1", pauses=pauses, stopped="15 11:00")
    reading = read(clock, january("16 09:00"))
    assert (reading.state, reading.elapsed_seconds) == (MET, 300 * 60)
    assert (reading.due_at, reading.paused_seconds) == (january("15 12:00"), 840 * 60)


def la_clock(metric, start, *priorities, pauses=(), stopped=None):
    first, *changes = priorities
    return Clock(
        metric=metric,
        calendar=LA.calendar(BANK_HOLIDAYS),
        targets=LA.targets_of(metric),
        started_at=january(start),
        priorities=[(january(start), first), *((january(at), word) for at, word in changes)],
        pauses=pauses,
        stopped_at=stopped and january(stopped),
    )


def test_raised_to_a_target_still_ahead():
    clock = la_clock(Metric.RESOLUTION, "13 09:00", "P4")
    assert read(clock, january("13 13:59")).due_at == january("16 09:00")
    raised = la_clock(Metric.RESOLUTION, "13 09:00", "P4", ("13 14:00", "P2"))
    reading = read(raised, january("13 14:00"))
    assert (reading.state, reading.due_at) == (ClockState.RUNNING, january("13 17:00"))


def test_raised_to_a_target_already_past_is_breached_at_that_moment():
    raised = la_clock(Metric.RESOLUTION, "13 09:00", "P4", ("13 16:00", "P1"))
    before = read(raised, january("13 15:59"))
    assert (before.state, before.due_at) == (ClockState.RUNNING, january("16 09:00"))
    for now in ("13 16:00", "14 12:00"):
        reading = read(raised, january(now))
        assert (reading.state, reading.decided_at) == (BREACHED, january("13 16:00"))
        assert (reading.due_at, reading.target) == (january("13 15:00"), Target(minutes=360))


def test_three_clocks_of_one_incident():
    ola = la_clock(Metric.RESPONSE, "13 08:20", "P2")
    response = la_clock(Metric.RESPONSE, "13 11:05", "P2")
    resolution = la_clock(Metric.RESOLUTION, "13 11:05", "P2")
    supplier = replace(
        la_clock(Metric.RESOLUTION, "13 15:30", "P2"),
        calendar=SHORTFRI,
        targets={"P2": Target(minutes=8 * 60)},
    )
    dues = [read(clock, clock.started_at).due_at for clock in (ola, response, resolution, supplier)]
    assert dues == [january(at) for at in ("13 09:20", "13 12:05", "14 10:05", "14 14:30")]


def test_a_supplier_also_waits_while_the_school_has_it_back():
    turns = [TurnSpan(january("13 10:00"), january("13 11:00"), is_back_with_school=True)]
    paused = [(january("13 10:00"), january("13 11:00"))]
    assert pauses_from_turns(turns, LA.pause_reasons, kind=Kind.UC) == paused
    assert pauses_from_turns(turns, LA.pause_reasons, kind=Kind.SLA) == paused
    assert pauses_from_turns(turns, LA.pause_reasons, kind=Kind.OLA) == []
