"""A change in its first states, and an implementation with milestones (domain.md 2.3, R83, R89)."""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal

from sqlalchemy import BigInteger, CheckConstraint, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column
from sqlalchemy.types import DateTime, Numeric

from app.people.models import created, one_of
from app.registered import Registered, points_at
from tenants import BelongsToSchool, Model

CHANGE_STATES = (
    "draft",
    "submitted",
    "approved_to_proceed",
    "prepared",
    "peer_reviewed",
    "approved_to_implement",
    "communicated",
    "implementing",
    "implemented",
    "backed_out",
    "register_updated",
    "closed",
    "rejected",
    "cancelled",
)


class Change(Registered, Model):
    __tablename__ = "changes"
    __table_args__ = (
        CheckConstraint(one_of("state", CHANGE_STATES), name="state"),
        CheckConstraint(one_of("reason", ("problem", "new_need")), name="reason"),
        CheckConstraint("cost >= 0", name="cost"),
        CheckConstraint("planned_end >= planned_start", name="planned"),
        UniqueConstraint("school_id", "number"),
        points_at("problems", "problem_id"),
    )

    number: Mapped[int]
    state: Mapped[str] = mapped_column(default="draft")
    title: Mapped[str]
    reason: Mapped[str]
    problem_id: Mapped[int | None] = mapped_column(BigInteger)
    description: Mapped[str]
    affected: Mapped[str | None]
    users_affected: Mapped[str | None]
    benefits: Mapped[str | None]
    cost: Mapped[Decimal] = mapped_column(Numeric(12, 2))
    contracts_affected: Mapped[str]
    risk: Mapped[str | None]
    test_plan: Mapped[str | None]
    back_out_plan: Mapped[str | None]
    communication_plan: Mapped[str | None]
    is_urgent: Mapped[bool] = mapped_column(default=False)
    planned_start: Mapped[datetime | None] = mapped_column(DateTime(True))
    planned_end: Mapped[datetime | None] = mapped_column(DateTime(True))
    started_at: Mapped[datetime | None] = mapped_column(DateTime(True))
    ended_at: Mapped[datetime | None] = mapped_column(DateTime(True))
    outcome: Mapped[str | None]
    originator: Mapped[str]
    originator_person: Mapped[int] = mapped_column(BigInteger)
    approved_by: Mapped[str | None]
    # Nobody else at the school may approve, so whoever asked for it did.
    is_approved_by_originator: Mapped[bool] = mapped_column(default=False)
    decision_note: Mapped[str | None]


class Implementation(Registered, Model):
    __tablename__ = "implementations"
    __table_args__ = (
        CheckConstraint(one_of("origin", ("change", "problem", "plan")), name="origin"),
        CheckConstraint(one_of("status", ("planned", "in_hand", "done", "stopped")), name="status"),
        UniqueConstraint("school_id", "number"),
        points_at("changes", "change_id"),
        points_at("problems", "problem_id"),
    )

    number: Mapped[int]
    title: Mapped[str]
    origin: Mapped[str]
    change_id: Mapped[int | None] = mapped_column(BigInteger)
    problem_id: Mapped[int | None] = mapped_column(BigInteger)
    owner: Mapped[str]
    status: Mapped[str] = mapped_column(default="planned")
    summary: Mapped[str | None]
    reason: Mapped[str | None]  # why it was stopped


class Milestone(BelongsToSchool, Model):
    __tablename__ = "milestones"
    __table_args__ = (
        UniqueConstraint("school_id", "implementation_id", "position"),
        points_at("implementations", "implementation_id"),
    )

    implementation_id: Mapped[int] = mapped_column(BigInteger)
    position: Mapped[int]
    name: Mapped[str]
    due_on: Mapped[date | None]
    done_on: Mapped[date | None]
    created_at: Mapped[datetime] = created()
