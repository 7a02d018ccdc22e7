"""Exact interval of a rate: faults per 100 device-years (Garwood 1936)."""

from __future__ import annotations

import math

from app.performance.binomial import deviance, stirling_error

_NEGLIGIBLE = 1e-17
_STEPS = 200


def poisson_interval(count: int, exposure: float = 1.0, level: float = 0.95) -> tuple[float, float]:
    """Both ends divided by the exposure; half of what is left lies on either side. The same as half
    the chi-square quantiles with 2 × count and 2 × count + 2 degrees of freedom."""
    if count < 0 or exposure <= 0 or not 0 < level < 1:
        raise ValueError(f"no rate: {count} in {exposure} at {level}")
    tail = (1 - level) / 2
    low = _mean_where(count - 1, 1 - tail) if count else 0.0
    return low / exposure, _mean_where(count, tail) / exposure


def at_most(k: int, mean: float) -> float:
    """P(X ≤ k) for X ~ Poisson(mean): the regularised upper gamma function Q(k + 1, mean)."""
    if k < 0:
        return 0.0
    if mean <= 0:
        return 1.0
    if k < mean:
        return exactly(k, mean) * _falling(k, mean)
    return 1.0 - exactly(k + 1, mean) * _rising(k + 1, mean)


def exactly(k: int, mean: float) -> float:
    if k == 0:
        return math.exp(-mean)
    return math.exp(-stirling_error(k) - deviance(k, mean)) / math.sqrt(2 * math.pi * k)


def _falling(k: int, mean: float) -> float:
    term = total = 1.0
    for count in range(k, 0, -1):
        term *= count / mean
        total += term
        if term < _NEGLIGIBLE * total:
            break
    return total


def _rising(k: int, mean: float) -> float:
    term = total = 1.0
    while term >= _NEGLIGIBLE * total:
        k += 1
        term *= mean / k
        total += term
    return total


def _mean_where(k: int, wanted: float) -> float:
    """The mean with P(X ≤ k) = wanted, which falls as the mean grows: halved until nothing moves.
    It lies within a few standard deviations of k + 1, or within -log(wanted) of 0."""
    low, high = 0.0, k + 1 + 40 * math.sqrt(k + 1) - 2 * math.log(min(wanted, 1 - wanted))
    for _ in range(_STEPS):
        middle = (low + high) / 2
        if middle in (low, high):
            break
        low, high = (middle, high) if at_most(k, middle) > wanted else (low, middle)
    return (low + high) / 2
