"""What incidents, clocks and groups carry from now on; the constraints hold for new rows at once

Each row that is there already satisfies them; the next step looks (VALIDATE), without a lock that
keeps anybody waiting.
"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0010"
down_revision = "0009"

# table, name, columns, what they point at
FOREIGN_KEYS = (
    (
        "clocks",
        "fk_clocks_school_id_agreement_version_id",
        "school_id, agreement_version_id",
        "agreement_versions (school_id, id)",
    ),
    (
        "incidents",
        "fk_incidents_school_id_problem_id",
        "school_id, problem_id",
        "problems (school_id, id)",
    ),
    (
        "incidents",
        "fk_incidents_school_id_parent_id",
        "school_id, parent_id",
        "incidents (school_id, id)",
    ),
    (
        "incidents",
        "fk_incidents_school_id_merged_into_id",
        "school_id, merged_into_id",
        "incidents (school_id, id)",
    ),
    (
        "incidents",
        "fk_incidents_school_id_article_id",
        "school_id, article_id",
        "articles (school_id, id)",
    ),
    ("incidents", "fk_incidents_la_article_id", "la_article_id", "la_articles (id)"),
    (
        "la_support_groups",
        "fk_la_support_groups_la_agreement_id",
        "la_agreement_id",
        "la_agreements (id)",
    ),
    (
        "support_groups",
        "fk_support_groups_la_agreement_id",
        "la_agreement_id",
        "la_agreements (id)",
    ),
    (
        "support_groups",
        "fk_support_groups_school_id_agreement_id",
        "school_id, agreement_id",
        "agreements (school_id, id)",
    ),
)
CHECKS = (
    ("incidents", "ck_incidents_pupils_affected", "pupils_affected >= 0"),
    ("incidents", "ck_incidents_lessons_affected", "lessons_affected >= 0"),
    ("incidents", "ck_incidents_csat_score", "csat_score BETWEEN 1 AND 5"),
    ("incidents", "ck_incidents_not_its_own", "parent_id <> id AND merged_into_id <> id"),
    (
        "clocks",
        "ck_clocks_one_agreement",
        "num_nonnulls(la_agreement_version_id, agreement_version_id) = 1",
    ),
    ("support_groups", "ck_support_groups_kind", "kind IN ('school', 'supplier')"),
    (
        "support_groups",
        "ck_support_groups_one_agreement",
        "num_nonnulls(agreement_id, la_agreement_id) <= 1",
    ),
)


def upgrade() -> None:
    op.add_column("clocks", sa.Column("agreement_version_id", sa.BigInteger(), nullable=True))
    op.add_column(
        "clocks", sa.Column("warned_percent", sa.SmallInteger(), server_default="0", nullable=False)
    )
    op.add_column("diagnostic_checks", sa.Column("checklist_key", sa.String(), nullable=True))
    op.add_column("diagnostic_checks", sa.Column("position", sa.SmallInteger(), nullable=True))
    op.add_column("incidents", sa.Column("pupils_affected", sa.Integer(), nullable=True))
    op.add_column("incidents", sa.Column("lessons_affected", sa.SmallInteger(), nullable=True))
    op.add_column(
        "incidents",
        sa.Column(
            "meet_periods",
            postgresql.JSONB(none_as_null=True, astext_type=sa.Text()),
            nullable=True,
        ),
    )
    op.add_column(
        "incidents",
        sa.Column("must_be_present", sa.Boolean(), server_default="false", nullable=False),
    )
    op.add_column("incidents", sa.Column("workaround", sa.String(), nullable=True))
    op.add_column("incidents", sa.Column("no_workaround", sa.String(), nullable=True))
    op.add_column("incidents", sa.Column("article_id", sa.BigInteger(), nullable=True))
    op.add_column("incidents", sa.Column("la_article_id", sa.BigInteger(), nullable=True))
    op.add_column("incidents", sa.Column("problem_id", sa.BigInteger(), nullable=True))
    op.add_column("incidents", sa.Column("parent_id", sa.BigInteger(), nullable=True))
    op.add_column("incidents", sa.Column("merged_into_id", sa.BigInteger(), nullable=True))
    op.add_column("incidents", sa.Column("csat_score", sa.SmallInteger(), nullable=True))
    op.add_column("incidents", sa.Column("csat_comment", sa.String(), nullable=True))
    op.add_column("incidents", sa.Column("csat_at", sa.DateTime(timezone=True), nullable=True))
    op.add_column("incidents", sa.Column("is_sheet_useful", sa.Boolean(), nullable=True))
    op.add_column("incidents", sa.Column("sheet_number", sa.Integer(), nullable=True))
    op.add_column(
        "incidents",
        sa.Column("is_advice_request", sa.Boolean(), server_default="false", nullable=False),
    )
    op.add_column("incidents", sa.Column("supplier_reference", sa.String(), nullable=True))
    op.add_column(
        "incidents", sa.Column("supplier_visit_at", sa.DateTime(timezone=True), nullable=True)
    )
    op.add_column(
        "incidents", sa.Column("next_visit_at", sa.DateTime(timezone=True), nullable=True)
    )
    op.add_column(
        "la_agreements",
        sa.Column("is_example", sa.Boolean(), server_default="false", nullable=False),
    )
    op.add_column(
        "la_support_groups",
        sa.Column("is_area_team", sa.Boolean(), server_default="false", nullable=False),
    )
    op.add_column("la_support_groups", sa.Column("email", sa.String(), nullable=True))
    op.add_column("la_support_groups", sa.Column("phone", sa.String(), nullable=True))
    op.add_column("la_support_groups", sa.Column("la_agreement_id", sa.BigInteger(), nullable=True))
    op.add_column(
        "support_groups", sa.Column("kind", sa.String(), server_default="school", nullable=False)
    )
    op.add_column("support_groups", sa.Column("email", sa.String(), nullable=True))
    op.add_column("support_groups", sa.Column("phone", sa.String(), nullable=True))
    op.add_column("support_groups", sa.Column("agreement_id", sa.BigInteger(), nullable=True))
    op.add_column("support_groups", sa.Column("la_agreement_id", sa.BigInteger(), nullable=True))
    op.add_column(
        "support_groups",
        sa.Column("is_archived", sa.Boolean(), server_default="false", nullable=False),
    )
    op.alter_column("clocks", "la_agreement_version_id", existing_type=sa.BIGINT(), nullable=True)
    for table, name, columns, target in FOREIGN_KEYS:
        op.execute(
            f"ALTER TABLE {table} ADD CONSTRAINT {name} FOREIGN KEY ({columns}) "
            f"REFERENCES {target} NOT VALID"
        )
    for table, name, what in CHECKS:
        op.execute(f"ALTER TABLE {table} ADD CONSTRAINT {name} CHECK ({what}) NOT VALID")
