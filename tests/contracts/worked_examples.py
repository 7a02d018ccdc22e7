"""The worked examples of domain.md 3.4 as packs that people would write, and London times."""

from __future__ import annotations

from typing import Any

from app.contracts.pack_fields import WEEKDAYS
from tests.service_calendars import ALWAYS, INSET, SHORTFRI, SPLIT, STD, TERM
from tests.test_service_hours import DUE, WORKING_DAYS


def _week(*days: list[list[str]]) -> dict[str, list[list[str]]]:
    hours = [*days, *[days[-1]] * (5 - len(days))]
    return dict(zip(WEEKDAYS, hours, strict=False))


_LONG, _SHORT = [["08:00", "17:00"]], [["08:00", "16:30"]]
_IN_TERM = {
    "week": _week([["08:00", "16:00"]]),
    "term_time_only": True,
    "terms": [[first.isoformat(), last.isoformat()] for first, last in TERM.terms or ()],
}
CALENDARS: dict[str, dict[str, Any]] = {
    "STD": {"week": _week(_LONG)},
    "SHORTFRI": {"week": _week(_LONG, _LONG, _LONG, _LONG, _SHORT)},
    "SPLIT": {"week": _week([["08:30", "12:30"], ["13:30", "16:30"]])},
    "TERM": _IN_TERM,
    "INSET": {**_IN_TERM, "closures": ["2026-02-23"]},
    "ALWAYS": {"always": True},
}


def pack(calendar: str, target: dict[str, int], kind: str = "sla", **more: Any) -> dict[str, Any]:
    """Every priority has the one target."""
    return {
        "name": f"{calendar} {kind} {next(iter(target.values()))} {next(iter(target))}",
        "kind": kind,
        "calendar": CALENDARS[calendar],
        "targets": {priority: dict(target) for priority in ("P1", "P2", "P3", "P4")},
        "valid_from": "2021-01-01",
        **more,
    }


_NAMES = {
    STD: "STD", SHORTFRI: "SHORTFRI", SPLIT: "SPLIT", TERM: "TERM", INSET: "INSET", ALWAYS: "ALWAYS"
}  # fmt: skip
# id: calendar, start, target, due
Example = tuple[str, str, dict[str, int], str]
EXAMPLES: dict[str, Example] = {
    name: (_NAMES[calendar], start, {"resolution_minutes": minutes}, due)
    for name, (calendar, start, minutes, due) in DUE.items()
} | {
    name: (_NAMES[calendar], start, {"resolution_working_days": days}, due)
    for name, (calendar, start, days, due) in WORKING_DAYS.items()
    if days
}
