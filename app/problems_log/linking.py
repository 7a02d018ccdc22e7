"""Which incidents a problem is behind (T19). The way to work meanwhile comes first."""

from __future__ import annotations

from app import clock
from app.errors import Refused
from app.history.actions import record
from app.incidents import turns
from app.incidents.chronicle import noted
from app.incidents.models import Incident
from app.incidents.queries import check_reach
from app.incidents.workarounds import check_recorded, work_around
from app.people.identity import Me
from app.problems_log import rules
from app.problems_log.models import Problem
from app.problems_log.queries import LINKED
from tenants import db


def link(
    incident: Incident,
    problem: Problem,
    *,
    by: Me,
    workaround: str | None = None,
    no_workaround: str | None = None,
) -> None:
    """`workaround` or why there is none is asked for where nobody has said it yet."""
    check_reach(by, "incident.link", incident)
    turns.check_step(incident, "link")
    if problem.state in rules.FINISHED:
        raise Refused("That problem is finished. Log a new one.")
    if incident.problem_id == problem.id:
        return
    if incident.problem_id is not None:
        raise Refused("It hangs on another problem. Take it off that one first.")
    if workaround or no_workaround:
        work_around(incident, by=by, text=workaround, none_because=no_workaround)
    check_recorded(incident)
    at = turns.instant_for(incident)
    incident.problem_id = problem.id
    incident.updated_at = at
    _noted(incident, problem, by, "incident.problem_linked", LINKED)


def unlink(incident: Incident, problem: Problem, *, by: Me) -> None:
    """It was something else."""
    check_reach(by, "incident.link", incident)
    if incident.problem_id != problem.id:
        raise Refused("It does not hang on that problem.")
    at = turns.instant_for(incident)
    incident.problem_id = None
    incident.updated_at = at
    _noted(incident, problem, by, "incident.problem_unlinked", "problem.incident_unlinked")


def _noted(incident: Incident, problem: Problem, by: Me, of_incident: str, of_problem: str) -> None:
    at, school = incident.updated_at, by.school
    assert school is not None
    db.session.flush()
    noted(
        incident,
        of_incident,
        at,
        by=by,
        after=rules.reference(school.code, problem.number),
        visibility="internal",
    )
    record(
        of_problem,
        subject_kind="problem",
        subject_id=problem.id,
        at=max(at, clock.now()),
        by=by,
        to_value=turns.reference(school.code, incident.number),
        visibility="internal",
    )
