"""The clocks of a life that is told afterwards: the desk's from the log, the LA's from the forward.

The agreement is the one in force on that day, and each clock is read as any other is. No log says
when somebody stood in the room, so there are none for being on site.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from types import SimpleNamespace

from app.calendar_days import day_of
from app.contracts.clock_rules import read
from app.contracts.queries import agreement_in_force
from app.contracts.rules import Kind, Metric
from app.incidents import clocks
from app.incidents.rules import FINISHED, Status
from app.incidents.warnings import next_look, percent_reached
from app.past.lives import Life
from app.past.rows import ClockRow

_METRICS = (Metric.RESPONSE, Metric.RESOLUTION)
_NOT_MEASURED = frozenset({Status.CANCELLED, Status.REJECTED})
# A person of the provider has done something.
_AT_WORK = frozenset({Status.IN_PROGRESS, Status.ON_HOLD, *FINISHED})


def answered_by_provider_at(life: Life) -> datetime | None:
    """The first that somebody of the LA's did: took, held, solved it or passed it on."""
    line = 0
    for at, state in life.states:
        has_passed_on = line > 0 and state.line != line
        if has_passed_on or (state.line > 0 and state.status in _AT_WORK):
            return at
        line = state.line
    return None


def clocks_of(
    life: Life, school_id: int, kind_of: str, now: datetime
) -> tuple[list[ClockRow], datetime | None]:
    """With when the worker is to look at them; None where all of it is decided."""
    incident = SimpleNamespace(
        school_id=school_id,
        type=kind_of,
        logged_at=life.began_at,
        priority_history=[[at.isoformat(), f"P{priority}"] for at, priority in life.priorities],
    )
    spans = clocks.spans_of(life.turns)
    made, looks = list(_started(life, school_id, kind_of)), []
    for one in made:
        _stop(one, life)
        pure = clocks.pure_of(incident, one, spans)
        found = read(pure, now)
        clocks.store(one, found)
        one.warned_percent = percent_reached(pure, found, now)
        looks.append(next_look(one.warned_percent, pure, found, now))
    return made, min((at for at in looks if at is not None), default=None)


def _started(life: Life, school_id: int, kind_of: str) -> Iterator[ClockRow]:
    begun = ((Kind.OLA, life.logged_with_desk_at), (Kind.SLA, life.forwarded_at))
    for kind, at in begun:
        if at is None:
            continue
        agreement = agreement_in_force(kind, day_of(at))
        for metric in _METRICS:
            targets = agreement.terms.targets_of(metric, is_request=kind_of == "request")
            if not any(targets.values()):
                continue
            yield ClockRow(
                school_id=school_id,
                agreement_kind=kind.value,
                metric=metric.value,
                started_at=at,
                due_at=at,
                la_agreement_version_id=agreement.la_version_id,
                agreement_version_id=agreement.own_version_id,
            )


def _stop(one: ClockRow, life: Life) -> None:
    """Whatever ends an incident is an answer too, so that no response is owed after it."""
    if life.state.status in _NOT_MEASURED:
        one.cancelled_at = life.over_at
    elif one.metric == Metric.RESOLUTION:
        one.stopped_at = life.resolved_at
    else:
        is_desks = one.agreement_kind == Kind.OLA
        answered_at = life.answered_at if is_desks else answered_by_provider_at(life)
        one.stopped_at = answered_at and max(answered_at, one.started_at)
