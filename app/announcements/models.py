"""An announcement or an outage banner, of a school or of the LA for all its schools."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import BigInteger, CheckConstraint, Identity, Index, UniqueConstraint, func
from sqlalchemy.orm import Mapped, mapped_column
from sqlalchemy.types import DateTime

from app.people.models import created, one_of
from tenants import BelongsToSchool, Model

KINDS = ("outage", "planned", "news")
AUDIENCES = ("everyone", "desk")


class Announcement(BelongsToSchool, Model):
    __tablename__ = "announcements"
    __table_args__ = (
        UniqueConstraint("school_id", "number"),
        CheckConstraint(one_of("kind", KINDS), name="kind"),
        CheckConstraint(one_of("audience", AUDIENCES), name="audience"),
        CheckConstraint("ends_at > starts_at", name="times"),
        Index("ix_announcements_ends_at", "school_id", "ends_at"),
    )

    number: Mapped[int]
    kind: Mapped[str]
    audience: Mapped[str] = mapped_column(default="everyone")
    title: Mapped[str]
    text: Mapped[str | None]
    # Which reports it may make needless; none: all.
    category: Mapped[str | None]
    starts_at: Mapped[datetime] = mapped_column(DateTime(True))
    ends_at: Mapped[datetime] = mapped_column(DateTime(True))
    written_by: Mapped[str]
    created_at: Mapped[datetime] = created()
    updated_at: Mapped[datetime] = mapped_column(DateTime(True), server_default=func.now())
    version: Mapped[int] = mapped_column(default=1)

    __mapper_args__ = {"version_id_col": version}


class LaAnnouncement(Model):
    __tablename__ = "la_announcements"
    __table_args__ = (
        UniqueConstraint("number"),
        CheckConstraint(one_of("kind", KINDS), name="kind"),
        CheckConstraint(one_of("audience", AUDIENCES), name="audience"),
        CheckConstraint("ends_at > starts_at", name="times"),
    )

    id: Mapped[int] = mapped_column(BigInteger, Identity(), primary_key=True)
    number: Mapped[int]
    kind: Mapped[str]
    audience: Mapped[str] = mapped_column(default="everyone")
    title: Mapped[str]
    text: Mapped[str | None]
    category: Mapped[str | None]
    starts_at: Mapped[datetime] = mapped_column(DateTime(True))
    ends_at: Mapped[datetime] = mapped_column(DateTime(True))
    written_by: Mapped[str]
    created_at: Mapped[datetime] = created()
    updated_at: Mapped[datetime] = mapped_column(DateTime(True), server_default=func.now())
    version: Mapped[int] = mapped_column(default=1)

    __mapper_args__ = {"version_id_col": version}
