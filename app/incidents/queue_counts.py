"""How many there are: quick links are counted to a thousand, other lists to 200; at most 15 s old.

Each process keeps its own; they are one statement when they have to be counted again.
"""

from __future__ import annotations

import time
from collections.abc import Mapping
from typing import Any

from app.incidents import lists
from app.people.identity import Me

KEPT_SECONDS = 15
# What somebody searched for is not in an index's order, so each one more has to be looked for.
MOST_FOUND = 200
_MOST_KEPT = 1000

QUICK: dict[str, dict[str, Any]] = {
    "all": {},
    "mine": {"mine": True},
    "groups": {"group": "mine"},
    "overdue": {"overdue": True},
    "unassigned": {"assignee": "none"},
}
_kept: dict[Any, tuple[float, dict[str, int]]] = {}


def quick_counts(person: Me) -> dict[str, int]:
    return _ask(person, QUICK, lists.MOST_COUNTED)


def count_of(person: Me, filters: Mapping[str, Any]) -> int:
    """Of a list that is no quick one."""
    return _ask(person, {"these": filters}, MOST_FOUND)["these"]


def forget_counts() -> None:
    """After somebody has changed what they count."""
    _kept.clear()


def _ask(person: Me, of: Mapping[str, Mapping[str, Any]], most: int) -> dict[str, int]:
    key = (person.person_id, person.here, repr(of))
    until, counts = _kept.get(key, (0.0, {}))
    if time.monotonic() < until:
        return counts
    if len(_kept) >= _MOST_KEPT:
        _kept.clear()
    counts = lists.capped_counts(person, of, most)
    _kept[key] = (time.monotonic() + KEPT_SECONDS, counts)
    return counts
