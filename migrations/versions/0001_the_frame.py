"""The frame: people, schools, the desk, and the wall around each school"""

import sqlalchemy as sa
from alembic import context, op
from sqlalchemy.dialects import postgresql

from tenants.policies import protect

revision = "0001"
down_revision = None


TABLES = (
    "bank_holidays",
    "la_agreements",
    "la_events",
    "la_support_groups",
    "local_authority",
    "people",
    "periods",
    "schools",
    "sign_in_events",
    "api_tokens",
    "counters",
    "drafts",
    "events",
    "idempotency_keys",
    "la_agreement_versions",
    "la_memberships",
    "locations",
    "memberships",
    "outbox",
    "school_identifiers",
    "sessions",
    "support_groups",
    "access_records",
    "incidents",
    "la_support_group_members",
    "school_imports",
    "support_group_members",
    "clocks",
    "diagnostic_checks",
    "turns",
)


# As they were: later steps add columns, and say so themselves.
RELAY_COLUMNS = {
    "outbox": ("school_id", "id", "next_try_at", "done_at", "attempts", "created_at"),
}


def upgrade() -> None:
    op.create_table(
        "bank_holidays",
        sa.Column("on", sa.Date(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.PrimaryKeyConstraint("on", name=op.f("pk_bank_holidays")),
    )
    op.create_table(
        "la_agreements",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("key", sa.String(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("is_default", sa.Boolean(), nullable=False),
        sa.Column(
            "created_at",
            sa.DateTime(timezone=True),
            server_default=sa.text("now()"),
            nullable=False,
        ),
        sa.CheckConstraint("kind IN ('ola', 'sla', 'uc')", name=op.f("ck_la_agreements_kind")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_la_agreements")),
        sa.UniqueConstraint("key", name=op.f("uq_la_agreements_key")),
    )
    op.create_table(
        "la_events",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("subject", sa.String(), nullable=False),
        sa.Column("actor", sa.String(), nullable=False),
        sa.Column("actor_la_membership_id", sa.BigInteger(), nullable=True),
        sa.Column("from_value", sa.String(), nullable=True),
        sa.Column("to_value", sa.String(), nullable=True),
        sa.Column("note", sa.String(), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_la_events")),
    )
    op.create_table(
        "la_support_groups",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("key", sa.String(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("line", sa.Integer(), nullable=False),
        sa.Column(
            "created_at",
            sa.DateTime(timezone=True),
            server_default=sa.text("now()"),
            nullable=False,
        ),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.CheckConstraint("kind IN ('la', 'supplier')", name=op.f("ck_la_support_groups_kind")),
        sa.CheckConstraint("line BETWEEN 1 AND 3", name=op.f("ck_la_support_groups_line")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_la_support_groups")),
        sa.UniqueConstraint("key", name=op.f("uq_la_support_groups_key")),
    )
    op.create_table(
        "local_authority",
        sa.Column("id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("la_code", sa.Integer(), nullable=False),
        sa.Column("is_demo", sa.Boolean(), nullable=False),
        sa.CheckConstraint("id = 1", name=op.f("ck_local_authority_only_one")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_local_authority")),
    )
    op.create_table(
        "people",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("email", sa.String(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("phone", sa.String(), nullable=True),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("password_hash", sa.String(), nullable=True),
        sa.Column("is_active", sa.Boolean(), nullable=False),
        sa.Column("last_seen_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("keyboard_shortcuts", sa.Boolean(), nullable=False),
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
            "kind IN ('staff', 'pupil', 'governor', 'la_staff', 'supplier')",
            name=op.f("ck_people_kind"),
        ),
        sa.CheckConstraint("email = lower(email)", name=op.f("ck_people_email_lower")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_people")),
        sa.UniqueConstraint("email", name=op.f("uq_people_email")),
    )
    op.create_table(
        "periods",
        sa.Column("task", sa.String(), nullable=False),
        sa.Column("period", sa.String(), nullable=False),
        sa.Column("done_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("task", "period", name=op.f("pk_periods")),
    )
    op.create_table(
        "schools",
        sa.Column("id", sa.Integer(), sa.Identity(always=False), nullable=False),
        sa.Column("slug", sa.String(), nullable=False),
        sa.Column("code", sa.String(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("status", sa.String(), nullable=False),
        sa.Column("phase", sa.String(), nullable=True),
        sa.Column("establishment_type_group", sa.String(), nullable=True),
        sa.Column("number_of_pupils", sa.Integer(), nullable=True),
        sa.Column("pupils_as_at", sa.Date(), nullable=True),
        sa.Column("pupils_invented", sa.Boolean(), nullable=False),
        sa.Column("address", sa.String(), nullable=True),
        sa.Column("postcode", sa.String(), nullable=True),
        sa.Column("website", sa.String(), nullable=True),
        sa.Column("joined_on", sa.Date(), nullable=True),
        sa.Column("left_on", sa.Date(), nullable=True),
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
        sa.CheckConstraint("code ~ '^[A-Z]{3,5}$'", name=op.f("ck_schools_code")),
        sa.CheckConstraint("slug ~ '^[a-z0-9][a-z0-9-]{1,79}$'", name=op.f("ck_schools_slug")),
        sa.CheckConstraint(
            "status IN ('invited', 'onboarding', 'active', 'suspended', 'leaving', 'left')",
            name=op.f("ck_schools_status"),
        ),
        sa.CheckConstraint("number_of_pupils >= 0", name=op.f("ck_schools_number_of_pupils")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_schools")),
        sa.UniqueConstraint("code", name=op.f("uq_schools_code")),
        sa.UniqueConstraint("slug", name=op.f("uq_schools_slug")),
    )
    op.create_table(
        "sign_in_events",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=True),
        sa.Column("account_hash", sa.LargeBinary(), nullable=True),
        sa.Column("address_hash", sa.LargeBinary(), nullable=True),
        sa.Column("device", sa.String(), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_sign_in_events")),
    )
    op.create_index(
        "ix_sign_in_events_account_hash_at", "sign_in_events", ["account_hash", "at"], unique=False
    )
    op.create_table(
        "api_tokens",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("token_hash", sa.LargeBinary(), nullable=False),
        sa.Column("person_id", sa.BigInteger(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("narrowed_to_school", sa.Integer(), nullable=True),
        sa.Column("is_read_only", sa.Boolean(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("last_used_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("revoked_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(
            ["narrowed_to_school"], ["schools.id"], name=op.f("fk_api_tokens_narrowed_to_school")
        ),
        sa.ForeignKeyConstraint(["person_id"], ["people.id"], name=op.f("fk_api_tokens_person_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_api_tokens")),
        sa.UniqueConstraint("token_hash", name=op.f("uq_api_tokens_token_hash")),
    )
    op.create_index(op.f("ix_api_tokens_person_id"), "api_tokens", ["person_id"], unique=False)
    op.create_table(
        "counters",
        sa.Column("school_id", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("last_number", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["school_id"], ["schools.id"], name=op.f("fk_counters_school_id")),
        sa.PrimaryKeyConstraint("school_id", "kind", name=op.f("pk_counters")),
    )
    op.create_table(
        "drafts",
        sa.Column("school_id", sa.Integer(), nullable=False),
        sa.Column("person_id", sa.BigInteger(), nullable=False),
        sa.Column("form", sa.String(), nullable=False),
        sa.Column("values", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["person_id"], ["people.id"], name=op.f("fk_drafts_person_id")),
        sa.ForeignKeyConstraint(["school_id"], ["schools.id"], name=op.f("fk_drafts_school_id")),
        sa.PrimaryKeyConstraint("school_id", "person_id", "form", name=op.f("pk_drafts")),
    )
    op.create_table(
        "events",
        sa.Column("school_id", sa.Integer(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("subject_kind", sa.String(), nullable=False),
        sa.Column("subject_id", sa.BigInteger(), nullable=False),
        sa.Column("actor", sa.String(), nullable=False),
        sa.Column("actor_membership_id", sa.BigInteger(), nullable=True),
        sa.Column("actor_la_membership_id", sa.BigInteger(), nullable=True),
        sa.Column("from_value", sa.String(), nullable=True),
        sa.Column("to_value", sa.String(), nullable=True),
        sa.Column("note", sa.String(), nullable=True),
        sa.Column("visibility", sa.String(), nullable=False),
        sa.Column("details", postgresql.JSONB(astext_type=sa.Text()), nullable=True),
        sa.CheckConstraint(
            "visibility IN ('public', 'internal', 'supplier')", name=op.f("ck_events_visibility")
        ),
        sa.ForeignKeyConstraint(["school_id"], ["schools.id"], name=op.f("fk_events_school_id")),
        sa.PrimaryKeyConstraint("school_id", "at", "id", name=op.f("pk_events")),
    )
    op.create_index(
        "ix_events_subject",
        "events",
        ["school_id", "subject_kind", "subject_id", "at", "id"],
        unique=False,
    )
    op.create_table(
        "idempotency_keys",
        sa.Column("school_id", sa.Integer(), nullable=False),
        sa.Column("person_id", sa.BigInteger(), nullable=False),
        sa.Column("key", sa.String(), nullable=False),
        sa.Column("request_hash", sa.LargeBinary(), nullable=False),
        sa.Column("status", sa.Integer(), nullable=True),
        sa.Column("location", sa.String(), nullable=True),
        sa.Column("etag", sa.String(), nullable=True),
        sa.Column("body", sa.String(), nullable=True),
        sa.Column(
            "created_at",
            sa.DateTime(timezone=True),
            server_default=sa.text("now()"),
            nullable=False,
        ),
        sa.ForeignKeyConstraint(
            ["person_id"], ["people.id"], name=op.f("fk_idempotency_keys_person_id")
        ),
        sa.ForeignKeyConstraint(
            ["school_id"], ["schools.id"], name=op.f("fk_idempotency_keys_school_id")
        ),
        sa.PrimaryKeyConstraint("school_id", "person_id", "key", name=op.f("pk_idempotency_keys")),
    )
    op.create_index(
        "ix_idempotency_keys_created_at", "idempotency_keys", ["created_at"], unique=False
    )
    op.create_table(
        "la_agreement_versions",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("agreement_id", sa.BigInteger(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("valid_from", sa.Date(), nullable=False),
        sa.Column("terms", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column(
            "created_at",
            sa.DateTime(timezone=True),
            server_default=sa.text("now()"),
            nullable=False,
        ),
        sa.ForeignKeyConstraint(
            ["agreement_id"],
            ["la_agreements.id"],
            name=op.f("fk_la_agreement_versions_agreement_id"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_la_agreement_versions")),
        sa.UniqueConstraint(
            "agreement_id", "number", name=op.f("uq_la_agreement_versions_agreement_id_number")
        ),
        sa.UniqueConstraint(
            "agreement_id",
            "valid_from",
            name=op.f("uq_la_agreement_versions_agreement_id_valid_from"),
        ),
    )
    op.create_table(
        "la_memberships",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("person_id", sa.BigInteger(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("role", sa.String(), nullable=False),
        sa.Column("valid_from", sa.Date(), server_default=sa.text("CURRENT_DATE"), nullable=False),
        sa.Column("valid_to", sa.Date(), nullable=True),
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
            "role IN ('la_first_line', 'la_second_line', 'la_manager', 'la_admin')",
            name=op.f("ck_la_memberships_role"),
        ),
        sa.CheckConstraint("valid_to >= valid_from", name=op.f("ck_la_memberships_dates")),
        sa.ForeignKeyConstraint(
            ["person_id"], ["people.id"], name=op.f("fk_la_memberships_person_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_la_memberships")),
        sa.UniqueConstraint(
            "person_id",
            "role",
            "valid_from",
            name=op.f("uq_la_memberships_person_id_role_valid_from"),
        ),
    )
    op.create_table(
        "locations",
        sa.Column("school_id", sa.Integer(), nullable=False),
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("key", sa.String(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("parent_id", sa.BigInteger(), nullable=True),
        sa.Column("is_preset", sa.Boolean(), nullable=False),
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
        sa.CheckConstraint("id <> parent_id", name=op.f("ck_locations_not_inside_itself")),
        sa.ForeignKeyConstraint(
            ["school_id", "parent_id"],
            ["locations.school_id", "locations.id"],
            name=op.f("fk_locations_school_id_parent_id"),
        ),
        sa.ForeignKeyConstraint(["school_id"], ["schools.id"], name=op.f("fk_locations_school_id")),
        sa.PrimaryKeyConstraint("school_id", "id", name=op.f("pk_locations")),
    )
    op.create_index("uq_locations_key", "locations", ["school_id", "key"], unique=True)
    op.create_index(
        "uq_locations_name",
        "locations",
        ["school_id", sa.literal_column("lower(name)")],
        unique=True,
    )
    op.create_table(
        "memberships",
        sa.Column("school_id", sa.Integer(), nullable=False),
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("person_id", sa.BigInteger(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("role", sa.String(), nullable=False),
        sa.Column("job_role", sa.String(), nullable=True),
        sa.Column("deputy_for_id", sa.Integer(), nullable=True),
        sa.Column("valid_from", sa.Date(), server_default=sa.text("CURRENT_DATE"), nullable=False),
        sa.Column("valid_to", sa.Date(), nullable=True),
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
            "role IN ('reporter', 'tech_advisor', 'spoc', 'service_desk_owner', 'ict_owner', 'technician', 'supplier')",
            name=op.f("ck_memberships_role"),
        ),
        sa.CheckConstraint("valid_to >= valid_from", name=op.f("ck_memberships_dates")),
        sa.ForeignKeyConstraint(
            ["person_id"], ["people.id"], name=op.f("fk_memberships_person_id")
        ),
        sa.ForeignKeyConstraint(
            ["school_id", "deputy_for_id"],
            ["memberships.school_id", "memberships.id"],
            name=op.f("fk_memberships_school_id_deputy_for_id"),
        ),
        sa.ForeignKeyConstraint(
            ["school_id"], ["schools.id"], name=op.f("fk_memberships_school_id")
        ),
        sa.PrimaryKeyConstraint("school_id", "id", name=op.f("pk_memberships")),
        sa.UniqueConstraint(
            "school_id",
            "person_id",
            "role",
            "valid_from",
            name=op.f("uq_memberships_school_id_person_id_role_valid_from"),
        ),
    )
    op.create_index("ix_memberships_person_id", "memberships", ["person_id"], unique=False)
    op.create_table(
        "outbox",
        sa.Column("school_id", sa.Integer(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("task", sa.String(), nullable=False),
        sa.Column("payload", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("next_try_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("last_error", sa.String(), nullable=True),
        sa.Column("done_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column(
            "created_at",
            sa.DateTime(timezone=True),
            server_default=sa.text("now()"),
            nullable=False,
        ),
        sa.ForeignKeyConstraint(["school_id"], ["schools.id"], name=op.f("fk_outbox_school_id")),
        sa.PrimaryKeyConstraint("school_id", "id", name=op.f("pk_outbox")),
    )
    op.create_index(
        "ix_outbox_due",
        "outbox",
        ["next_try_at", "school_id", "id"],
        unique=False,
        postgresql_where="done_at IS NULL",
    )
    op.create_table(
        "school_identifiers",
        sa.Column("school_id", sa.Integer(), nullable=False),
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("urn", sa.Integer(), nullable=False),
        sa.Column("la_code", sa.Integer(), nullable=True),
        sa.Column("establishment_number", sa.Integer(), nullable=True),
        sa.Column("ukprn", sa.Integer(), nullable=True),
        sa.Column("valid_from", sa.Date(), nullable=False),
        sa.Column("valid_to", sa.Date(), nullable=True),
        sa.Column(
            "created_at",
            sa.DateTime(timezone=True),
            server_default=sa.text("now()"),
            nullable=False,
        ),
        sa.CheckConstraint("valid_to >= valid_from", name=op.f("ck_school_identifiers_dates")),
        sa.ForeignKeyConstraint(
            ["school_id"], ["schools.id"], name=op.f("fk_school_identifiers_school_id")
        ),
        sa.PrimaryKeyConstraint("school_id", "id", name=op.f("pk_school_identifiers")),
    )
    op.create_index(op.f("ix_school_identifiers_urn"), "school_identifiers", ["urn"], unique=False)
    op.create_index(
        "uq_school_identifiers_one_open",
        "school_identifiers",
        ["school_id"],
        unique=True,
        postgresql_where="valid_to IS NULL",
    )
    op.create_table(
        "sessions",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("token_hash", sa.LargeBinary(), nullable=False),
        sa.Column("person_id", sa.BigInteger(), nullable=False),
        sa.Column("device", sa.String(), nullable=False),
        sa.Column("is_shared_computer", sa.Boolean(), nullable=False),
        sa.Column("idle_seconds", sa.Integer(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("last_seen_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("second_factor_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["person_id"], ["people.id"], name=op.f("fk_sessions_person_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_sessions")),
        sa.UniqueConstraint("token_hash", name=op.f("uq_sessions_token_hash")),
    )
    op.create_index(op.f("ix_sessions_person_id"), "sessions", ["person_id"], unique=False)
    op.create_table(
        "support_groups",
        sa.Column("school_id", sa.Integer(), nullable=False),
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("key", sa.String(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("line", sa.Integer(), nullable=False),
        sa.Column(
            "created_at",
            sa.DateTime(timezone=True),
            server_default=sa.text("now()"),
            nullable=False,
        ),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.CheckConstraint("line BETWEEN 1 AND 3", name=op.f("ck_support_groups_line")),
        sa.ForeignKeyConstraint(
            ["school_id"], ["schools.id"], name=op.f("fk_support_groups_school_id")
        ),
        sa.PrimaryKeyConstraint("school_id", "id", name=op.f("pk_support_groups")),
        sa.UniqueConstraint("school_id", "key", name=op.f("uq_support_groups_school_id_key")),
    )
    op.create_table(
        "access_records",
        sa.Column("school_id", sa.Integer(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("la_membership_id", sa.BigInteger(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("subject", sa.String(), nullable=False),
        sa.Column("reason", sa.String(), nullable=False),
        sa.ForeignKeyConstraint(
            ["la_membership_id"],
            ["la_memberships.id"],
            name=op.f("fk_access_records_la_membership_id"),
        ),
        sa.ForeignKeyConstraint(
            ["school_id"], ["schools.id"], name=op.f("fk_access_records_school_id")
        ),
        sa.PrimaryKeyConstraint("school_id", "at", "id", name=op.f("pk_access_records")),
    )
    op.create_table(
        "incidents",
        sa.Column("school_id", sa.Integer(), nullable=False),
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("type", sa.String(), nullable=False),
        sa.Column("status", sa.String(), nullable=False),
        sa.Column("line", sa.SmallInteger(), nullable=False),
        sa.Column("waiting_for", sa.String(), nullable=False),
        sa.Column(
            "is_open",
            sa.Boolean(),
            sa.Computed(
                "status NOT IN ('resolved', 'closed', 'cancelled', 'rejected')", persisted=True
            ),
            nullable=False,
        ),
        sa.Column("title", sa.String(), nullable=False),
        sa.Column("expected", sa.String(), nullable=True),
        sa.Column("happened", sa.String(), nullable=True),
        sa.Column("checked", sa.String(), nullable=True),
        sa.Column("last_worked", sa.String(), nullable=True),
        sa.Column("seen_before", sa.String(), nullable=True),
        sa.Column("anything_else", sa.String(), nullable=True),
        sa.Column("error_text", sa.String(), nullable=True),
        sa.Column("reproducible", sa.String(), nullable=True),
        sa.Column("location_id", sa.BigInteger(), nullable=True),
        sa.Column("available_when", sa.String(), nullable=True),
        sa.Column("contact_detail", sa.String(), nullable=True),
        sa.Column("class_stopped", sa.Boolean(), nullable=True),
        sa.Column("is_sensitive", sa.Boolean(), nullable=False),
        sa.Column("category", sa.String(), nullable=True),
        sa.Column("impact", sa.SmallInteger(), nullable=True),
        sa.Column("urgency", sa.SmallInteger(), nullable=True),
        sa.Column("priority", sa.SmallInteger(), nullable=True),
        sa.Column("priority_reason", sa.String(), nullable=True),
        sa.Column("priority_history", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("reporter_id", sa.BigInteger(), nullable=True),
        sa.Column("reporter_name", sa.String(), nullable=False),
        sa.Column("reporter_email", sa.String(), nullable=True),
        sa.Column("logged_by", sa.String(), nullable=False),
        sa.Column("channel", sa.String(), nullable=False),
        sa.Column("occurred_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("reported_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("logged_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("owner_id", sa.BigInteger(), nullable=True),
        sa.Column("owner_name", sa.String(), nullable=True),
        sa.Column("assignee_id", sa.BigInteger(), nullable=True),
        sa.Column("la_assignee_id", sa.BigInteger(), nullable=True),
        sa.Column("assignee_name", sa.String(), nullable=True),
        sa.Column("school_group_id", sa.BigInteger(), nullable=True),
        sa.Column("la_group_id", sa.BigInteger(), nullable=True),
        sa.Column("group_name", sa.String(), nullable=True),
        sa.Column("highest_line", sa.SmallInteger(), nullable=False),
        sa.Column("return_missing", sa.String(), nullable=True),
        sa.Column("hold_reason", sa.String(), nullable=True),
        sa.Column("follow_up_on", sa.Date(), nullable=True),
        sa.Column("follow_up_reason", sa.String(), nullable=True),
        sa.Column("forwarded_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("checked_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("first_response_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("restored_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("resolved_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("closed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("cancelled_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("resolution_type", sa.String(), nullable=True),
        sa.Column("resolution_text", sa.String(), nullable=True),
        sa.Column("cancel_reason", sa.String(), nullable=True),
        sa.Column("reopen_count", sa.Integer(), nullable=False),
        sa.Column("reassignment_count", sa.Integer(), nullable=False),
        sa.Column("escalation_count", sa.Integer(), nullable=False),
        sa.Column(
            "next_due_at", sa.DateTime(timezone=True), server_default="infinity", nullable=False
        ),
        sa.Column("decide_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column(
            "search",
            postgresql.TSVECTOR(),
            sa.Computed(
                "to_tsvector('english', title || ' ' || coalesce(expected, '') || ' ' || coalesce(happened, '') || ' ' || coalesce(error_text, '') || ' ' || coalesce(anything_else, '') || ' ' || reporter_name || ' ' || coalesce(resolution_text, ''))",
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
            "status IN ('new', 'returned', 'advice', 'queued', 'in_progress', 'on_hold', 'awaiting_approval', 'resolved', 'closed', 'cancelled', 'rejected')",
            name=op.f("ck_incidents_status"),
        ),
        sa.CheckConstraint("type IN ('incident', 'request')", name=op.f("ck_incidents_type")),
        sa.CheckConstraint(
            "waiting_for IN ('reporter', 'school_desk', 'tech_advisor', 'first_line', 'second_line', 'supplier')",
            name=op.f("ck_incidents_waiting_for"),
        ),
        sa.CheckConstraint("impact BETWEEN 1 AND 3", name=op.f("ck_incidents_impact")),
        sa.CheckConstraint("line BETWEEN 0 AND 3", name=op.f("ck_incidents_line")),
        sa.CheckConstraint(
            "num_nonnulls(assignee_id, la_assignee_id) <= 1", name=op.f("ck_incidents_one_assignee")
        ),
        sa.CheckConstraint(
            "num_nonnulls(school_group_id, la_group_id) <= 1", name=op.f("ck_incidents_one_group")
        ),
        sa.CheckConstraint("priority BETWEEN 1 AND 4", name=op.f("ck_incidents_priority")),
        sa.CheckConstraint(
            "reported_at <= logged_at", name=op.f("ck_incidents_reported_before_logged")
        ),
        sa.CheckConstraint("urgency BETWEEN 1 AND 3", name=op.f("ck_incidents_urgency")),
        sa.ForeignKeyConstraint(
            ["la_assignee_id"], ["la_memberships.id"], name=op.f("fk_incidents_la_assignee_id")
        ),
        sa.ForeignKeyConstraint(
            ["la_group_id"], ["la_support_groups.id"], name=op.f("fk_incidents_la_group_id")
        ),
        sa.ForeignKeyConstraint(
            ["school_id", "assignee_id"],
            ["memberships.school_id", "memberships.id"],
            name=op.f("fk_incidents_school_id_assignee_id"),
        ),
        sa.ForeignKeyConstraint(
            ["school_id", "location_id"],
            ["locations.school_id", "locations.id"],
            name=op.f("fk_incidents_school_id_location_id"),
        ),
        sa.ForeignKeyConstraint(
            ["school_id", "owner_id"],
            ["memberships.school_id", "memberships.id"],
            name=op.f("fk_incidents_school_id_owner_id"),
        ),
        sa.ForeignKeyConstraint(
            ["school_id", "reporter_id"],
            ["memberships.school_id", "memberships.id"],
            name=op.f("fk_incidents_school_id_reporter_id"),
        ),
        sa.ForeignKeyConstraint(
            ["school_id", "school_group_id"],
            ["support_groups.school_id", "support_groups.id"],
            name=op.f("fk_incidents_school_id_school_group_id"),
        ),
        sa.ForeignKeyConstraint(["school_id"], ["schools.id"], name=op.f("fk_incidents_school_id")),
        sa.PrimaryKeyConstraint("school_id", "id", name=op.f("pk_incidents")),
        sa.UniqueConstraint("school_id", "number", name=op.f("uq_incidents_school_id_number")),
    )
    op.create_index(
        "ix_incidents_assignee_name",
        "incidents",
        [sa.literal_column("lower(assignee_name)"), "next_due_at", "school_id", "id"],
        unique=False,
        postgresql_where="is_open",
    )
    op.create_index(
        "ix_incidents_desk",
        "incidents",
        ["school_id", "next_due_at", "id"],
        unique=False,
        postgresql_where="is_open",
    )
    op.create_index(
        "ix_incidents_la_assignee",
        "incidents",
        ["la_assignee_id", "next_due_at", "school_id", "id"],
        unique=False,
        postgresql_where="is_open",
    )
    op.create_index(
        "ix_incidents_location", "incidents", ["school_id", "location_id"], unique=False
    )
    op.create_index(
        "ix_incidents_queue",
        "incidents",
        ["next_due_at", "school_id", "id"],
        unique=False,
        postgresql_where="is_open",
        postgresql_include=(
            "status",
            "line",
            "priority",
            "is_sensitive",
            "forwarded_at",
            "la_group_id",
        ),
    )
    op.create_index(
        "ix_incidents_reporter", "incidents", ["school_id", "reporter_id", "number"], unique=False
    )
    op.create_index(
        "ix_incidents_search",
        "incidents",
        ["search"],
        unique=False,
        postgresql_using="gin",
        postgresql_where="is_open",
    )
    op.create_index(
        "ix_incidents_status",
        "incidents",
        ["status", "next_due_at", "school_id", "id"],
        unique=False,
        postgresql_where="is_open",
    )
    op.create_index(
        "ix_incidents_waiting_for",
        "incidents",
        ["waiting_for", "next_due_at", "school_id", "id"],
        unique=False,
        postgresql_where="is_open",
    )
    op.create_table(
        "la_support_group_members",
        sa.Column("group_id", sa.BigInteger(), nullable=False),
        sa.Column("membership_id", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(
            ["group_id"],
            ["la_support_groups.id"],
            name=op.f("fk_la_support_group_members_group_id"),
        ),
        sa.ForeignKeyConstraint(
            ["membership_id"],
            ["la_memberships.id"],
            name=op.f("fk_la_support_group_members_membership_id"),
        ),
        sa.PrimaryKeyConstraint(
            "group_id", "membership_id", name=op.f("pk_la_support_group_members")
        ),
    )
    op.create_table(
        "school_imports",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("file_name", sa.String(), nullable=False),
        sa.Column("sha256", sa.LargeBinary(), nullable=False),
        sa.Column("la_code", sa.Integer(), nullable=False),
        sa.Column("with_closed", sa.Boolean(), nullable=False),
        sa.Column("uploaded_by", sa.String(), nullable=False),
        sa.Column("la_membership_id", sa.BigInteger(), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("applied_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("staged", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("counts", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.CheckConstraint("la_code BETWEEN 0 AND 999", name=op.f("ck_school_imports_la_code")),
        sa.ForeignKeyConstraint(
            ["la_membership_id"],
            ["la_memberships.id"],
            name=op.f("fk_school_imports_la_membership_id"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_school_imports")),
    )
    op.create_index(
        "ix_school_imports_created_at", "school_imports", ["created_at", "id"], unique=False
    )
    op.create_table(
        "support_group_members",
        sa.Column("school_id", sa.Integer(), nullable=False),
        sa.Column("group_id", sa.BigInteger(), nullable=False),
        sa.Column("membership_id", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(
            ["school_id", "group_id"],
            ["support_groups.school_id", "support_groups.id"],
            name=op.f("fk_support_group_members_school_id_group_id"),
        ),
        sa.ForeignKeyConstraint(
            ["school_id", "membership_id"],
            ["memberships.school_id", "memberships.id"],
            name=op.f("fk_support_group_members_school_id_membership_id"),
        ),
        sa.ForeignKeyConstraint(
            ["school_id"], ["schools.id"], name=op.f("fk_support_group_members_school_id")
        ),
        sa.PrimaryKeyConstraint(
            "school_id", "group_id", "membership_id", name=op.f("pk_support_group_members")
        ),
    )
    op.create_table(
        "clocks",
        sa.Column("school_id", sa.Integer(), nullable=False),
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("incident_id", sa.BigInteger(), nullable=False),
        sa.Column("la_agreement_version_id", sa.BigInteger(), nullable=False),
        sa.Column("agreement_kind", sa.String(), nullable=False),
        sa.Column("metric", sa.String(), nullable=False),
        sa.Column("target_seconds", sa.Integer(), nullable=True),
        sa.Column("target_working_days", sa.Integer(), nullable=True),
        sa.Column("started_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("due_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("stopped_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("cancelled_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("decided_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("paused_since", sa.DateTime(timezone=True), nullable=True),
        sa.Column("elapsed_seconds", sa.Integer(), nullable=False),
        sa.Column("paused_seconds", sa.Integer(), nullable=False),
        sa.CheckConstraint(
            "agreement_kind IN ('ola', 'sla', 'uc')", name=op.f("ck_clocks_agreement_kind")
        ),
        sa.CheckConstraint(
            "metric IN ('response', 'resolution', 'on_site')", name=op.f("ck_clocks_metric")
        ),
        sa.CheckConstraint(
            "state IN ('running', 'paused', 'met', 'breached', 'cancelled')",
            name=op.f("ck_clocks_state"),
        ),
        sa.ForeignKeyConstraint(
            ["la_agreement_version_id"],
            ["la_agreement_versions.id"],
            name=op.f("fk_clocks_la_agreement_version_id"),
        ),
        sa.ForeignKeyConstraint(
            ["school_id", "incident_id"],
            ["incidents.school_id", "incidents.id"],
            name=op.f("fk_clocks_school_id_incident_id"),
        ),
        sa.ForeignKeyConstraint(["school_id"], ["schools.id"], name=op.f("fk_clocks_school_id")),
        sa.PrimaryKeyConstraint("school_id", "id", name=op.f("pk_clocks")),
        sa.UniqueConstraint(
            "school_id",
            "incident_id",
            "agreement_kind",
            "metric",
            name=op.f("uq_clocks_school_id_incident_id_agreement_kind_metric"),
        ),
    )
    op.create_table(
        "diagnostic_checks",
        sa.Column("school_id", sa.Integer(), nullable=False),
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("incident_id", sa.BigInteger(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("by", sa.String(), nullable=False),
        sa.Column("check", sa.String(), nullable=False),
        sa.Column("outcome", sa.String(), nullable=True),
        sa.Column("action_taken", sa.String(), nullable=True),
        sa.Column("minutes", sa.Integer(), nullable=True),
        sa.CheckConstraint("minutes >= 0", name=op.f("ck_diagnostic_checks_minutes")),
        sa.ForeignKeyConstraint(
            ["school_id", "incident_id"],
            ["incidents.school_id", "incidents.id"],
            name=op.f("fk_diagnostic_checks_school_id_incident_id"),
        ),
        sa.ForeignKeyConstraint(
            ["school_id"], ["schools.id"], name=op.f("fk_diagnostic_checks_school_id")
        ),
        sa.PrimaryKeyConstraint("school_id", "id", name=op.f("pk_diagnostic_checks")),
    )
    op.create_index(
        "ix_diagnostic_checks_incident",
        "diagnostic_checks",
        ["school_id", "incident_id", "id"],
        unique=False,
    )
    op.create_table(
        "turns",
        sa.Column("school_id", sa.Integer(), nullable=False),
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("incident_id", sa.BigInteger(), nullable=False),
        sa.Column("party", sa.String(), nullable=False),
        sa.Column("line", sa.SmallInteger(), nullable=False),
        sa.Column("status", sa.String(), nullable=False),
        sa.Column("hold_reason", sa.String(), nullable=True),
        sa.Column("group_name", sa.String(), nullable=True),
        sa.Column("began_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint(
            "party IN ('reporter', 'school_desk', 'tech_advisor', 'first_line', 'second_line', 'supplier')",
            name=op.f("ck_turns_party"),
        ),
        sa.CheckConstraint("ended_at >= began_at", name=op.f("ck_turns_order")),
        sa.ForeignKeyConstraint(
            ["school_id", "incident_id"],
            ["incidents.school_id", "incidents.id"],
            name=op.f("fk_turns_school_id_incident_id"),
        ),
        sa.ForeignKeyConstraint(["school_id"], ["schools.id"], name=op.f("fk_turns_school_id")),
        sa.PrimaryKeyConstraint("school_id", "id", name=op.f("pk_turns")),
    )
    op.create_index(
        "ix_turns_incident", "turns", ["school_id", "incident_id", "began_at"], unique=False
    )
    op.create_index(
        "uq_turns_one_open",
        "turns",
        ["school_id", "incident_id"],
        unique=True,
        postgresql_where="ended_at IS NULL",
    )
    prefix = context.config.attributes["settings"].role_prefix
    for table in TABLES:
        for statement in protect(table, prefix, relay_columns=RELAY_COLUMNS.get(table)):
            op.execute(statement)
