"""Files that wait for their form, and the content of one."""

from __future__ import annotations

from collections.abc import Sequence
from uuid import UUID

from sqlalchemy import select

from app.files.models import Attachment
from app.files.store import Content, key_of, the_store
from app.people.identity import Me
from tenants import current_school_id, db


def waiting(keys: Sequence[UUID], *, by: Me) -> list[Attachment]:
    """Those of them that this person brought and that hang on nothing yet."""
    if not keys:
        return []
    wanted = select(Attachment).where(
        Attachment.school_id == current_school_id(),
        Attachment.id.in_(keys),
        Attachment.person_id == by.person_id,
        Attachment.is_waiting(),
        Attachment.removed_at.is_(None),
    )
    return list(db.session.scalars(wanted.order_by(Attachment.id)))


def content_of(attachment: Attachment) -> Content | None:
    return the_store().open(key_of(attachment.school_id, attachment.sha256))


def thumbnail_of(attachment: Attachment) -> Content | None:
    if attachment.thumbnail_sha256 is None:
        return None
    return the_store().open(key_of(attachment.school_id, attachment.thumbnail_sha256))


def key_in(text: str) -> UUID | None:
    """An attachment's key as it stands in an address or a form; None for anything else."""
    try:
        found = UUID(text)
    except ValueError:
        return None
    return found if str(found) == text else None
