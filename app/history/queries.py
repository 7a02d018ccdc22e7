"""Who from outside looked at a school's records."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import select, tuple_

from app.history.models import AccessRecord
from tenants import current_school_id, db


def accesses(after: tuple[datetime, int] | None, limit: int) -> Sequence[Any]:
    """The access records of the school acted in, the newest first."""
    found = (
        select(
            AccessRecord.at,
            AccessRecord.id,
            AccessRecord.name,
            AccessRecord.subject,
            AccessRecord.reason,
        )
        .where(AccessRecord.school_id == current_school_id())
        .order_by(AccessRecord.at.desc(), AccessRecord.id.desc())
        .limit(limit)
    )
    if after is not None:
        found = found.where(tuple_(AccessRecord.at, AccessRecord.id) < tuple_(*after))
    return db.session.execute(found).all()
