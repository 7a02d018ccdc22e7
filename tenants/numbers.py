"""Numbers that people say aloud (HAM-412, HAM-P12): each kind of a school's counts from 1 without
a gap, because a number is taken in the transaction that uses it."""

from __future__ import annotations

from typing import cast

from sqlalchemy import Table, bindparam
from sqlalchemy.dialects.postgresql import insert

from tenants.context import current_school_id
from tenants.db import db
from tenants.models import Counter

_COUNTERS = cast(Table, Counter.__table__)
_TAKE = (
    insert(_COUNTERS)
    .values(last_number=bindparam("how_many"))
    .on_conflict_do_update(
        index_elements=["school_id", "kind"],
        set_={"last_number": _COUNTERS.c.last_number + bindparam("how_many")},
    )
    .returning(_COUNTERS.c.last_number)
)


def take_number(kind: str, how_many: int = 1) -> int:
    """The last of so many numbers that are the caller's from now on, in the school acted in."""
    wanted = {"school_id": current_school_id(), "kind": kind, "how_many": how_many}
    taken = db.session.scalar(_TAKE, wanted)
    assert taken is not None
    return int(taken)
