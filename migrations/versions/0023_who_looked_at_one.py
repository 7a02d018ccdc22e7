"""An index for how often one incident was looked at from outside, which its page asks each time

Built while the desk is open.
"""

from alembic import op

from migrations.concurrently import concurrently

revision = "0023"
down_revision = "0022"

NAME = "ix_access_records_subject"


def upgrade() -> None:
    with concurrently():
        op.execute(f"DROP INDEX CONCURRENTLY IF EXISTS {NAME}")
        op.execute(f"CREATE INDEX CONCURRENTLY {NAME} ON access_records (school_id, subject, at)")
