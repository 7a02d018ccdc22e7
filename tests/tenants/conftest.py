"""Two schools that must never meet, and ways into the database that no page has."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import AbstractContextManager

import pytest
from flask import Flask
from sqlalchemy import Connection, Engine, NullPool, create_engine
from sqlalchemy.engine import make_url

from config import Settings
from tenants import db
from tests.tenants.bouncer import PROGRAM, pgbouncer
from tests.tenants.walls import TwoSchools, bare_app, school_with_rooms


@pytest.fixture
def settings(app: Flask) -> Settings:
    found: Settings = app.config["SETTINGS"]
    return found


@pytest.fixture
def prefix(settings: Settings) -> str:
    return settings.role_prefix


@pytest.fixture
def two_schools(app: Flask) -> TwoSchools:
    with app.app_context():
        return TwoSchools(
            north=school_with_rooms("north-wall", "NWALL", "North"),
            south=school_with_rooms("south-wall", "SWALL", "South"),
        )


@pytest.fixture
def superuser(settings: Settings) -> Iterator[Connection]:
    """Sees everything: for the catalogue, and to prove that there was something to see."""
    assert settings.admin_url is not None
    database = make_url(settings.database_url).database
    engine = create_engine(make_url(settings.admin_url).set(database=database), poolclass=NullPool)
    with engine.connect() as connection:
        yield connection


@pytest.fixture
def web(settings: Settings) -> Engine:
    """The web's login without anything of ours around it."""
    return create_engine(settings.database_url, poolclass=NullPool)


@pytest.fixture
def in_app(app: Flask) -> Iterator[None]:
    with app.app_context():
        yield


@pytest.fixture(params=["direct", "pgbouncer"])
def bare(
    request: pytest.FixtureRequest, settings: Settings, two_schools: TwoSchools
) -> Iterator[Flask]:
    """Everything that takes this runs twice: straight, and through a transaction pooler."""
    url = settings.database_url
    if request.param == "pgbouncer":
        url = request.getfixturevalue("through_pgbouncer")
    app = bare_app(settings, url)
    yield app
    with app.app_context():
        db.engine.dispose()


@pytest.fixture
def through_pgbouncer(settings: Settings) -> Iterator[str]:
    """Two server connections, so that two transactions can be open at once."""
    with start_pgbouncer(settings, 2) as url:
        yield url


def start_pgbouncer(settings: Settings, size: int) -> AbstractContextManager[str]:
    if PROGRAM is None:
        pytest.skip("NOT RUN: no pgbouncer on this machine (Debian: apt install pgbouncer)")
    return pgbouncer(settings.database_url, size)
