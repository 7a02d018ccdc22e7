"""Numbers as they are said."""

from __future__ import annotations

import pytest

from app.plots.axes import round_ticks, share_range, share_ticks
from app.plots.words import number, per_cent, places, share_of


@pytest.mark.parametrize(
    ("share", "said"),
    [(None, "–"), (0.0, "0.0 %"), (1.0, "100.0 %"), (7 / 9, "77.8 %"), (0.0625, "6.3 %"),
     (0.0005, "0.1 %"), (0.99949, "99.9 %"), (0.145, "14.5 %"), (0.2875, "28.8 %")],
)  # fmt: skip
def test_a_share_half_up_to_one_place(share, said):
    assert per_cent(share) == said


@pytest.mark.parametrize(
    ("met", "of", "said"),
    [(0, 0, "–"), (1, 16, "6.3 %"), (7, 9, "77.8 %"), (5, 8, "62.5 %"), (1, 2000, "0.1 %"),
     (0, 3, "0.0 %"), (3, 3, "100.0 %")],
)  # fmt: skip
def test_a_share_from_its_counts(met, of, said):
    assert share_of(met, of) == said


@pytest.mark.parametrize(
    ("value", "decimals", "said"),
    [(None, 1, "–"), (1234, 0, "1,234"), (1234.56, 1, "1,234.6"), (2.25, 1, "2.3"), (-3, 0, "-3"),
     (0, 1, "0.0"), (0.5, 0, "1")],
)  # fmt: skip
def test_a_number(value, decimals, said):
    assert number(value, decimals) == said


def test_one_place_for_a_whole_column():
    assert places([1, 2.0, None]) == 0
    assert places([1, 2.5]) == 1


@pytest.mark.parametrize(
    ("last", "ticks"),
    [(0, [0, 1]), (1, [0, 0.2, 0.4, 0.6, 0.8, 1]), (3, [0, 1, 2, 3]), (23, [0, 5, 10, 15, 20, 25]),
     (61, [0, 20, 40, 60, 80]), (100, [0, 20, 40, 60, 80, 100])],
)  # fmt: skip
def test_ticks_are_round_and_reach_the_last(last, ticks):
    assert round_ticks(last) == pytest.approx(ticks)


@pytest.mark.parametrize(
    ("shares", "wanted"),
    [([], (0.0, 1.0)), ([0.9], (0.6, 0.9)), ([1.0, 0.95], (0.7, 1.0)), ([0.0], (0.0, 0.3)),
     ([0.33, 1.0], (0.2, 1.0)), ([0.51, 0.88], (0.5, 0.9))],
)  # fmt: skip
def test_an_axis_of_shares_has_room_and_round_ends(shares, wanted):
    low, high = share_range(shares)
    assert (low, high) == wanted
    ticks = share_ticks(low, high)
    assert (ticks[0], ticks[-1]) == wanted and len(ticks) <= 6
