"""Once a night, both ways: files that nobody names go, and rows whose file is gone are reported."""

from __future__ import annotations

import logging
from collections.abc import Collection
from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy import String, case, cast, delete, exists, func, literal, not_, or_, select

from app.files.models import OWNERS, Attachment
from app.files.store import content_of_key, key_of, the_store
from app.history.actions import record
from app.history.models import Event
from tenants import current_school_id, db

log = logging.getLogger("deskbell.files")

# A form may stay open for a day with its files waiting; a crash leaves a file for no longer.
KEEP_FOR = timedelta(hours=24)
MISSING = "file.missing"
# What came while the store was being listed is not missing.
_JUST_NOW = timedelta(hours=1)
# What a file hangs on, as the history names it.
_SUBJECT_KIND = case(
    *((getattr(Attachment, f"{kind}_id").is_not(None), literal(kind)) for kind in OWNERS),
    else_=literal("incident"),
)
_SUBJECT_ID = func.coalesce(
    *(getattr(Attachment, f"{kind}_id") for kind in OWNERS), Attachment.incident_id
)


def sweep(now: datetime, wanted: Collection[UUID] = ()) -> None:
    """In the school acted in. `wanted`: files that wait for a form which is kept as a draft.

    Content goes by what was named before this transaction: should it be undone, nothing is lost.
    Raises StoreAway: what cannot be looked at now is looked at later.
    """
    before = now - KEEP_FOR
    there = dict(the_store().keys(current_school_id()))
    named = _named()
    for key, put_at in there.items():
        # Named meanwhile: a row may have been written while the others were swept.
        if key not in named and put_at < before and not _is_named(key):
            the_store().delete_older(key, before)
    _forget_waiting(before, wanted)
    _report_missing(now, set(there))


def sweep_unfinished(now: datetime) -> None:
    the_store().sweep_unfinished(now - KEEP_FOR)


def _named() -> set[str]:
    """What waits or is shown; a file that somebody removed names its content no longer."""
    school_id = current_school_id()
    rows = db.session.execute(
        select(Attachment.sha256, Attachment.thumbnail_sha256).where(
            Attachment.school_id == school_id, Attachment.removed_at.is_(None)
        )
    )
    return {key_of(school_id, one) for row in rows for one in row if one is not None}


def _is_named(key: str) -> bool:
    """As it is at this moment, whatever was read before."""
    sha256 = content_of_key(key)
    wanted = select(Attachment.id).where(
        Attachment.school_id == current_school_id(),
        Attachment.removed_at.is_(None),
        or_(Attachment.sha256 == sha256, Attachment.thumbnail_sha256 == sha256),
    )
    return db.session.execute(wanted.limit(1)).first() is not None


def _forget_waiting(before: datetime, wanted: Collection[UUID]) -> None:
    statement = delete(Attachment).where(
        Attachment.school_id == current_school_id(),
        Attachment.is_waiting(),
        Attachment.created_at < before,
        Attachment.id.not_in(wanted),
    )
    db.session.execute(statement, execution_options={"synchronize_session": False})


def _report_missing(now: datetime, there: set[str]) -> None:
    """Once for each file; somebody must look at the disk, or at the last backup."""
    school_id = current_school_id()
    rows = db.session.execute(
        select(
            Attachment.id,
            _SUBJECT_KIND.label("subject_kind"),
            _SUBJECT_ID.label("subject_id"),
            Attachment.name,
            Attachment.sha256,
        ).where(
            Attachment.school_id == school_id,
            not_(Attachment.is_waiting()),
            Attachment.removed_at.is_(None),
            Attachment.created_at < now - _JUST_NOW,
            ~exists().where(
                Event.school_id == Attachment.school_id,
                Event.subject_kind == _SUBJECT_KIND,
                Event.subject_id == _SUBJECT_ID,
                Event.kind == MISSING,
                Event.details["key"].astext == cast(Attachment.id, String),
            ),
        )
    ).all()
    for row in rows:
        if key_of(school_id, row.sha256) not in there:
            log.warning("The file %s of school %d is missing.", row.id, school_id)
            record(
                MISSING,
                subject_kind=row.subject_kind,
                subject_id=row.subject_id,
                at=now,
                by=None,
                note=row.name,
                visibility="internal",
                details={"key": str(row.id)},
            )
