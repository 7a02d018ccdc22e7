"""Calendars and agreements change: open clocks that are not decided are read again, and what a
preview says is what happens [N23]."""

from __future__ import annotations

import random
from typing import Any

import psycopg2
import pytest
from sqlalchemy.engine import make_url

from app.contracts.pack_fields import WEEKDAYS
from app.contracts.rules import LA_STANDARD, OLA_STANDARD
from app.contracts.school_calendar import USUAL_CALENDAR
from app.incidents import retiming
from config import load_settings
from tests.api.desk import SCHOOL, bring, done, log, send
from tests.incidents.clock_work import said, work, work_until

HOLIDAYS = "/calendar/bank_holidays"
WEDNESDAY = {"on": "2026-01-14", "name": "A day of thanks"}
_DUES = """
    SELECT i.number, c.agreement_kind, c.metric, nullif(c.due_at, 'infinity'), c.state
      FROM clocks c JOIN incidents i ON i.school_id = c.school_id AND i.id = c.incident_id
     ORDER BY c.id"""
_RETIMED = """
    SELECT i.number, e.from_value, e.to_value, e.note FROM events e
      JOIN incidents i ON i.school_id = e.school_id AND i.id = e.subject_id
     WHERE e.kind = 'clock.retimed' ORDER BY e.id"""


def dues(ledger: Any) -> dict[tuple[int, str, str], tuple[str | None, str]]:
    return {
        (number, kind, metric): (due and f"{due.isoformat()[:19]}Z", state)
        for number, kind, metric, due, state in ledger.rows(_DUES)
    }


def clock_of(app: Any, path: str, metric: str, kind: str = "desk-standard") -> dict[str, Any]:
    clocks = done(app, "sam", "get", f"{path}/clocks").json["items"]
    return next(one for one in clocks if (one["agreement"], one["metric"]) == (kind, metric))


def test_a_one_off_bank_holiday_moves_what_is_open_and_says_from_when(app, at, ledger):
    at("2026-01-13T14:00:00+00:00")
    path = log(app)
    was_closed = bring(app, "closed")
    before = done(app, "sam", "get", path)
    assert clock_of(app, path, "resolution")["due_at"] == "2026-01-14T13:00:00Z"
    closed = done(app, "sam", "get", f"{was_closed}/clocks").json
    done(app, "ada", "post", HOLIDAYS, WEDNESDAY)
    work(app, ledger)
    assert dues(ledger)[1, "ola", "resolution"] == ("2026-01-15T13:00:00Z", "running")
    assert ledger.rows(_RETIMED) == [
        (
            1,
            "2026-01-14T13:00:00Z",
            "2026-01-15T13:00:00Z",
            "Resolution (OLA): 14 January 2026 became a bank holiday",
        )
    ]
    assert done(app, "sam", "get", f"{was_closed}/clocks").json == closed
    after = done(app, "sam", "get", path)
    assert after.headers["ETag"] == before.headers["ETag"]
    work_until(app, ledger, at, "2026-01-16T12:00:00+00:00")
    assert ("2026-01-15T13:00", "ola resolution") in said(ledger, "clock.breached")


def test_the_queue_sorts_by_the_new_time(app, at, ledger):
    at("2026-01-13T14:00:00+00:00")
    path = bring(app, "in_progress")
    before = done(app, "tariq", "get", path).json["next_due_at"]
    done(app, "ada", "post", HOLIDAYS, WEDNESDAY)
    work(app, ledger)
    after = done(app, "tariq", "get", path).json["next_due_at"]
    assert before < after
    listed = done(app, "tariq", "get", "/queue").json["items"]
    assert [one["next_due_at"] for one in listed] == [after]


def test_what_is_decided_stays_decided(app, at, ledger):
    at("2026-01-13T14:00:00+00:00")
    log(app)
    work_until(app, ledger, at, "2026-01-14T18:00:00+00:00")
    decided = dues(ledger)
    assert decided[1, "ola", "response"][1] == decided[1, "ola", "resolution"][1] == "breached"
    done(app, "ada", "post", HOLIDAYS, WEDNESDAY)
    work(app, ledger)
    assert dues(ledger) == decided
    assert ledger.rows(_RETIMED) == []


def test_a_removed_holiday_can_make_a_breach_which_is_told(app, at, ledger):
    at("2026-01-13T14:00:00+00:00")
    log(app)
    done(app, "ada", "post", HOLIDAYS, WEDNESDAY)
    work(app, ledger)
    at("2026-01-15T09:00:00+00:00")
    work(app, ledger)
    gone = f"{HOLIDAYS}/2026-01-14"
    done(app, "ada", "delete", gone)
    work(app, ledger)
    assert ("2026-01-15T09:00", "ola resolution") in said(ledger, "clock.breached")
    assert dues(ledger)[1, "ola", "resolution"] == ("2026-01-14T13:00:00Z", "breached")


def test_it_goes_batch_by_batch(app, at, ledger, monkeypatch):
    monkeypatch.setattr(retiming, "BATCH", 2)
    monkeypatch.setattr(retiming.open_ids, "__defaults__", (2,))
    at("2026-01-13T14:00:00+00:00")
    for _ in range(5):
        log(app)
    done(app, "ada", "post", HOLIDAYS, WEDNESDAY)
    work(app, ledger)
    assert [number for number, *_ in ledger.rows(_RETIMED)] == [1, 2, 3, 4, 5]
    batches = "SELECT count(*) FROM outbox WHERE task = 'retime_clocks' AND school_id = %s"
    school_id = ledger.rows("SELECT id FROM schools WHERE slug = 'st-marys'")[0][0]
    assert ledger.rows(batches, school_id) == [(3 + 1,)]  # and one to go through all once more


def test_what_was_saved_just_behind_a_batch_is_found_by_the_second_time(app, at, ledger):
    """A new sheet, or a step, that had read the old calendar before the change was saved."""
    at("2026-01-13T14:00:00+00:00")
    done(app, "ada", "post", HOLIDAYS, WEDNESDAY)
    work(app, ledger)
    log(app)
    ledger.rows("UPDATE clocks SET due_at = '2026-01-14 13:00Z' WHERE metric = 'resolution'")
    ledger.rows("UPDATE incidents SET next_due_at = '2026-01-14 13:00Z'")
    at("2026-01-13T14:01:00+00:00")
    work(app, ledger)
    assert dues(ledger)[1, "ola", "resolution"] == ("2026-01-15T13:00:00Z", "running")
    at("2026-01-13T15:00:00+00:00")
    work(app, ledger)
    left = "SELECT count(*) FROM outbox WHERE task = 'retime_clocks' AND done_at IS NULL"
    assert ledger.rows(left) == [(0,)]


def test_a_batch_sends_the_same_statements_however_many_there_are(app, at, ledger, statements):
    at("2026-01-13T14:00:00+00:00")
    counts = []
    for number in (1, 4):
        for _ in range(number):
            log(app)
        day = {"on": f"2026-01-{14 + number}", "name": f"Day {number}"}
        done(app, "ada", "post", HOLIDAYS, day)
        statements.clear()
        work(app, ledger)
        counts.append(len([one for one in statements if not one.startswith("SET LOCAL")]))
    assert counts[0] == counts[1]


def test_many_breaches_are_told_in_as_many_statements_as_one(app, at, ledger, statements):
    counts, told = [], "SELECT count(*) FROM outbox WHERE task = 'tell_people'"
    for day, number in ((13, 1), (20, 4)):
        at(f"2026-01-{day}T14:00:00+00:00")
        for _ in range(number):
            log(app)
        done(app, "ada", "post", HOLIDAYS, {"on": f"2026-01-{day + 1}", "name": f"Day {day}"})
        work(app, ledger)
        at(f"2026-01-{day + 2}T08:30:00+00:00")
        work(app, ledger)
        before, said_before = ledger.rows(told)[0][0], len(said(ledger, "clock.breached"))
        done(app, "ada", "delete", f"{HOLIDAYS}/2026-01-{day + 1}")
        statements.clear()
        work(app, ledger)
        counts.append(len([one for one in statements if not one.startswith("SET LOCAL")]))
        new = len(said(ledger, "clock.breached")) - said_before
        assert new >= number
        assert ledger.rows(told)[0][0] - before == new
    assert counts[0] == counts[1]


def test_an_incident_somebody_has_in_hand_is_left_for_a_little_later(app, at, ledger):
    at("2026-01-13T14:00:00+00:00")
    log(app)
    log(app)
    done(app, "ada", "post", HOLIDAYS, WEDNESDAY)
    url = make_url(load_settings().admin_url or "")
    own = url.set(database=make_url(load_settings().database_url).database, drivername="postgresql")
    held = psycopg2.connect(own.render_as_string(hide_password=False))
    try:
        with held.cursor() as cursor:
            cursor.execute("SELECT 1 FROM incidents WHERE number = 1 FOR UPDATE")
            work(app, ledger)
            assert [number for number, *_ in ledger.rows(_RETIMED)] == [2]
    finally:
        held.rollback()
        held.close()
    at("2026-01-13T14:00:03+00:00")
    work(app, ledger)
    assert [number for number, *_ in ledger.rows(_RETIMED)] == [2, 1]


def test_done_twice_changes_nothing_the_second_time(app, at, ledger, is_unchanged):
    at("2026-01-13T14:00:00+00:00")
    log(app)
    done(app, "ada", "post", HOLIDAYS, WEDNESDAY)
    work(app, ledger)
    done_again = "UPDATE outbox SET done_at = NULL WHERE task = 'retime_clocks'"
    before = (dues(ledger), ledger.rows(_RETIMED))
    ledger.rows(done_again)
    work(app, ledger)
    assert (dues(ledger), ledger.rows(_RETIMED)) == before


# --- versions and choices ---


FASTER = {
    **LA_STANDARD,
    "targets": {**LA_STANDARD["targets"], "P2": {"resolution_minutes": 120}},
    "valid_from": "2026-01-14",
}


@pytest.mark.parametrize("for_open", [False, True])
def test_a_new_version_counts_from_its_day_unless_it_is_said(app, at, ledger, for_open):
    at("2026-01-13T14:00:00+00:00")
    old = bring(app, "in_progress")
    at("2026-01-14T09:00:00+00:00")
    new = bring(app, "in_progress")
    work(app, ledger)
    done(app, "mo", "put", "/service_levels/la-standard", {**FASTER, "for_open": for_open})
    work(app, ledger)
    first = clock_of(app, old, "resolution", "la-standard")
    second = clock_of(app, new, "resolution", "la-standard")
    assert (second["target_seconds"], second["due_at"]) == (7200, "2026-01-14T11:00:00Z")
    assert first["target_seconds"] == (7200 if for_open else 28800)
    # Beginning at 14:00 the day before, two hours were gone by 16:00.
    assert first["state"] == ("breached" if for_open else "running")


def test_a_choice_moves_what_began_on_its_day(app, at, ledger):
    at("2026-01-13T14:00:00+00:00")
    early = log(app)
    at("2026-01-14T08:30:00+00:00")
    late = log(app)
    body = {**OLA_STANDARD, "name": "Our desk", "targets": {"P2": {"resolution_minutes": 60}}}
    key = done(app, "sam", "post", f"{SCHOOL}/agreements", body).json["key"]
    done(app, "ike", "put", f"{SCHOOL}/agreements/{key}/signature")
    done(app, "dora", "post", f"{SCHOOL}/agreement_choices", {"kind": "ola", "agreement": key})
    work(app, ledger)
    assert clock_of(app, late, "resolution", key)["due_at"] == "2026-01-14T09:30:00Z"
    assert clock_of(app, early, "resolution")["due_at"] == "2026-01-14T13:00:00Z"


# --- what if ---


def test_a_preview_changes_nothing_and_says_what_happens(app, at, ledger, is_unchanged):
    at("2026-01-13T14:00:00+00:00")
    log(app)
    bring(app, "in_progress")
    bring(app, "closed")
    is_unchanged.start()
    found = done(app, "ada", "post", f"{HOLIDAYS}/preview", WEDNESDAY).json
    assert is_unchanged()
    assert (found["moved"], found["items"]) == (3, [])  # an administrator sees no incidents
    found = done(app, "mo", "post", "/service_levels/la-standard/preview", MORE_DAYS).json
    assert is_unchanged()
    moves = {(one["reference"], one["metric"]) for one in found["items"]}
    assert moves == {("STM-2", "resolution")}


MORE_DAYS = {**LA_STANDARD, "valid_from": "2026-01-14"}
MORE_DAYS["calendar"] = {**LA_STANDARD["calendar"], "closures": ["2026-01-14"]}


def test_whoever_sees_no_incidents_is_told_how_many_only(app, at, ledger):
    at("2026-01-13T16:30:00+00:00")
    body = {**OLA_STANDARD, "name": "Short", "targets": {"P2": {"resolution_minutes": 60}}}
    log(app)
    key = done(app, "sam", "post", f"{SCHOOL}/agreements", body).json["key"]
    done(app, "ike", "put", f"{SCHOOL}/agreements/{key}/signature")
    term_time = {**body, "valid_from": "2026-01-14"}
    term_time["calendar"] = {**OLA_STANDARD["calendar"], "term_time_only": True}
    choice = {"kind": "ola", "agreement": key, "for_open": True}
    found = done(app, "sam", "post", f"{SCHOOL}/agreement_choices/preview", choice).json
    assert [one["reference"] for one in found["items"]] == ["STM-1", "STM-1"]
    assert found["moved"] == 2  # the first answer has no target any more
    assert {one["new_due_at"] for one in found["items"]} == {None, "2026-01-14T08:30:00Z"}
    done(app, "sam", "post", f"{SCHOOL}/agreement_choices", choice)
    work(app, ledger)
    done(app, "sam", "put", f"{SCHOOL}/agreements/{key}", {**term_time, "for_open": False})
    done(app, "ike", "put", f"{SCHOOL}/agreements/{key}/signature")
    shut = {**USUAL_CALENDAR, "terms": [["2026-01-05", "2026-01-09"], ["2026-01-15", "2026-02-01"]]}
    by_admin = done(app, "ada", "post", f"{SCHOOL}/calendar/preview", shut).json
    by_desk = done(app, "sam", "post", f"{SCHOOL}/calendar/preview", shut).json
    assert by_admin["items"] == []
    assert by_admin["moved"] == by_desk["moved"] == len(by_desk["items"]) == 1


def test_a_refused_change_is_refused_in_its_preview_too(app, at, ledger, is_unchanged):
    at("2026-01-13T14:00:00+00:00")
    log(app)
    is_unchanged.start()
    body = {**MORE_DAYS, "valid_from": "2026-01-12"}
    answer = send(app, "mo", "post", "/service_levels/la-standard/preview", body)
    assert (answer.status_code, list(answer.json["errors"])) == (422, ["valid_from"])
    body = {"opening": {}, "breaks": [], "terms": None, "inset_days": [], "closures": []}
    answer = send(app, "sam", "post", f"{SCHOOL}/calendar/preview", body)
    assert answer.status_code == 422
    assert is_unchanged()


@pytest.mark.parametrize("seed", range(6))
def test_a_preview_equals_the_result(app, at, ledger, seed):
    """Random calendars of a school whose desk keeps to term time, with incidents in all states."""
    chance = random.Random(seed)
    at("2026-01-05T09:00:00+00:00")
    term_time = {**OLA_STANDARD, "name": "Term time"}
    term_time["calendar"] = {**OLA_STANDARD["calendar"], "term_time_only": True}
    key = done(app, "sam", "post", f"{SCHOOL}/agreements", term_time).json["key"]
    done(app, "ike", "put", f"{SCHOOL}/agreements/{key}/signature")
    done(app, "sam", "put", f"{SCHOOL}/calendar", calendar(chance))
    done(app, "sam", "post", f"{SCHOOL}/agreement_choices", {"kind": "ola", "agreement": key})
    ways = ["new", "queued", "forwarded", "in_progress", "on_hold", "resolved", "returned"]
    for _ in range(6):
        day, hour, minute = chance.randint(5, 16), chance.randint(6, 19), chance.randint(0, 59)
        at(f"2026-01-{day:02}T{hour:02}:{minute:02}:{chance.randint(0, 59):02}+00:00")
        bring(app, chance.choice(ways))
    at(f"2026-01-{chance.randint(17, 23)}T{chance.randint(7, 17):02}:30:00+00:00")
    work(app, ledger)
    for _ in range(3):
        check_equal(app, ledger, calendar(chance))


def check_equal(app: Any, ledger: Any, changed: dict[str, Any]) -> None:
    before = dues(ledger)
    previewed = done(app, "sam", "post", f"{SCHOOL}/calendar/preview", changed).json
    assert dues(ledger) == before
    done(app, "sam", "put", f"{SCHOOL}/calendar", changed)
    work(app, ledger)
    after = dues(ledger)
    moved = {
        (f"STM-{number}", metric, before[number, kind, metric][0], due)
        for (number, kind, metric), (due, _) in after.items()
        if due != before[number, kind, metric][0]
    }
    said_before = {
        (one["reference"], one["metric"], one["old_due_at"], one["new_due_at"])
        for one in previewed["items"]
        if one["old_due_at"] != one["new_due_at"]
    }
    assert said_before == moved
    assert previewed["moved"] == len(moved)
    gained = [
        one
        for one, (_, state) in after.items()
        if state == "breached" and before[one][1] != "breached"
    ]
    assert previewed["breaches_gained"] == len(gained)


def calendar(chance: random.Random) -> dict[str, Any]:
    days = [f"2026-01-{day:02}" for day in range(5, 31)]
    last = chance.randint(23, 31)
    return {
        "opening": {
            weekday: [["08:00", chance.choice(["12:00", "16:30", "17:00"])]]
            for weekday in WEEKDAYS[:5]
        },
        "breaks": [],
        "terms": [["2026-01-05", f"2026-01-{last}"], ["2026-02-02", "2026-12-18"]],
        "inset_days": chance.sample(days, chance.randint(0, 2)),
        "closures": sorted(chance.sample(days, chance.randint(0, 3))),
    }
