"""What waits for somebody's decision at the school, whichever feature has it: said at the top of
the work list, where the ICT owner lands.

Those features stand above this one, so they say it to us (`create_app`).
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, NamedTuple

from app.incidents import approvals
from app.people.identity import Me


@dataclass(frozen=True)
class Decision:
    """`words` is a heading; `how_many` asks in the school acted in, for whoever may decide."""

    permission: str
    words: str
    endpoint: str
    how_many: Callable[[Me], int]
    only: Mapping[str, Any] = field(default_factory=dict)  # of a list: its filters


class Waiting(NamedTuple):
    of: Decision
    how_many: int


OF_REQUESTS = Decision(
    "incident.approve",
    "Requests to approve",
    "incidents.waiting_for_approval",
    approvals.how_many_wait,
)


class _Told:
    decisions: tuple[Decision, ...] = (OF_REQUESTS,)


def decisions_come_from(*others: Decision) -> None:
    _Told.decisions = (OF_REQUESTS, *others)


def waiting(person: Me) -> list[Waiting]:
    """What this person may decide, a statement each."""
    found = []
    for one in _Told.decisions:
        if person.may(one.permission) and (many := one.how_many(person)):
            found.append(Waiting(one, many))
    return found
