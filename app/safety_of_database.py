"""What the database itself says about its safety: settings, roles, rights, row security, schema.

All of it is asked of PostgreSQL's catalogue, which everybody may read, in a handful of statements.
"""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache
from urllib.parse import unquote, urlsplit

from sqlalchemy import Connection, text

from config import ROOT, Settings
from tenants.roles import TAKEN_BY_WEB

OLDEST_SERVER = 15
Said = Iterator[tuple[str, str]]

_SERVER = text(
    """
    SELECT current_setting('server_version_num')::int AS version,
           current_setting('fsync') AS fsync,
           current_setting('full_page_writes') AS full_page_writes,
           current_setting('synchronous_commit') AS synchronous_commit,
           current_setting('standard_conforming_strings') AS standard_conforming_strings,
           pg_encoding_to_char(encoding) AS encoding,
           session_user::text AS login,
           obj_description(to_regclass('public.alembic_version'), 'pg_class') AS step
      FROM pg_database WHERE datname = current_database()
    """
)
_LOGINS = text(
    """
    SELECT rolname AS name, rolsuper AS is_superuser, rolbypassrls AS bypasses,
           rolcreaterole AS makes_roles, rolcreatedb AS makes_databases,
           rolreplication AS replicates,
           (SELECT count(*) FROM pg_class c
             WHERE c.relowner = r.oid AND c.relkind IN ('r', 'p', 'v', 'm', 'f')
               AND c.relnamespace = 'public'::regnamespace) AS owned,
           ARRAY(SELECT other.rolname::text FROM pg_roles other
                  WHERE other.oid <> r.oid AND NOT r.rolsuper
                    AND pg_has_role(r.oid, other.oid, 'MEMBER') ORDER BY 1) AS member_of,
           ARRAY(SELECT c.relname::text FROM pg_class c
                  WHERE c.relkind IN ('r', 'p', 'v', 'm', 'f') AND NOT r.rolsuper
                    AND c.relnamespace = 'public'::regnamespace
                    AND has_table_privilege(
                        r.oid, c.oid, 'SELECT, INSERT, UPDATE, DELETE, TRUNCATE')
                  ORDER BY 1) AS rights
      FROM pg_roles r WHERE rolname = ANY(:names)
    """
)
_NOT_WALLED = text(
    """
    SELECT c.relname FROM pg_class c
     WHERE c.relnamespace = 'public'::regnamespace AND c.relkind IN ('r', 'p')
       AND NOT (c.relrowsecurity AND c.relforcerowsecurity)
       AND EXISTS (SELECT FROM pg_attribute a WHERE a.attrelid = c.oid AND NOT a.attisdropped
                      AND (a.attname = 'school_id' OR c.relname = 'schools'))
     ORDER BY 1
    """
)
_POWERS = {
    "is_superuser": "is a superuser",
    "bypasses": "may bypass row security",
    "makes_roles": "may make roles",
    "makes_databases": "may make databases",
    "replicates": "may copy the whole server",
}


def findings(connection: Connection, settings: Settings) -> Said:
    """Name and sentence of everything that is not as it must be."""
    server = connection.execute(_SERVER).mappings().one()
    yield from _of_server(dict(server))
    yield from _of_logins(connection, settings, str(server["login"]))
    for table in connection.scalars(_NOT_WALLED):
        yield (
            "row_security",
            f"Row security is not forced on the table {table}, so one school could see another's: "
            "run `flask upgrade`, and find out who switched it off.",
        )
    at, newest = server["step"], newest_step()
    if at is None or str(at) < newest:
        yield (
            "schema",
            f"The database is at step {at or 'none'} and this release needs {newest}: "
            "run `flask upgrade`.",
        )


@cache
def newest_step() -> str:
    names = [path.name for path in (ROOT / "migrations" / "versions").glob("[0-9]*.py")]
    return max(names)[:4]


def _of_server(server: dict[str, object]) -> Said:
    version = int(str(server["version"])) // 10_000
    if version < OLDEST_SERVER:
        yield (
            "server_version",
            f"PostgreSQL {version} is too old: {OLDEST_SERVER} or newer is needed.",
        )
    for name in ("fsync", "full_page_writes"):
        if server[name] == "off":
            yield name, f"{name} is off, so a power cut could damage the database: switch it on."
    if server["synchronous_commit"] == "off":
        yield (
            "synchronous_commit",
            "synchronous_commit is off, so a crash could lose what people were told is saved: "
            "switch it on, for the server and for the web's login.",
        )
    if server["standard_conforming_strings"] != "on":
        yield "strings", "standard_conforming_strings is off: switch it on."
    if server["encoding"] != "UTF8":
        yield "encoding", "The database's encoding must be UTF8: make it anew with ENCODING 'UTF8'."


def _of_logins(connection: Connection, settings: Settings, web: str) -> Said:
    prefix = settings.role_prefix
    # fmt: off
    may_become = {
        "DATABASE_URL":          (web, {f"{prefix}_{role}" for role in TAKEN_BY_WEB}),
        "DATABASE_RELAY_URL":    (_user_of(settings.relay_url), set()),
        "DATABASE_MIGRATOR_URL": (_user_of(settings.migrator_url), {f"{prefix}_owner"}),
    }
    # fmt: on
    names = [name for name, _ in may_become.values() if name]
    rows = {row["name"]: row for row in connection.execute(_LOGINS, {"names": names}).mappings()}
    for setting, (name, expected) in may_become.items():
        row = rows.get(name or "")
        if row is None:
            continue
        who = f"The login of {setting}"
        for power, words in _POWERS.items():
            if row[power]:
                yield "login", f"{who} {words}: use the one that `flask prepare` makes."
        if row["owned"]:
            yield "login", f"{who} owns {row['owned']} tables: give them to {prefix}_owner."
        if too_many := sorted(set(row["member_of"]) - expected):
            yield (
                "login",
                f"{who} may become {', '.join(too_many)}: take that away (REVOKE … FROM).",
            )
        if setting != "DATABASE_MIGRATOR_URL" and row["rights"] and not row["owned"]:
            tables = ", ".join(row["rights"][:3])
            yield "login", f"{who} has rights of its own on {tables}: revoke them."


def _user_of(url: str | None) -> str | None:
    return unquote(urlsplit(url).username or "") or None if url else None
