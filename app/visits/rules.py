"""When a visit can be: who has to be there goes in, the gap in words or the next slots come out.

Pure: every instant comes in as an argument. A stretch of time belongs to somebody until its end,
which no longer belongs to it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from functools import reduce

from app.calendar_days import Span, day_of, end_of_day
from app.clock import LONDON
from app.reachability.rules import joined, without

SLOTS = 3
# Slots begin on the quarter of an hour.
A_QUARTER = timedelta(minutes=15)
SHORTEST, USUAL, LONGEST = timedelta(minutes=15), timedelta(hours=1), timedelta(hours=10)
LOOK_AHEAD_DAYS = 60
MOST_JOBS = 50

# fmt: off
KIND_WORDS = {"regular": "Regular", "urgent": "Urgent"}
STATE_WORDS = {
    "booked": "Booked", "arrived": "Under way", "done": "Done", "aborted": "Aborted",
    "cancelled": "Cancelled",
}
STATE_COLOURS = {
    "booked": "blue", "arrived": "turquoise", "done": "green", "aborted": "red",
    "cancelled": "grey",
}
OUTCOME_WORDS = {
    "done": "Done", "not_done": "Not done", "follow_up": "Needs another visit",
    "called_off": "No longer needed",
}
# What may be done in which state. A visit that took place can be signed after it is over.
STEPS: dict[str, tuple[str, ...]] = {
    "move":     ("booked",),
    "agree":    ("booked",),
    "arrive":   ("booked",),
    "outcomes": ("arrived", "done"),
    "leave":    ("arrived",),
    "abort":    ("booked", "arrived"),
    "cancel":   ("booked",),
    "sign":     ("done",),
}
_REFUSALS = {
    "booked":    "Nobody has arrived yet. Write down the arrival first.",
    "arrived":   "The visitor has arrived already. Write down what was done, or abort the visit.",
    "done":      "This visit is over. Book another one.",
    "aborted":   "This visit was aborted. Book another one.",
    "cancelled": "This visit was cancelled. Book another one.",
}
_INSTEAD = {
    ("sign", "booked"):  "The visit has not taken place yet. Sign it when it is over.",
    ("sign", "arrived"): "The visitor is still there. Sign when they have left.",
}
# fmt: on


def refusal(step: str, state: str) -> str:
    """Why it may not be done now, and what to do instead."""
    return _INSTEAD.get((step, state)) or _REFUSALS[state]


@dataclass(frozen=True)
class Side:
    """One of those who have to be there. `lacks` says in words that they are not, with {when}."""

    lacks: str
    free: Callable[[date], Sequence[Span]]
    # Why there is no time at all on a day, where there is more to say than when.
    shut: Callable[[date], str | None] = lambda day: None


def gaps(sides: Iterable[Side], starts_at: datetime, ends_at: datetime) -> list[str]:
    """What is missing for this time, in sentences; nothing when everybody can be there."""
    pieces = list(_by_day(starts_at, ends_at))
    found = [sentence for side in sides for piece in pieces for sentence in _lacking(side, piece)]
    return list(dict.fromkeys(found))


def slots(
    sides: Sequence[Side], length: timedelta, earliest: datetime, many: int = SLOTS
) -> list[Span]:
    """The next times from `earliest` on at which everybody can be there for so long. They follow
    one another and do not overlap."""
    found: list[Span] = []
    first = day_of(earliest)
    for ahead in range(LOOK_AHEAD_DAYS):
        for began, ended in together(sides, first + timedelta(days=ahead)):
            at = _on_the_quarter(max(began, earliest))
            while at + length <= ended:
                found.append((at, at + length))
                if len(found) == many:
                    return found
                at = _on_the_quarter(at + length)
    return found


def together(sides: Iterable[Side], day: date) -> list[Span]:
    """When all of them can be there on one London day."""
    each = [[] if side.shut(day) else joined(side.free(day)) for side in sides]
    return reduce(_common, each) if each else []


def weekly(periods: Iterable[Sequence[str]], day: date) -> list[Span]:
    """The stretches of a reporter's week, [["mon", "15:30", "16:30"], …], on one London day."""
    name = _WEEKDAYS[day.weekday()]
    return joined((_at(day, begin), _at(day, end)) for on, begin, end in periods if on == name)


def between(starts_at: datetime, ends_at: datetime) -> str:
    """`between 12:00 and 13:00`, as clocks in London show it."""
    return f"between {_clock_time(starts_at)} and {_clock_time(ends_at)}"


_WEEKDAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")


def _lacking(side: Side, piece: Span) -> Iterator[str]:
    day = day_of(piece[0])
    if reason := side.shut(day):
        yield reason
        return
    for began, ended in without([piece], side.free(day)):
        yield side.lacks.format(when=between(began, ended))


def _by_day(starts_at: datetime, ends_at: datetime) -> Iterator[Span]:
    while starts_at < ends_at:
        until = min(ends_at, end_of_day(day_of(starts_at)))
        yield starts_at, until
        starts_at = until


def _common(one: Sequence[Span], other: Sequence[Span]) -> list[Span]:
    pairs = ((max(a, c), min(b, d)) for a, b in one for c, d in other)
    return joined((began, ended) for began, ended in pairs if began < ended)


def _on_the_quarter(at: datetime) -> datetime:
    """The same instant, or the next quarter of an hour; London's are those of UTC."""
    over = timedelta(minutes=at.minute % 15, seconds=at.second, microseconds=at.microsecond)
    return at + (A_QUARTER - over) if over else at


def _at(day: date, text: str) -> datetime:
    hour, minute = text.split(":")
    return datetime(day.year, day.month, day.day, int(hour), int(minute), tzinfo=LONDON).astimezone(
        UTC
    )


def _clock_time(at: datetime) -> str:
    return f"{at.astimezone(LONDON):%H:%M}"
