"""The files of a row of a register: a contract's papers, a licence's proof, an asset's invoice.

A register says once how its rows are found and who may do what (`Papers`); the pages
(views_papers.py) and the API (papers_api.py) of all registers are the same.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, NamedTuple
from uuid import UUID

from sqlalchemy import ColumnElement, exists, func, select

from app import clock
from app.errors import NotThere, wrong
from app.files.intake import FIELD, Brought, write_down
from app.files.models import REGISTER, Attachment
from app.files.rules import FILES_A_ROW, SENTENCES, Refusal
from app.history.actions import record
from app.people.identity import Me
from tenants import current_school_id, db


class Owner(NamedTuple):
    """A row that files hang on, as whoever asks may see it."""

    kind: str  # one of models.OWNERS
    id: int
    version: int
    called: str  # as people call it


@dataclass(frozen=True)
class Papers:
    """How one register keeps files. `find(**address, to_change=False)` gives the row that stands
    in an address; it raises NotThere for one that this person may not see."""

    kind: str
    view: str
    edit: str
    find: Callable[..., Owner]


def papers_of(kind: str, owner_id: int) -> list[Attachment]:
    """The oldest first. There are never more than a page holds."""
    return list(db.session.scalars(select(Attachment).where(*_of(kind, owner_id)).order_by(_ID)))


def get_paper(owner: Owner, key: UUID | None) -> Attachment:
    """Foreign, removed and absent ones are the same: not there."""
    found = key and db.session.scalar(
        select(Attachment).where(*_of(owner.kind, owner.id), Attachment.id == key)
    )
    if not found:
        raise NotThere
    return found


def has_papers(kind: str, school_id: Any, owner_id: Any) -> ColumnElement[bool]:
    """For the statement of a list: whether its row has a file."""
    return exists().where(
        Attachment.school_id == school_id,
        _column(kind) == owner_id,
        Attachment.removed_at.is_(None),
    )


def had_papers(kind: str, owner_id: int) -> bool:
    """Also files that were removed: the row they hung on is history."""
    wanted = select(
        exists().where(Attachment.school_id == current_school_id(), _column(kind) == owner_id)
    )
    return bool(db.session.scalar(wanted))


def check_room(owner: Owner, count: int) -> None:
    """Also before anything of them is kept."""
    wanted = select(func.count()).where(*_of(owner.kind, owner.id))
    if (db.session.scalar(wanted) or 0) + count > FILES_A_ROW:
        raise wrong(FIELD, SENTENCES[Refusal.ROW_FULL])


def add(owner: Owner, brought: Brought, *, by: Me) -> None:
    """The caller holds the row, so that two who add at once count each other's."""
    check_room(owner, len(brought.fresh))
    write_down(brought.fresh, part=REGISTER, **{f"{owner.kind}_id": owner.id})
    _record(owner, "file_added", ", ".join(row["name"] for row in brought.fresh), by)


def remove(owner: Owner, paper: Attachment, *, by: Me) -> None:
    """It is no longer shown; its content goes in the night, unless another file is the same."""
    paper.removed_at, paper.removed_by = clock.now(), by.name
    db.session.flush()
    _record(owner, "file_removed", paper.name, by)


_ID = Attachment.id


def _column(kind: str) -> Any:
    return getattr(Attachment, f"{kind}_id")


def _of(kind: str, owner_id: int) -> tuple[ColumnElement[bool], ...]:
    return (
        Attachment.school_id == current_school_id(),
        _column(kind) == owner_id,
        Attachment.removed_at.is_(None),
    )


def _record(owner: Owner, what: str, names: str, by: Me) -> None:
    record(
        f"{owner.kind}.{what}",
        subject_kind=owner.kind,
        subject_id=owner.id,
        at=clock.now(),
        by=by,
        note=names,
        visibility="internal",
    )
