"""What the pages of figures say, from what is counted; and which days a chosen period has."""

from __future__ import annotations

from datetime import date

import pytest

from app.performance import choosing, drawing, words
from app.performance.comparing import Baseline, Shown
from app.performance.figures import FIGURES
from app.performance.periods import month_of

# Half terms of 2025-26, autumn to spring.
HALF_TERMS = [
    (date(2025, 9, 3), date(2025, 10, 24)),
    (date(2025, 11, 3), date(2025, 12, 19)),
    (date(2026, 1, 5), date(2026, 2, 13)),
    (date(2026, 2, 23), date(2026, 3, 27)),
]

# fmt: off
PERIODS = (
    # chosen,               today,             first,             end
    ("this_month",          date(2026, 1, 15), date(2026, 1, 1),  date(2026, 2, 1)),
    ("last_month",          date(2026, 1, 15), date(2025, 12, 1), date(2026, 1, 1)),
    ("this_half_term",      date(2026, 1, 15), date(2026, 1, 5),  date(2026, 2, 23)),
    ("last_half_term",      date(2026, 1, 15), date(2025, 11, 3), date(2026, 1, 5)),
    ("this_term",           date(2026, 1, 15), date(2026, 1, 5),  date(2026, 3, 28)),
    ("last_term",           date(2026, 1, 15), date(2025, 9, 3),  date(2026, 1, 5)),
    # In the holidays the term before them is over, on its last day it is not.
    ("last_term",           date(2025, 12, 20), date(2025, 9, 3), date(2026, 1, 5)),
    ("last_half_term",      date(2025, 12, 19), date(2025, 9, 3), date(2025, 11, 3)),
    ("school_year",         date(2026, 1, 15), date(2025, 9, 1),  date(2026, 9, 1)),
    ("last_school_year",    date(2026, 8, 31), date(2024, 9, 1),  date(2025, 9, 1)),
    ("financial_year",      date(2026, 3, 31), date(2025, 4, 1),  date(2026, 4, 1)),
    ("last_financial_year", date(2026, 4, 1),  date(2025, 4, 1),  date(2026, 4, 1)),
)
# fmt: on


@pytest.mark.parametrize(("chosen", "today", "first", "end"), PERIODS)
def test_a_chosen_period_has_these_days(chosen, today, first, end):
    found = choosing.period_of(chosen, today, HALF_TERMS)
    assert found is not None and (found.first, found.end) == (first, end)


def test_without_a_full_term_the_last_month_is_usual():
    assert choosing.usual(date(2026, 1, 15), HALF_TERMS) == "last_term"
    assert choosing.usual(date(2025, 12, 19), HALF_TERMS) == "last_month"
    assert choosing.usual(date(2026, 1, 15), []) == "last_month"


def test_days_that_make_a_month_or_year_are_compared_with_the_one_before():
    assert choosing.of_days(date(2026, 1, 1), date(2026, 2, 1)).kind == "month"
    assert choosing.of_days(date(2025, 9, 1), date(2026, 9, 1)).kind == "academic_year"
    assert choosing.of_days(date(2025, 4, 1), date(2026, 4, 1)).kind == "financial_year"
    assert choosing.of_days(date(2026, 1, 1), date(2026, 1, 31)).kind == "custom"


def shown(key: str, above: int, below: int, **more: object) -> Shown:
    figure = FIGURES[key]
    return Shown(figure, above, below, above / figure.unit / below if below else None, **more)


# fmt: off
VALUES = (
    ("response_met",         7, 9,      "77.8 %"),
    ("response_met",         2, 3,      "2 of 3"),
    ("response_met",         0, 0,      "–"),
    ("mean_time_to_restore", 271800, 5, "15.10 h"),
    ("mean_time_to_restore", 0, 0,      "–"),
    ("csat_mean",            17, 4,     "4.25"),
    # Minutes of work are not drawn one by one: a share of few is a share.
    ("reactive_share",       1, 3,      "33.3 %"),
)
VERDICTS = (
    ("resolution_met", "low_998",  "Lower than chance explains (alarm, 99.8 %)"),
    ("resolution_met", "high_95",  "Higher than chance explains (for the better; 95 %)"),
    ("reopen_rate",    "high_95",  "Higher than chance explains (alert, 95 %)"),
    ("reopen_rate",    "low_998",  "Lower than chance explains (for the better; 99.8 %)"),
    ("resolution_met", "within",   "Within expected variation"),
    ("resolution_met", "too_few",  "Too few to say"),
    ("resolution_met", None,       ""),
)
AMOUNTS = (
    ("restore_seconds",  5400,  "1.50 h"),
    ("minutes_reactive", 1140,  "1,140 min"),
    ("parts_pence",      24850, "£248.50"),
    ("resolved",         1200,  "1,200"),
)
# fmt: on


@pytest.mark.parametrize(("key", "above", "below", "said"), VALUES)
def test_a_value_in_words(key, above, below, said):
    assert words.value(shown(key, above, below)).replace("\xa0", " ") == said


@pytest.mark.parametrize(("key", "flag", "said"), VERDICTS)
def test_a_flag_in_words(key, flag, said):
    assert words.flag_words(FIGURES[key], flag) == said


def test_a_calmed_flag_has_the_plain_one_beside_it():
    one = shown("resolution_met", 6, 12, flag="within", plain_flag="low_998")
    plain = "without the correction: lower than chance explains (alarm, 99.8 %)"
    assert words.verdict(one) == f"Within expected variation; {plain}"


@pytest.mark.parametrize(("counter", "count", "said"), AMOUNTS)
def test_an_amount_in_its_own_unit(counter, count, said):
    assert words.amount(counter, count).replace("\xa0", " ") == said


def test_every_counter_of_a_figure_has_one_unit():
    """Or the sum of a list would mix hours with numbers."""
    for figure in FIGURES.values():
        for part in (figure.numerator, figure.denominator):
            assert len({words.amount(name, 3600).strip("0123456789.,") for name in part}) == 1


def test_what_a_funnel_says():
    flags = ["within"] * 3 + ["low_998", "too_few", None]
    assert drawing.finding(flags, FIGURES["resolution_met"], "schools") == (
        "Of 6 schools, 3 are within expected variation, 1 lower than chance explains "
        "(alarm, 99.8 %); 2 have fewer than five, too few to say."
    )


@pytest.mark.parametrize(
    ("phi", "is_widened", "said"),
    [
        (None, False, None),
        (0.8, False, "nothing is to be corrected"),
        (2.5, False, "with fewer than ten schools not widened"),
        (4.0, True, "the limits are widened by 2.0"),
    ],
)
def test_how_much_rows_differ_beyond_chance_is_said(phi, is_widened, said):
    found = drawing.spread_words(Baseline(0.9, {}, phi, is_widened), "schools")
    assert found is said is None or said in str(found)


def test_a_month_unlike_the_others_is_named():
    figure, found = FIGURES["resolution_met"], []
    for number, met in enumerate((18, 19, 18, 17, 18, 19, 18, 6), start=1):
        month = month_of(date(2025, number, 1))
        found.append((month, {"resolution_met": met, "resolution_decided": 20}))
    plot = drawing.months(figure, found, lambda month: month.name, None)
    assert plot is not None
    assert plot.finding.startswith("Unlike the other months: Aug 25 (below its limits).")
    assert plot.points[0].words == "18 of 20" and plot.points[0].href == "January 2025"
    assert drawing.months(figure, found[:1], lambda month: "", None) is None


def test_who_waited_is_only_drawn_where_somebody_did():
    assert drawing.parties([("A", {"resolved": 2})], "School", None) is None
    waited = {"party_supplier_seconds": 7200, "party_school_desk_seconds": 3600}
    plot = drawing.parties([("A", waited), ("B", {})], "School", None)
    assert plot is not None
    assert plot.parts == ["School’s desk", "Supplier"] and plot.bars[0].amounts == [1.0, 2.0]
    assert "with: supplier (2.0 of 3.0 open hours)" in plot.finding
    assert drawing.pauses({}, None) is None
    stood = drawing.pauses({"pause_awaiting_parts_seconds": 3600, "net_seconds": 10800}, None)
    assert stood is not None and "1.0 of 4.0 open hours (25.0 %)" in stood.finding
