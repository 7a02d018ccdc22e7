"""States of a change and of an implementation, and what each needs: tables and pure functions.

Source: domain.md 2.3. Peer review, the notice and the update of the register become states of
their own later; the columns know them already.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, NamedTuple

# fmt: off
STATE_WORDS = {
    "draft":                 "Draft",
    "submitted":             "Waits for approval to proceed",
    "approved_to_proceed":   "Approved: to be prepared",
    "prepared":              "Prepared: waits for approval to implement",
    "approved_to_implement": "Approved to implement",
    "implementing":          "Being implemented",
    "implemented":           "Implemented",
    "backed_out":            "Backed out",
    "closed":                "Closed",
    "rejected":              "Rejected",
    "cancelled":             "Cancelled",
}
STATE_COLOURS = {
    "submitted": "yellow", "prepared": "yellow", "approved_to_proceed": "blue",
    "approved_to_implement": "blue", "implementing": "turquoise", "implemented": "green",
    "backed_out": "orange", "rejected": "red",
}
REASON_WORDS = {"problem": "It solves a problem", "new_need": "Something new is needed"}
# fmt: on
FINISHED = frozenset({"closed", "rejected", "cancelled"})
WAITS_FOR_OWNER = ("submitted", "prepared")
# Decided but not done: the forward schedule of change (R103).
COMING = ("approved_to_proceed", "prepared", "approved_to_implement", "implementing")


class Step(NamedTuple):
    """How a state is reached."""

    before: frozenset[str]
    permission: str
    # Columns that must be filled by then.
    needs: tuple[str, ...]
    words: str
    # What the page asks with it.
    asks: tuple[str, ...] = ()


def _after(*states: str) -> frozenset[str]:
    return frozenset(states)


_DESCRIBED = ("affected", "users_affected", "contracts_affected", "risk")
_PREPARED = ("test_plan", "back_out_plan", "communication_plan", "planned_start", "planned_end")
# fmt: off
STEPS: dict[str, Step] = {
    "submitted":             Step(_after("draft"), "change.originate", _DESCRIBED,
                                  "Ask for approval"),
    "approved_to_proceed":   Step(_after("submitted"), "change.approve", (),
                                  "Approve it: it may be prepared", ("note",)),
    "prepared":              Step(_after("approved_to_proceed"), "change.work", _PREPARED,
                                  "It is prepared"),
    "approved_to_implement": Step(_after("prepared"), "change.approve", (),
                                  "Approve it: it may be implemented", ("note",)),
    "implementing":          Step(_after("approved_to_implement"), "change.work", (),
                                  "Begin"),
    "implemented":           Step(_after("implementing"), "change.work", ("outcome",),
                                  "It is implemented", ("outcome",)),
    "backed_out":            Step(_after("implementing"), "change.work", ("outcome",),
                                  "It is backed out", ("outcome",)),
    "closed":                Step(_after("implemented", "backed_out"), "change.originate", (),
                                  "Close it"),
    "rejected":              Step(_after("submitted", "prepared"), "change.approve",
                                  ("decision_note",), "Reject it", ("note",)),
    "cancelled":             Step(_after("draft", "submitted", "approved_to_proceed", "prepared",
                                         "approved_to_implement"), "change.originate",
                                  ("decision_note",), "Cancel it", ("note",)),
}
# What is missing, in a sentence under the field that asks for it.
MISSING = {
    "affected":           ("affected",           "Say which services and equipment are affected"),
    "users_affected":     ("users_affected",     "Say who is affected"),
    "contracts_affected": ("contracts_affected", "Say which contracts are affected, or none"),
    "risk":               ("risk",               "Say what can go wrong"),
    "test_plan":          ("test_plan",          "Say how it is tested"),
    "back_out_plan":      ("back_out_plan",      "Say how it is undone when it goes wrong"),
    "communication_plan": ("communication_plan", "Say how people are told"),
    "planned_start":      ("planned_start",      "Say when it begins"),
    "planned_end":        ("planned_end",        "Say when it ends"),
    "outcome":            ("outcome",            "Say how it went"),
    "decision_note":      ("note",               "Say why"),
}
# What may still be written in which state, and by whom: what was approved stays as it was.
ASKED_FOR = ("title", "reason", "problem", "description", "affected", "users_affected", "benefits",
             "cost", "contracts_affected", "risk")
PLANNED = ("test_plan", "back_out_plan", "communication_plan", "planned_start", "planned_end",
           "urgent")
OPEN_FOR = {
    **{name: (frozenset({"draft", "submitted"}), "change.originate") for name in ASKED_FOR},
    **{name: (frozenset({"draft", "submitted", "approved_to_proceed"}), "change.work")
       for name in PLANNED},
}
EVENT_WORDS = {
    "change.asked_for": "Asked for",
    "change.changed":   "Changed",
    **{f"change.{state}": words for state, words in STATE_WORDS.items()},
}

STATUS_WORDS = {
    "planned": "Planned", "in_hand": "In hand", "done": "Done", "stopped": "Stopped",
}
STATUS_COLOURS = {"in_hand": "turquoise", "done": "green", "stopped": "orange"}
ORIGIN_WORDS = {"change": "A change", "problem": "A problem", "plan": "A plan of the school"}
MAY_FOLLOW = {
    "planned": frozenset({"in_hand", "done", "stopped"}),
    "in_hand": frozenset({"done", "stopped"}),
    "stopped": frozenset({"in_hand"}),
    "done":    frozenset(),
}
IMPLEMENTATION_EVENTS = {
    "implementation.added":          "Set up as {after}",
    "implementation.changed":        "Changed",
    "implementation.begun":          "Begun",
    "implementation.milestone_done": "Milestone reached: {after}",
    "implementation.milestone_changed": "Milestone changed: {after}",
    "implementation.milestone_removed": "Milestone removed: {before}",
    "implementation.done":           "Done",
    "implementation.stopped":        "Stopped",
}
# fmt: on


def reference(code: str, number: int) -> str:
    """What people say aloud: HAM-C4."""
    return f"{code}-C{number}"


def refusal(state: str, wanted: str) -> str:
    """One sentence that says why not, and what comes before."""
    order = list(STATE_WORDS)
    before = ", or ".join(
        f"“{STATE_WORDS[one]}”" for one in sorted(STEPS[wanted].before, key=order.index)
    )
    return f"It stands at “{STATE_WORDS[state]}”. This step comes only after: {before}."


def percent(milestones: Iterable[Any]) -> int | None:
    """Of a hundred, how much is done; None where there is nothing to count."""
    marks = [one.done_on is not None for one in milestones]
    return round(100 * sum(marks) / len(marks)) if marks else None
