"""Numbers as a plot and its table say them, so that both say the same."""

from __future__ import annotations

import math
from collections.abc import Iterable

NONE = "–"


def per_cent(share: float | None) -> str:
    """One decimal place, half up: 0.8125 is "81.3 %"."""
    return NONE if share is None else f"{_half_up(share * 1000) / 10:.1f} %"


def share_of(met: int, of: int) -> str:
    """From the counts themselves, so that nothing is lost on the way: 1 of 16 is "6.3 %"."""
    return f"{(2000 * met + of) // (2 * of) / 10:.1f} %" if of else NONE


def number(value: float | None, decimals: int = 0) -> str:
    """Thousands with commas; `decimals` is 0 or 1, the same for a whole column."""
    if value is None:
        return NONE
    return f"{_half_up(value):,}" if not decimals else f"{_half_up(value * 10) / 10:,.1f}"


def places(values: Iterable[float | None]) -> int:
    """One decimal place for all of them if one of them needs it."""
    return int(any(value is not None and value % 1 for value in values))


def _half_up(value: float) -> int:
    """A value that is half but for the last digit of a float goes up too."""
    return math.floor(value + 0.5 + 1e-9)
