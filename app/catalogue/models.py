"""A service (domain.md 2.5), what it is made of, and the days on which faults weigh more."""

from __future__ import annotations

from datetime import date
from typing import Any

from sqlalchemy import BigInteger, CheckConstraint, Index, UniqueConstraint, func, text
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from app.people.models import one_of
from app.registered import Registered, points_at
from tenants import BelongsToSchool, Model

CRITICALITIES = ("high", "medium", "low")
DATE_KINDS = ("tests", "exams", "census", "inspection", "results", "other")


class Service(Registered, Model):
    __tablename__ = "services"
    __table_args__ = (
        CheckConstraint(one_of("criticality", CRITICALITIES), name="criticality"),
        Index("uq_services_key", "school_id", "key", unique=True),
        Index("uq_services_name", "school_id", func.lower(text("name")), unique=True),
    )

    key: Mapped[str]
    name: Mapped[str]
    purpose: Mapped[str]  # what it is for
    used_by: Mapped[str]  # who uses it
    criticality: Mapped[str]
    # Times of the year with another one: [{"from": "05-01", "to": "06-30", "criticality": "high"}].
    seasons: Mapped[list[Any]] = mapped_column(JSONB)
    owner: Mapped[str | None]
    hours: Mapped[str | None]
    skills: Mapped[str | None]
    is_supported: Mapped[bool] = mapped_column(default=True)
    is_archived: Mapped[bool] = mapped_column(default=False)


class ServicePart(BelongsToSchool, Model):
    """An asset, a licence or a contract that makes up a service, or a thing in words."""

    __tablename__ = "service_parts"
    __table_args__ = (
        CheckConstraint(
            "num_nonnulls(asset_id, licence_id, contract_id, words) = 1", name="one_thing"
        ),
        UniqueConstraint("school_id", "service_id", "asset_id", "licence_id", "contract_id"),
        points_at("services", "service_id"),
        points_at("assets", "asset_id"),
        points_at("licences", "licence_id"),
        points_at("contracts", "contract_id"),
    )

    service_id: Mapped[int] = mapped_column(BigInteger)
    asset_id: Mapped[int | None] = mapped_column(BigInteger)
    licence_id: Mapped[int | None] = mapped_column(BigInteger)
    contract_id: Mapped[int | None] = mapped_column(BigInteger)
    words: Mapped[str | None]


class CriticalDate(Registered, Model):
    """Tests, census, inspection [N13]: matched faults rise, changes that can wait are frozen."""

    __tablename__ = "critical_dates"
    __table_args__ = (
        CheckConstraint(one_of("kind", DATE_KINDS), name="kind"),
        CheckConstraint("last_day >= first_day", name="days"),
        UniqueConstraint("school_id", "number"),
        points_at("services", "service_id"),
        points_at("locations", "location_id"),
        Index("ix_critical_dates_last_day", "school_id", "last_day"),
    )

    number: Mapped[int]
    title: Mapped[str]
    kind: Mapped[str]
    first_day: Mapped[date]
    last_day: Mapped[date]
    # Only faults of this service or in this room; null: all.
    service_id: Mapped[int | None] = mapped_column(BigInteger)
    location_id: Mapped[int | None] = mapped_column(BigInteger)
    raises_priority: Mapped[bool] = mapped_column(default=True)
    freezes_changes: Mapped[bool] = mapped_column(default=True)
    is_cancelled: Mapped[bool] = mapped_column(default=False)
