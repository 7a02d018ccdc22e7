"""Bursts of reports and big backlogs: each school against its own usual, never against another."""

from __future__ import annotations

from collections import defaultdict
from datetime import date, timedelta
from itertools import accumulate
from typing import NamedTuple

from sqlalchemy import ColumnElement, func, select

from app.incidents.models import Incident
from app.performance.models import DAY, EVERY, MONTH, FigureDay
from app.performance.periods import month_of, months_of
from app.reports.la_overview import count_of
from app.reports.la_overview_rules import (
    A_WEEK,
    FEWEST_OF_A_BACKLOG,
    FEWEST_OF_A_BURST,
    is_big_backlog,
    is_burst,
    usual_backlog,
)
from tenants import School, db

# The same weekday of so many weeks before, the ends of so many months before.
WEEKS_BEFORE, MONTHS_BEFORE = 8, 12
# The biggest ones are looked at.
MOST = 200
_figures = FigureDay.__table__.c


class Unusual(NamedTuple):
    slug: str
    school: str
    now: int
    usual: float


def bursts(today: date) -> list[Unusual]:
    """Two statements. By name of the school."""
    reported = func.sum(_figures.reported)
    seen = (_figures.span == DAY, _figures.agreement_kind == EVERY, _figures.is_hidden.is_(False))
    many = (
        select(_figures.school_id, reported)
        .where(*seen, _figures.on == today)
        .group_by(_figures.school_id)
        .having(reported >= FEWEST_OF_A_BURST)
        .order_by(reported.desc())
        .limit(MOST)
    )
    counts = {school: int(count) for school, count in db.session.execute(many)}
    days = [today - timedelta(days=A_WEEK * back) for back in range(1, WEEKS_BEFORE + 1)]
    before = (
        select(School.id, School.slug, School.name, func.coalesce(reported, 0))
        .join(
            FigureDay.__table__,
            (_figures.school_id == School.id) & _figures.on.in_(days) & seen[0] & seen[1] & seen[2],
        )
        .where(School.id.in_(counts))
        .group_by(School.id, School.slug, School.name)
        .order_by(School.name)
    )
    found = db.session.execute(before).all() if counts else []
    return [
        Unusual(slug, name, counts[school], int(sum_) / WEEKS_BEFORE)
        for school, slug, name, sum_ in found
        if is_burst(counts[school], int(sum_) / WEEKS_BEFORE)
    ]


def big_backlogs(seen: ColumnElement[bool], today: date) -> list[Unusual]:
    """Two statements. By name of the school. `seen`: which incidents may be counted."""
    many = (
        select(Incident.school_id, func.count())
        .where(Incident.is_open, seen)
        .group_by(Incident.school_id)
        .having(func.count() >= FEWEST_OF_A_BACKLOG)
        .order_by(func.count().desc())
        .limit(MOST)
    )
    counts = {school: int(count) for school, count in db.session.execute(many)}
    if not counts:
        return []
    before = _before(frozenset(counts), today)
    named = select(School.id, School.slug, School.name).where(School.id.in_(counts))
    return [
        Unusual(slug, name, counts[school], usual_backlog(before[school]))
        for school, slug, name in db.session.execute(named.order_by(School.name))
        if is_big_backlog(counts[school], before[school])
    ]


def _before(schools: frozenset[int], today: date) -> dict[int, list[int]]:
    """How many were open at the end of each of the months before this one, as far as known."""
    wanted = (
        select(_figures.school_id, _figures.on, func.sum(count_of("opened") - count_of("ended")))
        .where(
            _figures.school_id.in_(schools),
            _figures.span == MONTH,
            _figures.on < month_of(today).first,
            _figures.agreement_kind == EVERY,
            _figures.is_hidden.is_(False),
        )
        .group_by(_figures.school_id, _figures.on)
    )
    changes: dict[int, dict[date, int]] = defaultdict(dict)
    for school, on, change in db.session.execute(wanted):
        changes[school][on] = int(change)
    found: dict[int, list[int]] = defaultdict(list)
    for school, by_month in changes.items():
        months = [one.first for one in months_of(min(by_month), month_of(today).first)]
        open_then = list(accumulate(by_month.get(month, 0) for month in months))
        found[school] = open_then[-MONTHS_BEFORE:]
    return found
