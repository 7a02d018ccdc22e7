"""An attachment: whose it is, what it is, and which content it names (store.py).

A file comes before what it is attached to: it is kept unlinked, for whoever brought it, until the
form it came with is saved. What nobody links is swept away.
"""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from sqlalchemy import (
    BigInteger,
    CheckConstraint,
    ColumnElement,
    ForeignKey,
    ForeignKeyConstraint,
    Index,
    LargeBinary,
    and_,
    func,
)
from sqlalchemy.orm import Mapped, mapped_column
from sqlalchemy.types import DateTime

from app.registered import points_at
from tenants import Model, current_school_id

# The part of what hangs on a row of a register, and the registers that take files.
REGISTER = "register"
OWNERS = ("contract", "licence", "asset")


class Attachment(Model):
    __tablename__ = "attachments"
    __table_args__ = (
        CheckConstraint("part IN ('sheet', 'note', 'check', 'register')", name="part"),
        CheckConstraint("visibility IN ('public', 'internal', 'supplier')", name="visibility"),
        CheckConstraint("size > 0", name="size"),
        ForeignKeyConstraint(["school_id", "incident_id"], ["incidents.school_id", "incidents.id"]),
        ForeignKeyConstraint(
            ["school_id", "check_id"], ["diagnostic_checks.school_id", "diagnostic_checks.id"]
        ),
        points_at("contracts", "contract_id"),
        points_at("licences", "licence_id"),
        points_at("assets", "asset_id"),
        Index("ix_attachments_incident", "school_id", "incident_id", "id"),
        Index(
            "ix_attachments_unlinked",
            "school_id",
            "created_at",
            postgresql_where="incident_id IS NULL",
        ),
    )

    school_id: Mapped[int] = mapped_column(
        ForeignKey("schools.id"), primary_key=True, default=current_school_id
    )
    id: Mapped[UUID] = mapped_column(primary_key=True)
    incident_id: Mapped[int | None] = mapped_column(BigInteger)
    part: Mapped[str] = mapped_column(default="sheet")
    # Which note (an event's key) or which line of the diagnostics sheet it belongs to.
    event_at: Mapped[datetime | None] = mapped_column(DateTime(True))
    event_id: Mapped[int | None] = mapped_column(BigInteger)
    check_id: Mapped[int | None] = mapped_column(BigInteger)
    # Or which row of a register: a contract's paper, a licence's proof, an asset's invoice.
    contract_id: Mapped[int | None] = mapped_column(BigInteger)
    licence_id: Mapped[int | None] = mapped_column(BigInteger)
    asset_id: Mapped[int | None] = mapped_column(BigInteger)
    visibility: Mapped[str] = mapped_column(default="public")
    name: Mapped[str]
    media_type: Mapped[str]
    size: Mapped[int] = mapped_column(BigInteger)
    sha256: Mapped[bytes] = mapped_column(LargeBinary)
    width: Mapped[int | None]
    height: Mapped[int | None]
    thumbnail_sha256: Mapped[bytes | None] = mapped_column(LargeBinary)
    person_id: Mapped[int] = mapped_column(ForeignKey("people.id"))
    uploaded_by: Mapped[str]
    created_at: Mapped[datetime] = mapped_column(DateTime(True), server_default=func.now())
    removed_at: Mapped[datetime | None] = mapped_column(DateTime(True))
    removed_by: Mapped[str | None]

    @classmethod
    def is_waiting(cls) -> ColumnElement[bool]:
        """It hangs on nothing yet."""
        return and_(cls.incident_id.is_(None), cls.part != REGISTER)
