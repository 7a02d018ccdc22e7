"""Does a well-filled sheet save time? Three bands of sheets and their open hours to fix. Pure."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import NamedTuple

# Below so many on either side the means say little, for one long repair decides them.
FEWEST = 20
_Z = 1.959964
HOUR = 3600

# fmt: off
BANDS = (
    ("sheet_poor", "Little was said (score below 50)"),
    ("sheet_fair", "Some was said (50 to 79)"),
    ("sheet_good", "Well filled in (80 or more)"),
)
# fmt: on


class Difference(NamedTuple):
    """How many hours longer poor sheets took than good ones, with its 95 % interval."""

    hours: float
    low: float
    high: float

    @property
    def is_beyond_chance(self) -> bool:
        return self.low > 0 or self.high < 0


def difference(poor: Sequence[int], good: Sequence[int]) -> Difference | None:
    """From single times in seconds (Welch); None where either side has too few."""
    if min(len(poor), len(good)) < FEWEST:
        return None
    gap = (_mean(poor) - _mean(good)) / HOUR
    reach = _Z * math.sqrt(_variance(poor) / len(poor) + _variance(good) / len(good)) / HOUR
    return Difference(gap, gap - reach, gap + reach)


def sentence(found: Difference | None, *, is_too_much: bool = False) -> str:
    if is_too_much:
        return "These are too many to compare one by one here; look at one school, or fewer months."
    if found is None:
        return (
            f"With fewer than {FEWEST} incidents in a band, nothing can be said about a difference."
        )
    longer = "longer" if found.hours >= 0 else "shorter"
    said = (
        f"Incidents on poor sheets took {abs(found.hours):.1f} hours {longer} than those on good "
        f"ones, give or take {(found.high - found.low) / 2:.1f}"
    )
    if found.is_beyond_chance:
        return f"{said}: that is more than chance explains. It need not be the sheet alone."
    return f"{said}: so it may be chance."


def _mean(values: Sequence[int]) -> float:
    return math.fsum(values) / len(values)


def _variance(values: Sequence[int]) -> float:
    mean = _mean(values)
    return math.fsum((one - mean) ** 2 for one in values) / (len(values) - 1)
