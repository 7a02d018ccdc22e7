"""The LA's administration may write the figures of schools, so that one transaction counts for many"""

from alembic import context, op

from tenants.policies import protect_anew

revision = "0024"
down_revision = "0023"


def upgrade() -> None:
    prefix = context.config.attributes["settings"].role_prefix
    for table in ("figure_marks", "figure_parts", "figure_days", "figure_changes"):
        for statement in protect_anew(table, prefix):
            op.execute(statement)
