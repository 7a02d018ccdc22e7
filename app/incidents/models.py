"""The incident (fault or request), its turns, its diagnostics sheet, and drafts of sheets."""

from __future__ import annotations

from datetime import UTC, date, datetime
from typing import Any

from sqlalchemy import (
    BigInteger,
    Boolean,
    CheckConstraint,
    Computed,
    ForeignKey,
    Index,
    SmallInteger,
    UniqueConstraint,
    func,
    text,
)
from sqlalchemy.dialects.postgresql import JSONB, TSVECTOR
from sqlalchemy.orm import Mapped, mapped_column
from sqlalchemy.types import DateTime, TypeDecorator

from app.incidents import rules
from app.people.models import created, one_of
from app.registered import points_at
from tenants import BelongsToSchool, Model

_INSTANT = DateTime(True)
_OPEN = "status NOT IN ('resolved', 'closed', 'cancelled', 'rejected')"
_SEARCHED = (
    "to_tsvector('english', title || ' ' || coalesce(expected, '') || ' ' || "
    "coalesce(happened, '') || ' ' || coalesce(error_text, '') || ' ' || "
    "coalesce(anything_else, '') || ' ' || reporter_name || ' ' || coalesce(resolution_text, ''))"
)


def _those_with(column: str, *more: str) -> Index:
    """Few incidents have one; the index is of these only."""
    name = f"ix_incidents_{column.removesuffix('_id')}"
    return Index(name, "school_id", column, *more, postgresql_where=f"{column} IS NOT NULL")


NEVER = datetime.max.replace(tzinfo=UTC)


class Due(TypeDecorator[datetime]):
    """An instant, or NEVER, kept as `infinity` so that it sorts last and is never NULL."""

    impl = DateTime(True)
    cache_ok = True

    def process_bind_param(self, value: Any, dialect: Any) -> Any:
        return "infinity" if value is not None and value >= NEVER else value

    def process_result_value(self, value: Any, dialect: Any) -> datetime | None:
        return NEVER if value is not None and value.year == NEVER.year else value


class Incident(BelongsToSchool, Model):
    __tablename__ = "incidents"
    __table_args__ = (
        UniqueConstraint("school_id", "number"),
        CheckConstraint(one_of("type", rules.TYPES), name="type"),
        CheckConstraint(one_of("status", tuple(rules.Status)), name="status"),
        CheckConstraint(one_of("waiting_for", tuple(rules.Party)), name="waiting_for"),
        CheckConstraint("line BETWEEN 0 AND 3", name="line"),
        CheckConstraint("impact BETWEEN 1 AND 3", name="impact"),
        CheckConstraint("urgency BETWEEN 1 AND 3", name="urgency"),
        CheckConstraint("priority BETWEEN 1 AND 4", name="priority"),
        CheckConstraint("reported_at <= logged_at", name="reported_before_logged"),
        CheckConstraint("num_nonnulls(school_group_id, la_group_id) <= 1", name="one_group"),
        CheckConstraint("num_nonnulls(assignee_id, la_assignee_id) <= 1", name="one_assignee"),
        CheckConstraint("pupils_affected >= 0", name="pupils_affected"),
        CheckConstraint("lessons_affected >= 0", name="lessons_affected"),
        CheckConstraint("csat_score BETWEEN 1 AND 5", name="csat_score"),
        CheckConstraint("parent_id <> id AND merged_into_id <> id", name="not_its_own"),
        points_at("locations", "location_id"),
        points_at("memberships", "reporter_id"),
        points_at("memberships", "owner_id"),
        points_at("memberships", "assignee_id"),
        points_at("support_groups", "school_group_id"),
        points_at("incidents", "parent_id"),
        points_at("incidents", "merged_into_id"),
        points_at("problems", "problem_id"),
        points_at("articles", "article_id"),
        points_at("assets", "asset_id"),
        points_at("services", "service_id"),
        points_at("critical_dates", "critical_date_id"),
        _those_with("asset_id", "number"),
        _those_with("service_id", "number"),
        _those_with("critical_date_id"),
        Index(
            "ix_incidents_parent",
            "school_id",
            "parent_id",
            postgresql_where="parent_id IS NOT NULL",
        ),
        Index(
            "ix_incidents_problem",
            "school_id",
            "problem_id",
            postgresql_where="problem_id IS NOT NULL",
        ),
        Index("ix_incidents_desk", "school_id", "next_due_at", "id", postgresql_where="is_open"),
        # With what counting needs beside it, so that a thousand are counted without their rows.
        Index(
            "ix_incidents_queue",
            "next_due_at",
            "school_id",
            "id",
            postgresql_where="is_open",
            postgresql_include=(
                "status",
                "line",
                "priority",
                "is_sensitive",
                "forwarded_at",
                "la_group_id",
            ),
        ),
        # Few are back with a reporter, and those are due last: not found by walking the queue.
        Index(
            "ix_incidents_status",
            "status",
            "next_due_at",
            "school_id",
            "id",
            postgresql_where="is_open",
        ),
        Index(
            "ix_incidents_waiting_for",
            "waiting_for",
            "next_due_at",
            "school_id",
            "id",
            postgresql_where="is_open",
        ),
        # What somebody of the LA has in hand, by who they are and by the name on the list.
        Index(
            "ix_incidents_la_assignee",
            "la_assignee_id",
            "next_due_at",
            "school_id",
            "id",
            postgresql_where="is_open",
        ),
        Index(
            "ix_incidents_assignee_name",
            text("lower(assignee_name)"),
            "next_due_at",
            "school_id",
            "id",
            postgresql_where="is_open",
        ),
        Index("ix_incidents_reporter", "school_id", "reporter_id", "number"),
        Index("ix_incidents_location", "school_id", "location_id"),
        # Only the queue searches across schools, and it shows what is open; in one school the row
        # policy comes before a search, which is not leakproof, so its own rows are read.
        Index("ix_incidents_search", "search", postgresql_using="gin", postgresql_where="is_open"),
    )

    number: Mapped[int]
    type: Mapped[str]
    status: Mapped[str]
    line: Mapped[int] = mapped_column(SmallInteger, default=0)
    waiting_for: Mapped[str]
    is_open: Mapped[bool] = mapped_column(Boolean, Computed(_OPEN, persisted=True))

    title: Mapped[str]
    expected: Mapped[str | None]
    happened: Mapped[str | None]
    checked: Mapped[str | None]
    last_worked: Mapped[str | None]
    seen_before: Mapped[str | None]
    anything_else: Mapped[str | None]
    error_text: Mapped[str | None]
    reproducible: Mapped[str | None]
    location_id: Mapped[int | None] = mapped_column(BigInteger)
    available_when: Mapped[str | None]
    contact_detail: Mapped[str | None]
    class_stopped: Mapped[bool | None]
    pupils_affected: Mapped[int | None]
    # How many lessons it stops; what is lost is worked out from them (lessons.py).
    lessons_affected: Mapped[int | None] = mapped_column(SmallInteger)
    # Weekday periods in which somebody can meet the reporter, [["mon", "15:30", "16:30"], …].
    meet_periods: Mapped[list[Any] | None] = mapped_column(JSONB(none_as_null=True))
    must_be_present: Mapped[bool] = mapped_column(default=False, server_default="false")
    is_sensitive: Mapped[bool] = mapped_column(default=False)

    category: Mapped[str | None]
    # Until the desk has checked the sheet, impact and urgency are the reporter's suggestion.
    impact: Mapped[int | None] = mapped_column(SmallInteger)
    urgency: Mapped[int | None] = mapped_column(SmallInteger)
    priority: Mapped[int | None] = mapped_column(SmallInteger)
    priority_reason: Mapped[str | None]
    # [[instant, "P2"], …]: a clock's target follows the priority from when it was set.
    priority_history: Mapped[list[list[str]]] = mapped_column(JSONB, default=list)

    reporter_id: Mapped[int | None] = mapped_column(BigInteger)
    reporter_name: Mapped[str]
    reporter_email: Mapped[str | None]
    logged_by: Mapped[str]
    channel: Mapped[str] = mapped_column(default="web")
    occurred_at: Mapped[datetime | None] = mapped_column(_INSTANT)
    reported_at: Mapped[datetime] = mapped_column(_INSTANT)
    logged_at: Mapped[datetime] = mapped_column(_INSTANT)

    # The owner stays with the desk when the work goes elsewhere; null is the desk itself.
    owner_id: Mapped[int | None] = mapped_column(BigInteger)
    owner_name: Mapped[str | None]
    assignee_id: Mapped[int | None] = mapped_column(BigInteger)
    la_assignee_id: Mapped[int | None] = mapped_column(ForeignKey("la_memberships.id"))
    assignee_name: Mapped[str | None]
    school_group_id: Mapped[int | None] = mapped_column(BigInteger)
    la_group_id: Mapped[int | None] = mapped_column(ForeignKey("la_support_groups.id"))
    group_name: Mapped[str | None]
    highest_line: Mapped[int] = mapped_column(SmallInteger, default=0)

    return_missing: Mapped[str | None]
    hold_reason: Mapped[str | None]
    follow_up_on: Mapped[date | None]
    follow_up_reason: Mapped[str | None]

    forwarded_at: Mapped[datetime | None] = mapped_column(_INSTANT)
    checked_at: Mapped[datetime | None] = mapped_column(_INSTANT)
    first_response_at: Mapped[datetime | None] = mapped_column(_INSTANT)
    restored_at: Mapped[datetime | None] = mapped_column(_INSTANT)
    resolved_at: Mapped[datetime | None] = mapped_column(_INSTANT)
    closed_at: Mapped[datetime | None] = mapped_column(_INSTANT)
    cancelled_at: Mapped[datetime | None] = mapped_column(_INSTANT)
    resolution_type: Mapped[str | None]
    resolution_text: Mapped[str | None]
    cancel_reason: Mapped[str | None]
    # Another way to work meanwhile, or why there is none (T19: before it goes to a problem).
    workaround: Mapped[str | None]
    no_workaround: Mapped[str | None]
    # The article that solved it, the school's own or the LA's.
    article_id: Mapped[int | None] = mapped_column(BigInteger)
    la_article_id: Mapped[int | None] = mapped_column(ForeignKey("la_articles.id"))
    asset_id: Mapped[int | None] = mapped_column(BigInteger)
    service_id: Mapped[int | None] = mapped_column(BigInteger)
    # The day that raised its priority; why is for those who may see such days (N13).
    critical_date_id: Mapped[int | None] = mapped_column(BigInteger)
    # Reported by scanning a label without signing in: nobody has looked who that was.
    is_unverified: Mapped[bool] = mapped_column(default=False, server_default="false")
    problem_id: Mapped[int | None] = mapped_column(BigInteger)
    parent_id: Mapped[int | None] = mapped_column(BigInteger)
    merged_into_id: Mapped[int | None] = mapped_column(BigInteger)
    csat_score: Mapped[int | None] = mapped_column(SmallInteger)
    csat_comment: Mapped[str | None]
    csat_at: Mapped[datetime | None] = mapped_column(_INSTANT)
    # Whether the sheet told the technician enough (N4).
    is_sheet_useful: Mapped[bool | None]
    # Entered from a blank sheet filled in by hand while the network was down (N19).
    sheet_number: Mapped[int | None]
    # Advice asked of the LA's team: it skips the desk's check (R92).
    is_advice_request: Mapped[bool] = mapped_column(default=False, server_default="false")
    supplier_reference: Mapped[str | None]
    supplier_visit_at: Mapped[datetime | None] = mapped_column(_INSTANT)
    # When somebody comes for it next (app/visits keeps it), so that its page need not ask.
    next_visit_at: Mapped[datetime | None] = mapped_column(_INSTANT)
    reopen_count: Mapped[int] = mapped_column(default=0)
    reassignment_count: Mapped[int] = mapped_column(default=0)
    escalation_count: Mapped[int] = mapped_column(default=0)

    # The earliest due of the clocks that run; infinity where none does, so that NULL never sorts.
    next_due_at: Mapped[datetime] = mapped_column(Due, default=NEVER, server_default="infinity")
    # When the worker was last asked to look whether a clock was exceeded.
    decide_at: Mapped[datetime | None] = mapped_column(_INSTANT)
    search: Mapped[Any] = mapped_column(
        TSVECTOR, Computed(_SEARCHED, persisted=True), deferred=True
    )
    created_at: Mapped[datetime] = created()
    updated_at: Mapped[datetime] = mapped_column(_INSTANT, server_default=func.now())
    version: Mapped[int] = mapped_column(default=1)

    __mapper_args__ = {"version_id_col": version, "eager_defaults": False}


class Turn(BelongsToSchool, Model):
    """Whose turn it was: the turns of an incident tile the time from log to close."""

    __tablename__ = "turns"
    __table_args__ = (
        points_at("incidents", "incident_id"),
        CheckConstraint(one_of("party", tuple(rules.Party)), name="party"),
        CheckConstraint("ended_at >= began_at", name="order"),
        Index("ix_turns_incident", "school_id", "incident_id", "began_at"),
        Index(
            "uq_turns_one_open",
            "school_id",
            "incident_id",
            unique=True,
            postgresql_where="ended_at IS NULL",
        ),
    )

    incident_id: Mapped[int] = mapped_column(BigInteger)
    party: Mapped[str]
    line: Mapped[int] = mapped_column(SmallInteger)
    status: Mapped[str]
    hold_reason: Mapped[str | None]
    group_name: Mapped[str | None]
    began_at: Mapped[datetime] = mapped_column(_INSTANT)
    ended_at: Mapped[datetime | None] = mapped_column(_INSTANT)


class Clock(BelongsToSchool, Model):
    """One target of one agreement for one incident. Derived from turns; kept for the queue."""

    __tablename__ = "clocks"
    __table_args__ = (
        points_at("incidents", "incident_id"),
        CheckConstraint("agreement_kind IN ('ola', 'sla', 'uc')", name="agreement_kind"),
        CheckConstraint("metric IN ('response', 'resolution', 'on_site')", name="metric"),
        CheckConstraint(
            "state IN ('running', 'paused', 'met', 'breached', 'cancelled')", name="state"
        ),
        CheckConstraint(
            "num_nonnulls(la_agreement_version_id, agreement_version_id) = 1", name="one_agreement"
        ),
        points_at("agreement_versions", "agreement_version_id"),
        # One that began earlier (with another supplier, say) may have been decided or cancelled.
        UniqueConstraint(
            "school_id",
            "incident_id",
            "agreement_kind",
            "metric",
            "started_at",
            name="uq_clocks_of_one_start",
        ),
    )

    incident_id: Mapped[int] = mapped_column(BigInteger)
    la_agreement_version_id: Mapped[int | None] = mapped_column(
        ForeignKey("la_agreement_versions.id")
    )
    agreement_version_id: Mapped[int | None] = mapped_column(BigInteger)
    agreement_kind: Mapped[str]
    metric: Mapped[str]
    target_seconds: Mapped[int | None]
    target_working_days: Mapped[int | None]
    started_at: Mapped[datetime] = mapped_column(_INSTANT)
    due_at: Mapped[datetime] = mapped_column(Due)
    state: Mapped[str]
    stopped_at: Mapped[datetime | None] = mapped_column(_INSTANT)
    cancelled_at: Mapped[datetime | None] = mapped_column(_INSTANT)
    decided_at: Mapped[datetime | None] = mapped_column(_INSTANT)
    paused_since: Mapped[datetime | None] = mapped_column(_INSTANT)
    elapsed_seconds: Mapped[int] = mapped_column(default=0)
    paused_seconds: Mapped[int] = mapped_column(default=0)
    # The highest warning given: 0, 50, 75 or 100 per cent of the target.
    warned_percent: Mapped[int] = mapped_column(SmallInteger, default=0, server_default="0")


class DiagnosticCheck(BelongsToSchool, Model):
    """One line of the diagnostics sheet."""

    __tablename__ = "diagnostic_checks"
    __table_args__ = (
        points_at("incidents", "incident_id"),
        CheckConstraint("minutes >= 0", name="minutes"),
        Index("ix_diagnostic_checks_incident", "school_id", "incident_id", "id"),
    )

    incident_id: Mapped[int] = mapped_column(BigInteger)
    at: Mapped[datetime] = mapped_column(_INSTANT)
    by: Mapped[str]
    check: Mapped[str]
    outcome: Mapped[str | None]
    action_taken: Mapped[str | None]
    minutes: Mapped[int | None]
    # Which line of which checklist it answers.
    checklist_key: Mapped[str | None]
    position: Mapped[int | None] = mapped_column(SmallInteger)


class Draft(Model):
    """A sheet somebody has begun; it takes no number."""

    __tablename__ = "drafts"

    school_id: Mapped[int] = mapped_column(ForeignKey("schools.id"), primary_key=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("people.id"), primary_key=True)
    form: Mapped[str] = mapped_column(primary_key=True)
    values: Mapped[dict[str, Any]] = mapped_column(JSONB)
    updated_at: Mapped[datetime] = mapped_column(_INSTANT)
