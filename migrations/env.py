"""Alembic's entry: connect as migrator, become owner, and give every step a lock timeout.

Each step is a transaction of its own. One that builds an index on a table with rows in it does so
in `with concurrently():`, alone in its step.
"""

from alembic import context
from sqlalchemy import NullPool, create_engine

import app.models  # noqa: F401  (every table must be known to compare with)
from config import load_settings
from migrations import LOCK_TIMEOUT_MS
from tenants import db

settings = context.config.attributes.get("settings") or load_settings()
lock_timeout_ms = context.config.attributes.get("lock_timeout_ms", LOCK_TIMEOUT_MS)
engine = create_engine(settings.migrator_url or settings.database_url, poolclass=NullPool)

with engine.connect() as connection:
    # Committed, because a rollback would take back a SET, also that of the role.
    connection.exec_driver_sql(f"SET ROLE {settings.role_prefix}_owner")
    connection.exec_driver_sql(f"SET lock_timeout = {int(lock_timeout_ms)}")
    # An index is built by one process, which also reads for itself: with helpers it would take
    # every core from the pages.
    connection.exec_driver_sql("SET max_parallel_maintenance_workers = 0")
    connection.exec_driver_sql("SET effective_io_concurrency = 0")
    connection.commit()
    context.configure(
        connection=connection,
        target_metadata=db.metadata,
        compare_server_default=False,
        transaction_per_migration=True,
    )
    with context.begin_transaction():
        context.run_migrations()
    # A comment takes no right to read: so the web's login sees whether the schema is new enough.
    at = context.get_context().get_current_revision()
    connection.exec_driver_sql(f"COMMENT ON TABLE alembic_version IS '{at}'")
    connection.commit()
