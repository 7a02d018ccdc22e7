"""What changed in a school is added to its sums, and noted for those of all schools: one statement,
sent as one value, for the worker sends it for each school of thousands.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Final

from sqlalchemy import Integer, bindparam, column, func, insert, select
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.dialects.postgresql import insert as upsert

from app.performance.counters import COUNTERS
from app.performance.summed import CHANGES, DAYS, adding
from tenants import db

_KEYS: Final = tuple(column.name for column in DAYS.primary_key.columns)
_SAID: Final = (*_KEYS[1:], *COUNTERS)  # all but the school


def store(school: int, rows: Sequence[dict[str, Any]]) -> None:
    """The differences, days as text; a counter that is not named is not changed."""
    db.session.execute(_STORE, {"school": school, "rows": rows})


def take_off_all_schools(school: int) -> None:
    """What stands in the school's sums is about to go."""
    less = [-DAYS.c[name] for name in COUNTERS]
    wanted = select(*(DAYS.c[name] for name in _KEYS), *less).where(DAYS.c.school_id == school)
    db.session.execute(insert(CHANGES).inline().from_select([*_KEYS, *COUNTERS], wanted))


def _storing() -> Any:
    said = func.jsonb_to_recordset(bindparam("rows", type_=JSONB))
    columns = [column(name, DAYS.c[name].type) for name in _SAID]
    changed = select(said.table_valued(*columns).render_derived("said", with_types=True)).cte(
        "rows"
    )
    # In one order, so that two writers never wait for each other.
    school = bindparam("school", type_=Integer)
    rows = select(school.label("school_id"), *changed.c).order_by(
        *(changed.c[name] for name in _KEYS[1:])
    )
    names = ["school_id", *_SAID]
    noted = insert(CHANGES).inline().from_select(names, rows).cte("noted")
    return adding(DAYS, upsert(DAYS).inline().from_select(names, rows)).add_cte(noted)


_STORE: Final = _storing()
