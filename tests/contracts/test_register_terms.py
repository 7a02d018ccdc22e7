"""Contract dates: terms, notice and charging years by table, and what holds for every contract."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.contracts.contract_terms import (
    Terms,
    add_months,
    charging_year,
    standing,
    term_on,
)

# fmt: off
#  start         first  renewal   again  on            term start    term end
TERMS = [
    # GLPI #15893: 36 months and then year by year.
    ("2020-08-01", 36, "tacit",   12, "2020-08-01", "2020-08-01", "2023-07-31"),
    ("2020-08-01", 36, "tacit",   12, "2023-07-31", "2020-08-01", "2023-07-31"),
    ("2020-08-01", 36, "tacit",   12, "2023-08-01", "2023-08-01", "2024-07-31"),
    ("2020-08-01", 36, "tacit",   12, "2023-10-31", "2023-08-01", "2024-07-31"),
    ("2020-08-01", 36, "tacit",   12, "2024-07-31", "2023-08-01", "2024-07-31"),
    ("2020-08-01", 36, "tacit",   12, "2024-08-01", "2024-08-01", "2025-07-31"),
    # Before it begins: the first term.
    ("2020-08-01", 36, "tacit",   12, "2019-01-01", "2020-08-01", "2023-07-31"),
    ("2020-08-01", 36, "none",  None, "2019-01-01", "2020-08-01", "2023-07-31"),
    # It does not renew itself: the last term stays.
    ("2020-08-01", 36, "none",  None, "2023-10-31", "2020-08-01", "2023-07-31"),
    ("2020-08-01", 36, "express", 12, "2023-10-31", "2020-08-01", "2023-07-31"),
    # Month ends, always counted from the first day.
    ("2021-01-31",  1, "tacit",    1, "2021-01-31", "2021-01-31", "2021-02-27"),
    ("2021-01-31",  1, "tacit",    1, "2021-02-28", "2021-02-28", "2021-03-30"),
    ("2021-01-31",  1, "tacit",    1, "2021-03-31", "2021-03-31", "2021-04-29"),
    ("2021-01-31",  1, "tacit",    1, "2021-04-30", "2021-04-30", "2021-05-30"),
    ("2021-01-31",  1, "tacit",    1, "2021-04-29", "2021-03-31", "2021-04-29"),
    ("2023-08-31",  6, "tacit",   12, "2024-02-28", "2023-08-31", "2024-02-28"),
    ("2023-08-31",  6, "tacit",   12, "2024-02-29", "2024-02-29", "2025-02-27"),
    ("2023-08-31",  6, "tacit",   12, "2025-02-28", "2025-02-28", "2026-02-27"),
    # A yearly term from 29 February (api.md).
    ("2024-02-29", 12, "tacit",   12, "2024-03-01", "2024-02-29", "2025-02-27"),
    ("2024-02-29", 12, "tacit",   12, "2025-02-28", "2025-02-28", "2026-02-27"),
    ("2024-02-29", 12, "tacit",   12, "2027-06-01", "2027-02-28", "2028-02-28"),
    ("2024-02-29", 12, "tacit",   12, "2028-02-28", "2027-02-28", "2028-02-28"),
    ("2024-02-29", 12, "tacit",   12, "2028-02-29", "2028-02-29", "2029-02-27"),
    # The year 2000 was a leap year, 2100 is none.
    ("1999-03-01", 12, "tacit",   12, "2000-02-29", "1999-03-01", "2000-02-29"),
    ("2099-03-01", 12, "tacit",   12, "2100-02-28", "2099-03-01", "2100-02-28"),
    # One day, one month, a quarter, a year and a half.
    ("2026-09-01",  1, "none",  None, "2026-09-15", "2026-09-01", "2026-09-30"),
    ("2026-04-01",  3, "tacit",    3, "2027-01-01", "2027-01-01", "2027-03-31"),
    ("2026-04-01", 18, "tacit",    6, "2028-03-31", "2027-10-01", "2028-03-31"),
    # The renewal is longer than the initial term.
    ("2026-01-15",  3, "tacit",   24, "2026-04-14", "2026-01-15", "2026-04-14"),
    ("2026-01-15",  3, "tacit",   24, "2026-04-15", "2026-04-15", "2028-04-14"),
    # Very long runs.
    ("1900-01-31",  1, "tacit",    1, "2199-12-30", "2199-11-30", "2199-12-30"),
    ("1900-01-31",  1, "tacit",    1, "2199-12-31", "2199-12-31", "2200-01-30"),
    ("1950-02-28", 12, "tacit",   12, "2026-11-26", "2026-02-28", "2027-02-27"),
    ("2000-12-31",600, "none",  None, "2026-01-01", "2000-12-31", "2050-12-30"),
]
#  term ends on  months days  last day to give notice
NOTICE = [
    ("2024-07-31",  3,   None, "2024-04-30"),
    ("2024-07-31",  1,   None, "2024-06-30"),
    ("2024-07-31",  5,   None, "2024-02-29"),
    ("2023-07-31",  5,   None, "2023-02-28"),
    ("2024-07-31",  6,   None, "2024-01-31"),
    ("2024-07-31", 12,   None, "2023-07-31"),
    ("2024-03-30",  1,   None, "2024-02-29"),
    ("2023-03-30",  1,   None, "2023-02-28"),
    ("2024-02-29", 12,   None, "2023-02-28"),
    ("2025-02-27",  3,   None, "2024-11-27"),
    ("2024-02-28",  1,   None, "2024-01-28"),
    ("2024-07-31",  0,   None, "2024-07-31"),
    ("2024-07-31", None,   90, "2024-05-02"),
    ("2024-07-31", None,   30, "2024-07-01"),
    ("2024-03-01", None,    1, "2024-02-29"),
    ("2023-03-01", None,    1, "2023-02-28"),
    ("2024-07-31", None,    0, "2024-07-31"),
    ("2024-07-31", None,  366, "2023-07-31"),
    ("2024-07-31", None, None, None),
]
#  kind         start         on            first day     last day
YEARS = [
    ("financial", "2020-08-01", "2026-03-31", "2025-04-01", "2026-03-31"),
    ("financial", "2020-08-01", "2026-04-01", "2026-04-01", "2027-03-31"),
    ("financial", "2020-08-01", "2026-12-31", "2026-04-01", "2027-03-31"),
    ("academic",  "2020-08-01", "2026-08-31", "2025-09-01", "2026-08-31"),
    ("academic",  "2020-08-01", "2026-09-01", "2026-09-01", "2027-08-31"),
    ("contract",  "2020-08-01", "2026-07-31", "2025-08-01", "2026-07-31"),
    ("contract",  "2020-08-01", "2026-08-01", "2026-08-01", "2027-07-31"),
    ("contract",  "2020-08-01", "2019-01-01", "2020-08-01", "2021-07-31"),
    ("contract",  "2024-02-29", "2025-02-27", "2024-02-29", "2025-02-27"),
    ("contract",  "2024-02-29", "2025-02-28", "2025-02-28", "2026-02-27"),
    ("contract",  "2024-02-29", "2028-02-28", "2027-02-28", "2028-02-28"),
]
#  on            in notice period  expired
STANDS = [
    ("2023-01-01", False, False),
    ("2023-04-30", False, False),  # the last day to give notice
    ("2023-05-01", True,  False),
    ("2023-07-31", True,  False),  # the last day of it
    ("2023-08-01", False, True),
]
# fmt: on


def day(text: str) -> date:
    return date.fromisoformat(text)


@pytest.mark.parametrize(("start", "first", "renewal", "again", "on", "begins", "ends"), TERMS)
def test_a_term_ends_the_day_before_the_same_day(start, first, renewal, again, on, begins, ends):
    terms = Terms(day(start), first, renewal, again)
    assert term_on(terms, day(on)) == (day(begins), day(ends))


@pytest.mark.parametrize(("ends", "months", "days", "last"), NOTICE)
def test_notice_is_the_same_day_of_the_month_or_its_last(ends, months, days, last):
    from app.contracts.contract_terms import last_notice_day

    terms = Terms(day("2020-01-01"), 12, notice_months=months, notice_days=days)
    assert last_notice_day(terms, day(ends)) == (day(last) if last else None)


@pytest.mark.parametrize(("kind", "start", "on", "first", "last"), YEARS)
def test_a_charging_year(kind, start, on, first, last):
    assert charging_year(kind, day(start), day(on)) == (day(first), day(last))


def test_the_failing_case_of_another_program():
    """GLPI #15893."""
    found = standing(Terms(day("2020-08-01"), 36, "tacit", 12, notice_months=3), day("2023-10-31"))
    assert (found.term_end, found.last_notice_day) == (day("2024-07-31"), day("2024-04-30"))
    assert not found.in_notice_period and not found.expired


@pytest.mark.parametrize(("on", "is_late", "is_over"), STANDS)
def test_the_notice_period_and_the_end(on, is_late, is_over):
    found = standing(Terms(day("2020-08-01"), 36, notice_months=3), day(on))
    assert (found.in_notice_period, found.expired) == (is_late, is_over)
    assert found.last_notice_day == day("2023-04-30")


def test_what_renews_itself_never_expires():
    terms = Terms(day("2020-08-01"), 36, "tacit", 12, notice_months=3)
    assert not standing(terms, day("2199-12-31")).expired


def test_an_express_renewal_makes_another_term():
    terms = Terms(
        day("2020-08-01"), 36, "express", 12, renewed_until=day("2025-07-31"), notice_days=30
    )
    first, second = standing(terms, day("2023-07-31")), standing(terms, day("2023-08-01"))
    assert first.term_end == day("2023-07-31")
    assert (second.term_start, second.term_end) == (day("2023-08-01"), day("2025-07-31"))
    assert second.last_notice_day == day("2025-07-01")
    assert standing(terms, day("2025-08-01")).expired


def test_what_was_ended_is_over_on_that_day():
    terms = Terms(day("2020-08-01"), 36, "tacit", 12, notice_months=3, ended_on=day("2024-03-31"))
    before, after = standing(terms, day("2024-03-31")), standing(terms, day("2024-04-01"))
    assert before.term_end == day("2024-03-31") and before.last_notice_day is None
    assert (before.expired, after.expired) == (False, True)
    # What it was before that stays what it was.
    assert standing(terms, day("2023-01-01")).term_end == day("2023-07-31")


_DAYS = st.dates(date(1900, 1, 1), date(2199, 12, 31))
_MONTHS = st.integers(1, 120)


@given(start=_DAYS, first=_MONTHS, again=_MONTHS, on=_DAYS)
def test_terms_tile_without_gap_or_overlap(start, first, again, on):
    terms = Terms(start, first, "tacit", again)
    begins, ends = term_on(terms, on)
    assert begins <= ends
    if on >= start:
        assert begins <= on <= ends
    after = term_on(terms, ends + timedelta(days=1))
    assert after[0] == ends + timedelta(days=1)
    assert term_on(terms, ends) == term_on(terms, begins) == (begins, ends)
    if begins > start:
        assert term_on(terms, begins - timedelta(days=1))[1] == begins - timedelta(days=1)


@given(kind=st.sampled_from(("financial", "academic", "contract")), start=_DAYS, on=_DAYS)
def test_charging_years_tile(kind, start, on):
    first, last = charging_year(kind, start, on)
    assert 364 <= (last - first).days <= 365
    if kind != "contract" or on >= start:
        assert first <= on <= last
    assert charging_year(kind, start, last + timedelta(days=1))[0] == last + timedelta(days=1)


@given(on=_DAYS, months=st.integers(-240, 240))
def test_a_month_later_is_that_month(on, months):
    found = add_months(on, months)
    assert (found.year * 12 + found.month) - (on.year * 12 + on.month) == months
    assert found.day == on.day or (found.day < on.day and (found + timedelta(days=1)).day == 1)
