"""The three stories hidden in the years: which schools they happen to, and how. Tables and pure
functions.

1. Brightboards Ltd keeps its promises for a year and then, month by month, no longer.
2. One model of laptop breaks three times as often as the others.
3. On one morning the wide-area network fails, and forty schools are without internet.
"""

from __future__ import annotations

from datetime import date, datetime, time, timedelta
from random import Random
from typing import Final, NamedTuple

from app.clock import LONDON

FAILING: Final = "Brightboards Ltd"
GETS_WORSE_FROM, AT_ITS_WORST = date(2025, 9, 1), date(2026, 3, 1)
WORST_PACE: Final = 4.5
# Who mends badly has to come again.
MENDED_BADLY: Final = 2.0

BAD_MODEL: Final = ("Marlow", "Book 11e")
BREAKS_MORE: Final = 3.0

OUTAGE: Final = datetime(2026, 3, 10, 8, 55, tzinfo=LONDON)
OUTAGE_ENDS: Final = datetime(2026, 3, 10, 12, 40, tzinfo=LONDON)


def has_advisors(place: int) -> bool:
    """Every other school, and where all three stories happen."""
    return place % 2 == 0 or has_all(place)


def has_all(place: int) -> bool:
    """All three stories: two schools of sixty. One of them shows people round."""
    return is_with_failing(place) and has_bad_model(place) and is_in_outage(place)


def is_with_failing(place: int) -> bool:
    """Twelve schools of sixty."""
    return place % 5 == 2


def has_bad_model(place: int) -> bool:
    """Ten of sixty."""
    return place % 6 == 1


def is_in_outage(place: int) -> bool:
    """Forty of sixty."""
    return place % 3 != 0


def pace(group: str | None, on: date) -> float:
    """How much longer a supplier takes than usual on a day."""
    if group != FAILING or on <= GETS_WORSE_FROM:
        return 1.0
    gone = (on - GETS_WORSE_FROM) / (AT_ITS_WORST - GETS_WORSE_FROM)
    return 1.0 + (WORST_PACE - 1.0) * min(gone, 1.0)


class Times(NamedTuple):
    """Of one school's report of the outage."""

    reported: datetime
    checked: datetime
    forwarded: datetime
    taken: datetime
    passed_on: datetime
    taken_again: datetime
    resolved: datetime


def outage_times(dice: Random) -> Times:
    """Reported within the hour, put together by the second line, back for all at one time."""
    at, found = OUTAGE, list[datetime]()
    for least, most in ((2, 50), (2, 6), (2, 6), (2, 8), (2, 8), (2, 6)):
        at += timedelta(minutes=dice.randint(least, most), seconds=dice.randrange(60))
        found.append(at)
    found.append(OUTAGE_ENDS + timedelta(seconds=dice.randrange(600)))
    return Times._make(found)


def is_in_span(first: date, last: date) -> bool:
    return first <= OUTAGE.date() <= last


def begins(on: date) -> datetime:
    """When whoever sets a school up does so."""
    return datetime.combine(on, time(8, 0), LONDON)
