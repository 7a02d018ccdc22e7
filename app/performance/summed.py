"""Where sums are read from: a school's from its own, those of the whole authority from the sums of
all schools together, which are as many rows however many schools there are.
"""

from __future__ import annotations

from typing import Any, Final, NamedTuple, cast

from sqlalchemy import BigInteger, Table, case, func, select
from sqlalchemy import cast as sql_cast
from sqlalchemy.dialects.postgresql import Insert as Upsert

from app.performance.counters import COUNTERS
from app.performance.models import FigureChange, FigureDay, LaFigure
from tenants import reads_every_school

DAYS: Final = cast(Table, FigureDay.__table__)
CHANGES: Final = cast(Table, FigureChange.__table__)
LA: Final = cast(Table, LaFigure.__table__)
# A version of the LA is the same for every school; a school's own is counted with it.
LA_KEYS: Final = tuple(column.name for column in LA.primary_key.columns)


class Source(NamedTuple):
    """The columns of FigureDay, wherever they come from; of all schools without `school_id`."""

    of: Any
    own_school: Any
    sums: list[Any]  # as COUNTERS


def source(*, of_all: bool) -> Source:
    """`of_all`: everything that is asked for is of all schools together. A school that asks for
    all that it sees asks for its own."""
    return ALL_SCHOOLS if of_all and reads_every_school() else EACH_SCHOOL


def columns_of(table: Table, *, sign: int = 1) -> list[Any]:
    """Of one of the three tables, as the LA's has them."""
    keys = [
        own_school(table).label(name) if name == "own_school_id" else table.c[name]
        for name in LA_KEYS
    ]
    return keys + [
        (table.c[name] * sign).label(name) if sign < 0 else table.c[name] for name in COUNTERS
    ]


def own_school(table: Table) -> Any:
    if table is LA:
        return table.c.own_school_id
    return case((table.c.own_version_id > 0, table.c.school_id), else_=0)


def sum_of(column: Any) -> Any:
    """Of a bigint PostgreSQL makes a numeric, which takes longer to read than to add up."""
    return sql_cast(func.sum(column), BigInteger)


def sums_by_key(of: Any) -> Any:
    """Of these columns of the LA's, one row a key; none where nothing is left."""
    sums = [func.nullif(sum_of(of[name]), 0).label(name) for name in COUNTERS]
    keys = [of[name] for name in LA_KEYS]
    return select(*keys, *sums).group_by(*keys).having(func.num_nonnulls(*sums) > 0).order_by(*keys)


def adding(table: Table, more: Upsert) -> Upsert:
    """What is there already gets the difference. NULL where there is nothing, so that most counters
    of most days take no room."""

    def both(name: str) -> Any:
        kept, new = table.c[name], more.excluded[name]
        return func.nullif(func.coalesce(kept, 0) + func.coalesce(new, 0), 0)

    return more.on_conflict_do_update(
        index_elements=[column.name for column in table.primary_key.columns],
        set_={name: both(name) for name in COUNTERS},
    )


def _source(of: Any, own: Any) -> Source:
    return Source(of, own, [sum_of(of[name]).label(name) for name in COUNTERS])


EACH_SCHOOL: Final = _source(DAYS.c, own_school(DAYS).label("own_school_id"))
# Both in one statement, so that it is exact at any moment: what is on its way is counted once.
_both = select(*columns_of(LA)).union_all(select(*columns_of(CHANGES))).subquery("la_sums")
ALL_SCHOOLS: Final = _source(_both.c, _both.c.own_school_id)
