"""The schools without cover as somebody else counted them, where there are too many desks to look
at each for a page.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import date, datetime
from typing import NamedTuple

# So many of them are listed then.
MOST_LISTED = 200


class Uncovered(NamedTuple):
    """What a list says of a school."""

    slug: str
    school: str
    phone: str | None
    email: str | None


Line = tuple[Uncovered, bool, Sequence[tuple[date, Sequence[tuple[datetime, datetime]]]]]


class Counted(NamedTuple):
    """`as_of` is None while nobody has counted yet."""

    many: int
    lines: Sequence[Line]  # of the first, by name
    as_of: datetime | None


_counting: list[Callable[[], Counted | None]] = []


def cover_is_counted_by(count: Callable[[], Counted | None]) -> None:
    """Whoever counts lives in a room above this one; None where that is not needed."""
    _counting[:] = [count]


def counted_elsewhere() -> Counted | None:
    return _counting[0]() if _counting else None
