"""A list of schools that somebody handed in: what it said, and whether it was applied.

It belongs to the LA's office, before any school, so it has no school_id.
"""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, Index, LargeBinary
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column
from sqlalchemy.types import DateTime

from tenants import Model


class SchoolImport(Model):
    __tablename__ = "school_imports"
    __table_args__ = (
        CheckConstraint("la_code BETWEEN 0 AND 999", name="la_code"),
        Index("ix_school_imports_created_at", "created_at", "id"),
    )

    # Made in Python: it stands in the address of the page that shows the comparison.
    id: Mapped[UUID] = mapped_column(primary_key=True)
    file_name: Mapped[str]
    sha256: Mapped[bytes] = mapped_column(LargeBinary)
    la_code: Mapped[int]
    with_closed: Mapped[bool]
    # The name as it was, so that the list stays readable when people leave.
    uploaded_by: Mapped[str]
    la_membership_id: Mapped[int | None] = mapped_column(ForeignKey("la_memberships.id"))
    created_at: Mapped[datetime] = mapped_column(DateTime(True))
    applied_at: Mapped[datetime | None] = mapped_column(DateTime(True))
    # What was read of the file (staged.py), and what applying it did, by kind.
    staged: Mapped[dict[str, Any]] = mapped_column(JSONB)
    counts: Mapped[dict[str, int]] = mapped_column(JSONB)
