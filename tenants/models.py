"""School and its dated identifiers. A school is the tenant; its URN may change, its id never."""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal

from sqlalchemy import CheckConstraint, ForeignKey, Identity, Index, Integer, func, text
from sqlalchemy.orm import Mapped, mapped_column
from sqlalchemy.types import DateTime, Numeric

from tenants.db import BelongsToSchool, Model

SCHOOL_STATES = ("invited", "onboarding", "active", "suspended", "leaving", "left")


class School(Model):
    __tablename__ = "schools"
    __table_args__ = (
        CheckConstraint("slug ~ '^[a-z0-9][a-z0-9-]{1,79}$'", name="slug"),
        CheckConstraint("code ~ '^[A-Z]{3,5}$'", name="code"),
        CheckConstraint(
            "status IN ('invited', 'onboarding', 'active', 'suspended', 'leaving', 'left')",
            name="status",
        ),
        CheckConstraint("number_of_pupils >= 0", name="number_of_pupils"),
        # Page by page in the order of their names.
        Index("ix_schools_by_name", func.lower(text("name")), "slug"),
    )

    id: Mapped[int] = mapped_column(Integer, Identity(), primary_key=True)
    slug: Mapped[str] = mapped_column(unique=True)
    code: Mapped[str] = mapped_column(unique=True)
    name: Mapped[str]
    status: Mapped[str] = mapped_column(default="invited")
    phase: Mapped[str | None]
    establishment_type_group: Mapped[str | None]
    number_of_pupils: Mapped[int | None]
    pupils_as_at: Mapped[date | None]
    # An invented figure must say so wherever it is shown (demo schools have no real counts).
    pupils_invented: Mapped[bool] = mapped_column(default=False)
    address: Mapped[str | None]
    postcode: Mapped[str | None]
    website: Mapped[str | None]
    joined_on: Mapped[date | None]
    left_on: Mapped[date | None]
    created_at: Mapped[datetime] = mapped_column(DateTime(True), server_default=func.now())
    updated_at: Mapped[datetime] = mapped_column(DateTime(True), server_default=func.now())
    version: Mapped[int] = mapped_column(default=1)

    __mapper_args__ = {"version_id_col": version}


class SchoolIdentifier(BelongsToSchool, Model):
    """The numbers the world knows a school by. A conversion closes one and opens the next."""

    __tablename__ = "school_identifiers"
    __table_args__ = (
        Index(
            "uq_school_identifiers_one_open",
            "school_id",
            unique=True,
            postgresql_where="valid_to IS NULL",
        ),
        CheckConstraint("valid_to >= valid_from", name="dates"),
    )

    urn: Mapped[int] = mapped_column(index=True)
    la_code: Mapped[int | None]
    establishment_number: Mapped[int | None]
    ukprn: Mapped[int | None]
    valid_from: Mapped[date]
    valid_to: Mapped[date | None]
    created_at: Mapped[datetime] = mapped_column(DateTime(True), server_default=func.now())


class Counter(Model):
    """The last number given in a school: gap-free, as it is taken in the inserting transaction."""

    __tablename__ = "counters"

    school_id: Mapped[int] = mapped_column(ForeignKey("schools.id"), primary_key=True)
    kind: Mapped[str] = mapped_column(primary_key=True)
    last_number: Mapped[int] = mapped_column(default=0)


class LocalAuthority(Model):
    """The one authority of this deployment; the row is made by set-up."""

    __tablename__ = "local_authority"
    __table_args__ = (CheckConstraint("id = 1", name="only_one"),)

    id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False, default=1)
    name: Mapped[str]
    la_code: Mapped[int]
    is_demo: Mapped[bool] = mapped_column(default=False)
    # What an hour of support work is reckoned at, in pounds, for the cost of an incident.
    labour_rate: Mapped[Decimal] = mapped_column(
        Numeric(8, 2), default=Decimal("28.00"), server_default="28.00"
    )
