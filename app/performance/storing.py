"""What incidents add is written down, added to the sums of their schools and noted for those of all
schools: for many incidents of one school or several at once, each time as one value.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Final, cast

from sqlalchemy import Table, bindparam, column, func, insert, select
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.dialects.postgresql import insert as upsert

from app.performance.counters import COUNTERS
from app.performance.models import FigurePart
from app.performance.summed import CHANGES, DAYS, adding
from tenants import db

_PARTS: Final = cast(Table, FigurePart.__table__)
_KEYS: Final = tuple(column.name for column in DAYS.primary_key.columns)


def store(rows: Sequence[dict[str, Any]]) -> None:
    """The differences, days as text; a counter that is not named is not changed."""
    db.session.execute(_STORE, {"rows": rows})


def put(parts: Sequence[dict[str, Any]]) -> None:
    """What incidents add, days as text; there must be none of them yet."""
    db.session.execute(_PUT, {"rows": parts})


def take_off_all_schools(school: int) -> None:
    """What stands in the school's sums is about to go."""
    less = [-DAYS.c[name] for name in COUNTERS]
    wanted = select(*(DAYS.c[name] for name in _KEYS), *less).where(DAYS.c.school_id == school)
    db.session.execute(insert(CHANGES).inline().from_select([*_KEYS, *COUNTERS], wanted))


def _said(table: Table, names: Sequence[str]) -> Any:
    """The rows of the one value, with these columns of a table, in the order of their keys: so two
    writers never wait for each other."""
    columns = [column(name, table.c[name].type) for name in names]
    said = func.jsonb_to_recordset(bindparam("rows", type_=JSONB)).table_valued(*columns)
    found = select(said.render_derived("said", with_types=True)).cte("rows")
    return select(*found.c).order_by(*(found.c[key.name] for key in table.primary_key.columns))


def _putting() -> Any:
    names = list(_PARTS.c.keys())
    return insert(_PARTS).inline().from_select(names, _said(_PARTS, names))


def _storing() -> Any:
    names = [*_KEYS, *COUNTERS]
    rows = _said(DAYS, names)
    noted = insert(CHANGES).inline().from_select(names, rows).cte("noted")
    return adding(DAYS, upsert(DAYS).inline().from_select(names, rows)).add_cte(noted)


_PUT: Final = _putting()
_STORE: Final = _storing()
