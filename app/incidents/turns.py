"""Whose turn it is. Moving an incident ends one turn and begins the next, so turns always tile."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import inspect, select, update
from sqlalchemy.orm.attributes import set_committed_value

from app import clock
from app.errors import Refused
from app.incidents.endings import is_over
from app.incidents.models import Incident, Turn
from app.incidents.rules import FINISHED, STEPS, Status, refusal, waiting_for
from tenants import School, db

_TURNS = "turns"
# Such a turn pauses a clock like the hold of that reason.
STANDS_STILL = {Status.AWAITING_APPROVAL.value: "awaiting_approval"}


def reference(code: str, number: int) -> str:
    """What people say aloud: HAM-412."""
    return f"{code}-{number}"


def check_step(incident: Incident, step: str) -> Status:
    """The state the step leads to. Raises Refused in a sentence when it may not be taken now."""
    allowed, leads_to = STEPS[step]
    status = Status(incident.status)
    if status not in allowed:
        code = db.session.scalar(select(School.code)) or ""
        raise Refused(refusal(reference(code, incident.number), status, step))
    return leads_to or status


def instant_for(incident: Incident) -> datetime:
    """Now, but never before this incident's own last step (a host's clock may step back)."""
    return max(clock.now(), incident.updated_at)


def begin(incident: Incident, at: datetime) -> Turn:
    """The first turn, at logging. It is added once the incident has its id."""
    incident.waiting_for = waiting_for(Status(incident.status), incident.line)
    turn = _turn(incident, at)
    inspect(incident).info[_TURNS] = [turn]
    return turn


def move(incident: Incident, status: Status, at: datetime, *, line: int | None = None) -> None:
    """To another state, line or group: one turn ends, the next begins."""
    turns = turns_of(incident)
    incident.status = status
    if line is not None:
        incident.line = line
        incident.highest_line = max(incident.highest_line, line)
    if status != Status.ON_HOLD:
        incident.hold_reason = None
    incident.waiting_for = waiting_for(status, incident.line, incident.hold_reason)
    incident.updated_at = at
    _end(turns, at)
    if status in FINISHED:
        is_over(incident, at)
    if status not in FINISHED or status == Status.RESOLVED:
        turns.append(_turn(incident, at))
        db.session.add(turns[-1])


def turns_of(incident: Incident) -> list[Turn]:
    """In order; the last is open while anybody's turn it is. Read once for an incident in hand."""
    info = inspect(incident).info
    if _TURNS not in info:
        found = select(Turn).where(Turn.incident_id == incident.id)
        with db.session.no_autoflush:
            info[_TURNS] = list(db.session.scalars(found.order_by(Turn.began_at, Turn.id)))
    known: list[Turn] = info[_TURNS]
    return known


def _end(turns: list[Turn], at: datetime) -> None:
    """At once, because a session inserts before it updates and two open turns may not be."""
    if not turns or turns[-1].ended_at is not None:
        return
    last = turns[-1]
    with db.session.no_autoflush:
        db.session.execute(
            update(Turn)
            .where(Turn.id == last.id)
            .values(ended_at=at)
            .execution_options(synchronize_session=False)
        )
    set_committed_value(last, "ended_at", at)


def _turn(incident: Incident, at: datetime) -> Turn:
    return Turn(
        incident_id=incident.id,
        party=incident.waiting_for,
        line=incident.line,
        status=incident.status,
        hold_reason=incident.hold_reason or STANDS_STILL.get(incident.status),
        group_name=incident.group_name,
        began_at=at,
        ended_at=None,
    )
