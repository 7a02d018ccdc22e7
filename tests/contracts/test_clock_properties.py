"""Clocks lived through minute by minute, beside the arithmetic that jumps to the answer."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from hypothesis import given, settings
from hypothesis import strategies as st

from app.calendar_days import Calendar
from app.contracts.clock_rules import Clock, ClockState, TurnSpan, pauses_from_turns, read
from app.contracts.due_rules import preview
from app.contracts.rules import LA_STANDARD, Kind, Metric, Target, pack_from_json
from app.service_hours import joined_up, open_seconds
from tests import slow_clock
from tests.service_strategies import calendars, instants

LA = pack_from_json(LA_STANDARD)
few = settings(deadline=None, max_examples=80)
many = settings(deadline=None, max_examples=120)

# Short targets and coarse times, so that things happen at the same instant and at the due time.
TARGETS = {"P1": 30, "P2": 60, "P3": 240, "P4": 540}
STEP = timedelta(minutes=30)


@dataclass(frozen=True)
class Life:
    calendar: Calendar
    start: datetime
    priorities: list[tuple[datetime, str]]
    pauses: list[tuple[datetime, datetime]]
    end: datetime
    is_stopped: bool

    def clock(self) -> Clock:
        return Clock(
            metric=Metric.RESOLUTION,
            calendar=self.calendar,
            targets={word: Target(minutes=minutes) for word, minutes in TARGETS.items()},
            started_at=self.start,
            priorities=self.priorities,
            pauses=self.pauses,
            stopped_at=self.end if self.is_stopped else None,
        )


@st.composite
def lives(draw: st.DrawFn) -> Life:
    start = draw(instants(2))
    steps = st.integers(0, 100)
    changes = draw(
        st.dictionaries(steps.filter(bool), st.sampled_from(sorted(TARGETS)), max_size=3)
    )
    priorities = [(start + step * STEP, word) for step, word in sorted(changes.items())]
    spans = draw(st.lists(st.tuples(steps, st.integers(1, 40)), max_size=3))
    return Life(
        calendar=draw(calendars()),
        start=start,
        priorities=[(start, draw(st.sampled_from(sorted(TARGETS)))), *priorities],
        pauses=[(start + step * STEP, start + (step + length) * STEP) for step, length in spans],
        end=start + draw(steps) * STEP,
        is_stopped=draw(st.booleans()),
    )


@few
@given(lives())
def test_a_clock_reads_what_living_through_it_gives(life):
    state, decided_at, due_at, minutes = slow_clock.play(
        life.calendar, TARGETS, life.priorities, life.pauses, life.end, life.is_stopped
    )
    reading = read(life.clock(), life.end)
    assert (reading.state.value, reading.decided_at) == (state, decided_at)
    assert reading.elapsed_seconds == minutes * 60
    assert due_at is None or reading.due_at == due_at


@many
@given(lives(), st.integers(0, 200))
def test_what_is_decided_stays_decided(life, later):
    before = read(life.clock(), life.end)
    after = read(life.clock(), life.end + later * STEP)
    if before.decided_at is not None:
        assert (after.state, after.decided_at) == (before.state, before.decided_at)
        assert (after.due_at, after.target) == (before.due_at, before.target)
    else:
        assert after.decided_at is None or after.decided_at >= life.end


@many
@given(lives())
def test_met_means_stopped_by_the_due_time_and_elapsed_and_paused_fill_the_open_time(life):
    reading = read(life.clock(), life.end)
    if reading.state is ClockState.MET:
        assert reading.stopped_at <= reading.due_at
        assert reading.elapsed_seconds <= reading.target.seconds
    if reading.state is ClockState.BREACHED:
        assert reading.due_at <= reading.decided_at <= life.end
    assert reading.elapsed_seconds >= 0
    assert reading.elapsed_seconds + reading.paused_seconds == open_seconds(
        life.calendar, life.start, life.end
    )


promises = st.builds(Target, minutes=st.integers(1, 2000)) | st.builds(
    Target, working_days=st.integers(1, 10)
)
lengths = st.integers(0, 200).map(lambda step: step * STEP)


@many
@given(calendars(), promises, instants(), lengths, lengths, lengths)
def test_a_longer_pause_is_never_due_earlier(calendar, target, start, wait, length, more):
    began = start + wait
    dues = [
        preview(calendar, target, start, pauses)
        for pauses in ([], [(began, began + length)], [(began, began + length + more)])
    ]
    assert dues[0].due_at <= dues[1].due_at <= dues[2].due_at
    paid = open_seconds(calendar, dues[0].due_at, dues[2].due_at)
    assert paid == dues[2].paused_seconds


@many
@given(calendars(), promises, instants(), st.lists(st.tuples(instants(), lengths), max_size=4))
def test_a_preview_counts_exactly_its_target(calendar, target, start, spans):
    pauses = [(began, began + length) for began, length in spans]
    foreseen = preview(calendar, target, start, pauses)
    unpaused = preview(calendar, target, start)
    counted, promised = (
        sum(
            (piece.ended_at - piece.began_at).total_seconds()
            for piece in each.stretches
            if piece.is_counted
        )
        for each in (foreseen, unpaused)
    )
    assert counted == promised
    assert target.seconds in (None, promised)
    paused = [piece for piece in foreseen.stretches if piece.why == "paused"]
    held = sum((piece.ended_at - piece.began_at).total_seconds() for piece in paused)
    assert held == foreseen.paused_seconds


turn_facts = st.tuples(
    st.sampled_from([None, "awaiting_user", "agreed_visit", "awaiting_parts"]),
    st.booleans(),
    st.booleans(),
)


@many
@given(
    instants(), st.lists(turn_facts, min_size=1, max_size=12), st.booleans(), st.sampled_from(Kind)
)
def test_pauses_cover_the_turns_that_pause_and_no_others(start, facts, is_open, kind):
    turns = [
        TurnSpan(start + step * STEP, start + (step + 1) * STEP, *fact)
        for step, fact in enumerate(facts)
    ]
    if is_open:
        turns[-1] = TurnSpan(turns[-1].began_at, None, *facts[-1])
    pauses = pauses_from_turns(turns, LA.pause_reasons, kind=kind)
    assert pauses == joined_up(pauses)
    for turn in turns:
        is_paused = any(
            began <= turn.began_at and (ended is None or turn.began_at < ended)
            for began, ended in pauses
        )
        reason_counts = turn.hold_reason in ("awaiting_user", "agreed_visit")
        provider_waits = turn.is_back_with_school and kind is not Kind.OLA
        assert is_paused == (reason_counts or turn.is_resolved or provider_waits)
