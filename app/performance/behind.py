"""The incidents behind a number: the list adds up to it, for both are sums of the same parts."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import BigInteger, cast, func, literal, or_, select, tuple_

from app.errors import wrong
from app.incidents.models import Incident
from app.incidents.queries import visible_to
from app.keyset import Page
from app.people.identity import Me
from app.performance import kept
from app.performance.figures import FIGURES, TOTALS
from app.performance.models import DAY, EVERY, FigurePart
from app.performance.summed import EACH_SCHOOL
from app.performance.totals import UC, Asked, only
from tenants import School, db


@dataclass(frozen=True)
class Behind:
    """One incident on one day. `title` is None where the person may not read it."""

    school: School
    number: int
    title: str | None
    status: str
    on: date
    value: int
    # In the order of the list.
    place: list[Any]


def incidents_behind(
    person: Me,
    asked: Asked,
    counters: Iterable[str],
    kind: str = EVERY,
    after: Sequence[Any] | None = None,
    limit: int = 50,
) -> Page:
    """Whatever adds to one of these counters, with how much; by day. `kind`: of an agreement's own
    sums, or of all incidents."""
    names = tuple(counters)
    adds = sum(_value(name) for name in names)
    part = FigurePart.__table__.c
    order = (part.on, part.school_id, part.incident_id)
    value = func.sum(adds).label("value")
    wanted = (
        select(*order, value)
        .where(part.on >= asked.first, part.on < asked.end, part.agreement_kind == kind)
        .where(*only(asked, part))
        .group_by(*order)
        .having(value > 0)
        .order_by(*order)
        .limit(limit + 1)
    )
    if asked.is_of_all and kept.is_vast():
        days = _days_behind(asked, names, kind, after, limit + 2)
        wanted = wanted.where(tuple_(part.school_id, part.on).in_(days))
    if after is not None:
        wanted = wanted.where(tuple_(*order) > tuple_(date.fromisoformat(after[0]), *after[1:]))
    rows = db.session.execute(wanted).all()
    shown = _shown(person, rows[:limit])
    last = rows[limit - 1] if len(rows) > limit else None
    place = None if last is None else [last.on.isoformat(), last.school_id, last.incident_id]
    return Page(shown, place)


def _days_behind(
    asked: Asked, counters: Iterable[str], kind: str, after: Sequence[Any] | None, limit: int
) -> list[tuple[int, date]]:
    """Where to look for them in a very large authority: on which days in which schools there are
    any, from a place on. Each adds at least one incident."""
    of = EACH_SCHOOL.of
    order = (of.on, of.school_id)
    wanted = (
        select(of.school_id, of.on)
        .where(of.span == DAY, of.on >= asked.first, of.on < asked.end)
        .where(of.agreement_kind == kind, *only(asked), or_(*(of[one] > 0 for one in counters)))
        .group_by(*order)
        .order_by(*order)
        .limit(limit)
    )
    if after is not None:
        wanted = wanted.where(tuple_(*order) >= tuple_(date.fromisoformat(after[0]), after[1]))
    return [(school, on) for school, on in db.session.execute(wanted)]


def side_by_side(pages: Sequence[Page], limit: int) -> Page:
    """Pages of several schools as one: each was asked for as many rows after the same place."""
    rows = sorted((row for page in pages for row in page.rows), key=lambda one: one.place)
    is_more = len(rows) > limit or any(page.place for page in pages)
    return Page(rows[:limit], rows[:limit][-1].place if is_more and rows else None)


def _shown(person: Me, rows: Sequence[Any]) -> list[Behind]:
    keys = [(row.school_id, row.incident_id) for row in rows]
    if not keys:
        return []
    wanted = (
        select(
            Incident.school_id,
            Incident.id,
            Incident.number,
            Incident.title,
            Incident.status,
            visible_to(person).label("is_seen"),
            School,
        )
        .join(School, School.id == Incident.school_id)
        .where(
            Incident.school_id.in_({school for school, _ in keys}),
            tuple_(Incident.school_id, Incident.id).in_(keys),
        )
    )
    found = {(one.school_id, one.id): one for one in db.session.execute(wanted)}
    return [
        Behind(
            one.School,
            one.number,
            one.title if one.is_seen else None,
            one.status,
            row.on,
            int(row.value),
            [row.on.isoformat(), row.school_id, row.incident_id],
        )
        for row in rows
        if (one := found.get((row.school_id, row.incident_id)))
    ]


def _value(name: str) -> Any:
    return func.coalesce(cast(FigurePart.counters[name].astext, BigInteger), literal(0))


def counters_of(key: str, part: str) -> tuple[tuple[str, ...], bool]:
    """What a number is the sum of, and whether it is of an agreement's own sums."""
    if key in TOTALS:
        return (key,), False
    figure = FIGURES.get(key)
    if figure is None:
        raise wrong("figure", f"Choose one of: {', '.join((*FIGURES, *TOTALS))}.")
    counters: tuple[str, ...] = getattr(figure, part)
    return counters, figure.is_of_agreement


def kind_behind(asked: Asked, *, is_of_agreement: bool) -> str:
    """Whose sums the figure is made of; suppliers have underpinning contracts only."""
    if not is_of_agreement and not asked.is_narrow:
        return EVERY
    kind = asked.kind or (UC if asked.providers is not None else None)
    if kind is None:
        raise wrong("agreement_kind", "Say of which kind of agreement: ola, sla or uc.")
    return kind


def single_values(
    asked: Asked, counter: str, kind: str, *, counted_by: str | None = None
) -> list[tuple[Any, ...]]:
    """Each incident's own value of a counter, with what it is of, for medians: from the parts of
    the period, never from the incidents. None of them where there are too many. `counted_by`: the
    counter that says whether it has a value at all, for a value of 0 is not written down."""
    part = FigurePart.__table__.c
    wanted = (
        select(
            part.school_id,
            part.la_version_id,
            part.own_version_id,
            part.provider,
            part.priority,
            _value(counter),
        )
        .where(part.on >= asked.first, part.on < asked.end, part.agreement_kind == kind)
        .where(part.counters.has_key(counted_by or counter), *only(asked, part))
        .limit(MOST_VALUES + 1)
    )
    found = [tuple(row) for row in db.session.execute(wanted)]
    return found if len(found) <= MOST_VALUES else []


# Of more single values than these no median is worked out while somebody waits.
MOST_VALUES = 50_000
