"""The binomial distribution in plain Python, both tails to about twelve digits, n to a million.

The probability of one count is computed as by Loader (2000): differences of log-gammas would lose
nine digits at n = 1,000,000. A tail is summed outward from its first count, always the tail that is
nearer, so that nothing small is ever taken from something large.
"""

from __future__ import annotations

import math
from collections.abc import Callable

# A term this much smaller than the sum no longer changes it.
_NEGLIGIBLE = 1e-17
_HALF_LOG_TWO_PI = 0.5 * math.log(2 * math.pi)


def at_most(k: int, n: int, p: float) -> float:
    """P(X ≤ k) for X ~ Bin(n, p)."""
    _check(n, p)
    return _up_to(k, n, p, 1.0 - p)


def at_least(k: int, n: int, p: float) -> float:
    """P(X ≥ k) for X ~ Bin(n, p): so many failures at most."""
    _check(n, p)
    return _up_to(n - k, n, 1.0 - p, p)


def exactly(k: int, n: int, p: float) -> float:
    """P(X = k) for X ~ Bin(n, p)."""
    _check(n, p)
    return _at(k, n, p, 1.0 - p)


def first(is_reached: Callable[[int], bool], near: int, most: int) -> int:
    """The smallest count in 0 … most that reaches it (most + 1 if none does), looked for from near:
    `is_reached` is false up to some count and true from there on."""
    near = min(max(near, 0), most)
    step = 1
    if is_reached(near):
        high, low = near, near - 1
        while low >= 0 and is_reached(low):
            high, low, step = low, low - step, step * 2
        low = max(low, -1)
    else:
        low, high = near, near + 1
        while high <= most and not is_reached(high):
            low, high, step = high, high + step, step * 2
        high = min(high, most + 1)
    while high - low > 1:
        middle = (low + high) // 2
        low, high = (low, middle) if is_reached(middle) else (middle, high)
    return high


def stirling_error(n: int) -> float:
    """How much log n! is more than Stirling's formula says."""
    if n < 16:
        return math.lgamma(n + 1) - (n + 0.5) * math.log(n) + n - _HALF_LOG_TWO_PI
    nn = float(n) * n
    return (1 / 12 - (1 / 360 - (1 / 1260 - (1 / 1680) / nn) / nn) / nn) / n


def deviance(x: float, mean: float) -> float:
    """x log(x / mean) + mean - x, without losing digits where x is near the mean."""
    if abs(x - mean) >= 0.1 * (x + mean):
        return x * math.log(x / mean) + mean - x
    v = (x - mean) / (x + mean)
    total, term, odd = (x - mean) * v, 2 * x * v, 1
    while True:
        term *= v * v
        odd += 2
        more = total + term / odd
        if more == total:
            return more
        total = more


def _up_to(k: int, n: int, p: float, q: float) -> float:
    """Both p and q, for the smaller of the two has digits that 1 minus the other has lost."""
    if k < 0:
        return 0.0
    if k >= n:
        return 1.0
    if k < (n + 1) * p:
        return _lower(k, n, p, q)
    return 1.0 - _lower(n - k - 1, n, q, p)


def _lower(k: int, n: int, p: float, q: float) -> float:
    """P(X ≤ k) for k up to the mean: the terms fall from k downward."""
    if p == 0.0:
        return 1.0
    term = total = 1.0
    odds = q / p
    for count in range(k, 0, -1):
        term *= count * odds / (n - count + 1)
        total += term
        if term < _NEGLIGIBLE * total:
            break
    return min(_at(k, n, p, q) * total, 1.0)


def _at(k: int, n: int, p: float, q: float) -> float:
    if not 0 <= k <= n:
        return 0.0
    if p == 0.0 or q == 0.0:
        return float(k == (0 if p == 0.0 else n))
    if k in (0, n):
        of, rest = (q, p) if k == 0 else (p, q)
        return math.exp(n * (math.log(of) if of < 0.5 else math.log1p(-rest)))
    surprise = deviance(k, n * p) + deviance(n - k, n * q)
    correction = stirling_error(n) - stirling_error(k) - stirling_error(n - k)
    return math.exp(correction - surprise) * math.sqrt(n / (2 * math.pi * k * (n - k)))


def _check(n: int, p: float) -> None:
    if n < 0 or not 0.0 <= p <= 1.0:
        raise ValueError(f"no binomial distribution: n = {n}, p = {p}")
