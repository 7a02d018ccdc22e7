"""The changes and implementations of the school acted in."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from sqlalchemy import func, or_, select

from app.errors import NotThere, wrong
from app.keyset import Page, page_of
from app.problems_log.models import Problem
from app.progress import rules
from app.progress.models import Change, Implementation, Milestone
from tenants import db

_MOST_SHOWN = 100


def get_change(number: int, *, to_change: bool = False) -> Change:
    wanted = select(Change).where(Change.number == number)
    found = db.session.scalar(wanted.with_for_update() if to_change else wanted)
    if found is None:
        raise NotThere
    return found


def get_implementation(number: int, *, to_change: bool = False) -> Implementation:
    wanted = select(Implementation).where(Implementation.number == number)
    found = db.session.scalar(wanted.with_for_update() if to_change else wanted)
    if found is None:
        raise NotThere
    return found


def change_named(number: int | None) -> Change | None:
    """The one that a form or a program names. Raises Wrong."""
    if number is None:
        return None
    found = db.session.scalar(select(Change).where(Change.number == number))
    if found is None:
        raise wrong("change", "There is no change of that number at this school.")
    return found


def page_of_changes(filters: Mapping[str, Any], after: list[Any] | None, limit: int) -> Page:
    """The latest first."""
    wanted = select(Change)
    if filters.get("state"):
        wanted = wanted.where(Change.state == filters["state"])
    if filters.get("open") is not None:
        is_finished = Change.state.in_(sorted(rules.FINISHED))
        wanted = wanted.where(~is_finished if filters["open"] else is_finished)
    if filters.get("urgent") is not None:
        wanted = wanted.where(Change.is_urgent.is_(filters["urgent"]))
    wanted = _searched(wanted, filters.get("q"), Change.title, Change.description)
    return _by_number(wanted, Change, after, limit)


def page_of_implementations(
    filters: Mapping[str, Any], after: list[Any] | None, limit: int
) -> Page:
    """The latest first."""
    wanted = select(Implementation)
    if filters.get("status"):
        wanted = wanted.where(Implementation.status == filters["status"])
    if filters.get("open") is not None:
        is_open = Implementation.status.in_(("planned", "in_hand"))
        wanted = wanted.where(is_open if filters["open"] else ~is_open)
    wanted = _searched(wanted, filters.get("q"), Implementation.title, Implementation.summary)
    return _by_number(wanted, Implementation, after, limit)


def _searched(wanted: Any, words: str | None, *columns: Any) -> Any:
    if not words:
        return wanted
    asked = words.lower()
    return wanted.where(or_(*(func.lower(one).contains(asked, autoescape=True) for one in columns)))


def _by_number(wanted: Any, model: Any, after: list[Any] | None, limit: int) -> Page:
    return page_of(
        wanted,
        (model.number,),
        lambda one: [one.number],
        after=after,
        limit=limit,
        newest_first=True,
    )


def milestones_of(implementations: Iterable[Implementation]) -> dict[int, list[Milestone]]:
    """By implementation, in order. One statement."""
    ids = [one.id for one in implementations]
    found: dict[int, list[Milestone]] = {one: [] for one in ids}
    if ids:
        wanted = (
            select(Milestone)
            .where(Milestone.implementation_id.in_(ids))
            .order_by(Milestone.implementation_id, Milestone.position)
        )
        for one in db.session.scalars(wanted):
            found[one.implementation_id].append(one)
    return found


def problem_number_of(problem_id: int | None) -> int | None:
    if problem_id is None:
        return None
    return db.session.scalar(select(Problem.number).where(Problem.id == problem_id))


def how_many_wait(by: object) -> int:
    """For approval, to proceed or to implement."""
    some = (
        select(Change.id)
        .where(Change.state.in_(rules.WAITS_FOR_OWNER))
        .limit(_MOST_SHOWN)
        .subquery()
    )
    return db.session.scalar(select(func.count()).select_from(some)) or 0


def change_number_of(change_id: int | None) -> int | None:
    if change_id is None:
        return None
    return db.session.scalar(select(Change.number).where(Change.id == change_id))


def changes_at(states: Sequence[str]) -> Sequence[Change]:
    """In the order in which they are planned; those without a day last."""
    return db.session.scalars(
        select(Change)
        .where(Change.state.in_(states))
        .order_by(Change.planned_start.asc().nulls_last(), Change.number)
        .limit(_MOST_SHOWN)
    ).all()


def open_implementations() -> Sequence[Implementation]:
    return db.session.scalars(
        select(Implementation)
        .where(Implementation.status.in_(("planned", "in_hand")))
        .order_by(Implementation.number)
        .limit(_MOST_SHOWN)
    ).all()


def planned_solutions() -> Sequence[Problem]:
    """Problems whose solution is planned (R84); the first promised first."""
    return db.session.scalars(
        select(Problem)
        .where(Problem.state == "solution_planned")
        .order_by(Problem.target_date.asc().nulls_last(), Problem.number)
        .limit(_MOST_SHOWN)
    ).all()


def change_choices() -> list[tuple[int, str]]:
    """(number, title) of those that something can be put in place for."""
    wanted = (
        select(Change.number, Change.title)
        .where(Change.state.not_in(("draft", "rejected", "cancelled")))
        .order_by(Change.number.desc())
        .limit(200)
    )
    return [(number, title) for number, title in db.session.execute(wanted)]
