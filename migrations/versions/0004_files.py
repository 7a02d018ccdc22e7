"""Attachments: photos and documents on the sheet, in notes and checks"""

import sqlalchemy as sa
from alembic import context, op

from tenants.policies import protect

revision = "0004"
down_revision = "0003"

TABLES = ("attachments",)


def upgrade() -> None:
    op.create_table(
        "attachments",
        sa.Column("school_id", sa.Integer(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("incident_id", sa.BigInteger(), nullable=True),
        sa.Column("part", sa.String(), nullable=False),
        sa.Column("event_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("event_id", sa.BigInteger(), nullable=True),
        sa.Column("check_id", sa.BigInteger(), nullable=True),
        sa.Column("visibility", sa.String(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("media_type", sa.String(), nullable=False),
        sa.Column("size", sa.BigInteger(), nullable=False),
        sa.Column("sha256", sa.LargeBinary(), nullable=False),
        sa.Column("width", sa.Integer(), nullable=True),
        sa.Column("height", sa.Integer(), nullable=True),
        sa.Column("thumbnail_sha256", sa.LargeBinary(), nullable=True),
        sa.Column("person_id", sa.BigInteger(), nullable=False),
        sa.Column("uploaded_by", sa.String(), nullable=False),
        sa.Column(
            "created_at",
            sa.DateTime(timezone=True),
            server_default=sa.text("now()"),
            nullable=False,
        ),
        sa.Column("removed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("removed_by", sa.String(), nullable=True),
        sa.CheckConstraint("part IN ('sheet', 'note', 'check')", name=op.f("ck_attachments_part")),
        sa.CheckConstraint(
            "visibility IN ('public', 'internal', 'supplier')",
            name=op.f("ck_attachments_visibility"),
        ),
        sa.CheckConstraint("size > 0", name=op.f("ck_attachments_size")),
        sa.ForeignKeyConstraint(
            ["person_id"], ["people.id"], name=op.f("fk_attachments_person_id")
        ),
        sa.ForeignKeyConstraint(
            ["school_id", "check_id"],
            ["diagnostic_checks.school_id", "diagnostic_checks.id"],
            name=op.f("fk_attachments_school_id_check_id"),
        ),
        sa.ForeignKeyConstraint(
            ["school_id", "incident_id"],
            ["incidents.school_id", "incidents.id"],
            name=op.f("fk_attachments_school_id_incident_id"),
        ),
        sa.ForeignKeyConstraint(
            ["school_id"], ["schools.id"], name=op.f("fk_attachments_school_id")
        ),
        sa.PrimaryKeyConstraint("school_id", "id", name=op.f("pk_attachments")),
    )
    op.create_index(
        "ix_attachments_incident", "attachments", ["school_id", "incident_id", "id"], unique=False
    )
    op.create_index(
        "ix_attachments_unlinked",
        "attachments",
        ["school_id", "created_at"],
        unique=False,
        postgresql_where="incident_id IS NULL",
    )
    prefix = context.config.attributes["settings"].role_prefix
    for table in TABLES:
        for statement in protect(table, prefix):
            op.execute(statement)
