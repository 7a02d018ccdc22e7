"""Figures of how well support is kept: what an incident adds to a day, the sums, and the marks by which
the worker learns what to count anew. What is there already is marked, so it is counted first."""

import sqlalchemy as sa
from alembic import context, op
from sqlalchemy.dialects import postgresql

from tenants.policies import protect

revision = "0017"
down_revision = "0016"

TABLES = ("figure_marks", "figure_parts", "figure_days")
COUNTERS = (
    "reported",
    "advice_entered",
    "advice_solved",
    "priority_overridden",
    "class_stopped",
    "opened",
    "ended",
    "resolved",
    "first_contact",
    "first_line",
    "reopened",
    "restore_seconds",
    "reassignments",
    "ping_ponged",
    "csat_given",
    "csat_good",
    "csat_sum",
    "lesson_seconds",
    "sheet_poor",
    "sheet_poor_seconds",
    "sheet_fair",
    "sheet_fair_seconds",
    "sheet_good",
    "sheet_good_seconds",
    "party_reporter_seconds",
    "party_school_desk_seconds",
    "party_tech_advisor_seconds",
    "party_first_line_seconds",
    "party_second_line_seconds",
    "party_supplier_seconds",
    "minutes_reactive",
    "minutes_proactive",
    "minutes_change",
    "parts_pence",
    "cancelled",
    "response_met",
    "response_decided",
    "on_site_met",
    "on_site_decided",
    "resolution_met",
    "resolution_decided",
    "net_resolved",
    "net_seconds",
    "pause_awaiting_user_seconds",
    "pause_awaiting_site_access_seconds",
    "pause_awaiting_supplier_seconds",
    "pause_awaiting_parts_seconds",
    "pause_awaiting_approval_seconds",
    "pause_agreed_visit_seconds",
    "pause_awaiting_change_seconds",
    "pause_awaiting_problem_seconds",
    "pause_reopened_seconds",
    "pause_with_school_seconds",
)


def upgrade() -> None:
    op.create_table(
        "figure_marks",
        _school(),
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("incident_id", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(
            ["school_id"], ["schools.id"], name=op.f("fk_figure_marks_school_id")
        ),
        sa.PrimaryKeyConstraint("school_id", "id", name=op.f("pk_figure_marks")),
    )
    op.create_table(
        "figure_parts",
        _school(),
        sa.Column("on", sa.Date(), nullable=False),
        sa.Column("incident_id", sa.BigInteger(), nullable=False),
        sa.Column("counters", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        *_of(),
        sa.ForeignKeyConstraint(
            ["school_id"], ["schools.id"], name=op.f("fk_figure_parts_school_id")
        ),
        sa.PrimaryKeyConstraint(
            "school_id", "on", "incident_id", *OF, name=op.f("pk_figure_parts")
        ),
    )
    op.create_index("ix_figure_parts_incident", "figure_parts", ["school_id", "incident_id"])
    op.create_table(
        "figure_days",
        _school(),
        sa.Column("span", sa.String(), nullable=False),
        sa.Column("on", sa.Date(), nullable=False),
        *_of(),
        *(sa.Column(name, _kind(name), nullable=True) for name in COUNTERS),
        sa.CheckConstraint("span IN ('d', 'm')", name=op.f("ck_figure_days_span")),
        sa.ForeignKeyConstraint(
            ["school_id"], ["schools.id"], name=op.f("fk_figure_days_school_id")
        ),
        sa.PrimaryKeyConstraint("school_id", "span", "on", *OF, name=op.f("pk_figure_days")),
    )
    op.create_index(
        "ix_figure_days_across", "figure_days", ["span", "on", "agreement_kind", "school_id"]
    )
    op.add_column("worklogs", sa.Column("parts_cost", sa.Numeric(10, 2), nullable=True))
    op.add_column(
        "local_authority",
        sa.Column("labour_rate", sa.Numeric(8, 2), server_default="28.00", nullable=False),
    )
    prefix = context.config.attributes["settings"].role_prefix
    for table in TABLES:
        for statement in protect(table, prefix):
            op.execute(statement)
    op.execute(
        "INSERT INTO figure_marks (school_id, incident_id) SELECT school_id, id FROM incidents"
    )


OF = (
    "agreement_kind",
    "la_version_id",
    "own_version_id",
    "provider",
    "priority",
    "type",
    "is_hidden",
)


def _kind(name: str) -> sa.Integer:
    return sa.BigInteger() if name.endswith(("_seconds", "_pence")) else sa.Integer()


def _school() -> sa.Column:
    return sa.Column("school_id", sa.Integer(), nullable=False)


def _of() -> list[sa.Column]:
    kinds = (
        sa.String(),
        sa.BigInteger(),
        sa.BigInteger(),
        sa.String(),
        sa.SmallInteger(),
        sa.String(),
        sa.Boolean(),
    )
    return [sa.Column(name, kind, nullable=False) for name, kind in zip(OF, kinds, strict=True)]
