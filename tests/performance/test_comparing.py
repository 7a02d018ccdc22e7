"""Comparing small schools fairly: every row and every critical count of domain.md 4.4, to the last
digit shown, and what must hold for any numbers."""

from __future__ import annotations

import math
from fractions import Fraction

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from app.performance.statistics import (
    Z_95,
    Z_998,
    Counted,
    calmed,
    critical_counts,
    dispersion,
    expected,
    flag,
    funnel_sizes,
    judge,
    limits,
    wilson,
    z_score,
)
from app.performance.statistics import at_least as upper
from app.performance.statistics import at_most as lower
from tests.bench.simulated import simulate

P0 = 0.9
few = settings(deadline=None, max_examples=60)
shares = st.floats(0.001, 0.999)


@st.composite
def counted(draw, most=300):
    n = draw(st.integers(1, most))
    return draw(st.integers(0, n)), n


def rounds_to(value: float, shown: str) -> bool:
    """As many digits as the text shows."""
    if "e" in shown:
        return f"{value:.1e}" == shown
    return f"{value:.{len(shown.partition('.')[2])}f}" == shown


# met, of, share, Wilson, limits of 95 % and of 99.8 % as far as given, at most, at least, flag
ROWS = """
5    5    1.0000  0.5655  1.0000  0.4451  0.9915  0.2133  0.9997  1         0.5905   within
9    12   0.7500  0.4677  0.9111  0.6642  0.9926  0.5101  0.9997  0.1109    0.9744   within
8    12   0.6667  0.3906  0.8619  -       -       -       -       0.02564   0.9957   within
7    12   0.5833  0.3195  0.8067  -       -       -       -       0.004329  0.9995   low_95
6    12   0.5000  0.2538  0.7462  -       -       -       -       0.000541  0.9999   low_998
18   18   1.0000  0.8241  1.0000  0.7141  0.9907  0.6015  0.9996  1         0.1501   within
45   60   0.7500  0.6277  0.8422  0.8088  0.9619  0.7541  0.9907  0.000666  0.9998   low_998
50   60   0.8333  0.7197  0.9069  -       -       -       -       0.0731    0.9658   within
174  200  0.8700  0.8163  0.9097  0.8540  0.9373  0.8264  0.9571  0.1005    0.9328   within
170  200  0.8500  0.7939  0.8929  -       -       -       -       0.01633   0.9905   low_95
196  200  0.9800  0.9497  0.9922  -       -       -       -       1.0000    8.4e-06  high_998
""".strip().splitlines()
# fmt: off
CRITICAL = [
    # n,  low 95, high 95, low 99.8, high 99.8
    (5,   2,      None,    1,        None),
    (12,  7,      None,    6,        None),
    (18,  12,     None,    10,       None),
    (40,  31,     40,      28,       None),
    (60,  48,     59,      45,       None),
    (120, 100,    115,     96,       118),
    (200, 170,    189,     165,      193),
    (400, 347,    372,     339,      378),
]
# fmt: on


@pytest.mark.parametrize("row", ROWS, ids=lambda row: " of ".join(row.split()[:2]))
def test_each_row_of_the_table(row):
    first, second, *wanted, flagged = row.split()
    met, of = int(first), int(second)
    found = limits(of, P0)
    said = [met / of, *wilson(met, of), found.low_95, found.high_95, found.low_998, found.high_998]
    said += [lower(met, of, P0), upper(met, of, P0)]
    wrong = [(v, w) for v, w in zip(said, wanted, strict=True) if w != "-" and not rounds_to(v, w)]
    assert not wrong
    assert flag(met, of, P0) == flagged


@pytest.mark.parametrize("row", CRITICAL, ids=lambda row: f"n {row[0]}")
def test_each_critical_count(row):
    n, low_95, high_95, low_998, high_998 = row
    assert critical_counts(n, P0) == (low_95, high_95, low_998, high_998)


def test_the_same_share_is_chance_in_a_small_school_and_is_not_in_a_big_one():
    assert flag(9, 12, P0) == "within"
    assert flag(45, 60, P0) == "low_998"


def test_fewer_than_five_are_never_flagged():
    assert {flag(0, n, P0) for n in range(5)} == {"too_few"}
    assert flag(0, 5, P0) == "low_998"


def test_the_flag_that_is_nearest_to_its_centre_is_still_seen():
    """0 of n where n p is just over 3.69, seen from both ends: z is 1.92."""
    assert flag(0, 100_000, 3.7e-5) == "low_95"
    assert flag(0, 100_000, 3.68e-5) == "within"
    assert flag(100_000, 100_000, 1 - 3.7e-5) == "high_95"
    assert [flag(0, n, 0.05) for n in (71, 72)] == ["within", "low_95"]
    assert [flag(n, n, 0.9) for n in (35, 36)] == ["within", "high_95"]


def test_a_target_of_all_or_nothing_leaves_no_chance():
    assert flag(10, 10, 1.0) == flag(0, 10, 0.0) == "within"
    assert flag(9, 10, 1.0) == "low_998"
    assert flag(1, 10, 0.0) == "high_998"
    assert set(limits(10, 1.0)) == {1.0}
    assert set(limits(10, 0.0)) == {0.0}
    assert critical_counts(10, 1.0) == (9, None, 9, None)
    assert z_score(9, 10, 1.0) is None


def test_no_interval_of_nothing():
    assert wilson(0, 0) is None
    assert wilson(0, 7)[0] == 0.0
    assert wilson(7, 7)[1] == 1.0


@few
@given(counted())
def test_an_interval_contains_its_share_and_is_mirrored(count):
    k, n = count
    low, high = wilson(k, n)
    assert 0 <= low <= k / n <= high <= 1
    other = wilson(n - k, n)
    assert math.isclose(low, 1 - other[1], abs_tol=1e-12)
    # More of the same say more.
    wider = wilson(10 * k, 10 * n)
    assert wider[1] - wider[0] < high - low


@few
@given(counted(), shares)
def test_a_flag_is_what_the_critical_counts_say(count, p0):
    k, n = count
    found = critical_counts(n, p0)
    said = flag(k, n, p0)
    if n < 5:
        assert said == "too_few"
        return
    assert (said == "low_998") == (found.low_998 is not None and k <= found.low_998)
    assert (said == "high_998") == (found.high_998 is not None and k >= found.high_998)
    assert said.startswith("low") == (found.low_95 is not None and k <= found.low_95)
    assert said.startswith("high") == (found.high_95 is not None and k >= found.high_95)


@few
@given(st.integers(5, 3000), shares)
def test_limits_lie_around_the_centre_and_in_order(n, p0):
    found = limits(n, p0)
    assert 0 <= found.low_998 <= found.low_95 <= p0 + 1 / n
    assert p0 - 1 / n <= found.high_95 <= found.high_998 <= 1
    wide = limits(n, p0, widen=2.0)
    assert wide.low_95 <= max(found.low_95, 0) or found.low_95 > p0
    assert wide.high_998 >= found.high_998 or found.high_998 < p0


@few
@given(st.integers(0, 30_000))
def test_limits_are_drawn_from_five_to_the_largest(largest):
    sizes = funnel_sizes(largest)
    assert sizes[0] == 5 and sizes[-1] == max(largest, 5)
    assert sizes == sorted(set(sizes))
    assert len(sizes) < 130


def test_expected_is_what_the_la_would_have_met_with_the_same_mix():
    # A school with many of priority 1, which is missed more often everywhere.
    counts, in_la = {1: 30, 3: 10}, {1: 0.7, 2: 0.9, 3: 0.95}
    assert math.isclose(expected(counts, in_la), 30 * 0.7 + 10 * 0.95)
    share = expected(counts, in_la) / 40
    # 30 of 40 are low against the LA's 0.9, and just what is to be expected of this mix.
    assert flag(30, 40, 0.9) == "low_95"
    assert flag(30, 40, share) == "within"
    with pytest.raises(KeyError):
        expected({4: 1}, in_la)
    assert expected({4: 0}, in_la) == 0


def test_phi_is_the_mean_square_after_the_outermost_tenth_is_drawn_in():
    # Eleven: the 10th percentile is the second lowest, the 90th the second highest.
    zs = [-9.0, -1.0, -1.0, 0.5, 0.5, 1.0, 1.0, 2.0, 2.0, 3.0, 40.0]
    drawn_in = [-1.0, -1.0, -1.0, 0.5, 0.5, 1.0, 1.0, 2.0, 2.0, 3.0, 3.0]
    found = dispersion([*zs, None])
    assert found.rows == 11 and found.is_used
    assert math.isclose(found.phi, sum(z * z for z in drawn_in) / 11)
    # Between ranks: of ten, the 10th percentile lies 0.9 of the way from the lowest to the next.
    ten = [float(n) for n in range(10)]
    assert math.isclose(
        dispersion(ten).phi, (0.9**2 + sum(n * n for n in range(1, 9)) + 8.1**2) / 10
    )


@pytest.mark.parametrize(
    ("scores", "is_used"),
    [([3.0] * 9, False), ([3.0] * 10, True), ([0.9] * 10, False), ([], False), ([None], False)],
)
def test_phi_is_used_with_ten_rows_that_differ_by_more_than_chance(scores, is_used):
    assert dispersion(scores).is_used is is_used


# fmt: off
CALMED = [
    # plain,     z,      phi,  flag
    ("low_998",  -12.0,  4.0,  "low_998"),   # 6.0 is still out
    ("low_998",  -6.0,   4.0,  "low_95"),    # 3.0 < 3.09
    ("low_998",  -3.9,   4.0,  "within"),    # 1.95 < 1.96
    ("low_95",   -9.0,   4.0,  "low_95"),    # never sharper than the plain flag
    ("low_95",   -2.4,   4.0,  "within"),
    ("high_998", 6.0,    4.0,  "high_95"),
    ("high_95",  2.0,    4.0,  "within"),
    ("within",   9.0,    4.0,  "within"),
    ("too_few",  9.0,    4.0,  "too_few"),
    ("low_998",  -2.0,   1.0,  "low_998"),   # nothing to correct
    ("low_998",  -2.0,   None, "low_998"),
    ("low_998",  None,   4.0,  "low_998"),   # nothing is left to chance there
]
# fmt: on


@pytest.mark.parametrize(("plain", "z", "phi", "wanted"), CALMED)
def test_a_correction_only_calms(plain, z, phi, wanted):
    assert calmed(plain, z, phi) == wanted


def test_the_normal_quantiles_are_those_of_the_tails():
    assert math.isclose(math.erfc(Z_95 / math.sqrt(2)) / 2, 0.025, rel_tol=1e-6)
    assert math.isclose(math.erfc(Z_998 / math.sqrt(2)) / 2, 0.001, rel_tol=1e-6)


def test_where_all_differ_the_plot_does_not_cry_wolf():
    """Twenty schools of 400 that differ far more than chance: nearly all are flagged by the plain
    rule, and after the correction only one that is far from all others."""
    rows = [Counted(met, 400) for met in (*range(330, 390, 3), 150)]
    found = judge(rows, 0.9)
    assert found.dispersion.is_used and found.dispersion.phi > 5
    plain = [one for one in found.rows if one.plain != "within"]
    kept = [one for one in found.rows if one.flag != "within"]
    assert len(plain) > 10
    assert kept == [found.rows[-1]] and kept[0].flag == "low_998"


def test_each_row_is_judged_against_its_own_mix():
    found = judge([Counted(30, 40), Counted(30, 40, expected=0.76), Counted(2, 3)], 0.9)
    assert [one.flag for one in found.rows] == ["low_95", "within", "too_few"]
    assert not found.dispersion.is_used
    assert found.rows[1].interval == wilson(30, 40)


@few
@given(st.lists(counted(), min_size=10, max_size=25), shares)
def test_what_is_shown_is_never_louder_than_the_plain_flag(rows, p0):
    loud = {"too_few": 0, "within": 0}
    for one in judge([Counted(*row) for row in rows], p0).rows:
        severity = [
            loud.get(each, 2 if each.endswith("998") else 1) for each in (one.flag, one.plain)
        ]
        assert severity[0] <= severity[1]


@few
@given(counted(40), st.sampled_from([Fraction(1, 3), Fraction(9, 10), Fraction(1, 1000)]))
def test_tails_are_those_of_exact_fractions(count, p):
    k, n = count
    exact = [math.comb(n, j) * p**j * (1 - p) ** (n - j) for j in range(n + 1)]
    assert math.isclose(lower(k, n, float(p)), float(sum(exact[: k + 1])), rel_tol=1e-12)
    assert math.isclose(upper(k, n, float(p)), float(sum(exact[k:])), rel_tol=1e-12)


def test_among_equal_schools_hardly_any_is_an_alarm_and_a_worse_one_is_seen():
    """A short run of the simulation; `python -m tests.bench.simulated` is the whole of it."""
    found = simulate(runs=15)
    assert found.is_reached, found
    assert 0.005 < found.warnings < 0.06, "it is not that nothing is ever flagged"
