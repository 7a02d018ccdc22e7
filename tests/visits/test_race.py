"""Two bookings of one person at the same moment, in two schools: one is made, the other refused."""

from __future__ import annotations

import threading

import pytest
from sqlalchemy import text

from tests.api.desk import send

SLOT = {"starts_at": "2026-01-13T14:00:00Z", "minutes": 60, "visitor": "Tariq Firstline"}
_INSERT = (
    "INSERT INTO visits (school_id, number, kind, state, starts_at, ends_at, {who}, visitor_name,"
    " booked_by, version) SELECT id, %s, 'regular', %s, %s, %s, {of}, 'X', 'X', 1"
    " FROM schools WHERE slug = %s"
)
_TARIQ = "(SELECT id FROM la_memberships WHERE name = 'Tariq Firstline')"


@pytest.mark.parametrize("round_", range(3))
def test_only_one_of_two_at_once_is_booked(app, at, round_):
    at("2026-01-12T09:00+00:00")
    answers: dict[str, int] = {}
    gate = threading.Barrier(2)

    def book(school: str) -> None:
        gate.wait(10)
        answer = send(app, "tariq", "post", f"/schools/{school}/visits", SLOT)
        answers[school] = answer.status_code
        if answer.status_code != 201:
            assert answer.json["detail"].startswith("Tariq Firstline is on another visit"), answer

    threads = [threading.Thread(target=book, args=(one,)) for one in ("st-marys", "oakfield")]
    for one in threads:
        one.start()
    for one in threads:
        one.join(20)
    assert sorted(answers.values()) == [201, 409]


def test_the_database_itself_refuses_an_overlap(app, ledger):
    """Whatever a program forgets to ask: the constraint holds behind the wall, across schools."""
    from psycopg2.errors import ExclusionViolation

    insert = _INSERT.format(who="la_membership_id", of=_TARIQ)
    ledger.rows(insert, 1, "booked", "2026-01-13 14:00Z", "2026-01-13 15:00Z", "st-marys")
    with pytest.raises(ExclusionViolation):
        ledger.rows(insert, 1, "arrived", "2026-01-13 14:59Z", "2026-01-13 16:00Z", "oakfield")
    # Half-open, and what is over or called off stands in nobody's way.
    ledger.rows(insert, 1, "booked", "2026-01-13 15:00Z", "2026-01-13 16:00Z", "oakfield")
    ledger.rows(insert, 2, "cancelled", "2026-01-13 14:00Z", "2026-01-13 15:00Z", "oakfield")
    own = _INSERT.format(
        who="membership_id", of="(SELECT id FROM memberships WHERE name = 'Theo Technician')"
    )
    ledger.rows(own, 3, "booked", "2026-01-13 14:00Z", "2026-01-13 15:00Z", "st-marys")
    with pytest.raises(ExclusionViolation):
        ledger.rows(own, 4, "booked", "2026-01-13 14:30Z", "2026-01-13 15:30Z", "st-marys")
    nobody = _INSERT.format(who="note", of="'an engineer'")
    for number in (5, 6):
        ledger.rows(nobody, number, "booked", "2026-01-13 14:00Z", "2026-01-13 15:00Z", "st-marys")


def test_an_overlap_that_only_the_database_sees_is_said_in_a_sentence(app, at, monkeypatch):
    """As if the other booking came between the look and the write."""
    from app.visits import being_there

    at("2026-01-12T09:00+00:00")
    assert send(app, "tariq", "post", "/schools/oakfield/visits", SLOT).status_code == 201
    monkeypatch.setattr(being_there, "busy_of", lambda *_, **__: [])
    refused = send(app, "tariq", "post", "/schools/st-marys/visits", SLOT)
    assert refused.status_code == 409
    assert refused.json["detail"] == "Tariq Firstline is on another visit at that time."
    with app.app_context():
        from tenants import across_schools, db

        with across_schools("how many visits the test has made"):
            assert db.session.scalar(text("SELECT count(*) FROM visits")) == 1
