"""So many requests in ten seconds (F20, A64): who is stopped, who is not, and at what price."""

from __future__ import annotations

import socket
import time
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from redis import Redis

from app.limits import counting
from app.limits.counting import Counts, Limit, Limiter, TooMany
from config import Settings

QUEUE = "/account"
FORM = {"csrf_token": "not looked at", "what": "A dark projector", "password": "hunter2-hunter2"}


def use(app: Flask, monkeypatch: pytest.MonkeyPatch, **changes: Any) -> None:
    """Other settings, and a limiter that begins with them."""
    settings = replace(app.config["SETTINGS"], **changes)
    monkeypatch.setitem(app.config, "SETTINGS", settings)
    limiter = Limiter(settings.redis_url, settings.role_prefix)
    monkeypatch.setitem(app.extensions, "limiter", limiter)
    app.extensions["known_credentials"].clear()


@pytest.fixture(autouse=True)
def patient(monkeypatch: pytest.MonkeyPatch) -> None:
    """On a machine busy with other tests Redis may take long; without it, counts begin anew."""
    monkeypatch.setattr(counting, "_PATIENCE_SECONDS", 5.0)


@pytest.fixture(params=["redis", "refused", "silent"])
def with_or_without_redis(
    request: pytest.FixtureRequest, app: Flask, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> Iterator[None]:
    """Redis as it should be; nobody where it should be; and one that takes the call only."""
    if request.param == "redis":
        yield
        return
    with socket.socket(socket.AF_UNIX) as server:
        monkeypatch.setattr(counting, "_PATIENCE_SECONDS", 0.1)
        path = str(tmp_path / "redis")
        if request.param == "silent":
            server.bind(path)
            server.listen(64)
        use(app, monkeypatch, redis_url=f"unix://{path}")
        yield


def check_refused(answer: Any) -> None:
    assert answer.status_code == 429, answer.text
    seconds = int(answer.headers["Retry-After"])
    assert 1 <= seconds <= 60
    unit = "second" if seconds == 1 else "seconds"
    sentence = f"Too many requests. Try again in {seconds} {unit}."
    if answer.mimetype == "application/problem+json":
        assert answer.json["detail"] == sentence
    else:
        assert sentence in answer.text


# --- a person ---


@pytest.mark.usefixtures("with_or_without_redis")
def test_a_person_who_asks_too_often_is_stopped_and_nobody_else(app, cast, api, monkeypatch):
    use(app, monkeypatch, requests_per_person=5, redis_url=app.config["SETTINGS"].redis_url)
    rita, ravi = api(cast.rita), api(cast.ravi)
    slowest = 0.0
    answers = []
    for _ in range(8):
        began = time.monotonic()
        answers.append(rita.get("/schools"))
        slowest = max(slowest, time.monotonic() - began)
    assert [one.status_code for one in answers] == [200] * 5 + [429] * 3
    check_refused(answers[-1])
    assert ravi.get("/schools").status_code == 200
    assert slowest < 1


def test_two_tokens_of_one_person_are_one_person(app, cast, api, sign_in, monkeypatch):
    browser = sign_in(cast.rita)
    use(app, monkeypatch, requests_per_person=5)
    program = api(cast.rita)
    said = [program.get("/schools").status_code for _ in range(4)]
    said += [browser.get("/account").status_code for _ in range(3)]
    assert said == [200] * 5 + [429] * 2


def test_a_refusal_costs_no_statement_and_does_not_ask_redis(
    app, cast, api, monkeypatch, statements
):
    use(app, monkeypatch, requests_per_person=2)
    program = api(cast.rita)
    assert [program.get("/schools").status_code for _ in range(3)] == [200, 200, 429]
    statements.clear()

    def not_again(*_: Any) -> None:
        raise AssertionError("Redis was asked")

    monkeypatch.setattr(counting.Limiter, "_count", not_again)
    check_refused(program.get("/schools"))
    assert statements == []


def test_a_credential_that_opens_nothing_is_stopped_too(app, monkeypatch, statements):
    use(app, monkeypatch, requests_per_person=3)
    headers = {"Authorization": "Bearer deskbell_nobody-has-this-token"}

    def ask() -> int:
        return app.test_client().get("/api/v1/schools", headers=headers).status_code

    assert [ask() for _ in range(4)] == [401, 401, 401, 429]
    statements.clear()
    assert ask() == 429
    assert statements == []


def from_address(app, address: str, path: str, cookie: str | None = None) -> int:
    client = app.test_client(use_cookies=False)
    headers = {"Cookie": f"deskbell={cookie}"} if cookie else {}
    return client.get(path, headers=headers, environ_base={"REMOTE_ADDR": address}).status_code


@pytest.mark.usefixtures("with_or_without_redis")
@pytest.mark.parametrize("path", ["/account", "/st-marys/incidents", "/api/v1/schools"])
def test_making_up_credentials_is_no_way_round(app, monkeypatch, statements, path):
    use(app, monkeypatch, requests_per_address=1, redis_url=app.config["SETTINGS"].redis_url)
    made_up = iter(range(100))

    def ask(address: str) -> int:
        client = app.test_client(use_cookies=False)
        secret = f"made-up-{next(made_up)}"
        headers = {"Cookie": f"deskbell={secret}", "Authorization": f"Bearer {secret}"}
        return client.get(path, headers=headers, environ_base={"REMOTE_ADDR": address}).status_code

    said = [ask("192.0.2.1") for _ in range(5)]
    assert set(said) <= {302, 401}
    statements.clear()
    assert [ask("192.0.2.1") for _ in range(3)] == [429] * 3
    assert statements == []
    assert ask("192.0.2.2") == said[0]


def test_who_is_known_is_not_turned_away_for_what_others_at_the_address_make_up(
    app, cast, api, sign_in, monkeypatch
):
    use(app, monkeypatch, requests_per_address=1)
    browser, program = sign_in(cast.rita), api(cast.ravi)
    assert browser.get("/account").status_code == 200
    assert program.get("/schools").status_code == 200
    said = [from_address(app, "127.0.0.1", "/account", f"made-up-{n}") for n in range(7)]
    assert said == [302] * 5 + [429] * 2
    assert browser.get("/account").status_code == 200
    assert program.get("/schools").status_code == 200
    # Signing in has limits of its own.
    assert from_address(app, "127.0.0.1", "/sign-in", "made-up") == 200


def test_a_session_that_has_ended_is_no_longer_known(app, cast, sign_in, at, monkeypatch):
    browser = sign_in(cast.rita)
    use(app, monkeypatch, requests_per_address=1)
    assert browser.get("/account").status_code == 200
    assert app.extensions["known_credentials"]
    at("2101-01-01T00:00Z")
    assert browser.get("/account").status_code == 302
    assert not app.extensions["known_credentials"]


@pytest.mark.parametrize("path", ["/sign-in", "/accessibility", "/account", "/nowhere"])
def test_pages_for_anybody_have_a_generous_limit(app, monkeypatch, statements, path):
    use(app, monkeypatch, requests_per_address=1)
    said = [from_address(app, "192.0.2.1", path) for _ in range(50)]
    assert 429 not in said
    statements.clear()
    assert [from_address(app, "192.0.2.1", path) for _ in range(2)] == [429] * 2
    assert statements == []
    assert from_address(app, "192.0.2.2", path) == said[0]


@pytest.mark.parametrize("path", ["/sign-in", "/accessibility", "/nowhere"])
def test_there_too_it_is_a_statement_to_find_whose_a_cookie_is(app, monkeypatch, statements, path):
    use(app, monkeypatch, requests_per_address=1)
    said = [from_address(app, "192.0.2.1", path, f"made-up-{n}") for n in range(10)]
    assert 429 not in said
    statements.clear()
    assert [from_address(app, "192.0.2.1", path, f"other-{n}") for n in range(3)] == [429] * 3
    assert statements == []
    # Without a cookie one gets there still.
    assert from_address(app, "192.0.2.1", path) == said[0]


# --- a school ---


def test_a_school_that_floods_is_stopped_and_the_others_notice_nothing(
    app, cast, api, monkeypatch, statements
):
    use(app, monkeypatch, requests_per_school=4)
    rita, ravi, olga, tariq = (api(one) for one in (cast.rita, cast.ravi, cast.olga, cast.tariq))
    here, there = "/schools/st-marys/incidents", "/schools/oakfield/incidents"
    # Whoever does not belong there cannot use its share up.
    assert {tariq.get(here).status_code for _ in range(6)} == {200}
    assert {olga.get(here).status_code for _ in range(6)} == {404}
    said = [one.get(here).status_code for _ in range(3) for one in (rita, ravi)]
    assert said == [200] * 4 + [429] * 2
    statements.clear()
    check_refused(rita.get(here))
    assert statements == []
    assert olga.get(there).status_code == 200
    assert tariq.get(here).status_code == 200
    # What has no school in its address is not the school's.
    assert rita.get("/schools").status_code == 200


def test_the_queue_asking_by_itself_counts(app, cast, sign_in, monkeypatch):
    browser = sign_in(cast.tariq)
    use(app, monkeypatch, requests_per_person=3)
    headers = {"X-Deskbell-Polling": "1"}
    said = [browser.get("/queue", headers=headers).status_code for _ in range(4)]
    assert said == [200, 200, 200, 429]


# --- forms that anybody may send ---


@pytest.mark.usefixtures("with_or_without_redis")
def test_an_address_that_sends_public_forms_too_often(app, monkeypatch):
    use(app, monkeypatch, requests_per_address=1, redis_url=app.config["SETTINGS"].redis_url)

    def send(address: str, **more: Any) -> Any:
        return app.test_client().post(
            "/sign-in", data=FORM, environ_base={"REMOTE_ADDR": address}, **more
        )

    # A junk cookie is no way round it.
    said = [send("192.0.2.1", headers={"Cookie": f"deskbell={n}"}).status_code for n in range(6)]
    assert said == [400] * 5 + [429]
    assert send("192.0.2.2").status_code == 400


@pytest.mark.parametrize("path", ["/healthz", "/readyz", "/static/deskbell.css", "/metrics"])
def test_what_machines_ask_is_exempt(app, monkeypatch, path):
    use(app, monkeypatch, requests_per_person=1, requests_per_address=1)
    client = app.test_client()
    client.set_cookie("deskbell", "the-same-each-time")
    if path.startswith("/static/"):
        path = app.jinja_env.globals["asset"]("deskbell.css")
    for _ in range(4):
        with client.get(path) as answer:
            assert answer.status_code != 429


# --- what the refusal says ---


def test_nothing_typed_is_lost(app, cast, sign_in, monkeypatch):
    browser = sign_in(cast.rita)
    browser.get("/st-marys/incidents/new")
    use(app, monkeypatch, requests_per_person=1)
    browser.get("/account")
    answer = browser.post("/st-marys/incidents/new?from=x", FORM)
    check_refused(answer)
    assert '<form method="post" action="/st-marys/incidents/new?from=x">' in answer.text
    assert 'value="A dark projector"' in answer.text
    assert "Send again" in answer.text
    assert "hunter2" not in answer.text


def test_a_page_that_is_refused_is_a_page(app, cast, sign_in, monkeypatch):
    browser = sign_in(cast.rita)
    use(app, monkeypatch, requests_per_person=1)
    browser.get("/account")
    answer = browser.get("/account")
    check_refused(answer)
    assert "<h1" in answer.text
    assert answer.headers["Cache-Control"] == "no-store"


def test_a_script_of_a_hundred_calls_is_fine(app, cast, api, monkeypatch):
    use(app, monkeypatch, requests_per_person=100, requests_per_school=300)
    program = api(cast.rita)
    answers = [program.get("/schools/st-marys/incidents") for _ in range(100)]
    assert {one.status_code for one in answers} == {200}


# --- hostile content in Redis (A58) ---


@pytest.mark.parametrize("kind", ["text", "list", "large", "negative", "bytes"])
def test_what_stands_in_redis_is_not_believed(app, cast, api, monkeypatch, kind):
    use(app, monkeypatch, requests_per_person=3)
    settings: Settings = app.config["SETTINGS"]
    redis = Redis.from_url(settings.redis_url or "")
    program = api(cast.rita)
    assert program.get("/schools").status_code == 200
    names = [name for name in redis.scan_iter(f"{settings.role_prefix}:limit:*")]
    assert names
    for name in names:
        prefix, _, window = name.decode().rpartition(":")
        for one in (name, f"{prefix}:{int(window) - 1}"):
            redis.delete(one)
            if kind == "list":
                redis.rpush(one, "x")
            else:
                value = {"text": "x", "large": 2**62, "negative": -(2**62), "bytes": b"\xff\x00"}
                redis.set(one, value[kind])
    said = [program.get("/schools").status_code for _ in range(5)]
    assert set(said) <= {200, 429}
    if kind != "negative":
        assert 429 in said


def test_nothing_in_redis_is_of_use_to_a_thief(app, cast, api, sign_in):
    api(cast.rita).get("/schools/st-marys/incidents")
    sign_in(cast.rita).get("/account")
    settings: Settings = app.config["SETTINGS"]
    redis = Redis.from_url(settings.redis_url or "")
    names = b" ".join(redis.scan_iter("*")).decode()
    assert ":limit:" in names
    for secret in (cast.rita.token, cast.rita.email, "127.0.0.1", "st-marys"):
        assert secret not in names


# --- arithmetic ---


@pytest.mark.parametrize(
    ("now", "before", "into", "seconds"),
    [
        (10, 0, 0, 0),
        (11, 0, 0, 66),  # the whole window, and until a tenth of its eleven has faded
        (1, 10, 0, 6),
        (1, 10, 6, 0),
        (5, 10, 30, 0),
        (6, 10, 30, 6),
        (10, 10, 59.5, 1),
        (20, 0, 30, 60),
    ],
)
def test_a_window_slides(monkeypatch, now, before, into, seconds):
    monkeypatch.setattr(counting, "WINDOW_SECONDS", 60)
    assert Counts(now, before).seconds_until_under(10, into) == seconds


def test_a_flood_gets_its_share_and_no_more(monkeypatch):
    """A hundred a second for three minutes against sixty in a window of a minute."""
    monkeypatch.setattr(counting, "WINDOW_SECONDS", 60)
    clock = [1_000_000_020.0]
    monkeypatch.setattr(counting.time, "time", lambda: clock[0])
    monkeypatch.setattr(counting.time, "monotonic", lambda: clock[0])
    limiter, limit = Limiter(None, "x"), Limit("person", "1", 60)
    passed = []
    for _ in range(18_000):
        try:
            limiter.check(limit)
            passed.append(clock[0])
        except TooMany:
            pass
        clock[0] += 0.01
    for begin in range(120):
        window = [at for at in passed if begin <= at - 1_000_000_020 < begin + 60]
        assert len(window) <= 66, begin
    assert len(passed) >= 60


@pytest.mark.parametrize("often", [1, 99, 100, 600, 1800])
def test_counting_ahead_is_a_hundredth_imprecise(app, often):
    """Two processes, one Redis: together they let through what one may, less a share each."""
    settings: Settings = app.config["SETTINGS"]
    limit = Limit("person", "two processes", often)
    processes = [Limiter(settings.redis_url, settings.role_prefix) for _ in range(2)]
    passed = 0
    for number in range(2 * often + 2):
        with suppress(TooMany):
            processes[number % 2].check(limit)
            passed += 1
    assert often - 2 * limit.share < passed <= often


def test_its_memory_is_bounded(monkeypatch):
    monkeypatch.setattr(counting, "_LARGEST", 50)
    limiter = Limiter(None, "x")
    for number in range(500):
        for _ in range(2):
            with suppress(TooMany):
                limiter.check(Limit("person", str(number), 1))
    assert len(limiter._here._now) <= 50
    assert len(limiter._counted_ahead._left) <= 50
    assert len(limiter._refused._until) <= 50
