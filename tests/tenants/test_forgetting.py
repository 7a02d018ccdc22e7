"""`forget_connections()` by itself; the pool's listener behind it is tested in test_forks.py."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from flask import Flask
from sqlalchemy import QueuePool, text

from tenants import acting_in, db
from tenants.db import forget_connections
from tests.tenants.walls import TwoSchools


@pytest.fixture(autouse=True)
def in_bare(bare: Flask) -> Iterator[None]:
    with bare.app_context():
        yield


def test_what_is_forgotten_is_in_no_pool_and_still_open(two_schools: TwoSchools) -> None:
    """A child begins with an empty pool; what its parent opened goes on living for the parent."""
    with acting_in(two_schools.north):
        db.session.execute(text("SELECT 1"))
    old = db.engine.pool
    assert isinstance(old, QueuePool)
    assert old.checkedin() == 1
    forget_connections()
    new = db.engine.pool
    assert isinstance(new, QueuePool)
    assert (new is old, new.checkedin(), old.checkedin()) == (False, 0, 1)
    old.dispose()
