"""A provider's calendar, and what it makes of a single day: its openings, or why it is shut.

Opening hours are London wall times; everything that leaves here is an instant in UTC.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from functools import cached_property, lru_cache

from app.clock import LONDON

# From opening to closing, in London hours; a closing time of 00:00 is the end of that day.
Hours = tuple[time, time]
# From the first instant to the first one that no longer belongs to it.
Span = tuple[datetime, datetime]

MIDNIGHT = time(0)
ALL_DAY: tuple[Hours, ...] = ((MIDNIGHT, MIDNIGHT),)


@dataclass(frozen=True)
class Calendar:
    """When a provider is open. Hours and terms are in order and do not overlap."""

    week: tuple[tuple[Hours, ...], ...]  # Monday first, any number of openings a day
    bank_holidays: frozenset[date] = frozenset()  # empty where the agreement works through them
    closures: frozenset[date] = frozenset()
    terms: tuple[tuple[date, date], ...] | None = None  # both days included; None: all year
    always: bool = False  # round the clock, whatever the rest says

    def __hash__(self) -> int:
        return self._hash

    @cached_property
    def _hash(self) -> int:
        # Days are remembered by calendar; hashing its terms at each look-up would cost more than
        # the arithmetic.
        return hash((self.week, self.bank_holidays, self.closures, self.terms, self.always))

    @property
    def last_day(self) -> date:
        """The last day on which it can be open at all."""
        if self.terms is None or self.always:
            return date.max
        return self.terms[-1][1] if self.terms else date.min


@lru_cache(maxsize=8192)
def openings_on(calendar: Calendar, day: date) -> tuple[Span, ...]:
    """The openings of one London day; none when it is shut."""
    if why_shut(calendar, day):
        return ()
    hours = ALL_DAY if calendar.always else calendar.week[day.weekday()]
    tomorrow = day + timedelta(days=1)
    spans = (
        (_instant(day, opens), _instant(tomorrow if closes == MIDNIGHT else day, closes))
        for opens, closes in hours
    )
    return tuple((opens, closes) for opens, closes in spans if opens < closes)


def why_shut(calendar: Calendar, day: date) -> str | None:
    """Why the whole day is closed, the reason that lasts longest first; else None."""
    if calendar.always:
        return None
    terms = calendar.terms
    if terms is not None and not any(first <= day <= last for first, last in terms):
        return "closed: outside term"
    if day.weekday() >= 5 and not calendar.week[day.weekday()]:
        return "closed: weekend"
    if day in calendar.bank_holidays:
        return "closed: bank holiday"
    if day in calendar.closures:
        return "closed: closure"
    return None


def day_of(instant: datetime) -> date:
    """The London day an instant belongs to."""
    return instant.astimezone(LONDON).date()


def end_of_day(day: date) -> datetime:
    return _instant(day + timedelta(days=1), MIDNIGHT)


def _instant(day: date, at: time) -> datetime:
    """A London wall time as an instant; of one that the clock shows twice, the first."""
    local = datetime.combine(day, at, LONDON)
    first, second = local.astimezone(UTC), local.replace(fold=1).astimezone(UTC)
    if second < first:
        # Clocks going forward jump over this wall time. They do so at 01:00 UTC, and that is when
        # a door with this time on it opens or closes.
        return datetime.combine(day, time(1), UTC)
    return first
