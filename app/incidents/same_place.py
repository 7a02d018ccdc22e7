"""What the room of a sheet, or its equipment, has had: what is open now ("add me to it"), and the
last faults.

Offered to anybody who may follow, so it shows titles and times alone: no reporter, nothing
sensitive. One statement each.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any, NamedTuple

from sqlalchemy import (
    CompoundSelect,
    FromClause,
    Select,
    bindparam,
    exists,
    literal,
    null,
    select,
    union_all,
)
from sqlalchemy.types import Boolean, DateTime, String

from app import clock
from app.assets.models import Asset
from app.incidents.beside import Follower
from app.incidents.models import Incident
from app.incidents.rules import STEPS
from app.locations.models import Location
from app.people.identity import Me
from tenants import current_school_id, db

# Longer ago says little about a room.
_LOOKED_BACK = timedelta(days=120)
MOST_OPEN, MOST_PAST = 5, 3
_one, _follower = Incident.__table__.c, Follower.__table__.c
_room, _asset = Location.__table__.c, Asset.__table__.c


class OpenThere(NamedTuple):
    number: int
    title: str
    reported_at: datetime
    is_mine: bool
    is_followed: bool


class PastFault(NamedTuple):
    title: str
    resolved_at: datetime
    resolution_type: str | None


class SamePlace(NamedTuple):
    open: list[OpenThere]
    past: list[PastFault]


NOTHING = SamePlace([], [])


def same_place(person: Me, room: str | None) -> SamePlace:
    """Of the room with this key, at the school acted in."""
    return _found(person, _OF_ROOM, {"room": room}) if room else NOTHING


def same_asset(person: Me, tag: str | None) -> SamePlace:
    """Of the equipment with this tag."""
    return _found(person, _OF_ASSET, {"tag": tag.strip().lower()}) if tag else NOTHING


def _found(person: Me, wanted: CompoundSelect[Any], of: dict[str, str | None]) -> SamePlace:
    if not person.may("incident.follow"):
        return NOTHING
    values = {
        "school": current_school_id(),
        "mine": list(person.membership_ids),
        "since": clock.now() - _LOOKED_BACK,
    }
    rows = db.session.connection().execute(wanted, {**values, **of}).all()
    return SamePlace(
        [
            OpenThere(row.number, row.title, row.reported_at, row.is_mine, row.is_followed)
            for row in rows
            if row.resolved_at is None
        ],
        [
            PastFault(row.title, row.resolved_at, row.resolution_type)
            for row in rows
            if row.resolved_at is not None
        ],
    )


def may_be_offered() -> tuple[Any, ...]:
    """What anybody of the school may be shown of a room, and so may follow."""
    followable = tuple(str(one) for one in STEPS["follow"][0])
    return (
        _one.is_open,
        _one.is_sensitive.is_(False),
        _one.status.in_(followable),
        _one.location_id.is_not(None),
    )


_MINE: Any = bindparam("mine", expanding=True)
_FOLLOWED = exists().where(
    _follower.school_id == _one.school_id,
    _follower.incident_id == _one.id,
    _follower.membership_id.in_(_MINE),
)
_OPEN_COLUMNS = (
    _one.number,
    _one.title,
    _one.reported_at,
    _one.reporter_id.in_(_MINE).label("is_mine"),
    _FOLLOWED.label("is_followed"),
    null().cast(DateTime(True)).label("resolved_at"),
    null().cast(String).label("resolution_type"),
)
_PAST_COLUMNS = (
    _one.number,
    _one.title,
    _one.reported_at,
    literal(False, Boolean).label("is_mine"),
    literal(False, Boolean).label("is_followed"),
    _one.resolved_at,
    _one.resolution_type,
)


def _lately(table: FromClause, is_its: Any, is_named: Any) -> CompoundSelect[Any]:
    """What is open at this thing, and its last faults. Built once."""

    def of(columns: Sequence[Any]) -> Select[Any]:
        there = (table.c.school_id == _one.school_id) & is_its
        wanted: Select[Any] = select(*columns).join(table, there)
        return wanted.where(_one.school_id == bindparam("school"), is_named)

    open_there = (
        of(_OPEN_COLUMNS).where(*may_be_offered()).order_by(_one.number.desc()).limit(MOST_OPEN)
    )
    past = (
        of(_PAST_COLUMNS)
        .where(
            _one.is_sensitive.is_(False),
            _one.type == "incident",
            _one.status.in_(("resolved", "closed")),
            _one.resolved_at > bindparam("since"),
        )
        .order_by(_one.resolved_at.desc())
        .limit(MOST_PAST)
    )
    return union_all(open_there.subquery().select(), past.subquery().select())


_OF_ROOM = _lately(Location.__table__, _room.id == _one.location_id, _room.key == bindparam("room"))
_OF_ASSET = _lately(Asset.__table__, _asset.id == _one.asset_id, _asset.tag_key == bindparam("tag"))
