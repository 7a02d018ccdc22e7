"""How promises were kept across the authority [M31]: by agreement, supplier and priority, this term
and the one before, each with what it is made of. To be asked across schools.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date
from functools import reduce
from operator import add
from typing import Any, Final, NamedTuple

from sqlalchemy import case, func, or_, select

from app.performance.figures import FIGURES, Figure, denominator, numerator
from app.performance.naming import Named, Names, names_of
from app.performance.periods import Days, Period, before, month_of, pieces, term_of
from app.performance.summed import source
from app.performance.totals import AGREEMENT_KINDS, Counts, Group, Row, add_to, within
from app.reports.la_overview import count_of
from app.reports.la_overview_week import kept
from tenants import db

SHOWN: Final = ("response_met", "resolution_met")
BY: Final = ("contract", "supplier", "priority")
_NEEDED = tuple(
    dict.fromkeys(
        name for key in SHOWN for name in (*FIGURES[key].numerator, *FIGURES[key].denominator)
    )
)


class Kept(NamedTuple):
    """Met of decided, in one period."""

    met: int
    decided: int

    @property
    def share(self) -> float | None:
        return self.met / self.decided if self.decided else None


class Line(NamedTuple):
    named: Named
    kind: str
    now: tuple[Kept, ...]  # as SHOWN
    before: tuple[Kept, ...]


class Attainment(NamedTuple):
    period: Period
    before: Period
    lines: dict[str, list[Line]]  # as BY

    @property
    def is_empty(self) -> bool:
        return not any(self.lines.values())


def attainment(today: date, terms: Sequence[Days]) -> Attainment:
    """This term and the one before it; this month and the last where no terms are known."""
    now = term_of(today, terms)
    earlier = before(now, terms) if now else None
    if now is None or earlier is None:
        now = month_of(today)
        earlier = before(now)
    assert earlier is not None
    both = (now, earlier)
    return Attainment(*both, kept(("attainment", *both), lambda: _lines(both)))


def _lines(periods: tuple[Period, Period]) -> dict[str, list[Line]]:
    sums = list(db.session.execute(_sums(periods)))
    names = names_of([Row(_contract_of(one)) for one in sums])
    return {by: _by(by, sums, names) for by in BY}


def _by(by: str, sums: Iterable[Any], names: Names) -> list[Line]:
    """By name."""
    found: dict[tuple[str, Named], tuple[Counts, Counts]] = {}
    for one in sums:
        key = (one.agreement_kind, names.of(by, _group(by, one)))
        pair = found.setdefault(key, ({}, {}))
        add_to(pair[0 if one.is_now else 1], {name: int(getattr(one, name)) for name in _NEEDED})
    lines = [
        Line(named, kind, _kept(now), _kept(earlier))
        for (kind, named), (now, earlier) in found.items()
    ]
    return sorted(lines, key=lambda one: (one.named.name.casefold(), one.named.key, one.kind))


def _kept(counts: Counts) -> tuple[Kept, ...]:
    return tuple(_of(FIGURES[key], counts) for key in SHOWN)


def _of(figure: Figure, counts: Counts) -> Kept:
    return Kept(numerator(figure, counts), denominator(figure, counts))


def _group(by: str, one: Any) -> Group:
    return {
        "contract": _contract_of(one),
        "supplier": Group(one.agreement_kind, provider=one.provider.lower()),
        "priority": Group(one.agreement_kind, priority=one.priority),
    }[by]


def _contract_of(one: Any) -> Group:
    return Group(one.agreement_kind, one.own_school_id, one.la_version_id, one.own_version_id)


def _sums(periods: tuple[Period, Period]) -> Any:
    """One statement for both. Agreements of a school with its own desk are the schools' matter."""
    found = source(of_all=True)
    of = found.of
    now, earlier = (within(pieces(one.first, one.end), of) for one in periods)
    is_now = case((now, 1), else_=0)
    keys = (
        of.agreement_kind,
        of.la_version_id,
        of.own_version_id,
        of.provider,
        of.priority,
        found.own_school,
    )
    return (
        select(
            *keys,
            is_now.label("is_now"),
            *(func.sum(count_of(name, of)).label(name) for name in _NEEDED),
        )
        .where(
            or_(now, earlier),
            of.agreement_kind.in_([one for one in AGREEMENT_KINDS if one != "ola"]),
            of.is_hidden.is_(False),
        )
        .group_by(*keys, is_now)
        .having(func.sum(reduce(add, (count_of(name, of) for name in _NEEDED))) > 0)
    )
