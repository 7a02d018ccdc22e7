"""One scope inside another, savepoints, and errors in between: each ends where it was entered."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import suppress

import pytest
from flask import Flask
from sqlalchemy import event, select, text
from sqlalchemy.exc import DBAPIError, IntegrityError, ProgrammingError

from app.locations.models import Location
from tenants import Binding, across_schools, acting_in, db, rebind
from tenants.context import SCHOOL, current_binding
from tests.tenants.walls import TwoSchools, break_it, location, words


@pytest.fixture(autouse=True)
def in_bare(bare: Flask) -> Iterator[None]:
    with bare.app_context():
        yield


def _school_now() -> int | None:
    binding = current_binding()
    return binding.school_id if binding else None


def test_one_school_after_the_other(two_schools: TwoSchools) -> None:
    with acting_in(two_schools.north):
        with acting_in(two_schools.south):
            assert words() == words(raw=True) == {"South"}
        assert words() == words(raw=True) == {"North"}


def test_a_row_in_memory_does_not_come_along(two_schools: TwoSchools) -> None:
    with acting_in(two_schools.north):
        key = (two_schools.north, location(two_schools.north))
        row = db.session.get(Location, key)
        assert row is not None
        with acting_in(two_schools.south):
            assert row not in db.session
            assert db.session.get(Location, key) is None
            row.name = "carried over"
            db.session.commit()
        assert db.session.get_one(Location, key).name.startswith("North")


def test_what_was_begun_in_one_school_is_not_finished_in_another(two_schools: TwoSchools) -> None:
    with acting_in(two_schools.north):
        db.session.add(Location(key="mine", name="North shed", kind="room"))
        with acting_in(two_schools.south):
            assert words(raw=True) == {"South"}
        assert db.session.scalar(select(Location.school_id).where(Location.key == "mine")) == (
            two_schools.north
        )


@pytest.mark.parametrize("inner_is_released", [True, False])
def test_savepoints(two_schools: TwoSchools, inner_is_released: bool) -> None:
    """Rolling back a savepoint takes the SET LOCAL made since with it."""
    with acting_in(two_schools.north):
        assert words(raw=True) == {"North"}
        savepoint = db.session.begin_nested()
        with acting_in(two_schools.south):
            assert words(raw=True) == {"South"}
        savepoint.commit() if inner_is_released else savepoint.rollback()
        assert words() == words(raw=True) == {"North"}


def test_a_savepoint_rolled_back_inside(two_schools: TwoSchools) -> None:
    with acting_in(two_schools.north):
        assert words(raw=True) == {"North"}
        savepoint = db.session.begin_nested()
        rebind(Binding(SCHOOL, two_schools.south))
        assert words(raw=True) == {"South"}
        savepoint.rollback()
        assert words() == words(raw=True) == {"South"}


def test_row_by_row_over_schools(two_schools: TwoSchools) -> None:
    """As bulk actions do it: a savepoint for each, and one of them fails."""
    seen = []
    with across_schools("the test"):
        for school_id in (two_schools.north, two_schools.south, two_schools.north):
            try:
                with db.session.begin_nested(), acting_in(school_id):
                    seen.append(words(raw=True))
                    if school_id == two_schools.south:
                        break_it(quietly=False)
            except DBAPIError:
                assert words(raw=True) >= {"North", "South"}
        assert words(raw=True) >= {"North", "South"}
    assert seen == [{"North"}, {"South"}, {"North"}]


def test_an_error_on_the_way_out_does_not_leave_it_in_the_other_school(
    two_schools: TwoSchools,
) -> None:
    """What is pending is written when the inner scope ends, and that may fail."""
    with acting_in(two_schools.north):
        with pytest.raises(IntegrityError), acting_in(two_schools.south):
            db.session.add(Location(key="bad", name="Bad", kind="room", parent_id=-1))
        assert _school_now() == two_schools.north
        db.session.rollback()
        assert words() == words(raw=True) == {"North"}


def test_nor_does_a_broken_transaction(two_schools: TwoSchools) -> None:
    """It can be told nothing, so the first statement in the other school fails."""
    with acting_in(two_schools.north):
        with pytest.raises(DBAPIError):
            db.session.execute(text("SELECT 1/0"))
        with pytest.raises(DBAPIError), acting_in(two_schools.south):
            words(raw=True)
            raise AssertionError("A broken transaction answers nothing.")
        assert _school_now() == two_schools.north
        db.session.rollback()
        assert words() == words(raw=True) == {"North"}


def test_an_error_within_goes_back_to_the_outer_school(two_schools: TwoSchools) -> None:
    with acting_in(two_schools.north):
        with pytest.raises(DBAPIError), acting_in(two_schools.south):
            db.session.execute(text("SELECT 1/0"))
        assert _school_now() == two_schools.north
        db.session.rollback()
        assert words() == words(raw=True) == {"North"}


def test_what_was_never_sent_has_told_nobody(two_schools: TwoSchools) -> None:
    """psycopg2 refuses a value before it sends anything, and the transaction is sound still."""
    with acting_in(two_schools.north):
        assert words(raw=True) == {"North"}
        with suppress(ProgrammingError), acting_in(two_schools.south):
            db.session.execute(text("SELECT :it"), {"it": object()})
        assert words(raw=True) == {"North"}
        with acting_in(two_schools.south):
            with pytest.raises(ProgrammingError):
                db.session.execute(text("SELECT :it"), {"it": object()})
            assert words(raw=True) == {"South"}


def test_many_at_once_and_a_cursor_of_the_server(two_schools: TwoSchools) -> None:
    insert = text("INSERT INTO counters (school_id, kind, last_number) VALUES (:school, :name, 1)")
    rows = [{"school": two_schools.south, "name": f"test-{n}"} for n in range(3)]
    with acting_in(two_schools.north):
        assert words(raw=True) == {"North"}
        with acting_in(two_schools.south):
            db.session.execute(insert, rows)
        with acting_in(two_schools.south):
            streamed = db.session.execute(
                text("SELECT name FROM locations"), execution_options={"stream_results": True}
            )
            assert {name.split()[0] for name in streamed.scalars()} == {"South"}


def test_nothing_is_told_alone(two_schools: TwoSchools) -> None:
    """Scopes in which nothing is asked cost nothing, and the others no message of their own."""
    sent: list[str] = []

    def note(_connection: object, _cursor: object, statement: str, *_more: object) -> None:
        sent.append(statement)

    event.listen(db.engine, "before_cursor_execute", note)
    with acting_in(two_schools.north), acting_in(two_schools.south):
        with acting_in(two_schools.north):
            assert words(raw=True) == {"North"}
        with across_schools("nothing is asked"):
            pass
        assert words(raw=True) == {"South"}
    event.remove(db.engine, "before_cursor_execute", note)
    assert sent == ["SELECT name FROM locations"] * 2
