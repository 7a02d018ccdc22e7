"""How busy a school day is: pure tables, the year's rhythm as technicians tell it.

Counts are a Poisson draw around a weekly figure; the first week of a term brings twice as many (new
classes, forgotten passwords), the last days few, and in the holidays only the office reports.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date, datetime, time, timedelta
from math import exp
from random import Random

from app.clock import LONDON

Terms = Sequence[tuple[date, date]]

# fmt: off
FIRST_WEEK, LAST_DAYS, HOLIDAY, USUAL = 2.0, 0.6, 0.08, 1.0
MONTH = {9: 1.25, 10: 1.0, 11: 1.1, 12: 0.9, 1: 1.15, 2: 1.0, 3: 1.0, 4: 0.9, 5: 0.95, 6: 1.05, 7: 0.8, 8: 0.5}
WEEKDAY = (1.3, 1.1, 1.0, 0.95, 0.65)
# Reports come before school, at the start of lessons, at lunch, and when the pupils have gone.
HOURS = ((8, 5), (9, 4), (10, 3), (11, 3), (12, 2), (13, 3), (14, 2), (15, 4), (16, 2), (19, 1))
# fmt: on


def rate(day: date, terms: Terms, bank_holidays: frozenset[date]) -> float:
    """How busy a day is beside the average school day; 0 at the weekend."""
    if day.weekday() >= 5 or day in bank_holidays:
        return 0.0
    return _of_term(day, terms) * MONTH[day.month] * WEEKDAY[day.weekday()]


def _of_term(day: date, terms: Terms) -> float:
    term = next((one for one in terms if one[0] <= day <= one[1]), None)
    if term is None:
        return HOLIDAY
    if (day - term[0]).days < 7:
        return FIRST_WEEK
    return LAST_DAYS if (term[1] - day).days < 3 else USUAL


def reports(
    first: date,
    last: date,
    per_week: float,
    terms: Terms,
    bank_holidays: frozenset[date],
    dice: Random,
) -> Iterator[datetime]:
    """The instants at which something is reported, in order."""
    for number in range((last - first).days + 1):
        day = first + timedelta(days=number)
        mean = rate(day, terms, bank_holidays) * per_week / 5
        yield from sorted(_instant(day, dice) for _ in range(_poisson(mean, dice)))


def _poisson(mean: float, dice: Random) -> int:
    """Knuth's way: the means here are small."""
    count, left, limit = 0, dice.random(), exp(-mean)
    while left > limit:
        count, left = count + 1, left * dice.random()
    return count


def _instant(day: date, dice: Random) -> datetime:
    hours, weights = zip(*HOURS, strict=True)
    hour = dice.choices(hours, weights)[0]
    at = time(hour, dice.randrange(60), dice.randrange(60))
    return datetime.combine(day, at, LONDON)
