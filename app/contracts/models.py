"""Agreements (OLA, SLA, underpinning contract) and their dated versions, and bank holidays.

A clock keeps the version it began with. The LA's packs have no school; a school's own agreements
are its rows. Which of them a school's desk and its LA support go by is chosen from a day on.
"""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from sqlalchemy import (
    BigInteger,
    CheckConstraint,
    ForeignKey,
    ForeignKeyConstraint,
    Identity,
    UniqueConstraint,
    func,
)
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column
from sqlalchemy.types import DateTime

from app.people.models import created
from tenants import BelongsToSchool, Model, current_school_id

_KINDS = "kind IN ('ola', 'sla', 'uc')"


class LaAgreement(Model):
    __tablename__ = "la_agreements"
    __table_args__ = (CheckConstraint("kind IN ('ola', 'sla', 'uc')", name="kind"),)

    id: Mapped[int] = mapped_column(BigInteger, Identity(), primary_key=True)
    key: Mapped[str] = mapped_column(unique=True)
    name: Mapped[str]
    kind: Mapped[str]
    # Which of a kind a school gets that has chosen none of its own.
    is_default: Mapped[bool] = mapped_column(default=False)
    # A preset from another authority's public page, to copy from; no school goes by it.
    is_example: Mapped[bool] = mapped_column(default=False, server_default="false")
    created_at: Mapped[datetime] = created()


class LaAgreementVersion(Model):
    __tablename__ = "la_agreement_versions"
    __table_args__ = (
        UniqueConstraint("agreement_id", "number"),
        UniqueConstraint("agreement_id", "valid_from"),
    )

    id: Mapped[int] = mapped_column(BigInteger, Identity(), primary_key=True)
    agreement_id: Mapped[int] = mapped_column(ForeignKey("la_agreements.id"))
    number: Mapped[int]
    valid_from: Mapped[date]
    terms: Mapped[dict[str, Any]] = mapped_column(JSONB)
    created_at: Mapped[datetime] = created()


class BankHoliday(Model):
    __tablename__ = "bank_holidays"

    on: Mapped[date] = mapped_column(primary_key=True)
    name: Mapped[str]


class LaTerm(Model):
    """A half term of the LA's school year, both days included. A school may have its own."""

    __tablename__ = "la_terms"
    __table_args__ = (
        CheckConstraint("last_day >= first_day", name="days"),
        UniqueConstraint("academic_year", "name"),
    )

    id: Mapped[int] = mapped_column(BigInteger, Identity(), primary_key=True)
    academic_year: Mapped[str]  # "2026-27"
    name: Mapped[str]
    first_day: Mapped[date]
    last_day: Mapped[date]


class Agreement(BelongsToSchool, Model):
    """A school's own: with its desk (ola), with whoever supports it (sla), with a supplier (uc)."""

    __tablename__ = "agreements"
    __table_args__ = (
        CheckConstraint(_KINDS, name="kind"),
        CheckConstraint("state IN ('draft', 'active', 'ended')", name="state"),
        UniqueConstraint("school_id", "key"),
    )

    key: Mapped[str]
    name: Mapped[str]
    kind: Mapped[str]
    # The ICT owner signs it: draft, then active.
    state: Mapped[str] = mapped_column(default="draft")
    signed_by: Mapped[str | None]
    signed_at: Mapped[datetime | None] = mapped_column(DateTime(True))
    ended_on: Mapped[date | None]
    # What nobody has signed yet: terms, first day, who wrote them. Signing makes the next version
    # of it, so that a version is never edited.
    proposal: Mapped[dict[str, Any] | None] = mapped_column(JSONB(none_as_null=True))
    created_by: Mapped[str]
    created_at: Mapped[datetime] = created()
    updated_at: Mapped[datetime] = mapped_column(DateTime(True), server_default=func.now())
    version: Mapped[int] = mapped_column(default=1)

    __mapper_args__ = {"version_id_col": version}


class AgreementVersion(BelongsToSchool, Model):
    __tablename__ = "agreement_versions"
    __table_args__ = (
        ForeignKeyConstraint(
            ["school_id", "agreement_id"], ["agreements.school_id", "agreements.id"]
        ),
        UniqueConstraint("school_id", "agreement_id", "number"),
        UniqueConstraint("school_id", "agreement_id", "valid_from"),
    )

    agreement_id: Mapped[int] = mapped_column(BigInteger)
    number: Mapped[int]
    valid_from: Mapped[date]
    terms: Mapped[dict[str, Any]] = mapped_column(JSONB)
    made_by: Mapped[str]
    created_at: Mapped[datetime] = created()


class AgreementChoice(BelongsToSchool, Model):
    """From this day on a school goes by this agreement; before that by the LA's default."""

    __tablename__ = "agreement_choices"
    __table_args__ = (
        CheckConstraint("kind IN ('ola', 'sla')", name="kind"),
        CheckConstraint("num_nonnulls(agreement_id, la_agreement_id) = 1", name="one_agreement"),
        ForeignKeyConstraint(
            ["school_id", "agreement_id"], ["agreements.school_id", "agreements.id"]
        ),
        UniqueConstraint("school_id", "kind", "valid_from"),
    )

    kind: Mapped[str]
    valid_from: Mapped[date]
    agreement_id: Mapped[int | None] = mapped_column(BigInteger)
    la_agreement_id: Mapped[int | None] = mapped_column(ForeignKey("la_agreements.id"))
    chosen_by: Mapped[str]
    created_at: Mapped[datetime] = created()


class SchoolCalendar(Model):
    """When a school is open to people who come: its hours, breaks, terms, INSET days, closures.

    All in the shape of the API. `terms` null: the LA's.
    """

    __tablename__ = "school_calendars"

    school_id: Mapped[int] = mapped_column(
        ForeignKey("schools.id"), primary_key=True, default=current_school_id
    )
    opening: Mapped[dict[str, Any]] = mapped_column(JSONB)
    breaks: Mapped[Any] = mapped_column(JSONB)
    terms: Mapped[list[Any] | None] = mapped_column(JSONB(none_as_null=True))
    inset_days: Mapped[list[Any]] = mapped_column(JSONB)
    closures: Mapped[list[Any]] = mapped_column(JSONB)
    # Why a day is closed, by day, for people: snow, polling station.
    reasons: Mapped[dict[str, Any]] = mapped_column(JSONB)
    updated_by: Mapped[str]
    updated_at: Mapped[datetime] = mapped_column(DateTime(True), server_default=func.now())
    version: Mapped[int] = mapped_column(default=1)

    __mapper_args__ = {"version_id_col": version}
