"""Some of the demo's schools put to work and played, one after the other."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import replace
from datetime import date
from typing import NamedTuple

from sqlalchemy import select

from app.contracts.models import BankHoliday, LaTerm
from app.demo.years import houses, stories
from app.demo.years.people import DOMAIN, cast_of
from app.demo.years.play import Play, Played, Span, Tasks, clock_at
from app.locations.actions import add_presets
from app.people.identity import SchoolName
from app.people.models import Membership, Person
from app.schools import actions
from app.schools.rules import State
from tenants import School, acting_in, administering, db

WHY = "Played by the demo"
# Schools of sixty that are no primary schools.
_OTHERS = 8


def span_of(first: date, last: date, per_week: float) -> Span:
    """With the LA's terms and bank holidays."""
    with administering("the calendar of the play"):
        terms = [(one.first_day, one.last_day) for one in db.session.scalars(select(LaTerm))]
        holidays = frozenset(db.session.scalars(select(BankHoliday.on)))
    return Span(first, last, per_week, tuple(sorted(terms)), holidays)


class Place(NamedTuple):
    """A played school, and where it stands among all that are played: the stories go by that."""

    here: SchoolName
    number: int
    phase: str | None
    pupils: int


def schools_at_work(how_many: int, part: slice, first: date) -> list[Place]:
    """So many that nobody else works in, and of these a part; whoever was invited begins to."""
    with clock_at(stories.begins(first)), administering("the schools of the play"):
        found = []
        chosen = list(enumerate(_mixed(_free_schools())[:how_many]))
        for number, school in chosen[part]:
            for state in (State.ONBOARDING, State.ACTIVE):
                if school.status in ("invited", "onboarding") and school.status != state:
                    actions.move_to(school, state, by=None, reason=WHY)
            pupils = houses.pupils_of(number, school.phase)
            school.number_of_pupils, school.pupils_invented = pupils, True
            here = SchoolName(school.id, school.slug, school.code, school.name, school.status)
            found.append(Place(here, number, school.phase, pupils))
        db.session.commit()
    for one in found:
        with acting_in(one.here.id):
            add_presets()
            db.session.commit()
    return found


def _free_schools() -> list[School]:
    """Not those in which anybody works who is not played."""
    taken = (
        select(Membership.school_id)
        .join(Person, Person.id == Membership.person_id)
        .where(Person.email.not_like(f"%@{DOMAIN}"))
    )
    wanted = select(School).where(
        School.status.in_(("invited", "onboarding", "active")), School.id.not_in(taken)
    )
    return list(db.session.scalars(wanted.order_by(School.id)))


def _mixed(schools: list[School]) -> list[School]:
    """Mostly primary schools, with a secondary or a special school after every few."""
    primary = [one for one in schools if one.phase == "Primary"]
    others = [one for one in schools if one.phase != "Primary"]
    secondary = [one for one in others if one.phase != "Not applicable"]
    special = [one for one in others if one.phase == "Not applicable"]
    for number, one in enumerate([*secondary, *special][:_OTHERS]):
        primary.insert(number * 7 + 3, one)
    return primary


def play(
    places: Iterable[Place],
    span: Span,
    seed: int,
    tasks: Tasks,
    say: Callable[[str], None],
) -> Iterator[Played]:
    for one in places:
        here = one.here
        with clock_at(stories.begins(span.first)):
            cast = cast_of(here)
            houses.write_packs(cast.manager, span.first)
            with acting_in(here.id):
                cast = houses.furnish(cast, one.number, one.pupils, span.first)
        per_week = houses.reports_a_week(one.pupils, span.per_week)
        with acting_in(here.id):
            its = replace(span, per_week=per_week)
            played = Play(cast, its, seed + one.number, tasks).run()
        say(f"{here.code}: {played.logged} reports, {played.steps.total()} steps")
        yield played
