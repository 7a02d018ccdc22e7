"""Indexes for the incidents of an asset, of a service, of a critical date

Built while the desk is open.
"""

from alembic import op

from migrations.concurrently import concurrently

revision = "0016"
down_revision = "0015"

# name, columns, which rows
INDEXES = (
    ("ix_incidents_asset", "school_id, asset_id, number", "asset_id"),
    ("ix_incidents_service", "school_id, service_id, number", "service_id"),
    ("ix_incidents_critical_date", "school_id, critical_date_id", "critical_date_id"),
)


def upgrade() -> None:
    with concurrently():
        for name, columns, only in INDEXES:
            op.execute(f"DROP INDEX CONCURRENTLY IF EXISTS {name}")
            op.execute(
                f"CREATE INDEX CONCURRENTLY {name} ON incidents ({columns}) "
                f"WHERE {only} IS NOT NULL"
            )
