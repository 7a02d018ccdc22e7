"""Indexes for the incidents of a parent and of a problem, and a clock's key with its start

Built while the desk is open.
"""

from alembic import op

from migrations.concurrently import concurrently

revision = "0012"
down_revision = "0011"

OLD_KEY = "uq_clocks_school_id_incident_id_agreement_kind_metric"
NEW_KEY = "uq_clocks_of_one_start"
INDEXES = (
    ("ix_incidents_parent", "incidents", "(school_id, parent_id) WHERE parent_id IS NOT NULL"),
    ("ix_incidents_problem", "incidents", "(school_id, problem_id) WHERE problem_id IS NOT NULL"),
)


def upgrade() -> None:
    op.execute(f"ALTER TABLE clocks DROP CONSTRAINT IF EXISTS {NEW_KEY}")
    with concurrently():
        for name, table, what in INDEXES:
            op.execute(f"DROP INDEX CONCURRENTLY IF EXISTS {name}")
            op.execute(f"CREATE INDEX CONCURRENTLY {name} ON {table} {what}")
        op.execute(f"DROP INDEX CONCURRENTLY IF EXISTS {NEW_KEY}")
        op.execute(
            f"CREATE UNIQUE INDEX CONCURRENTLY {NEW_KEY} ON clocks "
            "(school_id, incident_id, agreement_kind, metric, started_at)"
        )
    op.execute(f"ALTER TABLE clocks ADD CONSTRAINT {NEW_KEY} UNIQUE USING INDEX {NEW_KEY}")
    op.execute(f"ALTER TABLE clocks DROP CONSTRAINT IF EXISTS {OLD_KEY}")
