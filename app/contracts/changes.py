"""What a change of calendar or agreement leaves for the worker: the open clocks to be read again.

Anything that changes when time counts (a school's calendar, terms, bank holidays, an agreement's
version, which one a school goes by) calls one of these two in the same transaction.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import select

from app import clock
from app.later import later, later_in_schools
from tenants import School, db

RETIME = "retime_clocks"


@dataclass(frozen=True)
class Moving:
    """Clocks of a kind that leave the version they began with for the one in force.

    `since`: only those that began on that day or later. None: every clock that is not decided.
    `key`: only those of this agreement, which has a new version. None: whatever they went by, since
    the school now goes by another.
    """

    kind: str
    since: date | None
    key: str | None = None

    @property
    def payload(self) -> dict[str, Any]:
        since = self.since and self.since.isoformat()
        return {"kind": self.kind, "since": since, "key": self.key}

    @classmethod
    def to_begin(
        cls, kind: str, begins: date, *, is_for_open: bool, key: str | None = None
    ) -> Moving | None:
        """What holds from a day on. With one that begins later no clock has begun yet; its hours
        count from its first day on all the same, so clocks are read again."""
        if begins > clock.today():
            return None
        return cls(kind, None if is_for_open else begins, key)

    @classmethod
    def of(cls, payload: dict[str, Any] | None) -> Moving | None:
        if payload is None:
            return None
        since = payload["since"]
        return cls(payload["kind"], date.fromisoformat(since) if since else None, payload["key"])


def retime_this_school(why: str, moving: Moving | None = None) -> None:
    """In the school acted in. `why` stands in the history of every incident whose due moves."""
    if _trying.get() is None:
        later(RETIME, at=clock.now(), **_payload(why, moving))
    _note(moving)


def retime_every_school(why: str, moving: Moving | None = None) -> None:
    """While administering: each school by itself, so that no transaction is long."""
    if _trying.get() is None:
        school_ids = db.session.scalars(select(School.id).order_by(School.id)).all()
        later_in_schools(RETIME, school_ids, at=clock.now(), payload=_payload(why, moving))
    _note(moving)


@contextmanager
def only_trying() -> Iterator[list[Moving | None]]:
    """What would be left for the worker is noted, and not left: the change will be undone."""
    found: list[Moving | None] = []
    token = _trying.set(found)
    try:
        yield found
    finally:
        _trying.reset(token)


_trying: ContextVar[list[Moving | None] | None] = ContextVar("_trying", default=None)


def _note(moving: Moving | None) -> None:
    found = _trying.get()
    if found is not None:
        found.append(moving)


def _payload(why: str, moving: Moving | None) -> dict[str, Any]:
    return {"why": why, "moving": moving.payload if moving else None}
