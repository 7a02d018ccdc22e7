"""People, the parts they play, their groups, and how they are signed in.

A membership carries the name shown in its school: `school` has no right on `people`.
The LA's memberships and groups are twin tables without a school; a school may read them.
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
    LargeBinary,
    UniqueConstraint,
    func,
    text,
)
from sqlalchemy.orm import Mapped, mapped_column
from sqlalchemy.types import DateTime, Integer

from tenants import BelongsToSchool, Model

SCHOOL_ROLES = (
    "reporter",
    "tech_advisor",
    "spoc",
    "service_desk_owner",
    "ict_owner",
    "technician",
    "supplier",
)
LA_ROLES = ("la_first_line", "la_second_line", "la_manager", "la_admin")


def one_of(column: str, values: tuple[str, ...]) -> str:
    listed = ", ".join(f"'{value}'" for value in values)
    return f"{column} IN ({listed})"


def created() -> Mapped[datetime]:
    return mapped_column(DateTime(True), server_default=func.now())


class Person(Model):
    __tablename__ = "people"
    __table_args__ = (
        CheckConstraint("email = lower(email)", name="email_lower"),
        CheckConstraint(
            one_of("kind", ("staff", "pupil", "governor", "la_staff", "supplier")), name="kind"
        ),
    )

    id: Mapped[int] = mapped_column(BigInteger, Identity(), primary_key=True)
    email: Mapped[str] = mapped_column(unique=True)
    name: Mapped[str]
    phone: Mapped[str | None]
    kind: Mapped[str] = mapped_column(default="staff")
    password_hash: Mapped[str | None]
    is_active: Mapped[bool] = mapped_column(default=True)
    last_seen_at: Mapped[datetime | None] = mapped_column(DateTime(True))
    # Since when a passkey or an authenticator app is theirs; then it is asked at every sign-in.
    second_factor_since: Mapped[datetime | None] = mapped_column(DateTime(True))
    # Single-letter shortcuts can be switched off for good (WCAG 2.1.4).
    keyboard_shortcuts: Mapped[bool] = mapped_column(default=True)
    created_at: Mapped[datetime] = created()
    updated_at: Mapped[datetime] = created()
    version: Mapped[int] = mapped_column(default=1)

    __mapper_args__ = {"version_id_col": version}


class Membership(BelongsToSchool, Model):
    __tablename__ = "memberships"
    __table_args__ = (
        CheckConstraint(one_of("role", SCHOOL_ROLES), name="role"),
        CheckConstraint("valid_to >= valid_from", name="dates"),
        UniqueConstraint("school_id", "person_id", "role", "valid_from"),
        Index("ix_memberships_person_id", "person_id"),
        ForeignKeyConstraint(
            ["school_id", "deputy_for_id"], ["memberships.school_id", "memberships.id"]
        ),
    )

    person_id: Mapped[int] = mapped_column(ForeignKey("people.id"))
    name: Mapped[str]
    role: Mapped[str]
    job_role: Mapped[str | None]
    deputy_for_id: Mapped[int | None]
    valid_from: Mapped[date] = mapped_column(server_default=text("CURRENT_DATE"))
    valid_to: Mapped[date | None]
    created_at: Mapped[datetime] = created()
    updated_at: Mapped[datetime] = created()
    version: Mapped[int] = mapped_column(default=1)


class LaMembership(Model):
    __tablename__ = "la_memberships"
    __table_args__ = (
        CheckConstraint(one_of("role", LA_ROLES), name="role"),
        CheckConstraint("valid_to >= valid_from", name="dates"),
        UniqueConstraint("person_id", "role", "valid_from"),
    )

    id: Mapped[int] = mapped_column(BigInteger, Identity(), primary_key=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("people.id"))
    name: Mapped[str]
    role: Mapped[str]
    valid_from: Mapped[date] = mapped_column(server_default=text("CURRENT_DATE"))
    valid_to: Mapped[date | None]
    created_at: Mapped[datetime] = created()
    updated_at: Mapped[datetime] = created()
    version: Mapped[int] = mapped_column(default=1)


class SupportGroup(BelongsToSchool, Model):
    """A school's own group: its technicians, or a supplier of its own (a name, an address and an
    agreement; it needs no account)."""

    __tablename__ = "support_groups"
    __table_args__ = (
        CheckConstraint("line BETWEEN 1 AND 3", name="line"),
        CheckConstraint(one_of("kind", ("school", "supplier")), name="kind"),
        CheckConstraint("num_nonnulls(agreement_id, la_agreement_id) <= 1", name="one_agreement"),
        UniqueConstraint("school_id", "key"),
        ForeignKeyConstraint(
            ["school_id", "agreement_id"], ["agreements.school_id", "agreements.id"]
        ),
    )

    key: Mapped[str]
    name: Mapped[str]
    kind: Mapped[str] = mapped_column(default="school", server_default="school")
    line: Mapped[int]
    email: Mapped[str | None]
    phone: Mapped[str | None]
    # The underpinning contract whose clocks begin when a supplier gets an incident.
    agreement_id: Mapped[int | None] = mapped_column(BigInteger)
    la_agreement_id: Mapped[int | None] = mapped_column(ForeignKey("la_agreements.id"))
    is_archived: Mapped[bool] = mapped_column(default=False, server_default="false")
    created_at: Mapped[datetime] = created()
    version: Mapped[int] = mapped_column(default=1)


class SupportGroupMember(Model):
    __tablename__ = "support_group_members"
    __table_args__ = (
        ForeignKeyConstraint(
            ["school_id", "group_id"], ["support_groups.school_id", "support_groups.id"]
        ),
        ForeignKeyConstraint(
            ["school_id", "membership_id"], ["memberships.school_id", "memberships.id"]
        ),
    )

    school_id: Mapped[int] = mapped_column(ForeignKey("schools.id"), primary_key=True)
    group_id: Mapped[int] = mapped_column(BigInteger, primary_key=True)
    membership_id: Mapped[int] = mapped_column(BigInteger, primary_key=True)


class LaSupportGroup(Model):
    """A group of the LA or, at line 3, of a supplier to the LA."""

    __tablename__ = "la_support_groups"
    __table_args__ = (
        CheckConstraint("line BETWEEN 1 AND 3", name="line"),
        CheckConstraint(one_of("kind", ("la", "supplier")), name="kind"),
    )

    id: Mapped[int] = mapped_column(BigInteger, Identity(), primary_key=True)
    key: Mapped[str] = mapped_column(unique=True)
    name: Mapped[str]
    kind: Mapped[str] = mapped_column(default="la")
    line: Mapped[int]
    # An area team serves the schools that name it (AreaTeam); the others' work goes elsewhere.
    is_area_team: Mapped[bool] = mapped_column(default=False, server_default="false")
    email: Mapped[str | None]
    phone: Mapped[str | None]
    la_agreement_id: Mapped[int | None] = mapped_column(ForeignKey("la_agreements.id"))
    created_at: Mapped[datetime] = created()
    version: Mapped[int] = mapped_column(default=1)


class AreaTeam(Model):
    """Which of the LA's area teams serves a school; one at each line."""

    __tablename__ = "area_teams"

    school_id: Mapped[int] = mapped_column(ForeignKey("schools.id"), primary_key=True)
    line: Mapped[int] = mapped_column(primary_key=True)
    la_group_id: Mapped[int] = mapped_column(ForeignKey("la_support_groups.id"))


class LaSupportGroupMember(Model):
    __tablename__ = "la_support_group_members"

    group_id: Mapped[int] = mapped_column(ForeignKey("la_support_groups.id"), primary_key=True)
    membership_id: Mapped[int] = mapped_column(ForeignKey("la_memberships.id"), primary_key=True)


class SignIn(Model):
    """A signed-in browser. The cookie holds a random id; the table keeps only its hash."""

    __tablename__ = "sessions"

    id: Mapped[UUID] = mapped_column(primary_key=True)
    token_hash: Mapped[bytes] = mapped_column(LargeBinary, unique=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("people.id"), index=True)
    device: Mapped[str]
    is_shared_computer: Mapped[bool] = mapped_column(default=False)
    idle_seconds: Mapped[int] = mapped_column(Integer)
    created_at: Mapped[datetime] = mapped_column(DateTime(True))
    last_seen_at: Mapped[datetime] = mapped_column(DateTime(True))
    expires_at: Mapped[datetime] = mapped_column(DateTime(True))
    second_factor_at: Mapped[datetime | None] = mapped_column(DateTime(True))
    # One of the person's roles that they chose to work as; null: all of them together.
    acting_as: Mapped[str | None]
    ended_at: Mapped[datetime | None] = mapped_column(DateTime(True))


class ApiToken(Model):
    __tablename__ = "api_tokens"

    id: Mapped[UUID] = mapped_column(primary_key=True)
    token_hash: Mapped[bytes] = mapped_column(LargeBinary, unique=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("people.id"), index=True)
    name: Mapped[str]
    # A narrowing, not an owner: the token itself belongs to a person, not to a school.
    narrowed_to_school: Mapped[int | None] = mapped_column(ForeignKey("schools.id"))
    is_read_only: Mapped[bool] = mapped_column(default=False)
    created_at: Mapped[datetime] = mapped_column(DateTime(True))
    expires_at: Mapped[datetime] = mapped_column(DateTime(True))
    last_used_at: Mapped[datetime | None] = mapped_column(DateTime(True))
    revoked_at: Mapped[datetime | None] = mapped_column(DateTime(True))


class SignInEvent(Model):
    """What happened at the front door, before any school was known. The e-mail is kept hashed."""

    __tablename__ = "sign_in_events"
    __table_args__ = (
        Index("ix_sign_in_events_account_hash_at", "account_hash", "at"),
        Index("ix_sign_in_events_person_id_at", "person_id", "at"),
    )

    id: Mapped[int] = mapped_column(BigInteger, Identity(), primary_key=True)
    at: Mapped[datetime] = mapped_column(DateTime(True))
    kind: Mapped[str]
    person_id: Mapped[int | None]
    account_hash: Mapped[bytes | None] = mapped_column(LargeBinary)
    address_hash: Mapped[bytes | None] = mapped_column(LargeBinary)
    device: Mapped[str | None]
