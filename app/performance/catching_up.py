"""The minute's round through all schools: what was done is counted, many schools at a time.

What is read is read for all of them at once, as the LA reads, and what is derived from it is
written for all of them at once by the LA's administration, which may write these four tables. Most
schools of a very large authority have one change or none in a minute, and a transaction of its own
for each takes ten times as long.
"""

from __future__ import annotations

import logging
import time
from collections.abc import Callable, Sequence
from typing import cast

from sqlalchemy import ARRAY, Integer, Table, bindparam, delete, func, select

from app.errors import what_went_wrong
from app.history.models import FigureMark
from app.performance import rollup
from app.performance.reading import THESE
from tenants import across_schools, administering, db

log = logging.getLogger("deskbell.figures")

# Incidents in one transaction. A page that would count in one of their schools does not wait for
# it: it shows what was counted before, and says so.
AT_ONCE = 200
_MARKS = cast(Table, FigureMark.__table__)
_SCHOOLS = bindparam("schools", type_=ARRAY(Integer))
_WAITING = (
    select(_MARKS.c.school_id)
    .where(_MARKS.c.school_id > bindparam("after"))
    .order_by(_MARKS.c.school_id, _MARKS.c.id)
    .limit(AT_ONCE)
)
_MARKED = (
    select(_MARKS.c.school_id, _MARKS.c.id, _MARKS.c.incident_id)
    .where(_MARKS.c.school_id == func.any(_SCHOOLS))
    .order_by(_MARKS.c.school_id, _MARKS.c.id)
    .limit(AT_ONCE)
)
# The ids are the marks' own here.
_TAKE = delete(_MARKS).where(
    _MARKS.c.school_id == THESE.c.school_id, _MARKS.c.id == THESE.c.incident_id
)


def count_everywhere(commit: Callable[[], None], seconds: float) -> list[int]:
    """A round through all schools, no batch begun later than so many seconds after the first;
    returns those in which it failed, for each to be counted by itself."""
    until = time.monotonic() + seconds
    failed: list[int] = []
    after = 0
    while time.monotonic() < until and (schools := _next_schools(after)):
        try:
            _count_in(schools)
            commit()
        except Exception as error:
            db.session.rollback()
            log.warning("Figures could not be counted together: %s", what_went_wrong(error))
            failed += schools
            after = schools[-1]
    return failed


def _next_schools(after: int) -> list[int]:
    """Those behind this one whose marks make a batch, in order."""
    with across_schools("where figures are to be counted"):
        return sorted(set(db.session.scalars(_WAITING, {"after": after})))


def _count_in(schools: Sequence[int]) -> None:
    """What is marked in them, or the first of it; to be committed."""
    with across_schools("figures are counted for many schools at once"):
        # Before a mark is read, and in one order: see rollup.
        rollup.keep_still_in(schools)
        marks = db.session.execute(_MARKED, {"schools": list(schools)}).all()
        found = rollup.differences(sorted({(mark.school_id, mark.incident_id) for mark in marks}))
    with administering("figures are counted for many schools at once"):
        these = {"schools": [mark.school_id for mark in marks], "ids": [mark.id for mark in marks]}
        db.session.execute(_TAKE, these)
        rollup.write(found)
