"""What goes out about a problem: plain values."""

from __future__ import annotations

from typing import Any

from sqlalchemy import Row

from app.incidents.turns import reference as incident_reference
from app.people.identity import Me
from app.problems_log import queries, rules
from app.problems_log.models import Problem
from app.shapes import instant

_TEXTS = (
    "number",
    "title",
    "description",
    "state",
    "raised_from",
    "affected",
    "impact",
    "cause",
    "workaround",
    "solution",
    "reason",
    "logged_by",
)
_INSTANTS = ("logged_at", "known_error_at", "resolved_at", "closed_at")


def priority_name(rank: int | None) -> str | None:
    return f"P{rank}" if rank else None


def priority_rank(name: str | None) -> int | None:
    return int(name[1]) if name else None


def listed(row: Row[Any], code: str) -> dict[str, Any]:
    return {
        "reference": rules.reference(code, row.number),
        "number": row.number,
        "title": row.title,
        "state": row.state,
        "priority": priority_name(row.priority),
        "raised_from": row.raised_from,
        "resolver": row.resolver_name,
        "target_date": row.target_date.isoformat() if row.target_date else None,
        "logged_at": instant(row.logged_at),
        "incidents": row.incidents,
    }


def detail(problem: Problem, code: str, person: Me) -> dict[str, Any]:
    """Two statements: the problem and its incidents."""
    return {
        "reference": rules.reference(code, problem.number),
        **{name: getattr(problem, name) for name in _TEXTS},
        **{name: instant(getattr(problem, name)) for name in _INSTANTS},
        "priority": priority_name(problem.priority),
        "resolver": problem.resolver_name,
        "target_date": problem.target_date.isoformat() if problem.target_date else None,
        "incidents": [
            {
                "reference": incident_reference(code, row.number),
                "number": row.number,
                "title": row.title,
                "status": row.status,
            }
            for row in queries.incidents_of(problem, person)
        ],
        "version": problem.version,
    }
