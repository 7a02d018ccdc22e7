"""Log a problem, write it up, and take it from one state to the next (domain.md 2.3)."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import select

from app import clock
from app.contracts.queries import agreement_in_force
from app.contracts.rules import Kind
from app.errors import NotAllowed, Refused, Wrong
from app.history.actions import record
from app.incidents.chronicle import noted
from app.incidents.models import Incident
from app.people.groups import Assignable
from app.people.identity import Me
from app.permissions import WORDS
from app.problems_log import queries, rules
from app.problems_log.models import Problem
from app.service_hours import NeverOpen, end_of_working_day
from tenants import School, db
from tenants.numbers import take_number

# What closing or leaving it says to the desk that owns a linked incident.
TOLD_OWNERS = "incident.problem_ended"


def log(*, by: Me, **said: Any) -> Problem:
    """From incidents, or seen before there are any (R59)."""
    at = clock.now()
    problem = Problem(
        number=take_number("problem"),
        state="logged",
        logged_by=by.name,
        logged_at=at,
        updated_at=at,
        **said,
    )
    db.session.add(problem)
    db.session.flush()
    _record("problem.logged", problem, by, at, to_value=problem.title, note=problem.raised_from)
    return problem


def write_up(problem: Problem, *, by: Me, **said: Any) -> None:
    """What it is, and what has been found out about it."""
    if problem.state in rules.FINISHED:
        raise Refused(f"It is {rules.STATE_WORDS[problem.state].lower()}. Log a new one instead.")
    changed = sorted(name for name in said if getattr(problem, name) != said[name])
    for name in changed:
        _check_may(by, rules.WRITTEN_BY[name])
        setattr(problem, name, said[name])
    _check_still_complete(problem)
    if changed:
        problem.updated_at = clock.now()
        db.session.flush()
        _record("problem.written_up", problem, by, problem.updated_at, note=", ".join(changed))


def give(problem: Problem, resolver: Assignable, busy_with: int, *, by: Me, anyway: bool) -> None:
    """The problem manager says who looks into it. Nobody who mends incidents at the same time
    (FITS): of the LA that is refused, of the school it is said first."""
    if busy_with and resolver.la_membership_id is not None:
        raise Refused(
            f"{resolver.name} has {_incidents(busy_with)} in hand. Whoever looks into a problem "
            "has none: hand those to somebody else first."
        )
    if busy_with and not anyway:
        raise Refused(
            f"{resolver.name} has {_incidents(busy_with)} in hand, so this will wait behind them. "
            "Choose somebody else, or say that they should do it all the same."
        )
    before = problem.resolver_name
    problem.resolver_id = resolver.membership_id
    problem.la_resolver_id = resolver.la_membership_id
    problem.resolver_name = resolver.name
    at = _move(problem, "assigned", by, keeps=problem.state != "logged")
    _record("problem.assigned", problem, by, at, from_value=before, to_value=resolver.name)


def move(problem: Problem, state: str, *, by: Me, **said: Any) -> None:
    """To the next state, with what it needs to be said."""
    step = rules.STEPS[state]
    _check_may(by, (step.permission,))
    if problem.state not in step.before:
        raise Refused(rules.refusal(problem.state, state))
    for name, value in said.items():
        if value is not None:
            setattr(problem, name, value)
    _check_filled(problem, step.needs)
    before = problem.state
    if state == "closed":
        _check_quiet(problem)
    at = _move(problem, state, by)
    _record(
        f"problem.{state}", problem, by, at, from_value=before, to_value=state, note=_note(problem)
    )
    if state in ("closed", "accepted"):
        _tell_owners(problem, by, at)


def _move(problem: Problem, state: str, by: Me, *, keeps: bool = False) -> datetime:
    _check_may(by, (rules.STEPS[state].permission,))
    if problem.state not in rules.STEPS[state].before:
        raise Refused(rules.refusal(problem.state, state))
    at = max(clock.now(), problem.updated_at)
    if not keeps:
        problem.state = state
        if state in ("known_error", "resolved", "closed"):
            setattr(problem, f"{state}_at", at)
    problem.updated_at = at
    db.session.flush()
    return at


def _check_may(by: Me, permissions: tuple[str, ...]) -> None:
    if not any(by.may(one) for one in permissions):
        raise NotAllowed(f"{WORDS[permissions[0]]}: your role does not allow it.")


def _check_filled(problem: Problem, needs: tuple[str, ...]) -> None:
    missing = [rules.MISSING[name] for name in needs if not getattr(problem, name)]
    if missing:
        raise Wrong({field: [sentence] for field, sentence in missing})


def _check_still_complete(problem: Problem) -> None:
    """What a state needed stays filled in it."""
    for state in ("known_error", "solution_planned", "resolved"):
        if problem.state == state:
            _check_filled(problem, rules.STEPS[state].needs)


def _check_quiet(problem: Problem) -> None:
    """Ten working days since it was resolved and since the last incident came to it."""
    assert problem.resolved_at is not None
    since = max(problem.resolved_at, queries.last_linked_at(problem) or problem.resolved_at)
    calendar = agreement_in_force(Kind.OLA, since.date()).calendar
    try:
        until = end_of_working_day(calendar, since, rules.QUIET_WORKING_DAYS)
    except NeverOpen:
        return
    if clock.now() < until:
        raise Refused(
            f"It can be closed after {rules.QUIET_WORKING_DAYS} working days without a new "
            f"incident: after {until.astimezone(clock.LONDON):%-d %B %Y}."
        )


def _tell_owners(problem: Problem, by: Me, at: datetime) -> None:
    """One line in the history of each incident that hung on it; the desks that own them hear."""
    code = db.session.scalar(select(School.code)) or ""
    reference = rules.reference(code, problem.number)
    linked = select(Incident).where(Incident.problem_id == problem.id).order_by(Incident.number)
    for incident in db.session.scalars(linked):
        noted(
            incident,
            TOLD_OWNERS,
            at,
            by=by,
            before=problem.state,
            after=reference,
            note=problem.solution if problem.state == "closed" else problem.reason,
            visibility="internal",
        )


def _note(problem: Problem) -> str | None:
    said = {
        "known_error": problem.workaround,
        "solution_planned": problem.solution,
        "resolved": problem.solution,
        "accepted": problem.reason,
        "cancelled": problem.reason,
    }
    return said.get(problem.state)


def _incidents(many: int) -> str:
    return f"{many} open incident{'' if many == 1 else 's'}"


def _record(
    kind: str,
    problem: Problem,
    by: Me,
    at: datetime,
    *,
    from_value: str | None = None,
    to_value: str | None = None,
    note: str | None = None,
) -> None:
    record(
        kind,
        subject_kind="problem",
        subject_id=problem.id,
        at=at,
        by=by,
        from_value=from_value,
        to_value=to_value,
        note=note,
        visibility="internal",
    )
