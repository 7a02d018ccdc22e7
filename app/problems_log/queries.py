"""The problem log of the school acted in, and the incidents behind a problem."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Row, false, func, or_, select

from app import clock
from app.errors import NotThere, wrong
from app.history.models import Event
from app.incidents.models import Incident
from app.incidents.queries import visible_to
from app.people.groups import Assignable
from app.people.identity import Me
from app.people.models import LaMembership, Membership
from app.problems_log import rules
from app.problems_log.models import Problem
from tenants import across_schools, current_school_id, db

LINKED = "problem.incident_linked"
_SHOWN_INCIDENTS = 200
_COUNTED = (
    select(func.count())
    .where(Incident.school_id == Problem.school_id, Incident.problem_id == Problem.id)
    .correlate(Problem)
    .scalar_subquery()
)


def get_problem(number: int, *, to_change: bool = False) -> Problem:
    wanted = select(Problem).where(Problem.number == number)
    found = db.session.scalar(wanted.with_for_update() if to_change else wanted)
    if found is None:
        raise NotThere
    return found


def problem_numbered(number: int) -> Problem:
    """The one that a form or a program names, to put an incident under it. Raises Wrong."""
    found = db.session.scalar(select(Problem).where(Problem.number == number))
    if found is None:
        raise wrong("problem", "There is no problem of that number at this school.")
    return found


def page_of_problems(
    person: Me, filters: Mapping[str, Any], *, after: int | None, limit: int
) -> Sequence[Row[Any]]:
    """The newest first, with how many incidents hang on each. One statement."""
    wanted = (
        select(
            Problem.number,
            Problem.title,
            Problem.state,
            Problem.priority,
            Problem.raised_from,
            Problem.resolver_name,
            Problem.target_date,
            Problem.logged_at,
            _COUNTED.label("incidents"),
        )
        .where(Problem.school_id == current_school_id())
        .order_by(Problem.number.desc())
        .limit(limit)
    )
    for name in ("state", "raised_from"):
        if filters.get(name):
            wanted = wanted.where(getattr(Problem, name) == filters[name])
    if filters.get("open"):
        wanted = wanted.where(Problem.state.in_(sorted(rules.OPEN)))
    if filters.get("mine"):
        wanted = wanted.where(_is_resolver(person))
    if filters.get("q"):
        asked = filters["q"].lower()
        wanted = wanted.where(
            or_(
                func.lower(Problem.title).contains(asked, autoescape=True),
                func.lower(Problem.description).contains(asked, autoescape=True),
            )
        )
    if after is not None:
        wanted = wanted.where(Problem.number < after)
    return db.session.execute(wanted).all()


def _is_resolver(person: Me) -> Any:
    return or_(
        false(),
        Problem.resolver_id.in_(person.membership_ids),
        Problem.la_resolver_id.in_(person.la_membership_ids),
    )


def open_problems(limit: int = 200) -> list[tuple[int, str]]:
    """(number, title) of those that an incident can still be put under, the newest first."""
    wanted = (
        select(Problem.number, Problem.title)
        .where(
            Problem.school_id == current_school_id(), Problem.state.not_in(sorted(rules.FINISHED))
        )
        .order_by(Problem.number.desc())
        .limit(limit)
    )
    return [(number, title) for number, title in db.session.execute(wanted)]


def incidents_of(problem: Problem, person: Me) -> Sequence[Row[Any]]:
    """Those behind it that this person may see, the newest first."""
    wanted: Any = (
        select(Incident.number, Incident.title, Incident.status, Incident.reported_at)
        .where(
            Incident.school_id == problem.school_id,
            Incident.problem_id == problem.id,
            visible_to(person),
        )
        .order_by(Incident.number.desc())
        .limit(_SHOWN_INCIDENTS)
    )
    return db.session.execute(wanted).all()


def history_of(problem: Problem, limit: int = 100) -> Sequence[Any]:
    """What became of it, the newest first."""
    wanted = (
        select(Event)
        .where(
            Event.school_id == problem.school_id,
            Event.subject_kind == "problem",
            Event.subject_id == problem.id,
        )
        .order_by(Event.at.desc(), Event.id.desc())
        .limit(limit)
    )
    return db.session.scalars(wanted).all()


def last_linked_at(problem: Problem) -> datetime | None:
    """When the last incident was put under it."""
    return db.session.scalar(
        select(func.max(Event.at)).where(
            Event.school_id == problem.school_id,
            Event.subject_kind == "problem",
            Event.subject_id == problem.id,
            Event.kind == LINKED,
        )
    )


def resolvers() -> list[Assignable]:
    """Who can be asked to look into a problem: of the school, then of the LA."""
    today = clock.today()
    own = select(Membership.name, Membership.id).where(
        Membership.role.in_(rules.RESOLVING_ROLES), *_in_force(Membership, today)
    )
    la = select(LaMembership.name, LaMembership.id).where(
        LaMembership.role.in_(rules.RESOLVING_AT_LA), *_in_force(LaMembership, today)
    )
    return [
        *(Assignable(name, number, None) for name, number in db.session.execute(own)),
        *(Assignable(name, None, number) for name, number in db.session.execute(la)),
    ]


def resolver_named(name: str) -> Assignable:
    found = [one for one in resolvers() if one.name.lower() == name.strip().lower()]
    if len(found) == 1:
        return found[0]
    said = "There are several people of that name." if found else "Nobody of that name can do it."
    raise wrong("resolver", said)


def open_incidents_of(resolver: Assignable) -> int:
    """How many are assigned to them and open: here, or for somebody of the LA at every school.
    Leaves the school for a moment: ask before a row is read that you want to keep."""
    counted = select(func.count()).where(Incident.is_open)
    if resolver.la_membership_id is None:
        found = counted.where(
            Incident.school_id == current_school_id(),
            Incident.assignee_id == resolver.membership_id,
        )
        return db.session.scalar(found) or 0
    with across_schools("open work of somebody who is given a problem"):
        found = counted.where(Incident.la_assignee_id == resolver.la_membership_id)
        return db.session.scalar(found) or 0


def _in_force(kind: type[Membership] | type[LaMembership], today: Any) -> list[Any]:
    return [
        kind.valid_from <= today,
        or_(kind.valid_to.is_(None), kind.valid_to >= today),
    ]
