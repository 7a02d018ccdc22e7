"""A procedure or strategy (R4, R5, R98, R101, R106): its text in versions, one of them in force."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from sqlalchemy import BigInteger, CheckConstraint, UniqueConstraint
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column
from sqlalchemy.types import DateTime

from app.people.models import created, one_of
from app.registered import Registered, points_at
from tenants import BelongsToSchool, Model

KINDS = ("procedure", "strategy")


class Document(Registered, Model):
    __tablename__ = "documents"
    __table_args__ = (
        CheckConstraint(one_of("kind", KINDS), name="kind"),
        UniqueConstraint("school_id", "number"),
    )

    number: Mapped[int]
    kind: Mapped[str]
    title: Mapped[str]
    review_on: Mapped[date | None]
    # Of a strategy: which points it covers, ticked by hand or known from the registers.
    checklist: Mapped[dict[str, Any]] = mapped_column(JSONB)
    is_retired: Mapped[bool] = mapped_column(default=False)


class DocumentVersion(BelongsToSchool, Model):
    __tablename__ = "document_versions"
    __table_args__ = (
        CheckConstraint(one_of("state", ("proposed", "authorised", "declined")), name="state"),
        UniqueConstraint("school_id", "document_id", "number"),
        points_at("documents", "document_id"),
    )

    document_id: Mapped[int] = mapped_column(BigInteger)
    number: Mapped[int]
    text: Mapped[str]
    change_note: Mapped[str | None]
    state: Mapped[str] = mapped_column(default="proposed")
    written_by: Mapped[str]
    written_by_person: Mapped[int] = mapped_column(BigInteger)
    decided_by: Mapped[str | None]
    decided_at: Mapped[datetime | None] = mapped_column(DateTime(True))
    decision_note: Mapped[str | None]
    # Nobody else at the school may authorise, so whoever wrote it did.
    is_decided_by_writer: Mapped[bool] = mapped_column(default=False)
    created_at: Mapped[datetime] = created()
