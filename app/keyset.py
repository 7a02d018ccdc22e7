"""A page of a list by keyset: stable while rows arrive, and as quick at the end as at the start.

The order's columns are never NULL, and the last of them is unique in what is listed.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any, NamedTuple

from sqlalchemy import Select, tuple_

from tenants import db


class Page(NamedTuple):
    rows: list[Any]
    place: list[Any] | None  # where the next page begins; None after the last


def page_of(
    wanted: Select[Any],
    order: Sequence[Any],
    place: Callable[[Any], list[Any]],
    *,
    after: Sequence[Any] | None,
    limit: int,
    newest_first: bool = False,
    is_one_thing: bool = True,
) -> Page:
    """At most `limit` rows after that place. `place` says of a row what `order` says in SQL.
    `is_one_thing`: the statement selects one entity, and rows are those and not tuples."""
    if after is not None:
        here, there = tuple_(*order), tuple_(*after)
        wanted = wanted.where(here < there if newest_first else here > there)
    columns = [column.desc() if newest_first else column.asc() for column in order]
    found = db.session.execute(wanted.order_by(*columns).limit(limit + 1))
    rows = list(found.scalars() if is_one_thing else found)
    shown = rows[:limit]
    return Page(shown, place(shown[-1]) if len(rows) > limit else None)
