"""The two outboxes as the drain handles them: read, claim, lock, mark, the same for both."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache
from typing import Any, NamedTuple, cast
from uuid import UUID

from sqlalchemy import ColumnElement, Table, bindparam, case, func, select, update

from app.later import DoorOutbox, Outbox
from tenants import db
from workers.patience import LONGEST_PAUSE, MAX_TRIES, PAUSES

# Longer than the longest mail (app/notifications/transports.py); pages have 10 s.
_MAY_WAIT = ("idle_in_transaction_session_timeout", "60s")


class Row(NamedTuple):
    id: UUID
    task: str
    payload: dict[str, Any]


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
            select(table.c.attempts).where(*these, *undone).with_for_update(skip_locked=True)
        )
        # Locked, read and marked in one go; the mark comes true with the effect, at the commit.
        self.claim = (
            update(table)
            .where(*of_school, table.c.id.in_(free.scalar_subquery()))
            .values(done_at=bindparam("now"), last_error=None)
            .returning(*columns)
        )
        # In the same breath: a transaction in which a mail is sent may wait for its server.
        self.claim_for_long = self.claim.returning(func.set_config(*_MAY_WAIT, True))
        self.put_off = (
            update(table)
            .where(*of_school, table.c.id.in_(free.where(_has_patience(table)).scalar_subquery()))
            .values(
                attempts=table.c.attempts + 1,
                last_error=bindparam("said"),
                next_try_at=bindparam("now", type_=table.c.next_try_at.type) + _pause(table),
            )
            .returning(table.c.id)
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

    def claim(self, ids: Sequence[UUID], now: datetime, *, for_long: bool = False) -> list[Row]:
        """Mark those as done that nobody else has in hand, and lock them until the commit."""
        these = self.statements
        return self._rows(these.claim_for_long if for_long else these.claim, ids, now=now)

    def put_off(self, ids: Sequence[UUID], now: datetime, said: str) -> set[UUID]:
        """All that are not to be given up, each for as long as it is due; returns which."""
        return {row.id for row in self._execute(self.statements.put_off, ids, now=now, said=said)}

    def lock(self, row_id: UUID) -> int | None:
        """How often it was tried; None if somebody else has it, or it is done."""
        attempts: int | None = self._execute(self.statements.lock, [row_id]).scalar()
        return attempts

    def mark(self, row_id: UUID, **values: Any) -> None:
        table = self.statements.table
        self._execute(update(table).where(*self.statements.these).values(**values), [row_id])

    def _rows(self, statement: Any, ids: Sequence[UUID], **more: Any) -> list[Row]:
        return [Row(*row[:3]) for row in self._execute(statement, ids, **more)]

    def _execute(self, statement: Any, ids: Sequence[UUID], **more: Any) -> Any:
        school = {} if self.school_id is None else {"school": self.school_id}
        return db.session.connection().execute(statement, {**school, "ids": list(ids), **more})


def box_of(school_id: int | None) -> Box:
    return Box(school_id, _statements(school_id is None))


def _has_patience(table: Table) -> ColumnElement[bool]:
    return table.c.attempts < MAX_TRIES


def _pause(table: Table) -> ColumnElement[Any]:
    return case(
        *((table.c.attempts == number, pause) for number, pause in enumerate(PAUSES)),
        else_=LONGEST_PAUSE,
    )


@lru_cache(maxsize=2)
def _statements(is_door: bool) -> _Statements:
    model = DoorOutbox if is_door else Outbox
    return _Statements(cast(Table, model.__table__))
