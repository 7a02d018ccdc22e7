"""Weekly periods in which a member of the desk can be reached, and absences with cover."""

from __future__ import annotations

from datetime import date, datetime, time

from sqlalchemy import (
    BigInteger,
    CheckConstraint,
    ForeignKey,
    ForeignKeyConstraint,
    Identity,
    Index,
)
from sqlalchemy.orm import Mapped, mapped_column
from sqlalchemy.types import DateTime, SmallInteger

from app.people.models import created
from tenants import BelongsToSchool, Model


class ReachPeriod(BelongsToSchool, Model):
    """London wall times on one weekday, Monday 0; at or after closing it no longer counts."""

    __tablename__ = "reach_periods"
    __table_args__ = (
        CheckConstraint("weekday BETWEEN 0 AND 6", name="weekday"),
        CheckConstraint("ends > begins", name="times"),
        ForeignKeyConstraint(
            ["school_id", "membership_id"], ["memberships.school_id", "memberships.id"]
        ),
        Index("ix_reach_periods_membership", "school_id", "membership_id", "weekday"),
    )

    membership_id: Mapped[int] = mapped_column(BigInteger)
    weekday: Mapped[int] = mapped_column(SmallInteger)
    begins: Mapped[time]
    ends: Mapped[time]
    term_time_only: Mapped[bool] = mapped_column(default=True)


class Absence(BelongsToSchool, Model):
    """Away from the first day to the last, both included; who stands in, if anybody."""

    __tablename__ = "absences"
    __table_args__ = (
        CheckConstraint("last_day >= first_day", name="days"),
        ForeignKeyConstraint(
            ["school_id", "membership_id"], ["memberships.school_id", "memberships.id"]
        ),
        ForeignKeyConstraint(
            ["school_id", "cover_id"], ["memberships.school_id", "memberships.id"]
        ),
        CheckConstraint("cover_id <> membership_id", name="cover"),
        Index("ix_absences_last_day", "school_id", "last_day"),
    )

    membership_id: Mapped[int] = mapped_column(BigInteger)
    first_day: Mapped[date]
    last_day: Mapped[date]
    cover_id: Mapped[int | None] = mapped_column(BigInteger)
    created_by: Mapped[str]
    created_at: Mapped[datetime] = created()
    cancelled_at: Mapped[datetime | None] = mapped_column(DateTime(True))


class LaAbsence(Model):
    """The same for the LA's staff; assignment rules go to the stand-in meanwhile."""

    __tablename__ = "la_absences"
    __table_args__ = (
        CheckConstraint("last_day >= first_day", name="days"),
        Index("ix_la_absences_last_day", "last_day"),
    )

    id: Mapped[int] = mapped_column(BigInteger, Identity(), primary_key=True)
    la_membership_id: Mapped[int] = mapped_column(ForeignKey("la_memberships.id"))
    first_day: Mapped[date]
    last_day: Mapped[date]
    created_by: Mapped[str]
    created_at: Mapped[datetime] = created()
    cancelled_at: Mapped[datetime | None] = mapped_column(DateTime(True))
