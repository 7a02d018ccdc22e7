"""Who had an incident, for how long, in the open hours of the school's desk [N14]: for the strip on
its page and for the sums beside it. Pure; turns tile from log to close, so the sums do too.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Protocol

from app.calendar_days import AnyCalendar
from app.service_hours import open_seconds

WIDTH = 1000
# So that a turn of a minute can be seen beside one of a month.
_LEAST = 8


class Span(Protocol):
    """A row of turns, or its columns."""

    @property
    def party(self) -> str: ...
    @property
    def line(self) -> int: ...
    @property
    def group_name(self) -> str | None: ...
    @property
    def began_at(self) -> datetime: ...
    @property
    def ended_at(self) -> datetime | None: ...


@dataclass(frozen=True)
class Piece:
    """One turn as it is drawn and as it is said."""

    party: str
    who: str | None
    reason: str
    began_at: datetime
    ended_at: datetime | None
    open_seconds: int
    x: int
    width: int


@dataclass(frozen=True)
class Strip:
    pieces: tuple[Piece, ...]
    # (party, open seconds), the longest first.
    sums: tuple[tuple[str, int], ...]
    # How often it came back to somebody who had passed it on.
    returns: int

    @property
    def total(self) -> int:
        return sum(seconds for _, seconds in self.sums)


def strip(turns: Sequence[Any], calendar: AnyCalendar, now: datetime) -> Strip:
    lasted = [seconds_of(one, calendar, now) for one in turns]
    widths = _widths(lasted)
    pieces, x = [], 0
    for turn, seconds, width in zip(turns, lasted, widths, strict=True):
        pieces.append(
            Piece(
                party=turn.party,
                who=turn.group_name,
                reason=turn.hold_reason or turn.status,
                began_at=turn.began_at,
                ended_at=turn.ended_at,
                open_seconds=seconds,
                x=x,
                width=width,
            )
        )
        x += width
    return Strip(tuple(pieces), tuple(sums_by_party(turns, lasted)), returns(turns))


def seconds_of(turn: Span, calendar: AnyCalendar, now: datetime) -> int:
    """Open seconds of one turn, up to now where it is still theirs."""
    end = turn.ended_at or max(now, turn.began_at)
    return open_seconds(calendar, turn.began_at, end)


def sums_by_party(turns: Iterable[Span], lasted: Iterable[int]) -> list[tuple[str, int]]:
    sums: dict[str, int] = {}
    for turn, seconds in zip(turns, lasted, strict=True):
        sums[turn.party] = sums.get(turn.party, 0) + seconds
    return sorted(sums.items(), key=lambda one: -one[1])


def returns(turns: Iterable[Span]) -> int:
    """Ping-pong: how often it came back to a group, or the desk, that it had left."""
    seen: set[tuple[int, str | None]] = set()
    before: tuple[int, str | None] | None = None
    count = 0
    for turn in turns:
        holder = (turn.line, turn.group_name)
        if holder != before:
            count += holder in seen
            seen.add(holder)
        before = holder
    return count


def _widths(lasted: Sequence[int]) -> list[int]:
    """Shares of the whole width, each wide enough to be seen; together exactly the width."""
    if not lasted:
        return []
    least = min(_LEAST, WIDTH // len(lasted))
    total = sum(lasted)
    free = WIDTH - least * len(lasted)
    shares = [one / total if total else 1 / len(lasted) for one in lasted]
    widths, used, ideal = [], 0, 0.0
    for share in shares:
        ideal += least + share * free
        width = round(ideal) - used
        widths.append(width)
        used += width
    return widths
