"""What of a file could not be brought along, by reason and value: how often, and where first. Pure.

Only columns that say something of the work are repeated, never names or texts of people.
"""

from __future__ import annotations

from typing import Any

# fmt: off
REASONS = {
    "no incident":  "rows without an incident: left out",
    "no time":      "rows without a time: left out",
    "time":         "times that cannot be read: the rows were left out",
    "future":       "times that have not come yet: the rows were left out",
    "cells":        "rows with fewer cells than columns: left out",
    "school":       "schools that are not known here: without another row of theirs, left out",
    "other school": "rows of another school than the incident began in: counted with that one",
    "status":       "states without a word of ours: the state before was kept",
    "hold_reason":  "on hold without a reason of ours: it waits for nobody in particular",
    "line":         "lines that are not known: the line before was kept",
    "priority":     "priorities that are not known: the one before was kept",
    "impact":       "impacts that are not known: left out",
    "urgency":      "urgencies that are not known: left out",
    "category":     "categories that are not known: left out",
    "type":         "kinds that are not known: taken as incidents",
    "reported_at":  "times of the report that cannot be right: the first event was taken",
    "no priority":  "incidents without any priority: measured like a sheet not yet checked (P2)",
}
# fmt: on
_MOST_VALUES = 200
_LONGEST = 60
OTHERS = "(others)"


class Unmapped:
    def __init__(self) -> None:
        self._found: dict[str, dict[str, list[int]]] = {}

    def add(self, reason: str, value: str, line: int, times: int = 1) -> None:
        values = self._found.setdefault(reason, {})
        short = value if len(value) <= _LONGEST else f"{value[: _LONGEST - 1]}…"
        if short not in values and len(values) >= _MOST_VALUES:
            short = OTHERS
        seen = values.setdefault(short, [0, line])
        seen[0] += times
        seen[1] = min(seen[1], line)

    def as_rows(self) -> list[dict[str, Any]]:
        """By reason in the order of the table, the most frequent first."""
        return [
            {"reason": reason, "value": value, "rows": count, "first_line": line}
            for reason in REASONS
            for value, (count, line) in sorted(
                self._found.get(reason, {}).items(), key=lambda one: (-one[1][0], one[1][1])
            )
        ]
