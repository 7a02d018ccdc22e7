"""What must hold for every calendar and every start, beside a slow clock that counts minutes."""

from __future__ import annotations

from datetime import date, timedelta
from itertools import pairwise

from hypothesis import given, settings
from hypothesis import strategies as st

from app.service_hours import (
    add_open_time,
    end_of_working_day,
    explain,
    is_open,
    next_opening,
    open_seconds,
    open_stretches,
)
from tests import slow_clock
from tests.service_calendars import LONDON
from tests.service_strategies import calendars, instants

A_MOMENT = timedelta(microseconds=1)
few = settings(deadline=None, max_examples=50)
many = settings(deadline=None, max_examples=120)

targets = st.integers(1, 600) | st.sampled_from([30, 60, 360, 480, 1620])
lengths = st.timedeltas(timedelta(), timedelta(days=6)).map(
    lambda length: timedelta(minutes=length // timedelta(minutes=1))
)


@few
@given(calendars(), instants(), targets)
def test_due_is_what_counting_minutes_gives(calendar, start, minutes):
    assert add_open_time(calendar, start, minutes * 60) == slow_clock.due(calendar, start, minutes)


@few
@given(calendars(), instants(), lengths)
def test_open_time_is_what_counting_minutes_gives(calendar, start, length):
    counted = slow_clock.open_minutes(calendar, start, start + length)
    assert open_seconds(calendar, start, start + length) == counted * 60


@many
@given(calendars(), instants())
def test_a_minute_is_open_where_the_clock_on_the_wall_says_so(calendar, minute):
    assert is_open(calendar, minute) == slow_clock.is_open(calendar, minute)
    assert (next_opening(calendar, minute) == minute) == is_open(calendar, minute)


@many
@given(calendars(), instants(400), st.integers(1, 200_000))
def test_due_closes_an_open_moment_and_leaves_the_target_behind_it(calendar, start, seconds):
    due = add_open_time(calendar, start, seconds)
    assert open_seconds(calendar, start, due) == seconds
    assert is_open(calendar, due - A_MOMENT)


@many
@given(calendars(), instants(), lengths, st.integers(1, 100_000), st.integers(0, 100_000))
def test_a_later_start_or_a_longer_target_is_never_due_earlier(
    calendar, start, length, least, more
):
    due = add_open_time(calendar, start, least)
    assert due <= add_open_time(calendar, start + length, least)
    assert due <= add_open_time(calendar, start, least + more)


@many
@given(calendars(), instants(), st.integers(1, 50_000), st.integers(1, 50_000))
def test_time_may_be_added_in_two_steps(calendar, start, first, second):
    halfway = add_open_time(calendar, start, first)
    assert add_open_time(calendar, halfway, second) == add_open_time(
        calendar, start, first + second
    )


@many
@given(calendars(), instants(), lengths, lengths)
def test_stretches_are_in_order_and_open_time_adds_up(calendar, start, first, second):
    middle, end = start + first, start + first + second
    stretches = open_stretches(calendar, start, end)
    assert all(start <= opens < closes <= end for opens, closes in stretches)
    assert all(before[1] <= after[0] for before, after in pairwise(stretches))
    assert open_seconds(calendar, start, end) == (
        open_seconds(calendar, start, middle) + open_seconds(calendar, middle, end)
    )


@many
@given(calendars(), instants(), st.integers(0, 12), lengths)
def test_working_days_end_at_the_last_closing_time_of_an_open_day(calendar, start, days, length):
    due = end_of_working_day(calendar, start, days)
    assert is_open(calendar, due - A_MOMENT)
    last = (due - A_MOMENT).astimezone(LONDON).date()
    after_due = open_stretches(calendar, due, due + timedelta(days=2))
    assert all(opens.astimezone(LONDON).date() != last for opens, _ in after_due)
    begun = {day_of(opens) for opens, _ in open_stretches(calendar, start, due)}
    assert len(begun) == days + 1
    assert due <= end_of_working_day(calendar, start + length, days)


def day_of(instant) -> date:
    return instant.astimezone(LONDON).date()


pauses = st.lists(st.tuples(instants(), lengths), max_size=4).map(
    lambda spans: [(began, began + length) for began, length in spans]
)


@many
@given(calendars(), instants(), lengths, pauses)
def test_an_explanation_fills_the_time_and_counts_what_was_open(calendar, start, length, held):
    end = start + length
    pieces = explain(calendar, start, end, held)
    edges = [instant for piece in pieces for instant in (piece.began_at, piece.ended_at)]
    assert edges[:1] + edges[-1:] == ([start, end] if length else [])
    assert all(before.ended_at == after.began_at for before, after in pairwise(pieces))
    assert all(before.why != after.why for before, after in pairwise(pieces))
    assert all(piece.began_at < piece.ended_at for piece in pieces)
    for piece in pieces:
        open_for = open_seconds(calendar, piece.began_at, piece.ended_at)
        whole = (piece.ended_at - piece.began_at) // timedelta(seconds=1)
        assert open_for == (0 if piece.why.startswith("closed") else whole)
        is_held = any(began <= piece.began_at < ended for began, ended in held)
        assert piece.is_counted == (open_for > 0 and not is_held)
