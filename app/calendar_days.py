"""A provider's calendar, and what it makes of a single day: its openings, or why it is shut.

Opening hours are London wall times; everything that leaves here is an instant in UTC. Three kinds
answer alike: a plain `Calendar`, one that is another from a day on (`Changing`), and what two
parties have in common (`Both`).
"""

from __future__ import annotations

from bisect import bisect_right
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from functools import cached_property, lru_cache
from itertools import product

from app.clock import LONDON

# From opening to closing, in London hours; a closing time of 00:00 is the end of that day.
Hours = tuple[time, time]
# From the first instant to the first one that no longer belongs to it.
Span = tuple[datetime, datetime]

MIDNIGHT = time(0)
ALL_DAY: tuple[Hours, ...] = ((MIDNIGHT, MIDNIGHT),)

OUTSIDE_TERM, WEEKEND, BANK_HOLIDAY = (
    "closed: outside term",
    "closed: weekend",
    "closed: bank holiday",
)
INSET_DAY, CLOSURE, SCHOOL_CLOSED = "closed: INSET day", "closed: closure", "closed: school closed"
_LONGEST_FIRST = (OUTSIDE_TERM, WEEKEND, BANK_HOLIDAY, INSET_DAY, CLOSURE, SCHOOL_CLOSED)


@dataclass(frozen=True)
class Calendar:
    """When a provider is open. Hours and terms are in order and do not overlap."""

    week: tuple[tuple[Hours, ...], ...]  # Monday first, any number of openings a day
    bank_holidays: frozenset[date] = frozenset()  # empty where the agreement works through them
    closures: frozenset[date] = frozenset()
    terms: tuple[tuple[date, date], ...] | None = None  # both days included; None: all year
    always: bool = False  # round the clock, whatever the rest says
    inset_days: frozenset[date] = frozenset()  # staff are in, pupils are not
    is_school: bool = False  # a school's own hours, in which people can come

    def __hash__(self) -> int:
        return self._hash

    @cached_property
    def _hash(self) -> int:
        # Days are remembered by calendar; hashing its terms at each look-up would cost more than
        # the arithmetic.
        days = (self.bank_holidays, self.closures, self.inset_days, self.terms)
        return hash((self.week, *days, self.always, self.is_school))

    @property
    def last_day(self) -> date:
        """The last day on which it can be open at all."""
        if self.terms is None or self.always:
            return date.max
        return self.terms[-1][1] if self.terms else date.min

    def openings(self, day: date) -> tuple[Span, ...]:
        if self.why_shut(day):
            return ()
        hours = ALL_DAY if self.always else self.week[day.weekday()]
        tomorrow = day + timedelta(days=1)
        spans = (
            (_instant(day, opens), _instant(tomorrow if closes == MIDNIGHT else day, closes))
            for opens, closes in hours
        )
        return tuple((opens, closes) for opens, closes in spans if opens < closes)

    def why_shut(self, day: date) -> str | None:
        if self.always:
            return None
        if self.terms is not None and not any(first <= day <= last for first, last in self.terms):
            return OUTSIDE_TERM
        if day.weekday() >= 5 and not self.week[day.weekday()]:
            return WEEKEND
        if day in self.bank_holidays:
            return BANK_HOLIDAY
        if day in self.inset_days:
            return INSET_DAY
        if day in self.closures:
            return SCHOOL_CLOSED if self.is_school else CLOSURE
        return None


@dataclass(frozen=True)
class Changing:
    """A calendar that is another one from a day on: an agreement whose hours were agreed anew.

    In order; days before the first belong to the first.
    """

    since: tuple[tuple[date, AnyCalendar], ...]

    def __hash__(self) -> int:
        return self._hash

    @cached_property
    def _hash(self) -> int:
        return hash(self.since)

    @cached_property
    def _begins(self) -> list[date]:
        return [begins for begins, _ in self.since]

    @property
    def last_day(self) -> date:
        return max(calendar.last_day for _, calendar in self.since)

    def on(self, day: date) -> AnyCalendar:
        return self.since[max(bisect_right(self._begins, day) - 1, 0)][1]

    def openings(self, day: date) -> tuple[Span, ...]:
        return self.on(day).openings(day)

    def why_shut(self, day: date) -> str | None:
        return self.on(day).why_shut(day)


@dataclass(frozen=True)
class Both:
    """Open only while both are: whoever comes, and the school that lets them in [N1]."""

    provider: AnyCalendar
    school: AnyCalendar

    def __hash__(self) -> int:
        return self._hash

    @cached_property
    def _hash(self) -> int:
        return hash((self.provider, self.school))

    @property
    def last_day(self) -> date:
        return min(self.provider.last_day, self.school.last_day)

    def openings(self, day: date) -> tuple[Span, ...]:
        pairs = product(openings_on(self.provider, day), openings_on(self.school, day))
        common = ((max(one[0], other[0]), min(one[1], other[1])) for one, other in pairs)
        return tuple((opens, closes) for opens, closes in common if opens < closes)

    def why_shut(self, day: date) -> str | None:
        """Of two reasons the one that lasts longest, as for one calendar."""
        whys = [why for one in (self.provider, self.school) if (why := one.why_shut(day))]
        return min(whys, key=_LONGEST_FIRST.index) if whys else None


AnyCalendar = Calendar | Changing | Both


@lru_cache(maxsize=32768)
def openings_on(calendar: AnyCalendar, day: date) -> tuple[Span, ...]:
    """The openings of one London day; none when it is shut."""
    return calendar.openings(day)


def why_shut(calendar: AnyCalendar, day: date) -> str | None:
    """Why the whole day is closed, the reason that lasts longest first; else None."""
    return calendar.why_shut(day)


def why_not_now(calendar: AnyCalendar, day: date) -> list[tuple[Span, str]]:
    """Of a day that is open at some time: closed times that have a reason of their own."""
    if isinstance(calendar, Changing):
        return why_not_now(calendar.on(day), day)
    if isinstance(calendar, Both):
        return [(span, SCHOOL_CLOSED) for span in openings_on(calendar.provider, day)]
    return []


@lru_cache(maxsize=1024)
def the_same(calendar: AnyCalendar) -> AnyCalendar:
    """One object for all calendars that are equal, so that looking up their days compares none."""
    return calendar


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
