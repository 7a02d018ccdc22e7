"""What was read of a list of schools, as plain JSON and back, so that it can wait to be applied."""

from __future__ import annotations

from dataclasses import asdict, fields
from datetime import date
from typing import Any, TypeVar

from app.schools.register_file import EstablishmentRow, Problem, RegisterFile, SuccessorLink
from app.schools.register_values import RegisterStatus

Part = TypeVar("Part", EstablishmentRow, SuccessorLink, Problem)
_DAYS = frozenset({"pupils_as_at", "opened_on", "closed_on", "on"})


def as_json(file: RegisterFile) -> dict[str, Any]:
    return {
        "rows": [_plain(row) for row in file.rows],
        "links": [_plain(link) for link in file.links],
        "problems": [_plain(problem) for problem in file.problems],
        "more_problems": file.more_problems,
        "authorities": {str(code): count for code, count in file.authorities.items()},
    }


def from_json(stored: dict[str, Any]) -> RegisterFile:
    return RegisterFile(
        tuple(_part(EstablishmentRow, row) for row in stored["rows"]),
        tuple(_part(SuccessorLink, link) for link in stored["links"]),
        tuple(_part(Problem, problem) for problem in stored["problems"]),
        stored["more_problems"],
        {int(code): count for code, count in stored["authorities"].items()},
    )


def _plain(part: Part) -> dict[str, Any]:
    return {
        key: value.isoformat() if isinstance(value, date) else value
        for key, value in asdict(part).items()
        if value is not None
    }


def _part(kind: type[Part], stored: dict[str, Any]) -> Part:
    values: dict[str, Any] = {field.name: None for field in fields(kind)}
    for key, value in stored.items():
        values[key] = date.fromisoformat(value) if key in _DAYS else value
    if values.get("status") is not None:
        values["status"] = RegisterStatus(values["status"])
    return kind(**values)
