"""What a clock says in the corners: at the very due time, on hold, without a target, cancelled."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta

import pytest

from app.contracts.clock_rules import Clock, ClockState, TurnSpan, pauses_from_turns, read
from app.contracts.due_rules import preview
from app.contracts.rules import LA_STANDARD, OLA_STANDARD, Metric, Target, pack_from_json
from app.service_hours import NeverOpen
from tests.service_calendars import BANK_HOLIDAYS, LONDON, SHORTFRI, STD, TERM, london

LA = pack_from_json(LA_STANDARD)
A_MOMENT = timedelta(microseconds=1)


def at(text: str) -> datetime:
    """A time in the week of Monday 12 January 2026."""
    return london(f"2026-01-{text}")


def clock(metric=Metric.RESOLUTION, start="13 09:00", **facts) -> Clock:
    targets = LA.targets_of(metric)
    started = at(start)
    return Clock(metric, STD, targets, started, **{"priorities": [(started, "P2")], **facts})


def test_equal_to_due_is_met_and_a_moment_later_is_not():
    due = at("13 17:00")
    assert read(clock(stopped_at=due), due).state is ClockState.MET
    late = read(clock(stopped_at=due + A_MOMENT), due + A_MOMENT)
    assert (late.state, late.decided_at) == (ClockState.BREACHED, due)


def test_due_at_closing_time_and_done_after_hours_is_a_breach():
    reading = read(clock(stopped_at=at("13 19:00")), at("13 19:00"))
    assert (reading.state, reading.decided_at) == (ClockState.BREACHED, at("13 17:00"))
    assert reading.elapsed_seconds == 480 * 60


def test_an_open_clock_is_breached_as_soon_as_due_is_past():
    assert read(clock(), at("13 17:00")).state is ClockState.RUNNING
    reading = read(clock(), at("13 17:00") + A_MOMENT)
    assert (reading.state, reading.decided_at) == (ClockState.BREACHED, at("13 17:00"))
    assert reading.stopped_at is None


def test_a_breached_clock_goes_on_counting_until_it_stops():
    breached = clock(stopped_at=at("14 09:30"))
    assert read(breached, at("14 09:00")).elapsed_seconds == 540 * 60
    assert read(breached, at("16 12:00")).elapsed_seconds == 480 * 60 + 90 * 60


def test_nothing_that_happens_later_is_known_yet():
    known = clock(
        pauses=[(at("13 12:00"), at("13 13:00"))],
        priorities=[(at("13 09:00"), "P2"), (at("13 14:00"), "P1")],
        stopped_at=at("13 15:00"),
        cancelled_at=at("13 16:00"),
    )
    reading = read(known, at("13 11:00"))
    assert (reading.state, reading.due_at) == (ClockState.RUNNING, at("13 17:00"))
    assert (reading.stopped_at, reading.paused_seconds) == (None, 0)


def test_a_clock_on_hold_says_since_when_and_when_it_would_be_due():
    held = clock(pauses=[(at("13 10:00"), None)])
    reading = read(held, at("13 12:00"))
    assert (reading.state, reading.paused_since) == (ClockState.PAUSED, at("13 10:00"))
    assert (reading.elapsed_seconds, reading.paused_seconds) == (3600, 7200)
    assert (reading.due_at, reading.decided_at) == (at("14 10:00"), None)


def test_a_clock_is_on_hold_from_the_instant_of_the_hold_and_runs_from_that_of_its_end():
    held = clock(pauses=[(at("13 10:00"), at("13 11:00"))])
    assert read(held, at("13 10:00")).paused_since == at("13 10:00")
    assert read(held, at("13 11:00")).state is ClockState.RUNNING


def test_a_hold_from_before_the_start_counts_from_the_start():
    reading = read(clock(pauses=[(at("12 09:00"), None)]), at("13 10:00"))
    assert (reading.paused_since, reading.paused_seconds) == (at("13 09:00"), 3600)


def test_a_hold_does_not_undo_a_breach():
    late_hold = clock(pauses=[(at("14 09:00"), at("14 12:00"))])
    for now in ("14 10:00", "14 13:00"):
        reading = read(late_hold, at(now))
        assert (reading.state, reading.decided_at) == (ClockState.BREACHED, at("13 17:00"))
        assert (reading.due_at, reading.paused_since) == (at("13 17:00"), None)


def test_a_hold_at_the_very_due_time_keeps_the_clock_alive_until_work_goes_on():
    start, due = "13 08:00", at("13 16:00")
    held = clock(start=start, pauses=[(due, at("14 09:00"))])
    assert read(held, at("13 16:30")).state is ClockState.PAUSED
    reading = read(held, at("14 09:01"))
    assert (reading.due_at, reading.decided_at) == (at("14 09:00"), at("14 09:00"))


def test_a_hold_at_a_due_time_that_is_closing_time_ends_in_a_breach_when_work_goes_on():
    held = clock(pauses=[(at("13 17:00"), at("14 07:00"))])
    assert read(held, at("13 20:00")).state is ClockState.PAUSED
    reading = read(held, at("14 07:30"))
    assert (reading.state, reading.decided_at) == (ClockState.BREACHED, at("14 07:00"))
    assert reading.due_at == at("13 17:00")


def test_a_response_clock_never_pauses():
    held = clock(Metric.RESPONSE, pauses=[(at("13 09:10"), None)])
    assert read(held, at("13 09:30")).state is ClockState.RUNNING
    reading = read(held, at("13 10:01"))
    assert (reading.state, reading.paused_seconds) == (ClockState.BREACHED, 0)


def test_an_on_site_clock_pauses_like_a_resolution_clock():
    visit = Clock(
        Metric.ON_SITE, STD, {"P2": Target(minutes=240)}, at("13 09:00"), [(at("13 09:00"), "P2")],
        pauses=[(at("13 10:00"), at("13 12:00"))],
    )  # fmt: skip
    assert read(visit, at("13 12:00")).due_at == at("13 15:00")


def test_a_stopped_response_stays_decided_when_the_priority_rises():
    raised = clock(
        Metric.RESPONSE,
        priorities=[(at("13 09:00"), "P4"), (at("13 12:00"), "P1")],
        stopped_at=at("13 11:00"),
    )
    reading = read(raised, at("13 13:00"))
    assert (reading.state, reading.decided_at) == (ClockState.MET, at("13 11:00"))
    assert reading.target == Target(minutes=240)


def test_raised_at_the_very_due_time_of_the_new_target_is_not_past_it_yet():
    raised = clock(priorities=[(at("13 09:00"), "P4"), (at("13 15:00"), "P1")])
    assert read(raised, at("13 15:00")).state is ClockState.RUNNING
    stopped = replace(raised, stopped_at=at("13 15:00"))
    assert read(stopped, at("13 15:00")).state is ClockState.MET
    reading = read(raised, at("13 15:00") + A_MOMENT)
    assert (reading.state, reading.decided_at) == (ClockState.BREACHED, at("13 15:00"))


def test_a_lower_priority_does_not_undo_a_breach():
    lowered = clock(priorities=[(at("13 09:00"), "P1"), (at("13 16:00"), "P4")])
    reading = read(lowered, at("13 16:30"))
    assert (reading.state, reading.decided_at) == (ClockState.BREACHED, at("13 15:00"))


def test_a_lower_priority_in_time_gives_more_time():
    lowered = clock(priorities=[(at("13 09:00"), "P1"), (at("13 15:00"), "P3")])
    reading = read(lowered, at("13 16:00"))
    assert (reading.state, reading.due_at) == (ClockState.RUNNING, at("14 12:00"))


def test_pauses_are_kept_when_the_priority_rises():
    raised = clock(
        pauses=[(at("13 10:00"), at("13 12:00"))],
        priorities=[(at("13 09:00"), "P4"), (at("13 16:00"), "P1")],
    )
    reading = read(raised, at("13 16:00"))
    assert (reading.state, reading.due_at) == (ClockState.RUNNING, at("13 17:00"))


def test_a_priority_may_rise_while_the_clock_is_on_hold():
    changes = [(at("13 09:00"), "P4"), (at("13 16:00"), "P1")]
    early = clock(pauses=[(at("13 14:00"), None)], priorities=changes)
    assert read(early, at("13 16:30")).state is ClockState.PAUSED
    late = clock(pauses=[(at("13 15:30"), None)], priorities=changes)
    reading = read(late, at("13 16:30"))
    assert (reading.state, reading.decided_at) == (ClockState.BREACHED, at("13 16:00"))


def test_of_two_priorities_at_one_instant_the_last_holds():
    changes = [(at("13 09:00"), "P4"), (at("13 16:00"), "P1"), (at("13 16:00"), "P2")]
    reading = read(clock(priorities=changes), at("13 16:00"))
    assert (reading.state, reading.due_at) == (ClockState.RUNNING, at("13 17:00"))


def test_the_priority_of_before_the_start_holds_at_the_start():
    changes = [(at("12 09:00"), "P4"), (at("12 15:00"), "P2"), (at("13 10:00"), "P3")]
    assert read(clock(priorities=changes), at("13 09:30")).target == Target(minutes=480)


def test_until_the_check_gives_a_priority_nothing_is_due():
    unchecked = clock(Metric.RESPONSE, priorities=[(at("13 11:00"), "P2")])
    before = read(unchecked, at("13 10:30"))
    assert (before.state, before.target, before.due_at) == (ClockState.RUNNING, None, None)
    assert before.elapsed_seconds == 5400
    after = read(unchecked, at("13 11:00"))
    assert (after.state, after.decided_at) == (ClockState.BREACHED, at("13 11:00"))
    assert after.due_at == at("13 10:00")


@pytest.mark.parametrize("priorities", [[], [(at("13 09:00"), "P5")]])
def test_what_stops_without_a_target_is_not_measured(priorities):
    reading = read(clock(priorities=priorities, stopped_at=at("13 10:00")), at("13 10:00"))
    assert (reading.state, reading.decided_at) == (ClockState.CANCELLED, None)


def test_a_cancelled_clock_is_out_of_every_measure():
    for facts in ({}, {"stopped_at": at("13 10:00")}, {"stopped_at": at("14 16:00")}):
        cancelled = clock(**facts, cancelled_at=at("15 09:00"))
        reading = read(cancelled, at("15 12:00"))
        assert (reading.state, reading.decided_at) == (ClockState.CANCELLED, None)
    assert read(clock(cancelled_at=at("13 10:00")), at("15 12:00")).elapsed_seconds == 3600


def test_term_dates_that_have_run_out_leave_a_clock_without_a_due_time():
    started = london("2027-07-16 15:00")
    summer = Clock(Metric.RESOLUTION, TERM, {"P2": Target(minutes=480)}, started, [(started, "P2")])
    reading = read(summer, london("2027-08-20 12:00"))
    assert (reading.state, reading.due_at) == (ClockState.RUNNING, None)
    assert reading.target == Target(minutes=480)
    stopped = read(
        replace(summer, stopped_at=london("2027-08-20 12:00")), london("2027-09-01 12:00")
    )
    assert stopped.state is ClockState.MET
    with pytest.raises(NeverOpen):
        preview(TERM, Target(minutes=480), started)


def test_working_days_are_due_at_closing_time_and_pauses_move_that_on():
    three_days = {"P2": Target(working_days=3)}
    plain = replace(clock(start="13 10:00"), targets=three_days)
    assert read(plain, at("13 10:00")).due_at == at("16 17:00")
    for pause, due in (
        (("13 18:00", "14 07:00"), "16 17:00"),
        (("13 11:00", "13 13:00"), "19 10:00"),
        (("14 08:00", "14 17:00"), "19 17:00"),
    ):
        held = replace(plain, pauses=[(at(pause[0]), at(pause[1]))])
        assert read(held, at("15 09:00")).due_at == at(due)


def test_working_days_with_pauses_end_where_the_paused_time_ends_though_days_differ():
    # Friday is half an hour short: 8.5 hours paused give 8.5 hours, not a Monday of nine.
    friday = (at("16 08:00"), at("16 16:30"))
    foreseen = preview(SHORTFRI, Target(working_days=2), at("15 10:00"), [friday])
    assert (foreseen.due_at, foreseen.paused_seconds) == (at("20 16:30"), 510 * 60)


def test_london_times_that_look_alike_are_told_apart():
    first = datetime(2026, 10, 25, 1, 30, tzinfo=LONDON)
    night = Clock(
        Metric.RESPONSE,
        replace(STD, always=True),
        {"P1": Target(minutes=30)},
        first,
        [(first, "P1")],
        stopped_at=first.replace(fold=1),
    )
    reading = read(night, first.replace(fold=1))
    assert (reading.state, reading.elapsed_seconds) == (ClockState.BREACHED, 3600)


def test_a_preview_ignores_pauses_after_the_due_time():
    pauses = [(at("13 10:00"), at("13 11:00")), (at("14 12:00"), at("14 13:00"))]
    foreseen = preview(STD, Target(minutes=480), at("13 09:00"), pauses)
    assert (foreseen.due_at, foreseen.paused_seconds) == (at("14 09:00"), 3600)
    assert [(piece.why, piece.is_counted) for piece in foreseen.stretches] == [
        ("open hours", True),
        ("paused", False),
        ("open hours", True),
        ("closed: outside hours", False),
        ("open hours", True),
    ]


def test_a_preview_that_stays_on_hold_is_never_due():
    with pytest.raises(NeverOpen):
        preview(STD, Target(minutes=480), at("13 09:00"), [(at("13 10:00"), None)])


def test_only_the_agreements_own_reasons_pause_and_neighbours_are_one_pause():
    turns = [
        TurnSpan(at("13 09:00"), at("13 10:00")),
        TurnSpan(at("13 10:00"), at("13 11:00"), hold_reason="awaiting_user"),
        TurnSpan(at("13 11:00"), at("13 12:00"), hold_reason="agreed_visit"),
        TurnSpan(at("13 12:00"), at("13 13:00"), hold_reason="awaiting_parts"),
        TurnSpan(at("13 13:00"), None, is_resolved=True),
    ]
    for pack in (LA, pack_from_json(OLA_STANDARD)):
        assert pauses_from_turns(turns, pack.pause_reasons, kind=pack.kind) == [
            (at("13 10:00"), at("13 12:00")),
            (at("13 13:00"), None),
        ]


def test_requests_have_working_days_whatever_their_priority():
    targets = LA.targets_of(Metric.RESOLUTION, is_request=True)
    assert set(targets.values()) == {Target(working_days=3)}
    asked = replace(clock(), targets=targets, calendar=LA.calendar(BANK_HOLIDAYS))
    assert read(asked, at("13 09:00")).due_at == at("16 17:00")
