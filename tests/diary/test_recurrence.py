"""On which days something falls: examples by hand, and what holds of every series."""

from __future__ import annotations

from datetime import date, time, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.calendar_days import Calendar
from app.contracts.school_terms import whole_terms
from app.diary.recurrence import LONGEST_CLOSURE, Series, occurrences
from app.diary.rules import REPEAT_WORDS, repeat_words

_OPEN = ((time(8), time(16)),)
HALF_TERMS = (
    (date(2026, 9, 2), date(2026, 10, 23)),
    (date(2026, 11, 2), date(2026, 12, 18)),
    (date(2027, 1, 4), date(2027, 2, 12)),
    (date(2027, 2, 22), date(2027, 3, 25)),
    (date(2027, 4, 12), date(2027, 5, 28)),
    (date(2027, 6, 7), date(2027, 7, 21)),
)
SCHOOL = Calendar(
    week=(_OPEN,) * 5 + ((), ()),
    bank_holidays=frozenset({date(2027, 5, 3)}),
    inset_days=frozenset({date(2026, 9, 2), date(2027, 1, 4)}),
    terms=HALF_TERMS,
    is_school=True,
)
FIRST, LAST = date(2026, 9, 1), date(2027, 8, 31)


def days(on: str, repeat: str, first: str = "", last: str = "", **more: object) -> list[str]:
    until = more.pop("until", None)
    series = Series(
        date.fromisoformat(on),
        repeat,
        date.fromisoformat(str(until)) if until else None,
        bool(more.pop("skips", False)),
    )
    found = occurrences(
        series,
        date.fromisoformat(first) if first else FIRST,
        date.fromisoformat(last) if last else LAST,
        SCHOOL,
    )
    return [one.on.isoformat() for one in found]


# fmt: off
EXAMPLES = [  # first day, repeat, from, to, days
    ("2026-10-05", "none",        "2026-09-01", "2026-12-31", "2026-10-05"),
    ("2026-10-05", "none",        "2026-10-06", "2026-12-31", ""),
    ("2026-10-05", "weekly",      "2026-10-06", "2026-10-20", "2026-10-12 2026-10-19"),
    ("2020-01-06", "weekly",      "2026-10-05", "2026-10-12", "2026-10-05 2026-10-12"),
    ("2027-01-31", "monthly",     "2027-01-01", "2027-05-31",
     "2027-01-31 2027-02-28 2027-03-31 2027-04-30 2027-05-31"),
    ("2027-12-31", "monthly",     "2028-02-01", "2028-02-29", "2028-02-29"),
    ("2026-10-12", "nth_weekday", "2026-10-01", "2026-12-31", "2026-10-12 2026-11-09 2026-12-14"),
    ("2026-08-31", "nth_weekday", "2026-09-01", "2026-11-30", "2026-09-28 2026-10-26 2026-11-30"),
    ("2026-10-01", "nth_weekday", "2026-10-01", "2026-11-30", "2026-10-01 2026-11-05"),
    ("2024-02-29", "yearly",      "2024-01-01", "2028-12-31",
     "2024-02-29 2025-02-28 2026-02-28 2027-02-28 2028-02-29"),
    ("2026-09-04", "termly",      "2026-09-01", "2027-08-31", "2026-09-04 2027-01-06 2027-04-13"),
    ("2026-08-20", "termly",      "2026-09-01", "2027-08-31", "2026-09-03 2027-01-05 2027-04-12"),
    ("2026-12-18", "termly",      "2027-01-01", "2027-08-31", "2027-03-25 2027-07-21"),
]
# fmt: on


@pytest.mark.parametrize(("on", "repeat", "first", "last", "expected"), EXAMPLES)
def test_days(on: str, repeat: str, first: str, last: str, expected: str) -> None:
    assert days(on, repeat, first, last) == expected.split()


def test_it_ends_on_its_last_day() -> None:
    assert days("2026-10-05", "weekly", until="2026-10-19") == [
        "2026-10-05",
        "2026-10-12",
        "2026-10-19",
    ]


# fmt: off
MOVED = [
    ("2026-10-24", "2026-11-02"),  # a Saturday, then half term
    ("2026-09-02", "2026-09-03"),  # INSET day
    ("2027-05-03", "2027-05-04"),  # bank holiday
    ("2026-12-19", "2027-01-05"),  # Christmas, then an INSET day
    ("2026-10-23", "2026-10-23"),
    ("2027-07-24", "2027-07-24"),  # after the last term that is known: nobody knows
]
# fmt: on


@pytest.mark.parametrize(("on", "moved"), MOVED)
def test_closed_days_are_passed_over(on: str, moved: str) -> None:
    assert days(on, "none", skips=True) == [moved]
    assert days(on, "none") == [on]


def test_what_three_weeks_of_holidays_put_off_is_done_once() -> None:
    found = days("2026-12-07", "weekly", "2026-12-01", "2027-01-15", skips=True)
    assert found == ["2026-12-07", "2026-12-14", "2027-01-05", "2027-01-11"]


def test_what_was_put_off_before_the_span_is_in_it() -> None:
    assert days("2026-12-21", "none", "2027-01-01", "2027-01-31", skips=True) == ["2027-01-05"]


def test_whole_terms() -> None:
    autumn = (date(2026, 9, 2), date(2026, 12, 18))
    spring = (date(2027, 1, 4), date(2027, 3, 25))
    summer = (date(2027, 4, 12), date(2027, 7, 21))
    assert whole_terms(HALF_TERMS) == [autumn, spring, summer]
    assert whole_terms([summer, autumn, spring]) == [autumn, spring, summer]
    # Two weeks at half term in autumn; and the next year begins another term.
    two_weeks = [(date(2026, 9, 2), date(2026, 10, 16)), (date(2026, 11, 2), date(2026, 12, 18))]
    assert whole_terms([*two_weeks, (date(2027, 9, 2), date(2027, 12, 17))]) == [
        autumn,
        (date(2027, 9, 2), date(2027, 12, 17)),
    ]
    assert whole_terms([]) == []


DAYS = st.dates(date(2024, 1, 1), date(2029, 12, 31))
SERIES = st.builds(
    Series,
    on=DAYS,
    repeat=st.sampled_from(sorted(REPEAT_WORDS)),
    until=st.none() | DAYS,
    skips_closures=st.booleans(),
)


@given(SERIES, DAYS, st.integers(0, 731))
def test_of_every_series(series: Series, first: date, length: int) -> None:
    last = first + timedelta(days=length)
    found = occurrences(series, first, last, SCHOOL)
    assert [one.on for one in found] == sorted({one.on for one in found})
    for one in found:
        assert first <= one.on <= last
        assert one.meant >= series.on and (series.until is None or one.meant <= series.until)
        assert timedelta(0) <= one.on - one.meant <= LONGEST_CLOSURE
        assert series.skips_closures or one.on == one.meant
    # The same days, whether one asks for all of them or for a part.
    middle = first + timedelta(days=length // 2)
    assert [one.on for one in found if one.on <= middle] == [
        one.on for one in occurrences(series, first, middle, SCHOOL)
    ]
    assert repeat_words(series) or series.repeat == "none"
