"""The days of a schedule, the steps, the sums of a year: tables of examples."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.payments.rules import (
    MOST_PAYMENTS,
    STATUSES,
    STEPS,
    Line,
    TermsUnknown,
    current_year,
    is_overdue,
    months_later,
    next_working_day,
    refusal,
    scheduled_days,
    sums_of,
    year_of,
)


def day(text: str) -> date:
    return date.fromisoformat(text)


def days(*texts: str) -> list[date]:
    return [day(one) for one in texts]


# England's, around the days below.
HOLIDAYS = frozenset(
    days(
        "2025-12-25",
        "2025-12-26",
        "2026-01-01",
        "2026-04-03",
        "2026-04-06",
        "2026-05-04",
        "2026-05-25",
        "2026-08-31",
        "2026-12-25",
        "2026-12-28",
        "2027-01-01",
    )
)


@pytest.mark.parametrize(
    ("asked", "due"),
    [
        ("2026-03-02", "2026-03-02"),  # a Monday
        ("2026-03-07", "2026-03-09"),  # Saturday
        ("2026-03-08", "2026-03-09"),  # Sunday
        ("2026-04-03", "2026-04-07"),  # Good Friday: over the weekend and Easter Monday
        ("2026-04-05", "2026-04-07"),  # Easter Sunday
        ("2026-05-02", "2026-05-05"),  # the weekend before the May bank holiday
        ("2025-12-25", "2025-12-29"),  # Christmas on a Thursday
        ("2026-12-25", "2026-12-29"),  # Boxing Day’s substitute is the Monday
        ("2026-12-31", "2026-12-31"),
        ("2027-01-01", "2027-01-04"),  # into the next year, and past a weekend
        ("2026-03-29", "2026-03-30"),  # the day the clocks go forward
        ("2026-02-28", "2026-03-02"),  # over the end of the month
    ],
)
def test_a_day_that_is_no_working_day_becomes_the_next_one(asked, due):
    assert next_working_day(day(asked), HOLIDAYS) == day(due)


@pytest.mark.parametrize(
    ("rhythm", "first", "more", "expected"),
    [
        ("once", "2026-03-02", {}, ["2026-03-02"]),
        (
            "monthly",
            "2026-01-31",
            {"times": 5},
            ["2026-01-31", "2026-02-28", "2026-03-31", "2026-04-30", "2026-05-31"],
        ),
        ("monthly", "2027-12-30", {"times": 3}, ["2027-12-30", "2028-01-30", "2028-02-29"]),
        ("monthly", "2026-11-15", {"times": 3}, ["2026-11-15", "2026-12-15", "2027-01-15"]),
        ("monthly", "2026-01-31", {"last_on": "2026-02-28"}, ["2026-01-31", "2026-02-28"]),
        ("monthly", "2026-01-31", {"last_on": "2026-02-27"}, ["2026-01-31"]),
        ("yearly", "2024-02-29", {"times": 3}, ["2024-02-29", "2025-02-28", "2026-02-28"]),
        (
            "yearly",
            "2024-02-29",
            {"last_on": "2028-02-29"},
            ["2024-02-29", "2025-02-28", "2026-02-28", "2027-02-28", "2028-02-29"],
        ),
        ("yearly", "2026-04-01", {"times": 1}, ["2026-04-01"]),
    ],
)
def test_the_days_of_a_schedule(rhythm, first, more, expected):
    last = more.get("last_on")
    found = scheduled_days(rhythm, day(first), last=last and day(last), times=more.get("times"))
    assert found == days(*expected)


TERMS = [
    (day(first), day(last))
    for first, last in (
        ("2025-09-03", "2025-12-19"),
        ("2026-01-05", "2026-03-27"),
        ("2026-04-13", "2026-07-22"),
        ("2026-09-02", "2026-12-18"),
        ("2027-01-05", "2027-03-25"),
        ("2027-04-12", "2027-07-16"),
    )
]


@pytest.mark.parametrize(
    ("first", "more", "expected"),
    [
        ("2025-09-03", {"times": 3}, ["2025-09-03", "2026-01-05", "2026-04-13"]),
        ("2025-09-17", {"times": 3}, ["2025-09-17", "2026-01-19", "2026-04-27"]),
        ("2025-08-01", {"times": 2}, ["2025-09-03", "2026-01-05"]),  # in the holidays
        ("2026-07-22", {"times": 2}, ["2026-07-22", "2026-12-11"]),  # as long after its first day
        ("2025-12-19", {"times": 2}, ["2025-12-19", "2026-03-27"]),  # never after the term
        ("2026-09-02", {"last_on": "2027-01-04"}, ["2026-09-02"]),
        ("2026-09-02", {"last_on": "2027-01-05"}, ["2026-09-02", "2027-01-05"]),
        ("2027-04-12", {"last_on": "2027-08-10"}, ["2027-04-12"]),
    ],
)
def test_termly_is_as_long_after_the_first_day_of_each_term(first, more, expected):
    last = more.get("last_on")
    found = scheduled_days(
        "termly", day(first), last=last and day(last), times=more.get("times"), terms=TERMS
    )
    assert found == days(*expected)


@pytest.mark.parametrize(
    ("first", "more", "terms"),
    [
        ("2026-09-02", {"times": 4}, TERMS),
        ("2026-09-02", {"last": day("2028-01-01")}, TERMS),
        ("2027-09-01", {"times": 1}, TERMS),
        ("2024-09-01", {"times": 1}, TERMS),  # its own year was never entered
        ("2025-09-03", {"times": 4}, TERMS[:3] + TERMS[4:]),  # a term is missing in between
        ("2026-09-02", {"times": 1}, []),
    ],
)
def test_where_no_term_dates_are_known_none_are_made_up(first, more, terms):
    with pytest.raises(TermsUnknown):
        scheduled_days("termly", day(first), terms=terms, **more)


def test_too_many_are_one_more_than_may_be():
    found = scheduled_days("monthly", day("2026-01-01"), last=day("2099-01-01"))
    assert len(found) == MOST_PAYMENTS + 1


@given(st.dates(date(1990, 1, 1), date(2100, 1, 1)), st.integers(0, 240))
def test_months_later_keep_the_day_or_take_the_months_last(first, months):
    found = months_later(first, months)
    assert (found.year * 12 + found.month) - (first.year * 12 + first.month) == months
    is_last = (found + timedelta(days=1)).day == 1
    assert found.day == first.day or (found.day < first.day and is_last)


@given(st.dates(date(2020, 1, 1), date(2030, 1, 1)))
def test_the_next_working_day_is_the_first_that_is_none_else(asked):
    due = next_working_day(asked, HOLIDAYS)
    assert due >= asked and due.weekday() < 5 and due not in HOLIDAYS
    between = (asked + timedelta(days=one) for one in range((due - asked).days))
    assert all(one.weekday() >= 5 or one in HOLIDAYS for one in between)


@pytest.mark.parametrize(
    ("kind", "year", "first", "last"),
    [
        ("financial", 2026, "2026-04-01", "2027-03-31"),
        ("academic", 2026, "2026-09-01", "2027-08-31"),
        ("financial", 2027, "2027-04-01", "2028-03-31"),
    ],
)
def test_years(kind, year, first, last):
    assert year_of(kind, year) == (day(first), day(last))


@pytest.mark.parametrize(
    ("kind", "today", "year"),
    [
        ("financial", "2026-03-31", 2025),
        ("financial", "2026-04-01", 2026),
        ("academic", "2026-08-31", 2025),
        ("academic", "2026-09-01", 2026),
    ],
)
def test_this_year(kind, today, year):
    assert current_year(kind, day(today)) == year


@pytest.mark.parametrize(
    ("status", "due_on", "expected"),
    [
        ("planned", "2026-01-01", True),
        ("invoiced", "2026-01-01", True),
        ("planned", "2026-01-02", False),  # due today
        ("paid", "2026-01-01", False),
        ("cancelled", "2026-01-01", False),
    ],
)
def test_overdue(status, due_on, expected):
    assert is_overdue(status, day(due_on), day("2026-01-02")) is expected


def test_every_step_has_a_way_and_its_refusal_is_a_sentence():
    for wanted, step in STEPS.items():
        for status in STATUSES:
            if status not in step.before:
                assert refusal(status, wanted).endswith("."), (status, wanted)
    assert "approved" in refusal("planned", "ordered")


pence = st.integers(0, 10**9).map(lambda one: Decimal(one) / 100)
lines = st.builds(
    Line,
    st.sampled_from(["E19", "E20", None]),
    st.sampled_from(list(STATUSES)),
    st.integers(1, 9),
    pence,
    pence,
)


@given(st.lists(lines, max_size=30))
def test_the_sums_of_a_year_add_up_to_the_penny(found):
    rows, total = sums_of(found)
    for name in ("many", "net", "vat", "gross"):
        assert sum(getattr(one, name) for one in rows) == getattr(total, name)
        for one in (*rows, total):
            by_status = sum(getattr(line, name) for line in one.by_status.values())
            assert by_status == getattr(one, name)
    assert total.net == sum((one.net for one in found if one.status != "cancelled"), Decimal(0))
    assert total.gross == total.net + total.vat
