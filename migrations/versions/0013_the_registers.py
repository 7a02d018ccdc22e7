"""The registers: suppliers, contracts, services, equipment, licences, payments, diary and the rest"""

import sqlalchemy as sa
from alembic import context, op
from sqlalchemy.dialects import postgresql

from tenants.policies import protect

revision = "0013"
down_revision = "0012"

TABLES = (
    "asset_fields",
    "diary_marks",
    "diary_reminders",
    "documents",
    "import_mappings",
    "la_contract_offers",
    "register_imports",
    "services",
    "critical_dates",
    "diary_feeds",
    "document_versions",
    "import_mistakes",
    "stock_takes",
    "changes",
    "suppliers",
    "contracts",
    "implementations",
    "assets",
    "contract_services",
    "contract_uses",
    "contract_versions",
    "licences",
    "milestones",
    "asset_loans",
    "asset_words",
    "diary_entries",
    "labels",
    "licence_allocations",
    "payment_schedules",
    "service_parts",
    "stock_take_lines",
    "payments",
)


def upgrade() -> None:
    op.create_table(
        "asset_fields",
        sa.Column("school_id", sa.Integer(), nullable=False),
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("type", sa.String(), nullable=False),
        sa.Column("key", sa.String(), nullable=False),
        sa.Column("label", sa.String(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("choices", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("is_archived", sa.Boolean(), nullable=False),
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
        sa.CheckConstraint(
            "kind IN ('text', 'number', 'date', 'yes_no', 'choice')",
            name=op.f("ck_asset_fields_kind"),
        ),
        sa.ForeignKeyConstraint(
            ["school_id"], ["schools.id"], name=op.f("fk_asset_fields_school_id")
        ),
        sa.PrimaryKeyConstraint("school_id", "id", name=op.f("pk_asset_fields")),
        sa.UniqueConstraint(
            "school_id", "type", "key", name=op.f("uq_asset_fields_school_id_type_key")
        ),
    )
    op.create_table(
        "diary_marks",
        sa.Column("school_id", sa.Integer(), nullable=False),
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("what", sa.String(), nullable=False),
        sa.Column("on", sa.Date(), nullable=False),
        sa.Column("status", sa.String(), nullable=False),
        sa.Column("ticked", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("note", sa.String(), nullable=True),
        sa.Column("marked_by", sa.String(), nullable=False),
        sa.Column(
            "created_at",
            sa.DateTime(timezone=True),
            server_default=sa.text("now()"),
            nullable=False,
        ),
        sa.CheckConstraint(
            "status IN ('begun', 'done', 'cancelled')", name=op.f("ck_diary_marks_status")
        ),
        sa.ForeignKeyConstraint(
            ["school_id"], ["schools.id"], name=op.f("fk_diary_marks_school_id")
        ),
        sa.PrimaryKeyConstraint("school_id", "id", name=op.f("pk_diary_marks")),
        sa.UniqueConstraint(
            "school_id", "what", "on", name=op.f("uq_diary_marks_school_id_what_on")
        ),
    )
    op.create_table(
        "diary_reminders",
        sa.Column("school_id", sa.Integer(), nullable=False),
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("what", sa.String(), nullable=False),
        sa.Column("on", sa.Date(), nullable=False),
        sa.Column("days_before", sa.Integer(), nullable=False),
        sa.Column(
            "created_at",
            sa.DateTime(timezone=True),
            server_default=sa.text("now()"),
            nullable=False,
        ),
        sa.ForeignKeyConstraint(
            ["school_id"], ["schools.id"], name=op.f("fk_diary_reminders_school_id")
        ),
        sa.PrimaryKeyConstraint("school_id", "id", name=op.f("pk_diary_reminders")),
        sa.UniqueConstraint(
            "school_id",
            "what",
            "on",
            "days_before",
            name=op.f("uq_diary_reminders_school_id_what_on_days_before"),
        ),
    )
    op.create_table(
        "documents",
        sa.Column("school_id", sa.Integer(), nullable=False),
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("title", sa.String(), nullable=False),
        sa.Column("review_on", sa.Date(), nullable=True),
        sa.Column("checklist", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("is_retired", sa.Boolean(), nullable=False),
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
        sa.CheckConstraint("kind IN ('procedure', 'strategy')", name=op.f("ck_documents_kind")),
        sa.ForeignKeyConstraint(["school_id"], ["schools.id"], name=op.f("fk_documents_school_id")),
        sa.PrimaryKeyConstraint("school_id", "id", name=op.f("pk_documents")),
        sa.UniqueConstraint("school_id", "number", name=op.f("uq_documents_school_id_number")),
    )
    op.create_table(
        "import_mappings",
        sa.Column("school_id", sa.Integer(), nullable=False),
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("register", sa.String(), nullable=False),
        sa.Column("header", sa.String(), nullable=False),
        sa.Column("field", sa.String(), nullable=False),
        sa.Column(
            "created_at",
            sa.DateTime(timezone=True),
            server_default=sa.text("now()"),
            nullable=False,
        ),
        sa.CheckConstraint(
            "register IN ('locations', 'assets', 'licences', 'contracts', 'suppliers', 'people')",
            name=op.f("ck_import_mappings_register"),
        ),
        sa.ForeignKeyConstraint(
            ["school_id"], ["schools.id"], name=op.f("fk_import_mappings_school_id")
        ),
        sa.PrimaryKeyConstraint("school_id", "id", name=op.f("pk_import_mappings")),
        sa.UniqueConstraint(
            "school_id",
            "register",
            "header",
            name=op.f("uq_import_mappings_school_id_register_header"),
        ),
    )
    op.create_table(
        "la_contract_offers",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("key", sa.String(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("summary", sa.String(), nullable=False),
        sa.Column("start", sa.Date(), nullable=False),
        sa.Column("initial_months", sa.Integer(), nullable=False),
        sa.Column("renewal", sa.String(), nullable=False),
        sa.Column("renewal_months", sa.Integer(), nullable=True),
        sa.Column("notice_months", sa.Integer(), nullable=True),
        sa.Column("notice_days", sa.Integer(), nullable=True),
        sa.Column("charges", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("charging_year", sa.String(), nullable=False),
        sa.Column("la_agreement_id", sa.BigInteger(), nullable=True),
        sa.Column("visits_per_year", sa.Integer(), nullable=True),
        sa.Column("hours_included", sa.Numeric(precision=8, scale=2), nullable=True),
        sa.Column("is_open", sa.Boolean(), nullable=False),
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
        sa.CheckConstraint(
            "kind IN ('sla', 'ola', 'uc', 'maintenance', 'warranty', 'lease', 'subscription')",
            name=op.f("ck_la_contract_offers_kind"),
        ),
        sa.CheckConstraint(
            "renewal IN ('none', 'tacit', 'express')", name=op.f("ck_la_contract_offers_renewal")
        ),
        sa.ForeignKeyConstraint(
            ["la_agreement_id"],
            ["la_agreements.id"],
            name=op.f("fk_la_contract_offers_la_agreement_id"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_la_contract_offers")),
        sa.UniqueConstraint("key", name=op.f("uq_la_contract_offers_key")),
    )
    op.create_table(
        "register_imports",
        sa.Column("school_id", sa.Integer(), nullable=False),
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("register", sa.String(), nullable=False),
        sa.Column("file_name", sa.String(), nullable=False),
        sa.Column("sha256", sa.LargeBinary(), nullable=False),
        sa.Column("sheets", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("sheet", sa.String(), nullable=True),
        sa.Column("header_row", sa.Integer(), nullable=False),
        sa.Column("headers", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("mapping", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("add_rooms", sa.Boolean(), nullable=False),
        sa.Column("rooms_missing", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("mode", sa.String(), nullable=False),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("person_id", sa.BigInteger(), nullable=False),
        sa.Column("round", sa.Integer(), nullable=False),
        sa.Column("total_rows", sa.Integer(), nullable=False),
        sa.Column("rows_done", sa.Integer(), nullable=False),
        sa.Column("added", sa.Integer(), nullable=False),
        sa.Column("changed", sa.Integer(), nullable=False),
        sa.Column("unchanged", sa.Integer(), nullable=False),
        sa.Column("refused", sa.Integer(), nullable=False),
        sa.Column("said", sa.String(), nullable=True),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
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
        sa.CheckConstraint(
            "mode IN ('all_or_nothing', 'good_rows')", name=op.f("ck_register_imports_mode")
        ),
        sa.CheckConstraint(
            "register IN ('locations', 'assets', 'licences', 'contracts', 'suppliers', 'people')",
            name=op.f("ck_register_imports_register"),
        ),
        sa.CheckConstraint(
            "state IN ('uploaded', 'checking', 'checked', 'running', 'done', 'failed', 'cancelled')",
            name=op.f("ck_register_imports_state"),
        ),
        sa.ForeignKeyConstraint(
            ["school_id"], ["schools.id"], name=op.f("fk_register_imports_school_id")
        ),
        sa.PrimaryKeyConstraint("school_id", "id", name=op.f("pk_register_imports")),
        sa.UniqueConstraint(
            "school_id", "number", name=op.f("uq_register_imports_school_id_number")
        ),
    )
    op.create_table(
        "services",
        sa.Column("school_id", sa.Integer(), nullable=False),
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("key", sa.String(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("purpose", sa.String(), nullable=False),
        sa.Column("used_by", sa.String(), nullable=False),
        sa.Column("criticality", sa.String(), nullable=False),
        sa.Column("seasons", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("owner", sa.String(), nullable=True),
        sa.Column("hours", sa.String(), nullable=True),
        sa.Column("skills", sa.String(), nullable=True),
        sa.Column("is_supported", sa.Boolean(), nullable=False),
        sa.Column("is_archived", sa.Boolean(), nullable=False),
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
        sa.CheckConstraint(
            "criticality IN ('high', 'medium', 'low')", name=op.f("ck_services_criticality")
        ),
        sa.ForeignKeyConstraint(["school_id"], ["schools.id"], name=op.f("fk_services_school_id")),
        sa.PrimaryKeyConstraint("school_id", "id", name=op.f("pk_services")),
    )
    op.create_index("uq_services_key", "services", ["school_id", "key"], unique=True)
    op.create_index(
        "uq_services_name", "services", ["school_id", sa.literal_column("lower(name)")], unique=True
    )
    op.create_table(
        "critical_dates",
        sa.Column("school_id", sa.Integer(), nullable=False),
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("title", sa.String(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("first_day", sa.Date(), nullable=False),
        sa.Column("last_day", sa.Date(), nullable=False),
        sa.Column("service_id", sa.BigInteger(), nullable=True),
        sa.Column("location_id", sa.BigInteger(), nullable=True),
        sa.Column("raises_priority", sa.Boolean(), nullable=False),
        sa.Column("freezes_changes", sa.Boolean(), nullable=False),
        sa.Column("is_cancelled", sa.Boolean(), nullable=False),
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
        sa.CheckConstraint(
            "kind IN ('tests', 'exams', 'census', 'inspection', 'results', 'other')",
            name=op.f("ck_critical_dates_kind"),
        ),
        sa.CheckConstraint("last_day >= first_day", name=op.f("ck_critical_dates_days")),
        sa.ForeignKeyConstraint(
            ["school_id", "location_id"],
            ["locations.school_id", "locations.id"],
            name=op.f("fk_critical_dates_school_id_location_id"),
        ),
        sa.ForeignKeyConstraint(
            ["school_id", "service_id"],
            ["services.school_id", "services.id"],
            name=op.f("fk_critical_dates_school_id_service_id"),
        ),
        sa.ForeignKeyConstraint(
            ["school_id"], ["schools.id"], name=op.f("fk_critical_dates_school_id")
        ),
        sa.PrimaryKeyConstraint("school_id", "id", name=op.f("pk_critical_dates")),
        sa.UniqueConstraint("school_id", "number", name=op.f("uq_critical_dates_school_id_number")),
    )
    op.create_index(
        "ix_critical_dates_last_day", "critical_dates", ["school_id", "last_day"], unique=False
    )
    op.create_table(
        "diary_feeds",
        sa.Column("school_id", sa.Integer(), nullable=False),
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("membership_id", sa.BigInteger(), nullable=False),
        sa.Column("label", sa.String(), nullable=False),
        sa.Column("digest", sa.LargeBinary(), nullable=False),
        sa.Column("made_by", sa.String(), nullable=False),
        sa.Column(
            "created_at",
            sa.DateTime(timezone=True),
            server_default=sa.text("now()"),
            nullable=False,
        ),
        sa.Column("read_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(
            ["school_id", "membership_id"],
            ["memberships.school_id", "memberships.id"],
            name=op.f("fk_diary_feeds_school_id_membership_id"),
        ),
        sa.ForeignKeyConstraint(
            ["school_id"], ["schools.id"], name=op.f("fk_diary_feeds_school_id")
        ),
        sa.PrimaryKeyConstraint("school_id", "id", name=op.f("pk_diary_feeds")),
        sa.UniqueConstraint("school_id", "digest", name=op.f("uq_diary_feeds_school_id_digest")),
    )
    op.create_table(
        "document_versions",
        sa.Column("school_id", sa.Integer(), nullable=False),
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("document_id", sa.BigInteger(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("text", sa.String(), nullable=False),
        sa.Column("change_note", sa.String(), nullable=True),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("written_by", sa.String(), nullable=False),
        sa.Column("written_by_person", sa.BigInteger(), nullable=False),
        sa.Column("decided_by", sa.String(), nullable=True),
        sa.Column("decided_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("decision_note", sa.String(), nullable=True),
        sa.Column("is_decided_by_writer", sa.Boolean(), nullable=False),
        sa.Column(
            "created_at",
            sa.DateTime(timezone=True),
            server_default=sa.text("now()"),
            nullable=False,
        ),
        sa.CheckConstraint(
            "state IN ('proposed', 'authorised', 'declined')",
            name=op.f("ck_document_versions_state"),
        ),
        sa.ForeignKeyConstraint(
            ["school_id", "document_id"],
            ["documents.school_id", "documents.id"],
            name=op.f("fk_document_versions_school_id_document_id"),
        ),
        sa.ForeignKeyConstraint(
            ["school_id"], ["schools.id"], name=op.f("fk_document_versions_school_id")
        ),
        sa.PrimaryKeyConstraint("school_id", "id", name=op.f("pk_document_versions")),
        sa.UniqueConstraint(
            "school_id",
            "document_id",
            "number",
            name=op.f("uq_document_versions_school_id_document_id_number"),
        ),
    )
    op.create_table(
        "import_mistakes",
        sa.Column("school_id", sa.Integer(), nullable=False),
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("import_id", sa.BigInteger(), nullable=False),
        sa.Column("row", sa.Integer(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("column", sa.String(), nullable=True),
        sa.Column("said", sa.String(), nullable=False),
        sa.ForeignKeyConstraint(
            ["school_id", "import_id"],
            ["register_imports.school_id", "register_imports.id"],
            name=op.f("fk_import_mistakes_school_id_import_id"),
        ),
        sa.ForeignKeyConstraint(
            ["school_id"], ["schools.id"], name=op.f("fk_import_mistakes_school_id")
        ),
        sa.PrimaryKeyConstraint("school_id", "id", name=op.f("pk_import_mistakes")),
        sa.UniqueConstraint(
            "school_id",
            "import_id",
            "row",
            "position",
            name=op.f("uq_import_mistakes_school_id_import_id_row_position"),
        ),
    )
    op.create_table(
        "stock_takes",
        sa.Column("school_id", sa.Integer(), nullable=False),
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("location_id", sa.BigInteger(), nullable=False),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("ended_by", sa.String(), nullable=True),
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
        sa.CheckConstraint(
            "state IN ('open', 'confirmed', 'cancelled')", name=op.f("ck_stock_takes_state")
        ),
        sa.ForeignKeyConstraint(
            ["school_id", "location_id"],
            ["locations.school_id", "locations.id"],
            name=op.f("fk_stock_takes_school_id_location_id"),
        ),
        sa.ForeignKeyConstraint(
            ["school_id"], ["schools.id"], name=op.f("fk_stock_takes_school_id")
        ),
        sa.PrimaryKeyConstraint("school_id", "id", name=op.f("pk_stock_takes")),
        sa.UniqueConstraint("school_id", "number", name=op.f("uq_stock_takes_school_id_number")),
    )
    op.create_index(
        "uq_stock_takes_one_open",
        "stock_takes",
        ["school_id", "location_id"],
        unique=True,
        postgresql_where="state = 'open'",
    )
    op.create_table(
        "changes",
        sa.Column("school_id", sa.Integer(), nullable=False),
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("title", sa.String(), nullable=False),
        sa.Column("reason", sa.String(), nullable=False),
        sa.Column("problem_id", sa.BigInteger(), nullable=True),
        sa.Column("description", sa.String(), nullable=False),
        sa.Column("affected", sa.String(), nullable=True),
        sa.Column("users_affected", sa.String(), nullable=True),
        sa.Column("benefits", sa.String(), nullable=True),
        sa.Column("cost", sa.Numeric(precision=12, scale=2), nullable=False),
        sa.Column("contracts_affected", sa.String(), nullable=False),
        sa.Column("risk", sa.String(), nullable=True),
        sa.Column("test_plan", sa.String(), nullable=True),
        sa.Column("back_out_plan", sa.String(), nullable=True),
        sa.Column("communication_plan", sa.String(), nullable=True),
        sa.Column("is_urgent", sa.Boolean(), nullable=False),
        sa.Column("planned_start", sa.DateTime(timezone=True), nullable=True),
        sa.Column("planned_end", sa.DateTime(timezone=True), nullable=True),
        sa.Column("started_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("outcome", sa.String(), nullable=True),
        sa.Column("originator", sa.String(), nullable=False),
        sa.Column("originator_person", sa.BigInteger(), nullable=False),
        sa.Column("approved_by", sa.String(), nullable=True),
        sa.Column("is_approved_by_originator", sa.Boolean(), nullable=False),
        sa.Column("decision_note", sa.String(), nullable=True),
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
        sa.CheckConstraint("reason IN ('problem', 'new_need')", name=op.f("ck_changes_reason")),
        sa.CheckConstraint(
            "state IN ('draft', 'submitted', 'approved_to_proceed', 'prepared', 'peer_reviewed', 'approved_to_implement', 'communicated', 'implementing', 'implemented', 'backed_out', 'register_updated', 'closed', 'rejected', 'cancelled')",
            name=op.f("ck_changes_state"),
        ),
        sa.CheckConstraint("cost >= 0", name=op.f("ck_changes_cost")),
        sa.CheckConstraint("planned_end >= planned_start", name=op.f("ck_changes_planned")),
        sa.ForeignKeyConstraint(
            ["school_id", "problem_id"],
            ["problems.school_id", "problems.id"],
            name=op.f("fk_changes_school_id_problem_id"),
        ),
        sa.ForeignKeyConstraint(["school_id"], ["schools.id"], name=op.f("fk_changes_school_id")),
        sa.PrimaryKeyConstraint("school_id", "id", name=op.f("pk_changes")),
        sa.UniqueConstraint("school_id", "number", name=op.f("uq_changes_school_id_number")),
    )
    op.create_table(
        "suppliers",
        sa.Column("school_id", sa.Integer(), nullable=False),
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("key", sa.String(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("specialities", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("contact_name", sa.String(), nullable=True),
        sa.Column("email", sa.String(), nullable=True),
        sa.Column("phone", sa.String(), nullable=True),
        sa.Column("website", sa.String(), nullable=True),
        sa.Column("support_route", sa.String(), nullable=True),
        sa.Column("account_number", sa.String(), nullable=True),
        sa.Column("education_experience", sa.String(), nullable=True),
        sa.Column("framework", sa.String(), nullable=True),
        sa.Column("rating", sa.SmallInteger(), nullable=True),
        sa.Column("notes", sa.String(), nullable=True),
        sa.Column("group_id", sa.BigInteger(), nullable=True),
        sa.Column("is_archived", sa.Boolean(), nullable=False),
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
        sa.CheckConstraint("kind IN ('la', 'company', 'maker')", name=op.f("ck_suppliers_kind")),
        sa.CheckConstraint("rating BETWEEN 1 AND 5", name=op.f("ck_suppliers_rating")),
        sa.ForeignKeyConstraint(
            ["school_id", "group_id"],
            ["support_groups.school_id", "support_groups.id"],
            name=op.f("fk_suppliers_school_id_group_id"),
        ),
        sa.ForeignKeyConstraint(["school_id"], ["schools.id"], name=op.f("fk_suppliers_school_id")),
        sa.PrimaryKeyConstraint("school_id", "id", name=op.f("pk_suppliers")),
    )
    op.create_index("uq_suppliers_key", "suppliers", ["school_id", "key"], unique=True)
    op.create_index(
        "uq_suppliers_name",
        "suppliers",
        ["school_id", sa.literal_column("lower(name)")],
        unique=True,
    )
    op.create_table(
        "contracts",
        sa.Column("school_id", sa.Integer(), nullable=False),
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("supplier_id", sa.BigInteger(), nullable=True),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("reference", sa.String(), nullable=True),
        sa.Column("scope", sa.String(), nullable=True),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("start", sa.Date(), nullable=False),
        sa.Column("initial_months", sa.Integer(), nullable=False),
        sa.Column("renewal", sa.String(), nullable=False),
        sa.Column("renewal_months", sa.Integer(), nullable=True),
        sa.Column("renewed_until", sa.Date(), nullable=True),
        sa.Column("notice_months", sa.Integer(), nullable=True),
        sa.Column("notice_days", sa.Integer(), nullable=True),
        sa.Column("annual_charge", sa.Numeric(precision=12, scale=2), nullable=True),
        sa.Column("charging_year", sa.String(), nullable=False),
        sa.Column("payment_terms", sa.String(), nullable=True),
        sa.Column("framework", sa.String(), nullable=True),
        sa.Column("agreement_id", sa.BigInteger(), nullable=True),
        sa.Column("la_agreement_id", sa.BigInteger(), nullable=True),
        sa.Column("la_offer_id", sa.BigInteger(), nullable=True),
        sa.Column("visits_per_year", sa.Integer(), nullable=True),
        sa.Column("hours_included", sa.Numeric(precision=8, scale=2), nullable=True),
        sa.Column("predecessor_id", sa.BigInteger(), nullable=True),
        sa.Column("signed_by", sa.String(), nullable=True),
        sa.Column("signed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("ended_on", sa.Date(), nullable=True),
        sa.Column("end_reason", sa.String(), nullable=True),
        sa.Column("notes", sa.String(), nullable=True),
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
        sa.CheckConstraint(
            "charging_year IN ('financial', 'academic', 'contract')",
            name=op.f("ck_contracts_charging_year"),
        ),
        sa.CheckConstraint(
            "kind IN ('sla', 'ola', 'uc', 'maintenance', 'warranty', 'lease', 'subscription')",
            name=op.f("ck_contracts_kind"),
        ),
        sa.CheckConstraint(
            "renewal IN ('none', 'tacit', 'express')", name=op.f("ck_contracts_renewal")
        ),
        sa.CheckConstraint(
            "state IN ('draft', 'active', 'ended', 'terminated', 'superseded')",
            name=op.f("ck_contracts_state"),
        ),
        sa.CheckConstraint("annual_charge >= 0", name=op.f("ck_contracts_annual_charge")),
        sa.CheckConstraint("initial_months >= 1", name=op.f("ck_contracts_initial_months")),
        sa.CheckConstraint(
            "num_nonnulls(agreement_id, la_agreement_id) <= 1",
            name=op.f("ck_contracts_one_agreement"),
        ),
        sa.CheckConstraint(
            "num_nonnulls(notice_months, notice_days) <= 1", name=op.f("ck_contracts_one_notice")
        ),
        sa.CheckConstraint("renewal_months >= 1", name=op.f("ck_contracts_renewal_months")),
        sa.ForeignKeyConstraint(
            ["la_agreement_id"], ["la_agreements.id"], name=op.f("fk_contracts_la_agreement_id")
        ),
        sa.ForeignKeyConstraint(
            ["la_offer_id"], ["la_contract_offers.id"], name=op.f("fk_contracts_la_offer_id")
        ),
        sa.ForeignKeyConstraint(
            ["school_id", "agreement_id"],
            ["agreements.school_id", "agreements.id"],
            name=op.f("fk_contracts_school_id_agreement_id"),
        ),
        sa.ForeignKeyConstraint(
            ["school_id", "predecessor_id"],
            ["contracts.school_id", "contracts.id"],
            name=op.f("fk_contracts_school_id_predecessor_id"),
        ),
        sa.ForeignKeyConstraint(
            ["school_id", "supplier_id"],
            ["suppliers.school_id", "suppliers.id"],
            name=op.f("fk_contracts_school_id_supplier_id"),
        ),
        sa.ForeignKeyConstraint(["school_id"], ["schools.id"], name=op.f("fk_contracts_school_id")),
        sa.PrimaryKeyConstraint("school_id", "id", name=op.f("pk_contracts")),
        sa.UniqueConstraint("school_id", "number", name=op.f("uq_contracts_school_id_number")),
    )
    op.create_index(
        "ix_contracts_supplier", "contracts", ["school_id", "supplier_id"], unique=False
    )
    op.create_table(
        "implementations",
        sa.Column("school_id", sa.Integer(), nullable=False),
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("title", sa.String(), nullable=False),
        sa.Column("origin", sa.String(), nullable=False),
        sa.Column("change_id", sa.BigInteger(), nullable=True),
        sa.Column("problem_id", sa.BigInteger(), nullable=True),
        sa.Column("owner", sa.String(), nullable=False),
        sa.Column("status", sa.String(), nullable=False),
        sa.Column("summary", sa.String(), nullable=True),
        sa.Column("reason", sa.String(), nullable=True),
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
        sa.CheckConstraint(
            "origin IN ('change', 'problem', 'plan')", name=op.f("ck_implementations_origin")
        ),
        sa.CheckConstraint(
            "status IN ('planned', 'in_hand', 'done', 'stopped')",
            name=op.f("ck_implementations_status"),
        ),
        sa.ForeignKeyConstraint(
            ["school_id", "change_id"],
            ["changes.school_id", "changes.id"],
            name=op.f("fk_implementations_school_id_change_id"),
        ),
        sa.ForeignKeyConstraint(
            ["school_id", "problem_id"],
            ["problems.school_id", "problems.id"],
            name=op.f("fk_implementations_school_id_problem_id"),
        ),
        sa.ForeignKeyConstraint(
            ["school_id"], ["schools.id"], name=op.f("fk_implementations_school_id")
        ),
        sa.PrimaryKeyConstraint("school_id", "id", name=op.f("pk_implementations")),
        sa.UniqueConstraint(
            "school_id", "number", name=op.f("uq_implementations_school_id_number")
        ),
    )
    op.create_table(
        "assets",
        sa.Column("school_id", sa.Integer(), nullable=False),
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("tag", sa.String(), nullable=False),
        sa.Column(
            "tag_key",
            sa.String(collation="C"),
            sa.Computed('lower(tag) COLLATE "C"', persisted=True),
            nullable=False,
        ),
        sa.Column("type", sa.String(), nullable=False),
        sa.Column("make", sa.String(), nullable=False),
        sa.Column("model", sa.String(), nullable=True),
        sa.Column("serial", sa.String(), nullable=True),
        sa.Column("status", sa.String(), nullable=False),
        sa.Column("location_id", sa.BigInteger(), nullable=True),
        sa.Column("holder_id", sa.BigInteger(), nullable=True),
        sa.Column("holder", sa.String(), nullable=True),
        sa.Column("purchase_date", sa.Date(), nullable=True),
        sa.Column("price", sa.Numeric(precision=12, scale=2), nullable=True),
        sa.Column("funding", sa.String(), nullable=True),
        sa.Column("supplier_id", sa.BigInteger(), nullable=True),
        sa.Column("warranty_end", sa.Date(), nullable=True),
        sa.Column("contract_id", sa.BigInteger(), nullable=True),
        sa.Column("os_version", sa.String(), nullable=True),
        sa.Column("notes", sa.String(), nullable=True),
        sa.Column("own_fields", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("asked_status", sa.String(), nullable=True),
        sa.Column("asked_by", sa.String(), nullable=True),
        sa.Column("asked_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("asked_reason", sa.String(), nullable=True),
        sa.Column("disposed_on", sa.Date(), nullable=True),
        sa.Column("disposal_method", sa.String(), nullable=True),
        sa.Column("disposed_to", sa.String(), nullable=True),
        sa.Column("wipe_evidence", sa.String(), nullable=True),
        sa.Column("confirmed_by", sa.String(), nullable=True),
        sa.Column("seen_on", sa.Date(), nullable=True),
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
        sa.CheckConstraint(
            "status <> 'disposed' OR num_nonnulls(disposed_on, disposal_method, wipe_evidence) = 3",
            name=op.f("ck_assets_disposal"),
        ),
        sa.CheckConstraint(
            "status IN ('on_order', 'in_stock', 'in_use', 'in_repair', 'on_loan', 'lost_or_stolen', 'retired', 'disposed')",
            name=op.f("ck_assets_status"),
        ),
        sa.CheckConstraint("price >= 0", name=op.f("ck_assets_price")),
        sa.ForeignKeyConstraint(
            ["school_id", "contract_id"],
            ["contracts.school_id", "contracts.id"],
            name=op.f("fk_assets_school_id_contract_id"),
        ),
        sa.ForeignKeyConstraint(
            ["school_id", "holder_id"],
            ["memberships.school_id", "memberships.id"],
            name=op.f("fk_assets_school_id_holder_id"),
        ),
        sa.ForeignKeyConstraint(
            ["school_id", "location_id"],
            ["locations.school_id", "locations.id"],
            name=op.f("fk_assets_school_id_location_id"),
        ),
        sa.ForeignKeyConstraint(
            ["school_id", "supplier_id"],
            ["suppliers.school_id", "suppliers.id"],
            name=op.f("fk_assets_school_id_supplier_id"),
        ),
        sa.ForeignKeyConstraint(["school_id"], ["schools.id"], name=op.f("fk_assets_school_id")),
        sa.PrimaryKeyConstraint("school_id", "id", name=op.f("pk_assets")),
    )
    op.create_index("ix_assets_contract", "assets", ["school_id", "contract_id"], unique=False)
    op.create_index("ix_assets_warranty", "assets", ["school_id", "warranty_end"], unique=False)
    op.create_index(
        "ix_assets_asked",
        "assets",
        ["school_id", "tag_key"],
        unique=False,
        postgresql_where="asked_status IS NOT NULL",
    )
    op.create_index(
        "ix_assets_location",
        "assets",
        ["school_id", "location_id", "tag_key"],
        unique=False,
    )
    op.create_index(
        "ix_assets_status",
        "assets",
        ["school_id", "status", "tag_key"],
        unique=False,
    )
    op.create_index(
        "ix_assets_type",
        "assets",
        ["school_id", "type", "tag_key"],
        unique=False,
    )
    op.create_index(
        "uq_assets_serial",
        "assets",
        ["school_id", sa.literal_column("lower(make)"), sa.literal_column("lower(serial)")],
        unique=True,
    )
    op.create_index("uq_assets_tag", "assets", ["school_id", "tag_key"], unique=True)
    op.create_table(
        "contract_services",
        sa.Column("school_id", sa.Integer(), nullable=False),
        sa.Column("contract_id", sa.BigInteger(), nullable=False),
        sa.Column("service_id", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(
            ["school_id", "contract_id"],
            ["contracts.school_id", "contracts.id"],
            name=op.f("fk_contract_services_school_id_contract_id"),
        ),
        sa.ForeignKeyConstraint(
            ["school_id", "service_id"],
            ["services.school_id", "services.id"],
            name=op.f("fk_contract_services_school_id_service_id"),
        ),
        sa.ForeignKeyConstraint(
            ["school_id"], ["schools.id"], name=op.f("fk_contract_services_school_id")
        ),
        sa.PrimaryKeyConstraint(
            "school_id", "contract_id", "service_id", name=op.f("pk_contract_services")
        ),
    )
    op.create_table(
        "contract_uses",
        sa.Column("school_id", sa.Integer(), nullable=False),
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("contract_id", sa.BigInteger(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("on", sa.Date(), nullable=False),
        sa.Column("visits", sa.Integer(), nullable=False),
        sa.Column("minutes", sa.Integer(), nullable=False),
        sa.Column("note", sa.String(), nullable=True),
        sa.Column("noted_by", sa.String(), nullable=False),
        sa.Column(
            "created_at",
            sa.DateTime(timezone=True),
            server_default=sa.text("now()"),
            nullable=False,
        ),
        sa.CheckConstraint("visits >= 0 AND minutes >= 0", name=op.f("ck_contract_uses_amount")),
        sa.ForeignKeyConstraint(
            ["school_id", "contract_id"],
            ["contracts.school_id", "contracts.id"],
            name=op.f("fk_contract_uses_school_id_contract_id"),
        ),
        sa.ForeignKeyConstraint(
            ["school_id"], ["schools.id"], name=op.f("fk_contract_uses_school_id")
        ),
        sa.PrimaryKeyConstraint("school_id", "id", name=op.f("pk_contract_uses")),
        sa.UniqueConstraint(
            "school_id",
            "contract_id",
            "number",
            name=op.f("uq_contract_uses_school_id_contract_id_number"),
        ),
    )
    op.create_index(
        "ix_contract_uses_contract",
        "contract_uses",
        ["school_id", "contract_id", "on"],
        unique=False,
    )
    op.create_table(
        "contract_versions",
        sa.Column("school_id", sa.Integer(), nullable=False),
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("contract_id", sa.BigInteger(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("valid_from", sa.Date(), nullable=False),
        sa.Column("terms", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("reason", sa.String(), nullable=True),
        sa.Column("changed_by", sa.String(), nullable=False),
        sa.Column(
            "created_at",
            sa.DateTime(timezone=True),
            server_default=sa.text("now()"),
            nullable=False,
        ),
        sa.ForeignKeyConstraint(
            ["school_id", "contract_id"],
            ["contracts.school_id", "contracts.id"],
            name=op.f("fk_contract_versions_school_id_contract_id"),
        ),
        sa.ForeignKeyConstraint(
            ["school_id"], ["schools.id"], name=op.f("fk_contract_versions_school_id")
        ),
        sa.PrimaryKeyConstraint("school_id", "id", name=op.f("pk_contract_versions")),
        sa.UniqueConstraint(
            "school_id",
            "contract_id",
            "number",
            name=op.f("uq_contract_versions_school_id_contract_id_number"),
        ),
    )
    op.create_table(
        "licences",
        sa.Column("school_id", sa.Integer(), nullable=False),
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("product", sa.String(), nullable=False),
        sa.Column("publisher", sa.String(), nullable=True),
        sa.Column("edition", sa.String(), nullable=True),
        sa.Column("metric", sa.String(), nullable=False),
        sa.Column("quantity", sa.Integer(), nullable=True),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("key_sealed", sa.LargeBinary(), nullable=True),
        sa.Column("agreement_ref", sa.String(), nullable=True),
        sa.Column("purchase_date", sa.Date(), nullable=True),
        sa.Column("start", sa.Date(), nullable=False),
        sa.Column("end", sa.Date(), nullable=True),
        sa.Column("auto_renew", sa.Boolean(), nullable=False),
        sa.Column("notice_days", sa.Integer(), nullable=False),
        sa.Column("cost", sa.Numeric(precision=12, scale=2), nullable=True),
        sa.Column("peak_use", sa.Integer(), nullable=True),
        sa.Column("supplier_id", sa.BigInteger(), nullable=True),
        sa.Column("contract_id", sa.BigInteger(), nullable=True),
        sa.Column("home_use", sa.Boolean(), nullable=False),
        sa.Column("curriculum", sa.Boolean(), nullable=False),
        sa.Column("retired_on", sa.Date(), nullable=True),
        sa.Column("notes", sa.String(), nullable=True),
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
        sa.CheckConstraint(
            "metric IN ('device', 'named_user', 'concurrent', 'site', 'pupil_fte', 'subscription_tier')",
            name=op.f("ck_licences_metric"),
        ),
        sa.CheckConstraint(
            "quantity IS NOT NULL OR metric = 'site'", name=op.f("ck_licences_counted")
        ),
        sa.CheckConstraint(
            "state IN ('draft', 'active', 'retired')", name=op.f("ck_licences_state")
        ),
        sa.CheckConstraint('"end" >= start', name=op.f("ck_licences_dates")),
        sa.CheckConstraint(
            "(state = 'retired') = (retired_on IS NOT NULL)", name=op.f("ck_licences_retired")
        ),
        sa.CheckConstraint("cost >= 0", name=op.f("ck_licences_cost")),
        sa.CheckConstraint("peak_use >= 0", name=op.f("ck_licences_peak_use")),
        sa.CheckConstraint("quantity >= 1", name=op.f("ck_licences_quantity")),
        sa.ForeignKeyConstraint(
            ["school_id", "contract_id"],
            ["contracts.school_id", "contracts.id"],
            name=op.f("fk_licences_school_id_contract_id"),
        ),
        sa.ForeignKeyConstraint(
            ["school_id", "supplier_id"],
            ["suppliers.school_id", "suppliers.id"],
            name=op.f("fk_licences_school_id_supplier_id"),
        ),
        sa.ForeignKeyConstraint(["school_id"], ["schools.id"], name=op.f("fk_licences_school_id")),
        sa.PrimaryKeyConstraint("school_id", "id", name=op.f("pk_licences")),
        sa.UniqueConstraint("school_id", "number", name=op.f("uq_licences_school_id_number")),
    )
    op.create_index(
        "ix_licences_product",
        "licences",
        ["school_id", sa.literal_column("lower(product)"), "number"],
        unique=False,
    )
    op.create_table(
        "milestones",
        sa.Column("school_id", sa.Integer(), nullable=False),
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("implementation_id", sa.BigInteger(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("due_on", sa.Date(), nullable=True),
        sa.Column("done_on", sa.Date(), nullable=True),
        sa.Column(
            "created_at",
            sa.DateTime(timezone=True),
            server_default=sa.text("now()"),
            nullable=False,
        ),
        sa.ForeignKeyConstraint(
            ["school_id", "implementation_id"],
            ["implementations.school_id", "implementations.id"],
            name=op.f("fk_milestones_school_id_implementation_id"),
        ),
        sa.ForeignKeyConstraint(
            ["school_id"], ["schools.id"], name=op.f("fk_milestones_school_id")
        ),
        sa.PrimaryKeyConstraint("school_id", "id", name=op.f("pk_milestones")),
        sa.UniqueConstraint(
            "school_id",
            "implementation_id",
            "position",
            name=op.f("uq_milestones_school_id_implementation_id_position"),
        ),
    )
    op.create_table(
        "asset_loans",
        sa.Column("school_id", sa.Integer(), nullable=False),
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("asset_id", sa.BigInteger(), nullable=False),
        sa.Column("borrower_id", sa.BigInteger(), nullable=True),
        sa.Column("borrower", sa.String(), nullable=False),
        sa.Column("lent_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("lent_by", sa.String(), nullable=False),
        sa.Column("due_on", sa.Date(), nullable=True),
        sa.Column("returned_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("returned_by", sa.String(), nullable=True),
        sa.Column("note", sa.String(), nullable=True),
        sa.Column(
            "created_at",
            sa.DateTime(timezone=True),
            server_default=sa.text("now()"),
            nullable=False,
        ),
        sa.ForeignKeyConstraint(
            ["school_id", "asset_id"],
            ["assets.school_id", "assets.id"],
            name=op.f("fk_asset_loans_school_id_asset_id"),
        ),
        sa.ForeignKeyConstraint(
            ["school_id", "borrower_id"],
            ["memberships.school_id", "memberships.id"],
            name=op.f("fk_asset_loans_school_id_borrower_id"),
        ),
        sa.ForeignKeyConstraint(
            ["school_id"], ["schools.id"], name=op.f("fk_asset_loans_school_id")
        ),
        sa.PrimaryKeyConstraint("school_id", "id", name=op.f("pk_asset_loans")),
    )
    op.create_index(
        "ix_asset_loans_asset", "asset_loans", ["school_id", "asset_id", "lent_at"], unique=False
    )
    op.create_index(
        "ix_asset_loans_due",
        "asset_loans",
        ["school_id", "due_on", "id"],
        unique=False,
        postgresql_where="returned_at IS NULL",
    )
    op.create_index(
        "uq_asset_loans_one_open",
        "asset_loans",
        ["school_id", "asset_id"],
        unique=True,
        postgresql_where="returned_at IS NULL",
    )
    op.create_table(
        "asset_words",
        sa.Column("school_id", sa.Integer(), nullable=False),
        sa.Column("word", sa.String(collation="C"), nullable=False),
        sa.Column("asset_id", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(
            ["school_id"], ["schools.id"], name=op.f("fk_asset_words_school_id")
        ),
        sa.PrimaryKeyConstraint("school_id", "word", "asset_id", name=op.f("pk_asset_words")),
    )
    op.create_index("ix_asset_words_asset", "asset_words", ["school_id", "asset_id"])
    op.create_table(
        "diary_entries",
        sa.Column("school_id", sa.Integer(), nullable=False),
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("title", sa.String(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("on", sa.Date(), nullable=False),
        sa.Column("at", sa.Time(), nullable=True),
        sa.Column("repeat", sa.String(), nullable=False),
        sa.Column("until", sa.Date(), nullable=True),
        sa.Column("skips_closures", sa.Boolean(), nullable=False),
        sa.Column("checklist", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("remind_days_before", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("assignee_id", sa.BigInteger(), nullable=True),
        sa.Column("assignee", sa.String(), nullable=True),
        sa.Column("contract_id", sa.BigInteger(), nullable=True),
        sa.Column("licence_id", sa.BigInteger(), nullable=True),
        sa.Column("asset_id", sa.BigInteger(), nullable=True),
        sa.Column("preset", sa.String(), nullable=True),
        sa.Column("status", sa.String(), nullable=False),
        sa.Column("notes", sa.String(), nullable=True),
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
        sa.CheckConstraint(
            "kind IN ('renewal', 'review', 'visit', 'delivery', 'training', 'go_live', 'payment', 'statutory', 'maintenance', 'other')",
            name=op.f("ck_diary_entries_kind"),
        ),
        sa.CheckConstraint(
            "repeat IN ('none', 'weekly', 'monthly', 'nth_weekday', 'termly', 'yearly')",
            name=op.f("ck_diary_entries_repeat"),
        ),
        sa.CheckConstraint(
            "status IN ('planned', 'done', 'cancelled')", name=op.f("ck_diary_entries_status")
        ),
        sa.CheckConstraint('until >= "on"', name=op.f("ck_diary_entries_until")),
        sa.ForeignKeyConstraint(
            ["school_id", "asset_id"],
            ["assets.school_id", "assets.id"],
            name=op.f("fk_diary_entries_school_id_asset_id"),
        ),
        sa.ForeignKeyConstraint(
            ["school_id", "assignee_id"],
            ["memberships.school_id", "memberships.id"],
            name=op.f("fk_diary_entries_school_id_assignee_id"),
        ),
        sa.ForeignKeyConstraint(
            ["school_id", "contract_id"],
            ["contracts.school_id", "contracts.id"],
            name=op.f("fk_diary_entries_school_id_contract_id"),
        ),
        sa.ForeignKeyConstraint(
            ["school_id", "licence_id"],
            ["licences.school_id", "licences.id"],
            name=op.f("fk_diary_entries_school_id_licence_id"),
        ),
        sa.ForeignKeyConstraint(
            ["school_id"], ["schools.id"], name=op.f("fk_diary_entries_school_id")
        ),
        sa.PrimaryKeyConstraint("school_id", "id", name=op.f("pk_diary_entries")),
        sa.UniqueConstraint("school_id", "number", name=op.f("uq_diary_entries_school_id_number")),
    )
    op.create_index(
        "ix_diary_entries_on", "diary_entries", ["school_id", "on", "number"], unique=False
    )
    op.create_table(
        "labels",
        sa.Column("school_id", sa.Integer(), nullable=False),
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("token", sa.String(), nullable=False),
        sa.Column("asset_id", sa.BigInteger(), nullable=True),
        sa.Column("location_id", sa.BigInteger(), nullable=True),
        sa.Column("made_by", sa.String(), nullable=False),
        sa.Column(
            "created_at",
            sa.DateTime(timezone=True),
            server_default=sa.text("now()"),
            nullable=False,
        ),
        sa.Column("printed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("ended_by", sa.String(), nullable=True),
        sa.CheckConstraint(
            "num_nonnulls(asset_id, location_id) = 1", name=op.f("ck_labels_one_thing")
        ),
        sa.ForeignKeyConstraint(
            ["school_id", "asset_id"],
            ["assets.school_id", "assets.id"],
            name=op.f("fk_labels_school_id_asset_id"),
        ),
        sa.ForeignKeyConstraint(
            ["school_id", "location_id"],
            ["locations.school_id", "locations.id"],
            name=op.f("fk_labels_school_id_location_id"),
        ),
        sa.ForeignKeyConstraint(["school_id"], ["schools.id"], name=op.f("fk_labels_school_id")),
        sa.PrimaryKeyConstraint("school_id", "id", name=op.f("pk_labels")),
    )
    op.create_index(
        "uq_labels_asset",
        "labels",
        ["school_id", "asset_id"],
        unique=True,
        postgresql_where="ended_at IS NULL",
    )
    op.create_index(
        "uq_labels_location",
        "labels",
        ["school_id", "location_id"],
        unique=True,
        postgresql_where="ended_at IS NULL",
    )
    op.create_index("uq_labels_token", "labels", ["school_id", "token"], unique=True)
    op.create_table(
        "licence_allocations",
        sa.Column("school_id", sa.Integer(), nullable=False),
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("licence_id", sa.BigInteger(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("asset_id", sa.BigInteger(), nullable=True),
        sa.Column("person", sa.String(), nullable=True),
        sa.Column("membership_id", sa.BigInteger(), nullable=True),
        sa.Column("count", sa.Integer(), nullable=True),
        sa.Column("from_day", sa.Date(), nullable=False),
        sa.Column("to_day", sa.Date(), nullable=True),
        sa.Column("note", sa.String(), nullable=True),
        sa.Column("made_by", sa.String(), nullable=False),
        sa.Column(
            "created_at",
            sa.DateTime(timezone=True),
            server_default=sa.text("now()"),
            nullable=False,
        ),
        sa.CheckConstraint("count >= 1", name=op.f("ck_licence_allocations_count")),
        sa.CheckConstraint(
            "num_nonnulls(asset_id, person, count) = 1",
            name=op.f("ck_licence_allocations_one_holder"),
        ),
        sa.CheckConstraint("to_day >= from_day", name=op.f("ck_licence_allocations_dates")),
        sa.ForeignKeyConstraint(
            ["school_id", "asset_id"],
            ["assets.school_id", "assets.id"],
            name=op.f("fk_licence_allocations_school_id_asset_id"),
        ),
        sa.ForeignKeyConstraint(
            ["school_id", "licence_id"],
            ["licences.school_id", "licences.id"],
            name=op.f("fk_licence_allocations_school_id_licence_id"),
        ),
        sa.ForeignKeyConstraint(
            ["school_id", "membership_id"],
            ["memberships.school_id", "memberships.id"],
            name=op.f("fk_licence_allocations_school_id_membership_id"),
        ),
        sa.ForeignKeyConstraint(
            ["school_id"], ["schools.id"], name=op.f("fk_licence_allocations_school_id")
        ),
        sa.PrimaryKeyConstraint("school_id", "id", name=op.f("pk_licence_allocations")),
        sa.UniqueConstraint(
            "school_id",
            "licence_id",
            "number",
            name=op.f("uq_licence_allocations_school_id_licence_id_number"),
        ),
    )
    op.create_index(
        "ix_licence_allocations_asset",
        "licence_allocations",
        ["school_id", "asset_id"],
        unique=False,
    )
    op.create_table(
        "payment_schedules",
        sa.Column("school_id", sa.Integer(), nullable=False),
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("description", sa.String(), nullable=False),
        sa.Column("rhythm", sa.String(), nullable=False),
        sa.Column("first_on", sa.Date(), nullable=False),
        sa.Column("last_on", sa.Date(), nullable=True),
        sa.Column("amount", sa.Numeric(precision=12, scale=2), nullable=False),
        sa.Column("vat", sa.Numeric(precision=12, scale=2), nullable=True),
        sa.Column("cost_code", sa.String(), nullable=True),
        sa.Column("is_stopped", sa.Boolean(), nullable=False),
        sa.Column("supplier_id", sa.BigInteger(), nullable=True),
        sa.Column("contract_id", sa.BigInteger(), nullable=True),
        sa.Column("licence_id", sa.BigInteger(), nullable=True),
        sa.Column("asset_id", sa.BigInteger(), nullable=True),
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
        sa.CheckConstraint(
            "rhythm IN ('once', 'monthly', 'termly', 'yearly')",
            name=op.f("ck_payment_schedules_rhythm"),
        ),
        sa.CheckConstraint("amount > 0", name=op.f("ck_payment_schedules_amount")),
        sa.CheckConstraint("last_on >= first_on", name=op.f("ck_payment_schedules_dates")),
        sa.CheckConstraint("vat >= 0", name=op.f("ck_payment_schedules_vat")),
        sa.ForeignKeyConstraint(
            ["school_id", "asset_id"],
            ["assets.school_id", "assets.id"],
            name=op.f("fk_payment_schedules_school_id_asset_id"),
        ),
        sa.ForeignKeyConstraint(
            ["school_id", "contract_id"],
            ["contracts.school_id", "contracts.id"],
            name=op.f("fk_payment_schedules_school_id_contract_id"),
        ),
        sa.ForeignKeyConstraint(
            ["school_id", "licence_id"],
            ["licences.school_id", "licences.id"],
            name=op.f("fk_payment_schedules_school_id_licence_id"),
        ),
        sa.ForeignKeyConstraint(
            ["school_id", "supplier_id"],
            ["suppliers.school_id", "suppliers.id"],
            name=op.f("fk_payment_schedules_school_id_supplier_id"),
        ),
        sa.ForeignKeyConstraint(
            ["school_id"], ["schools.id"], name=op.f("fk_payment_schedules_school_id")
        ),
        sa.PrimaryKeyConstraint("school_id", "id", name=op.f("pk_payment_schedules")),
        sa.UniqueConstraint(
            "school_id", "number", name=op.f("uq_payment_schedules_school_id_number")
        ),
    )
    op.create_table(
        "service_parts",
        sa.Column("school_id", sa.Integer(), nullable=False),
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("service_id", sa.BigInteger(), nullable=False),
        sa.Column("asset_id", sa.BigInteger(), nullable=True),
        sa.Column("licence_id", sa.BigInteger(), nullable=True),
        sa.Column("contract_id", sa.BigInteger(), nullable=True),
        sa.Column("words", sa.String(), nullable=True),
        sa.CheckConstraint(
            "num_nonnulls(asset_id, licence_id, contract_id, words) = 1",
            name=op.f("ck_service_parts_one_thing"),
        ),
        sa.ForeignKeyConstraint(
            ["school_id", "asset_id"],
            ["assets.school_id", "assets.id"],
            name=op.f("fk_service_parts_school_id_asset_id"),
        ),
        sa.ForeignKeyConstraint(
            ["school_id", "contract_id"],
            ["contracts.school_id", "contracts.id"],
            name=op.f("fk_service_parts_school_id_contract_id"),
        ),
        sa.ForeignKeyConstraint(
            ["school_id", "licence_id"],
            ["licences.school_id", "licences.id"],
            name=op.f("fk_service_parts_school_id_licence_id"),
        ),
        sa.ForeignKeyConstraint(
            ["school_id", "service_id"],
            ["services.school_id", "services.id"],
            name=op.f("fk_service_parts_school_id_service_id"),
        ),
        sa.ForeignKeyConstraint(
            ["school_id"], ["schools.id"], name=op.f("fk_service_parts_school_id")
        ),
        sa.PrimaryKeyConstraint("school_id", "id", name=op.f("pk_service_parts")),
        sa.UniqueConstraint(
            "school_id",
            "service_id",
            "asset_id",
            "licence_id",
            "contract_id",
            name=op.f("uq_service_parts_school_id_service_id_asset_id_licence_id_contract_id"),
        ),
    )
    op.create_table(
        "stock_take_lines",
        sa.Column("school_id", sa.Integer(), nullable=False),
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("stock_take_id", sa.BigInteger(), nullable=False),
        sa.Column("asset_id", sa.BigInteger(), nullable=True),
        sa.Column("tag", sa.String(), nullable=False),
        sa.Column("shown_tag", sa.String(), nullable=False),
        sa.Column("outcome", sa.String(), nullable=False),
        sa.Column("choice", sa.String(), nullable=True),
        sa.Column("seen_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("seen_by", sa.String(), nullable=True),
        sa.CheckConstraint(
            "choice IN ('move', 'leave', 'lost')", name=op.f("ck_stock_take_lines_choice")
        ),
        sa.CheckConstraint(
            "outcome IN ('expected', 'found', 'missing', 'wrong_room', 'unknown')",
            name=op.f("ck_stock_take_lines_outcome"),
        ),
        sa.ForeignKeyConstraint(
            ["school_id", "asset_id"],
            ["assets.school_id", "assets.id"],
            name=op.f("fk_stock_take_lines_school_id_asset_id"),
        ),
        sa.ForeignKeyConstraint(
            ["school_id", "stock_take_id"],
            ["stock_takes.school_id", "stock_takes.id"],
            name=op.f("fk_stock_take_lines_school_id_stock_take_id"),
        ),
        sa.ForeignKeyConstraint(
            ["school_id"], ["schools.id"], name=op.f("fk_stock_take_lines_school_id")
        ),
        sa.PrimaryKeyConstraint("school_id", "id", name=op.f("pk_stock_take_lines")),
    )
    op.create_index(
        "uq_stock_take_lines_tag",
        "stock_take_lines",
        ["school_id", "stock_take_id", "tag"],
        unique=True,
    )
    op.create_table(
        "payments",
        sa.Column("school_id", sa.Integer(), nullable=False),
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("description", sa.String(), nullable=False),
        sa.Column("amount", sa.Numeric(precision=12, scale=2), nullable=False),
        sa.Column("vat", sa.Numeric(precision=12, scale=2), nullable=True),
        sa.Column("due_on", sa.Date(), nullable=False),
        sa.Column("schedule_id", sa.BigInteger(), nullable=True),
        sa.Column("scheduled_on", sa.Date(), nullable=True),
        sa.Column("change_id", sa.BigInteger(), nullable=True),
        sa.Column("cost_code", sa.String(), nullable=True),
        sa.Column("order_ref", sa.String(), nullable=True),
        sa.Column("invoice_ref", sa.String(), nullable=True),
        sa.Column("status", sa.String(), nullable=False),
        sa.Column("planned_by_person", sa.BigInteger(), nullable=False),
        sa.Column("approved_by", sa.String(), nullable=True),
        sa.Column("approved_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("ordered_on", sa.Date(), nullable=True),
        sa.Column("invoiced_on", sa.Date(), nullable=True),
        sa.Column("paid_on", sa.Date(), nullable=True),
        sa.Column("reason", sa.String(), nullable=True),
        sa.Column("notes", sa.String(), nullable=True),
        sa.Column("supplier_id", sa.BigInteger(), nullable=True),
        sa.Column("contract_id", sa.BigInteger(), nullable=True),
        sa.Column("licence_id", sa.BigInteger(), nullable=True),
        sa.Column("asset_id", sa.BigInteger(), nullable=True),
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
        sa.CheckConstraint(
            "status IN ('planned', 'approved', 'ordered', 'invoiced', 'paid', 'cancelled')",
            name=op.f("ck_payments_status"),
        ),
        sa.CheckConstraint("amount > 0", name=op.f("ck_payments_amount")),
        sa.CheckConstraint("vat >= 0", name=op.f("ck_payments_vat")),
        sa.ForeignKeyConstraint(
            ["school_id", "asset_id"],
            ["assets.school_id", "assets.id"],
            name=op.f("fk_payments_school_id_asset_id"),
        ),
        sa.ForeignKeyConstraint(
            ["school_id", "change_id"],
            ["changes.school_id", "changes.id"],
            name=op.f("fk_payments_school_id_change_id"),
        ),
        sa.ForeignKeyConstraint(
            ["school_id", "contract_id"],
            ["contracts.school_id", "contracts.id"],
            name=op.f("fk_payments_school_id_contract_id"),
        ),
        sa.ForeignKeyConstraint(
            ["school_id", "licence_id"],
            ["licences.school_id", "licences.id"],
            name=op.f("fk_payments_school_id_licence_id"),
        ),
        sa.ForeignKeyConstraint(
            ["school_id", "schedule_id"],
            ["payment_schedules.school_id", "payment_schedules.id"],
            name=op.f("fk_payments_school_id_schedule_id"),
        ),
        sa.ForeignKeyConstraint(
            ["school_id", "supplier_id"],
            ["suppliers.school_id", "suppliers.id"],
            name=op.f("fk_payments_school_id_supplier_id"),
        ),
        sa.ForeignKeyConstraint(["school_id"], ["schools.id"], name=op.f("fk_payments_school_id")),
        sa.PrimaryKeyConstraint("school_id", "id", name=op.f("pk_payments")),
        sa.UniqueConstraint("school_id", "number", name=op.f("uq_payments_school_id_number")),
        sa.UniqueConstraint(
            "school_id",
            "schedule_id",
            "scheduled_on",
            name=op.f("uq_payments_school_id_schedule_id_scheduled_on"),
        ),
    )
    op.create_index("ix_payments_due", "payments", ["school_id", "due_on", "number"], unique=False)
    prefix = context.config.attributes["settings"].role_prefix
    for table in TABLES:
        for statement in protect(table, prefix):
            op.execute(statement)
