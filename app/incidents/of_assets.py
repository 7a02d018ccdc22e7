"""Incidents of equipment: of one thing, of a page of the register, and of each make and model.

R110 and R111: which makes and models cost the desk the most time, so that the next are chosen well.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from decimal import Decimal
from typing import Any, NamedTuple

from sqlalchemy import func, select

from app.assets.models import Asset
from app.assets.rules import GONE
from app.incidents.beside import Worklog
from app.incidents.models import DiagnosticCheck, Incident
from app.incidents.queries import visible_to
from app.people.identity import Me
from tenants import db

_SHOWN = 50
MOST_MODELS = 200


class OfModel(NamedTuple):
    """One make and model: how many there are, what they cost, what they cost the desk."""

    type: str
    make: str
    model: str
    assets: int
    price: Decimal | None
    incidents: int
    open: int
    minutes: int

    @property
    def incidents_each(self) -> float | None:
        return self.incidents / self.assets if self.assets else None

    @property
    def minutes_each(self) -> float | None:
        return self.minutes / self.assets if self.assets else None


def open_by_asset(person: Me, ids: Sequence[int]) -> Mapping[int, int]:
    """How many open incidents each of these has, of those the person may see."""
    rows = db.session.execute(
        select(Incident.asset_id, func.count())
        .where(Incident.asset_id.in_(ids), Incident.is_open, visible_to(person))
        .group_by(Incident.asset_id)
    )
    return {asset_id: number for asset_id, number in rows if asset_id is not None}


def of_asset(person: Me, asset_id: int) -> Sequence[Any]:
    """The newest first."""
    return db.session.execute(
        select(Incident.number, Incident.title, Incident.status, Incident.reported_at)
        .where(Incident.asset_id == asset_id, visible_to(person))
        .order_by(Incident.number.desc())
        .limit(_SHOWN)
    ).all()


def by_model(person: Me, since: datetime, *, type: str | None = None) -> list[OfModel]:
    """What took the desk most time since then at the top. Sums are made for each table by itself:
    joined, each would be counted once for every row of the other."""
    seen = (
        select(Incident.id, Incident.asset_id, Incident.is_open)
        .where(Incident.asset_id.is_not(None), Incident.reported_at >= since, visible_to(person))
        .subquery()
    )
    checked, worked = _minutes(DiagnosticCheck, seen), _minutes(Worklog, seen)
    faults = (
        select(
            seen.c.asset_id,
            func.count().label("incidents"),
            func.count().filter(seen.c.is_open).label("open"),
            func.sum(
                func.coalesce(checked.c.minutes, 0) + func.coalesce(worked.c.minutes, 0)
            ).label("minutes"),
        )
        .outerjoin(checked, checked.c.incident_id == seen.c.id)
        .outerjoin(worked, worked.c.incident_id == seen.c.id)
        .group_by(seen.c.asset_id)
        .subquery()
    )
    make, model = func.lower(Asset.make), func.lower(func.coalesce(Asset.model, ""))
    minutes = func.coalesce(func.sum(faults.c.minutes), 0)
    wanted = (
        select(
            Asset.type,
            func.min(Asset.make),
            func.coalesce(func.min(Asset.model), ""),
            func.count().filter(Asset.status.not_in(GONE)),
            func.sum(Asset.price),
            func.coalesce(func.sum(faults.c.incidents), 0),
            func.coalesce(func.sum(faults.c.open), 0),
            minutes,
        )
        .outerjoin(faults, faults.c.asset_id == Asset.id)
        .group_by(Asset.type, make, model)
        .order_by(minutes.desc(), func.count().desc(), Asset.type, make, model)
        .limit(MOST_MODELS)
    )
    if type is not None:
        wanted = wanted.where(Asset.type == type)
    return [
        OfModel(row[0], row[1], row[2], row[3], row[4], int(row[5]), int(row[6]), int(row[7]))
        for row in db.session.execute(wanted)
    ]


def _minutes(model: Any, seen: Any) -> Any:
    return (
        select(model.incident_id, func.sum(model.minutes).label("minutes"))
        .where(model.incident_id.in_(select(seen.c.id)))
        .group_by(model.incident_id)
        .subquery()
    )
