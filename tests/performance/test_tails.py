"""The binomial tails for big numbers, the interval of a rate, and control charts."""

from __future__ import annotations

import math
from decimal import Decimal, localcontext

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from app.performance import poisson
from app.performance.statistics import at_least, at_most, exactly, p_chart, poisson_interval, xmr

few = settings(deadline=None, max_examples=60)
MILLION = 1_000_000


def by_decimals(n: int, p: float, counts: list[int]) -> list[tuple[Decimal, Decimal]]:
    """(at most, at least) of each, from fifty-digit terms around the mean, which sum to one."""
    with localcontext() as digits:
        digits.prec = 50
        exact_p = Decimal(p)
        odds = exact_p / (1 - exact_p)
        mean = int(n * p)
        reach = int(60 * math.sqrt(n * p * (1 - p)) + 60)
        terms = {mean: Decimal(1)}
        for k in range(mean + 1, min(mean + reach, n) + 1):
            terms[k] = terms[k - 1] * odds * (n - k + 1) / k
        for k in range(mean - 1, max(mean - reach, 0) - 1, -1):
            terms[k] = terms[k + 1] * (k + 1) / (odds * (n - k))
        total = sum(terms.values())
        return [
            (
                sum(term for j, term in terms.items() if j <= k) / total,
                sum(term for j, term in terms.items() if j >= k) / total,
            )
            for k in counts
        ]


# fmt: off
BIG = [
    # n,      p,         counts: at the mean, near it, and far out in both tails
    (2_000,   0.9,       [1_800, 1_760, 1_700, 1_840, 1_880]),
    (MILLION, 0.9,       [900_000, 899_000, 897_000, 901_000, 903_500]),
    (MILLION, 0.000_002, [0, 1, 2, 5, 30]),
    (MILLION, 0.999_999, [999_970, 999_995, 999_999, MILLION]),
    (MILLION, 0.5,       [500_000, 495_000, 504_500]),
]
# fmt: on


@pytest.mark.parametrize(("n", "p", "counts"), BIG)
def test_both_tails_to_nine_digits(n, p, counts):
    for k, (low, high) in zip(counts, by_decimals(n, p, counts)):
        assert math.isclose(at_most(k, n, p), float(low), rel_tol=1e-9), k
        assert math.isclose(at_least(k, n, p), float(high), rel_tol=1e-9), k


def test_a_share_next_to_nothing_keeps_its_digits():
    # 1 - (1 - p)^n, by its first terms.
    p, n = 1e-13, 1000
    assert math.isclose(at_least(1, n, p), n * p - n * (n - 1) / 2 * p * p, rel_tol=1e-11)
    assert math.isclose(at_most(0, n, p), 1 - n * p, rel_tol=1e-12)


@few
@given(st.integers(1, 5000), st.floats(0.0005, 0.9995), st.data())
def test_the_tails_sum_to_one_and_grow(n, p, data):
    k = data.draw(st.integers(0, n))
    assert math.isclose(at_most(k, n, p) + at_least(k + 1, n, p), 1.0, abs_tol=1e-12)
    assert at_most(k - 1, n, p) <= at_most(k, n, p)
    assert math.isclose(
        at_most(k, n, p) - at_most(k - 1, n, p), exactly(k, n, p), rel_tol=1e-6, abs_tol=1e-12
    )
    # The better they are, the less likely so few.
    assert at_most(k, n, min(p * 1.01, 1.0)) <= at_most(k, n, p) + 1e-12


@pytest.mark.parametrize(
    ("k", "n", "p", "wanted"),
    [(-1, 5, 0.5, (0, 1)), (5, 5, 0.5, (1, 0.5**5)), (6, 5, 0.5, (1, 0)), (0, 0, 0.5, (1, 1)),
     (0, 5, 0.0, (1, 1)), (1, 5, 0.0, (1, 0)), (4, 5, 1.0, (0, 1)), (5, 5, 1.0, (1, 1))],
)  # fmt: skip
def test_the_ends(k, n, p, wanted):
    assert (at_most(k, n, p), at_least(k, n, p)) == pytest.approx(wanted)


@pytest.mark.parametrize(("n", "p"), [(-1, 0.5), (5, 1.01), (5, -0.01), (5, math.nan)])
def test_what_is_no_probability_is_refused(n, p):
    with pytest.raises(ValueError, match="no binomial distribution"):
        at_most(1, n, p)


# fmt: off
GARWOOD = [
    # faults, low 95 %, high 95 % (half of the chi-square quantiles, from printed tables)
    (0,       "0.000",   "3.689"),
    (1,       "0.025",   "5.572"),
    (2,       "0.242",   "7.225"),
    (5,       "1.623",   "11.668"),
    (10,      "4.795",   "18.390"),
    (20,      "12.217",  "30.888"),
    (100,     "81.364",  "121.627"),
]
# fmt: on


@pytest.mark.parametrize(("count", "low", "high"), GARWOOD)
def test_the_exact_interval_of_a_count(count, low, high):
    found = poisson_interval(count)
    assert (f"{found[0]:.3f}", f"{found[1]:.3f}") == (low, high)


def test_a_rate_is_per_what_was_watched():
    # 10 faults in 2.5 hundreds of device-years.
    low, high = poisson_interval(10, 2.5)
    assert (round(low, 3), round(high, 3)) == (1.918, 7.356)


@pytest.mark.parametrize("bad", [(-1, 1.0, 0.95), (1, 0.0, 0.95), (1, 1.0, 1.0)])
def test_what_is_no_rate_is_refused(bad):
    with pytest.raises(ValueError, match="no rate"):
        poisson_interval(*bad)


@few
@given(st.integers(0, 20_000), st.sampled_from([0.8, 0.95, 0.998]))
def test_an_interval_of_a_rate_leaves_half_on_either_side(count, level):
    low, high = poisson_interval(count, level=level)
    assert low <= count <= high
    assert math.isclose(poisson.at_most(count, high), (1 - level) / 2, rel_tol=1e-7)
    if count:
        assert math.isclose(poisson.at_most(count - 1, low), (1 + level) / 2, rel_tol=1e-9)


def test_individuals_and_moving_range():
    # Mean 10, ranges 2, 4, 2 (mean 8/3): 10 ± 2.66 × 8/3.
    found = xmr([9.0, 11.0, 7.0, None, 12.0, 10.0, 11.0])
    assert found.centre == 10.0
    ranges = [2, 4, 2, 1]
    assert math.isclose(found.points[0].high, 10 + 2.66 * sum(ranges) / 4)
    assert math.isclose(found.points[0].low, 10 - 2.66 * sum(ranges) / 4)
    assert found.beyond == [None] * 7 and found.points[3].value is None


def test_a_month_beyond_its_limits_is_named():
    found = xmr([10, 11, 10, 9, 10, 11, 10, 9, 10, 25, 10, 11])
    assert [at for at, beyond in enumerate(found.beyond) if beyond] == [9]
    assert found.beyond[9] == "high"
    assert xmr([10, 11, 10, 9, 10, 11, 10, 9, 10, -5, 10, 11]).beyond[9] == "low"


def test_a_figure_cannot_pass_what_it_cannot_be():
    found = xmr([0.9, 0.1, 0.9, 0.2], lowest=0.0, highest=1.0)
    assert (found.points[0].low, found.points[0].high) == (0.0, 1.0)


@pytest.mark.parametrize("values", [[], [None], [5.0], [5.0, None, 5.0], [0.1, 0.1, 0.1]])
def test_too_little_to_say_or_always_the_same_is_never_beyond(values):
    found = xmr(values)
    assert not any(found.beyond) and len(found.points) == len(values)


def test_shares_have_limits_by_their_size():
    found = p_chart([(90, 100), (80, 100), (340, 400), (0, 0), (3, 4)])
    centre = (90 + 80 + 340 + 3) / 604
    assert found.centre == centre
    reach = 3 * math.sqrt(centre * (1 - centre) / 100)
    assert math.isclose(found.points[0].low, centre - reach)
    assert math.isclose(found.points[0].high, centre + reach)
    assert math.isclose(found.points[2].low, centre - reach / 2)
    assert found.points[3].value is None and found.points[4].low is None
    assert found.beyond == [None] * 5


def test_a_share_beyond_its_limits_is_named_if_the_exact_probability_agrees():
    months = [(90, 100)] * 5
    assert p_chart([*months, (60, 100)]).beyond[-1] == "low"
    assert p_chart([(50, 100)] * 5 + [(90, 100)]).beyond[-1] == "high"
    # Below the three deviations of the normal distribution, and one month in a hundred by chance.
    found = p_chart([(900, 1000), (3, 6)]).points[-1]
    assert found.value < found.low and found.beyond is None


def test_large_numbers_that_always_differ_more_than_chance_widen_their_own_limits():
    swinging = [(9_000 + 300 * (-1) ** at, 10_000) for at in range(12)]
    assert not any(p_chart(swinging).beyond)
    # With fewer months there is nothing to tell it from.
    assert any(p_chart(swinging[:8]).beyond)
    assert p_chart([*swinging, (5_000, 10_000)]).beyond[-1] == "low"


def test_no_months_at_all():
    assert p_chart([]).centre is None
    assert p_chart([(0, 0)]).points[0].value is None
