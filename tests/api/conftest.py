"""One incident of Rita's in every state, made once for a module of tests."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from flask import Flask

from tests.api.desk import SCHOOL, WAYS, bring, done
from tests.conftest import _forget_what_processes_keep
from tests.ledger import Ledger
from tests.servers import Snapshot

# Behind the wall: states that no step leads to yet.
_BY_HAND = (
    "WITH one AS (UPDATE incidents SET status = %s, waiting_for = %s WHERE number = %s RETURNING *)"
    " UPDATE turns SET status = one.status, party = one.waiting_for FROM one"
    " WHERE turns.school_id = one.school_id AND turns.incident_id = one.id"
)
_SUPPLIER = (
    "INSERT INTO la_support_groups (key, name, kind, line, version)"
    " VALUES ('lamps', 'Lamps Ltd', 'supplier', 3, 1)"
)
BY_HAND = {
    "advice": "tech_advisor",
    "awaiting_approval": "school_desk",
    "rejected": "school_desk",
}


class Prepared:
    """A database that is put back to its prepared state only after something changed it."""

    def __init__(self, app: Flask, ledger: Ledger, database_name: str) -> None:
        self.app = app
        self.ledger = ledger
        ledger.rows(_SUPPLIER)
        self.path = {state: bring(app, state) for state in WAYS}
        self.path["hidden"] = bring(app, "queued", sensitive=True)
        self.path["hidden_forwarded"] = bring(app, "forwarded", sensitive=True)
        for state, party in BY_HAND.items():
            self.path[state] = bring(app, "new")
            ledger.rows(_BY_HAND, state, party, self.number(state))
        room = done(app, "sam", "post", f"{SCHOOL}/locations", {"name": "Attic"})
        self.path["attic"] = f"{SCHOOL}/locations/{room.json['key']}"
        self._snapshot = Snapshot(database_name)
        self._now = ledger.now()

    def number(self, state: str) -> int:
        return int(self.path[state].rpartition("/")[2])

    def etag(self, state: str) -> str:
        table = "locations WHERE key = 'attic'"
        if state != "attic":
            table = f"incidents WHERE number = {self.number(state)}"
        return f'"{self.ledger.rows(f"SELECT version FROM {table}")[0][0]}"'

    def is_changed(self) -> bool:
        return self.ledger.now() != self._now

    def put_back(self) -> None:
        if self.is_changed():
            self._snapshot.restore()


@pytest.fixture(scope="module")
def _prepared(
    _app: Flask, _snapshot: Snapshot, _ledger: Ledger, database_name: str
) -> Iterator[Prepared]:
    _snapshot.restore()
    _forget_what_processes_keep(_app)
    yield Prepared(_app, _ledger, database_name)
    with _app.app_context():
        from tenants import db

        db.session.remove()
        db.engine.dispose()


@pytest.fixture
def prepared(_prepared: Prepared) -> Iterator[Prepared]:
    # Tests that begin with an empty desk may have run in between.
    _prepared.put_back()
    yield _prepared
    _prepared.put_back()
