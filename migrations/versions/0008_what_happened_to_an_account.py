"""An index for what happened lately at one person's account, built while the desk is open"""

from alembic import op

from migrations.concurrently import concurrently

revision = "0008"
down_revision = "0007"

NAME = "ix_sign_in_events_person_id_at"


def upgrade() -> None:
    with concurrently():
        op.execute(f"DROP INDEX CONCURRENTLY IF EXISTS {NAME}")
        op.execute(f"CREATE INDEX CONCURRENTLY {NAME} ON sign_in_events (person_id, at)")
