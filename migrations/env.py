"""Alembic's entry: connect as migrator, become owner, and give every step a lock timeout."""

from alembic import context
from sqlalchemy import create_engine

import app.models  # noqa: F401  (every table must be known to compare with)
from config import load_settings
from tenants import db

settings = context.config.attributes.get("settings") or load_settings()
engine = create_engine(settings.migrator_url or settings.database_url)

with engine.connect() as connection:
    connection.exec_driver_sql(f"SET ROLE {settings.role_prefix}_owner")
    connection.exec_driver_sql("SET lock_timeout = '2s'")
    context.configure(
        connection=connection,
        target_metadata=db.metadata,
        compare_server_default=False,
        transaction_per_migration=True,
    )
    with context.begin_transaction():
        context.run_migrations()
    connection.commit()
engine.dispose()
