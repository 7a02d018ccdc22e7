"""What every row of a register carries: who added it and when, and its version."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import ForeignKeyConstraint, func
from sqlalchemy.orm import Mapped, declared_attr, mapped_column
from sqlalchemy.types import DateTime

from tenants import BelongsToSchool


class Registered(BelongsToSchool):
    """Its version goes up by itself with every change; a stale one is refused."""

    created_by: Mapped[str] = mapped_column(sort_order=90)
    created_at: Mapped[datetime] = mapped_column(
        DateTime(True), server_default=func.now(), sort_order=91
    )
    updated_at: Mapped[datetime] = mapped_column(
        DateTime(True), server_default=func.now(), onupdate=func.now(), sort_order=92
    )
    version: Mapped[int] = mapped_column(default=1, sort_order=93)

    @declared_attr.directive
    @classmethod
    def __mapper_args__(cls) -> dict[str, Any]:
        return {"version_id_col": cls.version}


def points_at(table: str, column: str) -> ForeignKeyConstraint:
    """A reference that cannot leave the school."""
    return ForeignKeyConstraint(["school_id", column], [f"{table}.school_id", f"{table}.id"])
