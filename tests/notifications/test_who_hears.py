"""Who hears of what: each step of an incident, and exactly these people."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from flask import Flask

from app import clock
from app.history.actions import record
from tenants import acting_in, db
from tests.incidents.pages import BROKEN, HERE, checked, forwarded, logged, resolved
from tests.ledger import Ledger
from tests.notifications.conftest import Sink

Deliver = Callable[[], int]
API = f"/schools{HERE}"


def heard(sink: Sink, deliver: Deliver) -> set[str]:
    """First names of whoever got a mail since the last time it was asked."""
    deliver()
    names = {one.receivers[0].partition("@")[0] for one in sink.taken}
    assert len(names) == len(sink.taken), "somebody got two"
    sink.taken.clear()
    return names


def log(api: Any, cast: Any) -> None:
    logged(api, cast)


def log_as_spoc(api: Any, cast: Any) -> None:
    body = {**BROKEN, "reporter_email": cast.rita.email}
    assert api(cast.sam).post(API, body).status_code == 201


def log_at_la(api: Any, cast: Any) -> None:
    body = {**BROKEN, "reporter_email": cast.rita.email}
    assert api(cast.tariq).post(API, body).status_code == 201


def send_back(api: Any, cast: Any) -> None:
    number = logged(api, cast)
    assert api(cast.dora).post(f"{API}/{number}/return", {"missing": "Room?"}).status_code == 200


def public_note(api: Any, cast: Any) -> None:
    note(api, cast, "public", cast.tariq)


def internal_note(api: Any, cast: Any) -> None:
    note(api, cast, "internal", cast.tariq)


def supplier_note(api: Any, cast: Any) -> None:
    note(api, cast, "supplier", cast.tariq)


def note(api: Any, cast: Any, visibility: str, by: Any) -> None:
    number = forwarded(api, cast)
    answer = api(by).post(f"{API}/{number}/notes", {"text": "Hello", "visibility": visibility})
    assert answer.status_code in (200, 201), answer.json


def reply(api: Any, cast: Any) -> None:
    note(api, cast, "public", cast.rita)


def close(api: Any, cast: Any) -> None:
    number = resolved(api, cast)
    assert api(cast.sam).put(f"{API}/{number}/closure", {}).status_code == 200


def reopen(api: Any, cast: Any) -> None:
    number = resolved(api, cast)
    assert api(cast.rita).post(f"{API}/{number}/reopening", {"reason": "Dark"}).status_code == 200


def on_to_second_line(api: Any, cast: Any) -> None:
    number = forwarded(api, cast)
    body = {"to": "second_line", "note": "Not the lamp"}
    assert api(cast.tariq).post(f"{API}/{number}/escalation", body).status_code == 200


def assign(api: Any, cast: Any) -> None:
    number = checked(api, cast)
    body = {"person": cast.theo.name}
    assert api(cast.sam).put(f"{API}/{number}/assignment", body).status_code == 200


def assign_own_group(api: Any, cast: Any) -> None:
    number = checked(api, cast)
    body = {"to": "first_line", "group": "technicians", "note": "Tried"}
    assert api(cast.sam).post(f"{API}/{number}/escalation", body).status_code == 200


def take(api: Any, cast: Any) -> None:
    number = forwarded(api, cast)
    assert api(cast.tariq).put(f"{API}/{number}/assignment", {"person": "me"}).status_code == 200


def hand_back(api: Any, cast: Any) -> None:
    number = forwarded(api, cast)
    assert api(cast.tariq).post(f"{API}/{number}/hand_back", {"reason": "Ours"}).status_code == 200


def hand_back_to_first_line(api: Any, cast: Any) -> None:
    number = forwarded(api, cast)
    on = {"to": "second_line", "note": "Not the lamp"}
    assert api(cast.tariq).post(f"{API}/{number}/escalation", on).status_code == 200
    assert api(cast.sasha).post(f"{API}/{number}/hand_back", {"reason": "Yours"}).status_code == 200


def reply_to_whose_work_it_is(api: Any, cast: Any) -> None:
    number = forwarded(api, cast)
    assert api(cast.tariq).put(f"{API}/{number}/assignment", {"person": "me"}).status_code == 200
    said = {"text": "In room 4", "visibility": "public"}
    assert api(cast.rita).post(f"{API}/{number}/notes", said).status_code == 201


def ask_approval(api: Any, cast: Any) -> None:
    number = checked(api, cast, type="request")
    body = {"why": "For the office", "cost": "120.00"}
    assert api(cast.sam).post(f"{API}/{number}/approval", body).status_code == 201


def decide(api: Any, cast: Any, **said: Any) -> None:
    ask_approval(api, cast)
    assert api(cast.ike).put(f"{API}/1/approval", said).status_code == 200


def approve(api: Any, cast: Any) -> None:
    decide(api, cast, decision="approved")


def reject(api: Any, cast: Any) -> None:
    decide(api, cast, decision="rejected", reason="Not this year")


def merge(api: Any, cast: Any) -> None:
    checked(api, cast)
    assert api(cast.ravi).post(API, BROKEN).status_code == 201
    assert api(cast.sam).put(f"{API}/2/merge", {"into": "STM-1"}).status_code == 200


def work_around(api: Any, cast: Any) -> None:
    number = forwarded(api, cast)
    body = {"text": "Use the other one", "restored": True}
    assert api(cast.tariq).put(f"{API}/{number}/workaround", body).status_code == 200


def ask_the_others_of_the_room(api: Any, cast: Any) -> None:
    forwarded(api, cast)
    assert api(cast.ravi).post(API, BROKEN).status_code == 201
    body = {"type": "permanent_fix", "text": "New lamp"}
    assert api(cast.tariq).put(f"{API}/1/resolution", body).status_code == 200


def say_it_is_still_broken(api: Any, cast: Any) -> None:
    ask_the_others_of_the_room(api, cast)
    assert api(cast.ravi).put(f"{API}/2/still_broken").status_code == 200


# fmt: off
# The last step of each, and who hears of it. Nobody else of the cast does: not Ravi, Ike, Pip, Sue
# nor anybody of Oakfield.
CASES: tuple[tuple[Callable[[Any, Any], None], set[str]], ...] = (
    (log,                {"rita", "sam"}),  # her receipt, though she did it herself
    (log_as_spoc,        {"rita"}),
    (log_at_la,          {"rita", "sam"}),
    (send_back,          {"rita", "sam"}),
    (public_note,        {"rita", "sam"}),
    (reply,              {"sam"}),
    (internal_note,      set()),
    (supplier_note,      set()),
    (forwarded,          {"tariq"}),
    (on_to_second_line,  {"sasha"}),
    (assign,             {"theo"}),
    (assign_own_group,   {"theo"}),
    (take,               set()),
    (hand_back,          {"sam"}),
    (hand_back_to_first_line, {"tariq"}),
    (reply_to_whose_work_it_is, {"sam", "tariq"}),
    (resolved,           {"rita", "sam"}),
    (close,              {"rita"}),
    (reopen,             {"sam"}),
    (ask_approval,       {"ike"}),
    (approve,            {"rita", "sam"}),
    (reject,             {"rita", "sam"}),
    (merge,              {"ravi"}),
    (work_around,        {"rita", "sam"}),
    (ask_the_others_of_the_room, {"ravi"}),
    (say_it_is_still_broken, {"sam"}),
)
# fmt: on


@pytest.mark.parametrize(("step", "expected"), CASES, ids=lambda one: getattr(one, "__name__", ""))
def test_exactly_these_people_hear_of_it(
    sink: Sink,
    deliver: Deliver,
    api: Any,
    cast: Any,
    ledger: Ledger,
    step: Callable[..., Any],
    expected: set[str],
) -> None:
    step(api, cast)
    only_the_last_event(ledger)
    assert heard(sink, deliver) == expected


def only_the_last_event(ledger: Ledger) -> None:
    """The steps that led there were the test's."""
    before = "DELETE FROM outbox WHERE task = 'tell_people' AND (payload->>'event_id')::int < "
    ledger.rows(before + "(SELECT max(id) FROM events)")
    # A close waits for as long as it can be undone.
    ledger.rows("UPDATE outbox SET next_try_at = now() WHERE task = 'tell_people'")


@pytest.mark.parametrize(
    ("promise", "expected"), [("ola response", {"mo", "dora"}), ("sla resolution", {"mo"})]
)
def test_of_a_missed_time_the_managers_hear_and_whose_promise_it_was(
    app: Flask,
    sink: Sink,
    deliver: Deliver,
    api: Any,
    cast: Any,
    ledger: Ledger,
    promise: str,
    expected: set[str],
) -> None:
    forwarded(api, cast)
    breached(app, ledger, promise)
    only_the_last_event(ledger)
    assert heard(sink, deliver) == expected


@pytest.mark.parametrize(
    ("promise", "taker", "expected"),
    [
        ("sla resolution 50", None, {"tariq"}),  # the group's members
        ("sla resolution 75", "sasha", {"sasha"}),
        ("ola resolution 75", None, {"tariq", "dora"}),
    ],
)
def test_of_time_running_out_whoever_has_it_hears_and_whose_promise_it_is(
    app: Flask,
    sink: Sink,
    deliver: Deliver,
    api: Any,
    cast: Any,
    ledger: Ledger,
    promise: str,
    taker: str | None,
    expected: set[str],
) -> None:
    number = forwarded(api, cast)
    if taker:
        person = {"person": getattr(cast, taker).name}
        assert api(cast.mo).put(f"{API}/{number}/assignment", person).status_code == 200
    decided(app, ledger, "clock.warned", promise)
    only_the_last_event(ledger)
    deliver()
    assert {one.receivers[0].partition("@")[0] for one in sink.taken} == expected
    percent = promise.rpartition(" ")[2]
    assert all(f"{percent} % of the time for the" in one.plain for one in sink.taken)


def breached(app: Flask, ledger: Ledger, promise: str) -> None:
    decided(app, ledger, "clock.breached", promise)


def decided(app: Flask, ledger: Ledger, kind: str, promise: str) -> None:
    """As clocks.decide_overdue writes it."""
    school_id, incident_id = ledger.rows("SELECT school_id, id FROM incidents")[0]
    with app.app_context(), acting_in(school_id):
        record(
            kind,
            subject_kind="incident",
            subject_id=incident_id,
            at=clock.now(),
            by=None,
            to_value=promise,
            visibility="internal",
        )
        db.session.commit()
