"""The database's roles. Made once by an administrator's login; nothing at run time needs one.

| role           | what it is for                                                        |
|----------------|-----------------------------------------------------------------------|
| owner          | owns the tables; cannot sign in; FORCE row security binds it too      |
| migrator       | signs in for migrations, becomes owner                                |
| web            | signs in for the pages; no table rights of its own                    |
| school         | one school's rows                                                     |
| authority      | LA staff: reads every school, writes the school the transaction names |
| front_door     | signing in                                                            |
| administration | the LA administrator's screens; no casework                           |
| relay          | signs in to see which outbox rows are due, not what they say          |
"""

from __future__ import annotations

from sqlalchemy import Connection, create_engine, text
from sqlalchemy.engine import URL, make_url

TAKEN_BY_WEB = ("school", "authority", "front_door", "administration")
NO_LOGIN = ("owner", *TAKEN_BY_WEB)
LOGINS = ("migrator", "web", "relay")

# A hung statement must not hang a page; a migration gives up rather than queue behind a report.
_TIMEOUTS = {
    "web": {
        "statement_timeout": "5s",
        "lock_timeout": "2s",
        "idle_in_transaction_session_timeout": "10s",
    },
    "relay": {"statement_timeout": "5s", "idle_in_transaction_session_timeout": "10s"},
    "migrator": {"lock_timeout": "2s"},
}


def make_roles(admin_url: str, prefix: str, logins: dict[str, str]) -> bool:
    """Make database, roles and logins where missing; `logins` maps migrator, web and relay to their
    URLs. Returns whether the database was made. Running it again changes nothing but passwords."""
    database = make_url(logins["web"]).database or ""
    made = _make_database(make_url(admin_url), database)
    engine = create_engine(make_url(admin_url).set(database=database))
    try:
        with engine.begin() as connection:
            names = _make_roles(connection, prefix, {k: make_url(v) for k, v in logins.items()})
            _give_database(connection, prefix, database, names)
    finally:
        engine.dispose()
    return made


def _make_database(admin: URL, database: str) -> bool:
    engine = create_engine(admin, isolation_level="AUTOCOMMIT")
    try:
        with engine.connect() as connection:
            found = connection.scalar(
                text("SELECT 1 FROM pg_database WHERE datname = :name"), {"name": database}
            )
            if not found:
                connection.execute(text(f'CREATE DATABASE "{database}"'))
            return not found
    finally:
        engine.dispose()


def _make_roles(connection: Connection, prefix: str, logins: dict[str, URL]) -> list[str]:
    """Every role, with who may become which. Returns the names of those that sign in."""
    have = set(connection.scalars(text("SELECT rolname FROM pg_roles")))
    for role in NO_LOGIN:
        if f"{prefix}_{role}" not in have:
            connection.execute(text(f"CREATE ROLE {prefix}_{role} NOLOGIN"))
    name = {role: logins[role].username or f"{prefix}_{role}" for role in LOGINS}
    for role in LOGINS:
        _make_login(connection, name[role], role, logins[role], is_new=name[role] not in have)
    for role in TAKEN_BY_WEB:
        connection.execute(text(f"GRANT {prefix}_{role} TO {name['web']}"))
    connection.execute(text(f"GRANT {prefix}_owner TO {name['migrator']}"))
    # Whoever sets up may not be superuser; to hand tables to the owner it must be a member of it.
    connection.execute(text(f"GRANT {prefix}_owner TO CURRENT_USER"))
    return list(name.values())


def _make_login(connection: Connection, name: str, role: str, url: URL, *, is_new: bool) -> None:
    if is_new:
        connection.execute(text(f"CREATE ROLE {name} LOGIN NOINHERIT"))
    if url.password:
        quoted = str(url.password).replace("'", "''").replace("%", "%%")
        connection.exec_driver_sql(f"ALTER ROLE {name} PASSWORD '{quoted}'")
    for setting, value in _TIMEOUTS[role].items():
        connection.execute(text(f"ALTER ROLE {name} SET {setting} = '{value}'"))


def _give_database(
    connection: Connection, prefix: str, database: str, login_names: list[str]
) -> None:
    owner = f"{prefix}_owner"
    connection.execute(text(f'REVOKE ALL ON DATABASE "{database}" FROM PUBLIC'))
    connection.execute(text("REVOKE ALL ON SCHEMA public FROM PUBLIC"))
    connection.execute(text(f"GRANT ALL ON SCHEMA public TO {owner}"))
    everybody = ", ".join([*(f"{prefix}_{role}" for role in NO_LOGIN), *login_names])
    connection.execute(text(f'GRANT CONNECT ON DATABASE "{database}" TO {everybody}'))
    connection.execute(text(f"GRANT USAGE ON SCHEMA public TO {everybody}"))
