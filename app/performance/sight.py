"""Whose figures somebody sees: a manager of the LA every school's, a school its own, the ICT owner
its place among the others who stay unnamed, a supplier what went to itself (domain.md 2.6).
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from contextlib import AbstractContextManager
from dataclasses import dataclass, replace
from typing import TypeVar

from sqlalchemy import func, select

from app.people.identity import Me
from app.people.models import SupportGroup
from app.performance import kept, rollup
from app.performance.totals import Asked
from app.permissions import Reach, reach
from tenants import across_schools, acting_in, db

Found = TypeVar("Found")
# A page that is asked for figures steps into so many schools to count; more is the worker's.
MOST_SCHOOLS_AT_ONCE = 20


@dataclass(frozen=True)
class Sight:
    """`school_ids` None: every school. `providers` None: every supplier."""

    school_ids: frozenset[int] | None
    providers: frozenset[str] | None = None
    # The same school by school: another company may go by that name next door.
    suppliers: frozenset[tuple[int, str]] | None = None
    # Sees the other schools' figures too, without their names.
    is_among_others: bool = False
    sees_hidden: bool = False

    @property
    def is_everywhere(self) -> bool:
        return self.school_ids is None

    @property
    def is_comparing(self) -> bool:
        """Whether it sees more schools than its own."""
        return self.is_everywhere or self.is_among_others


def sight_of(person: Me) -> Sight:
    """In the school where the person stands, or wherever they belong."""
    here = [
        one
        for one in person.belongings
        if person.school is None or one.school_id in (None, person.school.id)
    ]
    reaches = {one: reach((one.role,), "performance.view") for one in here}
    if any(Reach.ALL in found for found in reaches.values()):
        return Sight(frozenset({person.school.id}) if person.school else None)
    of_school = {
        one.school_id for one, found in reaches.items() if Reach.SCHOOL in found and one.school_id
    }
    if of_school:
        compares = any(reach((one.role,), "performance.compare") for one in here)
        return Sight(frozenset(of_school), is_among_others=compares, sees_hidden=True)
    as_supplier = {
        one.school_id: one.group_ids
        for one, found in reaches.items()
        if Reach.ASSIGNED in found and one.school_id
    }
    suppliers = frozenset(_names(as_supplier))
    names = frozenset(name for _, name in suppliers)
    return Sight(frozenset(as_supplier), names, suppliers)


def within_sight(sight: Sight, asked: Asked) -> Asked:
    """Never more than the person sees, whatever was asked for."""
    schools, providers = asked.school_ids, asked.providers
    if sight.school_ids is not None:
        schools = sight.school_ids if schools is None else schools & sight.school_ids
    if sight.providers is not None:
        providers = sight.providers if providers is None else providers & sight.providers
    return replace(
        asked,
        school_ids=schools,
        providers=providers,
        suppliers=sight.suppliers,
        sees_hidden=sight.sees_hidden,
    )


def every_school() -> AbstractContextManager[object]:
    """A page that is about nothing else steps in once, around all that it asks."""
    return across_schools("how support contracts perform")


def each_of(sight: Sight, ask: Callable[[], list[Found]]) -> list[Found]:
    """What `ask` finds: across schools, or in one school after the other, behind its wall."""
    if sight.is_everywhere:
        with every_school():
            return ask()
    found = []
    for _ in _stepping(sight.school_ids or frozenset()):
        found += ask()
    return found


def catch_up(sight: Sight) -> bool:
    """Count what is marked, if it is not much; returns whether the figures are up to date."""
    schools = sight.school_ids
    if schools is None:
        with every_school():
            waiting = rollup.how_many_wait()
            if not waiting:
                return True
            # In a very large authority there is always something, and the worker is quick.
            if waiting > rollup.MOST_AT_ONCE or kept.is_vast():
                return False
            schools = frozenset(rollup.waiting())
            if len(schools) > MOST_SCHOOLS_AT_ONCE:
                return False
    return all([rollup.catch_up_here() for _ in _stepping(schools)])


def _stepping(schools: frozenset[int]) -> Iterator[int]:
    for school_id in sorted(schools):
        with acting_in(school_id):
            yield school_id


def _names(groups: Mapping[int, frozenset[int]]) -> Iterator[tuple[int, str]]:
    for school_id in _stepping(frozenset(groups)):
        own = SupportGroup.id.in_(groups[school_id])
        for name in db.session.scalars(select(func.lower(SupportGroup.name)).where(own)):
            yield school_id, name
