"""Reports that a school gives out, with their words and figures as they stood, and their schedules"""

import sqlalchemy as sa
from alembic import context, op
from sqlalchemy.dialects import postgresql

from tenants.policies import protect

revision = "0018"
down_revision = "0017"

KINDS = "kind IN ('incident', 'problem', 'service', 'review')"


def upgrade() -> None:
    op.create_table(
        "report_schedules",
        *_registered(),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("rhythm", sa.String(), nullable=False),
        sa.Column("roles", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("next_on", sa.Date(), nullable=True),
        sa.Column("is_active", sa.Boolean(), nullable=False),
        *_kept(),
        sa.CheckConstraint(KINDS, name=op.f("ck_report_schedules_kind")),
        sa.CheckConstraint(
            "rhythm IN ('month', 'half_term', 'term', 'academic_year')",
            name=op.f("ck_report_schedules_rhythm"),
        ),
        sa.ForeignKeyConstraint(
            ["school_id"], ["schools.id"], name=op.f("fk_report_schedules_school_id")
        ),
        sa.PrimaryKeyConstraint("school_id", "id", name=op.f("pk_report_schedules")),
        sa.UniqueConstraint(
            "school_id", "number", name=op.f("uq_report_schedules_school_id_number")
        ),
    )
    op.create_index(
        "ix_report_schedules_due",
        "report_schedules",
        ["next_on"],
        postgresql_where=sa.text("is_active"),
    )
    op.create_table(
        "issued_reports",
        *_registered(),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("period_kind", sa.String(), nullable=False),
        sa.Column("period_name", sa.String(), nullable=False),
        sa.Column("first_on", sa.Date(), nullable=False),
        sa.Column("end_on", sa.Date(), nullable=False),
        sa.Column("title", sa.String(), nullable=False),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("sections", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("figures", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("counted_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("issued_by", sa.String(), nullable=True),
        sa.Column("issued_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("supersedes", sa.Integer(), nullable=True),
        sa.Column("superseded_by", sa.Integer(), nullable=True),
        sa.Column("schedule_id", sa.BigInteger(), nullable=True),
        *_kept(),
        sa.CheckConstraint(KINDS, name=op.f("ck_issued_reports_kind")),
        sa.CheckConstraint(
            "state IN ('draft', 'issued', 'superseded')", name=op.f("ck_issued_reports_state")
        ),
        sa.CheckConstraint(
            "period_kind IN ('month', 'half_term', 'term', 'academic_year', 'financial_year',"
            " 'custom')",
            name=op.f("ck_issued_reports_period_kind"),
        ),
        sa.CheckConstraint("first_on < end_on", name=op.f("ck_issued_reports_days")),
        sa.CheckConstraint(
            "(state = 'draft') = (issued_at IS NULL)", name=op.f("ck_issued_reports_issued")
        ),
        sa.ForeignKeyConstraint(
            ["school_id"], ["schools.id"], name=op.f("fk_issued_reports_school_id")
        ),
        sa.ForeignKeyConstraint(
            ["school_id", "schedule_id"],
            ["report_schedules.school_id", "report_schedules.id"],
            name=op.f("fk_issued_reports_school_id_schedule_id"),
        ),
        sa.PrimaryKeyConstraint("school_id", "id", name=op.f("pk_issued_reports")),
        sa.UniqueConstraint("school_id", "number", name=op.f("uq_issued_reports_school_id_number")),
        sa.UniqueConstraint(
            "school_id",
            "schedule_id",
            "first_on",
            name=op.f("uq_issued_reports_school_id_schedule_id_first_on"),
        ),
    )
    prefix = context.config.attributes["settings"].role_prefix
    for table in ("report_schedules", "issued_reports"):
        for statement in protect(table, prefix):
            op.execute(statement)


def _registered() -> tuple[sa.Column, ...]:
    return (
        sa.Column("school_id", sa.Integer(), nullable=False),
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
    )


def _kept() -> tuple[sa.Column, ...]:
    now = sa.text("now()")
    return (
        sa.Column("created_by", sa.String(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=now, nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), server_default=now, nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
    )
