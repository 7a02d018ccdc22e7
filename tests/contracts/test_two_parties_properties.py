"""Two-party calendars and calendars that change, beside a reference that counts minutes.

The reference knows of no spans: it asks of each minute what the wall clock and the two rules say.
"""

from __future__ import annotations

from datetime import date, datetime, timedelta
from itertools import pairwise

from hypothesis import given, settings
from hypothesis import strategies as st

from app.calendar_days import AnyCalendar, Both, Changing
from app.contracts.due_rules import preview
from app.contracts.rules import Target
from app.service_hours import NeverOpen, add_open_time, is_open, open_seconds
from tests import slow_clock
from tests.service_calendars import LONDON
from tests.service_strategies import ANCHORS, calendars, instants

MINUTE = timedelta(minutes=1)
# How far the reference looks; what opens too rarely for that is no example.
FAR = 14 * 1440
few = settings(deadline=None, max_examples=40)
many = settings(deadline=None, max_examples=100)


def is_open_slowly(calendar: AnyCalendar, minute: datetime) -> bool:
    if isinstance(calendar, Both):
        return is_open_slowly(calendar.provider, minute) and is_open_slowly(calendar.school, minute)
    if isinstance(calendar, Changing):
        today = minute.astimezone(LONDON).date()
        current = calendar.since[0][1]
        for begins, later in calendar.since:
            if begins <= today:
                current = later
        return is_open_slowly(current, minute)
    return slow_clock.is_open(calendar, minute)


def due_slowly(calendar: AnyCalendar, start: datetime, target: int, held: list) -> datetime | None:
    """The end of the minute with which so many open, unpaused minutes have passed."""
    for number in range(FAR):
        minute = start + number * MINUTE
        is_held = any(began <= minute < ended for began, ended in held)
        target -= is_open_slowly(calendar, minute) and not is_held
        if target == 0:
            return minute + MINUTE
    return None


def changing() -> st.SearchStrategy[Changing]:
    days = st.builds(
        lambda anchor, days: anchor + timedelta(days=days),
        st.sampled_from(ANCHORS),
        st.integers(-4, 4),
    )
    parts = st.lists(calendars(), min_size=1, max_size=2)
    return st.builds(
        lambda first, parts, begins: Changing(
            ((date(2020, 1, 1), first), *zip(sorted(begins), parts, strict=False))
        ),
        calendars(),
        parts,
        st.sets(days, min_size=2, max_size=2),
    )


shared = st.builds(Both, calendars() | changing(), calendars()) | changing()


@few
@given(shared, instants(3), st.integers(1, 400))
def test_due_is_what_counting_minutes_gives(calendar, start, minutes):
    counted = due_slowly(calendar, start, minutes, [])
    if counted is not None:
        due = add_open_time(calendar, start, minutes * 60)
        assert due == counted
        assert open_seconds(calendar, start, due) == minutes * 60
        assert is_open(calendar, due - MINUTE)


@few
@given(shared, instants(3), st.integers(1, 300), st.data())
def test_due_with_pauses_is_what_counting_minutes_gives(calendar, start, minutes, data):
    spans = st.tuples(st.integers(0, 3000), st.integers(1, 1500))
    held = [
        (start + began * MINUTE, start + (began + length) * MINUTE)
        for began, length in data.draw(st.lists(spans, max_size=3))
    ]
    counted = due_slowly(calendar, start, minutes, held)
    if counted is None:
        return
    found = preview(calendar, Target(minutes=minutes), start, held)
    # A pause that begins at the very due time leaves it there.
    assert found.due_at == counted or any(began == counted for began, _ in held)
    open_minutes = sum(
        is_open_slowly(calendar, start + number * MINUTE)
        for number in range((found.due_at - start) // MINUTE)
    )
    assert open_minutes == minutes + found.paused_seconds // 60


@many
@given(shared, instants(), st.integers(0, 3000), st.integers(1, 900))
def test_due_never_comes_earlier_for_a_later_start(calendar, start, later, minutes):
    try:
        first = add_open_time(calendar, start, minutes * 60)
        second = add_open_time(calendar, start + later * MINUTE, minutes * 60)
    except NeverOpen:
        return
    assert first <= second


@many
@given(shared, instants(), st.integers(1, 900), st.integers(0, 3000), st.integers(0, 3000))
def test_the_stretches_tile_and_count_exactly_the_target(calendar, start, minutes, wait, length):
    held = [(start + wait * MINUTE, start + (wait + length) * MINUTE)]
    try:
        found = preview(calendar, Target(minutes=minutes), start, held)
    except NeverOpen:
        return
    pieces = found.stretches
    assert (pieces[0].began_at, pieces[-1].ended_at) == (start, found.due_at)
    assert all(one.ended_at == other.began_at for one, other in pairwise(pieces))
    assert all(one.began_at < one.ended_at and one.why for one in pieces)
    assert all(one.why != other.why for one, other in pairwise(pieces))
    counted = sum((one.ended_at - one.began_at for one in pieces if one.is_counted), timedelta())
    assert counted == minutes * MINUTE
    for piece in pieces:
        middle = piece.began_at + (piece.ended_at - piece.began_at) / 2
        middle = middle.replace(second=0, microsecond=0)
        if middle >= piece.began_at:
            assert is_open_slowly(calendar, middle) == (not piece.why.startswith("closed"))


@many
@given(calendars(), calendars(), instants())
def test_two_parties_are_open_exactly_when_each_of_them_is(one, other, minute):
    assert is_open(Both(one, other), minute) == (is_open(one, minute) and is_open(other, minute))
    assert is_open(Both(one, other), minute) == is_open(Both(other, one), minute)
