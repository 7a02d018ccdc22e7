"""Answers about every school that the worker keeps; schools in the order of their names

The index is built while the desk is open, and first: nothing is to be undone where it fails.
"""

import sqlalchemy as sa
from alembic import context, op
from sqlalchemy.dialects import postgresql

from migrations.concurrently import concurrently
from tenants.policies import protect

revision = "0022"
down_revision = "0021"

TABLE = "la_kept_answers"
BY_NAME = "ix_schools_by_name"


def upgrade() -> None:
    with concurrently():
        op.execute(f"DROP INDEX CONCURRENTLY IF EXISTS {BY_NAME}")
        op.execute(f"CREATE INDEX CONCURRENTLY {BY_NAME} ON schools (lower(name), slug)")
    op.create_table(
        TABLE,
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("key", sa.String(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("question", postgresql.JSONB(), nullable=False),
        sa.Column("answer", postgresql.JSONB(none_as_null=True), nullable=True),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("seconds", sa.Float(), nullable=True),
        sa.Column("asked_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("due_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("is_wanted", sa.Boolean(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_la_kept_answers")),
        sa.UniqueConstraint("key", name=op.f("uq_la_kept_answers_key")),
    )
    prefix = context.config.attributes["settings"].role_prefix
    for statement in protect(TABLE, prefix):
        op.execute(statement)
