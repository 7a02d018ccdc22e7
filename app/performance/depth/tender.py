"""Contracts of several schools with the same supplier, side by side [N17]: what a pupil costs, and
which of them could be tendered together. Pure.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date, timedelta
from decimal import Decimal
from typing import NamedTuple

# Notice days so close to each other are one window: schools can ask for offers together.
WINDOW = timedelta(days=31)
FEWEST = 2


class Window(NamedTuple):
    first: date
    last: date
    contracts: int


def windows(notice_days: Iterable[date | None], today: date) -> list[Window]:
    """Clusters of notice days to come: each no more than a month after the first of its window."""
    found: list[list[date]] = []
    for day in sorted(day for day in notice_days if day is not None and day >= today):
        if found and day - found[-1][0] <= WINDOW:
            found[-1].append(day)
        else:
            found.append([day])
    return [Window(days[0], days[-1], len(days)) for days in found if len(days) >= FEWEST]


def per_pupil(charge: Decimal | None, pupils: int | None) -> Decimal | None:
    return None if charge is None or not pupils else charge / pupils


def middle(values: Sequence[Decimal]) -> Decimal | None:
    """The median."""
    if not values:
        return None
    ordered, half = sorted(values), len(values) // 2
    return ordered[half] if len(values) % 2 else (ordered[half - 1] + ordered[half]) / 2
