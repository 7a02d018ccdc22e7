"""Whether the sums of all schools together are those of the schools, month by month, and making
them anew where they are not. To be asked by whoever works for the whole authority.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import date
from random import Random
from typing import Any, NamedTuple

from sqlalchemy import Table, and_, delete, func, insert, or_, select, text, union_all

from app.performance.folding import keep_sums_still
from app.performance.models import DAY, MONTH
from app.performance.periods import A_DAY, month_of, months_of
from app.performance.summed import CHANGES, DAYS, LA, columns_of, sums_by_key
from tenants import across_schools, administering, db

# A month of thousands of schools is more than a page may read.
_MAY_TAKE_LONG = text("SET LOCAL statement_timeout = '10min'")
_MAY_WAIT = text("SET LOCAL lock_timeout = '1min'")


class Span(NamedTuple):
    """A day, or a month by its first day."""

    span: str
    on: date

    def is_of(self, of: Any) -> Any:
        return and_(of.span == self.span, of.on == self.on)


def wrong_sums(month: date) -> dict[Span, int]:
    """Of the days of that month and of the month: how many sums differ. One statement, so that
    nothing happens while it looks."""
    differing = sums_by_key(
        _together(_within(month), (DAYS, -1), (LA, 1), (CHANGES, 1)).c
    ).subquery()
    of = differing.c
    wanted = select(of.span, of.on, func.count()).group_by(of.span, of.on)
    with across_schools("sums of all schools"):
        db.session.execute(_MAY_TAKE_LONG)
        return {Span(span, on): many for span, on, many in db.session.execute(wanted)}


def mend(month: date) -> int:
    """Make anew what differs in that month; to be committed by whoever administers. Returns how
    many sums did."""
    with administering("sums of all schools"):
        db.session.execute(_MAY_WAIT)
        keep_sums_still()
        found = wrong_sums(month)
        for one in sorted(found):
            _make_anew(one)
    return sum(found.values())


def months() -> list[date]:
    """Every month, by its first day, in which anything is counted."""
    ends = [
        select(func.min(table.c.on).label("on"), func.max(table.c.on).label("last")).where(
            table.c.span == MONTH
        )
        for table in (DAYS, LA, CHANGES)
    ]
    found = union_all(*ends).subquery()
    with across_schools("sums of all schools"):
        first, last = db.session.execute(select(func.min(found.c.on), func.max(found.c.last))).one()
    if first is None:
        return []
    return [one.first for one in months_of(first, last + A_DAY)]


def sample(today: date, dice: Random) -> Iterator[date]:
    """This month and the last, in which most changes, and one of those before."""
    this = month_of(today).first
    last = month_of(this - A_DAY).first
    yield from (last, this)
    before = [one for one in months() if one < last]
    if before:
        yield dice.choice(before)


def _make_anew(one: Span) -> None:
    """What the schools' sums are now, less what will be folded in: whatever is counted meanwhile is
    in both or in neither."""
    wanted = sums_by_key(_together(one.is_of, (DAYS, 1), (CHANGES, -1)).c)
    with across_schools("sums of all schools"):
        rows = [dict(row._mapping) for row in db.session.execute(wanted)]
    with administering("sums of all schools"):
        db.session.execute(delete(LA).where(one.is_of(LA.c)))
        if rows:
            db.session.execute(insert(LA).inline(), rows)


def _together(is_of: Callable[[Any], Any], *tables: tuple[Table, int]) -> Any:
    """Rows of these tables, each with its sign."""
    found = (select(*columns_of(table, sign=sign)).where(is_of(table.c)) for table, sign in tables)
    return union_all(*found).subquery("together")


def _within(month: date) -> Callable[[Any], Any]:
    """The month and each of its days."""
    _, first, end, _ = month_of(month)
    whole = Span(MONTH, first)
    return lambda of: or_(whole.is_of(of), and_(of.span == DAY, of.on >= first, of.on < end))
