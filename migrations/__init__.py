"""The schema, one numbered step each, forward only. Run as migrator, which becomes owner."""

from __future__ import annotations

from pathlib import Path

from alembic import command
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import create_engine

from config import Settings


def upgrade(settings: Settings) -> list[str]:
    """Bring the database to the newest step; returns the steps taken (none: it was there)."""
    config = _config(settings)
    before = _at(settings)
    script = ScriptDirectory.from_config(config)
    head = script.get_current_head()
    if before == head or head is None:
        return []
    command.upgrade(config, "head")
    steps = [step.revision for step in script.iterate_revisions(head, before or "base")]
    return list(reversed(steps))


def _config(settings: Settings) -> Config:
    config = Config()
    config.set_main_option("script_location", str(Path(__file__).parent))
    config.attributes["settings"] = settings
    return config


def _at(settings: Settings) -> str | None:
    engine = create_engine(settings.migrator_url or settings.database_url)
    try:
        with engine.connect() as connection:
            connection.exec_driver_sql(f"SET ROLE {settings.role_prefix}_owner")
            return MigrationContext.configure(connection).get_current_revision()
    finally:
        engine.dispose()
