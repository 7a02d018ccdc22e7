"""The app with two schools, and tasks that a test may put in the place of the real ones."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import UTC, datetime

import pytest
from flask import Flask
from sqlalchemy import Engine

from app import clock
from app.relay import relay_engine
from tests.tenants.walls import TwoSchools, school_with_rooms
from workers import jobs

NOON = datetime(2026, 1, 13, 12, 0, tzinfo=UTC)


@pytest.fixture
def two_schools(app: Flask) -> TwoSchools:
    with app.app_context():
        return TwoSchools(
            north=school_with_rooms("north-wall", "NWALL", "North"),
            south=school_with_rooms("south-wall", "SWALL", "South"),
        )


@pytest.fixture
def relay(app: Flask) -> Engine:
    return relay_engine(app.config["SETTINGS"])


@pytest.fixture
def in_app(app: Flask) -> Iterator[None]:
    """As a job runs: in a context, and in no school."""
    with app.app_context():
        yield


@pytest.fixture
def noon(monkeypatch: pytest.MonkeyPatch) -> datetime:
    monkeypatch.setattr(clock, "now", lambda: NOON)
    return NOON


@pytest.fixture
def task(monkeypatch: pytest.MonkeyPatch) -> Callable[[Callable[..., None]], None]:
    """`task(function)`: from now on rows named "test" are done by it."""

    def put(function: Callable[..., None]) -> None:
        monkeypatch.setitem(jobs.TASKS, "test", function)

    return put
