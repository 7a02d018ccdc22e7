"""What PostgreSQL itself says of the wall. A new table that is not behind it turns these red."""

from __future__ import annotations

import re
from dataclasses import replace

import pytest
from sqlalchemy import Connection, text

from tenants.policies import RELAY_COLUMNS, RIGHTS, ROLES, policies, school_column

# Alembic's own note of which step the schema is at. Only the owner reads it.
NOT_OURS = {"alembic_version"}
COMMANDS = {"S": "SELECT", "I": "INSERT", "U": "UPDATE", "D": "DELETE"}
CASEWORK = (
    "incidents",
    "turns",
    "clocks",
    "diagnostic_checks",
    "access_records",
    "drafts",
    "idempotency_keys",
    "attachments",
    "digest_entries",
    "mail_troubles",
)


def tables(superuser: Connection) -> list[str]:
    found = superuser.scalars(
        text(
            "SELECT relname FROM pg_class WHERE relnamespace = 'public'::regnamespace "
            "AND relkind IN ('r', 'p', 'f') ORDER BY 1"
        )
    )
    return [name for name in found if name not in NOT_OURS]


def of_schools(superuser: Connection) -> list[str]:
    """Tables that have a school_id, whatever policies.py believes of them."""
    return list(
        superuser.scalars(
            text(
                "SELECT attrelid::regclass::text FROM pg_attribute JOIN pg_class c "
                "ON c.oid = attrelid WHERE attname = 'school_id' AND relkind IN ('r', 'p') "
                "AND relnamespace = 'public'::regnamespace AND NOT attisdropped ORDER BY 1"
            )
        )
    )


def test_every_table_stands_in_the_table_of_rights(superuser: Connection) -> None:
    assert set(tables(superuser)) == set(RIGHTS)


def test_every_table_with_a_school_is_walled_by_it(superuser: Connection) -> None:
    assert of_schools(superuser) == sorted(
        table for table in RIGHTS if school_column(table) == "school_id"
    )


def test_row_security_is_on_and_forced_everywhere(superuser: Connection) -> None:
    open_tables = superuser.scalars(
        text(
            "SELECT relname FROM pg_class WHERE relnamespace = 'public'::regnamespace "
            "AND relkind IN ('r', 'p') AND NOT (relrowsecurity AND relforcerowsecurity)"
        )
    )
    assert set(open_tables) == NOT_OURS


def found_policies(superuser: Connection, table: str) -> set[tuple[object, ...]]:
    rows = superuser.execute(
        text(
            "SELECT policyname, permissive, cmd, roles::text, qual, with_check "
            "FROM pg_policies WHERE schemaname = 'public' AND tablename = :table"
        ),
        {"table": table},
    )
    return {tuple(row) for row in rows}


@pytest.mark.parametrize("table", sorted(RIGHTS))
def test_policies_are_exactly_those_of_the_one_function(
    superuser: Connection, prefix: str, table: str
) -> None:
    """Compared as PostgreSQL prints them, on a twin of the table made only for that."""
    superuser.execute(text(f"CREATE TABLE twin (LIKE {table})"))
    for policy in policies(table, prefix):
        superuser.execute(text(replace(policy, table="twin").sql))
    wanted = found_policies(superuser, "twin")
    superuser.rollback()
    assert found_policies(superuser, table) == wanted
    assert len(wanted) == len(policies(table, prefix))


@pytest.mark.parametrize("table", sorted(t for t in RIGHTS if school_column(t)))
def test_a_school_s_policies_name_the_school(
    superuser: Connection, prefix: str, table: str
) -> None:
    """Said a second time and without the function: what `school` reaches, and what `authority`
    writes, is the school that the transaction names."""
    column = school_column(table)
    own = re.compile(
        rf"\({column} = \( SELECT \(NULLIF\(current_setting\('app\.school_id'::text, true\), "
        r"''::text\)\)::integer AS \"nullif\"\)\)"
    )
    for name, _, command, roles, using, check in found_policies(superuser, table):
        role = str(roles).strip("{}").removeprefix(f"{prefix}_")
        if role == "school" or (role == "authority" and command != "SELECT"):
            conditions = [condition for condition in (using, check) if condition is not None]
            assert conditions, name
            assert all(own.fullmatch(str(condition)) for condition in conditions), name
            assert (check is not None) == (command in ("INSERT", "UPDATE"))


def test_grants_are_exactly_the_rights(superuser: Connection, prefix: str) -> None:
    rows = superuser.execute(
        text(
            "SELECT c.relname, coalesce(r.rolname, 'PUBLIC'), a.privilege_type, a.is_grantable "
            "FROM pg_class c, aclexplode(c.relacl) a LEFT JOIN pg_roles r ON r.oid = a.grantee "
            "WHERE c.relnamespace = 'public'::regnamespace AND c.relkind IN ('r', 'p', 'v', 'm') "
            "AND a.grantee <> c.relowner"
        )
    )
    wanted = {
        (table, f"{prefix}_{role}", COMMANDS[letter], False)
        for table, rights in RIGHTS.items()
        for role, letters in zip(ROLES, rights, strict=True)
        for letter in letters
    }
    assert {tuple(row) for row in rows} == wanted


def test_only_the_relay_has_rights_on_single_columns(superuser: Connection, prefix: str) -> None:
    rows = superuser.execute(
        text(
            "SELECT c.relname, attname, coalesce(r.rolname, 'PUBLIC'), a.privilege_type "
            "FROM pg_attribute JOIN pg_class c ON c.oid = attrelid, aclexplode(attacl) a "
            "LEFT JOIN pg_roles r ON r.oid = a.grantee "
            "WHERE c.relnamespace = 'public'::regnamespace AND a.grantee <> c.relowner"
        )
    )
    assert {tuple(row) for row in rows} == {
        (table, column, f"{prefix}_relay", "SELECT")
        for table, columns in RELAY_COLUMNS.items()
        for column in columns
    }
    assert not {"payload", "task", "last_error"} & {
        column for columns in RELAY_COLUMNS.values() for column in columns
    }


def test_nobody_has_rights_on_a_sequence(superuser: Connection) -> None:
    """A sequence counts over all schools."""
    granted = superuser.scalars(
        text(
            "SELECT relname FROM pg_class, aclexplode(relacl) a WHERE relkind = 'S' "
            "AND relnamespace = 'public'::regnamespace AND a.grantee <> relowner"
        )
    )
    assert list(granted) == []


def test_three_functions_that_run_as_their_caller_each_for_its_own_callers(
    superuser: Connection, prefix: str
) -> None:
    """A function that ran as its owner would be a hole in the wall; so would a leakproof one."""
    functions = superuser.execute(
        text(
            "SELECT proname, prosecdef OR proleakproof, provolatile::text, "
            "proowner::regrole::text FROM pg_proc "
            "WHERE pronamespace = 'public'::regnamespace ORDER BY proname"
        )
    )
    may_call = {
        "agreements_stamp": ("administration", "authority", "school"),
        "who_by_session": ("front_door",),
        "who_by_token": ("front_door",),
    }
    owner = f"{prefix}_owner"
    assert [tuple(row) for row in functions] == [(name, False, "s", owner) for name in may_call]
    callers = superuser.execute(
        text(
            "SELECT proname, coalesce(r.rolname, 'PUBLIC') FROM pg_proc, "
            "aclexplode(coalesce(proacl, acldefault('f', proowner))) a "
            "LEFT JOIN pg_roles r ON r.oid = a.grantee "
            "WHERE pronamespace = 'public'::regnamespace AND a.grantee <> proowner "
            "ORDER BY 1, 2"
        )
    )
    assert [tuple(row) for row in callers] == [
        (name, f"{prefix}_{role}") for name, roles in may_call.items() for role in roles
    ]


def test_casework_is_closed_to_the_front_door_and_to_administration() -> None:
    for table in CASEWORK:
        assert RIGHTS[table][2:] == ("", ""), table
    assert RIGHTS["events"][2:] == ("", "I")
    # Tasks and ids: the administrator sees what waits and has it tried again, but drops nothing.
    assert RIGHTS["outbox"][2:] == ("", "SIU")
    assert RIGHTS["people"][:2] == RIGHTS["sessions"][:2] == RIGHTS["api_tokens"][:2] == ("", "")


def test_history_is_never_changed() -> None:
    for table in ("events", "access_records", "la_events", "sign_in_events"):
        assert not set("UD") & set("".join(RIGHTS[table])), table


def key_columns(superuser: Connection, kinds: str) -> list[tuple[str, str, list[str], str | None]]:
    """Constraints: table, name, columns in order, the table they point to."""
    rows = superuser.execute(
        text(
            "SELECT conrelid::regclass::text, conname, ARRAY(SELECT attname::text FROM "
            "unnest(conkey) WITH ORDINALITY k(n, place) JOIN pg_attribute ON attrelid = conrelid "
            "AND attnum = n ORDER BY place), nullif(confrelid, 0)::regclass::text "
            "FROM pg_constraint WHERE connamespace = 'public'::regnamespace "
            "AND contype::text = ANY(string_to_array(:kinds, ','))"
        ),
        {"kinds": kinds},
    )
    return [tuple(row) for row in rows]  # type: ignore[misc]


def test_keys_of_a_school_s_table_begin_with_the_school(superuser: Connection) -> None:
    schools_own = of_schools(superuser)
    found = [row for row in key_columns(superuser, "p,u") if row[0] in schools_own]
    assert {table for table, *_ in found} == set(schools_own)
    assert [(name, columns) for _, name, columns, _ in found if columns[0] != "school_id"] == []


def test_unique_indexes_of_a_school_s_table_begin_with_the_school(superuser: Connection) -> None:
    """Also those that are no constraint. Otherwise a refusal tells of another school's row."""
    rows = superuser.execute(
        text(
            "SELECT indrelid::regclass::text, indexrelid::regclass::text, "
            "pg_get_indexdef(indexrelid, 1, false) FROM pg_index JOIN pg_class c "
            "ON c.oid = indrelid WHERE indisunique AND relnamespace = 'public'::regnamespace"
        )
    )
    schools_own = of_schools(superuser)
    assert [row[1] for row in rows if row[0] in schools_own and row[2] != "school_id"] == []


def test_references_between_rows_of_schools_carry_the_school(superuser: Connection) -> None:
    """Foreign key checks bypass row security, so this is the only thing that stops one."""
    schools_own = set(of_schools(superuser))
    references = key_columns(superuser, "f")
    crossing = [
        name
        for table, name, columns, other in references
        if other in schools_own and not (table in schools_own and columns[0] == "school_id")
    ]
    assert crossing == []
    no_school = [
        table
        for table in schools_own
        if (table, ["school_id"], "schools") not in [(t, c, o) for t, _, c, o in references]
    ]
    assert no_school == []


def test_references_match_the_same_column_of_the_other_table(superuser: Connection) -> None:
    rows = superuser.execute(
        text(
            "SELECT conname, a.attname FROM pg_constraint JOIN pg_attribute a "
            "ON a.attrelid = confrelid AND a.attnum = confkey[1] JOIN pg_attribute own "
            "ON own.attrelid = conrelid AND own.attnum = conkey[1] WHERE contype = 'f' "
            "AND connamespace = 'public'::regnamespace AND own.attname = 'school_id' "
            "AND confrelid <> 'schools'::regclass"
        )
    ).all()
    assert rows
    assert {column for _, column in rows} == {"school_id"}


def test_nothing_that_a_distributed_database_could_not_do(superuser: Connection) -> None:
    triggers = "SELECT tgname FROM pg_trigger WHERE NOT tgisinternal"
    rules = (
        "SELECT rulename FROM pg_rewrite JOIN pg_class c ON c.oid = ev_class "
        "WHERE relnamespace = 'public'::regnamespace AND rulename <> '_RETURN'"
    )
    # On update only "no action" or "restrict"; on delete no "set null" and no "set default".
    actions = (
        "SELECT conname FROM pg_constraint WHERE contype = 'f' "
        "AND connamespace = 'public'::regnamespace "
        "AND (confupdtype NOT IN ('a', 'r') OR confdeltype IN ('n', 'd'))"
    )
    for found in (triggers, rules, actions):
        assert list(superuser.scalars(text(found))) == [], found


def test_no_type_that_is_not_leakproof_where_an_index_is(superuser: Connection) -> None:
    """Enums and citext nowhere (their `=` reads rows before the policy may)."""
    types = superuser.scalars(
        text(
            "SELECT DISTINCT typname FROM pg_attribute JOIN pg_class c ON c.oid = attrelid "
            "JOIN pg_type t ON t.oid = atttypid WHERE relnamespace = 'public'::regnamespace "
            "AND relkind IN ('r', 'p') AND attnum > 0 AND NOT attisdropped "
            "AND (typtype IN ('e', 'd', 'c') OR typname = 'citext')"
        )
    )
    assert list(types) == []
    assert list(superuser.scalars(text("SELECT extname FROM pg_extension"))) == ["plpgsql"]


def test_views_ask_as_the_one_who_reads_and_nothing_is_stored(superuser: Connection) -> None:
    rows = superuser.execute(
        text(
            "SELECT relname, relkind::text, coalesce(reloptions::text, '') FROM pg_class "
            "WHERE relnamespace = 'public'::regnamespace AND relkind IN ('v', 'm')"
        )
    )
    assert [
        name
        for name, kind, options in rows
        if kind == "m" or "security_invoker=true" not in options.replace("=on", "=true")
    ] == []


def test_everything_belongs_to_the_owner(superuser: Connection, prefix: str) -> None:
    owners = superuser.scalars(
        text(
            "SELECT DISTINCT relowner::regrole::text FROM pg_class "
            "WHERE relnamespace = 'public'::regnamespace AND relkind IN ('r', 'p', 'v', 'm', 'S')"
        )
    )
    assert set(owners) == {f"{prefix}_owner"}


def test_no_role_is_more_than_it_should_be(superuser: Connection, prefix: str) -> None:
    rows = superuser.execute(
        text(
            "SELECT rolname, rolcanlogin, rolinherit, rolsuper OR rolbypassrls OR rolcreaterole "
            "OR rolcreatedb OR rolreplication FROM pg_roles WHERE starts_with(rolname, :prefix)"
        ),
        {"prefix": f"{prefix}_"},
    ).all()
    found = {name.removeprefix(f"{prefix}_"): tuple(rest) for name, *rest in rows}
    for role in ("owner", *ROLES):
        can_sign_in, _, is_mighty = found[role]
        assert (can_sign_in, is_mighty) == (False, False), role
    for login in ("web", "migrator", "relay"):
        can_sign_in, inherits, is_mighty = found[login]
        assert (can_sign_in, inherits, is_mighty) == (True, False, False), login


def test_who_may_become_whom(superuser: Connection, prefix: str) -> None:
    rows = superuser.execute(
        text(
            "SELECT member::regrole::text, roleid::regrole::text, admin_option, inherit_option "
            "FROM pg_auth_members WHERE starts_with(member::regrole::text, :prefix)"
        ),
        {"prefix": f"{prefix}_"},
    )
    expected = {(f"{prefix}_web", f"{prefix}_{role}", False, False) for role in ROLES}
    expected.add((f"{prefix}_migrator", f"{prefix}_owner", False, False))
    assert {tuple(row) for row in rows} == expected


def test_nobody_makes_things_in_the_database(superuser: Connection, prefix: str) -> None:
    """No temporary tables either: through a pooler the next client would find them."""
    for role in (*ROLES, "web", "relay"):
        name = f"{prefix}_{role}"
        rights = superuser.execute(
            text(
                "SELECT has_schema_privilege(:name, 'public', 'CREATE'), "
                "has_database_privilege(:name, current_database(), 'TEMP'), "
                "has_database_privilege(:name, current_database(), 'CREATE')"
            ),
            {"name": name},
        ).one()
        assert not any(rights), name


def test_a_hung_statement_does_not_hang_a_page(superuser: Connection, prefix: str) -> None:
    rows = superuser.execute(
        text("SELECT setrole::regrole::text, setconfig FROM pg_db_role_setting")
    )
    settings = {role: set(config) for role, config in rows}
    assert settings[f"{prefix}_web"] >= {
        "statement_timeout=5s",
        "lock_timeout=2s",
        "idle_in_transaction_session_timeout=10s",
    }
