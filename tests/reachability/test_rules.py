"""Who can be reached when: a table of examples on known days, without a database.

Tuesday 13 January 2026 is a school day; London is at UTC. Half-term is 16 to 20 February.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.contracts.calendars import LaDays
from app.reachability import rules
from app.reachability.days import open_days
from app.reachability.rules import Away, Member, Period, Rota

SAM = Member(1, 11, "Sam")
TOM = Member(2, 12, "Tom", deputy_for=1)
DORA = Member(3, 13, "Dora", is_spoc=False)
TERMS = ((date(2026, 1, 5), date(2026, 2, 13)), (date(2026, 2, 23), date(2026, 3, 27)))
TUESDAY = date(2026, 1, 13)


def at(text: str) -> datetime:
    return datetime.fromisoformat(f"2026-{text}").replace(tzinfo=UTC)


def period(who: int, weekday: int, begins: str, ends: str, *, in_term: bool = True) -> Period:
    return Period(who, weekday, time.fromisoformat(begins), time.fromisoformat(ends), in_term)


ALL_WEEK = tuple(period(1, day, "08:30", "15:30") for day in range(5))
WITH_TOM = (*ALL_WEEK, period(2, 2, "09:00", "12:00"))


def rota(periods: Any = ALL_WEEK, aways: Any = (), members: Any = (SAM, TOM, DORA)) -> Rota:
    la = LaDays(frozenset({date(2026, 5, 4)}), TERMS)
    days = open_days(None, la, around=TUESDAY)
    return Rota(tuple(members), tuple(periods), tuple(aways), days.school, days.year)


def away(who: int, first: str, last: str, cover: int | None = None) -> Away:
    return Away(who, date.fromisoformat(first), date.fromisoformat(last), cover)


# fmt: off
NOW = [
    # at               Sam's until or next
    ("01-13T08:29", None,          "01-13T08:30"),
    ("01-13T08:30", "01-13T15:30", None),
    ("01-13T15:29", "01-13T15:30", None),
    ("01-13T15:30", None,          "01-14T08:30"),  # half-open: at the end it is over
    ("01-16T16:00", None,          "01-19T08:30"),  # over the weekend
    ("02-13T16:00", None,          "02-23T08:30"),  # over half-term
]
# fmt: on


@pytest.mark.parametrize(("when", "until", "next_at"), NOW)
def test_now_and_next(when: str, until: str | None, next_at: str | None) -> None:
    sam = rules.stands(rota(), at(when))[0]
    assert sam.member is SAM
    assert (sam.until, sam.next_at) == (until and at(until), next_at and at(next_at))


def test_periods_that_touch_are_one_stretch() -> None:
    halves = [period(1, 1, "08:30", "12:00"), period(1, 1, "12:00", "15:30", in_term=False)]
    assert rules.stands(rota(halves), at("01-13T09:00"))[0].until == at("01-13T15:30")


def test_a_period_of_the_whole_year_counts_in_the_holidays_but_not_on_bank_holidays() -> None:
    office = [
        period(1, 1, "09:00", "11:00", in_term=False),
        period(1, 0, "09:00", "11:00", in_term=False),
    ]
    found = rota(office)
    assert rules.reaches_on(found, date(2026, 2, 17)), "half-term"
    assert not rules.reaches_on(found, date(2026, 5, 4)), "a bank holiday, a Monday"
    assert rules.reaches_on(found, date(2026, 5, 11))
    assert not rules.reaches_on(rota(), date(2026, 2, 17)), "in term only"


def test_summer_time_moves_the_instant_and_not_the_clock_on_the_wall() -> None:
    office = [period(1, day, "09:00", "11:00", in_term=False) for day in range(7)]
    winter, summer = (
        rules.reaches_on(rota(office), date(2026, 3, day))[0].began_at for day in (28, 29)
    )
    assert (winter.hour, summer.hour) == (9, 8)


def test_a_cover_stands_at_the_times_of_whoever_is_away() -> None:
    found = rota(WITH_TOM, [away(1, "2026-01-13", "2026-01-13", 2)])
    (reach,) = rules.reaches_on(found, TUESDAY)
    assert (reach.member, reach.instead_of) == (TOM, SAM)
    sam, tom = sorted(rules.stands(found, at("01-13T09:00")), key=lambda one: one.member.id)[:2]
    assert (sam.until, sam.is_away) == (None, True)
    assert tom.until == at("01-13T15:30")
    assert rules.uncovered_on(found, TUESDAY) == []


def test_a_cover_who_is_away_too_may_have_a_cover_and_never_turns_in_circles() -> None:
    chain = [away(1, "2026-01-13", "2026-01-13", 2), away(2, "2026-01-12", "2026-01-14", 3)]
    assert rules.reaches_on(rota(ALL_WEEK, chain), TUESDAY)[0].member is DORA
    circle = [away(1, "2026-01-13", "2026-01-13", 2), away(2, "2026-01-13", "2026-01-13", 1)]
    assert rules.reaches_on(rota(ALL_WEEK, circle), TUESDAY) == []


def test_somebody_away_without_cover_leaves_the_agreed_time_uncovered() -> None:
    found = rota(ALL_WEEK, [away(1, "2026-01-14", "2026-01-15")])
    assert not rules.is_uncovered(found, at("01-13T09:00"))
    assert rules.is_uncovered(found, at("01-14T09:00"))
    assert not rules.is_uncovered(found, at("01-14T15:30")), "after the agreed time"
    assert [day for day, _ in rules.uncovered_days(found, at("01-13T09:00"))] == [
        date(2026, 1, 14),
        date(2026, 1, 15),
    ]


def test_only_the_part_that_nobody_else_covers_is_named() -> None:
    found = rota(WITH_TOM, [away(1, "2026-01-14", "2026-01-14")])
    assert rules.uncovered_on(found, date(2026, 1, 14)) == [
        (at("01-14T08:30"), at("01-14T09:00")),
        (at("01-14T12:00"), at("01-14T15:30")),
    ]


def test_a_school_day_of_which_nobody_said_anything_is_uncovered_while_the_school_is_open() -> None:
    without_tuesday = [one for one in ALL_WEEK if one.weekday != 1]
    assert rules.uncovered_on(rota(without_tuesday), TUESDAY) == [
        (at("01-13T08:00"), at("01-13T17:00"))
    ]
    assert rules.uncovered_on(rota(without_tuesday), date(2026, 2, 17)) == [], "half-term"


def test_the_coming_five_school_days_leave_weekends_and_holidays_out() -> None:
    days = rules.school_days_from(rota().days, date(2026, 2, 12))
    assert days == [date(2026, 2, day) for day in (12, 13, 23, 24, 25)]


def test_gaps_are_when_the_school_is_open_and_nobody_is_there() -> None:
    assert rules.gaps_on(rota(), TUESDAY) == [
        (at("01-13T08:00"), at("01-13T08:30")),
        (at("01-13T15:30"), at("01-13T17:00")),
    ]


def test_a_school_without_anybody_is_uncovered() -> None:
    assert rules.is_uncovered(rota((), members=()), at("01-13T09:00"))


def test_somebody_whose_part_ends_counts_until_then() -> None:
    leaving = replace(SAM, last_day=TUESDAY)
    found = rota(ALL_WEEK, members=(leaving,))
    assert rules.reaches_on(found, TUESDAY)
    assert not rules.reaches_on(found, date(2026, 1, 14))


def test_until_a_desk_says_something_else_the_usual_week_counts() -> None:
    found = rota(rules.usual_periods((SAM, TOM, DORA)))
    (first, second) = rules.reaches_on(found, TUESDAY)
    assert {first.member, second.member} == {SAM, TOM}
    assert (first.began_at, first.ended_at) == (at("01-13T08:00"), at("01-13T17:00"))


def test_years_of_which_nobody_has_entered_terms_count_as_term() -> None:
    assert rules.reaches_on(rota(), date(2026, 9, 8)), "the next school year has no terms yet"
    assert not rules.reaches_on(rota(), date(2026, 7, 7)), "this one has, and they are over"


_minutes = st.integers(0, 23 * 60 + 59)


@st.composite
def _rotas(draw: Any) -> Rota:
    periods = []
    for _ in range(draw(st.integers(0, 6))):
        begins, ends = sorted(draw(st.tuples(_minutes, _minutes)))
        if begins < ends:
            first, last = (time(*divmod(one, 60)) for one in (begins, ends))
            who, weekday = draw(st.integers(1, 3)), draw(st.integers(0, 6))
            periods.append(Period(who, weekday, first, last, draw(st.booleans())))
    aways = [
        Away(
            who,
            day,
            day + timedelta(days=draw(st.integers(0, 3))),
            draw(st.sampled_from([None, 1, 2, 3])),
        )
        for who in draw(st.lists(st.integers(1, 3), max_size=3))
        for day in [date(2026, 1, draw(st.integers(12, 16)))]
    ]
    return rota(periods, [one for one in aways if one.cover != one.member])


@given(_rotas(), st.integers(0, 6), _minutes)
def test_every_minute_is_as_a_slow_look_says(found: Rota, ahead: int, minute: int) -> None:
    """Minute by minute: someone covers it exactly if a person whose period it is, or their cover,
    is there."""
    day = date(2026, 1, 12) + timedelta(days=ahead)
    now = datetime.combine(day, time(*divmod(minute, 60)), UTC)
    there = set()
    for one in found.periods:
        if one.weekday != day.weekday() or not one.begins <= now.time() < one.ends:
            continue
        who, asked = one.member, set()
        while who and who not in asked:
            asked.add(who)
            absent = [a for a in found.aways if a.member == who and a.is_on(day)]
            if not absent:
                there.add(who)
                break
            who = next((a.cover for a in absent if a.cover), 0)
    reaches = rules.reaches_on(found, day)
    # The weekend is no school day, so what counts in term only is not kept then either.
    assert {one.member.id for one in reaches if one.began_at <= now < one.ended_at} == there
    stand = {one.member.id for one in rules.stands(found, now) if one.until}
    assert stand == there
    wanted = rules.agreed_on(found, day)
    left = rules.uncovered_on(found, day)
    is_open = bool(rules.openings_on(found.days, day))
    if is_open and wanted:
        is_wanted = any(a <= now < b for a, b in wanted)
        assert any(a <= now < b for a, b in left) == (is_wanted and not there)
