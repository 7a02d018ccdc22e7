"""Events and access records: append-only. Keys begin (school_id, at), so years can be dropped."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import BigInteger, CheckConstraint, ForeignKey, Identity, Index
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column
from sqlalchemy.types import DateTime

from tenants import BelongsToSchool, Model, current_school_id

VISIBILITIES = ("public", "internal", "supplier")


class Event(Model):
    __tablename__ = "events"
    __table_args__ = (
        CheckConstraint("visibility IN ('public', 'internal', 'supplier')", name="visibility"),
        Index("ix_events_subject", "school_id", "subject_kind", "subject_id", "at", "id"),
    )

    school_id: Mapped[int] = mapped_column(
        ForeignKey("schools.id"), primary_key=True, default=current_school_id
    )
    at: Mapped[datetime] = mapped_column(DateTime(True), primary_key=True)
    id: Mapped[int] = mapped_column(BigInteger, Identity(), primary_key=True)
    kind: Mapped[str]
    subject_kind: Mapped[str]
    subject_id: Mapped[int] = mapped_column(BigInteger)
    # The name as it was, so that history stays readable when people leave.
    actor: Mapped[str]
    actor_membership_id: Mapped[int | None] = mapped_column(BigInteger)
    actor_la_membership_id: Mapped[int | None] = mapped_column(BigInteger)
    from_value: Mapped[str | None]
    to_value: Mapped[str | None]
    note: Mapped[str | None]
    visibility: Mapped[str] = mapped_column(default="public")
    details: Mapped[dict[str, Any] | None] = mapped_column(JSONB)


class FigureMark(BelongsToSchool, Model):
    """Something happened to this incident: whoever keeps the figures counts it anew and takes the
    mark away. Only ever added to, so that nobody waits for anybody."""

    __tablename__ = "figure_marks"

    incident_id: Mapped[int] = mapped_column(BigInteger)


class LaEvent(Model):
    """What happened in the LA's own office: people, schools and groups changed."""

    __tablename__ = "la_events"

    id: Mapped[int] = mapped_column(BigInteger, Identity(), primary_key=True)
    at: Mapped[datetime] = mapped_column(DateTime(True))
    kind: Mapped[str]
    subject: Mapped[str]
    actor: Mapped[str]
    actor_la_membership_id: Mapped[int | None] = mapped_column(BigInteger)
    from_value: Mapped[str | None]
    to_value: Mapped[str | None]
    note: Mapped[str | None]


class AccessRecord(Model):
    """Somebody from outside looked at a school's record: who, what, when and why."""

    __tablename__ = "access_records"
    # The page of an incident says how often it was opened.
    __table_args__ = (Index("ix_access_records_subject", "school_id", "subject", "at"),)

    school_id: Mapped[int] = mapped_column(
        ForeignKey("schools.id"), primary_key=True, default=current_school_id
    )
    at: Mapped[datetime] = mapped_column(DateTime(True), primary_key=True)
    id: Mapped[int] = mapped_column(BigInteger, Identity(), primary_key=True)
    la_membership_id: Mapped[int] = mapped_column(ForeignKey("la_memberships.id"))
    name: Mapped[str]
    subject: Mapped[str]
    reason: Mapped[str]
