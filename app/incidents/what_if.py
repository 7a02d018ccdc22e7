"""What would move, before a calendar or an agreement is saved [N23].

The change is really made, the open clocks are read as the worker would read them, and then it is
all undone: what is shown cannot differ from what saving does.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from sqlalchemy import select

from app import clock
from app.contracts.changes import Moving, only_trying
from app.contracts.queries import forget_agreements
from app.incidents.models import NEVER, Incident
from app.incidents.retiming import BATCH, Move, load, moves_of, open_ids
from app.incidents.turns import reference
from app.later import CHANGED
from app.shapes import instant
from tenants import School, across_schools, acting_in, db

# Nobody waits longer for a page; and nobody reads through more rows.
SECONDS, SHOWN = 12.0, 50


@dataclass(frozen=True)
class Moved:
    """One clock whose due time would be another, or that would be late or no longer late."""

    slug: str
    number: int
    reference: str
    metric: str
    agreement: str
    old_due_at: datetime | None
    new_due_at: datetime | None
    breach: str | None


@dataclass
class WhatIf:
    """How many, and the first of them."""

    moved: int = 0
    breaches_gained: int = 0
    breaches_lost: int = 0
    # False where the time ran out before every open incident was tried.
    is_complete: bool = True
    items: list[Moved] = field(default_factory=list)
    incidents: set[str] = field(default_factory=set)


def what_if_here(act: Callable[[], object]) -> WhatIf:
    """In the school acted in. Raises what `act` raises."""
    found = WhatIf()
    with _undone() as moving:
        act()
        db.session.flush()
        forget_agreements()
        school = db.session.execute(select(School.slug, School.code)).first()
        assert school is not None
        _try(found, school.slug, school.code, moving, time.monotonic() + SECONDS)
    return found


def what_if_everywhere(act: Callable[[], object]) -> WhatIf:
    """In every school with open incidents, in order of their code. `act` steps into the LA's
    administration by itself."""
    found = WhatIf()
    until = time.monotonic() + SECONDS
    with _undone() as moving:
        act()
        db.session.flush()
        forget_agreements()
        for school_id, slug, code in _schools_with_open():
            with acting_in(school_id):
                _try(found, slug, code, moving, until)
            if not found.is_complete:
                break
    return found


@contextmanager
def _undone() -> Iterator[list[Moving | None]]:
    """What happens inside leaves no trace; what would be left for the worker is noted."""
    was_changed = CHANGED in db.session.info
    savepoint = db.session.begin_nested()
    try:
        with only_trying() as moving:
            yield moving
    finally:
        if savepoint.is_active:
            savepoint.rollback()
        forget_agreements()
        if not was_changed:
            db.session.info.pop(CHANGED, None)


def _schools_with_open() -> list[tuple[int, str, str]]:
    with across_schools("which schools have open incidents"):
        ids = list(
            db.session.scalars(select(Incident.school_id).where(Incident.is_open).distinct())
        )
        rows = db.session.execute(
            select(School.id, School.slug, School.code)
            .where(School.id.in_(ids))
            .order_by(School.code, School.id)
        )
        return [(number, slug, code) for number, slug, code in rows]


def _try(
    found: WhatIf,
    slug: str,
    code: str,
    asked: list[Moving | None],
    until: float,
) -> None:
    now, last = clock.now(), 0
    moving = next((one for one in asked if one is not None), None)
    while ids := open_ids(last):
        last = ids[-1]
        for move in moves_of(load(ids, is_locked=False), moving, now):
            _count(found, move, slug, code, now)
        if len(ids) < BATCH:
            return
        if time.monotonic() > until:
            found.is_complete = False
            return


def _count(found: WhatIf, move: Move, slug: str, code: str, now: datetime) -> None:
    breach = move.breach(now)
    if not move.is_moved and breach is None:
        return
    found.moved += move.is_moved
    found.breaches_gained += breach == "gained"
    found.breaches_lost += breach == "lost"
    said = reference(code, move.incident.number)
    found.incidents.add(said)
    if len(found.items) < SHOWN:
        found.items.append(
            Moved(
                slug,
                move.incident.number,
                said,
                move.clock.metric,
                move.agreement,
                _known(move.old_due),
                _known(move.new_due),
                breach,
            )
        )


def _known(at: datetime) -> datetime | None:
    return None if at >= NEVER else at


def shown(found: WhatIf, *, with_items: bool = True) -> dict[str, Any]:
    """For the API."""
    return {
        "moved": found.moved,
        "breaches_gained": found.breaches_gained,
        "breaches_lost": found.breaches_lost,
        "complete": found.is_complete,
        "items": [
            {
                "reference": one.reference,
                "metric": one.metric,
                "agreement": one.agreement,
                "old_due_at": instant(one.old_due_at),
                "new_due_at": instant(one.new_due_at),
                "breach": one.breach,
            }
            for one in found.items
            if with_items
        ],
    }
