"""A connection that reads and writes every row, as a migration does it."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from psycopg2 import sql  # type: ignore[import-untyped]
from sqlalchemy import NullPool, create_engine

from config import Settings

# Ids of what is played begin here, so that they never meet those of a demo that people try out.
FIRST_ID = 1_000_000


@contextmanager
def as_owner(settings: Settings) -> Iterator[Any]:
    """A cursor in one transaction; committed at the end, undone if it breaks off."""
    engine = create_engine(settings.migrator_url or settings.database_url, poolclass=NullPool)
    connection: Any = engine.raw_connection()
    try:
        # All tables as they were at one moment, while others write.
        connection.driver_connection.set_session(isolation_level="REPEATABLE READ")
        with connection.cursor() as cursor:
            owner = sql.Identifier(f"{settings.role_prefix}_owner")
            cursor.execute(sql.SQL("SET ROLE {}").format(owner))
            yield cursor
        connection.commit()
    finally:
        connection.close()
        engine.dispose()


_IDENTITIES = """
    SELECT c.relname, a.attname, pg_get_serial_sequence(c.oid::regclass::text, a.attname)
      FROM pg_attribute a JOIN pg_class c ON c.oid = a.attrelid
     WHERE a.attidentity <> '' AND c.relnamespace = 'public'::regnamespace
     ORDER BY c.relname"""


def identities(cursor: Any) -> list[tuple[str, str, str]]:
    """Table, column and sequence of each id that the database gives."""
    cursor.execute(_IDENTITIES)
    return list(cursor.fetchall())


def begin_far_up(cursor: Any) -> None:
    """From now on ids are far from those that a fresh demo has; but for schools, which stay."""
    for table, _, sequence in identities(cursor):
        if table == "schools":
            continue
        cursor.execute(
            "SELECT setval(%s, greatest(%s, nextval(%s)))", (sequence, FIRST_ID, sequence)
        )


def begin_after(cursor: Any, tables: set[str]) -> None:
    """The next id of each of these tables follows the last that is there."""
    for table, column, sequence in identities(cursor):
        if table in tables:
            cursor.execute(
                sql.SQL("SELECT setval(%s, greatest((SELECT max({}) FROM {}), 1))").format(
                    sql.Identifier(column), sql.Identifier(table)
                ),
                (sequence,),
            )
