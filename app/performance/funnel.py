"""Is a share far from what it should be, or is that chance? (domain.md 4.4, Spiegelhalter 2005)

Flags go by the exact tail probability and never by the limits that are drawn: those differ by
method and fail near 100 %.
"""

from __future__ import annotations

import math
from collections.abc import Hashable, Iterable, Mapping, Sequence
from functools import lru_cache
from statistics import quantiles
from typing import NamedTuple, TypeVar

from app.performance.binomial import at_least, at_most, first
from app.plots.shapes import Flag

Stratum = TypeVar("Stratum", bound=Hashable)

Z_95 = 1.959964
Z_998 = 3.090232306  # 0.001 on either side
TAIL_95, TAIL_998 = 0.025, 0.001
FEWEST = 5  # below this: "2 of 3", no percentage, no flag
FEWEST_ROWS = 10  # below this, the spread between rows says nothing
# Nearer to its centre than so many deviations nothing has a tail of 0.025: the nearest is 0
# of n where n p is 3.69, at 1.92. It spares 24,000 schools most of the counting.
_SURELY_WITHIN = 1.8
_WINSORISED = 10  # the outermost tenth on either side

# How far from "within". A correction may only go down.
_SEVERITY: dict[Flag, int] = {
    "too_few": 0,
    "within": 0,
    "low_95": 1,
    "high_95": 1,
    "low_998": 2,
    "high_998": 2,
}


class Critical(NamedTuple):
    """Flagged low at or below, high at or above; None where no count is that unlikely."""

    low_95: int | None
    high_95: int | None
    low_998: int | None
    high_998: int | None


class Limits(NamedTuple):
    """Shares, for drawing."""

    low_95: float
    high_95: float
    low_998: float
    high_998: float


class Dispersion(NamedTuple):
    phi: float | None  # None: no row has a z
    rows: int
    is_used: bool  # enough rows, and they differ by more than chance


class Counted(NamedTuple):
    """A row to be judged; `expected` is its share under its own mix, if that is known."""

    met: int
    of: int
    expected: float | None = None


class Verdict(NamedTuple):
    plain: Flag  # by tail probability alone
    flag: Flag  # after the correction for overdispersion: what is shown
    z: float | None
    interval: tuple[float, float] | None  # Wilson 95 %


class Judged(NamedTuple):
    dispersion: Dispersion
    rows: list[Verdict]  # in the order of what was asked


def wilson(k: int, n: int, z: float = Z_95) -> tuple[float, float] | None:
    """The interval of one share; None for n = 0."""
    if n == 0:
        return None
    p = k / n
    shrunk = 1 + z * z / n
    centre = (p + z * z / (2 * n)) / shrunk
    half = z / shrunk * math.sqrt(p * (1 - p) / n + z * z / (4 * n * n))
    # At 0 of n and n of n one end is the share itself, but for the last digit.
    low = 0.0 if k == 0 else centre - half
    high = 1.0 if k == n else centre + half
    return low, high


def flag(k: int, n: int, p0: float) -> Flag:
    """By tail probability against p0: the LA's share, a target, or expected / n."""
    if n < FEWEST:
        return "too_few"
    if (k - n * p0) ** 2 < _SURELY_WITHIN**2 * n * p0 * (1 - p0):
        return "within"
    low = at_most(k, n, p0)
    if low < TAIL_95:
        return "low_998" if low < TAIL_998 else "low_95"
    high = at_least(k, n, p0)
    if high < TAIL_95:
        return "high_998" if high < TAIL_998 else "high_95"
    return "within"


@lru_cache(maxsize=4096)
def critical_counts(n: int, p0: float) -> Critical:
    return Critical(
        _critical_low(n, p0, TAIL_95),
        _critical_high(n, p0, TAIL_95),
        _critical_low(n, p0, TAIL_998),
        _critical_high(n, p0, TAIL_998),
    )


def _critical_low(n: int, p0: float, tail: float) -> int | None:
    found = first(lambda k: at_most(k, n, p0) >= tail, _near(n, p0, tail), n) - 1
    return found if found >= 0 else None


def _critical_high(n: int, p0: float, tail: float) -> int | None:
    found = first(lambda k: at_least(k, n, p0) < tail, _near(n, p0, 1 - tail), n)
    return found if found <= n else None


def limits(n: int, p0: float, widen: float = 1.0) -> Limits:
    """The interpolated exact limits at n, their distance from p0 times `widen` (√φ)."""
    found = (interpolated(n, p0, tail) for tail in (TAIL_95, 1 - TAIL_95, TAIL_998, 1 - TAIL_998))
    low_95, high_95, low_998, high_998 = (
        min(max(p0 + (one - p0) * widen, 0.0), 1.0) for one in found
    )
    return Limits(low_95, high_95, low_998, high_998)


@lru_cache(maxsize=4096)
def interpolated(n: int, p0: float, tail: float) -> float:
    """r is the smallest count with F(r) ≥ tail, α = (F(r) - tail) / (F(r) - F(r - 1)), the limit
    (r - α) / n; not below 0. Where nothing is left to chance, p0 itself."""
    if p0 in (0.0, 1.0):
        return p0
    r = first(lambda k: at_most(k, n, p0) >= tail, _near(n, p0, tail), n)
    reached, before = at_most(r, n, p0), at_most(r - 1, n, p0)
    return max((r - (reached - tail) / (reached - before)) / n, 0.0)


def funnel_sizes(largest: int) -> list[int]:
    """For which n the limits are drawn: each where they bend, then ever fewer."""
    sizes = [FEWEST]
    while sizes[-1] < largest:
        sizes.append(max(sizes[-1] + 1, round(sizes[-1] * 1.08)))
    return sizes if sizes[-1] <= max(largest, FEWEST) else [*sizes[:-1], largest]


def expected(counts: Mapping[Stratum, int], shares: Mapping[Stratum, float]) -> float:
    """Indirect standardisation: how many would be met if each stratum (priority) were met as often
    as in the whole LA. Each stratum that counts has a share, for the LA counts this row too."""
    return math.fsum(n * shares[stratum] for stratum, n in counts.items() if n)


def z_score(k: int, n: int, p0: float) -> float | None:
    """None where p0 leaves no room for chance, or there is nothing to judge."""
    if n == 0 or p0 <= 0.0 or p0 >= 1.0:
        return None
    return (k / n - p0) / math.sqrt(p0 * (1 - p0) / n)


def dispersion(scores: Iterable[float | None]) -> Dispersion:
    """φ, the mean of z², after winsorising: every z below the 10th percentile is set to it, every z
    above the 90th to that (percentiles by linear interpolation between ranks, the lowest z at 0 %
    and the highest at 100 %), so that a few truly different schools do not widen it for all
    (Spiegelhalter 2005). Used only with ten rows and φ > 1."""
    zs = [z for z in scores if z is not None]
    if not zs:
        return Dispersion(None, 0, False)
    if len(zs) > 1:
        cuts = quantiles(zs, n=_WINSORISED, method="inclusive")
        zs = [min(max(z, cuts[0]), cuts[-1]) for z in zs]
    phi = math.fsum(z * z for z in zs) / len(zs)
    return Dispersion(phi, len(zs), len(zs) >= FEWEST_ROWS and phi > 1)


def calmed(plain: Flag, z: float | None, phi: float | None) -> Flag:
    """The calmer of the plain flag and of z / √φ against the normal quantiles."""
    if phi is None or phi <= 1 or z is None or not _SEVERITY[plain]:
        return plain
    shrunk = abs(z) / math.sqrt(phi)
    if shrunk < Z_95:
        return "within"
    if shrunk < Z_998 and _SEVERITY[plain] == 2:
        return "low_95" if plain == "low_998" else "high_95"
    return plain


def judge(rows: Sequence[Counted], p0: float, spread: Dispersion | None = None) -> Judged:
    """All rows of a comparison at once, each against its own expected share or else p0. `spread`:
    of all rows, where these are but some of them."""
    shares = [p0 if row.expected is None else row.expected for row in rows]
    scores = [z_score(row.met, row.of, p) for row, p in zip(rows, shares, strict=True)]
    spread = spread or dispersion(scores)
    phi = spread.phi if spread.is_used else None
    verdicts = []
    for row, p, z in zip(rows, shares, scores, strict=True):
        plain = flag(row.met, row.of, p)
        verdicts.append(Verdict(plain, calmed(plain, z, phi), z, wilson(row.met, row.of)))
    return Judged(spread, verdicts)


def _near(n: int, p0: float, tail: float) -> int:
    """Where the normal distribution says it is: the search begins here."""
    z = {TAIL_95: -Z_95, 1 - TAIL_95: Z_95, TAIL_998: -Z_998, 1 - TAIL_998: Z_998}.get(tail, 0.0)
    return round(n * p0 + z * math.sqrt(n * p0 * (1 - p0)))
