"""Looks into the bench's database past the wall: where to point, statements, cost of policies."""

from __future__ import annotations

import time
from statistics import median
from typing import Any

import psycopg2
from sqlalchemy import event
from sqlalchemy.engine import make_url

from tests.bench import data
from tests.bench.pages import SCHOOL, Hot

ROUNDS = 300


def _connect(servers: Any, database: str) -> Any:
    url = make_url(servers.postgres.admin_url(database)).set(drivername="postgresql")
    connection = psycopg2.connect(url.render_as_string(hide_password=False))
    connection.autocommit = True
    return connection


def _one(servers: Any, database: str, statement: str, *values: Any) -> Any:
    connection = _connect(servers, database)
    with connection.cursor() as cursor:
        cursor.execute(statement, values)
        found = cursor.fetchone()[0]
    connection.close()
    return found


def school_id(servers: Any, database: str, slug: str) -> int:
    return int(_one(servers, database, "SELECT id FROM schools WHERE slug = %s", slug))


def open_incident(servers: Any, database: str, slug: str) -> int:
    """One in progress at the LA."""
    return int(
        _one(
            servers,
            database,
            "SELECT max(number) FROM incidents i JOIN schools s ON s.id = i.school_id "
            "WHERE s.slug = %s AND i.status = 'in_progress' AND i.line = 1",
            slug,
        )
    )


def _app() -> Any:
    from app import create_app

    return create_app()


def statements(hot: Hot) -> dict[str, int]:
    """Those the page sends, the binding of the school among them, in this process."""
    app = _app()
    found: list[str] = []
    with app.app_context():
        from tenants import db

        event.listen(db.engine, "before_cursor_execute", lambda *given: found.append(given[2]))
    client = app.test_client()
    headers = dict(hot.headers)
    if hot.who.endswith("token"):
        token = data.SPOC_TOKEN if hot.who.startswith("spoc") else data.TECHNICIAN_TOKEN
        headers["Authorization"] = f"Bearer {token}"
    else:
        client.set_cookie("deskbell", data.SPOC_SECRET if hot.who == "spoc" else data.SECRET)
    for _ in range(2):  # the first fills what a process keeps
        found.clear()
        client.open(hot.path, method=hot.method, data=hot.request_body(), headers=headers)
    with app.app_context():
        from tenants import db

        db.engine.dispose()
    return {"statements": len([one for one in found if not one.startswith("SET LOCAL")])}


def cost_of_policies(servers: Any, database: str) -> dict[str, float]:
    """The very statements of queue and call log, under the wall's role and past it, in turn."""
    connection = _connect(servers, database)
    with connection.cursor() as cursor:
        cursor.execute("SELECT 1 FROM pg_roles WHERE rolname = 'bench_past_the_wall'")
        if cursor.fetchone() is None:
            cursor.execute("CREATE ROLE bench_past_the_wall BYPASSRLS")
        cursor.execute("GRANT USAGE ON SCHEMA public TO bench_past_the_wall")
        cursor.execute("GRANT SELECT ON ALL TABLES IN SCHEMA public TO bench_past_the_wall")
        school = school_id(servers, database, SCHOOL)
        # fmt: off
        found = {
            "queue": _ratio(cursor, _statement("/queue", data.SECRET), f"{database}_authority", school),
            "call log": _ratio(cursor, _statement(f"/{SCHOOL}/incidents", data.SPOC_SECRET),
                               f"{database}_school", school),
        }
        # fmt: on
    connection.close()
    return found


def _statement(path: str, secret: str) -> tuple[str, Any]:
    app = _app()
    found: list[tuple[str, Any]] = []
    with app.app_context():
        from tenants import db

        event.listen(
            db.engine,
            "before_cursor_execute",
            lambda *given: found.append((given[2], given[3])),
        )
    client = app.test_client()
    client.set_cookie("deskbell", secret)
    client.get(path)
    with app.app_context():
        from tenants import db

        db.engine.dispose()
    return max(
        (one for one in found if "FROM incidents" in one[0] and "LIMIT" in one[0]),
        key=lambda one: len(one[0]),
    )


def _ratio(cursor: Any, statement: tuple[str, Any], role: str, school: int) -> float:
    times: dict[str, list[float]] = {role: [], "bench_past_the_wall": []}
    for _ in range(ROUNDS):
        for one in times:
            cursor.execute(f"BEGIN; SET LOCAL ROLE {one}; SET LOCAL app.school_id = '{school}'")
            began = time.perf_counter()
            cursor.execute(*statement)
            cursor.fetchall()
            times[one].append(time.perf_counter() - began)
            cursor.execute("COMMIT")
    return median(times[role]) / median(times["bench_past_the_wall"])
