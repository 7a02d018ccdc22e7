"""What is told of all schools together in a very large authority, where no page may add it up: the
worker does, and it is read from what it kept (app/performance/kept.py).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import fields
from datetime import date, datetime
from typing import Any, Final, NamedTuple
from zlib import crc32

from app import clock
from app.performance import kept
from app.performance.depth.contracts import Paid
from app.performance.depth.reliability import Amount, Rated
from app.performance.depth.seen import EVERYWHERE, Seen, half_terms_of, months_asked
from app.performance.depth.sums import Sums
from app.performance.depth.told import Table, Told
from app.plots.shapes import Cell, Figure

# What is kept: a page of the LA; models of equipment; shares school by school; services; what
# contracts of one group cost.
PAGE: Final = "in_depth"
MODELS: Final = "in_depth_models"
SHARES: Final = "in_depth_shares"
SERVICES: Final = "in_depth_services"
PRICES: Final = "in_depth_prices"
_VERSION: Final = 1  # to be raised where what is kept changes and no field does
# An answer of another shape than the code's is of another question, and made anew.
_SHAPE: Final = crc32(
    repr(
        [
            _VERSION,
            [[each.name for each in fields(one)] for one in (Told, Table, Figure)],
            [[each.name for each in fields(one)] for one in (Rated, Amount)],
            [one._fields for one in (Cell, Sums, Paid)],
        ]
    ).encode()
)


class Answer(NamedTuple):
    """`said` is None while it is being worked out."""

    said: Any
    made_at: datetime | None


def asked(seen: Seen, **more: str | None) -> dict[str, Any]:
    """The question: of which months, in which shape, and what else it depends on."""
    months = {"first": seen.first.isoformat(), "end": seen.end.isoformat()}
    return {**months, "shape": _SHAPE, **{name: said for name, said in more.items() if said}}


def asked_of_today(**more: str) -> dict[str, Any]:
    """The question, where months make no difference."""
    return {"shape": _SHAPE, **more}


def answer(kind: str, question: dict[str, Any]) -> Answer:
    found = kept.kept(kind, question)
    if found is None:
        return Answer(None, None)
    return Answer(found.answer, found.made_at)


def seen_of(question: Mapping[str, Any]) -> Seen:
    """What the worker looks at, to answer such a question: every school's figures themselves."""
    first, end = months_asked({}, clock.today())
    return Seen(
        EVERYWHERE,
        date.fromisoformat(question.get("first", first.isoformat())),
        date.fromisoformat(question.get("end", end.isoformat())),
        clock.now(),
        half_terms_of(EVERYWHERE),
        kind=question.get("type"),
        words=question.get("q", ""),
        group=question.get("group"),
    )
