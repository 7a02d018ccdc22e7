"""What goes out about changes and implementations: plain values."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from app.people.identity import Me
from app.problems_log.models import Problem
from app.progress import queries, rules
from app.progress.models import Change, Implementation, Milestone
from app.shapes import instant

CHANGE_HEADINGS = (
    *("Reference", "What is to change", "State", "Why", "Urgent", "Cost", "Asked for by"),
    *("Planned start", "Planned end", "Approved by", "Asked for on"),
)
IMPLEMENTATION_HEADINGS = (
    *("Number", "What is put in place", "From", "Who sees to it", "Status", "Percent done"),
    *("Milestones reached", "Milestones", "Next due on"),
)
_TEXTS = (
    *("description", "affected", "users_affected", "benefits", "contracts_affected", "risk"),
    *("test_plan", "back_out_plan", "communication_plan", "outcome", "approved_by"),
    "decision_note",
)


def changes(found: Sequence[Change], code: str) -> list[dict[str, Any]]:
    return [_change(one, code) for one in found]


def _change(change: Change, code: str) -> dict[str, Any]:
    return {
        "reference": rules.reference(code, change.number),
        "number": change.number,
        "title": change.title,
        "state": change.state,
        "reason": change.reason,
        "urgent": change.is_urgent,
        "cost": f"{change.cost:.2f}",
        "originator": change.originator,
        "planned_start": instant(change.planned_start),
        "planned_end": instant(change.planned_end),
        "created_at": instant(change.created_at),
    }


def change_detail(change: Change, code: str, person: Me) -> dict[str, Any]:
    return {
        **_change(change, code),
        **{name: getattr(change, name) for name in _TEXTS},
        "problem": queries.problem_number_of(change.problem_id),
        "started_at": instant(change.started_at),
        "ended_at": instant(change.ended_at),
        "approved_by_originator": change.is_approved_by_originator,
        "next_states": next_states(change, person),
        "version": change.version,
    }


def next_states(change: Change, person: Me) -> list[str]:
    """The steps that this person can take from here."""
    return [
        state
        for state, step in rules.STEPS.items()
        if change.state in step.before and person.may(step.permission)
    ]


def change_cells(found: Sequence[Change], code: str) -> list[Sequence[Any]]:
    return [
        [
            *(rules.reference(code, one.number), one.title, rules.STATE_WORDS[one.state]),
            *(rules.REASON_WORDS[one.reason], one.is_urgent, one.cost, one.originator),
            *(one.planned_start, one.planned_end, one.approved_by, one.created_at),
        ]
        for one in found
    ]


def implementations(found: Sequence[Implementation]) -> list[dict[str, Any]]:
    """One statement for the milestones of all of them."""
    milestones = queries.milestones_of(found)
    return [_implementation(one, milestones[one.id]) for one in found]


def _implementation(one: Implementation, milestones: Sequence[Milestone]) -> dict[str, Any]:
    due = sorted(each.due_on for each in milestones if each.due_on and not each.done_on)
    return {
        "number": one.number,
        "title": one.title,
        "origin": one.origin,
        "owner": one.owner,
        "status": one.status,
        "percent": rules.percent(milestones),
        "milestones_done": sum(each.done_on is not None for each in milestones),
        "milestones_all": len(milestones),
        "next_due_on": due[0].isoformat() if due else None,
    }


def implementation_detail(one: Implementation) -> dict[str, Any]:
    milestones = queries.milestones_of([one])[one.id]
    return {
        **_implementation(one, milestones),
        "summary": one.summary,
        "reason": one.reason,
        "change": queries.change_number_of(one.change_id),
        "problem": queries.problem_number_of(one.problem_id),
        "milestones": [milestone(each) for each in milestones],
        "created_by": one.created_by,
        "created_at": instant(one.created_at),
        "version": one.version,
    }


def milestone(one: Milestone) -> dict[str, Any]:
    return {
        "position": one.position,
        "name": one.name,
        "due_on": one.due_on.isoformat() if one.due_on else None,
        "done_on": one.done_on.isoformat() if one.done_on else None,
    }


def implementation_cells(found: Sequence[Implementation]) -> list[Sequence[Any]]:
    return [
        [
            *(one["number"], one["title"], rules.ORIGIN_WORDS[one["origin"]], one["owner"]),
            *(rules.STATUS_WORDS[one["status"]], one["percent"]),
            *(one["milestones_done"], one["milestones_all"], one["next_due_on"]),
        ]
        for one in implementations(found)
    ]


def planned_solution(problem: Problem) -> dict[str, Any]:
    return {
        "number": problem.number,
        "title": problem.title,
        "solution": problem.solution,
        "resolver": problem.resolver_name,
        "target_date": problem.target_date.isoformat() if problem.target_date else None,
    }


def progress(code: str) -> dict[str, Any]:
    """What the ICT owner watches: what is put in place, what is to be solved, what to decide."""
    return {
        "implementations": implementations(queries.open_implementations()),
        "problems": [planned_solution(one) for one in queries.planned_solutions()],
        "changes_to_approve": changes(queries.changes_at(rules.WAITS_FOR_OWNER), code),
        "changes_coming": changes(queries.changes_at(rules.COMING), code),
    }
