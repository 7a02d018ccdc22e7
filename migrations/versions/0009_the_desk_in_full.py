"""The desk in full: agreements and calendars of a school, lines, the sheet, being there, knowledge"""

import sqlalchemy as sa
from alembic import context, op
from sqlalchemy.dialects import postgresql

from tenants.policies import protect

revision = "0009"
down_revision = "0008"

TABLES = (
    "la_announcements",
    "la_articles",
    "la_canned_replies",
    "la_checklists",
    "la_terms",
    "agreements",
    "announcements",
    "articles",
    "article_uses",
    "canned_replies",
    "checklists",
    "desk_settings",
    "school_calendars",
    "absences",
    "agreement_choices",
    "agreement_versions",
    "area_teams",
    "la_absences",
    "problems",
    "reach_periods",
    "visits",
    "assignment_rules",
    "advice",
    "approvals",
    "blank_sheets",
    "consultations",
    "followers",
    "incident_links",
    "supplier_links",
    "visit_jobs",
    "worklogs",
)


# Whether anything about agreements and calendars has changed (app/contracts/kept.py). A row's xmin
# is the transaction that wrote it: their sum and the number of rows tell every change, a removal
# too, and also one that commits after a younger one. As a function PostgreSQL keeps its plans.
STAMP = """
CREATE FUNCTION agreements_stamp(school int) RETURNS text LANGUAGE plpgsql STABLE AS $$
DECLARE of_la text;
BEGIN
    SELECT concat_ws(' ',
        (SELECT count(*) || '.' || coalesce(sum(xmin::text::bigint), 0) FROM la_agreements),
        (SELECT count(*) || '.' || coalesce(sum(xmin::text::bigint), 0) FROM la_agreement_versions),
        (SELECT count(*) || '.' || coalesce(sum(xmin::text::bigint), 0) FROM la_terms),
        (SELECT count(*) || '.' || coalesce(sum(xmin::text::bigint), 0) FROM bank_holidays)
    ) INTO of_la;
    IF school IS NULL THEN
        RETURN of_la || '|';
    END IF;
    RETURN of_la || '|' || concat_ws(' ',
        (SELECT count(*) || '.' || coalesce(sum(xmin::text::bigint), 0)
           FROM agreements WHERE school_id = school),
        (SELECT count(*) || '.' || coalesce(sum(xmin::text::bigint), 0)
           FROM agreement_versions WHERE school_id = school),
        (SELECT count(*) || '.' || coalesce(sum(xmin::text::bigint), 0)
           FROM agreement_choices WHERE school_id = school),
        (SELECT count(*) || '.' || coalesce(sum(xmin::text::bigint), 0)
           FROM school_calendars WHERE school_id = school));
END $$
"""


def upgrade() -> None:
    op.create_table(
        "la_announcements",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("audience", sa.String(), nullable=False),
        sa.Column("title", sa.String(), nullable=False),
        sa.Column("text", sa.String(), nullable=True),
        sa.Column("category", sa.String(), nullable=True),
        sa.Column("starts_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ends_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("written_by", sa.String(), nullable=False),
        sa.Column(
            "created_at",
            sa.DateTime(timezone=True),
            server_default=sa.text("now()"),
            nullable=False,
        ),
        sa.Column(
            "updated_at",
            sa.DateTime(timezone=True),
            server_default=sa.text("now()"),
            nullable=False,
        ),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.CheckConstraint(
            "audience IN ('everyone', 'desk')", name=op.f("ck_la_announcements_audience")
        ),
        sa.CheckConstraint(
            "kind IN ('outage', 'planned', 'news')", name=op.f("ck_la_announcements_kind")
        ),
        sa.CheckConstraint("ends_at > starts_at", name=op.f("ck_la_announcements_times")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_la_announcements")),
        sa.UniqueConstraint("number", name=op.f("uq_la_announcements_number")),
    )
    op.create_table(
        "la_articles",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("title", sa.String(), nullable=False),
        sa.Column("symptoms", sa.String(), nullable=False),
        sa.Column("text", sa.String(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("category", sa.String(), nullable=True),
        sa.Column("audience", sa.String(), nullable=False),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("published_by", sa.String(), nullable=True),
        sa.Column(
            "search",
            postgresql.TSVECTOR(),
            sa.Computed(
                "setweight(to_tsvector('english', title), 'A') || "
                "setweight(to_tsvector('english', symptoms), 'B')",
                persisted=True,
            ),
            nullable=False,
        ),
        sa.Column(
            "created_at",
            sa.DateTime(timezone=True),
            server_default=sa.text("now()"),
            nullable=False,
        ),
        sa.Column(
            "updated_at",
            sa.DateTime(timezone=True),
            server_default=sa.text("now()"),
            nullable=False,
        ),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.CheckConstraint(
            "audience IN ('everyone', 'desk')", name=op.f("ck_la_articles_audience")
        ),
        sa.CheckConstraint(
            "kind IN ('resolution', 'workaround', 'known_error', 'how_to')",
            name=op.f("ck_la_articles_kind"),
        ),
        sa.CheckConstraint(
            "state IN ('draft', 'published', 'retired')", name=op.f("ck_la_articles_state")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_la_articles")),
        sa.UniqueConstraint("number", name=op.f("uq_la_articles_number")),
    )
    op.create_table(
        "la_canned_replies",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("title", sa.String(), nullable=False),
        sa.Column("text", sa.String(), nullable=False),
        sa.Column("category", sa.String(), nullable=True),
        sa.Column("is_archived", sa.Boolean(), nullable=False),
        sa.Column(
            "created_at",
            sa.DateTime(timezone=True),
            server_default=sa.text("now()"),
            nullable=False,
        ),
        sa.Column(
            "updated_at",
            sa.DateTime(timezone=True),
            server_default=sa.text("now()"),
            nullable=False,
        ),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_la_canned_replies")),
        sa.UniqueConstraint("title", name=op.f("uq_la_canned_replies_title")),
    )
    op.create_table(
        "la_checklists",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("key", sa.String(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("category", sa.String(), nullable=True),
        sa.Column("items", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("is_archived", sa.Boolean(), nullable=False),
        sa.Column(
            "created_at",
            sa.DateTime(timezone=True),
            server_default=sa.text("now()"),
            nullable=False,
        ),
        sa.Column(
            "updated_at",
            sa.DateTime(timezone=True),
            server_default=sa.text("now()"),
            nullable=False,
        ),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_la_checklists")),
        sa.UniqueConstraint("key", name=op.f("uq_la_checklists_key")),
    )
    op.create_table(
        "la_terms",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("academic_year", sa.String(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("first_day", sa.Date(), nullable=False),
        sa.Column("last_day", sa.Date(), nullable=False),
        sa.CheckConstraint("last_day >= first_day", name=op.f("ck_la_terms_days")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_la_terms")),
        sa.UniqueConstraint("academic_year", "name", name=op.f("uq_la_terms_academic_year_name")),
    )
    op.create_table(
        "agreements",
        sa.Column("school_id", sa.Integer(), nullable=False),
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("key", sa.String(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("signed_by", sa.String(), nullable=True),
        sa.Column("signed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("ended_on", sa.Date(), nullable=True),
        sa.Column(
            "proposal", postgresql.JSONB(none_as_null=True, astext_type=sa.Text()), nullable=True
        ),
        sa.Column("created_by", sa.String(), nullable=False),
        sa.Column(
            "created_at",
            sa.DateTime(timezone=True),
            server_default=sa.text("now()"),
            nullable=False,
        ),
        sa.Column(
            "updated_at",
            sa.DateTime(timezone=True),
            server_default=sa.text("now()"),
            nullable=False,
        ),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.CheckConstraint("kind IN ('ola', 'sla', 'uc')", name=op.f("ck_agreements_kind")),
        sa.CheckConstraint(
            "state IN ('draft', 'active', 'ended')", name=op.f("ck_agreements_state")
        ),
        sa.ForeignKeyConstraint(
            ["school_id"], ["schools.id"], name=op.f("fk_agreements_school_id")
        ),
        sa.PrimaryKeyConstraint("school_id", "id", name=op.f("pk_agreements")),
        sa.UniqueConstraint("school_id", "key", name=op.f("uq_agreements_school_id_key")),
    )
    op.create_table(
        "announcements",
        sa.Column("school_id", sa.Integer(), nullable=False),
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("audience", sa.String(), nullable=False),
        sa.Column("title", sa.String(), nullable=False),
        sa.Column("text", sa.String(), nullable=True),
        sa.Column("category", sa.String(), nullable=True),
        sa.Column("starts_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ends_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("written_by", sa.String(), nullable=False),
        sa.Column(
            "created_at",
            sa.DateTime(timezone=True),
            server_default=sa.text("now()"),
            nullable=False,
        ),
        sa.Column(
            "updated_at",
            sa.DateTime(timezone=True),
            server_default=sa.text("now()"),
            nullable=False,
        ),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.CheckConstraint(
            "audience IN ('everyone', 'desk')", name=op.f("ck_announcements_audience")
        ),
        sa.CheckConstraint(
            "kind IN ('outage', 'planned', 'news')", name=op.f("ck_announcements_kind")
        ),
        sa.CheckConstraint("ends_at > starts_at", name=op.f("ck_announcements_times")),
        sa.ForeignKeyConstraint(
            ["school_id"], ["schools.id"], name=op.f("fk_announcements_school_id")
        ),
        sa.PrimaryKeyConstraint("school_id", "id", name=op.f("pk_announcements")),
        sa.UniqueConstraint("school_id", "number", name=op.f("uq_announcements_school_id_number")),
    )
    op.create_index(
        "ix_announcements_ends_at", "announcements", ["school_id", "ends_at"], unique=False
    )
    op.create_table(
        "articles",
        sa.Column("school_id", sa.Integer(), nullable=False),
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("title", sa.String(), nullable=False),
        sa.Column("symptoms", sa.String(), nullable=False),
        sa.Column("text", sa.String(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("category", sa.String(), nullable=True),
        sa.Column("audience", sa.String(), nullable=False),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("written_by", sa.String(), nullable=False),
        sa.Column("offer", sa.String(), nullable=False),
        sa.Column("offered_by", sa.String(), nullable=True),
        sa.Column("offered_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("offer_answer", sa.String(), nullable=True),
        sa.Column("la_article_id", sa.BigInteger(), nullable=True),
        sa.Column(
            "search",
            postgresql.TSVECTOR(),
            sa.Computed(
                "setweight(to_tsvector('english', title), 'A') || "
                "setweight(to_tsvector('english', symptoms), 'B')",
                persisted=True,
            ),
            nullable=False,
        ),
        sa.Column(
            "created_at",
            sa.DateTime(timezone=True),
            server_default=sa.text("now()"),
            nullable=False,
        ),
        sa.Column(
            "updated_at",
            sa.DateTime(timezone=True),
            server_default=sa.text("now()"),
            nullable=False,
        ),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.CheckConstraint("audience IN ('everyone', 'desk')", name=op.f("ck_articles_audience")),
        sa.CheckConstraint(
            "kind IN ('resolution', 'workaround', 'known_error', 'how_to')",
            name=op.f("ck_articles_kind"),
        ),
        sa.CheckConstraint(
            "offer IN ('none', 'offered', 'published', 'declined')", name=op.f("ck_articles_offer")
        ),
        sa.CheckConstraint(
            "state IN ('draft', 'published', 'retired')", name=op.f("ck_articles_state")
        ),
        sa.ForeignKeyConstraint(
            ["la_article_id"], ["la_articles.id"], name=op.f("fk_articles_la_article_id")
        ),
        sa.ForeignKeyConstraint(["school_id"], ["schools.id"], name=op.f("fk_articles_school_id")),
        sa.PrimaryKeyConstraint("school_id", "id", name=op.f("pk_articles")),
        sa.UniqueConstraint("school_id", "number", name=op.f("uq_articles_school_id_number")),
    )
    op.create_index(
        "ix_articles_offered",
        "articles",
        ["offered_at", "school_id", "id"],
        unique=False,
        postgresql_where="offer = 'offered'",
    )
    op.create_table(
        "article_uses",
        sa.Column("article_id", sa.BigInteger(), nullable=True),
        sa.Column("la_article_id", sa.BigInteger(), nullable=True),
        sa.Column("how", sa.String(), nullable=False),
        sa.Column("incident_id", sa.BigInteger(), nullable=True),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("school_id", sa.Integer(), nullable=False),
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.CheckConstraint("how IN ('solved', 'helped')", name=op.f("ck_article_uses_how")),
        sa.CheckConstraint(
            "num_nonnulls(article_id, la_article_id) = 1", name=op.f("ck_article_uses_one_article")
        ),
        sa.ForeignKeyConstraint(
            ["la_article_id"], ["la_articles.id"], name=op.f("fk_article_uses_la_article_id")
        ),
        sa.ForeignKeyConstraint(
            ["school_id", "article_id"],
            ["articles.school_id", "articles.id"],
            name=op.f("fk_article_uses_school_id_article_id"),
        ),
        sa.ForeignKeyConstraint(
            ["school_id", "incident_id"],
            ["incidents.school_id", "incidents.id"],
            name=op.f("fk_article_uses_school_id_incident_id"),
        ),
        sa.ForeignKeyConstraint(
            ["school_id"], ["schools.id"], name=op.f("fk_article_uses_school_id")
        ),
        sa.PrimaryKeyConstraint("school_id", "id", name=op.f("pk_article_uses")),
    )
    op.create_index(
        "ix_article_uses_article", "article_uses", ["school_id", "article_id"], unique=False
    )
    op.create_index(
        "ix_article_uses_la_article",
        "article_uses",
        ["la_article_id", "school_id"],
        unique=False,
        postgresql_where="la_article_id IS NOT NULL",
    )
    op.create_table(
        "canned_replies",
        sa.Column("school_id", sa.Integer(), nullable=False),
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("title", sa.String(), nullable=False),
        sa.Column("text", sa.String(), nullable=False),
        sa.Column("category", sa.String(), nullable=True),
        sa.Column("is_archived", sa.Boolean(), nullable=False),
        sa.Column(
            "created_at",
            sa.DateTime(timezone=True),
            server_default=sa.text("now()"),
            nullable=False,
        ),
        sa.Column(
            "updated_at",
            sa.DateTime(timezone=True),
            server_default=sa.text("now()"),
            nullable=False,
        ),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["school_id"], ["schools.id"], name=op.f("fk_canned_replies_school_id")
        ),
        sa.PrimaryKeyConstraint("school_id", "id", name=op.f("pk_canned_replies")),
    )
    op.create_index(
        "uq_canned_replies_title", "canned_replies", ["school_id", "title"], unique=True
    )
    op.create_table(
        "checklists",
        sa.Column("school_id", sa.Integer(), nullable=False),
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("key", sa.String(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("category", sa.String(), nullable=True),
        sa.Column("items", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("is_archived", sa.Boolean(), nullable=False),
        sa.Column(
            "created_at",
            sa.DateTime(timezone=True),
            server_default=sa.text("now()"),
            nullable=False,
        ),
        sa.Column(
            "updated_at",
            sa.DateTime(timezone=True),
            server_default=sa.text("now()"),
            nullable=False,
        ),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["school_id"], ["schools.id"], name=op.f("fk_checklists_school_id")
        ),
        sa.PrimaryKeyConstraint("school_id", "id", name=op.f("pk_checklists")),
        sa.UniqueConstraint("school_id", "key", name=op.f("uq_checklists_school_id_key")),
    )
    op.create_table(
        "desk_settings",
        sa.Column("school_id", sa.Integer(), nullable=False),
        sa.Column("phone", sa.String(), nullable=True),
        sa.Column("email", sa.String(), nullable=True),
        sa.Column("channels", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("is_own_first_line", sa.Boolean(), nullable=False),
        sa.Column("may_technician_close", sa.Boolean(), nullable=False),
        sa.Column("has_advisors", sa.Boolean(), nullable=False),
        sa.Column("advisor_categories", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("advisor_minutes", sa.Integer(), nullable=False),
        sa.Column("lesson_minutes", sa.Integer(), nullable=False),
        sa.Column("is_quiet_when_closed", sa.Boolean(), nullable=False),
        sa.Column("updated_by", sa.String(), nullable=False),
        sa.Column(
            "updated_at",
            sa.DateTime(timezone=True),
            server_default=sa.text("now()"),
            nullable=False,
        ),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.CheckConstraint(
            "advisor_minutes BETWEEN 5 AND 480", name=op.f("ck_desk_settings_advisor_minutes")
        ),
        sa.CheckConstraint(
            "lesson_minutes BETWEEN 20 AND 180", name=op.f("ck_desk_settings_lesson_minutes")
        ),
        sa.ForeignKeyConstraint(
            ["school_id"], ["schools.id"], name=op.f("fk_desk_settings_school_id")
        ),
        sa.PrimaryKeyConstraint("school_id", name=op.f("pk_desk_settings")),
    )
    op.create_table(
        "school_calendars",
        sa.Column("school_id", sa.Integer(), nullable=False),
        sa.Column("opening", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("breaks", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column(
            "terms", postgresql.JSONB(none_as_null=True, astext_type=sa.Text()), nullable=True
        ),
        sa.Column("inset_days", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("closures", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("reasons", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("updated_by", sa.String(), nullable=False),
        sa.Column(
            "updated_at",
            sa.DateTime(timezone=True),
            server_default=sa.text("now()"),
            nullable=False,
        ),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["school_id"], ["schools.id"], name=op.f("fk_school_calendars_school_id")
        ),
        sa.PrimaryKeyConstraint("school_id", name=op.f("pk_school_calendars")),
    )
    op.create_table(
        "absences",
        sa.Column("school_id", sa.Integer(), nullable=False),
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("membership_id", sa.BigInteger(), nullable=False),
        sa.Column("first_day", sa.Date(), nullable=False),
        sa.Column("last_day", sa.Date(), nullable=False),
        sa.Column("cover_id", sa.BigInteger(), nullable=True),
        sa.Column("created_by", sa.String(), nullable=False),
        sa.Column(
            "created_at",
            sa.DateTime(timezone=True),
            server_default=sa.text("now()"),
            nullable=False,
        ),
        sa.Column("cancelled_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint("cover_id <> membership_id", name=op.f("ck_absences_cover")),
        sa.CheckConstraint("last_day >= first_day", name=op.f("ck_absences_days")),
        sa.ForeignKeyConstraint(
            ["school_id", "cover_id"],
            ["memberships.school_id", "memberships.id"],
            name=op.f("fk_absences_school_id_cover_id"),
        ),
        sa.ForeignKeyConstraint(
            ["school_id", "membership_id"],
            ["memberships.school_id", "memberships.id"],
            name=op.f("fk_absences_school_id_membership_id"),
        ),
        sa.ForeignKeyConstraint(["school_id"], ["schools.id"], name=op.f("fk_absences_school_id")),
        sa.PrimaryKeyConstraint("school_id", "id", name=op.f("pk_absences")),
    )
    op.create_index("ix_absences_last_day", "absences", ["school_id", "last_day"], unique=False)
    op.create_table(
        "agreement_choices",
        sa.Column("school_id", sa.Integer(), nullable=False),
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("valid_from", sa.Date(), nullable=False),
        sa.Column("agreement_id", sa.BigInteger(), nullable=True),
        sa.Column("la_agreement_id", sa.BigInteger(), nullable=True),
        sa.Column("chosen_by", sa.String(), nullable=False),
        sa.Column(
            "created_at",
            sa.DateTime(timezone=True),
            server_default=sa.text("now()"),
            nullable=False,
        ),
        sa.CheckConstraint("kind IN ('ola', 'sla')", name=op.f("ck_agreement_choices_kind")),
        sa.CheckConstraint(
            "num_nonnulls(agreement_id, la_agreement_id) = 1",
            name=op.f("ck_agreement_choices_one_agreement"),
        ),
        sa.ForeignKeyConstraint(
            ["la_agreement_id"],
            ["la_agreements.id"],
            name=op.f("fk_agreement_choices_la_agreement_id"),
        ),
        sa.ForeignKeyConstraint(
            ["school_id", "agreement_id"],
            ["agreements.school_id", "agreements.id"],
            name=op.f("fk_agreement_choices_school_id_agreement_id"),
        ),
        sa.ForeignKeyConstraint(
            ["school_id"], ["schools.id"], name=op.f("fk_agreement_choices_school_id")
        ),
        sa.PrimaryKeyConstraint("school_id", "id", name=op.f("pk_agreement_choices")),
        sa.UniqueConstraint(
            "school_id",
            "kind",
            "valid_from",
            name=op.f("uq_agreement_choices_school_id_kind_valid_from"),
        ),
    )
    op.create_table(
        "agreement_versions",
        sa.Column("school_id", sa.Integer(), nullable=False),
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("agreement_id", sa.BigInteger(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("valid_from", sa.Date(), nullable=False),
        sa.Column("terms", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("made_by", sa.String(), nullable=False),
        sa.Column(
            "created_at",
            sa.DateTime(timezone=True),
            server_default=sa.text("now()"),
            nullable=False,
        ),
        sa.ForeignKeyConstraint(
            ["school_id", "agreement_id"],
            ["agreements.school_id", "agreements.id"],
            name=op.f("fk_agreement_versions_school_id_agreement_id"),
        ),
        sa.ForeignKeyConstraint(
            ["school_id"], ["schools.id"], name=op.f("fk_agreement_versions_school_id")
        ),
        sa.PrimaryKeyConstraint("school_id", "id", name=op.f("pk_agreement_versions")),
        sa.UniqueConstraint(
            "school_id",
            "agreement_id",
            "number",
            name=op.f("uq_agreement_versions_school_id_agreement_id_number"),
        ),
        sa.UniqueConstraint(
            "school_id",
            "agreement_id",
            "valid_from",
            name=op.f("uq_agreement_versions_school_id_agreement_id_valid_from"),
        ),
    )
    op.create_table(
        "area_teams",
        sa.Column("school_id", sa.Integer(), nullable=False),
        sa.Column("line", sa.Integer(), nullable=False),
        sa.Column("la_group_id", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(
            ["la_group_id"], ["la_support_groups.id"], name=op.f("fk_area_teams_la_group_id")
        ),
        sa.ForeignKeyConstraint(
            ["school_id"], ["schools.id"], name=op.f("fk_area_teams_school_id")
        ),
        sa.PrimaryKeyConstraint("school_id", "line", name=op.f("pk_area_teams")),
    )
    op.create_table(
        "la_absences",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("la_membership_id", sa.BigInteger(), nullable=False),
        sa.Column("first_day", sa.Date(), nullable=False),
        sa.Column("last_day", sa.Date(), nullable=False),
        sa.Column("created_by", sa.String(), nullable=False),
        sa.Column(
            "created_at",
            sa.DateTime(timezone=True),
            server_default=sa.text("now()"),
            nullable=False,
        ),
        sa.Column("cancelled_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint("last_day >= first_day", name=op.f("ck_la_absences_days")),
        sa.ForeignKeyConstraint(
            ["la_membership_id"],
            ["la_memberships.id"],
            name=op.f("fk_la_absences_la_membership_id"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_la_absences")),
    )
    op.create_index("ix_la_absences_last_day", "la_absences", ["last_day"], unique=False)
    op.create_table(
        "problems",
        sa.Column("school_id", sa.Integer(), nullable=False),
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("title", sa.String(), nullable=False),
        sa.Column("description", sa.String(), nullable=False),
        sa.Column("raised_from", sa.String(), nullable=False),
        sa.Column("impact", sa.SmallInteger(), nullable=True),
        sa.Column("priority", sa.SmallInteger(), nullable=True),
        sa.Column("affected", sa.String(), nullable=True),
        sa.Column("cause", sa.String(), nullable=True),
        sa.Column("workaround", sa.String(), nullable=True),
        sa.Column("solution", sa.String(), nullable=True),
        sa.Column("reason", sa.String(), nullable=True),
        sa.Column("target_date", sa.Date(), nullable=True),
        sa.Column("logged_by", sa.String(), nullable=False),
        sa.Column("resolver_id", sa.BigInteger(), nullable=True),
        sa.Column("la_resolver_id", sa.BigInteger(), nullable=True),
        sa.Column("resolver_name", sa.String(), nullable=True),
        sa.Column("logged_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("known_error_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("resolved_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("closed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column(
            "created_at",
            sa.DateTime(timezone=True),
            server_default=sa.text("now()"),
            nullable=False,
        ),
        sa.Column(
            "updated_at",
            sa.DateTime(timezone=True),
            server_default=sa.text("now()"),
            nullable=False,
        ),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.CheckConstraint(
            "raised_from IN ('incidents', 'monitoring', 'preventative_maintenance', 'review')",
            name=op.f("ck_problems_raised_from"),
        ),
        sa.CheckConstraint(
            "state IN ('logged', 'assigned', 'known_error', 'solution_planned', 'resolved', 'closed', 'accepted', 'cancelled')",
            name=op.f("ck_problems_state"),
        ),
        sa.CheckConstraint("impact BETWEEN 1 AND 3", name=op.f("ck_problems_impact")),
        sa.CheckConstraint("priority BETWEEN 1 AND 4", name=op.f("ck_problems_priority")),
        sa.CheckConstraint(
            "num_nonnulls(resolver_id, la_resolver_id) <= 1", name=op.f("ck_problems_one_resolver")
        ),
        sa.ForeignKeyConstraint(
            ["la_resolver_id"], ["la_memberships.id"], name=op.f("fk_problems_la_resolver_id")
        ),
        sa.ForeignKeyConstraint(
            ["school_id", "resolver_id"],
            ["memberships.school_id", "memberships.id"],
            name=op.f("fk_problems_school_id_resolver_id"),
        ),
        sa.ForeignKeyConstraint(["school_id"], ["schools.id"], name=op.f("fk_problems_school_id")),
        sa.PrimaryKeyConstraint("school_id", "id", name=op.f("pk_problems")),
        sa.UniqueConstraint("school_id", "number", name=op.f("uq_problems_school_id_number")),
    )
    op.create_table(
        "reach_periods",
        sa.Column("school_id", sa.Integer(), nullable=False),
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("membership_id", sa.BigInteger(), nullable=False),
        sa.Column("weekday", sa.SmallInteger(), nullable=False),
        sa.Column("begins", sa.Time(), nullable=False),
        sa.Column("ends", sa.Time(), nullable=False),
        sa.Column("term_time_only", sa.Boolean(), nullable=False),
        sa.CheckConstraint("ends > begins", name=op.f("ck_reach_periods_times")),
        sa.CheckConstraint("weekday BETWEEN 0 AND 6", name=op.f("ck_reach_periods_weekday")),
        sa.ForeignKeyConstraint(
            ["school_id", "membership_id"],
            ["memberships.school_id", "memberships.id"],
            name=op.f("fk_reach_periods_school_id_membership_id"),
        ),
        sa.ForeignKeyConstraint(
            ["school_id"], ["schools.id"], name=op.f("fk_reach_periods_school_id")
        ),
        sa.PrimaryKeyConstraint("school_id", "id", name=op.f("pk_reach_periods")),
    )
    op.create_index(
        "ix_reach_periods_membership",
        "reach_periods",
        ["school_id", "membership_id", "weekday"],
        unique=False,
    )
    op.create_table(
        "visits",
        sa.Column("school_id", sa.Integer(), nullable=False),
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("starts_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ends_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("la_membership_id", sa.BigInteger(), nullable=True),
        sa.Column("membership_id", sa.BigInteger(), nullable=True),
        sa.Column("visitor_name", sa.String(), nullable=False),
        sa.Column("host_name", sa.String(), nullable=True),
        sa.Column("booked_by", sa.String(), nullable=False),
        sa.Column("note", sa.String(), nullable=True),
        sa.Column("agenda_agreed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("agenda_agreed_by", sa.String(), nullable=True),
        sa.Column("arrived_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("left_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("aborted_reason", sa.String(), nullable=True),
        sa.Column("cancelled_reason", sa.String(), nullable=True),
        sa.Column("signed_by", sa.String(), nullable=True),
        sa.Column("signed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column(
            "created_at",
            sa.DateTime(timezone=True),
            server_default=sa.text("now()"),
            nullable=False,
        ),
        sa.Column(
            "updated_at",
            sa.DateTime(timezone=True),
            server_default=sa.text("now()"),
            nullable=False,
        ),
        sa.Column("version", sa.Integer(), nullable=False),
        postgresql.ExcludeConstraint(
            (sa.text("int8range(la_membership_id, la_membership_id, '[]')"), "&&"),
            (sa.text("tstzrange(starts_at, ends_at)"), "&&"),
            where=sa.text("la_membership_id IS NOT NULL AND state IN ('booked', 'arrived')"),
            using="gist",
            name="ex_visits_la_membership",
        ),
        postgresql.ExcludeConstraint(
            (sa.text("int8range(membership_id, membership_id, '[]')"), "&&"),
            (sa.text("tstzrange(starts_at, ends_at)"), "&&"),
            where=sa.text("membership_id IS NOT NULL AND state IN ('booked', 'arrived')"),
            using="gist",
            name="ex_visits_membership",
        ),
        sa.CheckConstraint("kind IN ('regular', 'urgent')", name=op.f("ck_visits_kind")),
        sa.CheckConstraint(
            "state IN ('booked', 'arrived', 'done', 'aborted', 'cancelled')",
            name=op.f("ck_visits_state"),
        ),
        sa.CheckConstraint("ends_at > starts_at", name=op.f("ck_visits_times")),
        sa.CheckConstraint(
            "num_nonnulls(la_membership_id, membership_id) <= 1", name=op.f("ck_visits_one_visitor")
        ),
        sa.ForeignKeyConstraint(
            ["la_membership_id"], ["la_memberships.id"], name=op.f("fk_visits_la_membership_id")
        ),
        sa.ForeignKeyConstraint(
            ["school_id", "membership_id"],
            ["memberships.school_id", "memberships.id"],
            name=op.f("fk_visits_school_id_membership_id"),
        ),
        sa.ForeignKeyConstraint(["school_id"], ["schools.id"], name=op.f("fk_visits_school_id")),
        sa.PrimaryKeyConstraint("school_id", "id", name=op.f("pk_visits")),
        sa.UniqueConstraint("school_id", "number", name=op.f("uq_visits_school_id_number")),
    )
    op.create_index("ix_visits_starts_at", "visits", ["school_id", "starts_at", "id"], unique=False)
    op.create_index("ix_visits_visitor", "visits", ["la_membership_id", "starts_at"], unique=False)
    op.create_table(
        "assignment_rules",
        sa.Column("school_id", sa.Integer(), nullable=False),
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("line", sa.SmallInteger(), nullable=False),
        sa.Column("category", sa.String(), nullable=False),
        sa.Column("school_group_id", sa.BigInteger(), nullable=True),
        sa.Column("la_group_id", sa.BigInteger(), nullable=True),
        sa.Column("membership_id", sa.BigInteger(), nullable=True),
        sa.Column("la_membership_id", sa.BigInteger(), nullable=True),
        sa.Column("stand_in_id", sa.BigInteger(), nullable=True),
        sa.Column("la_stand_in_id", sa.BigInteger(), nullable=True),
        sa.Column("made_by", sa.String(), nullable=False),
        sa.Column(
            "created_at",
            sa.DateTime(timezone=True),
            server_default=sa.text("now()"),
            nullable=False,
        ),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.CheckConstraint("line BETWEEN 0 AND 3", name=op.f("ck_assignment_rules_line")),
        sa.CheckConstraint(
            "num_nonnulls(membership_id, la_membership_id) <= 1",
            name=op.f("ck_assignment_rules_one_person"),
        ),
        sa.CheckConstraint(
            "num_nonnulls(school_group_id, la_group_id) <= 1",
            name=op.f("ck_assignment_rules_one_group"),
        ),
        sa.CheckConstraint(
            "num_nonnulls(stand_in_id, la_stand_in_id) <= 1",
            name=op.f("ck_assignment_rules_one_stand_in"),
        ),
        sa.ForeignKeyConstraint(
            ["la_group_id"], ["la_support_groups.id"], name=op.f("fk_assignment_rules_la_group_id")
        ),
        sa.ForeignKeyConstraint(
            ["la_membership_id"],
            ["la_memberships.id"],
            name=op.f("fk_assignment_rules_la_membership_id"),
        ),
        sa.ForeignKeyConstraint(
            ["la_stand_in_id"],
            ["la_memberships.id"],
            name=op.f("fk_assignment_rules_la_stand_in_id"),
        ),
        sa.ForeignKeyConstraint(
            ["school_id", "membership_id"],
            ["memberships.school_id", "memberships.id"],
            name=op.f("fk_assignment_rules_school_id_membership_id"),
        ),
        sa.ForeignKeyConstraint(
            ["school_id", "school_group_id"],
            ["support_groups.school_id", "support_groups.id"],
            name=op.f("fk_assignment_rules_school_id_school_group_id"),
        ),
        sa.ForeignKeyConstraint(
            ["school_id", "stand_in_id"],
            ["memberships.school_id", "memberships.id"],
            name=op.f("fk_assignment_rules_school_id_stand_in_id"),
        ),
        sa.ForeignKeyConstraint(
            ["school_id"], ["schools.id"], name=op.f("fk_assignment_rules_school_id")
        ),
        sa.PrimaryKeyConstraint("school_id", "id", name=op.f("pk_assignment_rules")),
        sa.UniqueConstraint(
            "school_id",
            "line",
            "category",
            name=op.f("uq_assignment_rules_school_id_line_category"),
        ),
    )
    op.create_table(
        "advice",
        sa.Column("school_id", sa.Integer(), nullable=False),
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("incident_id", sa.BigInteger(), nullable=False),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("began_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("until_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("advisor_id", sa.BigInteger(), nullable=True),
        sa.Column("advisor_name", sa.String(), nullable=True),
        sa.Column("is_pupil", sa.Boolean(), nullable=False),
        sa.Column("taken_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("tried", sa.String(), nullable=True),
        sa.Column("countersigned_by", sa.String(), nullable=True),
        sa.Column("countersigned_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.CheckConstraint(
            "state IN ('offered', 'taken', 'solved', 'passed_on', 'timed_out', 'gone_past')",
            name=op.f("ck_advice_state"),
        ),
        sa.ForeignKeyConstraint(
            ["school_id", "advisor_id"],
            ["memberships.school_id", "memberships.id"],
            name=op.f("fk_advice_school_id_advisor_id"),
        ),
        sa.ForeignKeyConstraint(
            ["school_id", "incident_id"],
            ["incidents.school_id", "incidents.id"],
            name=op.f("fk_advice_school_id_incident_id"),
        ),
        sa.ForeignKeyConstraint(["school_id"], ["schools.id"], name=op.f("fk_advice_school_id")),
        sa.PrimaryKeyConstraint("school_id", "id", name=op.f("pk_advice")),
    )
    op.create_index("ix_advice_began_at", "advice", ["school_id", "began_at"], unique=False)
    op.create_index("uq_advice_incident", "advice", ["school_id", "incident_id"], unique=True)
    op.create_table(
        "approvals",
        sa.Column("school_id", sa.Integer(), nullable=False),
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("incident_id", sa.BigInteger(), nullable=False),
        sa.Column("asked_by", sa.String(), nullable=False),
        sa.Column("asked_by_id", sa.BigInteger(), nullable=True),
        sa.Column("asked_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("why", sa.String(), nullable=False),
        sa.Column("cost", sa.Numeric(precision=10, scale=2), nullable=True),
        sa.Column("needs_licence", sa.Boolean(), nullable=False),
        sa.Column("decision", sa.String(), nullable=True),
        sa.Column("decided_by", sa.String(), nullable=True),
        sa.Column("decided_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("reason", sa.String(), nullable=True),
        sa.CheckConstraint(
            "decision IN ('approved', 'rejected')", name=op.f("ck_approvals_decision")
        ),
        sa.CheckConstraint("cost >= 0", name=op.f("ck_approvals_cost")),
        sa.ForeignKeyConstraint(
            ["school_id", "incident_id"],
            ["incidents.school_id", "incidents.id"],
            name=op.f("fk_approvals_school_id_incident_id"),
        ),
        sa.ForeignKeyConstraint(["school_id"], ["schools.id"], name=op.f("fk_approvals_school_id")),
        sa.PrimaryKeyConstraint("school_id", "id", name=op.f("pk_approvals")),
    )
    op.create_index(
        "ix_approvals_incident", "approvals", ["school_id", "incident_id", "id"], unique=False
    )
    op.create_index(
        "ix_approvals_open",
        "approvals",
        ["school_id", "id"],
        unique=False,
        postgresql_where="decided_at IS NULL",
    )
    op.create_table(
        "blank_sheets",
        sa.Column("school_id", sa.Integer(), nullable=False),
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("printed_by", sa.String(), nullable=False),
        sa.Column("printed_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("incident_id", sa.BigInteger(), nullable=True),
        sa.Column("entered_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("spoilt_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(
            ["school_id", "incident_id"],
            ["incidents.school_id", "incidents.id"],
            name=op.f("fk_blank_sheets_school_id_incident_id"),
        ),
        sa.ForeignKeyConstraint(
            ["school_id"], ["schools.id"], name=op.f("fk_blank_sheets_school_id")
        ),
        sa.PrimaryKeyConstraint("school_id", "id", name=op.f("pk_blank_sheets")),
        sa.UniqueConstraint("school_id", "number", name=op.f("uq_blank_sheets_school_id_number")),
    )
    op.create_table(
        "consultations",
        sa.Column("school_id", sa.Integer(), nullable=False),
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("incident_id", sa.BigInteger(), nullable=False),
        sa.Column("source", sa.String(), nullable=False),
        sa.Column("school_group_id", sa.BigInteger(), nullable=True),
        sa.Column("la_group_id", sa.BigInteger(), nullable=True),
        sa.Column("asked", sa.String(), nullable=False),
        sa.Column("question", sa.String(), nullable=False),
        sa.Column("asked_by", sa.String(), nullable=False),
        sa.Column("asked_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("answer", sa.String(), nullable=True),
        sa.Column("answered_by", sa.String(), nullable=True),
        sa.Column("answered_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint(
            "source IN ('group', 'specialist', 'supplier', 'other_school', 'forum')",
            name=op.f("ck_consultations_source"),
        ),
        sa.ForeignKeyConstraint(
            ["la_group_id"], ["la_support_groups.id"], name=op.f("fk_consultations_la_group_id")
        ),
        sa.ForeignKeyConstraint(
            ["school_id", "incident_id"],
            ["incidents.school_id", "incidents.id"],
            name=op.f("fk_consultations_school_id_incident_id"),
        ),
        sa.ForeignKeyConstraint(
            ["school_id", "school_group_id"],
            ["support_groups.school_id", "support_groups.id"],
            name=op.f("fk_consultations_school_id_school_group_id"),
        ),
        sa.ForeignKeyConstraint(
            ["school_id"], ["schools.id"], name=op.f("fk_consultations_school_id")
        ),
        sa.PrimaryKeyConstraint("school_id", "id", name=op.f("pk_consultations")),
    )
    op.create_index(
        "ix_consultations_incident",
        "consultations",
        ["school_id", "incident_id", "id"],
        unique=False,
    )
    op.create_table(
        "followers",
        sa.Column("school_id", sa.Integer(), nullable=False),
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("incident_id", sa.BigInteger(), nullable=False),
        sa.Column("membership_id", sa.BigInteger(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("said", sa.String(), nullable=True),
        sa.Column(
            "created_at",
            sa.DateTime(timezone=True),
            server_default=sa.text("now()"),
            nullable=False,
        ),
        sa.ForeignKeyConstraint(
            ["school_id", "incident_id"],
            ["incidents.school_id", "incidents.id"],
            name=op.f("fk_followers_school_id_incident_id"),
        ),
        sa.ForeignKeyConstraint(
            ["school_id", "membership_id"],
            ["memberships.school_id", "memberships.id"],
            name=op.f("fk_followers_school_id_membership_id"),
        ),
        sa.ForeignKeyConstraint(["school_id"], ["schools.id"], name=op.f("fk_followers_school_id")),
        sa.PrimaryKeyConstraint("school_id", "id", name=op.f("pk_followers")),
        sa.UniqueConstraint(
            "school_id",
            "incident_id",
            "membership_id",
            name=op.f("uq_followers_school_id_incident_id_membership_id"),
        ),
    )
    op.create_index(
        "ix_followers_membership",
        "followers",
        ["school_id", "membership_id", "incident_id"],
        unique=False,
    )
    op.create_table(
        "incident_links",
        sa.Column("school_id", sa.Integer(), nullable=False),
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("incident_id", sa.BigInteger(), nullable=False),
        sa.Column("other_id", sa.BigInteger(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("linked_by", sa.String(), nullable=False),
        sa.Column(
            "created_at",
            sa.DateTime(timezone=True),
            server_default=sa.text("now()"),
            nullable=False,
        ),
        sa.CheckConstraint("kind IN ('related', 'came_back')", name=op.f("ck_incident_links_kind")),
        sa.CheckConstraint("incident_id <> other_id", name=op.f("ck_incident_links_two")),
        sa.ForeignKeyConstraint(
            ["school_id", "incident_id"],
            ["incidents.school_id", "incidents.id"],
            name=op.f("fk_incident_links_school_id_incident_id"),
        ),
        sa.ForeignKeyConstraint(
            ["school_id", "other_id"],
            ["incidents.school_id", "incidents.id"],
            name=op.f("fk_incident_links_school_id_other_id"),
        ),
        sa.ForeignKeyConstraint(
            ["school_id"], ["schools.id"], name=op.f("fk_incident_links_school_id")
        ),
        sa.PrimaryKeyConstraint("school_id", "id", name=op.f("pk_incident_links")),
        sa.UniqueConstraint(
            "school_id",
            "incident_id",
            "other_id",
            name=op.f("uq_incident_links_school_id_incident_id_other_id"),
        ),
    )
    op.create_index(
        "ix_incident_links_other", "incident_links", ["school_id", "other_id"], unique=False
    )
    op.create_table(
        "supplier_links",
        sa.Column("school_id", sa.Integer(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("incident_id", sa.BigInteger(), nullable=False),
        sa.Column("school_group_id", sa.BigInteger(), nullable=True),
        sa.Column("la_group_id", sa.BigInteger(), nullable=True),
        sa.Column("supplier", sa.String(), nullable=False),
        sa.Column("email", sa.String(), nullable=True),
        sa.Column("made_by", sa.String(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("revoked_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("opened_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("done_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(
            ["la_group_id"], ["la_support_groups.id"], name=op.f("fk_supplier_links_la_group_id")
        ),
        sa.ForeignKeyConstraint(
            ["school_id", "incident_id"],
            ["incidents.school_id", "incidents.id"],
            name=op.f("fk_supplier_links_school_id_incident_id"),
        ),
        sa.ForeignKeyConstraint(
            ["school_id", "school_group_id"],
            ["support_groups.school_id", "support_groups.id"],
            name=op.f("fk_supplier_links_school_id_school_group_id"),
        ),
        sa.ForeignKeyConstraint(
            ["school_id"], ["schools.id"], name=op.f("fk_supplier_links_school_id")
        ),
        sa.PrimaryKeyConstraint("school_id", "id", name=op.f("pk_supplier_links")),
    )
    op.create_index(
        "ix_supplier_links_incident", "supplier_links", ["school_id", "incident_id"], unique=False
    )
    op.create_table(
        "visit_jobs",
        sa.Column("school_id", sa.Integer(), nullable=False),
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("visit_id", sa.BigInteger(), nullable=False),
        sa.Column("incident_id", sa.BigInteger(), nullable=False),
        sa.Column("position", sa.SmallInteger(), nullable=False),
        sa.Column("outcome", sa.String(), nullable=True),
        sa.Column("note", sa.String(), nullable=True),
        sa.Column("minutes", sa.Integer(), nullable=True),
        sa.CheckConstraint(
            "outcome IN ('done', 'not_done', 'follow_up', 'called_off')",
            name=op.f("ck_visit_jobs_outcome"),
        ),
        sa.ForeignKeyConstraint(
            ["school_id", "incident_id"],
            ["incidents.school_id", "incidents.id"],
            name=op.f("fk_visit_jobs_school_id_incident_id"),
        ),
        sa.ForeignKeyConstraint(
            ["school_id", "visit_id"],
            ["visits.school_id", "visits.id"],
            name=op.f("fk_visit_jobs_school_id_visit_id"),
        ),
        sa.ForeignKeyConstraint(
            ["school_id"], ["schools.id"], name=op.f("fk_visit_jobs_school_id")
        ),
        sa.PrimaryKeyConstraint("school_id", "id", name=op.f("pk_visit_jobs")),
        sa.UniqueConstraint(
            "school_id",
            "visit_id",
            "incident_id",
            name=op.f("uq_visit_jobs_school_id_visit_id_incident_id"),
        ),
    )
    op.create_index(
        "ix_visit_jobs_incident", "visit_jobs", ["school_id", "incident_id"], unique=False
    )
    op.create_table(
        "worklogs",
        sa.Column("school_id", sa.Integer(), nullable=False),
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("incident_id", sa.BigInteger(), nullable=True),
        sa.Column("problem_id", sa.BigInteger(), nullable=True),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("by", sa.String(), nullable=False),
        sa.Column("minutes", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("note", sa.String(), nullable=True),
        sa.CheckConstraint(
            "kind IN ('reactive', 'proactive', 'change')", name=op.f("ck_worklogs_kind")
        ),
        sa.CheckConstraint("minutes > 0", name=op.f("ck_worklogs_minutes")),
        sa.CheckConstraint(
            "num_nonnulls(incident_id, problem_id) <= 1", name=op.f("ck_worklogs_one_thing")
        ),
        sa.ForeignKeyConstraint(
            ["school_id", "incident_id"],
            ["incidents.school_id", "incidents.id"],
            name=op.f("fk_worklogs_school_id_incident_id"),
        ),
        sa.ForeignKeyConstraint(
            ["school_id", "problem_id"],
            ["problems.school_id", "problems.id"],
            name=op.f("fk_worklogs_school_id_problem_id"),
        ),
        sa.ForeignKeyConstraint(["school_id"], ["schools.id"], name=op.f("fk_worklogs_school_id")),
        sa.PrimaryKeyConstraint("school_id", "id", name=op.f("pk_worklogs")),
    )
    op.create_index("ix_worklogs_at", "worklogs", ["school_id", "at"], unique=False)
    op.create_index(
        "ix_worklogs_incident", "worklogs", ["school_id", "incident_id", "id"], unique=False
    )
    prefix = context.config.attributes["settings"].role_prefix
    for table in TABLES:
        for statement in protect(table, prefix):
            op.execute(statement)
    op.execute(STAMP)
    op.execute("REVOKE ALL ON FUNCTION agreements_stamp FROM PUBLIC")
    for role in ("school", "authority", "administration"):
        op.execute(f"GRANT EXECUTE ON FUNCTION agreements_stamp TO {prefix}_{role}")
