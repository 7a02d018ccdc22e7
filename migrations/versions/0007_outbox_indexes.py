"""Indexes of the outbox for what waits and what was given up, built while the desk is open

A build without a lock cannot be undone with the rest of a step: it is a step of its own, and can
be run again after one that was cut off, which leaves an index that is not valid.
"""

from alembic import op

from migrations.concurrently import concurrently

revision = "0007"
down_revision = "0006"

WAITING = "(school_id, next_try_at, id) WHERE done_at IS NULL AND failed_at IS NULL"
FAILED = "(failed_at) WHERE failed_at IS NOT NULL"


def upgrade() -> None:
    with concurrently():
        for name, what in (("ix_outbox_waiting", WAITING), ("ix_outbox_failed", FAILED)):
            op.execute(f"DROP INDEX CONCURRENTLY IF EXISTS {name}")
            op.execute(f"CREATE INDEX CONCURRENTLY {name} ON outbox {what}")
        op.execute("DROP INDEX CONCURRENTLY IF EXISTS ix_outbox_due")
