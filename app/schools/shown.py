"""Schools as they are shown to those who may see them, on pages and as JSON."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import select, tuple_

from app import clock
from app.people.identity import Me
from app.schools.queries import open_urns
from tenants import School, SchoolIdentifier, across_schools, acting_in, current_school_id, db


@dataclass(frozen=True)
class Page:
    items: list[dict[str, Any]]
    next: list[Any] | None


def page_of_schools(person: Me, *, after: list[Any] | None, limit: int) -> Page:
    """The schools a person may see, by name: their own; all of them for LA staff."""
    wanted = select(School).order_by(School.name, School.id).limit(limit + 1)
    if after is not None:
        wanted = wanted.where(tuple_(School.name, School.id) > tuple_(after[0], after[1]))
    if person.narrowed_to_school is not None:
        wanted = wanted.where(School.id == person.narrowed_to_school)
    if person.is_la_staff:
        with across_schools("the list of schools"):
            found = list(db.session.scalars(wanted))
            urns = open_urns(found)
    else:
        mine = [school.id for school in person.schools]
        if any(one.school_id is None for one in person.belongings):
            mine.append(person.narrowed_to_school or 0)  # LA staff, by a token for that school
        found = list(db.session.scalars(wanted.where(School.id.in_(mine))))
        urns = _urns_one_by_one(found)
    page = found[:limit]
    items = [_in_list(school, urns.get(school.id)) for school in page]
    return Page(items, [page[-1].name, page[-1].id] if len(found) > limit else None)


def _urns_one_by_one(schools: list[School]) -> dict[int, int]:
    """Nobody but LA staff may ask several schools at once; one's own are few."""
    urns: dict[int, int] = {}
    for school in schools:
        with acting_in(school):
            urns |= open_urns([school])
    return urns


def shown_school(person: Me) -> dict[str, Any] | None:
    """The school acted in."""
    if person.school is None:
        return None
    school = db.session.get(School, person.school.id)
    if school is None:
        return None
    urn = open_urns([school]).get(school.id)
    return _in_list(school, urn) | {"spocs": spocs(clock.now())}


def particulars() -> dict[str, Any]:
    """What the page about the school acted in adds: its entry and its URNs, the newest first."""
    identifiers = db.session.scalars(
        select(SchoolIdentifier).order_by(
            SchoolIdentifier.valid_to.desc().nulls_first(), SchoolIdentifier.id.desc()
        )
    )
    return {
        "entry": db.session.get_one(School, current_school_id()),
        "identifiers": list(identifiers),
    }


def spocs_come_from(provider: Callable[[datetime], list[dict[str, Any]]]) -> None:
    """Who can be reached is known in a room above this one, so it says it to us (`create_app`)."""
    _Told.spocs = provider


def spocs(now: datetime) -> list[dict[str, Any]]:
    """The single points of contact of the school acted in, and whether they can be reached."""
    return _Told.spocs(now)


class _Told:
    spocs: Callable[[datetime], list[dict[str, Any]]] = staticmethod(lambda now: [])


def _in_list(school: School, urn: int | None) -> dict[str, Any]:
    return {
        "urn": urn,
        "name": school.name,
        "code": school.code,
        "slug": school.slug,
        "phase": school.phase,
        "status": school.status,
    }
