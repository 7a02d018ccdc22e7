"""domain.md 4.4 through /performance: each row of its table, a month each, against 90 %."""

from __future__ import annotations

from datetime import date

import pytest

from tests.performance import sums
from tests.performance.test_comparing import ROWS, rounds_to

FIRST = date(2024, 1, 1)


def test_each_row_to_the_last_digit_shown(app, api, cast):
    months = [date(2025, 1 + at, 1) for at in range(len(ROWS))]
    for row, month in zip(ROWS, months, strict=True):
        met, of = (int(one) for one in row.split()[:2])
        sums.add(app, "st-marys", month, resolution_met=met, resolution_decided=of)
    for row, month in zip(ROWS, months, strict=True):
        met, of, share, low, high, *_, flag = row.split()
        asked = f"from={month}&to={month.replace(month=month.month + 1)}&target=0.9"
        answer = api(cast.mo).get(f"/performance?{asked}&by=school&agreement_kind=sla")
        (item,) = answer.json["items"]
        found = item["resolution_met"]
        assert (found["numerator"], found["denominator"]) == (int(met), int(of))
        assert rounds_to(found["rate"], share)
        assert rounds_to(found["low"], low)
        assert rounds_to(found["high"], high)
        assert found["expected"] == pytest.approx(0.9 * int(of))
        assert found["flag"] == flag, row


def test_too_few_are_not_judged(app, api, cast):
    sums.add(app, "st-marys", FIRST, resolution_met=0, resolution_decided=4)
    answer = api(cast.mo).get(f"/performance?from={FIRST}&to=2024-02-01&target=0.9")
    assert answer.json["items"][0]["resolution_met"]["flag"] == "too_few"
