"""The constraints of the step before are looked at: a lock that lets everybody go on working"""

from importlib import import_module

from alembic import op

revision = "0015"
down_revision = "0014"

_BEFORE = "migrations.versions.0014_what_hangs_on_a_register"


def upgrade() -> None:
    before = import_module(_BEFORE)
    for table, column, _ in before.POINTS:
        name = before.constraint(table, column)
        op.execute(f"ALTER TABLE {table} VALIDATE CONSTRAINT {name}")
    op.execute(f"ALTER TABLE attachments VALIDATE CONSTRAINT {before.PART}")
