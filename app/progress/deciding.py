"""What waits for the ICT owner here, for the top of the work list."""

from __future__ import annotations

from app.incidents.decisions import Decision
from app.progress.queries import how_many_wait

CHANGES = Decision(
    "change.approve", "Changes to approve", "changes.index", how_many_wait, {"open": "true"}
)
