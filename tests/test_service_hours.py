"""Working-time arithmetic against the worked examples, and where days and clocks change."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta, timezone
from itertools import pairwise

import pytest

from app.calendar_days import Calendar
from app.service_hours import (
    NeverOpen,
    add_open_time,
    end_of_working_day,
    explain,
    is_open,
    joined_up,
    next_opening,
    open_seconds,
    open_stretches,
)
from tests.service_calendars import (
    ALWAYS,
    BANK_HOLIDAYS,
    INSET,
    LONDON,
    SHORTFRI,
    SPLIT,
    STD,
    TERM,
    london,
)

# fmt: off
DUE = {
    "A1": (STD, "2026-01-13 09:10", 30, "2026-01-13 09:40"),
    "A2": (STD, "2026-01-13 09:10", 360, "2026-01-13 15:10"),
    "A3": (STD, "2026-01-13 14:00", 360, "2026-01-14 11:00"),
    "A4": (STD, "2026-01-13 19:42", 30, "2026-01-14 08:30"),
    "A5": (STD, "2026-01-17 11:00", 60, "2026-01-19 09:00"),
    "A6": (STD, "2026-01-16 16:30", 480, "2026-01-19 15:30"),
    "A7 exactly closing time": (STD, "2026-01-13 16:00", 60, "2026-01-13 17:00"),
    "A8 logged at closing time": (STD, "2026-01-13 17:00", 60, "2026-01-14 09:00"),
    "A9 a whole day": (STD, "2026-01-13 08:00", 540, "2026-01-13 17:00"),
    "B1 Easter": (STD, "2026-04-02 16:00", 480, "2026-04-07 14:00Z"),
    "B2 Christmas 2025": (STD, "2025-12-24 15:30", 720, "2025-12-30 09:30"),
    "B3 Boxing Day on a Saturday": (STD, "2026-12-24 15:30", 720, "2026-12-30 09:30"),
    "B4 two substitute days": (STD, "2027-12-24 15:30", 480, "2027-12-29 14:30"),
    "B5 Early May": (STD, "2026-05-01 15:00", 240, "2026-05-05 10:00"),
    "C1 clocks forward": (STD, "2026-03-27 16:30Z", 480, "2026-03-30 14:30Z"),
    "C2 round the clock, forward": (ALWAYS, "2026-03-28 23:30Z", 240, "2026-03-29 03:30Z"),
    "C3 round the clock, back": (ALWAYS, "2026-10-24 22:30Z", 240, "2026-10-25 02:30Z"),
    "C4 clocks back": (STD, "2026-10-23 15:30Z", 480, "2026-10-26 15:30Z"),
    "C5 first 01:30": (ALWAYS, "2026-10-25 00:30Z", 60, "2026-10-25 01:30Z"),
    "C6 second 01:30": (ALWAYS, "2026-10-25 01:30Z", 60, "2026-10-25 02:30Z"),
    "C7 hours are local": (STD, "2026-07-14 15:30Z", 60, "2026-07-15 07:30Z"),
    "D1 short Friday": (SHORTFRI, "2026-01-16 15:00", 120, "2026-01-19 08:30"),
    "D2 27 hours": (SHORTFRI, "2026-01-15 09:00", 1620, "2026-01-20 09:30"),
    "D3 over lunch": (SPLIT, "2026-01-13 12:00", 60, "2026-01-13 14:00"),
    "D4 logged at lunch": (SPLIT, "2026-01-13 12:45", 60, "2026-01-13 14:30"),
    "E1 half term and clocks back": (TERM, "2021-10-22 15:30", 60, "2021-11-01 08:30"),
    "E2 Easter holidays": (TERM, "2022-04-01 14:00", 360, "2022-04-19 12:00"),
    "E4 half term": (TERM, "2026-02-13 15:00", 120, "2026-02-23 09:00"),
    "E5 INSET day": (INSET, "2026-02-13 15:00", 120, "2026-02-24 09:00"),
    "E6 summer holidays": (TERM, "2026-07-22 15:30", 60, "2026-09-02 08:30"),
}
WORKING_DAYS = {
    "F1": (STD, "2026-01-13 10:00", 3, "2026-01-16 17:00"),
    "F2 clock day is Monday": (STD, "2026-01-17 11:00", 3, "2026-01-22 17:00"),
    "F3 Easter": (STD, "2026-04-01 16:59", 2, "2026-04-07 17:00"),
    "F4 short Friday": (SHORTFRI, "2026-01-14 10:00", 2, "2026-01-16 16:30"),
    "before opening": (STD, "2026-01-13 07:00", 1, "2026-01-14 17:00"),
    "at lunch": (SPLIT, "2026-01-13 12:45", 1, "2026-01-14 16:30"),
    "at closing time": (STD, "2026-01-13 17:00", 1, "2026-01-15 17:00"),
    "the day itself": (STD, "2026-01-13 10:00", 0, "2026-01-13 17:00"),
    "round the clock": (ALWAYS, "2026-01-13 10:00", 1, "2026-01-15 00:00"),
}
ELAPSED = {
    "H1": (STD, "2026-01-16 16:30", "2026-01-19 08:20", 50),
    "H2 clocks forward": (STD, "2026-03-27 16:00", "2026-03-30 09:00", 120),
    "H3 round the clock": (ALWAYS, "2026-03-29 00:30Z", "2026-03-29 01:30Z", 60),
    "H4 Easter": (STD, "2026-04-02 17:00", "2026-04-07 08:00", 0),
    "H5 over lunch": (SPLIT, "2026-01-13 12:00", "2026-01-13 14:00", 60),
    "backwards": (STD, "2026-01-13 14:00", "2026-01-13 12:00", 0),
}
# fmt: on


@pytest.mark.parametrize(("calendar", "start", "minutes", "due"), DUE.values(), ids=DUE)
def test_due_is_when_so_much_opening_time_has_passed(calendar, start, minutes, due):
    assert add_open_time(calendar, london(start), minutes * 60) == london(due)


@pytest.mark.parametrize(("calendar", "start", "minutes", "due"), DUE.values(), ids=DUE)
def test_the_time_up_to_due_is_the_target(calendar, start, minutes, due):
    assert open_seconds(calendar, london(start), london(due)) == minutes * 60


@pytest.mark.parametrize(
    ("calendar", "start", "days", "due"), WORKING_DAYS.values(), ids=WORKING_DAYS
)
def test_working_days_end_at_closing_time(calendar, start, days, due):
    assert end_of_working_day(calendar, london(start), days) == london(due)


@pytest.mark.parametrize(("calendar", "start", "end", "minutes"), ELAPSED.values(), ids=ELAPSED)
def test_elapsed_time_is_opening_time(calendar, start, end, minutes):
    assert open_seconds(calendar, london(start), london(end)) == minutes * 60


def test_a_bank_holiday_entered_days_ahead_moves_the_due_time():
    funeral = date(2022, 9, 19)
    unaware = replace(STD, bank_holidays=BANK_HOLIDAYS - {funeral})
    aware = replace(STD, bank_holidays=BANK_HOLIDAYS | {funeral})
    started = london("2022-09-16 16:00")
    assert add_open_time(unaware, started, 480 * 60) == london("2022-09-19 15:00")
    assert add_open_time(aware, started, 480 * 60) == london("2022-09-20 15:00")


def test_any_offset_may_come_in_and_utc_goes_out():
    started = datetime(2026, 7, 14, 16, 30, tzinfo=LONDON)
    elsewhere = started.astimezone(timezone(timedelta(hours=5, minutes=45)))
    due = add_open_time(STD, elsewhere, 3600)
    assert due == add_open_time(STD, started, 3600) == london("2026-07-15 07:30Z")
    assert due.tzinfo is UTC


def test_two_london_times_are_not_subtracted_by_the_wall_clock():
    first = datetime(2026, 10, 25, 1, 30, tzinfo=LONDON)
    assert open_seconds(ALWAYS, first, first.replace(fold=1)) == 3600


def test_a_naive_time_is_refused():
    with pytest.raises(ValueError, match="offset"):
        add_open_time(STD, datetime(2026, 1, 13, 9), 60)


def test_open_time_cannot_be_taken_away():
    with pytest.raises(ValueError, match="only be added"):
        add_open_time(STD, london("2026-01-13 09:00"), -1)


def test_a_part_of_a_second_is_kept_in_the_due_time_and_left_out_of_a_length():
    started = london("2026-01-13 09:00") + timedelta(microseconds=250_000)
    assert add_open_time(STD, started, 0.5) == started + timedelta(microseconds=500_000)
    assert open_seconds(STD, started, started + timedelta(seconds=1.75)) == 1


def test_openings_are_half_open():
    assert is_open(STD, london("2026-01-13 08:00"))
    assert not is_open(STD, london("2026-01-13 17:00"))
    assert next_opening(STD, london("2026-01-13 12:00")) == london("2026-01-13 12:00")
    assert next_opening(STD, london("2026-01-13 17:00")) == london("2026-01-14 08:00")


def test_openings_between_two_instants_are_cut_to_them():
    assert open_stretches(SPLIT, london("2026-01-13 12:00"), london("2026-01-14 09:00")) == [
        (london("2026-01-13 12:00"), london("2026-01-13 12:30")),
        (london("2026-01-13 13:30"), london("2026-01-13 16:30")),
        (london("2026-01-14 08:30"), london("2026-01-14 09:00")),
    ]


@pytest.mark.parametrize(
    "shut",
    [Calendar(((),) * 7), replace(STD, terms=()), TERM],
    ids=["no hours", "no terms", "terms run out"],
)
def test_a_calendar_that_never_opens_again_says_so(shut):
    for ask in (
        next_opening,
        lambda c, at: add_open_time(c, at, 60),
        lambda c, at: end_of_working_day(c, at, 1),
    ):
        with pytest.raises(NeverOpen, match="2027-07-17"):
            ask(shut, datetime(2027, 7, 17, 12, tzinfo=UTC))


def test_the_end_of_all_dates_is_not_an_accident():
    with pytest.raises(NeverOpen):
        add_open_time(ALWAYS, datetime(9999, 12, 1, tzinfo=UTC), 40 * 86400)


def test_always_open_heeds_neither_holidays_nor_terms():
    always = replace(STD, always=True, terms=())
    christmas = london("2026-12-25 03:00")
    assert is_open(always, christmas)
    assert add_open_time(always, christmas, 86400) == christmas + timedelta(days=1)


def test_a_working_saturday_that_is_a_bank_holiday_is_closed():
    saturdays = replace(STD, week=(*STD.week[:5], STD.week[0], ()))
    assert is_open(saturdays, london("2026-12-19 10:00"))
    assert not is_open(saturdays, london("2026-12-26 10:00"))


# The clock shows 01:30 twice on one night and never on another.
@pytest.mark.parametrize(
    ("day", "hours", "openings"),
    [
        ("2026-03-29", (time(0), time(1, 30)), ["2026-03-29 00:00Z", "2026-03-29 01:00Z"]),
        ("2026-03-29", (time(1, 30), time(5)), ["2026-03-29 01:00Z", "2026-03-29 04:00Z"]),
        ("2026-03-29", (time(1, 15), time(1, 45)), []),
        ("2026-10-25", (time(0), time(1, 30)), ["2026-10-24 23:00Z", "2026-10-25 00:30Z"]),
        ("2026-10-25", (time(1, 30), time(5)), ["2026-10-25 00:30Z", "2026-10-25 05:00Z"]),
        ("2026-10-25", (time(0), time(0)), ["2026-10-24 23:00Z", "2026-10-26 00:00Z"]),
    ],
)
def test_opening_hours_at_a_change_of_the_clocks(day, hours, openings):
    sundays = Calendar((*((),) * 6, (hours,)))
    noon = london(f"{day} 12:00")
    found = open_stretches(sundays, noon - timedelta(hours=13), noon + timedelta(hours=13))
    assert [instant for span in found for instant in span] == [london(text) for text in openings]


def test_touching_hours_at_a_change_of_the_clocks_neither_overlap_nor_gape():
    for day in ("2026-03-29", "2026-10-25"):
        nights = Calendar((((time(0), time(1, 30)), (time(1, 30), time(6))),) * 7)
        found = open_stretches(nights, london(f"{day} 00:00"), london(f"{day} 06:00"))
        assert found[0][0] == london(f"{day} 00:00")
        assert found[-1][1] == london(f"{day} 06:00")
        assert all(before[1] == after[0] for before, after in pairwise(found))


def test_why_a_due_time_is_late():
    pauses = [
        (london("2026-04-02 16:30"), london("2026-04-02 16:45")),
        (london("2026-04-02 20:00"), london("2026-04-03 09:00")),
    ]
    due = london("2026-04-07 15:15")
    stretches = explain(STD, london("2026-04-02 16:00"), due, pauses)
    assert [(piece.began_at, piece.is_counted, piece.why) for piece in stretches] == [
        (london("2026-04-02 16:00"), True, "open hours"),
        (london("2026-04-02 16:30"), False, "paused"),
        (london("2026-04-02 16:45"), True, "open hours"),
        (london("2026-04-02 17:00"), False, "closed: outside hours"),
        (london("2026-04-03 00:00"), False, "closed: bank holiday"),
        (london("2026-04-04 00:00"), False, "closed: weekend"),
        (london("2026-04-06 00:00"), False, "closed: bank holiday"),
        (london("2026-04-07 00:00"), False, "closed: outside hours"),
        (london("2026-04-07 08:00"), True, "open hours"),
    ]
    assert stretches[-1].ended_at == due


def test_why_names_holidays_and_inset_days():
    stretches = explain(INSET, london("2026-02-13 15:00"), london("2026-02-24 09:00"))
    assert [piece.why for piece in stretches] == [
        "open hours",
        "closed: outside hours",
        "closed: outside term",
        "closed: closure",
        "closed: outside hours",
        "open hours",
    ]


def test_round_the_clock_needs_no_explanation():
    stretches = explain(ALWAYS, london("2026-03-27 12:00"), london("2026-03-30 12:00"))
    assert [piece.why for piece in stretches] == ["open hours"]


def test_pauses_are_put_in_order_and_joined():
    at = [london(f"2026-01-13 {hour:02}:00") for hour in range(8, 16)]
    pauses = [(at[5], None), (at[1], at[3]), (at[0], at[2]), (at[3], at[4]), (at[7], at[6])]
    assert joined_up(pauses) == [(at[0], at[4]), (at[5], None)]
    assert joined_up([(at[0], None), (at[1], at[2])]) == [(at[0], None)]
