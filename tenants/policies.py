"""Who may touch which table, and the row policies that follow: one table, one function.

Letters: S select, I insert, U update, D delete. What rows a role reaches is fixed by the role:
`school` its own school's; `authority` reads all, writes the school that the transaction names;
`front_door`, `administration` and `relay` all rows of the few tables they are given.
"""

from __future__ import annotations

from dataclasses import dataclass

# fmt: off
#                         school  authority front_door administration
RIGHTS: dict[str, tuple[str, str, str, str]] = {
    # the front door's own
    "people":                 ("",     "",     "SIU",  "SIU"),
    "sessions":               ("",     "",     "SIU",  "SUD"),
    "api_tokens":             ("",     "",     "SIU",  "SU"),
    "sign_in_events":         ("",     "",     "SI",   "S"),
    "door_outbox":            ("",     "",     "SIUD", "SIU"),
    "door_answers":           ("",     "",     "SIUD", ""),
    "mail_choices":           ("",     "",     "SIUD", ""),
    "reset_links":            ("",     "",     "SIUD", ""),
    "passkeys":               ("",     "",     "SIUD", ""),
    "passkey_challenges":     ("",     "",     "SID",  ""),
    "totp_secrets":           ("",     "",     "SIUD", ""),
    "recovery_codes":         ("",     "",     "SIUD", ""),
    "second_factor_resets":   ("",     "",     "SIU",  ""),
    # of the LA; no school writes them
    "local_authority":        ("S",    "S",    "S",    "SIU"),
    "la_memberships":         ("S",    "S",    "S",    "SIU"),
    "la_invitations":         ("",     "",     "SU",   "SIU"),
    "la_support_groups":      ("S",    "S",    "S",    "SIU"),
    "la_support_group_members": ("S",  "S",    "S",    "SID"),
    "la_agreements":          ("S",    "S",    "",     "SIU"),
    "la_agreement_versions":  ("S",    "S",    "",     "SI"),
    "bank_holidays":          ("S",    "S",    "",     "SID"),
    "la_terms":               ("S",    "S",    "",     "SIUD"),
    "la_articles":            ("S",    "S",    "",     "SIU"),
    "la_announcements":       ("S",    "S",    "",     "SIU"),
    "la_absences":            ("S",    "S",    "",     "SIU"),
    "la_checklists":          ("S",    "S",    "",     "SIU"),
    "la_canned_replies":      ("S",    "S",    "",     "SIU"),
    "la_contract_offers":     ("S",    "S",    "",     "SIU"),
    "la_model_notes":         ("S",    "S",    "",     "SIU"),
    "la_events":              ("",     "",     "",     "SI"),
    "la_figures":             ("",     "S",    "",     "SIUD"),
    "la_kept_answers":        ("",     "S",    "",     "SIUD"),
    "school_imports":         ("",     "",     "",     "SIU"),
    "periods":                ("",     "",     "",     "SID"),
    # a school's
    "schools":                ("S",    "S",    "S",    "SIU"),
    "school_identifiers":     ("S",    "S",    "S",    "SIU"),
    "memberships":            ("SIU",  "S",    "S",    "SIU"),
    "invitations":            ("SIU",  "",     "SU",   "S"),
    "support_groups":         ("SIU",  "S",    "S",    "SIU"),
    "support_group_members":  ("SID",  "S",    "S",    "SID"),
    "counters":               ("SIU",  "S",    "",     "S"),
    "locations":              ("SIUD", "S",    "",     "SI"),
    "incidents":              ("SIU",  "S",    "",     ""),
    "events":                 ("SI",   "S",    "",     "I"),
    # Numbers derived from incidents, which the minute's round counts for many schools at once.
    "figure_marks":           ("SID",  "S",    "",     "SD"),
    "figure_parts":           ("SID",  "S",    "",     "SID"),
    "figure_days":            ("SIUD", "S",    "",     "SIU"),
    # Sums of them, on their way into those of the LA.
    "figure_changes":         ("I",    "S",    "",     "SID"),
    "depth_months":           ("SID",  "S",    "",     ""),
    "turns":                  ("SIU",  "S",    "",     ""),
    "clocks":                 ("SIU",  "S",    "",     ""),
    "access_records":         ("SI",   "S",    "",     ""),
    "diagnostic_checks":      ("SI",   "S",    "",     ""),
    "idempotency_keys":       ("SIUD", "",     "",     ""),
    "drafts":                 ("SIUD", "",     "",     ""),
    "outbox":                 ("SIUD", "",     "",     "SIU"),
    "attachments":            ("SIUD", "",     "",     ""),
    "desk_settings":          ("SIU",  "S",    "",     ""),
    "area_teams":             ("S",    "S",    "",     "SID"),
    "assignment_rules":       ("SIUD", "S",    "",     ""),
    "agreements":             ("SIU",  "S",    "",     ""),
    "agreement_versions":     ("SI",   "S",    "",     ""),
    "agreement_choices":      ("SIU",  "S",    "",     ""),
    "school_calendars":       ("SIU",  "S",    "",     "SIU"),
    "reach_periods":          ("SIUD", "S",    "",     ""),
    "absences":               ("SIU",  "S",    "",     ""),
    "visits":                 ("SIU",  "S",    "",     ""),
    "visit_jobs":             ("SIUD", "S",    "",     ""),
    "advice":                 ("SIU",  "S",    "",     ""),
    "consultations":          ("SIU",  "S",    "",     ""),
    "supplier_links":         ("SIU",  "",     "S",    ""),
    "followers":              ("SID",  "S",    "",     ""),
    "incident_links":         ("SID",  "S",    "",     ""),
    "approvals":              ("SIU",  "S",    "",     ""),
    "worklogs":               ("SI",   "S",    "",     ""),
    "blank_sheets":           ("SIU",  "S",    "",     ""),
    "checklists":             ("SIU",  "S",    "",     ""),
    "canned_replies":         ("SIU",  "S",    "",     ""),
    "articles":               ("SIU",  "S",    "",     ""),
    "article_uses":           ("SI",   "S",    "",     ""),
    "announcements":          ("SIU",  "S",    "",     ""),
    "problems":               ("SIU",  "S",    "",     ""),
    "suppliers":              ("SIUD", "S",    "",     ""),
    "contracts":              ("SIUD", "S",    "",     ""),
    "contract_versions":      ("SID",  "S",    "",     ""),
    "contract_uses":          ("SID",  "S",    "",     ""),
    "contract_services":      ("SID",  "S",    "",     ""),
    "services":               ("SIUD", "S",    "",     ""),
    "service_parts":          ("SID",  "S",    "",     ""),
    "critical_dates":         ("SIU",  "S",    "",     ""),
    "assets":                 ("SIUD", "S",    "",     ""),
    "asset_words":            ("SID",  "S",    "",     ""),
    "asset_fields":           ("SIU",  "S",    "",     ""),
    "asset_loans":            ("SIU",  "S",    "",     ""),
    "stock_takes":            ("SIU",  "S",    "",     ""),
    "stock_take_lines":       ("SIUD", "S",    "",     ""),
    # The front door looks a scanned token up: who scans need not be signed in.
    "labels":                 ("SIU",  "S",    "S",    ""),
    "licences":               ("SIUD", "S",    "",     ""),
    "licence_allocations":    ("SIUD", "S",    "",     ""),
    "payment_schedules":      ("SIU",  "S",    "",     ""),
    "payments":               ("SIUD", "S",    "",     ""),
    "diary_entries":          ("SIUD", "S",    "",     ""),
    "diary_marks":            ("SID",  "S",    "",     ""),
    # Calendar programs do not sign in either.
    "diary_feeds":            ("SIU",  "",     "S",    ""),
    "diary_reminders":        ("SI",   "",     "",     ""),
    "documents":              ("SIU",  "S",    "",     ""),
    "document_versions":      ("SIU",  "S",    "",     ""),
    "changes":                ("SIU",  "S",    "",     ""),
    "implementations":        ("SIU",  "S",    "",     ""),
    "milestones":             ("SIUD", "S",    "",     ""),
    "report_schedules":       ("SIU",  "S",    "",     ""),
    "issued_reports":         ("SIUD", "S",    "",     ""),
    "brought_incidents":      ("SIU",  "S",    "",     ""),
    "register_imports":       ("SIU",  "",     "",     ""),
    "import_mistakes":        ("SID",  "",     "",     ""),
    "import_mappings":        ("SIUD", "",     "",     ""),
    "digest_entries":         ("SID",  "",     "",     ""),
    "mail_troubles":          ("SIUD", "",     "",     ""),
}
# The relay learns which rows are due, not what they say.
RELAY_COLUMNS = {
    "outbox": (
        "school_id", "id", "next_try_at", "done_at", "failed_at", "attempts", "created_at"
    ),
    "door_outbox": ("id", "next_try_at", "done_at", "failed_at", "attempts", "created_at"),
}
# fmt: on

ROLES = ("school", "authority", "front_door", "administration")
_COMMANDS = {"S": "SELECT", "I": "INSERT", "U": "UPDATE", "D": "DELETE"}

THIS_SCHOOL = "(SELECT nullif(current_setting('app.school_id', true), '')::int)"
# Without the sub-select, for a distributed database (Citus) that ships policies to its nodes.
THIS_SCHOOL_BARE = "nullif(current_setting('app.school_id', true), '')::int"


_OF_NO_SCHOOL = frozenset(
    name
    for name in RIGHTS
    if name.startswith(("la_", "door_"))
    or name
    in {
        "people",
        "sessions",
        "api_tokens",
        "sign_in_events",
        "local_authority",
        "bank_holidays",
        "school_imports",
        "periods",
        "mail_choices",
        "reset_links",
        "passkeys",
        "passkey_challenges",
        "totp_secrets",
        "recovery_codes",
        "second_factor_resets",
    }
)


@dataclass(frozen=True)
class Policy:
    table: str
    name: str
    command: str
    role: str
    using: str | None
    check: str | None

    @property
    def sql(self) -> str:
        using = f" USING ({self.using})" if self.using else ""
        check = f" WITH CHECK ({self.check})" if self.check else ""
        return (
            f"CREATE POLICY {self.name} ON {self.table} FOR {self.command} TO {self.role}"
            f"{using}{check}"
        )


def school_column(table: str) -> str | None:
    """The column that says whose row it is; None for tables that belong to no school."""
    if table == "schools":
        return "id"
    return None if table in _OF_NO_SCHOOL else "school_id"


def policies(table: str, prefix: str, *, bare: bool = False) -> list[Policy]:
    """Every policy a table has: one per role and command, and the owner's for migrations."""
    own = f"{school_column(table)} = {THIS_SCHOOL_BARE if bare else THIS_SCHOOL}"
    found = [Policy(table, "migrate", "ALL", f"{prefix}_owner", "true", "true")]
    for role, letters in zip(ROLES, RIGHTS[table], strict=True):
        found += [_policy(table, prefix, role, letter, own) for letter in letters]
    if table in RELAY_COLUMNS:
        found.append(Policy(table, "relay_select", "SELECT", f"{prefix}_relay", "true", None))
    return found


def _policy(table: str, prefix: str, role: str, letter: str, own: str) -> Policy:
    command = _COMMANDS[letter]
    only_own = school_column(table) is not None and (
        role == "school" or (role == "authority" and letter != "S")
    )
    rows = own if only_own else "true"
    return Policy(
        table,
        f"{role}_{command.lower()}",
        command,
        f"{prefix}_{role}",
        None if letter == "I" else rows,
        rows if letter in "IU" else None,
    )


def protect(
    table: str,
    prefix: str,
    *,
    bare: bool = False,
    relay_columns: tuple[str, ...] | None = None,
) -> list[str]:
    """The SQL that puts a new table behind the wall; a migration runs it beside CREATE TABLE.

    `relay_columns`: what the relay may read where the table was younger than RELAY_COLUMNS is.
    """
    statements = [
        f"ALTER TABLE {table} ENABLE ROW LEVEL SECURITY",
        f"ALTER TABLE {table} FORCE ROW LEVEL SECURITY",
    ]
    statements += [policy.sql for policy in policies(table, prefix, bare=bare)]
    for role, letters in zip(ROLES, RIGHTS[table], strict=True):
        if letters:
            commands = ", ".join(_COMMANDS[letter] for letter in letters)
            statements.append(f"GRANT {commands} ON {table} TO {prefix}_{role}")
    if columns := relay_columns or RELAY_COLUMNS.get(table):
        statements.append(f"GRANT SELECT ({', '.join(columns)}) ON {table} TO {prefix}_relay")
    return statements


def protect_anew(table: str, prefix: str, *, bare: bool = False) -> list[str]:
    """The SQL that brings a table's policies and grants to what RIGHTS says now."""
    names = ["migrate", "relay_select"]
    names += [f"{role}_{command.lower()}" for role in ROLES for command in _COMMANDS.values()]
    statements = [f"DROP POLICY IF EXISTS {name} ON {table}" for name in names]
    everybody = ", ".join(f"{prefix}_{role}" for role in (*ROLES, "relay"))
    statements.append(f"REVOKE ALL ON {table} FROM {everybody}")
    return statements + protect(table, prefix, bare=bare)
