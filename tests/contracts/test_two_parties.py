"""Calendars of two parties, and calendars that become others: what their days are made of."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, time

from app.calendar_days import Both, Calendar, Changing, openings_on
from app.contracts.due_rules import preview
from app.contracts.rules import Target
from app.service_hours import add_open_time, end_of_working_day, explain, open_seconds
from tests.service_calendars import ALWAYS, SHORTFRI, SPLIT, STD, TERM, london, weekdays

SCHOOL = replace(SPLIT, is_school=True, terms=TERM.terms)


def test_on_site_time_is_what_provider_and_school_have_in_common():
    both = Both(STD, SCHOOL)
    assert add_open_time(both, london("2026-01-13 12:00"), 60 * 60) == london("2026-01-13 14:00")
    assert add_open_time(both, london("2026-01-13 16:00"), 60 * 60) == london("2026-01-14 09:00")
    assert add_open_time(both, london("2026-02-13 16:00"), 60 * 60) == london("2026-02-23 09:00")
    assert open_seconds(both, london("2026-01-13 07:00"), london("2026-01-13 18:00")) == 7 * 3600


def test_a_working_day_of_both_ends_when_the_first_of_them_closes():
    assert end_of_working_day(Both(STD, SCHOOL), london("2026-01-13 10:00"), 1) == london(
        "2026-01-14 16:30"
    )
    # The next day that both are open is after half term.
    assert end_of_working_day(Both(STD, SCHOOL), london("2026-02-13 10:00"), 1) == london(
        "2026-02-23 16:30"
    )


def test_closed_time_says_which_of_them_is_closed():
    both = Both(STD, replace(SCHOOL, inset_days=frozenset({date(2026, 1, 14)})))
    pieces = explain(both, london("2026-01-13 12:00"), london("2026-01-15 09:00"))
    assert [(one.began_at, one.why) for one in pieces] == [
        (london("2026-01-13 12:00"), "open hours"),
        (london("2026-01-13 12:30"), "closed: school closed"),
        (london("2026-01-13 13:30"), "open hours"),
        (london("2026-01-13 16:30"), "closed: school closed"),
        (london("2026-01-13 17:00"), "closed: outside hours"),
        (london("2026-01-14 00:00"), "closed: INSET day"),
        (london("2026-01-15 00:00"), "closed: outside hours"),
        (london("2026-01-15 08:00"), "closed: school closed"),
        (london("2026-01-15 08:30"), "open hours"),
    ]


def test_of_two_reasons_the_one_that_lasts_longest_is_said():
    both = Both(STD, replace(SCHOOL, closures=frozenset({date(2026, 4, 28)})))
    whys = {day: both.why_shut(date(2026, 4, day)) for day in (3, 4, 25, 28)}
    assert whys == {
        3: "closed: outside term",  # and Good Friday
        4: "closed: outside term",  # and a Saturday
        25: "closed: weekend",
        28: "closed: school closed",
    }
    assert Both(ALWAYS, STD).why_shut(date(2026, 4, 3)) == "closed: bank holiday"


def test_a_day_has_the_hours_of_the_version_in_force_on_it():
    changing = Changing(((date(2021, 1, 1), STD), (date(2026, 1, 14), SHORTFRI)))
    assert openings_on(changing, date(2020, 6, 1)) == openings_on(STD, date(2020, 6, 1))
    assert openings_on(changing, date(2026, 1, 9)) == openings_on(STD, date(2026, 1, 9))
    assert openings_on(changing, date(2026, 1, 16)) == openings_on(SHORTFRI, date(2026, 1, 16))
    # Half an hour of the long Friday is missing, though its clock began under that one.
    assert add_open_time(changing, london("2026-01-13 09:00"), 35 * 3600) == london(
        "2026-01-19 08:30"
    )
    assert add_open_time(changing, london("2026-01-16 15:00"), 7200) == london("2026-01-19 08:30")


def test_an_equal_calendar_is_the_same_calendar():
    one, other = Both(STD, SCHOOL), Both(STD, replace(SCHOOL))
    assert one == other and hash(one) == hash(other)
    assert Both(STD, SCHOOL) != Both(SCHOOL, STD)
    assert replace(SCHOOL, inset_days=frozenset({date(2026, 1, 14)})) != SCHOOL


def test_a_school_that_is_never_open_then_is_never_due():
    night = Calendar(weekdays(((time(18), time(22)),)), is_school=True)
    both = Both(STD, night)
    assert openings_on(both, date(2026, 1, 13)) == ()
    found = preview(Both(ALWAYS, night), Target(minutes=60), london("2026-01-13 09:00"))
    assert found.due_at == london("2026-01-13 19:00")
