"""Everything of domain.md 4.4 under one name: what a share, a rate or a month may be said to be.

binomial.py holds the tails, funnel.py the comparison of rows, poisson.py rates, control.py time.
"""

from __future__ import annotations

from app.performance.binomial import at_least, at_most, exactly
from app.performance.control import At, Beyond, Control, p_chart, xmr
from app.performance.funnel import (
    FEWEST,
    FEWEST_ROWS,
    TAIL_95,
    TAIL_998,
    Z_95,
    Z_998,
    Counted,
    Critical,
    Dispersion,
    Judged,
    Limits,
    Verdict,
    calmed,
    critical_counts,
    dispersion,
    expected,
    flag,
    funnel_sizes,
    interpolated,
    judge,
    limits,
    wilson,
    z_score,
)
from app.performance.poisson import poisson_interval

__all__ = [
    "FEWEST",
    "FEWEST_ROWS",
    "TAIL_95",
    "TAIL_998",
    "Z_95",
    "Z_998",
    "At",
    "Beyond",
    "Control",
    "Counted",
    "Critical",
    "Dispersion",
    "Judged",
    "Limits",
    "Verdict",
    "at_least",
    "at_most",
    "calmed",
    "critical_counts",
    "dispersion",
    "exactly",
    "expected",
    "flag",
    "funnel_sizes",
    "interpolated",
    "judge",
    "limits",
    "p_chart",
    "poisson_interval",
    "wilson",
    "xmr",
    "z_score",
]
