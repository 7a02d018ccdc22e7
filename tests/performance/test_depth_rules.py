"""Figures in depth, by hand: every formula with numbers that can be worked out on paper."""

from __future__ import annotations

from datetime import UTC, date, datetime, time
from decimal import Decimal

import pytest

from app.calendar_days import Calendar
from app.errors import Wrong
from app.performance.depth import sheets, tender
from app.performance.depth.downtime import availability, months_of_service
from app.performance.depth.exposure import Device, Step, device_days, step_of, years
from app.performance.depth.reliability import Amount, flag_of, rated, with_three_schools
from app.performance.depth.seen import months_asked
from app.performance.depth.success import succeeded, watched_until
from app.performance.depth.tell_seasons import is_burst, weeks_of
from app.performance.depth.tell_services import availability_words
from app.performance.depth.tell_work import ratio_words
from app.performance.depth.told import beyond_sentence, share_words
from app.performance.statistics import xmr

JAN, FEB, MAR, APR = (date(2026, month, 1) for month in (1, 2, 3, 4))
# 8 hours each weekday, all year.
NINE_TO_FIVE = Calendar(week=(*[((time(9), time(17)),)] * 5, (), ()))


def day(month: int, number: int) -> date:
    return date(2026, month, number)


def at(month: int, number: int, hour: int = 9, minute: int = 0) -> datetime:
    return datetime(2026, month, number, hour, minute, tzinfo=UTC)


# --- device-days ---

BOUGHT = Device(day(1, 11), day(2, 20), "in_use")
NOT_BOUGHT = Device(None, day(2, 20), "in_use")


@pytest.mark.parametrize(
    ("device", "steps", "expected"),
    [
        # From its purchase: 21 days of January, 28 of February, 31 of March.
        (BOUGHT, [], {JAN: 21, FEB: 28, MAR: 31}),
        # Nobody knows when it was bought: from the day it was entered.
        (NOT_BOUGHT, [], {FEB: 9, MAR: 31}),
        # In the cupboard nothing fails.
        (Device(day(1, 11), day(1, 11), "in_stock"), [], {}),
        # Retired on 11 March: that day no longer counts.
        (BOUGHT, [Step(day(3, 11), "in_use", "retired")], {JAN: 21, FEB: 28, MAR: 10}),
        # In stock until 1 February; in repair it counts.
        (
            BOUGHT,
            [Step(FEB, "in_stock", "in_use"), Step(day(2, 15), "in_use", "in_repair")],
            {FEB: 28, MAR: 31},
        ),
        # Lost for ten days and found again.
        (
            BOUGHT,
            [Step(FEB, "in_use", "lost_or_stolen"), Step(day(2, 11), "lost_or_stolen", "in_use")],
            {JAN: 21, FEB: 18, MAR: 31},
        ),
    ],
)
def test_device_days(device, steps, expected):
    assert device_days(device, steps, since=JAN, until=APR) == expected


def test_device_days_begin_with_the_desk_and_end_today():
    found = device_days(BOUGHT, [], since=day(1, 30), until=day(2, 3))
    assert found == {JAN: 2, FEB: 2}


def test_a_loan_is_a_change_of_status_too():
    assert step_of(JAN, "asset.lent", None, "Class 3A") == Step(JAN, "in_use", "on_loan")
    assert step_of(JAN, "asset.returned", "Class 3A", "in_use") == Step(JAN, "on_loan", "in_use")
    assert step_of(JAN, "asset.lost", "in_use", "lost_or_stolen") == Step(
        JAN, "in_use", "lost_or_stolen"
    )


# --- faults per 100 device-years ---

YEAR = 36525  # device-days: 100 device-years


def test_rates_of_models():
    """Of laptops: 40 faults in 200 device-years are 20 per 100; A has 30, B 10 in 100 each."""
    found = rated(
        [
            Amount(4, "laptop", "Dell", "A", 30, YEAR),
            Amount(2, "laptop", "Dell", "B", 10, YEAR),
            Amount(3, "laptop", "Dell", "C", 0, 365),
            Amount(5, "printer", "HP", "P", 3, YEAR),
        ]
    )
    assert [(one.make, one.model) for one in found] == [
        ("Dell", "A"),
        ("Dell", "B"),
        ("Dell", "C"),
        ("HP", "P"),
    ]
    a, b, c, p = found
    assert (round(a.rate, 6), round(b.rate, 6), round(p.rate, 6)) == (30, 10, 3)
    assert a.type_rate == pytest.approx(40 / (2 * YEAR + 365) * YEAR)
    # Exact Poisson (Garwood): 30 → 20.24 to 42.83; 10 → 4.80 to 18.39; 3 → 0.619 to 8.767.
    assert (a.low, a.high) == pytest.approx((20.2409, 42.8269), abs=1e-3)
    assert (b.low, b.high) == pytest.approx((4.7954, 18.3904), abs=1e-3)
    assert (p.low, p.high) == pytest.approx((0.61867, 8.76727), abs=1e-4)
    # One device-year is too little for a rate or a flag.
    assert (c.rate, c.low, c.flag) == (None, None, "too_few")
    # The only model of its type is what it is compared with.
    assert p.flag == "within"
    assert [one.is_of_few_schools for one in found] == [False, True, False, False]
    assert {key[2] for key in with_three_schools(found)} == {"a", "c", "p"}


def test_the_same_model_written_otherwise_is_one_and_counts_no_school_twice():
    (one,) = rated(
        [
            Amount(2, "laptop", "Dell", "Latitude 3540", 3, YEAR),
            Amount(1, "laptop", "DELL", "latitude  3540", 1, YEAR),
        ]
    )
    assert (one.faults, one.schools, one.rate) == (4, 2, pytest.approx(2.0))


@pytest.mark.parametrize(
    ("faults", "expected", "flag"),
    [
        # P(X ≥ 18 | 10) = 0.0143, P(X ≥ 17 | 10) = 0.0270, P(X ≥ 22 | 10) = 0.0007
        (17, 10, "within"),
        (18, 10, "high_95"),
        (22, 10, "high_998"),
        # P(X ≤ 4 | 10) = 0.0293, P(X ≤ 3 | 10) = 0.0103, P(X ≤ 1 | 10) = 0.0005
        (4, 10, "within"),
        (3, 10, "low_95"),
        (1, 10, "low_998"),
        (0, 0, "too_few"),
    ],
)
def test_flags_by_the_poisson_tail(faults, expected, flag):
    assert flag_of(faults, expected) == flag


def test_device_years():
    assert years(YEAR) == 100


# --- availability ---


def test_a_service_is_down_in_its_hours_once():
    """January 2026 has 22 weekdays of 8 hours. Down on Monday 5th 10:00–12:00 and 11:00–13:00,
    which is 3 hours; from Friday 9th 16:00 over the weekend to Monday 12th 10:00, which is 2."""
    outages = [
        (at(1, 5, 10), at(1, 5, 12)),
        (at(1, 5, 11), at(1, 5, 13)),
        (at(1, 9, 16), at(1, 12, 10)),
    ]
    january, february = months_of_service(
        outages, NINE_TO_FIVE, JAN, MAR, datetime(2026, 3, 1, tzinfo=UTC)
    )
    assert january.open_seconds == 22 * 8 * 3600
    assert (january.down_seconds, january.outages) == (5 * 3600, 3)
    assert (february.down_seconds, february.outages) == (0, 0)
    assert availability(january.open_seconds, january.down_seconds) == pytest.approx(1 - 5 / 176)


def test_what_is_still_down_is_down_until_now():
    now = at(1, 6, 11)
    (january,) = months_of_service([(at(1, 5, 16), None)], NINE_TO_FIVE, JAN, FEB, now)
    # One hour on Monday, two on Tuesday; open: Thursday 1st, Friday 2nd, Monday 5th, two hours.
    assert (january.down_seconds, january.open_seconds) == (3 * 3600, (3 * 8 + 2) * 3600)


@pytest.mark.parametrize(
    ("share", "said"),
    [(None, "–"), (1.0, "100.00 %"), (0.999999, "99.99 %"), (0.97159, "97.16 %")],
)
def test_availability_is_never_rounded_up_to_whole(share, said):
    assert availability_words(share) == said
    assert availability(0, 0) is None


# --- changes ---


def test_a_change_is_watched_for_five_working_days():
    """It ended on Thursday 8 January; the fifth working day after it is Thursday the 15th."""
    ended = at(1, 8, 15)
    assert watched_until(ended, NINE_TO_FIVE) == at(1, 15, 17)


@pytest.mark.parametrize(
    ("is_backed_out", "reports", "expected"),
    [
        (False, [], True),
        (True, [], False),
        (False, [at(1, 8, 14)], True),  # before it ended
        (False, [at(1, 9, 9)], False),
        (False, [at(1, 15, 17)], False),
        (False, [at(1, 15, 17, 1)], True),
    ],
)
def test_whether_a_change_succeeded(is_backed_out, reports, expected):
    found = succeeded(
        at(1, 8, 15),
        is_backed_out=is_backed_out,
        reports=reports,
        calendar=NINE_TO_FIVE,
    )
    assert found is expected


# --- contracts together ---


def test_notice_days_within_a_month_of_the_first_are_a_window():
    days = [day(3, 1), day(3, 31), day(4, 1), day(9, 30), None, day(1, 1)]
    assert tender.windows(days, today=day(2, 1)) == [(day(3, 1), day(4, 1), 3)]
    assert tender.windows([day(3, 1), day(4, 2)], today=day(2, 1)) == []


def test_prices():
    assert tender.per_pupil(Decimal("2750.00"), 220) == Decimal("12.5")
    assert tender.per_pupil(None, 220) is None
    assert tender.per_pupil(Decimal(1), 0) is None
    assert tender.middle([Decimal(9), Decimal(1), Decimal(4)]) == 4
    assert tender.middle([Decimal(1), Decimal(4)]) == Decimal("2.5")
    assert tender.middle([]) is None


# --- sheets ---


def test_the_difference_between_poor_and_good_sheets():
    """10 and 20 hours alternating: mean 15, variance 25 × 20 / 19; good ones five hours less."""
    poor = [36_000, 72_000] * 10
    good = [one - 18_000 for one in poor]
    found = sheets.difference(poor, good)
    assert found is not None
    reach = 1.959964 * (2 * (25 * 20 / 19) / 20) ** 0.5
    assert (found.hours, found.high - found.hours) == pytest.approx((5.0, reach))
    assert found.is_beyond_chance
    assert "more than chance" in sheets.sentence(found)
    same = sheets.difference(poor, poor)
    assert same is not None
    assert not same.is_beyond_chance
    assert "may be chance" in sheets.sentence(same)


def test_of_few_sheets_nothing_is_said():
    assert sheets.difference([3600] * 19, [3600] * 40) is None
    assert "nothing can be said" in sheets.sentence(None)


# --- months, weeks, words ---


@pytest.mark.parametrize(
    ("asked", "expected"),
    [
        ({}, (date(2025, 3, 1), MAR)),
        ({"period": "24_months"}, (date(2024, 3, 1), MAR)),
        ({"period": "school_year"}, (date(2025, 9, 1), MAR)),
        ({"period": "last_school_year"}, (date(2024, 9, 1), date(2025, 9, 1))),
        # Whole months around the days that were asked for.
        ({"first": day(1, 10), "end": day(2, 2)}, (JAN, MAR)),
        ({"first": JAN, "end": FEB}, (JAN, FEB)),
        ({"end": FEB}, (date(2025, 9, 1), FEB)),
    ],
)
def test_the_months_that_are_asked_for(asked, expected):
    assert months_asked(asked, today=day(2, 10)) == expected


@pytest.mark.parametrize(
    ("asked", "field"),
    [
        ({"first": FEB, "end": JAN}, "to"),
        ({"first": day(3, 1), "end": day(3, 1)}, "to"),
        ({"first": date(1990, 1, 1)}, "from"),
    ],
)
def test_months_that_make_no_sense(asked, field):
    with pytest.raises(Wrong) as refused:
        months_asked(asked, today=day(2, 10))
    assert list(refused.value.errors) == [field]


def test_weeks_of_a_school_year_with_a_holiday_and_a_burst():
    """Three usual weeks of 2, one of 12: P(X ≥ 12 | 2) is below one in a thousand."""
    first = date(2025, 9, 1)
    counts = {first: 2, date(2025, 9, 9): 2, date(2025, 9, 16): 12, date(2025, 9, 30): 2}
    terms = ((first, date(2025, 9, 19)), (date(2025, 9, 29), date(2025, 10, 24)))
    weeks = weeks_of(first, date(2025, 10, 6), counts, terms, date(2025, 10, 6))
    assert [(one.amount, one.is_holiday, one.is_burst) for one in weeks] == [
        (2, False, False),
        (2, False, False),
        (12, False, True),
        (0, True, False),
        (2, False, False),
    ]
    assert weeks[0].usual == 2.0
    assert weeks[3].usual is None


def test_no_burst_without_something_usual():
    assert not is_burst(5, None)
    assert not is_burst(5, 0.0)


def test_the_month_beyond_the_limits_is_named():
    """Eleven months of 0.5 and 0.6 in turn, then 0.95: mean 0.583, mean step 0.127 (11 steps), so
    the limit is 0.583 + 2.66 × 0.127 = 0.922."""
    values = [0.5, 0.6] * 5 + [0.5, 0.95]
    control = xmr(values, lowest=0.0, highest=1.0)
    days = [date(2025, month, 1) for month in range(1, 13)]
    said = beyond_sentence(days, control, ["9.5 of 10.0 h"] * 12)
    assert said.startswith("December 2025 (9.5 of 10.0 h) lies above the limits")


def test_words():
    assert ratio_words(320, 100) == "3.2 : 1"
    assert ratio_words(320, 0) == "–"
    assert share_words(2, 3) == "2 of 3"
    assert share_words(7, 9) == "77.8 % (7 of 9)"
    assert share_words(0, 0) == "–"
