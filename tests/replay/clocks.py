"""Every stopped clock of a play reckoned anew, day by day and without the product's arithmetic.

Counted: the open seconds between start and stop that no pause took. Its due time is looked at where
one target held throughout.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import UTC, date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

LONDON = ZoneInfo("Europe/London")
DAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
Rows = Callable[..., list[Any]]
Span = tuple[datetime, datetime]

_CLOCKS = """
    SELECT c.school_id, c.incident_id, c.agreement_kind, c.metric, c.started_at, c.stopped_at,
           c.state, nullif(c.due_at, 'infinity'), c.elapsed_seconds, c.paused_seconds,
           c.target_seconds, i.priority_history, v.terms
      FROM clocks c JOIN incidents i ON (i.school_id, i.id) = (c.school_id, c.incident_id)
      JOIN la_agreement_versions v ON v.id = c.la_agreement_version_id
     WHERE c.stopped_at IS NOT NULL AND c.cancelled_at IS NULL AND c.metric <> 'on_site'"""
_TURNS = """
    SELECT school_id, incident_id, began_at, ended_at, line, status, hold_reason FROM turns
     ORDER BY school_id, incident_id, began_at, id"""


def wrong(rows: Rows) -> list[str]:
    """One sentence for each clock that is not what it should be."""
    holidays = {row[0] for row in rows('SELECT "on" FROM bank_holidays')}
    turns: dict[tuple[int, int], list[Any]] = {}
    for school, incident, *turn in rows(_TURNS):
        turns.setdefault((school, incident), []).append(turn)
    found = []
    for school, incident, kind, metric, start, stop, *stored in rows(_CLOCKS):
        state, due, elapsed, paused, target, history, terms = stored
        held = [] if metric == "response" else list(_pauses(turns[school, incident], kind, terms))
        clipped = [(max(a, start), min(b or stop, stop)) for a, b in held]
        lost = sum(_open(terms, holidays, a, b) for a, b in clipped if a < b)
        counted = _open(terms, holidays, start, stop) - lost
        name = f"{school}/{incident} {kind} {metric}"
        if (counted, lost) != (elapsed, paused):
            found.append(f"{name}: {elapsed}+{paused}, reckoned {counted}+{lost}")
        if state == "met" and stop > due:
            found.append(f"{name}: met, but stopped after its due time")
        if target and len({priority for _, priority in history}) == 1 and metric == "response":
            before_due = _open(terms, holidays, start, due)
            if before_due != target:
                found.append(f"{name}: {before_due} s until due, target {target}")
    return found


def _pauses(turns: list[Any], kind: str, terms: Any) -> Iterator[tuple[datetime, datetime | None]]:
    was_forwarded = False
    for began, ended, line, status, reason in turns:
        was_forwarded = was_forwarded or line > 0
        is_back = kind != "ola" and was_forwarded and line == 0
        if reason in terms["pause_reasons"] or status == "resolved" or is_back:
            yield began, ended


def _open(terms: Any, holidays: set[date], start: datetime, end: datetime) -> int:
    """Whole seconds; each piece is counted exactly and the sum cut."""
    total = timedelta()
    day = start.astimezone(LONDON).date()
    while day <= end.astimezone(LONDON).date():
        for opens, closes in _openings(terms, holidays, day):
            first, last = max(opens, start), min(closes, end)
            total += max(last - first, timedelta())
        day += timedelta(days=1)
    return total // timedelta(seconds=1)


def _openings(terms: Any, holidays: set[date], day: date) -> Iterator[Span]:
    calendar = terms["calendar"]
    if calendar["bank_holidays"] and day in holidays:
        return
    for opens, closes in calendar["week"].get(DAYS[day.weekday()], []):
        yield _wall(day, opens), _wall(day, closes)


def _wall(day: date, text: str) -> datetime:
    hour, minute = (int(part) for part in text.split(":"))
    return datetime(day.year, day.month, day.day, hour, minute, tzinfo=LONDON).astimezone(UTC)
