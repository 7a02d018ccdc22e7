"""A report with its words and figures as they stood, and what has one written by itself (S19)."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from sqlalchemy import BigInteger, CheckConstraint, Index, UniqueConstraint
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column
from sqlalchemy.types import DateTime

from app.people.models import one_of
from app.registered import Registered, points_at
from tenants import Model

KINDS = ("incident", "problem", "service", "review")
STATES = ("draft", "issued", "superseded")
PERIODS = ("month", "half_term", "term", "academic_year", "financial_year", "custom")
RHYTHMS = ("month", "half_term", "term", "academic_year")


class ReportSchedule(Registered, Model):
    """Has a draft written on the day after each period, and tells those of these roles."""

    __tablename__ = "report_schedules"
    __table_args__ = (
        CheckConstraint(one_of("kind", KINDS), name="kind"),
        CheckConstraint(one_of("rhythm", RHYTHMS), name="rhythm"),
        UniqueConstraint("school_id", "number"),
        Index("ix_report_schedules_due", "next_on", postgresql_where="is_active"),
    )

    number: Mapped[int]
    kind: Mapped[str]
    rhythm: Mapped[str]
    roles: Mapped[list[str]] = mapped_column(JSONB)
    # None where no further terms are known yet: the calendar is asked again each day.
    next_on: Mapped[date | None]
    is_active: Mapped[bool] = mapped_column(default=True)


class IssuedReport(Registered, Model):
    """A draft until somebody issues it; from then on nothing in it changes."""

    __tablename__ = "issued_reports"
    __table_args__ = (
        CheckConstraint(one_of("kind", KINDS), name="kind"),
        CheckConstraint(one_of("state", STATES), name="state"),
        CheckConstraint(one_of("period_kind", PERIODS), name="period_kind"),
        CheckConstraint("first_on < end_on", name="days"),
        CheckConstraint("(state = 'draft') = (issued_at IS NULL)", name="issued"),
        UniqueConstraint("school_id", "number"),
        # However often the worker begins, a schedule makes one for each period.
        UniqueConstraint("school_id", "schedule_id", "first_on"),
        points_at("report_schedules", "schedule_id"),
    )

    number: Mapped[int]
    kind: Mapped[str]
    period_kind: Mapped[str]
    period_name: Mapped[str]
    first_on: Mapped[date]
    end_on: Mapped[date]  # the first day that no longer belongs to it
    title: Mapped[str]
    state: Mapped[str] = mapped_column(default="draft")
    sections: Mapped[list[dict[str, Any]]] = mapped_column(JSONB)
    figures: Mapped[dict[str, Any]] = mapped_column(JSONB)
    counted_at: Mapped[datetime] = mapped_column(DateTime(True))
    issued_by: Mapped[str | None]
    issued_at: Mapped[datetime | None] = mapped_column(DateTime(True))
    # By number: which one this takes the place of, and which one took its place.
    supersedes: Mapped[int | None]
    superseded_by: Mapped[int | None]
    schedule_id: Mapped[int | None] = mapped_column(BigInteger)
