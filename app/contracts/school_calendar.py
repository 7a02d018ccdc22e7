"""A school's calendar as people write it (api.md), read or refused with every sentence by field."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import time
from typing import Any, Final

from app.calendar_days import MIDNIGHT, Hours
from app.contracts.calendars import SchoolDays
from app.contracts.pack_fields import WEEKDAYS, Fields

Week = tuple[tuple[Hours, ...], ...]

# A school that has said nothing is taken to be open when its LA's desk is.
USUAL_CALENDAR: Final[Mapping[str, Any]] = {
    "opening": {weekday: [["08:00", "17:00"]] for weekday in WEEKDAYS[:5]},
    "breaks": [],
    "terms": None,
    "inset_days": [],
    "closures": [],
}


def read_calendar(body: object) -> SchoolDays:
    """Raises Wrong with every sentence by the path of its field."""
    fields = Fields(body)
    opening = fields.opening_week("opening")
    days = SchoolDays(
        week=_without(opening, _breaks(fields)),
        terms=fields.terms("terms", instead="the LA’s"),
        inset_days=frozenset(fields.dated("inset_days")),
        closures=frozenset(fields.dated("closures")),
    )
    if not fields.errors and not any(days.week):
        fields.refuse("opening", "Give opening hours for at least one day.")
    fields.check()
    return days


def days_of(row: Mapping[str, Any]) -> SchoolDays:
    """What was stored; it was read once before it was kept."""
    return read_calendar({name: row[name] for name in USUAL_CALENDAR})


def reasons_in(entries: Iterable[Any]) -> dict[str, str]:
    """Why days are closed, where an entry says so; by the first of them."""
    return {
        str(one.get("on") or one.get("from")): one["reason"]
        for one in entries
        if isinstance(one, dict) and one.get("reason")
    }


def _breaks(fields: Fields) -> Week:
    """The same every day as a list, or by weekday as an object."""
    if isinstance(fields.values.get("breaks"), dict | None):
        return fields.opening_week("breaks")
    return (fields.opening_day("breaks"),) * len(WEEKDAYS)


def _without(opening: Week, breaks: Week) -> Week:
    return tuple(_less(hours, gaps) for hours, gaps in zip(opening, breaks, strict=True))


def _less(hours: Sequence[Hours], gaps: Sequence[Hours]) -> tuple[Hours, ...]:
    """Openings of one day with the breaks taken out of them."""
    left = [_minutes(one) for one in hours]
    for began, ended in map(_minutes, gaps):
        left = [
            (opens, closes)
            for piece in left
            for opens, closes in (
                (piece[0], min(piece[1], began)),
                (max(piece[0], ended), piece[1]),
            )
            if opens < closes
        ]
    return tuple((_wall(opens), _wall(closes)) for opens, closes in left)


def _minutes(hours: Hours) -> tuple[int, int]:
    opens, closes = (one.hour * 60 + one.minute for one in hours)
    return opens, closes or _WHOLE_DAY


def _wall(minutes: int) -> time:
    return MIDNIGHT if minutes == _WHOLE_DAY else time(minutes // 60, minutes % 60)


_WHOLE_DAY = 24 * 60
