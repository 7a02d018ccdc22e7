"""How much opening time has passed between two instants, and when so much of it will have.

Pure arithmetic: every instant comes in as an argument, aware, and goes out in UTC. Lengths are
real elapsed seconds, so a day on which the clocks change is as long as it really was.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from functools import lru_cache
from itertools import islice

from app.calendar_days import (
    AnyCalendar,
    Span,
    day_of,
    end_of_day,
    openings_on,
    why_not_now,
    why_shut,
)

# A pause that has not ended yet ends with None.
Pause = tuple[datetime, datetime | None]

A_SECOND = timedelta(seconds=1)
A_DAY = timedelta(days=1)
# Nobody promises further ahead, and a calendar that stays shut must not be searched for ever.
FURTHEST = timedelta(days=10 * 366)

OPEN, PAUSED, OUTSIDE_HOURS = "open hours", "paused", "closed: outside hours"


class NeverOpen(ValueError):
    """The calendar has too little opening time ahead, as when its term dates have run out."""


def is_open(calendar: AnyCalendar, instant: datetime) -> bool:
    at = utc(instant)
    return any(opens <= at < closes for opens, closes in openings_on(calendar, day_of(at)))


def next_opening(calendar: AnyCalendar, start: datetime) -> datetime:
    """The first open instant from `start` on; `start` itself when that is open."""
    return next(_openings_from(calendar, utc(start)))[0]


def open_stretches(calendar: AnyCalendar, start: datetime, end: datetime) -> list[Span]:
    """The open time between two instants, opening by opening."""
    start, end = utc(start), utc(end)
    if end <= start:
        return []
    return [
        (max(start, opens), min(end, closes))
        for ordinal in range(day_of(start).toordinal(), day_of(end).toordinal() + 1)
        for opens, closes in openings_on(calendar, date.fromordinal(ordinal))
        if opens < end and closes > start
    ]


def open_time(calendar: AnyCalendar, start: datetime, end: datetime) -> timedelta:
    """How long it was open between two instants, exactly; nothing when `end` comes first.

    Whole months between them are added up as such: of a year that is ten sums, not 365 days.
    """
    start, end = utc(start), utc(end)
    first, last = _month_after(day_of(start)), day_of(end).replace(day=1)
    if first >= last:
        return _added_up(open_stretches(calendar, start, end))
    before = open_stretches(calendar, start, end_of_day(first - A_DAY))
    after = open_stretches(calendar, end_of_day(last - A_DAY), end)
    total = _added_up(before) + _added_up(after)
    while first < last:
        total += _open_in_month(calendar, first)
        first = _month_after(first)
    return total


def open_seconds(calendar: AnyCalendar, start: datetime, end: datetime) -> int:
    """The same in whole seconds; a second only begun is left out."""
    return open_time(calendar, start, end) // A_SECOND


def add_open_time(calendar: AnyCalendar, start: datetime, seconds: float) -> datetime:
    """The instant at which so much open time has passed. Exactly closing time stays closing time.

    A start outside hours, or exactly at closing time, counts from the next opening.
    """
    if seconds < 0:
        raise ValueError("Open time can only be added.")
    left = timedelta(seconds=seconds)
    for opens, closes in _openings_from(calendar, utc(start)):
        if left <= closes - opens:
            return opens + left
        left -= closes - opens
    raise AssertionError("the openings end with NeverOpen")


def end_of_working_day(calendar: AnyCalendar, start: datetime, n: int) -> datetime:
    """Closing time on the n-th working day after the one `start` falls in.

    A start after the day's last closing time belongs to the next working day.
    """
    at = utc(start)
    days = (openings for openings in _open_days_from(calendar, at) if openings[-1][1] > at)
    return next(islice(days, n, None))[-1][1]


@dataclass(frozen=True)
class Stretch:
    """A piece of the time from start to due, and why it counted or did not."""

    began_at: datetime
    ended_at: datetime
    is_counted: bool
    why: str


def explain(
    calendar: AnyCalendar, start: datetime, due: datetime, pauses: Iterable[Pause] = ()
) -> list[Stretch]:
    """Why the due time is what it is: pieces that fill the time from start to due without a gap.

    A pause shows only where it took open time away; closed hours would not have counted anyway.
    """
    at, due = utc(start), utc(due)
    held = joined_up(pauses)
    pieces: list[Stretch] = []
    for opens, closes in open_stretches(calendar, at, due):
        pieces += _closed(calendar, at, opens)
        pieces += _open(opens, closes, held)
        at = closes
    pieces += _closed(calendar, at, due)
    return _merged(pieces)


def joined_up(pauses: Iterable[Pause]) -> list[Pause]:
    """Pauses in order, those that touch or overlap made one, empty ones dropped."""
    in_utc = ((utc(began), ended and utc(ended)) for began, ended in pauses)
    joined: list[Pause] = []
    for began, ended in sorted(in_utc, key=lambda pause: pause[0]):
        if ended is not None and ended <= began:
            continue
        if joined and (joined[-1][1] is None or began <= joined[-1][1]):
            began, before = joined.pop()
            ended = max(before, ended) if before and ended else None
        joined.append((began, ended))
    return joined


@lru_cache(maxsize=8192)
def _open_in_month(calendar: AnyCalendar, first: date) -> timedelta:
    """From the London midnight with which its first day begins to the one with which it ends."""
    following = _month_after(first)
    begins, ends = end_of_day(first - A_DAY), end_of_day(following - A_DAY)
    return _added_up(open_stretches(calendar, begins, ends))


def _month_after(day: date) -> date:
    """The first of the month after that of `day`."""
    return (day.replace(day=1) + timedelta(days=32)).replace(day=1)


def _added_up(stretches: Iterable[Span]) -> timedelta:
    return sum((closes - opens for opens, closes in stretches), timedelta())


def _open_days_from(calendar: AnyCalendar, start: datetime) -> Iterator[tuple[Span, ...]]:
    """The openings of each open day, from the day of `start` on, and in the end NeverOpen."""
    first = day_of(start).toordinal()
    last = min(first + FURTHEST.days, calendar.last_day.toordinal(), date.max.toordinal() - 1)
    for ordinal in range(first, last + 1):
        openings = openings_on(calendar, date.fromordinal(ordinal))
        if openings:
            yield openings
    raise NeverOpen(f"There is not enough opening time after {start.isoformat()}.")


def _openings_from(calendar: AnyCalendar, start: datetime) -> Iterator[Span]:
    for openings in _open_days_from(calendar, start):
        for opens, closes in openings:
            if closes > start:
                yield max(opens, start), closes


def _closed(calendar: AnyCalendar, start: datetime, end: datetime) -> Iterator[Stretch]:
    """Closed time, cut at London midnights because each day has its own reason."""
    while start < end:
        day = day_of(start)
        until = min(end, end_of_day(day))
        why = why_shut(calendar, day)
        reasons = [] if why else why_not_now(calendar, day)
        for (began, ended), reason in reasons:
            began, ended = max(began, start), min(ended, until)
            if began < ended:
                yield Stretch(start, began, False, OUTSIDE_HOURS)
                yield Stretch(began, ended, False, reason)
                start = ended
        yield Stretch(start, until, False, why or OUTSIDE_HOURS)
        start = until


def _open(start: datetime, end: datetime, pauses: Iterable[Pause]) -> Iterator[Stretch]:
    for began, ended in pauses:
        began, ended = max(began, start), min(ended or end, end)
        if began < ended:
            yield Stretch(start, began, True, OPEN)
            yield Stretch(began, ended, False, PAUSED)
            start = ended
    yield Stretch(start, end, True, OPEN)


def _merged(pieces: Iterable[Stretch]) -> list[Stretch]:
    merged: list[Stretch] = []
    for piece in pieces:
        if piece.began_at == piece.ended_at:
            continue
        if merged and merged[-1].why == piece.why:
            piece = Stretch(merged.pop().began_at, piece.ended_at, piece.is_counted, piece.why)
        merged.append(piece)
    return merged


def utc(instant: datetime) -> datetime:
    """The instant in UTC; two London times would be compared and subtracted by the wall clock."""
    if instant.tzinfo is None:
        raise ValueError("An instant needs its offset: a naive time can mean two of them.")
    return instant.astimezone(UTC)
