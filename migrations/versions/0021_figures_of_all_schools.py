"""Figures of all schools together, and what was counted since they were added up; filled from the
figures of the schools"""

import sqlalchemy as sa
from alembic import context, op

from tenants.policies import protect

revision = "0021"
down_revision = "0020"

KEYS = {
    "span": sa.String(),
    "on": sa.Date(),
    "own_school_id": sa.Integer(),
    "agreement_kind": sa.String(),
    "la_version_id": sa.BigInteger(),
    "own_version_id": sa.BigInteger(),
    "provider": sa.String(),
    "priority": sa.SmallInteger(),
    "type": sa.String(),
    "is_hidden": sa.Boolean(),
}


def upgrade() -> None:
    columns = sa.inspect(op.get_bind()).get_columns("figure_days")
    # What is counted may be null; of what it is may not.
    counters = [one["name"] for one in columns if one["nullable"]]
    la_figures = op.create_table(
        "la_figures",
        *(sa.Column(name, kind, nullable=False) for name, kind in KEYS.items()),
        *_counters(counters),
        sa.CheckConstraint("span IN ('d', 'm')", name=op.f("ck_la_figures_span")),
        sa.PrimaryKeyConstraint(*KEYS, name=op.f("pk_la_figures")),
    )
    # Before the next table: its reference to schools keeps them from being changed.
    op.execute(_filling(la_figures, counters))
    op.create_table(
        "figure_changes",
        sa.Column("school_id", sa.Integer(), nullable=False),
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        *(
            sa.Column(name, kind, nullable=False)
            for name, kind in KEYS.items()
            if name != "own_school_id"
        ),
        *_counters(counters),
        sa.ForeignKeyConstraint(
            ["school_id"], ["schools.id"], name=op.f("fk_figure_changes_school_id")
        ),
        sa.PrimaryKeyConstraint("school_id", "id", name=op.f("pk_figure_changes")),
    )
    prefix = context.config.attributes["settings"].role_prefix
    for table in ("la_figures", "figure_changes"):
        for statement in protect(table, prefix):
            op.execute(statement)


def _filling(la_figures: sa.Table, counters: list[str]) -> sa.Insert:
    """A version of the LA is the same for every school; a school's own stays its own."""
    days = sa.table(
        "figure_days", sa.column("school_id"), *(sa.column(name) for name in (*KEYS, *counters))
    )
    own = sa.case((days.c.own_version_id > 0, days.c.school_id), else_=0)
    keys = [own.label(name) if name == "own_school_id" else days.c[name] for name in KEYS]
    sums = [sa.func.nullif(sa.func.sum(days.c[name]), 0) for name in counters]
    wanted = sa.select(*keys, *sums).group_by(*keys)
    return la_figures.insert().from_select([*KEYS, *counters], wanted)


def _counters(names: list[str]) -> list[sa.Column]:
    return [sa.Column(name, sa.BigInteger(), nullable=True) for name in names]
