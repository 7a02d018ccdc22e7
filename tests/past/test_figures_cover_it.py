"""What was brought along is in the figures: domain.md 4.2 as another desk's log."""

from __future__ import annotations

import random
from itertools import pairwise

import pytest

from tests.api.desk import INCIDENTS, done, program
from tests.past.conftest import LOG
from tests.past.test_again import is_sound
from tests.performance.january import TABLE, One

ASKED = "/performance?from=2026-01-01&to=2026-02-01"
BY_SITE = """
[columns]
incident = "No"
time = "When"
status = "Status"
line = "Line"
priority = "Prio"
[school]
column = "Site"
"""
# fmt: off
SHARES = (
    ("response_met",      (4, 5), (3, 4)),
    ("resolution_met",    (3, 4), (2, 4)),
    ("first_contact_fix", (1, 5), (1, 4)),
    ("first_line_fix",    (2, 5), (2, 4)),
    ("reopen_rate",       (1, 5), (0, 4)),
)
MEANS = (("mean_time_to_restore", "15.10", "7.58"), ("net_resolution_time", "15.75", "6.97"))
# fmt: on


def rows_of(number: int, one: One) -> list[str]:
    """The example's row as another desk would have logged it."""
    line = 1 if one.forwarded else 0
    steps = [(one.reported, "queued", 0), (one.forwarded, "queued", line)]
    steps.append((one.response, "in_progress", line))
    if one.pause:
        steps += [(one.pause[0], "awaiting_user", line), (one.pause[1], "in_progress", line)]
    if one.reopened:
        steps += [(one.reopened[0], "resolved", line), (one.reopened[1], "in_progress", line)]
    steps.append((one.resolved, "resolved", one.line))
    return [
        f"I{number},2026-01-{at.replace(' ', 'T')}:00Z,{status},{line},P{one.priority},{one.school}"
        for at, status, line in steps
        if at is not None
    ]


def test_the_worked_example_comes_to_the_same_figures(bring, app, at):
    at("2026-02-01T00:00:00+00:00")
    rows = [row for number, one in enumerate(TABLE, 1) for row in rows_of(number, one)]
    said = bring.json("\n".join(["No,When,Status,Line,Prio,Site", *rows]), mapping=BY_SITE)
    assert said.told["not_mapped"] == []
    answer = program(app, "mo").get(f"{ASKED}&by=school")
    found = {(one["key"], one["agreement_kind"]): one for one in answer.json["items"]}
    a, b = found["st-marys", "sla"], found["oakfield", "sla"]
    for key, of_a, of_b in SHARES:
        assert [(one[key]["numerator"], one[key]["denominator"]) for one in (a, b)] == [of_a, of_b]
    for key, of_a, of_b in MEANS:
        assert [f"{one[key]['rate']:.2f}" for one in (a, b)] == [of_a, of_b]
    assert (a["backlog"], b["backlog"]) == (1, 2)


def test_what_comes_later_corrects_the_days_it_touches(bring, app, ledger):
    asked = """
        SELECT span, sum(opened), sum(ended), sum(resolved) FROM figure_days
         WHERE agreement_kind = '' GROUP BY span"""
    bring(LOG)
    assert sorted(ledger.rows(asked)) == [("d", 4, 3, 2), ("m", 4, 3, 2)]
    bring(LOG + "C,2026-01-15 10:00,Done,App 3rd,P1\n")
    assert sorted(ledger.rows(asked)) == [("d", 4, 4, 3), ("m", 4, 4, 3)]
    assert ledger.rows("SELECT count(*) FROM figure_marks") == [(0,)]


STATES = ("new", "queued", "In work", "In work", "Waiting", "Vendor", "awaiting_approval", "Done",
          "Done", "closed", "closed", "cancelled", "?")  # fmt: skip
TEAMS = ("Desk", "Net 2nd", "Mail 2nd", "App 3rd", "?")


def check_against_the_rows(figures, rows):
    """Reckoned anew from the text of the log, by another way."""
    logs: dict[str, list[tuple[str, int, str, str]]] = {}
    for place, row in enumerate(rows):
        key, when, status, team, _ = row.split(",")
        logs.setdefault(key, []).append((when, place, status, team))
    changes = returns = ping_pong = reopened = 0
    for log in logs.values():
        log.sort()
        teams = [team for *_, team in log if team != "?"]
        moves = [team for before, team in pairwise([None, *teams]) if team != before]
        again = sum(team in moves[:at] for at, team in enumerate(moves))
        changes, returns = changes + max(len(moves) - 1, 0), returns + again
        ping_pong += again > 0
        said = [status for _, _, status, _ in log if status != "?"]
        reopened += sum(
            before in ("Done", "closed") and after not in ("Done", "closed", "cancelled")
            for before, after in pairwise(said)
        )
    assert figures["hand_overs"]["changes"] == changes
    assert figures["ping_pong"] == {"incidents": ping_pong, "returns": returns}
    assert figures["reopenings"]["events"] == reopened
    assert (figures["incidents"], figures["events"]) == (len(logs), len(rows))


@pytest.mark.parametrize("seed", range(2))
def test_whatever_a_log_says_incidents_are_sound(bring, ledger, seed):
    """Also what no desk should do: closed twice, cancelled and gone on, several at one minute."""
    dice = random.Random(seed)
    rows = [
        f"{dice.randrange(40)},2026-{dice.choice(('01', '03', '10'))}-{dice.randint(1, 28):02}"
        f" {dice.randrange(24):02}:{dice.choice(('00', '30'))},{dice.choice(STATES)},"
        f"{dice.choice(TEAMS)},{dice.choice(('P1', 'P2', 'P3', '?'))}"
        for _ in range(250)
    ]
    told = bring.json("\n".join(["No,When,Status,Team,Prio", *rows])).told
    check_against_the_rows(told["figures"], rows)
    assert {one["reason"] for one in told["not_mapped"]} <= {"no priority"}
    is_sound(ledger, told["figures"]["incidents"])
    hours = ledger.rows("""
        SELECT sum(extract(epoch FROM ended_at - began_at))::float / 3600 FROM turns
         WHERE status NOT IN ('new', 'resolved') OR ended_at > began_at""")
    assert hours[0][0] > 0


def test_its_page_and_its_history_read_like_any_other(bring, app, sign_in, cast):
    bring()
    page = sign_in(cast.sam).get("/st-marys/incidents/2").text
    for said in ("Incident A, brought along", "Passed from Desk to Net 2nd", "Handed back from",
                 "Brought along from desk"):  # fmt: skip
        assert said in page
    assert "None" not in page
    assert done(app, "sam", "get", f"{INCIDENTS}/2").json["resolution_type"] is None
    turns = done(app, "sam", "get", f"{INCIDENTS}/2/turns").json
    assert [one["party"] for one in turns["items"]][:3] == [
        "school_desk",
        "school_desk",
        "second_line",
    ]
    assert program(app, "olga").get(f"{INCIDENTS}/2").status_code == 404


def test_a_promise_that_still_runs_is_looked_at_when_its_time_is_gone(bring, app, at, ledger):
    at("2026-01-14T10:30:00+00:00")
    """Of B, which was reopened, and C; what is later in the log has not come yet."""
    bring()
    told = ledger.rows("SELECT task, count(*) FROM outbox GROUP BY task")
    assert told == [("decide_clocks", 2)]
