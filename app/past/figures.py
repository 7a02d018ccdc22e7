"""What a log comes to: counts, hand-overs, ping-pong, reopenings, how long it took, who waited.

Kept while incidents go by, so that a log of any length needs no more memory than its sums. Pure.
"""

from __future__ import annotations

from array import array
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable
from datetime import datetime
from statistics import fmean, median
from typing import Any

from app.calendar_days import AnyCalendar
from app.incidents.rules import FINISHED, HOLD_PARTY, Party, Status
from app.past.lives import Life
from app.service_hours import open_seconds

# On hold, and the log does not say why.
NOT_SAID = "not_said"
_HOUR = 3600


class Figures:
    """`hours_of`: the open hours of the desk that logged it on that day."""

    def __init__(self) -> None:
        self.incidents = self.events = 0
        self.incidents_by_status: Counter[str] = Counter()
        self.events_by_status: Counter[str] = Counter()
        self.incidents_by_highest_line: Counter[int] = Counter()
        self.incidents_by_last_line: Counter[int] = Counter()
        self.events_by_line: Counter[int] = Counter()
        self.incidents_by_both: Counter[tuple[str, int]] = Counter()
        self.events_by_both: Counter[tuple[str, int]] = Counter()
        self.incidents_by_priority: Counter[str] = Counter()
        self._hand_overs, self._handed_over = 0, 0
        self._returns, self._ping_ponged = 0, 0
        self._reopenings, self._reopened = 0, 0
        self._solved, self._solved_open = array("d"), array("d")
        self._waits: Counter[str] = Counter()
        self._still: Counter[str] = Counter()
        self._waited: defaultdict[str, float] = defaultdict(float)
        self._waited_open: defaultdict[str, float] = defaultdict(float)
        self._by_party: defaultdict[str, float] = defaultdict(float)

    def add(self, life: Life, hours_of: Callable[[datetime], AnyCalendar]) -> None:
        self.incidents += 1
        self.events += len(life.states)
        for _, state in life.states:
            self.events_by_status[state.status.value] += 1
            self.events_by_line[state.line] += 1
            self.events_by_both[state.status.value, state.line] += 1
        self.incidents_by_status[life.state.status.value] += 1
        self.incidents_by_both[life.state.status.value, life.highest_line] += 1
        self.incidents_by_highest_line[life.highest_line] += 1
        self.incidents_by_last_line[life.state.line] += 1
        self.incidents_by_priority[
            f"P{life.state.priority}" if life.state.priority else "none"
        ] += 1
        self._hand_overs += life.reassignment_count
        self._handed_over += life.reassignment_count > 0
        self._returns += life.returns
        self._ping_ponged += life.returns > 0
        self._reopenings += life.reopen_count
        self._reopened += life.reopen_count > 0
        hours = hours_of(life.began_at)
        if life.first_resolved_at is not None:
            took = life.first_resolved_at - life.began_at
            self._solved.append(took.total_seconds() / _HOUR)
            took_open = open_seconds(hours, life.began_at, life.first_resolved_at)
            self._solved_open.append(took_open / _HOUR)
        self._wait(life, hours)

    def _wait(self, life: Life, hours: AnyCalendar) -> None:
        for turn in life.turns:
            if turn.status in FINISHED:
                continue
            is_held = turn.status == Status.ON_HOLD
            cause = turn.hold_reason or (NOT_SAID if is_held else None)
            if turn.ended_at is None:
                if cause is not None:
                    self._still[cause] += 1
                continue
            seconds = (turn.ended_at - turn.began_at).total_seconds()
            self._by_party[turn.party] += seconds
            if cause is not None:
                self._waits[cause] += 1
                self._waited[cause] += seconds
                self._waited_open[cause] += open_seconds(hours, turn.began_at, turn.ended_at)

    def as_json(self) -> dict[str, Any]:
        return {
            "incidents": self.incidents,
            "events": self.events,
            "by_status": _in_order(self.incidents_by_status, Status),
            "events_by_status": _in_order(self.events_by_status, Status),
            "by_line": _in_order(self.incidents_by_highest_line, range(4)),
            "by_last_line": _in_order(self.incidents_by_last_line, range(4)),
            "events_by_line": _in_order(self.events_by_line, range(4)),
            "by_status_and_line": _table(self.incidents_by_both),
            "events_by_status_and_line": _table(self.events_by_both),
            "by_priority": _in_order(self.incidents_by_priority, ("P1", "P2", "P3", "P4", "none")),
            "hand_overs": {"changes": self._hand_overs, "incidents": self._handed_over},
            "ping_pong": {"incidents": self._ping_ponged, "returns": self._returns},
            "reopenings": {"events": self._reopenings, "incidents": self._reopened},
            "first_resolution": {
                "incidents": len(self._solved),
                "mean_hours": _rounded(fmean(self._solved) if self._solved else None),
                "median_hours": _rounded(median(self._solved) if self._solved else None),
                "mean_open_hours": _rounded(fmean(self._solved_open) if self._solved else None),
                "median_open_hours": _rounded(median(self._solved_open) if self._solved else None),
            },
            "waiting": {
                "by_cause": {
                    cause: {
                        "times": self._waits[cause],
                        "hours": _rounded(self._waited[cause] / _HOUR),
                        "open_hours": _rounded(self._waited_open[cause] / _HOUR),
                        "still_waiting": self._still[cause],
                    }
                    for cause in (*HOLD_PARTY, NOT_SAID)
                    if self._waits[cause] or self._still[cause]
                },
                "by_party": {
                    party.value: _rounded(self._by_party[party] / _HOUR)
                    for party in Party
                    if self._by_party[party]
                },
            },
        }


def _in_order(found: Counter[Any], order: Iterable[Any]) -> dict[str, int]:
    return {str(one): found[one] for one in order if found[one]}


def _table(found: Counter[tuple[str, int]]) -> dict[str, dict[str, int]]:
    """By state, and each by line."""
    rows = {
        status.value: Counter({line: found[status.value, line] for line in range(4)})
        for status in Status
    }
    return {name: _in_order(row, range(4)) for name, row in rows.items() if row.total()}


def _rounded(hours: float | None) -> float | None:
    """To a hundredth of a second, which no log writes."""
    return None if hours is None else round(hours, 6)
