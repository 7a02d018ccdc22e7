"""What stands beside equipment and is kept in rooms above this one: its incidents. They say here
how to find them."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from app.people.identity import Me

Counts = Callable[[Me, Sequence[int]], Mapping[int, int]]
Listing = Callable[[Me, int], Sequence[Any]]


class _Incidents:
    counts: Counts = staticmethod(lambda _person, _ids: {})
    listed: Listing = staticmethod(lambda _person, _id: ())


def faults_come_from(counts: Counts, listed: Listing) -> None:
    """`counts`: open ones by asset id, in one statement. `listed`: of one asset, newest first.
    Both only what that person may see."""
    _Incidents.counts, _Incidents.listed = staticmethod(counts), staticmethod(listed)


def open_incidents(person: Me, ids: Sequence[int]) -> Mapping[int, int]:
    return _Incidents.counts(person, ids) if ids else {}


def incidents_of(person: Me, asset_id: int) -> Sequence[Any]:
    return _Incidents.listed(person, asset_id)
