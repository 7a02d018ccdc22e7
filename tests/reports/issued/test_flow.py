"""Draft, read, edit, count again, issue: through the API (S19)."""

from __future__ import annotations

import pytest

from tests.api.desk import SCHOOL, check_refused, done, log, send
from tests.problems_log.test_api import brought, incident
from tests.reports.issued.conftest import DAYS, REPORTS, changed, drafted, words

ONE = f"{REPORTS}/1"


def test_a_draft_says_what_was_counted(app, january):
    made = drafted(app)
    assert (made["number"], made["state"], made["issued_at"]) == (1, "draft", None)
    assert made["title"] == "Incident report for the time from 1 January 2026 to 31 January 2026"
    assert (made["from"], made["to"]) == ("2026-01-01", "2026-02-01")
    assert "two incidents were reported. One was resolved." in words(made, "counts")
    assert words(made, "backlog") == "Open at the end: one. For more than ten working days: one."


def test_its_figures_are_those_of_the_performance_page(app, january):
    """One definition: what the report says is what /performance says of the same days."""
    made = drafted(app)
    asked = "/performance?from=2026-01-01&to=2026-02-01&by=contract&school=st-marys"
    rows = {one["name"]: one for one in done(app, "sam", "get", asked).json["items"]}
    assert made["figures"]["now"]["agreements"]
    for one in made["figures"]["now"]["agreements"]:
        for key, (met, of) in one["figures"].items():
            row = rows[one["name"]][key]
            assert (row["numerator"], row["denominator"]) == (met, of), (one["name"], key)


@pytest.mark.parametrize("kind", ["incident", "problem", "service", "review"])
def test_every_kind_of_report_has_its_actions(app, january, kind):
    made = drafted(app, kind)
    assert words(made, "actions") == "No actions were agreed."
    assert "first report of its kind" in words(made, "actions_before")


def test_without_days_it_is_the_last_month_that_is_over(app, january):
    made = drafted(app, kind="problem", period="month")
    assert (made["from"], made["to"]) == ("2026-01-01", "2026-02-01")
    assert made["title"] == "Problem report for January 2026"
    of_a_day = drafted(app, kind="problem", period="financial_year", on="2026-01-05")
    assert of_a_day["title"] == "Problem report for the financial year 2025 to 2026"


@pytest.mark.parametrize(
    ("said", "field"),
    [
        ({"kind": "weather"}, "kind"),
        ({"from": "2026-02-01", "to": "2026-01-01"}, "to"),
        ({"from": "2026-01-01"}, "to"),
        ({"from": "2020-01-01", "to": "2026-01-01"}, "to"),
        ({"from": "2027-01-01", "to": "2027-02-01"}, "from"),
        ({"period": "month", "on": "2027-01-01"}, "on"),
        ({"period": "fortnight"}, "period"),
        ({"colour": "red"}, "colour"),
    ],
)
def test_what_makes_no_sense_is_refused_in_a_sentence(app, january, said, field):
    check_refused(send(app, "sam", "post", REPORTS, {"kind": "incident", **said}), field)


def test_words_are_edited_and_can_be_had_back(app, january):
    drafted(app)
    made = changed(app, counts="It was a quiet month.")
    assert words(made, "counts") == "It was a quiet month."
    assert [one["edited"] for one in made["sections"]][:2] == [True, False]
    assert made["sections"][0]["generated"].startswith("In the time from 1 January")
    made = changed(app, counts=None)
    assert words(made, "counts") == made["sections"][0]["generated"]
    assert not made["sections"][0]["edited"]
    kinds = [one["kind"] for one in done(app, "sam", "get", f"{ONE}/timeline").json["items"]]
    assert kinds == ["report.changed", "report.changed", "report.drafted"]


def test_a_stale_change_is_refused_and_so_is_one_without_a_version(app, january):
    drafted(app)
    changed(app, counts="Mine")
    said = {"sections": {"counts": "Theirs"}}
    assert send(app, "dora", "patch", ONE, said, If_Match='"1"').status_code == 412
    assert send(app, "dora", "patch", ONE, said).status_code == 428
    check_refused(
        send(app, "dora", "patch", ONE, {"sections": {"weather": "Fine"}}, If_Match='"2"'),
        "sections",
    )
    assert words(done(app, "sam", "get", ONE).json, "counts") == "Mine"


def test_counted_again_it_has_new_figures_and_keeps_edited_words(app, january, at):
    drafted(app)
    changed(app, counts="It was a quiet month.")
    at("2026-01-20T09:00Z")
    log(app)
    at("2026-02-03T11:00Z")
    made = done(app, "sam", "put", f"{ONE}/figures").json
    assert made["figures"]["now"]["counts"]["reported"] == 3
    assert "three incidents were reported" in made["sections"][0]["generated"]
    assert words(made, "counts") == "It was a quiet month."
    assert words(made, "backlog").startswith("Open at the end: two.")


def test_what_is_issued_never_changes(app, january, at):
    drafted(app)
    assert send(app, "sam", "put", f"{ONE}/issue").status_code == 403
    issued = done(app, "dora", "put", f"{ONE}/issue").json
    assert (issued["state"], issued["issued_by"]) == ("issued", "Dora Owner")
    at("2026-01-20T09:00Z")
    log(app)
    at("2026-02-04T10:00Z")
    assert done(app, "ike", "get", ONE).json == issued
    for who, method, where, body in (
        ("sam", "patch", "", {"sections": {"counts": "Better"}}),
        ("sam", "put", "/figures", None),
        ("sam", "delete", "", None),
        ("dora", "put", "/issue", None),
    ):
        headers = {"If_Match": f'"{issued["version"]}"'} if method == "patch" else {}
        answer = send(app, who, method, f"{ONE}{where}", body, **headers)
        assert answer.status_code == 409, (method, where)
        assert "issued" in answer.json["detail"]
    assert done(app, "ike", "get", ONE).json == issued


def test_another_one_of_the_same_time_takes_its_place(app, january):
    drafted(app)
    done(app, "dora", "put", f"{ONE}/issue")
    drafted(app)
    second = done(app, "dora", "put", f"{REPORTS}/2/issue").json
    assert second["supersedes"] == 1
    first = done(app, "sam", "get", ONE).json
    assert (first["state"], first["superseded_by"]) == ("superseded", 2)
    found = done(app, "sam", "get", f"{REPORTS}?state=issued").json["items"]
    assert [one["number"] for one in found] == [2]


def test_what_was_agreed_comes_back_in_the_next_report(app, january):
    drafted(app, **{"from": "2025-12-01", "to": "2026-01-01"})
    changed(app, actions="- Sam buys two lamps\n- Ike asks for a quote")
    done(app, "ike", "put", f"{ONE}/issue")
    made = drafted(app)
    assert words(made, "actions_before") == (
        "Agreed in report 1, issued on 3 February 2026:\n\n"
        "- Sam buys two lamps\n- Ike asks for a quote"
    )


def test_a_time_that_goes_on_is_drafted_but_not_issued(app, january):
    made = drafted(app, **{"from": "2026-01-01", "to": "2026-03-01"})
    assert "goes on until 28 February 2026" in words(made, "counts")
    answer = send(app, "dora", "put", f"{ONE}/issue")
    assert answer.status_code == 409
    assert "Issue it after that" in answer.json["detail"]


def test_a_draft_is_thrown_away(app, january):
    drafted(app)
    assert send(app, "sam", "delete", ONE).status_code == 204
    assert send(app, "sam", "get", ONE).status_code == 404
    assert drafted(app)["number"] == 2


def test_another_school_is_not_there(app, january):
    drafted(app)
    for method, where in (("get", ""), ("get", "/pdf"), ("put", "/issue"), ("delete", "")):
        assert send(app, "olga", method, f"{ONE}{where}").status_code == 404
    there = send(app, "olga", "get", "/schools/oakfield/reports/1")
    assert there.status_code == 404


def test_sensitive_ones_that_stayed_in_the_school_are_left_out(app, january, at):
    at("2026-01-14T09:00Z")
    log(app, sensitive=True)
    at("2026-02-03T10:00Z")
    assert drafted(app)["figures"]["now"]["counts"]["reported"] == 2


def test_whoever_reads_it_from_the_la_leaves_a_trace(app, january, ledger):
    drafted(app)
    done(app, "mo", "get", ONE)
    assert ledger.rows("SELECT subject, reason FROM access_records") == [
        ("report 1", "read as LA staff")
    ]


def test_a_list_costs_the_same_however_long_it_is(app, january, statements):
    drafted(app)
    done(app, "sam", "get", REPORTS)
    statements.clear()
    done(app, "sam", "get", REPORTS)
    once = len(statements)
    drafted(app, kind="problem", **DAYS)
    statements.clear()
    done(app, "sam", "get", REPORTS)
    assert len(statements) == once
    assert not any("sections" in one for one in statements)


def test_kinds_and_states_narrow_the_list(app, january):
    drafted(app)
    drafted(app, kind="review", **DAYS)
    found = done(app, "sam", "get", f"{REPORTS}?kind=review").json["items"]
    assert [one["kind"] for one in found] == ["review"]
    check_refused(send(app, "sam", "get", f"{REPORTS}?kind=weather"), "kind")
    assert done(app, "sam", "get", f"{SCHOOL}/reports?state=issued").json["items"] == []


def test_a_known_error_that_comes_back_stands_in_the_problem_report(app, api, cast, at):
    at("2026-01-12T09:00Z")
    log(app)
    brought(api, cast, "assigned", "known_error")
    at("2026-01-20T09:00Z")
    number = incident(api, cast)
    done(app, "sam", "put", f"{SCHOOL}/incidents/{number}/problem", {"problem": 1})
    at("2026-02-03T10:00Z")
    made = drafted(app, kind="problem", **DAYS)
    assert "one problem was logged and none resolved" in words(made, "problems")
    assert "One problem was open at the end." in words(made, "problems")
    assert words(made, "recurring").startswith("One incident came back although the cause")
    known = next(one for one in made["sections"] if one["key"] == "known_errors")
    assert known["tables"][0]["rows"] == [[1, "The Wi-Fi drops at noon", "Use the cable"]]
