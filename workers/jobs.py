"""The tasks that `later()` may name. Thin: each gets ids, calls one action, and may run twice.

The drain has stepped into the row's school before it calls one, and commits after it.
"""

from __future__ import annotations

from collections.abc import Callable

from app.incidents import clocks


def decide_clocks(incident_id: int) -> None:
    """A due time has passed: what has been breached is written down."""
    clocks.decide_overdue(incident_id)


TASKS: dict[str, Callable[..., None]] = {
    "decide_clocks": decide_clocks,
}
