"""What is logged, and above all what is not (F23, A39)."""

from __future__ import annotations

import io
import json
import logging
import re
import sys
import threading
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest
from flask import Flask
from sqlalchemy.exc import OperationalError

from app import logs

CANARY = "canary-7f3a"


@pytest.fixture
def stream() -> Iterator[io.StringIO]:
    """Everything that a program would write, as JSON; and the loggers as they were, afterwards."""
    out = io.StringIO()
    handler = logging.StreamHandler(out)
    handler.setFormatter(logs.Json())
    root, deskbell = logging.getLogger(), logging.getLogger("deskbell")
    before = root.level, deskbell.level
    root.addHandler(handler)
    root.setLevel(logging.DEBUG)
    deskbell.setLevel(logging.INFO)
    yield out
    root.removeHandler(handler)
    root.setLevel(before[0])
    deskbell.setLevel(before[1])


def lines(stream: io.StringIO, logger: str = "") -> list[dict[str, Any]]:
    found = [json.loads(line) for line in stream.getvalue().splitlines()]
    return [one for one in found if one["logger"].startswith(logger)]


def of_requests(stream: io.StringIO) -> list[dict[str, Any]]:
    return lines(stream, "deskbell.request")


# --- one line a request ---


def test_one_line_a_request(app, cast, api, stream):
    answer = api(cast.rita).get("/schools/st-marys/incidents?q=projector")
    (line,) = of_requests(stream)
    assert set(line) == {
        "time",
        "level",
        "logger",
        "event",
        "request_id",
        "endpoint",
        "method",
        "status",
        "milliseconds",
        "person",
        "school",
    }
    assert re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}\+00:00", line["time"])
    assert line["request_id"] == answer.headers["X-Request-Id"]
    assert (line["method"], line["status"], line["school"]) == ("GET", 200, "st-marys")
    assert line["milliseconds"] > 0
    assert re.fullmatch(r"[0-9a-f]{12}", line["person"])
    assert "projector" not in stream.getvalue()


def test_the_same_person_has_the_same_trace(app, cast, api, stream):
    for one in (cast.rita, cast.rita, cast.ravi):
        api(one).get("/schools")
    first, second, other = (line["person"] for line in of_requests(stream))
    assert first == second != other


def test_a_foreign_school_is_not_named(app, cast, api, stream):
    api(cast.olga).get("/schools/st-marys/incidents")
    api(cast.olga).get(f"/schools/{CANARY}/incidents")
    assert [line.get("school") for line in of_requests(stream)] == [None, None]
    assert "st-marys" not in stream.getvalue()
    assert CANARY not in stream.getvalue()


@pytest.mark.parametrize("path", ["/healthz", "/readyz", "/metrics", "/static/deskbell.css"])
def test_machines_that_ask_all_day_leave_no_lines(app, stream, path):
    if path.startswith("/static/"):
        path = app.jinja_env.globals["asset"]("deskbell.css")
    app.test_client().get(path).close()
    assert of_requests(stream) == []


def test_an_id_that_came_along_is_not_taken(app, stream):
    headers = {"X-Request-Id": f"{CANARY}"}
    answer = app.test_client().get("/about", headers=headers)
    assert re.fullmatch(r"[0-9a-f]{16}", answer.headers["X-Request-Id"])
    assert CANARY not in stream.getvalue()


def test_a_bug_has_its_kind_place_and_request(app, cast, api, stream, monkeypatch):
    monkeypatch.setitem(app.config, "PROPAGATE_BUGS", False)

    def fail(*_: Any, **__: Any) -> None:
        raise RuntimeError(CANARY)

    endpoint = next(r.endpoint for r in app.url_map.iter_rules() if r.rule == "/api/v1/schools")
    fail.permissions = ("account.own",)  # type: ignore[attr-defined]
    monkeypatch.setitem(app.view_functions, endpoint, fail)
    answer = api(cast.rita).get("/schools")
    assert answer.status_code == 500
    (bug,) = [one for one in lines(stream) if one["event"].startswith("bug")]
    assert bug["level"] == "error"
    assert bug["event"] == f"bug: RuntimeError at tests/test_logs.py:{_line_of(fail) + 1}"
    assert bug["request_id"] == answer.headers["X-Request-Id"]
    assert CANARY not in stream.getvalue()


def _line_of(function: Callable[..., Any]) -> int:
    return function.__code__.co_firstlineno


# --- the form of a line ---


def say(message: object, *args: object, name: str = "x", formatter: Any = None, **more: Any) -> str:
    record = logging.LogRecord(name, logging.INFO, __file__, 1, message, args, None)
    vars(record).update(more)
    text: str = (formatter or logs.Json()).format(record)
    return text


@pytest.mark.parametrize("formatter", [logs.Json(), logs.Plain()])
@pytest.mark.parametrize(
    "end", ["\n", "\r\n", "\r", "\x0b", "\x0c", "\x1b[2K", "\x85", "\u2028", "\u2029", "\x00"]
)
def test_nobody_forges_a_line(formatter, end):
    forged = f"x{end}2026-01-13T09:00:00 deskbell: somebody signed in"
    for text in (say(forged, formatter=formatter), say("%s", forged, formatter=formatter)):
        assert len(text.splitlines()) == 1
        assert end not in text
    text = say("x", formatter=formatter, facts={"endpoint": forged})
    assert len(text.splitlines()) == 1
    assert end not in text


@pytest.mark.parametrize(
    ("said", "secret"),
    [
        ("token deskbell_abcdefgh12345678 refused", "deskbell_abcdefgh12345678"),
        ("Bearer abcdef.ghijkl", "abcdef.ghijkl"),
        ("mail to rita.reporter+x@st-marys.example failed", "rita.reporter"),
        ("password=hunter2 is wrong", "hunter2"),
        ("{'Password': 'hunter2'}", "hunter2"),
        ("postgresql://web:hunter2@db.example/desk", "hunter2"),
        ("redis://:hunter2@cache:6379/0", "hunter2"),
        ("SECRET_KEY: hunter2", "hunter2"),
        ("Cookie: deskbell=hunter2", "hunter2"),
        ("from 192.0.2.17", "192.0.2.17"),
        ("from 2001:db8:1:2:3:4:5:6", "2001:db8:1:2"),
    ],
)
def test_the_last_net(said, secret):
    assert secret not in say(said)
    assert secret not in say("x", facts={"why": said})
    assert "[hidden]" in say(said)


def test_what_gunicorn_says_has_no_paths():
    said = say("Error handling request %s", "/st-marys/incidents?q=canary", name="gunicorn.error")
    assert "canary" not in said
    assert "st-marys" not in said


@pytest.mark.parametrize(
    "value",
    ["x" * 100_000, b"\xff", "\ud800", object(), {"a": object()}, float("nan"), None, 2**80],
)
def test_whatever_it_is_given_it_writes_a_line(value):
    for text in (say("%s", value), say("x", facts={"what": value})):
        assert len(text) < 1500
        assert json.loads(text)["logger"] == "x"


def test_an_exception_is_its_kind_and_place():
    try:
        raise OperationalError(CANARY, {"title": CANARY}, Exception(CANARY))
    except OperationalError:
        record = logging.LogRecord("x", logging.ERROR, "", 1, "no", (), sys.exc_info())
    for formatter in (logs.Json(), logs.Plain()):
        text = formatter.format(record)
        assert CANARY not in text
        assert "OperationalError at tests/test_logs.py:" in text


def test_what_nobody_caught_is_one_line_without_what_it_says(monkeypatch, capsys):
    hooks = sys.excepthook, threading.excepthook
    root = logging.getLogger()
    before, level = list(root.handlers), root.level
    deskbell_level = logging.getLogger("deskbell").level
    try:
        logs.begin(True)
        try:
            raise ValueError(CANARY)
        except ValueError as error:
            sys.excepthook(type(error), error, error.__traceback__)
        thread = threading.Thread(target=int, args=(CANARY,))
        thread.start()
        thread.join()
    finally:
        sys.excepthook, threading.excepthook = hooks
        logging.captureWarnings(False)
        root.handlers[:] = before
        root.setLevel(level)
        logging.getLogger("deskbell").setLevel(deskbell_level)
    said = [json.loads(line) for line in capsys.readouterr().err.splitlines()]
    assert [one["event"].split(" at ")[0] for one in said] == ["ended by a mistake: ValueError"] * 2
    assert CANARY not in str(said)


# --- the whole story (F23) ---


def test_a_whole_story_leaves_nothing_of_it_in_the_log(
    app: Flask, cast: Any, sign_in: Any, api: Any, stream: io.StringIO, monkeypatch: Any
) -> None:
    """Signing in wrong and right, reporting, a program, a failure, a drained outbox with mail."""
    from app.relay import relay_engine
    from workers.drain import drain

    folder = Path(urlsplit(app.config["SETTINGS"].mail_url).path)
    before = set(folder.rglob("*.eml"))
    secret = f"{CANARY}-password"
    client = app.test_client()
    token = re.search(r'name="csrf_token"[^>]*value="([^"]+)"', client.get("/sign-in").text)
    assert token
    for email in (cast.rita.email, f"{CANARY}@nobody.example"):
        sent = {"csrf_token": token[1], "email": email, "password": secret}
        assert client.post("/sign-in", data=sent).status_code == 422
    browser = sign_in(cast.rita)
    browser.get(f"/st-marys/incidents/new?next=/{CANARY}", headers={"User-Agent": CANARY})
    cookies = [one.value for one in browser.client._cookies.values()]
    program = api(cast.rita)
    report = {"title": f"{CANARY} is dark", "happened": f"{CANARY} pupil, ring 07700 900123"}
    made = program.post("/schools/st-marys/incidents", {**_report(), **report})
    assert made.status_code == 201, made.text
    app.test_client().get("/api/v1/schools", headers={"Authorization": f"Bearer {secret}"})

    with app.app_context():
        while drain(relay_engine(app.config["SETTINGS"])):
            pass
    mails = [path.read_text() for path in folder.rglob("*.eml") if path not in before]
    assert any(cast.sam.email in mail for mail in mails)

    def fail(**_: Any) -> None:
        raise RuntimeError(CANARY)

    monkeypatch.setattr("app.notifications.post.write", lambda *_, **__: fail())
    again = program.post("/schools/st-marys/incidents", {**_report(), **report})
    assert again.status_code == 201
    with app.app_context():
        while drain(relay_engine(app.config["SETTINGS"])):
            pass
    assert any(one["event"].startswith("send_mail failed") for one in lines(stream))
    monkeypatch.setitem(app.config, "PROPAGATE_BUGS", False)
    monkeypatch.setattr("app.door._identify", lambda _: fail())
    assert program.get("/schools").status_code == 500

    text = stream.getvalue()
    assert len(of_requests(stream)) >= 6
    assert any(one["event"].startswith("bug") for one in lines(stream))
    told = {CANARY, secret, cast.password, cast.rita.token, cast.rita.email, "nobody.example"}
    told |= {"Rita", "07700", "127.0.0.1", *cookies}
    for word in told:
        assert word not in text, word


def _report() -> dict[str, Any]:
    from tests.api.desk import BROKEN

    return dict(BROKEN)
