"""Times, states and numbers as people read them."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from app import clock
from app.web import words

NOW = datetime(2026, 1, 13, 9, 10, tzinfo=UTC)


@pytest.fixture(autouse=True)
def it_is_january(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(clock, "now", lambda: NOW)


# fmt: off
@pytest.mark.parametrize(("at", "said"), [
    (datetime(2026, 1, 13, 9, 10, tzinfo=UTC),   "Tue 13 Jan, 09:10"),
    (datetime(2026, 7, 13, 9, 10, tzinfo=UTC),   "Mon 13 Jul, 10:10"),       # summer time
    (datetime(2026, 6, 30, 23, 30, tzinfo=UTC),  "Wed 1 Jul, 00:30"),        # the day changes too
    (datetime(2025, 12, 31, 12, 0, tzinfo=UTC),  "Wed 31 Dec 2025, 12:00"),  # not this year
])
def test_an_instant_is_said_in_london_time(at: datetime, said: str) -> None:
    assert words.day_time(at) == said


@pytest.mark.parametrize(("from_now", "said"), [
    (timedelta(hours=-3, minutes=-52),  "Overdue 3 h 52 min"),
    (timedelta(seconds=-1),             "Overdue 0 min"),
    (timedelta(0),                      "in 0 min"),                          # equal is still met
    (timedelta(minutes=40),             "in 40 min"),
    (timedelta(hours=2),                "in 2 h"),
    (timedelta(hours=23, minutes=59),   "in 23 h 59 min"),
    (timedelta(hours=24),               "Wed 14 Jan, 09:10"),
    (timedelta(days=-9),                "Overdue 9 days"),
])
def test_a_due_time_is_said_from_now(from_now: timedelta, said: str) -> None:
    assert words.due_words(NOW + from_now) == said
    assert words.due_words(NOW + from_now, NOW) == said


@pytest.mark.parametrize(("count", "said"), [
    (0, "0 replies"), (1, "1 reply"), (2, "2 replies"), (1200, "1,200 replies"),
])
def test_one_is_singular(count: int, said: str) -> None:
    assert words.plural(count, "reply", "replies") == said
# fmt: on


def test_a_count_stops_at_its_cap() -> None:
    assert (words.capped(999), words.capped(1000), words.capped(4000)) == (
        "999",
        "1,000+",
        "1,000+",
    )


def test_a_program_reads_utc() -> None:
    london = datetime(2026, 7, 13, 10, 10, tzinfo=clock.LONDON)
    assert words.machine_time(london) == "2026-07-13T09:10:00Z"


def test_age_is_said_in_the_largest_useful_unit() -> None:
    assert words.age_words(NOW - timedelta(minutes=12)) == "12 min"
    assert words.age_words(NOW - timedelta(days=6, hours=3)) == "6 days"


def test_every_status_and_party_has_words_and_a_new_one_stays_readable() -> None:
    assert words.status_words("on_hold") == "On hold"
    assert words.party_words("school_desk") == "the school’s desk"
    assert words.status_words("awaiting_moonrise") == "Awaiting moonrise"
    assert words.status_colour("awaiting_moonrise") == "grey"


def test_a_school_keeps_its_colour() -> None:
    colours = {words.colour_number(code) for code in ("HAM", "SMA", "OAK", "LEI", "BRE", "WIT")}
    assert words.colour_number("HAM") == words.colour_number("HAM")
    assert colours <= set(range(words.SCHOOL_COLOURS))
    assert len(colours) > 1
