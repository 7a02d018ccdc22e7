"""States of a problem and what each needs: tables and pure functions. Source: domain.md 2.3.

What needs a change (RFC) comes with changes; the states here need none.
"""

from __future__ import annotations

from typing import NamedTuple

# fmt: off
STATE_WORDS = {
    "logged":           "Logged",
    "assigned":         "Being looked into",
    "known_error":      "Known error",
    "solution_planned": "Solution planned",
    "resolved":         "Resolved",
    "closed":           "Closed",
    "accepted":         "Left unsolved",
    "cancelled":        "Cancelled",
}
STATE_COLOURS = {
    "logged": "blue", "assigned": "turquoise", "known_error": "orange",
    "solution_planned": "purple", "resolved": "green",
}
SOURCE_WORDS = {
    "incidents":                "Incidents",
    "monitoring":               "Monitoring",
    "preventative_maintenance": "Preventative maintenance",
    "review":                   "A review",
}
EVENT_WORDS = {
    "problem.logged":            "Logged",
    "problem.written_up":        "Changed what is written",
    "problem.assigned":          "Gave it to {to}",
    "problem.known_error":       "Found the cause: it is a known error",
    "problem.solution_planned":  "Planned the solution",
    "problem.resolved":          "Resolved it",
    "problem.closed":            "Closed it",
    "problem.accepted":          "Left it unsolved",
    "problem.cancelled":         "Cancelled it",
    "problem.incident_linked":   "Put {to} under it",
    "problem.incident_unlinked": "Took {to} off it",
}
OPEN = frozenset({"logged", "assigned", "known_error", "solution_planned"})
FINISHED = frozenset({"closed", "accepted", "cancelled"})


class Step(NamedTuple):
    """How a state is reached."""

    before: frozenset[str]
    permission: str
    # Columns that must be filled by then.
    needs: tuple[str, ...]
    words: str


STEPS: dict[str, Step] = {
    "assigned":         Step(frozenset({"logged", "assigned", "known_error", "solution_planned"}),
                             "problem.manage", ("resolver_name",), "Give it to somebody"),
    "known_error":      Step(frozenset({"assigned"}),
                             "problem.work", ("cause", "workaround"), "It is a known error"),
    "solution_planned": Step(frozenset({"known_error"}),
                             "problem.work", ("solution", "target_date"), "Plan the solution"),
    "resolved":         Step(frozenset({"assigned", "solution_planned"}),
                             "problem.work", ("solution",), "It is resolved"),
    "closed":           Step(frozenset({"resolved"}),
                             "problem.manage", (), "Close it"),
    "accepted":         Step(OPEN,
                             "problem.manage", ("reason", "target_date"), "Leave it unsolved"),
    "cancelled":        Step(OPEN, "problem.manage", ("reason",), "Cancel it"),
}
# What is missing, in a sentence under the field that asks for it.
MISSING = {
    "resolver_name": ("resolver",    "Say who looks into it"),
    "cause":         ("cause",       "Say what the cause is"),
    "workaround":    ("workaround",  "Say how people can work meanwhile"),
    "solution":      ("solution",    "Say what the solution is"),
    "target_date":   ("target_date", "Give a date"),
    "reason":        ("reason",      "Say why"),
}
# Who may write which part of it: whoever logs describes it, whoever works on it finds the cause.
WRITTEN_BY = {
    "title":       ("problem.log",), "description": ("problem.log",), "affected": ("problem.log",),
    "impact":      ("problem.log",), "priority":    ("problem.log",),
    "cause":       ("problem.work", "problem.manage"),
    "workaround":  ("problem.work", "problem.manage"),
    "solution":    ("problem.work", "problem.manage"),
    "target_date": ("problem.work", "problem.manage"),
}
# Who may be asked to look into one (domain.md 2.3 and 2.6).
RESOLVING_ROLES = ("service_desk_owner", "technician")
RESOLVING_AT_LA = ("la_second_line", "la_manager")
# fmt: on
# So long nothing new may have been linked before it is closed.
QUIET_WORKING_DAYS = 10


def reference(code: str, number: int) -> str:
    """What people say aloud: HAM-P12."""
    return f"{code}-P{number}"


def refusal(state: str, wanted: str) -> str:
    """One sentence that says why not, and what to do."""
    before = ", ".join(STATE_WORDS[one].lower() for one in sorted(STEPS[wanted].before))
    return (
        f"It is {STATE_WORDS[state].lower()}. “{STATE_WORDS[wanted]}” comes only after: {before}."
    )
