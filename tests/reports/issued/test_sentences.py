"""The same figures always give the same words: tables of examples."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from app.performance.periods import Period
from app.reports.issued import incidents_said, problems_said, review_said, rules, writing
from app.reports.issued.counting import ages
from app.reports.issued.facts import Facts
from app.reports.issued.saying import and_, compared, hours, many, minutes, percent, share
from tests.service_calendars import STD

# Autumn 2025 in two halves, spring 2026 in two halves, the first half of summer 2026.
HALVES = [
    (date(2025, 9, 2), date(2025, 10, 24)),
    (date(2025, 11, 3), date(2025, 12, 19)),
    (date(2026, 1, 5), date(2026, 2, 13)),
    (date(2026, 2, 23), date(2026, 3, 27)),
    (date(2026, 4, 13), date(2026, 5, 22)),
]


@pytest.mark.parametrize(
    ("met", "of", "words"),
    [
        (41, 47, "41 of 47 (87.2 %)"),
        (2, 3, "2 of 3"),
        (4, 5, "4 of 5 (80.0 %)"),
        (0, 0, "none"),
        (1, 8, "1 of 8 (12.5 %)"),
        (1, 16, "1 of 16 (6.3 %)"),  # half up
        (1000, 2000, "1,000 of 2,000 (50.0 %)"),
    ],
)
def test_a_share_shows_both_numbers_and_no_percentage_of_few(met, of, words):
    assert share(met, of) == words


def test_nothing_to_divide_by_is_a_dash():
    assert percent(0, 0) == "–"


@pytest.mark.parametrize(
    ("said", "words"),
    [
        (many(0, "problem"), "no problems"),
        (many(1, "problem"), "one problem"),
        (many(12, "problem"), "12 problems"),
        (hours(None), "–"),
        (hours(1.04), "1.0 hour"),
        (hours(15.1), "15.1 hours"),
        (minutes(45), "45 minutes"),
        (minutes(750), "12.5 hours"),
        (and_(["a"]), "a"),
        (and_(["a", "b", "c"]), "a, b and c"),
        (compared(52, 58, "reported", "the summer term 2025"),
         "That is six fewer than the 58 reported in the summer term 2025."),
        (compared(5, None, "reported", ""), ""),
        (compared(5, 5, "reported", "May 2025"), "That is as many as in May 2025."),
    ],
)  # fmt: skip
def test_numbers_in_words(said, words):
    assert said == words


@pytest.mark.parametrize(
    ("kind", "on", "name"),
    [
        ("month", date(2026, 1, 9), "December 2025"),
        ("half_term", date(2025, 11, 5), "the first half of the autumn term 2025"),
        ("half_term", date(2026, 1, 5), "the second half of the autumn term 2025"),
        ("term", date(2026, 1, 5), "the autumn term 2025"),
        ("term", date(2026, 4, 20), "the spring term 2026"),
        ("academic_year", date(2026, 9, 1), "the school year 2025 to 2026"),
        ("financial_year", date(2026, 9, 1), "the financial year 2025 to 2026"),
    ],
)
def test_the_last_whole_period_as_people_call_it(kind, on, name):
    period = rules.last_whole(kind, on, HALVES)
    assert period is not None
    assert rules.called(period, HALVES) == name
    assert period.end <= on


def test_after_the_last_term_that_is_known_it_is_the_last_one():
    found = rules.last_whole("half_term", date(2026, 7, 1), HALVES)
    assert found is not None and found.first == date(2026, 4, 13)
    assert rules.next_day("half_term", date(2026, 7, 1), HALVES) is None
    assert rules.next_day("term", date(2025, 9, 10), HALVES) == date(2026, 1, 5)


def test_ages_are_working_days_after_the_day_of_the_report():
    """I6, I11 and I12 of domain.md 4.2: reported on 29, 26 and 30 January, open on 1 February."""
    reported = [date(2026, 1, 29), date(2026, 1, 26), date(2026, 1, 30)]
    assert ages(reported, date(2026, 2, 1), STD) == [1, 4, 0]


# --- whole sections ---


def block(agreements=(), backlog=0, backlog_before=0, median=None, **counts: int) -> dict[str, Any]:
    return {
        "counts": counts,
        "median_restore_hours": median,
        "backlog_before": backlog_before,
        "backlog": backlog,
        "agreements": list(agreements),
    }


def facts(now: dict[str, Any] | None = None, **more: Any) -> Facts:
    nobody = {"type": [], "category": [], "priority": [], "line": [], "room": [], "channel": []}
    base: dict[str, Any] = {
        "school": "St Mary’s",
        "pupils": 210,
        "period": {"name": "the autumn term 2025", "first": "2025-09-02", "end": "2026-01-05"},
        "before": {"name": "the summer term 2025"},
        "is_over": True,
        "now": now or block(),
        "then": block(),
        "months": [],
        "is_monthly": True,
        "breakdown": nobody,
        "ages": [["0 to 1", 0], ["2 to 5", 0], ["6 to 10", 0], ["11 to 20", 0], ["more", 0]],
        "problems": PROBLEMS,
        "changes": {"asked_for": 0, "ended": 0, "succeeded": 0, "backed_out": 0, "coming": []},
        "knowledge": {"articles": 0, "written": 0},
        "contracts": [],
        "cost": NO_COST,
        "desk": {"roles": {}, "agreements": {}, "days_reachable": 0, "strategy": None},
        "last": None,
    }
    return Facts({**base, **more})


PROBLEMS = {
    "logged": 0, "found_before_hit": 0, "resolved": 0, "mean_fix_hours": None, "open": 0,
    "known_errors": 0, "recurring": 0, "listed": [],
}  # fmt: skip
NO_COST = {
    "contracts": "0", "labour_rate": "28.00", "share": "0.00", "labour": "0.00", "parts": "0.00",
    "total": "0.00",
}  # fmt: skip
SLA = {
    "name": "LA standard",
    "kind": "sla",
    "figures": {"response_met": [46, 47], "resolution_met": [41, 47]},
    "paused": {},
}
OLA = {
    "name": "Our desk",
    "kind": "ola",
    "figures": {"resolution_met": [1, 2]},
    "paused": {"awaiting_parts": 7200},
}


def test_how_much_was_reported():
    breakdown = {"type": [["incident", 47], ["request", 5]]}
    f = facts(
        block(backlog=7, backlog_before=5, reported=52, resolved=45, cancelled=2),
        then=block(reported=58),
        breakdown=breakdown,
    )
    assert incidents_said.counted(f)["text"] == (
        "In the autumn term 2025, 47 incidents and five requests were reported. That is six fewer "
        "than the 58 reported in the summer term 2025. 45 were resolved and two cancelled. Seven "
        "were open at the end, against five at the start."
    )


def test_a_period_that_goes_on_says_so():
    assert "goes on until 4 January 2026" in incidents_said.counted(facts(is_over=False))["text"]


def test_kept_is_said_by_agreement_and_never_added_up():
    said = incidents_said.promises(facts(block(agreements=[SLA, OLA])))
    assert said == (
        "Under LA standard, 46 of 47 first responses were in time (97.9 %) and 41 of 47 "
        "resolutions were in time (87.2 %). Under Our desk, 1 of 2 resolutions were in time."
    )
    assert facts(block(agreements=[OLA, SLA])).promised("resolution") == (41, 47)


def test_the_service_report_says_what_was_kept_in_the_term():
    text = problems_said.reactive(facts(block(agreements=[SLA])))["text"]
    assert "In the autumn term 2025, 41 of 47 resolutions were in time (87.2 %)" in text


def test_times_to_restore_with_mean_and_half():
    counts = {"resolved": 5, "restore_seconds": 271_800, "first_contact": 1, "reopened": 1}
    said = incidents_said.took(facts(block(median=8.0, **counts)))
    assert said == (
        "From report to resolution it took 15.1 hours of the desk’s open time on average; half of "
        "them took no more than 8.0 hours. Solved at first contact: 1 of 5 (20.0 %). Reopened: 1 "
        "of 5 (20.0 %)."
    )


def test_fire_fighting_is_compared_with_the_time_before():
    now = {"minutes_reactive": 300, "minutes_proactive": 100}
    then = block(minutes_reactive=90, minutes_change=10)
    assert problems_said.fire_fighting(facts(block(**now), then=then)) == (
        "Of 6.7 hours of work that were written down, 75.0 % went into putting right what had "
        "broken; the rest was preventing and changing. In the summer term 2025 it was 90.0 %."
    )


def test_known_errors_come_with_how_to_work_meanwhile():
    listed = [
        {"number": 3, "title": "Wi-Fi drops", "state": "Known error", "is_known": True,
         "workaround": "Use a cable", "days": 9, "again": 2},
    ]  # fmt: skip
    f = facts(problems={**PROBLEMS, "recurring": 2, "listed": listed})
    (table,) = problems_said.known_errors(f)["tables"]
    assert table["rows"] == [[3, "Wi-Fi drops", "Use a cable"]]
    assert problems_said.recurring(f)["text"] == (
        "Two incidents came back although the cause was known already. Most often: Wi-Fi drops (2)."
    )


def test_changes_that_succeeded_of_those_that_ended():
    changes = {"asked_for": 3, "ended": 6, "succeeded": 4, "backed_out": 1, "coming": []}
    text = problems_said.change(facts(changes=changes))["text"]
    assert "Three changes were asked for in the autumn term 2025." in text
    assert "Of those that ended, 4 of 6 (66.7 %) succeeded" in text
    assert text.endswith("Backed out: one.")


@pytest.mark.parametrize(
    ("said", "words"),
    [
        (review_said.responsiveness, "No signed contract names how quickly support has to answer."),
        (review_said.responsiveness, "The school has signed no agreement of its own."),
        (review_said.responsiveness, "nothing can be said here about times"),
        (review_said.recorded, "nothing can be said about how support went"),
        (review_said.channels, "Nobody is named for the desk."),
        (review_said.channels, "No times are published"),
        (review_said.performance, "Nobody gave a score"),
        (review_said.fit, "No technical support strategy is authorised."),
        (review_said.value, "No support contract with a charge is in the register"),
        (review_said.value, "no cost of each can be given"),
        (review_said.guidance, "No article is published"),
        (review_said.guidance, "What training was given is not recorded"),
        (problems_said.proactive, "No time of work was written down"),
        (problems_said.reactive, "No promised time was decided"),
    ],
)
def test_what_is_missing_is_said_and_never_made_up(said, words):
    assert words in said(facts())["text"]


def test_value_for_money_is_rounded_once():
    """School A of domain.md 4.2."""
    cost = {
        "contracts": "1", "labour_rate": "28.00", "share": "233.56", "labour": "184.33",
        "parts": "38.50", "total": "456.39", "per_incident": "91.28",
    }  # fmt: skip
    text = review_said.value(facts(block(resolved=5), cost=cost))["text"]
    assert "Support cost £456.39 in the autumn term 2025: £233.56 of contracts" in text
    assert text.endswith(
        "£91.28 for each of the 5 that were resolved and £2.17 a pupil (210 pupils)."
    )


@pytest.mark.parametrize("kind", list(rules.KINDS))
def test_every_kind_can_be_written_of_a_school_where_nothing_happened(kind):
    sections = writing.write(kind, facts().figures)
    keys = [one["key"] for one in sections]
    assert len(keys) == len(set(keys)) > 4
    assert all(one["text"] for one in sections)


def test_a_custom_period_is_called_by_its_days():
    period = Period("custom", date(2026, 1, 1), date(2026, 2, 1), "")
    assert rules.called(period) == "the time from 1 January 2026 to 31 January 2026"
