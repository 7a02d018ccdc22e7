"""The sums of all schools together: what the schools added lately is folded into them, minute by
minute. Asked for in between, figures read both (summed.py), so nobody sees whether it was done.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from sqlalchemy import delete, func, select, text, tuple_
from sqlalchemy.dialects.postgresql import insert as upsert

from app.performance.counters import COUNTERS
from app.performance.summed import CHANGES, LA, LA_KEYS, adding, columns_of, sums_by_key
from tenants import administering, db

# So many take a fraction of a second; more is another statement.
CHANGES_AT_ONCE = 20_000
_SUMS_OF_ALL = 0x6C616669  # "lafi"
_TRY_LOCK = text("SELECT pg_try_advisory_xact_lock(:of)")
_LOCK = text("SELECT pg_advisory_xact_lock(:of)")


def fold() -> int:
    """At most so many changes; to be committed. Returns how many: 0 where nothing is left or
    somebody else is at it."""
    if not db.session.scalar(_TRY_LOCK, {"of": _SUMS_OF_ALL}):
        return 0
    return int(db.session.scalar(_folding(CHANGES_AT_ONCE)) or 0)


def fold_all(commit: Callable[[], None]) -> None:
    """Each step is committed by itself: whoever waits for the lock waits for one."""
    with administering("the figures of the whole authority"):
        while fold():
            commit()


def keep_sums_still() -> None:
    """Nobody else writes the sums of all schools until the transaction ends."""
    db.session.execute(_LOCK, {"of": _SUMS_OF_ALL})


def _folding(limit: int) -> Any:
    """One statement, so that each change is in one of the tables whenever somebody looks."""
    oldest = CHANGES.alias("oldest")
    key = (oldest.c.school_id, oldest.c.id)
    some = select(*key).order_by(*key).limit(limit)
    gone = (
        delete(CHANGES)
        .where(tuple_(CHANGES.c.school_id, CHANGES.c.id).in_(some))
        .returning(*columns_of(CHANGES))
        .cte("gone")
    )
    folded = upsert(LA).from_select([*LA_KEYS, *COUNTERS], sums_by_key(gone.c))
    added = adding(LA, folded).returning(LA.c.span).cte("added")
    return select(func.count()).select_from(gone).add_cte(added)
