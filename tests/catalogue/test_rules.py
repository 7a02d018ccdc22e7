"""Times of the year and what a critical date does: tables of examples."""

from datetime import date

import pytest

from app.catalogue import critical_rules, rules

EXAMS = [{"from": "05-01", "to": "06-30", "criticality": "high"}]
WINTER = [{"from": "11-15", "to": "02-29", "criticality": "low"}]


@pytest.mark.parametrize(
    ("usual", "seasons", "on", "expected"),
    [
        ("low", [], date(2026, 5, 1), "low"),
        ("low", EXAMS, date(2026, 4, 30), "low"),
        ("low", EXAMS, date(2026, 5, 1), "high"),
        ("low", EXAMS, date(2026, 6, 30), "high"),
        ("low", EXAMS, date(2026, 7, 1), "low"),
        ("high", WINTER, date(2026, 12, 31), "low"),
        ("high", WINTER, date(2028, 2, 29), "low"),
        ("high", WINTER, date(2027, 3, 1), "high"),
        ("high", WINTER, date(2026, 11, 14), "high"),
        # Where two hold, the higher.
        (
            "low",
            [*EXAMS, {"from": "06-01", "to": "06-30", "criticality": "medium"}],
            date(2026, 6, 10),
            "high",
        ),
    ],
)
def test_criticality_on_a_day(usual, seasons, on, expected):
    assert rules.criticality_on(usual, seasons, on) == expected


def test_times_of_the_year_are_read_and_written_as_people_do():
    text = "1 May to 30 June: high\n29 february - 1 MARCH : low"
    found = rules.read_seasons(text)
    assert found == [*EXAMS, {"from": "02-29", "to": "03-01", "criticality": "low"}]
    assert rules.write_seasons(found) == "1 May to 30 June: high\n29 February to 1 March: low"
    assert rules.read_seasons(None) == rules.read_seasons(" \n ") == []


@pytest.mark.parametrize(
    "line",
    [
        "summer: high",
        "31 June to 1 July: high",
        "1 May to 2 May: huge",
        "1 Mai to 2 May: high",
        "0 May to 1 May: low",
    ],
)
def test_what_is_no_time_of_the_year_is_said_so(line):
    with pytest.raises(rules.NotATime, match="cannot be read"):
        rules.read_seasons(line)


@pytest.mark.parametrize(
    ("text", "is_day"),
    [
        ("05-01", True),
        ("02-29", True),
        ("02-30", False),
        ("13-01", False),
        ("00-10", False),
        ("5-1", False),
        ("05-00", False),
        ("２０-01", False),
    ],
)
def test_days_of_the_year(text, is_day):
    assert rules.is_day_of_year(text) is is_day


@pytest.mark.parametrize(
    ("kind", "impact", "is_scoped", "is_touched"),
    [
        ("inspection", 3, False, True),
        ("tests", 3, False, False),
        ("tests", 2, False, True),
        ("census", 1, False, True),
        ("exams", 3, True, True),
        ("other", 3, False, False),
        ("results", 3, True, True),
    ],
)
def test_which_faults_a_date_touches(kind, impact, is_scoped, is_touched):
    assert critical_rules.is_touched(kind, impact, is_scoped=is_scoped) is is_touched


@pytest.mark.parametrize(
    ("kind", "before", "after"),
    [
        ("tests", 4, 1),
        ("exams", 3, 1),
        ("census", 2, 1),
        ("inspection", 4, 1),
        ("results", 4, 3),
        ("other", 2, 1),
        ("other", 1, 1),
    ],
)
def test_how_far_a_date_raises(kind, before, after):
    assert critical_rules.raised(before, kind) == after
