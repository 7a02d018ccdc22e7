"""Reads what was counted: sums by month, school or thing, never the incidents themselves."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import replace
from datetime import date
from typing import Any, NamedTuple

from sqlalchemy import func, select

from app.performance.depth.models import DepthMonth
from app.performance.depth.seen import Seen
from app.performance.models import DAY, EVERY, MONTH
from app.performance.periods import pieces
from app.performance.summed import source, sum_of
from app.performance.totals import Asked, by_day, only, within
from tenants import School, db

ON = DepthMonth.on
SCHOOL = DepthMonth.school_id
KIND = DepthMonth.kind
# Things of several schools are the same if their names are, whatever their capitals.
NAME, DETAIL = func.lower(DepthMonth.name), func.lower(DepthMonth.detail)


class Sums(NamedTuple):
    keys: tuple[Any, ...]
    hits: int
    base: int
    amount: int
    schools: int
    name: str  # one of the ways in which it is written
    detail: str


def sums(seen: Seen, topic: str, *keys: Any, of_all: bool = False) -> list[Sums]:
    """In the period, by these columns and in their order."""
    ask = seen.of_all if of_all else seen.ask
    own = None if of_all or seen.is_everywhere else seen.own
    return ask(lambda: _sums(topic, seen.first, seen.end, keys, own))


def by_month(seen: Seen, topic: str) -> dict[date, Sums]:
    """Every month of the period in which something was counted."""
    return {one.keys[0]: one for one in sums(seen, topic, ON)}


def figures(
    seen: Seen,
    names: Sequence[str],
    *keys: Any,
    first: date | None = None,
    end: date | None = None,
    kind: str = EVERY,
    provider: str | None = None,
    of_all: bool = False,
) -> list[Any]:
    """Sums of counters of FigureDay, by these of its columns. `kind`: of one kind of agreement,
    or of every incident."""
    asked = seen.asked(first, end)
    if provider is not None:
        asked = replace(asked, providers=frozenset({provider}))
    if of_all:
        asked = replace(asked, school_ids=None, sees_hidden=False)
    ask = seen.of_all if of_all else seen.ask
    return ask(lambda: list(db.session.execute(_figures(asked, names, keys, kind))))


def _figures(asked: Asked, names: Sequence[str], keys: Sequence[Any], kind: str) -> Any:
    by = [key.key for key in keys]
    of = source(of_all=asked.is_of_all and "school_id" not in by).of
    return (
        select(*(of[key] for key in by), *_adding(of, names))
        .where(within(pieces(asked.first, asked.end), of))
        .where(of.agreement_kind == kind, *only(asked, of))
        .group_by(*(of[key] for key in by))
        .order_by(*(of[key] for key in by))
    )


def figures_by_month(seen: Seen, names: Sequence[str]) -> dict[date, Any]:
    return _by_on(seen, names, MONTH, seen.asked())


def figures_by_day(seen: Seen, names: Sequence[str], first: date, end: date) -> dict[date, Any]:
    return _by_on(seen, names, DAY, seen.asked(first, end))


def _by_on(seen: Seen, names: Sequence[str], span: str, asked: Asked) -> dict[date, Any]:
    def found() -> list[Any]:
        from_ = source(of_all=asked.is_of_all)
        wanted = by_day(asked, span, EVERY, from_).add_columns(*_adding(from_.of, names))
        return list(db.session.execute(wanted))

    return {one.on: one for one in seen.ask(found)}


class SchoolSaid(NamedTuple):
    id: int
    slug: str
    name: str
    pupils: int | None


def schools(seen: Seen, ids: Collection[int] | None = None) -> dict[int, SchoolSaid]:
    """Those that the person sees, by name; narrowed by the words that were asked for, and to these
    where `ids` says so."""
    wanted = select(School.id, School.slug, School.name, School.number_of_pupils).order_by(
        func.lower(School.name)
    )
    if seen.is_everywhere and seen.words:
        wanted = wanted.where(func.lower(School.name).contains(seen.words.lower(), autoescape=True))
    if not seen.is_everywhere:
        wanted = wanted.where(School.id.in_(seen.own))
    if ids is not None:
        wanted = wanted.where(School.id.in_(ids))
    found = seen.ask(lambda: [SchoolSaid(*row) for row in db.session.execute(wanted)])
    return {one.id: one for one in found}


def _sums(
    topic: str, first: date, end: date, keys: tuple[Any, ...], own: frozenset[int] | None
) -> list[Sums]:
    one = DepthMonth
    wanted = (
        select(
            *keys,
            *(sum_of(column) for column in (one.hits, one.base, one.amount)),
            func.count(one.school_id.distinct()),
            func.max(one.name),
            func.max(one.detail),
        )
        .where(one.topic == topic, one.on >= first, one.on < end)
        .group_by(*keys)
        .order_by(*keys)
    )
    if own is not None:
        wanted = wanted.where(one.school_id.in_(own))
    many = len(keys)
    return [Sums(tuple(row[:many]), *row[many:]) for row in db.session.execute(wanted)]


def _adding(of: Any, names: Sequence[str]) -> list[Any]:
    """Of no rows nothing, not null."""
    return [func.coalesce(sum_of(of[name]), 0).label(name) for name in names]
