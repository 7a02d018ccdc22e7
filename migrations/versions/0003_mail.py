"""Mail: what is owed to nobody's school, what each person chose, what waits for a digest"""

import sqlalchemy as sa
from alembic import context, op
from sqlalchemy.dialects import postgresql

from tenants.policies import protect, protect_anew

revision = "0003"
down_revision = "0002"

TABLES = (
    "door_outbox",
    "door_answers",
    "digest_entries",
    "mail_choices",
    "mail_troubles",
)
# Their rows may be touched by others from now on.
CHANGED = ("outbox",)


def upgrade() -> None:
    op.create_table(
        "door_outbox",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("task", sa.String(), nullable=False),
        sa.Column("payload", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("next_try_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("last_error", sa.String(), nullable=True),
        sa.Column("done_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("failed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column(
            "created_at",
            sa.DateTime(timezone=True),
            server_default=sa.text("now()"),
            nullable=False,
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_door_outbox")),
    )
    op.create_index(
        "ix_door_outbox_waiting",
        "door_outbox",
        ["next_try_at", "id"],
        unique=False,
        postgresql_where="done_at IS NULL AND failed_at IS NULL",
    )
    op.create_table(
        "door_answers",
        sa.Column("person_id", sa.BigInteger(), nullable=False),
        sa.Column("key", sa.String(), nullable=False),
        sa.Column("request_hash", sa.LargeBinary(), nullable=False),
        sa.Column("status", sa.Integer(), nullable=True),
        sa.Column("location", sa.String(), nullable=True),
        sa.Column("etag", sa.String(), nullable=True),
        sa.Column("body", sa.String(), nullable=True),
        sa.Column(
            "created_at",
            sa.DateTime(timezone=True),
            server_default=sa.text("now()"),
            nullable=False,
        ),
        sa.ForeignKeyConstraint(
            ["person_id"], ["people.id"], name=op.f("fk_door_answers_person_id")
        ),
        sa.PrimaryKeyConstraint("person_id", "key", name=op.f("pk_door_answers")),
    )
    op.create_index("ix_door_answers_created_at", "door_answers", ["created_at"], unique=False)
    op.create_table(
        "digest_entries",
        sa.Column("school_id", sa.Integer(), nullable=False),
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("person_id", sa.BigInteger(), nullable=False),
        sa.Column("event_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("event_id", sa.BigInteger(), nullable=False),
        sa.Column(
            "created_at",
            sa.DateTime(timezone=True),
            server_default=sa.text("now()"),
            nullable=False,
        ),
        sa.ForeignKeyConstraint(
            ["person_id"], ["people.id"], name=op.f("fk_digest_entries_person_id")
        ),
        sa.ForeignKeyConstraint(
            ["school_id"], ["schools.id"], name=op.f("fk_digest_entries_school_id")
        ),
        sa.PrimaryKeyConstraint("school_id", "id", name=op.f("pk_digest_entries")),
    )
    op.create_index(
        "ix_digest_entries_person", "digest_entries", ["school_id", "person_id", "id"], unique=False
    )
    op.create_table(
        "mail_choices",
        sa.Column("person_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("topic", sa.String(), nullable=False),
        sa.Column("choice", sa.String(), nullable=False),
        sa.CheckConstraint(
            "choice IN ('now', 'digest', 'off')", name=op.f("ck_mail_choices_choice")
        ),
        sa.ForeignKeyConstraint(
            ["person_id"], ["people.id"], name=op.f("fk_mail_choices_person_id")
        ),
        sa.PrimaryKeyConstraint("person_id", "topic", name=op.f("pk_mail_choices")),
    )
    op.create_table(
        "mail_troubles",
        sa.Column("school_id", sa.Integer(), nullable=False),
        sa.Column("address", sa.String(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("said", sa.String(), nullable=False),
        sa.Column("first_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("last_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["school_id"], ["schools.id"], name=op.f("fk_mail_troubles_school_id")
        ),
        sa.PrimaryKeyConstraint("school_id", "address", name=op.f("pk_mail_troubles")),
    )
    op.add_column("outbox", sa.Column("failed_at", sa.DateTime(timezone=True), nullable=True))
    prefix = context.config.attributes["settings"].role_prefix
    for table in TABLES:
        for statement in protect(table, prefix):
            op.execute(statement)
    for table in CHANGED:
        for statement in protect_anew(table, prefix):
            op.execute(statement)
