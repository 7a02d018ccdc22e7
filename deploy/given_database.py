"""May the login of a DATABASE_URL make roles? Run by `.venv`'s Python, which has the driver.

Prints yes or no, or ends with one sentence.
"""

from __future__ import annotations

import sys

import psycopg2  # type: ignore[import-untyped]


def may_make_roles(url: str) -> bool:
    connection = psycopg2.connect(url, connect_timeout=5)
    try:
        with connection.cursor() as cursor:
            cursor.execute(
                "SELECT rolcreaterole OR rolsuper FROM pg_roles WHERE rolname = current_user"
            )
            row = cursor.fetchone()
            return bool(row and row[0])
    finally:
        connection.close()


if __name__ == "__main__":
    try:
        # From standard input: what stands in a command line is there for everybody to read.
        address = sys.stdin.read().replace("postgresql+psycopg2://", "postgresql://")
        print("yes" if may_make_roles(address) else "no")
    except psycopg2.Error as error:
        sys.exit(f"The database of DATABASE_URL cannot be reached: {str(error).splitlines()[0]}")
