"""“Why this deadline?”: each promised time of an incident as a strip, a sentence and a table."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any, NamedTuple

from flask import render_template
from flask.typing import ResponseReturnValue as Answer

from app import clock
from app.door import me, requires
from app.incidents import views_words
from app.incidents.blueprint import pages
from app.incidents.clocks import clocks_of
from app.incidents.explained import Explained, explain_clocks
from app.incidents.reading import open_to_read
from app.incidents.views_steps import ONE, reference_of
from app.service_hours import A_SECOND, Stretch
from app.web.words import day_time, open_words

_WIDTH = 1000.0


class Piece(NamedTuple):
    """One stretch: where it is drawn, and what is said of it."""

    x: float
    width: float
    look: str
    began_at: datetime
    ended_at: datetime
    why: str
    length: str
    is_counted: bool


@pages.get(f"{ONE}/deadlines")
@requires("incident.view")
def deadlines(number: int) -> Answer:
    incident, now = open_to_read(me(), number), clock.now()
    found = explain_clocks(incident, clocks_of(incident), now)
    return render_template(
        "incidents/deadlines.html",
        incident=incident,
        reference=reference_of(number),
        clocks=[(one, _what(one), _finding(one), _pieces(one)) for one in found],
    )


def _what(one: Explained) -> str:
    said: dict[str, Any] = {"kind": one.kind, "metric": one.metric, "due_at": None}
    named = {"agreement_name": one.agreement_name, "state": one.state}
    return views_words.measured(said | named)[0]


def _finding(one: Explained) -> str:
    """What the picture shows, in one sentence."""
    if one.state == "cancelled":
        return "Not measured: it was called off, or nothing was promised."
    if one.due_at is None:
        return "Nothing is due: no time is promised at this priority, or none is open so far ahead."
    promised = _promise(one)
    paused = f", with {open_words(one.paused_seconds)} paused" if one.paused_seconds else ""
    return f"{promised} from {day_time(one.started_at)}{paused}: {_outcome(one)}."


def _promise(one: Explained) -> str:
    if one.target_working_days is not None:
        days = one.target_working_days
        return (
            f"The close of {'the next' if days == 1 else f'{days}'} working day{'s'[: days != 1]}"
        )
    return f"{open_words(one.target_seconds or 0)} of open time".capitalize()


def _outcome(one: Explained) -> str:
    assert one.due_at is not None
    due = day_time(one.due_at)
    if one.state == "met" and one.stopped_at:
        return f"due {due}, done {day_time(one.stopped_at)}, in time"
    if one.state == "breached":
        done = f", done {day_time(one.stopped_at)}" if one.stopped_at else ""
        late = one.decided_at and one.decided_at != one.due_at
        since = f", and past at {day_time(one.decided_at)}" if late and one.decided_at else ""
        return f"due {due}{since}{done}, late"
    if one.state == "paused":
        return f"due {due} if work went on now"
    return f"due {due}"


def _pieces(one: Explained) -> list[Piece]:
    if not one.stretches or one.due_at is None:
        return []
    start = one.stretches[0].began_at
    whole = max((one.stretches[-1].ended_at - start) / A_SECOND, 1.0)
    return [_piece(stretch, start, whole) for stretch in one.stretches]


def _piece(one: Stretch, start: datetime, whole: float) -> Piece:
    length: timedelta = one.ended_at - one.began_at
    look = "counted" if one.is_counted else "paused" if one.why == "paused" else "closed"
    return Piece(
        x=round((one.began_at - start) / A_SECOND / whole * _WIDTH, 2),
        width=round(length / A_SECOND / whole * _WIDTH, 2),
        look=look,
        began_at=one.began_at,
        ended_at=one.ended_at,
        why=one.why,
        length=open_words(length // A_SECOND),
        is_counted=one.is_counted,
    )
