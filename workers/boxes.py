"""The two outboxes as the drain handles them: read, claim, lock, mark, the same for both."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache
from typing import Any, NamedTuple, cast
from uuid import UUID

from sqlalchemy import Table, bindparam, select, update

from app.later import DoorOutbox, Outbox
from tenants import db


class Row(NamedTuple):
    id: UUID
    task: str
    payload: dict[str, Any]


class Tried(NamedTuple):
    attempts: int
    created_at: datetime


class _Statements:
    """Made once: building one takes longer than PostgreSQL needs for it."""

    def __init__(self, table: Table) -> None:
        of_school = [table.c.school_id == bindparam("school")] if "school_id" in table.c else []
        these = [*of_school, table.c.id.in_(bindparam("ids", expanding=True))]
        undone = [table.c.done_at.is_(None), table.c.failed_at.is_(None)]
        columns = (table.c.id, table.c.task, table.c.payload)
        free = select(table.c.id).where(*these, *undone).with_for_update(skip_locked=True)
        self.table = table
        self.these = these
        self.read = select(*columns).where(*these, *undone)
        self.lock = (
            select(table.c.attempts, table.c.created_at)
            .where(*these, *undone)
            .with_for_update(skip_locked=True)
        )
        # Locked, read and marked in one go; the mark comes true with the effect, at the commit.
        self.claim = (
            update(table)
            .where(*of_school, table.c.id.in_(free.scalar_subquery()))
            .values(done_at=bindparam("now"), last_error=None)
            .returning(*columns)
        )


@dataclass(frozen=True)
class Box:
    """One school's outbox, or the front door's (`school_id` None)."""

    school_id: int | None
    statements: _Statements

    def read(self, ids: Sequence[UUID]) -> list[Row]:
        """Those of them that are still to be done, in the order of `ids`."""
        found = {row.id: row for row in self._rows(self.statements.read, ids)}
        return [found[one] for one in ids if one in found]

    def claim(self, ids: Sequence[UUID], now: datetime) -> list[Row]:
        """Mark those as done that nobody else has in hand, and lock them until the commit."""
        return self._rows(self.statements.claim, ids, now=now)

    def lock(self, row_id: UUID) -> Tried | None:
        found = self._execute(self.statements.lock, [row_id]).first()
        return None if found is None else Tried(*found)

    def mark(self, row_id: UUID, **values: Any) -> None:
        table = self.statements.table
        self._execute(update(table).where(*self.statements.these).values(**values), [row_id])

    def _rows(self, statement: Any, ids: Sequence[UUID], **more: Any) -> list[Row]:
        return [Row(*row) for row in self._execute(statement, ids, **more)]

    def _execute(self, statement: Any, ids: Sequence[UUID], **more: Any) -> Any:
        school = {} if self.school_id is None else {"school": self.school_id}
        return db.session.connection().execute(statement, {**school, "ids": list(ids), **more})


def box_of(school_id: int | None) -> Box:
    return Box(school_id, _statements(school_id is None))


@lru_cache(maxsize=2)
def _statements(is_door: bool) -> _Statements:
    model = DoorOutbox if is_door else Outbox
    return _Statements(cast(Table, model.__table__))
