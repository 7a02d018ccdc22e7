"""The migrations, run from nothing, make what the models say."""

from __future__ import annotations

from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import create_engine
from sqlalchemy.engine import make_url

from config import load_settings
from tests.servers import TEMPLATE


def _compare():
    import app.models  # noqa: F401
    from tenants import db

    url = make_url(load_settings().admin_url or "").set(database=TEMPLATE)
    engine = create_engine(url)
    with engine.connect() as connection:
        context = MigrationContext.configure(connection)
        found = compare_metadata(context, db.metadata)
    engine.dispose()
    return [
        one for one in found if not (one[0] == "remove_table" and one[1].name == "alembic_version")
    ]


def test_migrations_from_nothing_equal_the_models():
    assert _compare() == []


def test_the_comparison_would_notice_a_missing_column():
    from sqlalchemy import Column, Integer

    from tenants import db

    table = db.metadata.tables["locations"]
    extra = Column("not_migrated", Integer)
    table.append_column(extra)
    try:
        assert any("not_migrated" in str(one) for one in _compare())
    finally:
        table._columns.remove(extra)  # type: ignore[attr-defined]
