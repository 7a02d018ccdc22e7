"""What the history of an incident says of a change from one state to the next. Pure.

The kinds are the product's own, so that timeline and reports read them like any others.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, NamedTuple

from app.incidents.rules import FINISHED, Status

S = Status
_DESK = "school desk"
# What a state is called by when it comes, wherever it comes from.
_BECOMES = {
    S.RETURNED: "incident.returned",
    S.ADVICE: "incident.advice_asked",
    S.AWAITING_APPROVAL: "incident.approval_asked",
    S.IN_PROGRESS: "incident.taken",
    S.ON_HOLD: "incident.held",
    S.RESOLVED: "incident.resolved",
    S.CLOSED: "incident.closed",
    S.CANCELLED: "incident.cancelled",
    S.REJECTED: "incident.rejected",
}
_DONE = (S.RESOLVED, S.CLOSED)


class Step(NamedTuple):
    kind: str
    before: str | None = None
    after: str | None = None
    note: str | None = None
    visibility: str = "public"


def steps_between(before: Any, now: Any) -> Iterator[Step]:
    """In order; `before` None at the log. Both are states of app.past.lives."""
    if before is None:
        first = S.NEW if now.status in FINISHED else now.status
        yield Step("incident.logged", after=first)
        before = now._replace(status=first, hold=None)
    elif before.status in FINISHED and now.status not in FINISHED:
        yield Step("incident.reopened", before=before.status, after=S.IN_PROGRESS)
        before = before._replace(status=S.IN_PROGRESS)
    moved = _moved(before, now)
    if moved is not None:
        yield moved
        before = before._replace(status=S.QUEUED)
    if now.priority and now.priority != before.priority:
        was = f"P{before.priority}" if before.priority else None
        yield Step("incident.checked", was, f"P{now.priority}")
        before = before._replace(status=S.QUEUED if before.status == S.NEW else before.status)
    if (now.status, now.hold) != (before.status, before.hold):
        yield from _became(before, now)


def _moved(before: Any, now: Any) -> Step | None:
    if (before.line, before.group) == (now.line, now.group) or now.status in FINISHED:
        return None
    kind = "incident.assigned"
    if before.line != now.line:
        kind = "incident.escalated" if now.line > before.line else "incident.handed_back"
    return Step(kind, before.group or _DESK, now.group or _DESK)


def _became(before: Any, now: Any) -> Iterator[Step]:
    if now.status == S.CLOSED and before.status not in _DONE:
        yield Step("incident.resolved", before.status, S.RESOLVED)
    if now.status == S.IN_PROGRESS and before.status == S.ON_HOLD:
        yield Step("incident.resumed", before.status, now.status, before.hold)
    elif now.status == S.IN_PROGRESS:
        yield Step("incident.taken", None, now.person or now.group)
    elif now.status == S.ON_HOLD:
        yield Step("incident.held", before.status, now.status, now.hold)
    elif now.status in _BECOMES:
        yield Step(_BECOMES[now.status], before.status, now.status)
    elif before.status == S.NEW:
        yield Step("incident.checked", None, f"P{now.priority}" if now.priority else None)
    elif now.status == S.QUEUED:
        # Whoever had it has let go of it; nobody has it now.
        yield Step("incident.handed_back", before.status, now.group or _DESK)
    else:
        yield Step("incident.passed_on", before.status, now.status)
