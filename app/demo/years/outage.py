"""The third story: one morning without internet at forty schools, each with its own report, put
right for all of them at one time by the LA's second line."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta
from random import Random
from typing import NamedTuple

from app.announcements.actions import announce
from app.demo.years import doings as do
from app.demo.years import sheets
from app.demo.years.moves import Do, Move
from app.demo.years.scene import Cast
from app.demo.years.stories import OUTAGE_ENDS, Times
from app.incidents import actions
from app.incidents.models import Incident
from app.incidents.rules import Status

FOUND = (1, 1, "network")
_TITLE = "No internet and no telephones this morning"


class Step(NamedTuple):
    at: datetime
    move: Move
    # In which state it finds the incident.
    status: Status
    is_last: bool = False


def report(cast: Cast, dice: Random) -> Incident:
    """And the school's desk tells everybody, so that nobody reports it twice."""
    by = dice.choice(cast.reporters)
    incident = actions.log_incident(by=by, **sheets.outage_sheet(dice, cast.house))
    announce(
        by=cast.spoc,
        kind="outage",
        title=_TITLE,
        text="The authority’s network is down. Use what is on the computers themselves.",
        ends_at=OUTAGE_ENDS + timedelta(hours=3),
    )
    return incident


def steps(times: Times) -> Iterator[Step]:
    in_queue, in_hand = Status.QUEUED, Status.IN_PROGRESS
    yield Step(times.checked, _move(do.check), Status.NEW)
    yield Step(times.forwarded, _move(do.forward), in_queue)
    yield Step(times.taken, _move(do.take), in_queue)
    yield Step(times.passed_on, _move(do.to_second_line), in_hand)
    yield Step(times.taken_again, _move(do.take), in_queue)
    yield Step(times.resolved, _move(do.resolve_outage), in_hand, is_last=True)


def _move(act: Do) -> Move:
    return Move(1, act, 1)
