"""What the office leaves behind: a line for each change, at the LA and in the school it touches."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import select

from app.admin.said import plain
from app.history.actions import record, record_at_la
from app.history.models import LaEvent
from app.people.identity import Me
from tenants import administering, db


@dataclass(frozen=True)
class Line:
    kind: str
    before: Any = None
    after: Any = None


def lines_of(kind: str, changes: Mapping[str, tuple[Any, Any]]) -> list[Line]:
    """`person.name_changed` and the like."""
    return [
        Line(f"{kind}.{name}_changed", before, after) for name, (before, after) in changes.items()
    ]


def at_the_la(
    subject: str, lines: Iterable[Line], *, at: datetime, by: Me, reason: str | None
) -> None:
    for line in lines:
        record_at_la(
            line.kind,
            subject,
            at=at,
            by=by,
            from_value=plain(line.before),
            to_value=plain(line.after),
            note=reason,
        )


def line_just_written(kind: str, subject: str, at: datetime) -> int:
    """The number of a line at the LA, for what will name it later."""
    found = select(LaEvent.id).where(
        LaEvent.kind == kind, LaEvent.subject == subject, LaEvent.at == at
    )
    return db.session.scalars(found.order_by(LaEvent.id.desc()).limit(1)).one()


def in_the_school(
    school_id: int,
    subject: tuple[str, int],
    lines: Iterable[Line],
    *,
    at: datetime,
    by: Me,
    reason: str | None,
) -> None:
    """In the school's own history too. Stepping into it forgets every row: call this last."""
    lines = list(lines)
    if not lines:
        return
    with administering("the history of a school that the office changed", school_id):
        for line in lines:
            record(
                line.kind,
                subject_kind=subject[0],
                subject_id=subject[1],
                at=at,
                by=by,
                from_value=plain(line.before),
                to_value=plain(line.after),
                note=reason,
                visibility="public" if subject[0] == "school" else "internal",
            )


def lately(limit: int = 15) -> list[LaEvent]:
    """What happened in the office last."""
    return list(db.session.scalars(select(LaEvent).order_by(LaEvent.id.desc()).limit(limit)))
