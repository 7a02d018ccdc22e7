"""When a visit can be: gaps in words and the next slots, from who is free when. No database."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta

from app.calendar_days import Calendar, openings_on
from app.clock import LONDON
from app.reachability.rules import Away, Member, Period, Rota, reaches_on, without
from app.visits.being_there import whole
from app.visits.rules import Side, between, gaps, slots, together, weekly

DAY = (time(8), time(17))
WEEK = ((DAY,),) * 5 + ((),) * 2
SCHOOL_WEEK = (((time(8, 30), time(15, 30)),),) * 5 + ((),) * 2
INSET = date(2026, 1, 5)
TUESDAY = date(2026, 1, 13)
AN_HOUR = timedelta(hours=1)


def london(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=LONDON).astimezone(UTC)


def said(found: list[tuple[datetime, datetime]]) -> list[str]:
    return [f"{a.astimezone(LONDON):%a %d %b %H:%M}-{b.astimezone(LONDON):%H:%M}" for a, b in found]


def open_on(calendar: Calendar, lacks: str = "The school is closed {when}.") -> Side:
    return Side(lacks, lambda day: openings_on(calendar, day))


def school(**more) -> Side:
    calendar = Calendar(SCHOOL_WEEK, **more)

    def shut(day: date) -> str | None:
        return f"The school has an INSET day on {day}." if day in calendar.inset_days else None

    return Side("The school is closed {when}.", lambda day: openings_on(calendar, day), shut)


def desk(*periods: Period, members=(1,), aways=()) -> Side:
    people = tuple(Member(number, number, f"Person {number}") for number in members)
    days = Calendar(WEEK)
    rota = Rota(people, periods, aways, days, days)
    return Side(
        "Nobody of the desk is reachable {when}.",
        lambda day: [(one.began_at, one.ended_at) for one in reaches_on(rota, day)],
    )


def every_day(member: int, begins: time, ends: time) -> list[Period]:
    return [Period(member, weekday, begins, ends) for weekday in range(5)]


LUNCH_GAP = (*every_day(1, time(8), time(12)), *every_day(1, time(13), time(16)))
PROVIDER = open_on(Calendar(WEEK), "Tariq does not work {when}.")


def test_nothing_is_missing_when_everybody_is_there():
    sides = [school(), desk(*LUNCH_GAP), PROVIDER]
    assert gaps(sides, london("2026-01-13T10:00"), london("2026-01-13T12:00")) == []


def test_the_gap_at_lunch_is_named_to_the_minute():
    found = gaps(
        [school(), desk(*LUNCH_GAP), PROVIDER],
        london("2026-01-13T11:30"),
        london("2026-01-13T13:30"),
    )
    assert found == ["Nobody of the desk is reachable between 12:00 and 13:00."]


def test_two_deputies_cover_each_other():
    both = (*every_day(1, time(8), time(12, 30)), *every_day(2, time(12, 15), time(16)))
    sides = [school(), desk(*both, members=(1, 2)), PROVIDER]
    assert gaps(sides, london("2026-01-13T11:30"), london("2026-01-13T13:30")) == []
    alone = [school(), desk(*both, members=(1, 2), aways=(Away(2, TUESDAY, TUESDAY),)), PROVIDER]
    assert gaps(alone, london("2026-01-13T11:30"), london("2026-01-13T13:30")) == [
        "Nobody of the desk is reachable between 12:30 and 13:30."
    ]
    covered = (Away(2, TUESDAY, TUESDAY, cover=1),)
    sides = [school(), desk(*both, members=(1, 2), aways=covered), PROVIDER]
    assert gaps(sides, london("2026-01-13T11:30"), london("2026-01-13T13:30")) == []


def test_an_inset_day_has_no_slot_and_says_so():
    sides = [school(inset_days=frozenset({INSET})), desk(*LUNCH_GAP), PROVIDER]
    wanted = london("2026-01-05T10:00"), london("2026-01-05T11:00")
    assert gaps(sides, *wanted) == ["The school has an INSET day on 2026-01-05."]
    assert said(slots(sides, AN_HOUR, wanted[0]))[0] == "Tue 06 Jan 08:30-09:30"


def test_slots_follow_one_another_around_lunch():
    sides = [school(), desk(*LUNCH_GAP), PROVIDER]
    assert said(slots(sides, AN_HOUR, london("2026-01-13T10:10"))) == [
        "Tue 13 Jan 10:15-11:15",
        "Tue 13 Jan 13:00-14:00",
        "Tue 13 Jan 14:00-15:00",
    ]
    # The weekend is left out, and what does not fit before the school shuts.
    assert said(slots(sides, timedelta(hours=3), london("2026-01-16T14:00"))) == [
        "Mon 19 Jan 08:30-11:30",
        "Tue 20 Jan 08:30-11:30",
        "Wed 21 Jan 08:30-11:30",
    ]


def test_a_visit_ends_where_the_next_may_begin():
    busy = [(london("2026-01-13T10:00"), london("2026-01-13T11:00"))]
    elsewhere = Side("Tariq is elsewhere {when}.", lambda day: without([whole(day)], busy))
    sides = [school(), desk(*LUNCH_GAP), PROVIDER, elsewhere]
    assert gaps(sides, london("2026-01-13T11:00"), london("2026-01-13T12:00")) == []
    assert gaps(sides, london("2026-01-13T09:00"), london("2026-01-13T10:00")) == []
    assert gaps(sides, london("2026-01-13T10:30"), london("2026-01-13T11:30")) == [
        "Tariq is elsewhere between 10:30 and 11:00."
    ]
    assert said(slots(sides, AN_HOUR, london("2026-01-13T09:30"), many=2)) == [
        "Tue 13 Jan 11:00-12:00",
        "Tue 13 Jan 13:00-14:00",
    ]


def test_a_reporter_who_must_be_there():
    periods = [["tue", "15:00", "15:30"], ["wed", "09:00", "10:00"]]
    reporter = Side("The reporter cannot be met {when}.", lambda day: weekly(periods, day))
    sides = [school(), desk(*LUNCH_GAP), reporter]
    assert said(slots(sides, AN_HOUR, london("2026-01-13T08:00"), many=1)) == [
        "Wed 14 Jan 09:00-10:00"
    ]
    assert gaps(sides, london("2026-01-13T14:30"), london("2026-01-13T15:30")) == [
        "The reporter cannot be met between 14:30 and 15:00."
    ]


def test_wall_times_hold_on_both_sides_of_a_clock_change():
    """The clocks go forward on 29 March 2026: half past eight stays half past eight."""
    sides = [school(), desk(*LUNCH_GAP), PROVIDER]
    before, after = slots(sides, timedelta(hours=3), london("2026-03-27T08:30"), many=2)
    assert said([before, after]) == ["Fri 27 Mar 08:30-11:30", "Mon 30 Mar 08:30-11:30"]
    assert (before[0].hour, after[0].hour) == (8, 7)
    assert weekly([["mon", "08:45", "12:00"]], date(2026, 3, 30)) == [
        (datetime(2026, 3, 30, 7, 45, tzinfo=UTC), datetime(2026, 3, 30, 11, tzinfo=UTC))
    ]
    # A day of 23 hours is whole all the same.
    assert whole(date(2026, 3, 29))[1] - whole(date(2026, 3, 29))[0] == timedelta(hours=23)


def test_a_wanted_time_over_midnight_is_looked_at_day_by_day():
    found = gaps([school()], london("2026-01-13T15:00"), london("2026-01-14T09:00"))
    assert found == [
        "The school is closed between 15:30 and 00:00.",
        "The school is closed between 00:00 and 08:30.",
    ]


def test_where_nobody_is_ever_free_there_is_no_slot():
    assert slots([school(), desk()], AN_HOUR, london("2026-01-13T08:00")) == []
    assert together([], TUESDAY) == []


def test_times_are_said_as_the_clocks_in_london_show_them():
    began = datetime(2026, 7, 1, 11, tzinfo=UTC)
    assert between(began, began + AN_HOUR) == "between 12:00 and 13:00"
