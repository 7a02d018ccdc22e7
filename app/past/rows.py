"""The rows of one life: incident, turns, clocks. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from app.incidents.clocks import next_due
from app.incidents.models import NEVER
from app.incidents.rules import FINISHED, Status, waiting_for
from app.past.events import instant_of
from app.past.lives import OVER, Life, Turn

NOT_BROUGHT = "not brought along"


@dataclass
class ClockRow:
    """A clock on its way into its table; the clocks' own functions read and write it like one."""

    school_id: int
    agreement_kind: str
    metric: str
    started_at: datetime
    due_at: datetime
    la_agreement_version_id: int | None
    agreement_version_id: int | None
    state: str = "running"
    target_seconds: int | None = None
    target_working_days: int | None = None
    stopped_at: datetime | None = None
    cancelled_at: datetime | None = None
    decided_at: datetime | None = None
    paused_since: datetime | None = None
    elapsed_seconds: int = 0
    paused_seconds: int = 0
    warned_percent: int = 0


def incident_row(
    life: Life, clocks: Sequence[ClockRow], look_at: datetime | None, source: str
) -> dict[str, Any]:
    """Its texts stay where they were, unless the mapping names them; so do people's names."""
    state, once = life.state, life.once
    kind = once.get("type", "incident")
    is_off = state.status in (Status.CANCELLED, Status.REJECTED)
    is_solved = life.resolved_at is not None
    answered = [one.stopped_at for one in clocks if one.metric == "response" and one.stopped_at]
    return {
        "type": kind,
        "status": state.status.value,
        "line": state.line,
        "highest_line": life.highest_line,
        "waiting_for": waiting_for(state.status, state.line, state.hold).value,
        "hold_reason": state.hold,
        "title": once.get("title") or f"{kind.capitalize()} {life.key}, brought along",
        "category": once.get("category"),
        "priority": state.priority,
        "priority_history": [[at.isoformat(), f"P{number}"] for at, number in life.priorities],
        "reporter_name": once.get("reporter") or NOT_BROUGHT,
        "logged_by": source,
        "reported_at": _reported_at(life),
        "logged_at": life.began_at,
        "assignee_name": state.person if state.status not in FINISHED else None,
        "group_name": state.group,
        "forwarded_at": life.forwarded_at,
        "checked_at": next(
            (at for at, one in life.states if one.status not in (Status.NEW, Status.ADVICE)), None
        ),
        "first_response_at": min(answered, default=None),
        "restored_at": life.resolved_at,
        "resolved_at": life.resolved_at,
        "closed_at": life.over_at if state.status == Status.CLOSED else None,
        "cancelled_at": life.over_at if is_off else None,
        "resolution_text": f"{NOT_BROUGHT.capitalize()}." if is_solved else None,
        "reopen_count": life.reopen_count,
        "reassignment_count": life.reassignment_count,
        "escalation_count": life.escalation_count,
        "next_due_at": NEVER if state.status in OVER else next_due(clocks),
        "decide_at": look_at,
        "updated_at": life.last_at,
    }


def turn_row(turn: Turn) -> dict[str, Any]:
    return {
        "party": turn.party,
        "line": turn.line,
        "status": turn.status,
        "hold_reason": turn.hold_reason,
        "group_name": turn.group_name,
        "began_at": turn.began_at,
        "ended_at": turn.ended_at,
    }


def _reported_at(life: Life) -> datetime:
    said = life.once.get("reported_at")
    return life.began_at if said is None else min(instant_of(said), life.began_at)
