"""What stands beside an incident: who else is hit, what it is linked to, approval, work done,
blank sheets; and what the desk keeps ready: checklists and replies."""

from __future__ import annotations

from datetime import datetime
from decimal import Decimal
from typing import Any

from sqlalchemy import (
    BigInteger,
    CheckConstraint,
    Identity,
    Index,
    Numeric,
    UniqueConstraint,
    func,
)
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column
from sqlalchemy.types import DateTime

from app.people.models import created, one_of
from app.registered import points_at
from tenants import BelongsToSchool, Model

_INSTANT = DateTime(True)
WORK_KINDS = ("reactive", "proactive", "change")
LINK_KINDS = ("related", "came_back")


class Follower(BelongsToSchool, Model):
    """Hit by it too ("add me to it"): hears of it and may read it as its reporter does."""

    __tablename__ = "followers"
    __table_args__ = (
        points_at("incidents", "incident_id"),
        points_at("memberships", "membership_id"),
        UniqueConstraint("school_id", "incident_id", "membership_id"),
        Index("ix_followers_membership", "school_id", "membership_id", "incident_id"),
    )

    incident_id: Mapped[int] = mapped_column(BigInteger)
    membership_id: Mapped[int] = mapped_column(BigInteger)
    name: Mapped[str]
    said: Mapped[str | None]
    created_at: Mapped[datetime] = created()


class IncidentLink(BelongsToSchool, Model):
    __tablename__ = "incident_links"
    __table_args__ = (
        points_at("incidents", "incident_id"),
        points_at("incidents", "other_id"),
        CheckConstraint(one_of("kind", LINK_KINDS), name="kind"),
        CheckConstraint("incident_id <> other_id", name="two"),
        UniqueConstraint("school_id", "incident_id", "other_id"),
        Index("ix_incident_links_other", "school_id", "other_id"),
    )

    incident_id: Mapped[int] = mapped_column(BigInteger)
    other_id: Mapped[int] = mapped_column(BigInteger)
    kind: Mapped[str]
    linked_by: Mapped[str]
    created_at: Mapped[datetime] = created()


class Approval(BelongsToSchool, Model):
    """Asked of the ICT owner, who may not have asked for the thing; decided once."""

    __tablename__ = "approvals"
    __table_args__ = (
        points_at("incidents", "incident_id"),
        CheckConstraint("cost >= 0", name="cost"),
        CheckConstraint(one_of("decision", ("approved", "rejected")), name="decision"),
        Index("ix_approvals_incident", "school_id", "incident_id", "id"),
        Index("ix_approvals_open", "school_id", "id", postgresql_where="decided_at IS NULL"),
    )

    incident_id: Mapped[int] = mapped_column(BigInteger)
    asked_by: Mapped[str]
    asked_by_id: Mapped[int | None] = mapped_column(BigInteger)
    asked_at: Mapped[datetime] = mapped_column(_INSTANT)
    why: Mapped[str]
    cost: Mapped[Decimal | None] = mapped_column(Numeric(10, 2))
    needs_licence: Mapped[bool] = mapped_column(default=False)
    decision: Mapped[str | None]
    decided_by: Mapped[str | None]
    decided_at: Mapped[datetime | None] = mapped_column(_INSTANT)
    reason: Mapped[str | None]


class Worklog(BelongsToSchool, Model):
    """Minutes of work, for "how much of it is fire-fighting" and for cost."""

    __tablename__ = "worklogs"
    __table_args__ = (
        points_at("incidents", "incident_id"),
        points_at("problems", "problem_id"),
        CheckConstraint("minutes > 0", name="minutes"),
        CheckConstraint(one_of("kind", WORK_KINDS), name="kind"),
        CheckConstraint("num_nonnulls(incident_id, problem_id) <= 1", name="one_thing"),
        Index("ix_worklogs_incident", "school_id", "incident_id", "id"),
        Index("ix_worklogs_at", "school_id", "at"),
    )

    incident_id: Mapped[int | None] = mapped_column(BigInteger)
    problem_id: Mapped[int | None] = mapped_column(BigInteger)
    at: Mapped[datetime] = mapped_column(_INSTANT)
    by: Mapped[str]
    minutes: Mapped[int]
    kind: Mapped[str]
    note: Mapped[str | None]
    # What parts cost, in pounds.
    parts_cost: Mapped[Decimal | None] = mapped_column(Numeric(10, 2))


class BlankSheet(BelongsToSchool, Model):
    """A printed sheet with a number of its own, for when the network is down. The reference is
    given when it is entered, so that references stay without a gap."""

    __tablename__ = "blank_sheets"
    __table_args__ = (
        UniqueConstraint("school_id", "number"),
        points_at("incidents", "incident_id"),
    )

    number: Mapped[int]
    printed_by: Mapped[str]
    printed_at: Mapped[datetime] = mapped_column(_INSTANT)
    incident_id: Mapped[int | None] = mapped_column(BigInteger)
    entered_at: Mapped[datetime | None] = mapped_column(_INSTANT)
    spoilt_at: Mapped[datetime | None] = mapped_column(_INSTANT)


class _Checklist:
    key: Mapped[str]
    name: Mapped[str]
    category: Mapped[str | None]
    # In order: [{"text": …, "is_safe": may an advisor try it}].
    items: Mapped[list[dict[str, Any]]] = mapped_column(JSONB)
    is_archived: Mapped[bool] = mapped_column(default=False)
    created_at: Mapped[datetime] = created()
    updated_at: Mapped[datetime] = mapped_column(_INSTANT, server_default=func.now())
    version: Mapped[int] = mapped_column(default=1)


class Checklist(_Checklist, BelongsToSchool, Model):
    __tablename__ = "checklists"
    __table_args__ = (UniqueConstraint("school_id", "key"),)


class LaChecklist(_Checklist, Model):
    __tablename__ = "la_checklists"
    __table_args__ = (UniqueConstraint("key"),)

    id: Mapped[int] = mapped_column(BigInteger, Identity(), primary_key=True, sort_order=-19)


class _CannedReply:
    title: Mapped[str]
    text: Mapped[str]
    category: Mapped[str | None]
    is_archived: Mapped[bool] = mapped_column(default=False)
    created_at: Mapped[datetime] = created()
    updated_at: Mapped[datetime] = mapped_column(_INSTANT, server_default=func.now())
    version: Mapped[int] = mapped_column(default=1)


class CannedReply(_CannedReply, BelongsToSchool, Model):
    __tablename__ = "canned_replies"
    __table_args__ = (Index("uq_canned_replies_title", "school_id", "title", unique=True),)


class LaCannedReply(_CannedReply, Model):
    __tablename__ = "la_canned_replies"
    __table_args__ = (UniqueConstraint("title"),)

    id: Mapped[int] = mapped_column(BigInteger, Identity(), primary_key=True, sort_order=-19)
