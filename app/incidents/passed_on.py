"""Where work goes by itself, whom one asks without giving it away, and a supplier's link."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from sqlalchemy import (
    BigInteger,
    CheckConstraint,
    ForeignKey,
    Index,
    SmallInteger,
    UniqueConstraint,
)
from sqlalchemy.orm import Mapped, mapped_column
from sqlalchemy.types import DateTime

from app.people.models import created, one_of
from app.registered import points_at
from tenants import BelongsToSchool, Model, current_school_id

_INSTANT = DateTime(True)
SOURCES = ("group", "specialist", "supplier", "other_school", "forum")


class AssignmentRule(BelongsToSchool, Model):
    """At this line and of this category (`any`: of no other rule), work goes to this group and
    person; while that person is away, to the stand-in."""

    __tablename__ = "assignment_rules"
    __table_args__ = (
        CheckConstraint("line BETWEEN 0 AND 3", name="line"),
        CheckConstraint("num_nonnulls(school_group_id, la_group_id) <= 1", name="one_group"),
        CheckConstraint("num_nonnulls(membership_id, la_membership_id) <= 1", name="one_person"),
        CheckConstraint("num_nonnulls(stand_in_id, la_stand_in_id) <= 1", name="one_stand_in"),
        points_at("support_groups", "school_group_id"),
        points_at("memberships", "membership_id"),
        points_at("memberships", "stand_in_id"),
        UniqueConstraint("school_id", "line", "category"),
    )

    line: Mapped[int] = mapped_column(SmallInteger)
    category: Mapped[str] = mapped_column(default="any")
    school_group_id: Mapped[int | None] = mapped_column(BigInteger)
    la_group_id: Mapped[int | None] = mapped_column(ForeignKey("la_support_groups.id"))
    membership_id: Mapped[int | None] = mapped_column(BigInteger)
    la_membership_id: Mapped[int | None] = mapped_column(ForeignKey("la_memberships.id"))
    stand_in_id: Mapped[int | None] = mapped_column(BigInteger)
    la_stand_in_id: Mapped[int | None] = mapped_column(ForeignKey("la_memberships.id"))
    made_by: Mapped[str]
    created_at: Mapped[datetime] = created()
    version: Mapped[int] = mapped_column(default=1)


class Consultation(BelongsToSchool, Model):
    """Asked for input; ownership and clocks stay where they are."""

    __tablename__ = "consultations"
    __table_args__ = (
        points_at("incidents", "incident_id"),
        points_at("support_groups", "school_group_id"),
        CheckConstraint(one_of("source", SOURCES), name="source"),
        Index("ix_consultations_incident", "school_id", "incident_id", "id"),
    )

    incident_id: Mapped[int] = mapped_column(BigInteger)
    source: Mapped[str]
    school_group_id: Mapped[int | None] = mapped_column(BigInteger)
    la_group_id: Mapped[int | None] = mapped_column(ForeignKey("la_support_groups.id"))
    # Who was asked, in words; of an outside source all there is.
    asked: Mapped[str]
    question: Mapped[str]
    asked_by: Mapped[str]
    asked_at: Mapped[datetime] = mapped_column(_INSTANT)
    answer: Mapped[str | None]
    answered_by: Mapped[str | None]
    answered_at: Mapped[datetime | None] = mapped_column(_INSTANT)


class SupplierLink(Model):
    """Opens one incident for a supplier without an account. The address is made from this id and
    the deployment's key; the table opens nothing."""

    __tablename__ = "supplier_links"
    __table_args__ = (
        points_at("incidents", "incident_id"),
        points_at("support_groups", "school_group_id"),
        Index("ix_supplier_links_incident", "school_id", "incident_id"),
    )

    school_id: Mapped[int] = mapped_column(
        ForeignKey("schools.id"), primary_key=True, default=current_school_id
    )
    id: Mapped[UUID] = mapped_column(primary_key=True)
    incident_id: Mapped[int] = mapped_column(BigInteger)
    school_group_id: Mapped[int | None] = mapped_column(BigInteger)
    la_group_id: Mapped[int | None] = mapped_column(ForeignKey("la_support_groups.id"))
    supplier: Mapped[str]
    email: Mapped[str | None]
    made_by: Mapped[str]
    created_at: Mapped[datetime] = mapped_column(_INSTANT)
    expires_at: Mapped[datetime] = mapped_column(_INSTANT)
    revoked_at: Mapped[datetime | None] = mapped_column(_INSTANT)
    opened_at: Mapped[datetime | None] = mapped_column(_INSTANT)
    done_at: Mapped[datetime | None] = mapped_column(_INSTANT)
