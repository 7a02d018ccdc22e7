"""Some weeks of two schools, played: no surprise on the way, and every incident adds up after."""

from __future__ import annotations

from collections import Counter
from datetime import date

from flask import Flask
from sqlalchemy import select

from app.contracts.models import BankHoliday
from app.demo.years.moves import MOVES
from app.demo.years.people import cast_of
from app.demo.years.play import Play, Played, Span
from app.demo.years.town import get_ready
from app.people.identity import SchoolName
from tenants import School, across_schools, acting_in, db
from tests.incidents.invariants import check_incident, check_numbers
from tests.ledger import Ledger
from tests.replay import clocks
from tests.replay.verdict import EVENTS, unexplained
from workers.jobs import TASKS

TERMS = ((date(2026, 1, 5), date(2026, 2, 13)), (date(2026, 2, 23), date(2026, 3, 27)))
# In a few weeks some of them do not happen; `make replay` asks for all.
MOST_MISSING = 10


def test_some_weeks_add_up(app: Flask, ledger: Ledger) -> None:
    played = _play(app)
    steps = sum((one.steps for one in played.values()), Counter[str]())
    refused = sum((one.refused for one in played.values()), Counter[str]())
    assert not refused
    missing = {one.do.__name__ for ways in MOVES.values() for one in ways} - set(steps)
    assert len(missing) <= MOST_MISSING, missing
    numbers = ledger.rows(
        "SELECT s.slug, i.number FROM incidents i JOIN schools s ON s.id = i.school_id"
    )
    assert len(numbers) == sum(one.logged for one in played.values()) > 20
    for slug, number in numbers:
        check_incident(ledger, number, slug)
    check_numbers(ledger)
    assert unexplained(ledger.rows(EVENTS)) == 0
    assert clocks.wrong(ledger.rows) == []


def _play(app: Flask) -> dict[str, Played]:
    found = {}
    with app.app_context():
        with across_schools("the schools of the play"):
            wanted = select(School.id, School.slug, School.code, School.name, School.status)
            rows = db.session.execute(wanted.order_by(School.id).limit(2)).all()
            holidays = frozenset(db.session.scalars(select(BankHoliday.on)))
        span = Span(date(2026, 1, 26), date(2026, 2, 20), 12, TERMS, holidays)
        for here in (SchoolName(*row) for row in rows):
            cast = cast_of(here)
            with acting_in(here.id):
                get_ready(cast)
                found[here.slug] = Play(cast, span, 7, TASKS).run()
    return found
