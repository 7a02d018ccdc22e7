"""What is in a room: its equipment, and the incidents that are open there.

Both live in rooms above this one. Equipment is read from its table by name; incidents say
themselves who may see which (`create_app`).
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from sqlalchemy import func, select

from app.people.identity import Me
from app.references import table_named
from tenants import current_school_id, db

MOST_SHOWN = 100
# Whoever reads the list of a trolley wants what is in it, not what has left the school.
_GONE = ("retired", "disposed", "lost_or_stolen")

Incidents = Callable[[Me, Sequence[int]], Sequence[Any]]


class _Above:
    incidents: Incidents = staticmethod(lambda person, rooms: ())


def open_incidents_come_from(find: Incidents) -> None:
    """`find(person, rooms)`: the open ones there that this person may see."""
    _Above.incidents = find


def open_incidents_in(rooms: Sequence[int], person: Me) -> Sequence[Any]:
    """number, title, status, location_id; the newest first, and not every one of very many."""
    return _Above.incidents(person, rooms)


def assets_in(rooms: Sequence[int]) -> Sequence[Any]:
    """tag, type, make, model, status, location_id of the equipment there, by tag."""
    assets = table_named("assets").c
    wanted = (
        select(
            *(assets.tag, assets.type, assets.make, assets.model),
            *(assets.status, assets.location_id),
        )
        .where(*_there(rooms))
        .order_by(func.lower(assets.tag))
        .limit(MOST_SHOWN)
    )
    return db.session.execute(wanted).all()


def how_many_assets(rooms: Sequence[int] | None = None) -> dict[int, int]:
    """Of each of these rooms, or of the school's, that has any."""
    assets = table_named("assets").c
    wanted = (
        select(assets.location_id, func.count()).where(*_there(rooms)).group_by(assets.location_id)
    )
    return {room: many for room, many in db.session.execute(wanted)}


def has_open_stock_take(room: int) -> bool:
    taken = table_named("stock_takes").c
    wanted = select(taken.id).where(
        taken.school_id == current_school_id(), taken.location_id == room, taken.state == "open"
    )
    return db.session.scalar(wanted.limit(1)) is not None


def _there(rooms: Sequence[int] | None) -> list[Any]:
    assets = table_named("assets").c
    here = [assets.school_id == current_school_id(), assets.status.not_in(_GONE)]
    return here if rooms is None else [*here, assets.location_id.in_(rooms)]
