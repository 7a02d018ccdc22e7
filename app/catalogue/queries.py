"""The services of the school acted in."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from datetime import date
from typing import Any, NamedTuple

from sqlalchemy import func, or_, select

from app.catalogue import rules
from app.catalogue.models import Service
from app.errors import NotThere, wrong
from app.keyset import Page, page_of
from app.people.identity import Me
from tenants import current_school_id, db


class Hits(NamedTuple):
    """How many incidents of a service there are that somebody may see."""

    open: int = 0
    this_term: int = 0


_Counting = Callable[[Me, Iterable[int]], dict[int, Hits]]
_counting: list[_Counting] = []


def incidents_come_from(count: _Counting) -> None:
    """Incidents live in a room above this one: it says how they are counted."""
    _counting[:] = [count]


def hits_of(person: Me, services: Iterable[Service]) -> dict[int, Hits]:
    """By id; nothing for those who do not see the school's incidents. One statement."""
    wanted = [one.id for one in services]
    if not (wanted and _counting and person.may("desk.view")):
        return {}
    return _counting[0](person, wanted)


def get_service(key: str, *, to_change: bool = False) -> Service:
    wanted = select(Service).where(Service.key == key)
    found = db.session.scalar(wanted.with_for_update() if to_change else wanted)
    if found is None:
        raise NotThere
    return found


def page_of_services(
    filters: Mapping[str, Any], after: list[Any] | None, limit: int, *, on: date
) -> Page:
    """By name. What is high in this season is found as high."""
    wanted = select(Service)
    if not filters.get("archived"):
        wanted = wanted.where(Service.is_archived.is_(False))
    if filters.get("supported") is not None:
        wanted = wanted.where(Service.is_supported.is_(filters["supported"]))
    if filters.get("q"):
        asked = filters["q"].lower()
        wanted = wanted.where(
            or_(*(func.lower(part).contains(asked, autoescape=True) for part in _SEARCHED))
        )
    if filters.get("criticality"):
        wanted = wanted.where(Service.id.in_(_ids_with(filters["criticality"], on)))
    return page_of(
        wanted,
        (func.lower(Service.name), Service.id),
        lambda one: [one.name.lower(), one.id],
        after=after,
        limit=limit,
    )


_SEARCHED = (Service.name, Service.purpose, Service.used_by, Service.owner)


def _ids_with(criticality: str, on: date) -> list[int]:
    """A school has some dozens of services: what holds today is worked out here, not in SQL."""
    rows = db.session.execute(select(Service.id, Service.criticality, Service.seasons))
    return [
        number
        for number, usual, seasons in rows
        if rules.criticality_on(usual, seasons, on) == criticality
    ]


def service_choices(kept: int | None = None) -> list[tuple[str, str]]:
    """(key, name) for the drop-down of a sheet; `kept` stays in it though it is archived."""
    wanted = (
        select(Service.key, Service.name)
        .where(
            Service.school_id == current_school_id(),
            or_(Service.is_archived.is_(False), Service.id == kept),
        )
        .order_by(func.lower(Service.name))
    )
    return [(key, name) for key, name in db.session.execute(wanted)]


def service_for(key: str | None, *, kept: int | None = None) -> Service | None:
    """The service that a sheet or a date names. Raises Wrong for one the school does not have."""
    if not key:
        return None
    found = db.session.scalar(select(Service).where(Service.key == key))
    if found is None:
        raise wrong("service", "Choose a service of this school.")
    if found.is_archived and found.id != kept:
        raise wrong("service", "This service is no longer offered. Choose another.")
    return found


def service_of(service_id: int | None) -> Service | None:
    """By the id that a row carries; once in a request."""
    if service_id is None:
        return None
    return db.session.get(Service, (current_school_id(), service_id))


def names_of(ids: Iterable[int | None]) -> dict[int | None, tuple[str, str]]:
    """id → (key, name); no statement when there are none."""
    wanted = {one for one in ids if one is not None}
    if not wanted:
        return {}
    rows = db.session.execute(
        select(Service.id, Service.key, Service.name).where(Service.id.in_(wanted))
    )
    return {number: (key, name) for number, key, name in rows}


def names_taken() -> set[str]:
    return {name.lower() for name in db.session.scalars(select(Service.name))}
