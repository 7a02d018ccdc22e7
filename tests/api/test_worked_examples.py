"""Every worked example of domain.md 3.4 as a person meets it: worked out beforehand, and lived
through by an incident with the clock set. Exact to the second."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest

from app.contracts.queries import agreement_by_key
from app.contracts.rules import Kind
from app.incidents import clocks
from app.incidents.models import Incident
from tenants import acting_in, db
from tests.api.desk import FORWARD, HOLD, MINE, SCHOOL, WHY, done, log
from tests.contracts.test_clock_examples import PAUSES, january
from tests.contracts.worked_examples import EXAMPLES, pack
from tests.service_calendars import london

# Impact and urgency that make each priority.
CHECKS = {"P1": (1, 1), "P2": (2, 1), "P3": (2, 2), "P4": (2, 3)}
_CHOOSE = """
    WITH gone AS (DELETE FROM agreement_choices)
    INSERT INTO agreement_choices (school_id, kind, valid_from, la_agreement_id, chosen_by)
    SELECT s.id, a.kind, '2021-01-01', a.id, 'Dora' FROM schools s, la_agreements a
     WHERE s.slug = 'st-marys' AND a.key = %s"""
_CHOSEN = """
    UPDATE agreement_choices SET la_agreement_id = a.id, kind = a.kind
      FROM la_agreements a WHERE a.key = %s"""


def text_of(instant: datetime) -> str:
    return instant.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def at_london(at: Any, text: str) -> None:
    at(london(text).isoformat())


@pytest.fixture
def keys(app, at) -> dict[str, str]:
    """The key of the pack of each example; those that are equal share one."""
    at("2021-01-01T12:00:00+00:00")
    made: dict[str, str] = {}
    found = {}
    for example, (calendar, _, target, _) in EXAMPLES.items():
        body = pack(calendar, target, "ola")
        if body["name"] not in made:
            made[body["name"]] = done(app, "mo", "post", "/service_levels", body).json["key"]
        found[example] = made[body["name"]]
    return found


def previewed(app, start: str, key: str | None, pauses=(), priority: str = "P3") -> dict[str, Any]:
    body = {"priority": priority, "agreement": key, "started_at": text_of(january(start))}
    body["pauses"] = [
        {"from": text_of(january(began)), "to": text_of(january(ended))} for began, ended in pauses
    ]
    answer = done(app, "sam", "post", f"{SCHOOL}/deadlines/preview", body).json
    return {one["metric"]: one for one in answer["clocks"]}


def test_worked_out_beforehand_every_due_is_exact(app, keys):
    found = {}
    for example, (_, start, _, _) in EXAMPLES.items():
        clock = previewed(app, start, keys[example])["resolution"]
        pieces = clock["stretches"]
        assert pieces[0]["from"] == text_of(january(start)), example
        assert pieces[-1]["to"] == clock["due_at"], example
        assert all(
            one["to"] == other["from"] for one, other in zip(pieces, pieces[1:], strict=False)
        )
        found[example] = clock["due_at"]
    assert found == {name: text_of(london(due)) for name, (_, _, _, due) in EXAMPLES.items()}


def test_an_incident_logged_then_is_due_then(app, at, ledger, keys):
    found = {}
    for number, (example, (_, start, _, _)) in enumerate(EXAMPLES.items()):
        ledger.rows(_CHOSEN if number else _CHOOSE, keys[example])
        at_london(at, start)
        items = done(app, "sam", "get", f"{log(app)}/clocks").json["items"]
        assert [one["agreement"] for one in items] == [keys[example]], example
        found[example] = items[0]["due_at"]
    assert found == {name: text_of(london(due)) for name, (_, _, _, due) in EXAMPLES.items()}


@pytest.mark.parametrize("name", PAUSES)
def test_pauses_worked_out_beforehand(app, name):
    start, minutes, first_due, pauses, paused, due, *_ = PAUSES[name]
    priority = {360: "P1", 480: "P2", 720: "P3"}[minutes]
    assert previewed(app, start, None, (), priority)["resolution"]["due_at"] == text_of(
        january(first_due)
    )
    found = previewed(app, start, None, pauses, priority)
    assert (found["resolution"]["due_at"], found["resolution"]["paused_seconds"]) == (
        text_of(january(due)),
        paused * 60,
    )
    assert found["response"]["paused_seconds"] == 0


def forwarded(app, at, start: str, priority: str) -> str:
    """An incident that Sam forwards at that time, and Tariq has taken."""
    at(january(start).isoformat())
    path = log(app)
    impact, urgency = CHECKS[priority]
    check = {"impact": impact, "urgency": urgency, "category": "display"}
    done(app, "sam", "put", f"{path}/check", check)
    done(app, "sam", "post", f"{path}/escalation", FORWARD)
    done(app, "tariq", "put", f"{path}/assignment", MINE)
    return path


def la_clock(app, path: str, metric: str = "resolution") -> dict[str, Any]:
    found = done(app, "sam", "get", f"{path}/clocks").json["items"]
    return next(one for one in found if (one["kind"], one["metric"]) == ("sla", metric))


@pytest.mark.parametrize("name", PAUSES)
def test_pauses_lived_through(app, at, name):
    start, minutes, first_due, pauses, paused, due, stopped, elapsed, state = PAUSES[name]
    path = forwarded(app, at, start, {360: "P1", 480: "P2", 720: "P3"}[minutes])
    assert la_clock(app, path)["due_at"] == text_of(january(first_due))
    resolution = {"type": "permanent_fix", "text": "A new lamp"}
    for began, ended in pauses:
        at(january(began).isoformat())
        if name == "G7":
            done(app, "tariq", "put", f"{path}/resolution", resolution)
            at(january(ended).isoformat())
            done(app, "sam", "post", f"{path}/reopening", WHY)
        else:
            done(app, "tariq", "put", f"{path}/hold", HOLD)
            at(january(ended).isoformat())
            done(app, "tariq", "delete", f"{path}/hold")
    at(january(stopped).isoformat())
    if name == "G7":
        done(app, "mo", "put", f"{path}/assignment", {"person": "Tariq Firstline"})
    done(app, "tariq", "put", f"{path}/resolution", resolution)
    found = la_clock(app, path)
    assert (found["state"], found["due_at"]) == (state.value, text_of(january(due)))
    assert (found["elapsed_seconds"], found["paused_seconds"]) == (elapsed * 60, paused * 60)
    why = done(app, "sam", "get", f"{path}/deadlines").json["clocks"]
    told = next(one for one in why if (one["kind"], one["metric"]) == ("sla", "resolution"))
    counted = [one for one in told["stretches"] if one["counted"]]
    assert told["paused_seconds"] == paused * 60
    assert sum(map(seconds, counted)) == minutes * 60


def seconds(piece: dict[str, Any]) -> float:
    began, ended = (datetime.fromisoformat(piece[end]) for end in ("from", "to"))
    return (ended - began).total_seconds()


def test_a_priority_raised_in_time_and_raised_too_late(app, at):
    def raise_to(path: str, priority: str, when: str) -> None:
        at(january(when).isoformat())
        impact, urgency = CHECKS[priority]
        check = {"impact": impact, "urgency": urgency, "category": "display"}
        done(app, "tariq", "put", f"{path}/check", check)

    path = forwarded(app, at, "13 09:00", "P4")
    assert la_clock(app, path)["due_at"] == text_of(january("16 09:00"))
    raise_to(path, "P2", "13 14:00")
    assert la_clock(app, path)["due_at"] == text_of(january("13 17:00"))
    path = forwarded(app, at, "13 09:00", "P4")
    at(january("13 15:59").isoformat())
    assert la_clock(app, path)["state"] == "running"
    raise_to(path, "P1", "13 16:00")
    found = la_clock(app, path)
    assert (found["state"], found["due_at"]) == ("breached", text_of(january("13 15:00")))


def test_three_clocks_of_one_incident(app, at, ledger):
    at("2026-01-12T12:00:00+00:00")
    supplier = pack("SHORTFRI", {"resolution_minutes": 480}, "uc", name="Lamps")
    supplier["targets"] = {"P2": {"resolution_minutes": 480}}
    supplier["valid_from"] = "2026-01-12"
    done(app, "mo", "post", "/service_levels", supplier)
    at(january("13 08:20").isoformat())
    path = log(app)
    at(january("13 11:05").isoformat())
    impact, urgency = CHECKS["P2"]
    check = {"impact": impact, "urgency": urgency, "category": "display"}
    done(app, "sam", "put", f"{path}/check", check)
    done(app, "sam", "post", f"{path}/escalation", FORWARD)
    at(january("13 15:30").isoformat())
    school_id, incident_id = ledger.rows("SELECT school_id, id FROM incidents")[0]
    with app.app_context(), acting_in(school_id):
        incident = db.session.get(Incident, (school_id, incident_id))
        when = january("13 15:30")
        clocks.start(incident, Kind.UC, when, agreement=agreement_by_key("lamps", when.date()))
        clocks.wind(incident, clocks.clocks_of(incident), when)
        db.session.commit()
    due = {
        (one["kind"], one["metric"]): one["due_at"]
        for one in done(app, "sam", "get", f"{path}/clocks").json["items"]
    }
    assert due["ola", "response"] == text_of(january("13 09:20"))
    assert due["sla", "response"] == text_of(january("13 12:05"))
    assert due["sla", "resolution"] == text_of(january("14 10:05"))
    assert due["uc", "resolution"] == text_of(january("14 14:30"))


def test_a_one_off_bank_holiday_entered_and_taken_out_again(app, at):
    at("2022-09-09T12:00:00+00:00")
    funeral = "/calendar/bank_holidays/2022-09-19"
    start = {"priority": "P2", "started_at": "2022-09-16T15:00:00Z"}

    def due() -> str:
        body = done(app, "sam", "post", f"{SCHOOL}/deadlines/preview", start).json
        return next(one["due_at"] for one in body["clocks"] if one["metric"] == "resolution")

    assert due() == text_of(london("2022-09-20 15:00"))
    done(app, "ada", "delete", funeral)
    assert due() == text_of(london("2022-09-19 15:00"))
    named = {"on": "2022-09-19", "name": "State funeral"}
    done(app, "ada", "post", "/calendar/bank_holidays", named)
    assert due() == text_of(london("2022-09-20 15:00"))
