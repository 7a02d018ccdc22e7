"""What a critical date does to the priority of a fault, and to a change: a table, pure functions.

Source: domain.md 3.1 (a fault during tests, exams, census or an inspection is P1) and N13 (any
other date raises by one step).
"""

from __future__ import annotations

# fmt: off
KIND_WORDS = {
    "tests":      "Tests (SATs, phonics, mocks)",
    "exams":      "Exams",
    "census":     "Census day",
    "results":    "Results day",
    "inspection": "Inspection",
    "other":      "Something else",
}
EVENT_WORDS = {
    "critical_date.added":     "Written down as {after}",
    "critical_date.changed":   "Changed",
    "critical_date.cancelled": "Cancelled",
    "critical_date.restored":  "It takes place after all",
}
# fmt: on
# During these a fault that touches them is P1 at once.
TO_THE_TOP = frozenset({"tests", "exams", "census", "inspection"})
# One that names neither service nor room touches every fault that hits more than one person; an
# inspector may meet any.
HITS_SEVERAL = 2


def is_touched(kind: str, impact: int, *, is_scoped: bool) -> bool:
    """Whether it concerns this fault. `is_scoped`: the date names a service or a room, and the
    fault is of that service or in that room."""
    return is_scoped or kind == "inspection" or impact <= HITS_SEVERAL


def raised(priority: int, kind: str) -> int:
    """The priority that a fault gets which the date touches."""
    return 1 if kind in TO_THE_TOP else max(1, priority - 1)
