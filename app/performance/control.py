"""Is a month unlike the months before it? Control charts (Shewhart; Wheeler; Laney 2002)."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Literal

from app.performance.binomial import at_least, at_most
from app.performance.funnel import FEWEST, FEWEST_ROWS

Beyond = Literal["low", "high"]

# Three standard deviations, which two neighbours estimate as 1.128 times less than their range.
_XMR = 2.66
_RANGE_TO_DEVIATION = 1.128
_DEVIATIONS = 3.0
_TAIL = 0.00135  # the normal probability beyond three standard deviations on one side
# A value that equals its limit but for the last digits is not beyond it.
_ROUNDING = 1e-9


@dataclass(frozen=True, kw_only=True)
class At:
    """One period of the chart; no limits where there is too little to say."""

    value: float | None
    low: float | None = None
    high: float | None = None
    beyond: Beyond | None = None


@dataclass(frozen=True, kw_only=True)
class Control:
    centre: float | None
    points: list[At]

    @property
    def beyond(self) -> list[Beyond | None]:
        return [point.beyond for point in self.points]


def xmr(
    values: Sequence[float | None], *, lowest: float | None = None, highest: float | None = None
) -> Control:
    """Individuals and moving range: mean ± 2.66 × mean range between neighbours. A gap has no
    range on either side. `lowest` and `highest` are what the value cannot pass (0, and 1 of a
    share). For figures whose size is not a count of yes and no, or whose n is in the thousands."""
    known = [value for value in values if value is not None]
    ranges = [
        abs(after - before)
        for before, after in pairwise(values)
        if before is not None and after is not None
    ]
    centre = math.fsum(known) / len(known) if known else None
    if centre is None or not ranges:
        return Control(centre=centre, points=[At(value=value) for value in values])
    reach = _XMR * math.fsum(ranges) / len(ranges)
    low = _at_least(centre - reach, lowest)
    high = _at_most(centre + reach, highest)
    return Control(
        centre=centre,
        points=[
            At(value=value, low=low, high=high, beyond=_beyond(value, low, high))
            for value in values
        ],
    )


def p_chart(counts: Sequence[tuple[int, int]]) -> Control:
    """Shares of (met, of) per period: p̄ ± 3 × √(p̄ q̄ / n). With ten periods or more that differ by
    more than chance, the limits are widened by how much (Laney's p′), never narrowed. A point is
    beyond only if the exact probability agrees: near 100 % the limits alone cry wolf. Fewer than
    five: no limits, not beyond."""
    met, of = sum(k for k, _ in counts), sum(n for _, n in counts)
    if not of:
        return Control(centre=None, points=[At(value=None) for _ in counts])
    centre = met / of
    spread = _spread(counts, centre)
    return Control(centre=centre, points=[_share(k, n, centre, spread) for k, n in counts])


def _spread(counts: Sequence[tuple[int, int]], centre: float) -> float:
    if not 0 < centre < 1:
        return 1.0
    scores = [(k / n - centre) / math.sqrt(centre * (1 - centre) / n) for k, n in counts if n]
    if len(scores) < FEWEST_ROWS:
        return 1.0
    ranges = [abs(after - before) for before, after in pairwise(scores)]
    return max(math.fsum(ranges) / len(ranges) / _RANGE_TO_DEVIATION, 1.0)


def _share(k: int, n: int, centre: float, spread: float) -> At:
    if not n:
        return At(value=None)
    share = k / n
    if n < FEWEST:
        return At(value=share)
    reach = _DEVIATIONS * spread * math.sqrt(centre * (1 - centre) / n)
    low, high = max(centre - reach, 0.0), min(centre + reach, 1.0)
    beyond = _beyond(share, low, high)
    if beyond == "low" and at_most(k, n, centre) >= _TAIL:
        beyond = None
    if beyond == "high" and at_least(k, n, centre) >= _TAIL:
        beyond = None
    return At(value=share, low=low, high=high, beyond=beyond)


def _beyond(value: float | None, low: float, high: float) -> Beyond | None:
    if value is None:
        return None
    slack = _ROUNDING * max(abs(low), abs(high), abs(value))
    if value < low - slack:
        return "low"
    return "high" if value > high + slack else None


def _at_least(value: float, bound: float | None) -> float:
    return value if bound is None else max(value, bound)


def _at_most(value: float, bound: float | None) -> float:
    return value if bound is None else min(value, bound)
