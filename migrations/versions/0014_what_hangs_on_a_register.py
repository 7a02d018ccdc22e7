"""What incidents, files and locations point at in the registers; the constraints hold for new rows

Each row that is there already satisfies them; the next step looks (VALIDATE), without a lock that
keeps anybody waiting.
"""

import sqlalchemy as sa
from alembic import op

revision = "0014"
down_revision = "0013"

# table, column, table it points at
POINTS = (
    ("attachments", "contract_id", "contracts"),
    ("attachments", "licence_id", "licences"),
    ("attachments", "asset_id", "assets"),
    ("incidents", "asset_id", "assets"),
    ("incidents", "service_id", "services"),
    ("incidents", "critical_date_id", "critical_dates"),
    ("locations", "merged_into_id", "locations"),
)
PART = "ck_attachments_part"


def constraint(table: str, column: str) -> str:
    return f"fk_{table}_school_id_{column}"


def upgrade() -> None:
    for table, column, there in POINTS:
        op.add_column(table, sa.Column(column, sa.BigInteger(), nullable=True))
        op.execute(
            f"ALTER TABLE {table} ADD CONSTRAINT {constraint(table, column)} FOREIGN KEY "
            f"(school_id, {column}) REFERENCES {there} (school_id, id) NOT VALID"
        )
    op.add_column(
        "incidents",
        sa.Column("is_unverified", sa.Boolean(), server_default="false", nullable=False),
    )
    op.add_column(
        "locations", sa.Column("is_container", sa.Boolean(), server_default="false", nullable=False)
    )
    op.execute(f"ALTER TABLE attachments DROP CONSTRAINT {PART}")
    op.execute(
        f"ALTER TABLE attachments ADD CONSTRAINT {PART} CHECK "
        "(part IN ('sheet', 'note', 'check', 'register')) NOT VALID"
    )
