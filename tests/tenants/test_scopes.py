"""What each of the four scopes reaches, and what it does not."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from flask import Flask
from psycopg2.errors import InsufficientPrivilege
from sqlalchemy import text
from sqlalchemy.exc import ProgrammingError

from tenants import across_schools, acting_in, administering, at_the_front_door, db
from tests.tenants.walls import TwoSchools, words


@pytest.fixture(autouse=True)
def in_bare(bare: Flask) -> Iterator[None]:
    with bare.app_context():
        yield


def refused(sql: str) -> None:
    with pytest.raises(ProgrammingError) as error:
        db.session.execute(text(sql))
    assert isinstance(error.value.orig, InsufficientPrivilege), error.value.orig
    db.session.rollback()


def test_across_schools_reads_all_and_writes_nothing(two_schools: TwoSchools) -> None:
    with across_schools("the test"):
        assert words() >= {"North", "South"}
        refused("INSERT INTO locations (school_id, key, name, kind) VALUES (1, 'k', 'k', 'room')")
        refused("UPDATE locations SET name = name")
        refused("DELETE FROM locations")
        refused("UPDATE incidents SET title = title")
        refused("SELECT 1 FROM people")
        refused("SELECT 1 FROM outbox")


def test_across_schools_needs_a_reason() -> None:
    for nothing in ("", "  "):
        with pytest.raises(ValueError, match="reason"):
            across_schools(nothing)


def test_administration_sees_no_casework(two_schools: TwoSchools) -> None:
    with administering("the test", two_schools.north):
        for table in ("incidents", "turns", "clocks", "events", "access_records", "drafts"):
            refused(f"SELECT 1 FROM {table}")


def test_the_front_door_sees_no_casework_and_no_rooms() -> None:
    with at_the_front_door():
        for table in ("incidents", "locations", "events", "outbox", "counters"):
            refused(f"SELECT 1 FROM {table}")


def test_a_school_sees_no_people(two_schools: TwoSchools) -> None:
    with acting_in(two_schools.north):
        for table in ("people", "sessions", "api_tokens", "sign_in_events", "la_events"):
            refused(f"SELECT 1 FROM {table}")
