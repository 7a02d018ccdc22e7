"""Calendars and instants for property tests, thickest where the clocks change."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta

from hypothesis import strategies as st

from app.calendar_days import Calendar, Hours
from tests.service_calendars import ALWAYS, SHORTFRI, SPLIT, STD, TERM

# The term dates known, and then one long term, so that no start is left without an opening.
EVER = replace(TERM, terms=(*(TERM.terms or ()), (date(2027, 9, 1), date(2039, 12, 31))))

# Half-hours except 01:30: the one wall time that some nights show twice or never.
HALF_HOURS = [time(hour, half) for hour in range(24) for half in (0, 30) if (hour, half) != (1, 30)]

# Nights on which the clocks change, Easter, Christmas, a leap day, the turn of the year.
ANCHORS = [
    date(2026, 3, 29),
    date(2026, 10, 25),
    date(2027, 3, 28),
    date(2027, 10, 31),
    date(2028, 3, 26),
    date(2026, 4, 3),
    date(2026, 12, 25),
    date(2028, 2, 29),
    date(2027, 1, 1),
]


@st.composite
def days_of_hours(draw: st.DrawFn) -> tuple[Hours, ...]:
    edges = sorted(draw(st.lists(st.sampled_from(HALF_HOURS), max_size=4, unique=True)))
    if len(edges) % 2:
        edges.append(time(0))
    return tuple(zip(edges[::2], edges[1::2], strict=True))


@st.composite
def odd_calendars(draw: st.DrawFn) -> Calendar:
    """Any week that opens at all, with closed days and perhaps terms around the anchors."""
    week = draw(st.tuples(*[days_of_hours()] * 7).filter(any))
    anchor = draw(st.sampled_from(ANCHORS))
    near = st.integers(-6, 6).map(lambda days: anchor + timedelta(days=days))
    terms = None
    if draw(st.booleans()):
        gap = draw(near)
        terms = (
            (date(2020, 1, 1), gap),
            (gap + timedelta(days=draw(st.integers(2, 9))), date(2039, 12, 31)),
        )
    return Calendar(week, draw(st.frozensets(near, max_size=3)), draw(st.frozensets(near)), terms)


def calendars() -> st.SearchStrategy[Calendar]:
    return st.sampled_from([STD, SHORTFRI, SPLIT, EVER, ALWAYS]) | odd_calendars()


def instants(days: int = 5) -> st.SearchStrategy[datetime]:
    """Whole minutes up to so many days before or after an anchor."""
    return st.builds(
        lambda anchor, minute: datetime.combine(anchor, time(), UTC) + timedelta(minutes=minute),
        st.sampled_from(ANCHORS),
        st.integers(-days * 1440, days * 1440)
        | st.integers(-days * 24, days * 24).map(lambda hour: hour * 60),
    )
