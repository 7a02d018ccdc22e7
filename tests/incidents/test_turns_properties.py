"""Ten thousand random histories: turns tile from log to close, and what each party had adds up."""

from __future__ import annotations

import random
from contextlib import nullcontext
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from app.calendar_days import Calendar
from app.contracts.rules import HOLD_REASONS
from app.incidents import rules, turns
from app.incidents.models import Incident, Turn
from app.incidents.rules import FINISHED, STEPS, Status, waiting_for
from app.incidents.turn_strip import WIDTH, returns, seconds_of, strip
from tests.service_calendars import STD

HISTORIES = 10_000
START = datetime(2026, 1, 5, 8, 0, tzinfo=UTC)
GROUPS = {0: (None,), 1: ("LA first line", "School technicians"), 2: ("LA second line", "Servers")}
GROUPS[3] = ("Lamps Ltd", "Cables Ltd")
# A step that leads to another line, and how far.
LINES = {"escalate": 1, "hand_back": -1}
# It moves nothing: the end of the last turn is taken back (tests of undo.py).
NO_MOVE = "undo_close"


class NoDatabase:
    """What `turns` asks of a session: the turns of an incident in hand are kept with it."""

    no_autoflush = nullcontext()

    def add(self, turn: Turn) -> None: ...

    def execute(self, statement: Any) -> None: ...


@pytest.fixture
def pure(monkeypatch):
    """The real moves, with nothing written down."""

    class Handle:
        session = NoDatabase()

    monkeypatch.setattr(turns, "db", Handle)


def legal_steps(incident: Incident) -> list[str]:
    status = Status(incident.status)
    found = [name for name, (states, leads_to) in STEPS.items() if status in states and leads_to]
    found = [name for name in found if name != NO_MOVE]
    if incident.line == 3:
        found = [name for name in found if name != "escalate"]
    return [name for name in found if not (name == "hand_back" and incident.line == 0)]


def live(chance: random.Random) -> tuple[Incident, list[Turn], datetime]:
    """One incident from its sheet to its end, or to wherever it is when nobody does more."""
    now = START + timedelta(minutes=chance.randrange(60 * 24 * 7))
    incident = Incident(
        id=1,
        status=Status.ADVICE if chance.random() < 0.1 else Status.NEW,
        line=0,
        highest_line=0,
        hold_reason=None,
        group_name=None,
        updated_at=now,
        logged_at=now,
    )
    kept = [turns.begin(incident, now)]
    for _ in range(chance.randrange(1, 18)):
        steps = legal_steps(incident)
        if not steps:
            break
        name = chance.choice(steps)
        now += timedelta(seconds=chance.choice((0, 1, 60, 3600, 90_000)) * chance.randrange(1, 5))
        if name == "hold":
            incident.hold_reason = chance.choice(HOLD_REASONS)
        line = incident.line + LINES.get(name, 0)
        if name in LINES or name == "give_group":
            incident.group_name = chance.choice(GROUPS[line])
        leads_to = STEPS[name][1]
        assert leads_to is not None
        turns.move(incident, leads_to, now, line=line)
        kept = turns.turns_of(incident)
    return incident, kept, now


def test_turns_tile_and_their_sums_equal_the_whole_over_ten_thousand_histories(pure):
    chance = random.Random(20260113)
    ended, seen = 0, set()
    for _ in range(HISTORIES):
        incident, found, now = live(chance)
        is_over = Status(incident.status) in FINISHED - {Status.RESOLVED}
        ended += is_over
        seen |= {one.status for one in found}
        assert found[0].began_at == incident.logged_at
        for one, after in zip(found, found[1:], strict=False):
            assert one.began_at <= one.ended_at == after.began_at
        assert sum(one.ended_at is None for one in found) == (0 if is_over else 1)
        assert (found[-1].ended_at is None) != is_over
        if not is_over:
            status = Status(incident.status)
            party = waiting_for(status, incident.line, incident.hold_reason)
            assert found[-1].party == incident.waiting_for == party
        whole = (found[-1].ended_at or now) - incident.logged_at
        parties: dict[str, timedelta] = {}
        for one in found:
            parties.setdefault(one.party, timedelta())
            parties[one.party] += (one.ended_at or now) - one.began_at
        assert sum(parties.values(), timedelta()) == whole
    # Or they would prove little.
    assert HISTORIES / 10 < ended < HISTORIES
    assert seen >= set(rules.OPEN) | {Status.RESOLVED}


def test_the_strip_adds_up_too(pure):
    """In open hours: each party's sum, the whole, and the drawing from edge to edge."""
    chance = random.Random(7)
    calendar: Calendar = STD
    for _ in range(1_500):
        incident, found, now = live(chance)
        drawn = strip(found, calendar, now)
        whole = seconds_of(
            Turn(began_at=incident.logged_at, ended_at=found[-1].ended_at or now), calendar, now
        )
        # Each turn counts whole seconds; all instants here are whole seconds.
        assert drawn.total == whole == sum(one.open_seconds for one in drawn.pieces)
        assert drawn.pieces[0].x == 0
        for one, after in zip(drawn.pieces, drawn.pieces[1:], strict=False):
            assert one.width > 0
            assert one.x + one.width == after.x
        assert drawn.pieces[-1].x + drawn.pieces[-1].width == WIDTH
        assert 0 <= drawn.returns < len(found)


@pytest.mark.parametrize(
    ("holders", "came_back"),
    [
        ([(0, None)], 0),
        ([(0, None), (0, None)], 0),
        ([(0, None), (1, "LA"), (0, None)], 1),
        ([(0, None), (1, "LA"), (2, "Servers"), (1, "LA"), (2, "Servers")], 2),
        ([(0, None), (1, "LA"), (1, "Technicians"), (1, "LA")], 1),
        ([(0, None), (1, "LA"), (1, "LA"), (2, "LA")], 0),
    ],
)
def test_ping_pong_is_counted(holders, came_back):
    assert returns([Turn(line=line, group_name=name) for line, name in holders]) == came_back
