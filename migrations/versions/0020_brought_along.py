"""Which incidents came from another desk's log, and how far that log was read"""

import sqlalchemy as sa
from alembic import context, op

from tenants.policies import protect

revision = "0020"
down_revision = "0019"

TABLE = "brought_incidents"


def upgrade() -> None:
    op.create_table(
        TABLE,
        sa.Column("school_id", sa.Integer(), nullable=False),
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("source", sa.String(), nullable=False),
        sa.Column("their_key", sa.String(), nullable=False),
        sa.Column("incident_id", sa.BigInteger(), nullable=False),
        sa.Column("events", sa.Integer(), nullable=False),
        sa.Column("digest", sa.LargeBinary(), nullable=False),
        sa.Column("version_left", sa.Integer(), nullable=False),
        sa.Column("brought_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["school_id"], ["schools.id"], name=op.f("fk_brought_incidents_school_id")
        ),
        sa.ForeignKeyConstraint(
            ["school_id", "incident_id"],
            ["incidents.school_id", "incidents.id"],
            name=op.f("fk_brought_incidents_school_id_incident_id"),
        ),
        sa.PrimaryKeyConstraint("school_id", "id", name=op.f("pk_brought_incidents")),
        sa.UniqueConstraint(
            "school_id",
            "incident_id",
            name=op.f("uq_brought_incidents_school_id_incident_id"),
        ),
        sa.UniqueConstraint(
            "school_id",
            "source",
            "their_key",
            name=op.f("uq_brought_incidents_school_id_source_their_key"),
        ),
    )
    prefix = context.config.attributes["settings"].role_prefix
    for statement in protect(TABLE, prefix):
        op.execute(statement)
