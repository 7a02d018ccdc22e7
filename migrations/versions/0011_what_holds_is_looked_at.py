"""The constraints of the step before are looked at: a lock that lets everybody go on working"""

from importlib import import_module

from alembic import op

revision = "0011"
down_revision = "0010"

_BEFORE = "migrations.versions.0010_more_of_an_incident"


def upgrade() -> None:
    before = import_module(_BEFORE)
    for table, name, *_ in (*before.FOREIGN_KEYS, *before.CHECKS):
        op.execute(f"ALTER TABLE {table} VALIDATE CONSTRAINT {name}")
