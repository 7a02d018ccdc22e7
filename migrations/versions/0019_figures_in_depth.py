"""Figures in depth: what is counted of a school in a month, and what the LA says of a model."""

import sqlalchemy as sa
from alembic import context, op

from tenants.policies import protect

revision = "0019"
down_revision = "0018"


def upgrade() -> None:
    op.create_table(
        "depth_months",
        sa.Column("school_id", sa.Integer(), nullable=False),
        sa.Column("topic", sa.String(), nullable=False),
        sa.Column("on", sa.Date(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("detail", sa.String(), nullable=False),
        *(
            sa.Column(name, sa.BigInteger(), server_default="0", nullable=False)
            for name in ("hits", "base", "amount")
        ),
        sa.ForeignKeyConstraint(
            ["school_id"], ["schools.id"], name=op.f("fk_depth_months_school_id")
        ),
        sa.PrimaryKeyConstraint(
            "school_id", "topic", "on", "kind", "name", "detail", name=op.f("pk_depth_months")
        ),
    )
    op.create_index("ix_depth_months_across", "depth_months", ["topic", "on", "school_id"])
    op.create_table(
        "la_model_notes",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("type", sa.String(), nullable=False),
        sa.Column("make_key", sa.String(), nullable=False),
        sa.Column("model_key", sa.String(), nullable=False),
        sa.Column("make", sa.String(), nullable=False),
        sa.Column("model", sa.String(), nullable=False),
        sa.Column("verdict", sa.String(), nullable=False),
        sa.Column("note", sa.String(), nullable=True),
        sa.Column("written_by", sa.String(), nullable=False),
        sa.Column(
            "created_at",
            sa.DateTime(timezone=True),
            server_default=sa.text("now()"),
            nullable=False,
        ),
        sa.Column(
            "updated_at",
            sa.DateTime(timezone=True),
            server_default=sa.text("now()"),
            nullable=False,
        ),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.CheckConstraint(
            "verdict IN ('buy_again', 'watch', 'avoid')", name=op.f("ck_la_model_notes_verdict")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_la_model_notes")),
        sa.UniqueConstraint(
            "type", "make_key", "model_key", name=op.f("uq_la_model_notes_type_make_key_model_key")
        ),
    )
    prefix = context.config.attributes["settings"].role_prefix
    for table in ("depth_months", "la_model_notes"):
        for statement in protect(table, prefix):
            op.execute(statement)
