"""Topics that read the daily sums and the contract register, with numbers from paper."""

from __future__ import annotations

import re
from datetime import date
from decimal import Decimal
from typing import Any

import pytest

from tests.performance.planted import plant_contract, plant_figures, planted, pupils
from tests.performance.test_depth_pages import HERE, LA, words_of

HOUR = 3600


@pytest.fixture
def schools(app, at):
    at("2026-01-20T10:00+00:00")
    return planted(app, {})


def test_fire_fighting_month_by_month(app, sign_in, cast, schools):
    """Ten months of five of ten hours and six of ten in turn, then nine and a half."""
    months = [date(2025, month, 1) for month in range(2, 13)] + [date(2026, 1, 1)]
    for place, month in enumerate(months):
        reactive = 570 if place == 11 else (300, 360)[place % 2]
        counts = {"minutes_reactive": reactive, "minutes_proactive": 600 - reactive - 10}
        plant_figures(app, schools["st-marys"], month, **counts, minutes_change=10)
    for browser, path in ((sign_in(cast.mo), LA), (sign_in(cast.sam), HERE)):
        page = words_of(browser.get(f"{path}/fire-fighting"))
        # 6 × 300 + 5 × 360 + 570 of 12 × 600 minutes; 4,170 : 3,030.
        assert "57.9 % of the work logged" in page
        assert "reactive to the rest is 1.4 : 1" in page
        assert "January 2026 (9.5 of 10.0 h) lies above the limits" in page
        assert "January 2026 9.5 0.3 0.2 95.0 % 19.0 : 1" in page


def test_lesson_hours_by_term_and_supplier(app, sign_in, cast, schools):
    plant_figures(app, schools["st-marys"], date(2025, 11, 1), lesson_seconds=3 * HOUR)
    plant_figures(app, schools["oakfield"], date(2026, 1, 1), lesson_seconds=HOUR // 2)
    of = {"agreement_kind": "uc", "provider": "Boards Ltd"}
    plant_figures(app, schools["st-marys"], date(2025, 11, 1), lesson_seconds=2 * HOUR, **of)
    page = words_of(sign_in(cast.mo).get(f"{LA}/lesson-hours?period=school_year"))
    assert "About 3.5 lesson-hours were lost" in page
    assert re.search(r"Term from \d+ September 2025 3.0 Term from \d+ January 2026 0.5", page), page
    assert "Oakfield Academy 0.5 St Mary’s Primary School 3.0" in page
    assert "Boards Ltd 2.0" in page
    page = words_of(sign_in(cast.sam).get(f"{HERE}/lesson-hours?period=school_year"))
    assert "About 3.0 lesson-hours were lost" in page
    assert "Oakfield" not in page


def test_paused_time_by_reason_and_school(app, sign_in, cast, schools):
    counts = {
        "net_resolved": 3,
        "net_seconds": 6 * HOUR,
        "pause_awaiting_parts_seconds": 3 * HOUR,
        "pause_reopened_seconds": HOUR,
    }
    plant_figures(app, schools["st-marys"], date(2026, 1, 1), agreement_kind="sla", **counts)
    page = words_of(sign_in(cast.mo).get(f"{LA}/paused"))
    assert "stood still for 40.0 % of their open time (4.0 of 10.0 hours)" in page
    assert "Waiting for parts 3.0 30.0 %" in page
    assert "St Mary’s Primary School 10.0 4.0 40.0 % Waiting for parts" in page


def test_sheets_in_three_bands(app, sign_in, cast, schools):
    counts = {
        "sheet_poor": 4,
        "sheet_poor_seconds": 40 * HOUR,
        "sheet_good": 5,
        "sheet_good_seconds": 10 * HOUR,
    }
    plant_figures(app, schools["st-marys"], date(2026, 1, 1), **counts)
    page = words_of(sign_in(cast.sam).get(f"{HERE}/sheets"))
    assert "Little was said (score below 50) 4 10.0" in page
    assert "Some was said (50 to 79) 0 –" in page
    assert "Well filled in (80 or more) 5 2.0" in page
    assert "nothing can be said about a difference" in page


def test_what_advice_solved(app, sign_in, cast, schools):
    plant_figures(app, schools["st-marys"], date(2025, 11, 1), advice_entered=8, advice_solved=6)
    plant_figures(app, schools["oakfield"], date(2025, 11, 1), advice_entered=3, advice_solved=1)
    page = words_of(sign_in(cast.mo).get(f"{LA}/advice?period=school_year"))
    assert "Tech Advisors solved 7 of 11 sheets" in page
    assert "Oakfield Academy 3 1 of 3 Too few to say" in page
    assert "St Mary’s Primary School 8 75.0 % (6 of 8)" in page
    assert re.search(r"Term from \d+ September 2025 11 63.6 % \(7 of 11\)", page), page


def test_weeks_and_hours(app, sign_in, cast, schools):
    plant_figures(app, schools["st-marys"], date(2025, 10, 1), reported=7)
    page = words_of(sign_in(cast.sam).get(f"{HERE}/seasons"))
    assert "7 were reported in the school year 2025-26." in page
    assert "13 Oct 7" in page


@pytest.fixture
def boards(app, schools):
    """Four schools with the same supplier, at 10, 20, 30 and 50 pounds a pupil. The first three
    must give notice in the spring, the last in October."""
    pupils(app, {"st-marys": 100, "oakfield": 200, "ashby": 50, "brook": 10})
    for slug, charge, start in (
        ("st-marys", "1000.00", date(2025, 4, 1)),
        ("oakfield", "4000.00", date(2025, 4, 15)),
        ("ashby", "1500.00", date(2025, 4, 1)),
        ("brook", "500.00", date(2024, 11, 1)),
    ):
        plant_contract(app, schools[slug], "Boards Ltd", annual_charge=Decimal(charge), start=start)
    return schools


def test_contracts_together(app, sign_in, cast, boards):
    of = {"agreement_kind": "uc", "provider": "Boards Ltd"}
    counts: dict[str, Any] = {"resolution_met": 7, "resolution_decided": 9}
    plant_figures(app, boards["brook"], date(2026, 1, 1), **counts, **of)
    mo = sign_in(cast.mo)
    index = mo.get(f"{LA}/contracts")
    assert "Boards Ltd Supplier 4 4" in words_of(index)
    assert "contracts?group=supplier%3Aboards%20ltd&amp;period=12_months" in index.text
    index = mo.get(f"{LA}/contracts?period=last_school_year")
    assert "contracts?group=supplier%3Aboards%20ltd&amp;period=last_school_year" in index.text
    index = mo.get(f"{LA}/contracts?from=2026-01-01&to=2026-02-01")
    assert "ltd&amp;from=2026-01-01&amp;to=2026-02-01" in index.text
    page = words_of(mo.get(f"{LA}/contracts?group=supplier:boards%20ltd"))
    assert "4 contracts of 4 schools. The middle price is £25.00 a pupil." in page
    assert "3 could be tendered together: notice is due between 28 February 2026 and 14" in page
    assert (
        "Brook Support of the boards £500.00 £50.00 31 October 2026 30 September 2026"
        " 77.8 % (7 of 9)" in page
    )


def test_a_school_sees_its_own_among_others_without_a_name(sign_in, cast, boards):
    """The other three pay 20, 30 and 50: the middle is 30."""
    for player, is_compared in ((cast.sam, False), (cast.ike, True)):
        answer = sign_in(player).get(f"{HERE}/contracts")
        page = words_of(answer)
        assert "Boards Ltd £1,000.00 £10.00 £30.00 3 31 March 2026 28 February 2026" in page
        assert ("Another school" in page) is is_compared
        assert not re.search("oakfield|ashby|brook", answer.text, flags=re.I)


def test_of_fewer_than_three_others_nothing_is_told(app, sign_in, cast, schools):
    for slug in ("st-marys", "oakfield", "brook"):
        plant_contract(app, schools[slug], "Boards Ltd", annual_charge=Decimal(500))
    page = words_of(sign_in(cast.ike).get(f"{HERE}/contracts"))
    assert "£500.00 – – Fewer than 3" in page
    assert "Another school" not in page
