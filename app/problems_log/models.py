"""A problem in its first states (domain.md 2.3); causes, changes and the LA's own come later."""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy import (
    BigInteger,
    CheckConstraint,
    ForeignKey,
    ForeignKeyConstraint,
    UniqueConstraint,
    func,
)
from sqlalchemy.orm import Mapped, mapped_column
from sqlalchemy.types import DateTime, SmallInteger

from app.people.models import created, one_of
from tenants import BelongsToSchool, Model

STATES = (
    "logged",
    "assigned",
    "known_error",
    "solution_planned",
    "resolved",
    "closed",
    "accepted",
    "cancelled",
)
SOURCES = ("incidents", "monitoring", "preventative_maintenance", "review")


class Problem(BelongsToSchool, Model):
    __tablename__ = "problems"
    __table_args__ = (
        UniqueConstraint("school_id", "number"),
        CheckConstraint(one_of("state", STATES), name="state"),
        CheckConstraint(one_of("raised_from", SOURCES), name="raised_from"),
        CheckConstraint("impact BETWEEN 1 AND 3", name="impact"),
        CheckConstraint("priority BETWEEN 1 AND 4", name="priority"),
        CheckConstraint("num_nonnulls(resolver_id, la_resolver_id) <= 1", name="one_resolver"),
        ForeignKeyConstraint(
            ["school_id", "resolver_id"], ["memberships.school_id", "memberships.id"]
        ),
    )

    number: Mapped[int]
    state: Mapped[str] = mapped_column(default="logged")
    title: Mapped[str]
    description: Mapped[str]
    raised_from: Mapped[str]
    impact: Mapped[int | None] = mapped_column(SmallInteger)
    priority: Mapped[int | None] = mapped_column(SmallInteger)
    affected: Mapped[str | None]
    cause: Mapped[str | None]
    workaround: Mapped[str | None]
    solution: Mapped[str | None]
    # Why it was left unsolved or cancelled; left unsolved, it is looked at again on the date.
    reason: Mapped[str | None]
    target_date: Mapped[date | None]
    logged_by: Mapped[str]
    resolver_id: Mapped[int | None] = mapped_column(BigInteger)
    la_resolver_id: Mapped[int | None] = mapped_column(ForeignKey("la_memberships.id"))
    resolver_name: Mapped[str | None]
    logged_at: Mapped[datetime] = mapped_column(DateTime(True))
    known_error_at: Mapped[datetime | None] = mapped_column(DateTime(True))
    resolved_at: Mapped[datetime | None] = mapped_column(DateTime(True))
    closed_at: Mapped[datetime | None] = mapped_column(DateTime(True))
    created_at: Mapped[datetime] = created()
    updated_at: Mapped[datetime] = mapped_column(DateTime(True), server_default=func.now())
    version: Mapped[int] = mapped_column(default=1)

    __mapper_args__ = {"version_id_col": version}
