"""Whose data may be touched now, and nobody else's: whatever happens to the session, the thread,
the process or the connection. Runs straight and through PgBouncer in transaction mode."""

from __future__ import annotations

import threading
from collections.abc import Iterator

import pytest
from flask import Flask
from psycopg2.errors import InsufficientPrivilege
from sqlalchemy import Connection, Engine, delete, event, func, insert, select, text, update
from sqlalchemy.exc import IntegrityError, ProgrammingError, StatementError
from sqlalchemy.orm import aliased

from app.locations.models import Location
from tenants import (
    Binding,
    NoSchool,
    School,
    across_schools,
    acting_in,
    at_the_front_door,
    current_school_id,
    db,
    rebind,
)
from tenants.context import SCHOOL
from tests.tenants.walls import TwoSchools, break_it, location, run_all, words


@pytest.fixture(autouse=True)
def in_bare(bare: Flask) -> Iterator[None]:
    with bare.app_context():
        yield


# --- unbound --------------------------------------------------------------------------------------


def test_nobody_has_said_which_school() -> None:
    for statement in (select(Location), select(School), text("SELECT 1")):
        with pytest.raises(NoSchool):
            db.session.execute(statement)
    with pytest.raises(NoSchool):
        db.session.get(School, 1)
    with pytest.raises(NoSchool):
        current_school_id()


def test_a_new_row_belongs_to_no_school_by_default() -> None:
    with at_the_front_door():
        db.session.add(Location(key="x", name="x", kind="room"))
        with pytest.raises(StatementError) as error:
            db.session.flush()
        assert isinstance(error.value.orig, NoSchool)


def test_a_school_without_a_number_is_no_school() -> None:
    for nothing in (0, None):
        with pytest.raises(NoSchool):
            Binding(SCHOOL, nothing)


def test_only_four_roles_and_only_numbers_reach_the_statement() -> None:
    with pytest.raises(ValueError, match="not a role"):
        Binding("owner", 1)
    with pytest.raises(ValueError, match="invalid literal"):
        _ = Binding(SCHOOL, "1'; RESET ROLE; --").statement  # type: ignore[arg-type]


def test_the_web_s_own_login_may_touch_nothing(web: Engine) -> None:
    with db.engine.connect() as connection:
        for table in ("locations", "incidents", "schools", "people", "outbox"):
            with pytest.raises(ProgrammingError) as error:
                connection.exec_driver_sql(f"SELECT 1 FROM {table}")
            assert isinstance(error.value.orig, InsufficientPrivilege)
            connection.rollback()


# --- the wrong school -----------------------------------------------------------------------------


def test_the_rows_of_another_school_are_not_there(two_schools: TwoSchools) -> None:
    with acting_in(two_schools.north):
        assert words() == {"North"}
        # Row security alone, without the filter that the ORM adds.
        assert words(raw=True) == {"North"}
        elsewhere = Location.school_id == two_schools.south
        assert db.session.scalars(select(Location).where(elsewhere)).all() == []
        counted = text("SELECT count(*) FROM locations WHERE school_id = :other")
        assert db.session.scalar(counted, {"other": two_schools.south}) == 0


def test_the_orm_filters_by_itself(bare: Flask, two_schools: TwoSchools) -> None:
    """The net below would do; this is what finds the index, and the second lock on the door."""
    sent: list[str] = []

    def note(_connection: object, _cursor: object, statement: str, *_more: object) -> None:
        sent.append(statement)

    other = aliased(Location)
    with acting_in(two_schools.north):
        words()
        event.listen(db.engine, "before_cursor_execute", note)
        for statement in (
            select(Location),
            select(Location.name).where(Location.kind == "room"),
            select(func.count()).select_from(Location),
            select(School.name).join(Location, Location.school_id == School.id),
            select(Location.name).join(other, other.id == Location.id),
            select(School.id).where(select(Location.id).exists()),
            update(Location).values(kind="room"),
            delete(Location).where(Location.name == "nowhere"),
        ):
            db.session.execute(statement, execution_options={"synchronize_session": False})
        event.remove(db.engine, "before_cursor_execute", note)
    assert len(sent) == 8
    assert [text for text in sent if "school_id = %(school_acted_in" not in text] == []
    assert sent[4].count("school_id = %(school_acted_in") == 2


def test_a_statement_that_is_kept_serves_the_school_it_is_sent_in(two_schools: TwoSchools) -> None:
    kept = select(Location.school_id)
    for school in (two_schools.north, two_schools.south, two_schools.north):
        with acting_in(school):
            assert set(db.session.scalars(kept)) == {school}
    with acting_in(two_schools.south):
        changed = update(Location).values(kind="room").returning(Location.school_id)
        assert set(db.session.scalars(changed)) == {two_schools.south}
    with across_schools("a test reads both"):
        assert {two_schools.north, two_schools.south} <= set(db.session.scalars(kept))


def test_the_rows_of_another_school_cannot_be_changed(two_schools: TwoSchools) -> None:
    with acting_in(two_schools.north):
        for statement in (
            update(Location).where(Location.school_id == two_schools.south).values(name="mine"),
            delete(Location).where(Location.school_id == two_schools.south),
        ):
            plain = statement.execution_options(synchronize_session=False)
            assert db.session.execute(plain).rowcount == 0  # type: ignore[attr-defined]
        raw = text("UPDATE locations SET name = 'mine' WHERE school_id = :other")
        assert db.session.execute(raw, {"other": two_schools.south}).rowcount == 0  # type: ignore[attr-defined]
    with acting_in(two_schools.south):
        assert words(raw=True) == {"South"}


def test_a_row_cannot_be_put_into_another_school(two_schools: TwoSchools) -> None:
    new = insert(Location.__table__).values(key="k", name="k", kind="room")  # type: ignore[arg-type]
    with acting_in(two_schools.north):
        with pytest.raises(ProgrammingError, match="row-level security") as error:
            db.session.execute(new.values(school_id=two_schools.south))
        assert isinstance(error.value.orig, InsufficientPrivilege)
        db.session.rollback()
        with pytest.raises(ProgrammingError, match="row-level security"):
            db.session.execute(
                text("UPDATE locations SET school_id = :other"), {"other": two_schools.south}
            )
        db.session.rollback()


def test_a_row_cannot_point_into_another_school(two_schools: TwoSchools) -> None:
    with acting_in(two_schools.south):
        foreign = location(two_schools.south)
    with acting_in(two_schools.north):
        db.session.add(Location(key="sub", name="North sub", kind="room", parent_id=foreign))
        with pytest.raises(IntegrityError):
            db.session.flush()


# --- a binding ends -------------------------------------------------------------------------------


def test_nothing_stays_on_the_connection(bare: Flask, two_schools: TwoSchools) -> None:
    """After commit, after rollback and after an error the next one starts from nothing."""
    for end in (db.session.commit, db.session.rollback, break_it):
        with acting_in(two_schools.north):
            assert words(raw=True) == {"North"}
            end()
        with db.engine.connect() as connection:
            assert _state(connection) == (_login(bare), "")
        with pytest.raises(NoSchool):
            db.session.execute(text("SELECT 1"))
        with acting_in(two_schools.south):
            assert words(raw=True) == {"South"}


def test_it_is_said_again_in_each_transaction(two_schools: TwoSchools) -> None:
    with acting_in(two_schools.north):
        for end in (db.session.commit, db.session.rollback, break_it, db.session.commit):
            assert words(raw=True) == {"North"}
            end()
        assert words(raw=True) == {"North"}


def test_it_ends_with_the_context_that_made_it(bare: Flask, two_schools: TwoSchools) -> None:
    with bare.app_context():
        rebind(Binding(SCHOOL, two_schools.north))
        assert words() == {"North"}
    with bare.app_context(), pytest.raises(NoSchool):
        db.session.execute(text("SELECT 1"))


def test_what_nobody_committed_is_undone(two_schools: TwoSchools) -> None:
    with acting_in(two_schools.north):
        db.session.add(Location(key="gone", name="Gone", kind="room"))
        db.session.flush()
    with acting_in(two_schools.north):
        assert words(raw=True) == {"North"}


def test_a_set_for_the_whole_session_is_overruled(two_schools: TwoSchools) -> None:
    """Somebody's raw SQL leaves both settings behind on the pooled connection."""
    with acting_in(two_schools.north):
        db.session.execute(text(f"SET app.school_id = '{two_schools.north}'"))
        db.session.commit()
    with acting_in(two_schools.south):
        assert words(raw=True) == {"South"}
        db.session.execute(text("RESET app.school_id"))
        db.session.commit()
    with across_schools("the test"):
        assert db.session.scalar(text("SELECT current_setting('app.school_id', true)")) == ""


# --- threads -----------------------------------------------------------------------------------


def test_threads_each_in_their_school(bare: Flask, two_schools: TwoSchools) -> None:
    wrong: list[object] = []
    together = threading.Barrier(4)

    def look(school_id: int, word: str) -> None:
        together.wait(10)
        for number in range(100):
            with bare.app_context(), acting_in(school_id):
                if (seen := words(raw=True) | words()) != {word}:
                    wrong.append((word, seen))
                db.session.commit() if number % 2 else db.session.rollback()

    pair = [(look, two_schools.north, "North"), (look, two_schools.south, "South")]
    run_all(pair * 2)
    assert wrong == []


def test_a_thread_inherits_no_school(bare: Flask, two_schools: TwoSchools) -> None:
    said: list[str] = []

    def look() -> None:
        try:
            with bare.app_context():
                db.session.execute(text("SELECT 1"))
        except NoSchool:
            said.append("no school")

    with acting_in(two_schools.north):
        words()
        thread = threading.Thread(target=look)
        thread.start()
        thread.join(10)
    assert said == ["no school"]


# --- what the tests above stand on ----------------------------------------------------------------


def _state(connection: Connection) -> tuple[str, str]:
    role, school = connection.exec_driver_sql(
        "SELECT current_user, coalesce(current_setting('app.school_id', true), '')"
    ).one()
    return role, school


def _login(app: Flask) -> str:
    with app.app_context():
        return str(db.engine.url.username)


def test_without_row_security_these_tests_would_fail(
    two_schools: TwoSchools, superuser: Connection, prefix: str
) -> None:
    """The control: the same query, asked where no policy stands."""
    superuser.execute(text("ALTER TABLE locations DISABLE ROW LEVEL SECURITY"))
    superuser.execute(text(f"SET LOCAL ROLE {prefix}_school"))
    superuser.execute(text(f"SET LOCAL app.school_id = '{two_schools.north}'"))
    names = superuser.scalars(text("SELECT name FROM locations"))
    assert {name.split()[0] for name in names} >= {"North", "South"}
    superuser.rollback()
