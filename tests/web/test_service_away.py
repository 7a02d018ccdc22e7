"""The database goes away, is busy or is slow in the middle of a request: nothing typed is lost
(reliability.md A57, F1–F3)."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import psycopg2
import pytest
from sqlalchemy import text
from sqlalchemy.engine import make_url

from app.incidents import actions
from config import load_settings
from tests.incidents.pages import BROKEN, HERE, logged, text_of

KEY = "kept-through-the-fault"
NOTE = {"text": "We come at noon", "visibility": "internal", "submission_id": KEY}
NOTES = f"{HERE}/1/notes"

Fault = Callable[[], object]


def check_page(answer: Any, address: str, **typed: str) -> None:
    """It says what became of the work, and can send all of it again with the same key."""
    page = text_of(answer)
    assert answer.status_code == 503
    assert answer.headers["Retry-After"] == "2"
    assert "Sorry, the service is unavailable" in page
    assert "Your work has not been saved. Try again in a minute" in page
    assert f'<form method="post" action="{address}">' in page
    for name, value in {**typed, "submission_id": KEY}.items():
        assert f'name="{name}" value="{value}"' in page
    assert "Traceback" not in page
    assert "SELECT" not in page


@pytest.fixture
def fails(app: Any, monkeypatch: pytest.MonkeyPatch) -> Iterator[Callable[[Fault], None]]:
    """`fails(fault)`: the fault happens in the middle of writing a note."""
    real = actions.note

    def set_up(fault: Fault) -> None:
        def note(*args: Any, **more: Any) -> None:
            real(*args, **more)
            fault()

        monkeypatch.setattr(actions, "note", note)

    # What a person sees, not what a programmer wants to see.
    app.config["PROPAGATE_BUGS"] = False
    yield set_up
    app.config["PROPAGATE_BUGS"] = True


def in_sql(statement: str) -> Fault:
    from tenants import db

    return lambda: db.session.execute(text(statement))


@pytest.fixture
def terminated(ledger: Any) -> Fault:
    """The database throws the web's connections out, as it does when it stops."""
    from tenants import db

    def fault() -> None:
        pid = db.session.scalar(text("SELECT pg_backend_pid()"))
        assert ledger.rows("SELECT pg_terminate_backend(%s, 1000)", pid) == [(True,)]
        db.session.execute(text("SELECT 1"))

    return fault


@pytest.fixture
def locked() -> Iterator[Callable[[str], None]]:
    """Somebody else holds a row: `locked("SELECT … FOR UPDATE")`."""
    url = make_url(load_settings().admin_url or "")
    own = url.set(database=make_url(load_settings().database_url).database, drivername="postgresql")
    connection = psycopg2.connect(own.render_as_string(hide_password=False))

    def take(statement: str) -> None:
        with connection.cursor() as cursor:
            cursor.execute(statement)

    yield take
    connection.close()


def test_the_database_goes_away_in_the_middle(sign_in, cast, api, fails, terminated):
    logged(api, cast)
    sam = sign_in(cast.sam)
    sam.get(f"{HERE}/1")
    fails(terminated)
    check_page(sam.post(NOTES, NOTE), NOTES, text="We come at noon", visibility="internal")


def test_what_it_holds_is_saved_once_when_it_is_sent_again(
    sign_in, cast, api, fails, terminated, monkeypatch, ledger
):
    logged(api, cast)
    sam = sign_in(cast.sam)
    sam.get(f"{HERE}/1")
    fails(terminated)
    assert sam.post(NOTES, NOTE).status_code == 503
    monkeypatch.undo()
    for _ in range(2):
        assert sam.post(NOTES, NOTE).status_code == 303
    kept = ledger.rows("SELECT count(*) FROM events WHERE kind = 'incident.noted'")
    assert kept == [(1,)]


@pytest.mark.parametrize(
    "statement",
    [
        "SET LOCAL statement_timeout = '20ms'; SELECT pg_sleep(5)",
        "DO $$ BEGIN RAISE SQLSTATE '55P03'; END $$",
        "DO $$ BEGIN RAISE SQLSTATE '40P01'; END $$",
        "DO $$ BEGIN RAISE SQLSTATE '40001'; END $$",
        "DO $$ BEGIN RAISE SQLSTATE '53300'; END $$",
        "DO $$ BEGIN RAISE SQLSTATE '53100'; END $$",
        "DO $$ BEGIN RAISE SQLSTATE '57P03'; END $$",
    ],
    ids=["slow", "locked", "deadlock", "serialisation", "connections", "disk", "starting"],
)
def test_slow_full_and_busy_databases_are_the_same_to_a_person(
    sign_in, cast, api, fails, statement
):
    logged(api, cast)
    sam = sign_in(cast.sam)
    sam.get(f"{HERE}/1")
    fails(in_sql(statement))
    check_page(sam.post(NOTES, NOTE), NOTES, text="We come at noon")


def test_a_row_that_somebody_holds_for_too_long(sign_in, cast, api, app, locked):
    logged(api, cast)
    sam = sign_in(cast.sam)
    sam.get(f"{HERE}/1")
    locked("SELECT 1 FROM incidents WHERE number = 1 FOR UPDATE")
    check_page(sam.post(NOTES, NOTE), NOTES, text="We come at noon")


def test_no_connection_is_free(sign_in, cast, api, app, monkeypatch):
    logged(api, cast)
    sam = sign_in(cast.sam)
    sam.get(f"{HERE}/1")
    with app.app_context():
        from tenants import db

        pool = db.engine.pool
        monkeypatch.setattr(pool, "_timeout", 0.05)
        taken = []
        try:
            for _ in range(pool.size() + pool._max_overflow):  # type: ignore[attr-defined]
                taken.append(pool.connect())
            answer = sam.post(NOTES, NOTE)
            program = api(cast.sam).post("/schools/st-marys/incidents", BROKEN)
        finally:
            for connection in taken:
                connection.close()
    check_page(answer, NOTES, text="We come at noon")
    assert (program.status_code, program.headers["Retry-After"]) == (503, "2")
    assert program.mimetype == "application/problem+json"


def test_a_program_is_told_when_to_come_back(cast, api, fails, terminated):
    logged(api, cast)
    fails(terminated)
    answer = api(cast.sam).post(f"/schools{NOTES}", {"text": "We come"})
    assert (answer.status_code, answer.headers["Retry-After"]) == (503, "2")
    assert answer.mimetype == "application/problem+json"
    assert set(answer.json) == {"type", "title", "status", "detail"}


def test_a_password_is_never_on_the_page(app, cast, monkeypatch):
    """Signing in while the database is away."""
    from sqlalchemy.exc import OperationalError

    from app.people import actions as people
    from tests.conftest import Browser

    def away(*_args: Any, **_more: Any) -> None:
        raise OperationalError("SELECT 1", {}, Exception("away"))

    monkeypatch.setattr(people, "sign_in", away)
    browser = Browser(app.test_client())
    browser.get("/sign-in")
    answer = browser.post("/sign-in", {"email": cast.rita.email, "password": cast.password})
    page = text_of(answer)
    assert answer.status_code == 503
    assert cast.password not in page
    assert f'name="email" value="{cast.rita.email}"' in page
    assert "Passwords and codes are not on it" in page


@pytest.mark.parametrize(
    ("address", "limit"),
    [("/authority/imports/new", "64 MB"), ("/account/keyboard-shortcuts", "10 MB")],
)
def test_what_is_too_big_is_told_the_limit_that_applies(sign_in, cast, address, limit):
    ada = sign_in(cast.ada)
    ada.get("/account")
    length = {"CONTENT_LENGTH": str(70 * 1024 * 1024)}
    answer = ada.post(address, {"la_code": "881"}, environ_overrides=length)
    assert answer.status_code == 413
    assert f"The limit is {limit}" in text_of(answer)


def test_too_many_parts_are_not_called_too_many_megabytes(sign_in, cast):
    ada = sign_in(cast.ada)
    ada.get("/account")
    answer = ada.post(
        "/account/keyboard-shortcuts",
        {f"field-{number}": "x" for number in range(2000)},
        content_type="multipart/form-data",
    )
    assert answer.status_code == 413
    assert "too many fields" in text_of(answer)
    assert "MB" not in text_of(answer)
