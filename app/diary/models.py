"""Diary entries by hand, what was done on the days of all of them, and the feeds of calendars.

What the registers know (a notice day, a licence's end) is read from them and stands in no table;
only that it is done does.
"""

from __future__ import annotations

from datetime import date, datetime, time
from typing import Any

from sqlalchemy import BigInteger, CheckConstraint, Index, LargeBinary, UniqueConstraint
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column
from sqlalchemy.types import DateTime

from app.people.models import created, one_of
from app.registered import Registered, points_at
from tenants import BelongsToSchool, Model

KINDS = (
    "renewal",
    "review",
    "visit",
    "delivery",
    "training",
    "go_live",
    "payment",
    "statutory",
    "maintenance",
    "other",
)
REPEATS = ("none", "weekly", "monthly", "nth_weekday", "termly", "yearly")


class DiaryEntry(Registered, Model):
    __tablename__ = "diary_entries"
    __table_args__ = (
        CheckConstraint(one_of("kind", KINDS), name="kind"),
        CheckConstraint(one_of("status", ("planned", "done", "cancelled")), name="status"),
        CheckConstraint(one_of("repeat", REPEATS), name="repeat"),
        CheckConstraint('until >= "on"', name="until"),
        UniqueConstraint("school_id", "number"),
        Index("ix_diary_entries_on", "school_id", "on", "number"),
        points_at("memberships", "assignee_id"),
        points_at("contracts", "contract_id"),
        points_at("licences", "licence_id"),
        points_at("assets", "asset_id"),
    )

    number: Mapped[int]
    title: Mapped[str]
    kind: Mapped[str]
    on: Mapped[date]
    at: Mapped[time | None]  # London time; null: all day
    repeat: Mapped[str] = mapped_column(default="none")
    until: Mapped[date | None]  # the last day it repeats
    # Days on which the school is closed are passed over to the next open one.
    skips_closures: Mapped[bool] = mapped_column(default=False)
    checklist: Mapped[list[Any]] = mapped_column(JSONB)
    remind_days_before: Mapped[list[Any]] = mapped_column(JSONB)
    assignee_id: Mapped[int | None] = mapped_column(BigInteger)
    assignee: Mapped[str | None]
    contract_id: Mapped[int | None] = mapped_column(BigInteger)
    licence_id: Mapped[int | None] = mapped_column(BigInteger)
    asset_id: Mapped[int | None] = mapped_column(BigInteger)
    # Which job of the preset pack it came from, so that it is offered once.
    preset: Mapped[str | None]
    status: Mapped[str] = mapped_column(default="planned")
    notes: Mapped[str | None]


class DiaryMark(BelongsToSchool, Model):
    """One day of an entry, its own or a register's, is done or called off, or some points of its
    checklist are ticked: `what` names it, like `entry:7` or `contract_notice:3`."""

    __tablename__ = "diary_marks"
    __table_args__ = (
        CheckConstraint(one_of("status", ("begun", "done", "cancelled")), name="status"),
        UniqueConstraint("school_id", "what", "on"),
    )

    what: Mapped[str]
    # By the rule of the series, not the open day it was moved to: that follows the calendar.
    on: Mapped[date]
    status: Mapped[str]
    # [{"item": "Restore one file", "by": "Sam Spoc", "at": instant}]
    ticked: Mapped[list[Any]] = mapped_column(JSONB)
    note: Mapped[str | None]
    marked_by: Mapped[str]
    created_at: Mapped[datetime] = created()


class DiaryFeed(BelongsToSchool, Model):
    """A calendar program reads the diary with a secret token; only its digest is kept."""

    __tablename__ = "diary_feeds"
    __table_args__ = (
        UniqueConstraint("school_id", "digest"),
        points_at("memberships", "membership_id"),
    )

    membership_id: Mapped[int] = mapped_column(BigInteger)
    label: Mapped[str]
    digest: Mapped[bytes] = mapped_column(LargeBinary)
    made_by: Mapped[str]
    created_at: Mapped[datetime] = created()
    read_at: Mapped[datetime | None] = mapped_column(DateTime(True))
    ended_at: Mapped[datetime | None] = mapped_column(DateTime(True))


class DiaryReminder(BelongsToSchool, Model):
    """That a day of an entry was reminded of so many days before: once, whatever happens."""

    __tablename__ = "diary_reminders"
    __table_args__ = (UniqueConstraint("school_id", "what", "on", "days_before"),)

    what: Mapped[str]
    on: Mapped[date]
    days_before: Mapped[int]
    created_at: Mapped[datetime] = created()
