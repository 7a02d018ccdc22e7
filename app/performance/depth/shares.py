"""The share of every school, told to one of them without a name: added up while somebody waits, or
in a very large authority as the worker kept it.
"""

from __future__ import annotations

from collections.abc import Callable, Container, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final, NamedTuple, overload

from app.performance import statistics as stats
from app.performance.depth.of_all import SHARES, answer, asked
from app.performance.depth.seen import Seen
from app.performance.depth.told import Among
from app.plots.shapes import Flag

# So many dots of others are drawn in a very large authority, and of these so many flagged ones.
MOST_DRAWN, MOST_LOUD = 300, 200
_QUIET: Final = frozenset({"within", "too_few"})


class Share(NamedTuple):
    """How many of so many, of one school."""

    school_id: int
    met: int
    of: int


@dataclass(frozen=True)
class Others:
    """The other schools, or some of them, and what is known of all together."""

    shares: Sequence[Share] = ()
    among: Among | None = None
    note: str | None = None
    as_of: datetime | None = None
    is_awaited: bool = False


class Everybody(Sequence[Share]):
    """Every school's, as the worker kept them: in columns, of which a page needs few."""

    def __init__(self, ids: Sequence[int], met: Sequence[int], of: Sequence[int]) -> None:
        self._columns = (ids, met, of)

    def __len__(self) -> int:
        return len(self._columns[0])

    @overload
    def __getitem__(self, place: int) -> Share: ...
    @overload
    def __getitem__(self, place: slice) -> Sequence[Share]: ...
    def __getitem__(self, place: int | slice) -> Share | Sequence[Share]:
        if isinstance(place, slice):
            return Everybody(*(one[place] for one in self._columns))
        return Share(*(one[place] for one in self._columns))

    def only(self, ids: Container[int]) -> Sequence[Share]:
        return [self[place] for place, one in enumerate(self._columns[0]) if one in ids]


def others_of(seen: Seen, topic: str, ask: Callable[..., list[Share]]) -> Others:
    if not seen.is_vast:
        every = ask(seen, of_all=True)
        return Others([one for one in every if one.school_id not in seen.own and one.of])
    said, made_at = answer(SHARES, asked(seen, topic=topic))
    if said is None:
        return Others(is_awaited=True)
    all_ = _everybody(said)
    many = len(all_) - len(all_.only(seen.own))
    drawn = [Share(*one) for one in said["drawn"] if one[0] not in seen.own]
    note = None
    if len(drawn) < many:
        note = (
            f"Of {many:,} other schools {len(drawn)} are drawn: those beyond the limits, and some "
            "of every size."
        )
    spread = stats.Dispersion(*said["dispersion"])
    among = Among(sum(said["met"]), sum(said["of"]), spread, said["high"])
    return Others(drawn, among, note, made_at)


def everybody(seen: Seen, topic: str, only: Container[int] | None) -> Others:
    """Every school by name, as the worker kept it; or only some of them."""
    said, made_at = answer(SHARES, asked(seen, topic=topic))
    if said is None:
        return Others(is_awaited=True)
    every = _everybody(said)
    return Others(every if only is None else every.only(only), as_of=made_at)


def to_keep(shares: Iterable[Share]) -> dict[str, Any]:
    """In the order they come in."""
    those = [one for one in shares if one.of]
    met, of = sum(one.met for one in those), sum(one.of for one in those)
    judged = stats.judge([stats.Counted(one.met, one.of) for one in those], met / of if of else 0.0)
    flags = [one.flag for one in judged.rows]
    return {
        "dispersion": list(judged.dispersion),
        "high": sum(one.startswith("high") for one in flags),
        "drawn": [list(one) for one in sample(list(zip(those, flags, strict=True)))],
        "ids": [one.school_id for one in those],
        "met": [one.met for one in those],
        "of": [one.of for one in those],
    }


def _everybody(said: Mapping[str, Any]) -> Everybody:
    return Everybody(said["ids"], said["met"], said["of"])


def sample(shares: Sequence[tuple[Share, Flag]]) -> list[Share]:
    """All of few; of many the flagged ones, the sharper flags first, and some of every size."""
    if len(shares) <= MOST_DRAWN:
        return [one for one, _ in shares]
    loud = sorted(
        ((one, flag) for one, flag in shares if flag not in _QUIET),
        key=lambda each: (not each[1].endswith("998"), -each[0].of),
    )
    drawn = [one for one, _ in loud[:MOST_LOUD]]
    quiet = sorted(
        (one for one, flag in shares if flag in _QUIET), key=lambda one: (one.of, one.met)
    )
    many = min(MOST_DRAWN - len(drawn), len(quiet))
    return drawn + [quiet[at * len(quiet) // many] for at in range(many)]
