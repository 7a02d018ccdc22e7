"""A new school's first steps [S29, D12]: what is there already, and what comes next."""

from __future__ import annotations

from typing import Any, NamedTuple

from sqlalchemy import ColumnElement, exists, func, select

from app.assets.models import Asset
from app.contracts.models import SchoolCalendar
from app.contracts.register import Contract
from app.incidents.models import Incident
from app.locations.models import Location
from app.people.identity import Me
from app.people.models import Membership
from app.reachability.models import ReachPeriod
from tenants import current_school_id, db


class Step(NamedTuple):
    key: str
    is_done: bool


def steps() -> list[Step]:
    """One statement. In the order in which they are easiest."""
    school = current_school_id()
    spocs = (
        select(func.count())
        .where(
            Membership.school_id == school,
            Membership.role == "spoc",
            Membership.valid_to.is_(None),
        )
        .scalar_subquery()
    )
    wanted = select(
        (spocs >= 2).label("people"),
        _is_any(ReachPeriod, school).label("reachable"),
        _is_any(SchoolCalendar, school).label("hours"),
        _is_any(Location, school, Location.is_archived.is_(False)).label("rooms"),
        _is_any(Asset, school).label("equipment"),
        _is_any(Contract, school).label("contract"),
        _is_any(Incident, school).label("incident"),
    )
    found = db.session.execute(wanted).one()
    return [Step(name, bool(done)) for name, done in found._asdict().items()]


def is_invited(by: Me) -> bool:
    """Whether the LA has still to open the desk; only its administrator can."""
    return by.school is not None and by.school.status == "invited"


def _is_any(thing: Any, school: int, *conditions: Any) -> ColumnElement[bool]:
    return exists().where(thing.school_id == school, *conditions)
