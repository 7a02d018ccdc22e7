"""One step of a problem, as pages and programs ask for it."""

from __future__ import annotations

from typing import Any, NamedTuple

from app.errors import wrong
from app.people.groups import Assignable
from app.people.identity import Me
from app.problems_log import actions, queries
from app.problems_log.models import Problem


class Asked(NamedTuple):
    """A step with what had to be looked up first: counting somebody's work leaves the school for a
    moment, and a row that was read before would be let go of."""

    state: str
    said: dict[str, Any]
    anyway: bool = False
    resolver: Assignable | None = None
    busy_with: int = 0


def asked(said: dict[str, Any]) -> Asked:
    """Raises Wrong where nobody, or nobody who may, is named."""
    said = dict(said)
    state, anyway = said.pop("state"), bool(said.pop("anyway", False))
    name = said.pop("resolver", None)
    if state != "assigned":
        return Asked(state, said, anyway)
    if not name:
        raise wrong("resolver", "Say who looks into it")
    resolver = queries.resolver_named(name)
    return Asked(state, said, anyway, resolver, queries.open_incidents_of(resolver))


def take(problem: Problem, step: Asked, *, by: Me) -> None:
    if step.resolver is not None:
        actions.give(problem, step.resolver, step.busy_with, by=by, anyway=step.anyway)
    else:
        actions.move(problem, step.state, by=by, **step.said)
