"""The pages about mail: who may open them, what they show, and what they never show."""

from __future__ import annotations

import html
from collections.abc import Callable, Iterator
from dataclasses import replace
from typing import Any

import pytest
from flask import Flask

from app.later import uuid7
from app.notifications.post import folder, use_post
from app.notifications.sent import NAME
from config import Settings
from tests.incidents.pages import logged
from tests.ledger import Ledger
from tests.notifications.conftest import Sink

Deliver = Callable[[], int]


def text_of(answer: Any) -> str:
    return html.unescape(answer.get_data(as_text=True))


# --- mail and work, for the LA administrator ---


@pytest.fixture
def failed(sink: Sink, deliver: Deliver, api: Any, cast: Any) -> None:
    """One mail given up, one tried again."""
    sink.answers[cast.rita.email] = f"550 {cast.rita.email} unknown"
    sink.answers[cast.sam.email] = "450 later"
    logged(api, cast, title="Jo Bloggs’s laptop")
    deliver()


def test_the_administrator_sees_what_failed_and_why(
    failed: None, cast: Any, sign_in: Any, statements: list[str]
) -> None:
    ada = sign_in(cast.ada)
    statements.clear()
    page = text_of(ada.get("/waiting"))
    # Who asks; then the scope and one statement for each of the three lists.
    assert len([one for one in statements if "outbox" in one]) == 3
    assert len(statements) <= 12, statements
    for said in ("SMTP 550", "SMTP 450", "St Mary’s Primary School", "Mail", "Try again"):
        assert said in page
    for secret in ("Bloggs", cast.rita.email, "Rita", "event_id"):
        assert secret not in page


def test_nobody_else_finds_the_page(app: Flask, cast: Any, sign_in: Any) -> None:
    for who in cast.everybody:
        if who is not cast.ada:
            browser = sign_in(who)
            assert browser.get("/waiting").status_code == 404, who.name
            assert browser.post("/waiting/all-again").status_code == 404


def test_one_is_tried_again(
    failed: None, sink: Sink, deliver: Deliver, cast: Any, sign_in: Any, ledger: Ledger
) -> None:
    sink.answers.clear()
    ledger.rows("DELETE FROM mail_troubles")
    ada = sign_in(cast.ada)
    ada.get("/waiting")
    ((given_up,),) = ledger.rows("SELECT id::text FROM outbox WHERE failed_at IS NOT NULL")
    assert ada.post("/waiting/again", {"row": given_up}).status_code == 303
    assert ada.post("/waiting/again", {"row": str(uuid7())}).status_code == 404
    assert ada.post("/waiting/again", {"row": "7; DROP"}).status_code == 404
    deliver()
    assert [one.receivers for one in sink.taken] == [[cast.rita.email]]
    assert ada.post("/waiting/again", {"row": given_up}).status_code == 404, "it is done"
    assert ledger.rows("SELECT actor, subject FROM la_events WHERE kind = 'work.retried'") == [
        ("Ada Admin", "send_mail")
    ]


def test_all_are_tried_again(
    failed: None, cast: Any, sign_in: Any, ledger: Ledger, sink: Sink, deliver: Deliver
) -> None:
    ledger.rows(
        "INSERT INTO door_outbox (id, task, payload, next_try_at, attempts, failed_at)"
        " VALUES (gen_random_uuid(), 'no_such_task', '{}', now(), 1, now())"
    )
    ada = sign_in(cast.ada)
    assert "No such task" in text_of(ada.get("/waiting"))
    assert ada.post("/waiting/all-again").status_code == 303
    for table in ("outbox", "door_outbox"):
        assert ledger.rows(f"SELECT 1 FROM {table} WHERE failed_at IS NOT NULL") == []
        # They have three days again, not one try.
        due = (
            f"SELECT DISTINCT attempts FROM {table} WHERE next_try_at <= now() AND done_at IS NULL"
        )
        assert ledger.rows(due) == [(0,)]
    assert ledger.rows("SELECT subject FROM la_events WHERE kind = 'work.retried'") == [("all 2",)]


def test_what_was_given_up_pages_by_its_place(
    app: Flask, cast: Any, sign_in: Any, ledger: Ledger
) -> None:
    ledger.rows(
        "INSERT INTO outbox (school_id, id, task, payload, next_try_at, attempts, failed_at,"
        " last_error) SELECT (SELECT min(id) FROM schools), gen_random_uuid(), 'send_mail', '{}',"
        " now(), 1, now() - make_interval(mins => n / 10), 'number ' || n || '.'"
        " FROM generate_series(1, 120) n"
    )
    ada = sign_in(cast.ada)
    where, seen = "/waiting", []
    for _ in range(3):
        page = text_of(ada.get(where))
        seen += [n for n in range(1, 121) if f"number {n}." in page]
        where = page.partition('rel="next" href="')[2].partition('"')[0]
    assert sorted(seen) == list(range(1, 121))
    assert where == ""


# --- addresses that mail does not reach ---


@pytest.mark.parametrize(
    ("who", "status"),
    [("sam", 200), ("dora", 200), ("rita", 403), ("ike", 403), ("theo", 403), ("pip", 403),
     ("sue", 403), ("tariq", 403), ("mo", 403), ("ada", 403), ("olga", 404)],
)  # fmt: skip
def test_only_the_desk_sees_its_troubles(cast: Any, sign_in: Any, who: str, status: int) -> None:
    assert sign_in(getattr(cast, who)).get("/st-marys/mail-troubles").status_code == status


def test_another_schools_troubles_are_not_there(
    app: Flask, cast: Any, sign_in: Any, ledger: Ledger
) -> None:
    ledger.rows(
        "INSERT INTO mail_troubles SELECT id, 'same@x.example', 'Otto of ' || slug, 'SMTP 550',"
        " now(), now() FROM schools"
    )
    olga = sign_in(cast.olga)
    page = text_of(olga.get("/oakfield/mail-troubles"))
    assert "Otto of oakfield" in page
    assert "Otto of st-marys" not in page
    again = "/oakfield/mail-troubles/again"
    assert olga.post(again, {"address": "same@x.example"}).status_code == 303
    assert ledger.rows("SELECT name FROM mail_troubles") == [("Otto of st-marys",)]


def test_troubles_page_by_their_address(
    app: Flask, cast: Any, sign_in: Any, ledger: Ledger
) -> None:
    ledger.rows(
        "INSERT INTO mail_troubles SELECT (SELECT id FROM schools WHERE slug = 'st-marys'),"
        " 'a' || n || '@x.example', 'Person ' || n, 'SMTP 550', now(), now()"
        " FROM generate_series(100, 210) n"
    )
    sam = sign_in(cast.sam)
    where, seen = "/st-marys/mail-troubles", set()
    for _ in range(3):
        page = text_of(sam.get(where))
        seen |= {n for n in range(100, 211) if f"a{n}@x.example" in page}
        where = page.partition('rel="next" href="')[2].partition('"')[0]
    assert seen == set(range(100, 211))
    assert where == ""


# --- the demo's mail ---


@pytest.fixture
def demo(app: Flask, ledger: Ledger) -> Iterator[Flask]:
    ledger.rows("UPDATE local_authority SET is_demo = true")
    there = folder()
    assert there is not None
    for old in there.glob("*"):
        old.unlink()
    yield app


def test_in_the_demo_everybody_reads_what_would_have_been_sent(
    demo: Flask, deliver: Deliver, api: Any, cast: Any
) -> None:
    logged(api, cast, title="<script>alert(1)</script> laptop")
    deliver()
    stranger = demo.test_client()
    assert "Mail that would have been sent" in text_of(stranger.get("/sign-in"))
    page = stranger.get("/mail-not-sent").get_data(as_text=True)
    assert "<script>alert" not in page
    assert "Rita Reporter" in page
    path = page.partition('href="/mail-not-sent/')[2].partition('"')[0]
    assert NAME.fullmatch(path)
    one = stranger.get(f"/mail-not-sent/{path}")
    assert one.status_code == 200
    raw = one.get_data(as_text=True)
    assert "<script>alert" not in raw
    assert "/st-marys/incidents/1" in raw
    assert 'href="http://localhost/st-marys' not in raw, "a link is only text there"


@pytest.mark.parametrize(
    "name",
    ["..%2f..%2fsettings.json", "../settings.json", "x.eml", "%00.eml", "a" * 300,
     "20260113T091000-00000000-0000-0000-0000-000000000000.eml",
     "20260113T091000-00000000-0000-0000-0000-000000000000.eml%2f..%2f..%2fx"],
)  # fmt: skip
def test_no_name_leads_out_of_the_folder(demo: Flask, name: str) -> None:
    assert demo.test_client().get(f"/mail-not-sent/{name}").status_code == 404


def test_elsewhere_there_is_no_such_page(app: Flask, ledger: Ledger) -> None:
    stranger = app.test_client()
    assert stranger.get("/mail-not-sent").status_code == 404
    assert "Mail that would" not in text_of(stranger.get("/sign-in"))
    ledger.rows("UPDATE local_authority SET is_demo = true")
    assert stranger.get("/mail-not-sent").status_code == 200
    settings: Settings = app.config["SETTINGS"]
    try:
        use_post(replace(settings, mail_url="smtp://127.0.0.1:9"))
        assert stranger.get("/mail-not-sent").status_code == 404, "mail is really sent"
        use_post(settings)
        app.config["SETTINGS"] = replace(settings, environment="production")
        assert stranger.get("/mail-not-sent").status_code == 404
    finally:
        app.config["SETTINGS"] = settings
        use_post(settings)


def test_a_file_that_is_no_mail_is_passed_over(demo: Flask) -> None:
    there = folder()
    assert there is not None
    name = f"20260113T091000-{uuid7()}.eml"
    (there / name).write_bytes(b"\xff\x00" * 100)
    (there / "half.part").write_bytes(b"To: nobody")
    assert demo.test_client().get("/mail-not-sent").status_code == 200
    assert demo.test_client().get(f"/mail-not-sent/{name}").status_code in (200, 404)
