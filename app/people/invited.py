"""Invitations and reset links: what lets somebody in who has no password yet, once and for a time.

The links are not kept, not even hashed: their secret half is made from the row's id and the
deployment's key (links.py), so that a mail can be written again and the table opens nothing.
"""

from __future__ import annotations

from datetime import date, datetime
from uuid import UUID

from sqlalchemy import (
    BigInteger,
    CheckConstraint,
    ForeignKey,
    ForeignKeyConstraint,
    Identity,
    Index,
)
from sqlalchemy.orm import Mapped, mapped_column
from sqlalchemy.types import DateTime

from app.people.models import LA_ROLES, SCHOOL_ROLES, created, one_of
from tenants import BelongsToSchool, Model


class Invitation(BelongsToSchool, Model):
    """A school asks somebody in. Accepting it makes the person, if need be, and the membership."""

    __tablename__ = "invitations"
    __table_args__ = (
        CheckConstraint(one_of("role", SCHOOL_ROLES), name="role"),
        ForeignKeyConstraint(
            ["school_id", "invited_by_id"], ["memberships.school_id", "memberships.id"]
        ),
        Index("ix_invitations_link_id", "link_id"),
    )

    link_id: Mapped[UUID]
    email: Mapped[str]
    name: Mapped[str]
    role: Mapped[str]
    job_role: Mapped[str | None]
    # The last day of the membership that it makes; none means for good.
    valid_to: Mapped[date | None]
    invited_by: Mapped[str]
    invited_by_id: Mapped[int | None] = mapped_column(BigInteger)
    created_at: Mapped[datetime] = created()
    expires_at: Mapped[datetime] = mapped_column(DateTime(True))
    accepted_at: Mapped[datetime | None] = mapped_column(DateTime(True))
    withdrawn_at: Mapped[datetime | None] = mapped_column(DateTime(True))


class LaInvitation(Model):
    """The same for the LA's own staff."""

    __tablename__ = "la_invitations"
    __table_args__ = (CheckConstraint(one_of("role", LA_ROLES), name="role"),)

    id: Mapped[int] = mapped_column(BigInteger, Identity(), primary_key=True)
    link_id: Mapped[UUID] = mapped_column(unique=True)
    email: Mapped[str]
    name: Mapped[str]
    role: Mapped[str]
    group_id: Mapped[int | None] = mapped_column(ForeignKey("la_support_groups.id"))
    valid_to: Mapped[date | None]
    invited_by: Mapped[str]
    created_at: Mapped[datetime] = created()
    expires_at: Mapped[datetime] = mapped_column(DateTime(True))
    accepted_at: Mapped[datetime | None] = mapped_column(DateTime(True))
    withdrawn_at: Mapped[datetime | None] = mapped_column(DateTime(True))


class ResetLink(Model):
    """Somebody forgot their password. Used once; a new password ends all that are open."""

    __tablename__ = "reset_links"

    id: Mapped[UUID] = mapped_column(primary_key=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("people.id"), index=True)
    created_at: Mapped[datetime] = mapped_column(DateTime(True))
    expires_at: Mapped[datetime] = mapped_column(DateTime(True))
    used_at: Mapped[datetime | None] = mapped_column(DateTime(True))
