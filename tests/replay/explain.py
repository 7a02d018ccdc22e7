"""From its events alone: in which state an incident must be. The table is the whole of it."""

from __future__ import annotations

from collections.abc import Iterable

# fmt: off
# What an event leaves behind; None: the state stays; "to": the event says it.
LEAVES: dict[str, str | None] = {
    "incident.logged":      "to",
    "incident.checked":     "to check",
    "incident.returned":    "returned",
    "incident.handed_in":   "new",
    "incident.taken":       "in_progress",
    "incident.assigned":    "to assignment",
    "incident.escalated":   "queued",
    "incident.handed_back": "queued",
    "incident.held":        "on_hold",
    "incident.resumed":     "in_progress",
    "incident.resolved":    "resolved",
    "incident.self_cured":  "resolved",
    "incident.reopened":    "in_progress",
    "incident.closed":      "closed",
    "incident.close_undone": "resolved",
    "incident.cancelled":   "cancelled",
    "incident.approval_asked": "awaiting_approval",
    "incident.approved":    "queued",
    "incident.rejected":    "rejected",
    "incident.advice_asked": "advice",
    "incident.passed_on":   "new",
    "incident.advice_accepted": "resolved",
}
# fmt: on


def state_of(events: Iterable[tuple[str, str | None, str | None, bool]]) -> str:
    """Of (kind, to, note, whether by the reporter), in order."""
    state, waits_for = "", None
    for kind, to, note, is_by_reporter in events:
        leaves = LEAVES.get(kind)
        if kind == "incident.held":
            waits_for = note
        if leaves == "to":
            state = str(to)
        elif leaves == "to check":
            state = "queued" if state == "new" else state
        elif leaves == "to assignment":
            state = _assigned(state, to)
        elif leaves is not None:
            state = leaves
        elif kind == "incident.noted" and is_by_reporter and waits_for == "awaiting_user":
            # Their answer ends the wait for it, and no other.
            state = "in_progress" if state == "on_hold" else state
    return state


def _assigned(state: str, to: str | None) -> str:
    """To a person it is in progress; to a group it waits there."""
    return state if to is None else "in_progress"
