"""Whether anything has changed in the database: a refusal must be able to prove it did nothing."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import psycopg2
import pytest
from flask import Flask
from sqlalchemy.engine import make_url

from config import load_settings
from tests.servers import Snapshot


class Ledger:
    """A digest of every row that a request may change, read behind the wall."""

    # Seeing leaves a trace on purpose.
    _TRACES = frozenset({"access_records", "api_tokens", "sessions", "people"})

    def __init__(self) -> None:
        url = make_url(load_settings().admin_url or "")
        own = url.set(database=make_url(load_settings().database_url).database)
        own = own.set(drivername="postgresql")
        self._connection = psycopg2.connect(own.render_as_string(hide_password=False))
        self._connection.autocommit = True
        tables = self.rows("SELECT tablename FROM pg_tables WHERE schemaname = 'public'")
        digests = [
            f"SELECT '{name}', count(*), coalesce(sum(hashtextextended(t::text, 0)), 0)"
            f" FROM {name} t"
            for (name,) in sorted(tables)
            if name not in self._TRACES
        ]
        # Prepared once: planning so long a statement takes four times as long as running it.
        self.rows("SET plan_cache_mode = force_generic_plan")
        self.rows(f"PREPARE digests AS {' UNION ALL '.join(digests)}")

    def rows(self, statement: str, *values: Any) -> list[Any]:
        """As superuser."""
        with self._connection.cursor() as cursor:
            cursor.execute(statement, values)
            return cursor.fetchall() if cursor.description else []

    def now(self) -> dict[str, tuple[int, int]]:
        return {name: (count, digest) for name, count, digest in self.rows("EXECUTE digests")}

    def close(self) -> None:
        self._connection.close()


class Unchanged:
    """Ask it whether no row has changed since it was made or started again."""

    def __init__(self, ledger: Ledger) -> None:
        self._ledger = ledger
        self.start()

    def start(self) -> None:
        self._before = self._ledger.now()

    def __call__(self) -> bool:
        return self._ledger.now() == self._before


@pytest.fixture(scope="session")
def _ledger(_snapshot: Snapshot) -> Iterator[Ledger]:
    ledger = Ledger()
    yield ledger
    ledger.close()


@pytest.fixture
def ledger(app: Flask, _ledger: Ledger) -> Ledger:
    return _ledger


@pytest.fixture
def is_unchanged(ledger: Ledger) -> Callable[[], bool]:
    return Unchanged(ledger)
