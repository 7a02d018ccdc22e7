"""So many requests in ten seconds (F20, A64): who is stopped, who is not, and at what price."""

from __future__ import annotations

import math
import socket
import time
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import replace
from io import BytesIO
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from flask import Flask, request
from redis import Redis

from app import metrics
from app.limits import counting, early
from app.limits.counting import Counts, Limit, Limiter, TooMany
from app.limits.in_hand import InHand
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


# --- while every thread is at work ---


def test_a_school_has_a_fifth_of_its_share_while_every_thread_is_at_work(
    app, cast, api, monkeypatch
):
    use(app, monkeypatch, requests_per_school=10, requests_per_person=10)
    rita, tariq = api(cast.rita), api(cast.tariq)
    here = "/schools/st-marys/incidents"
    in_hand = app.extensions["in_hand"]
    for _ in range(3):
        in_hand.one_more()
    said = [rita.get(here).status_code for _ in range(3)]
    assert said == [200, 200, 429]
    # People and whoever belongs to no school keep theirs.
    assert {tariq.get(here).status_code for _ in range(5)} == {200}
    assert rita.get("/schools").status_code == 200
    for _ in range(3):
        in_hand.one_less()


def test_what_is_answered_is_no_longer_in_hand(app, cast, api):
    """Also what was refused, and what failed."""
    in_hand = app.extensions["in_hand"]
    for path in ("/schools/st-marys/incidents", "/schools/no-such/incidents"):
        api(cast.rita).get(path)
        assert in_hand._count == 0
    with app.test_request_context(), pytest.raises(ZeroDivisionError):
        early.Early(app, lambda *_: 1 / 0)(request.environ, None)
    assert in_hand._count == 0


def test_one_thread_is_always_at_work_and_says_nothing():
    alone = InHand(1)
    alone.one_more()
    assert not alone.is_full
    two = InHand(2)
    two.one_more()
    assert not two.is_full
    two.one_more()
    assert two.is_full


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


# --- refused again, before Flask begins ---

SCHOOLS = "/api/v1/schools"


@pytest.fixture
def begun(app: Flask, monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Every request that came as far as Flask; clear() it before what you count."""
    found: list[str] = []
    begin = app.full_dispatch_request

    def note() -> Any:
        found.append(request.path)
        return begin()

    monkeypatch.setattr(app, "full_dispatch_request", note)
    return found


def use_up(app: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    """Nobody has a share: whoever asks is refused for ten seconds, to the second."""
    use(app, monkeypatch, requests_per_person=0)


def in_seconds(monkeypatch: pytest.MonkeyPatch, seconds: float) -> None:
    fake = SimpleNamespace(
        time=lambda: time.time() + seconds, monotonic=lambda: time.monotonic() + seconds
    )
    monkeypatch.setattr(counting, "time", fake)


def headers_of(answer: Any) -> list[tuple[str, str]]:
    return sorted((name, value) for name, value in answer.headers if name != "X-Request-Id")


@pytest.mark.parametrize("method", ["GET", "HEAD", "DELETE"])
@pytest.mark.parametrize("scheme", ["http", "https"])
@pytest.mark.parametrize("path", ["/account", "/no-such-page", SCHOOLS])
def test_it_answers_as_the_first_time(app, cast, begun, monkeypatch, path, scheme, method):
    use(app, monkeypatch, requests_per_person=0, requests_per_address=0)
    client = app.test_client(use_cookies=False)
    headers = {"Authorization": f"Bearer {cast.rita.token}", "Cookie": "deskbell=somebody"}

    def ask() -> Any:
        return client.open(path, method=method, headers=headers, base_url=f"{scheme}://localhost")

    first = ask()
    begun.clear()
    again = ask()
    assert begun == []
    assert (first.status_code, again.status_code) == (429, 429)
    assert again.data == first.data
    assert headers_of(again) == headers_of(first)
    assert again.headers["Retry-After"] == "10"
    assert "nonce-" not in again.headers["Content-Security-Policy"]
    assert len(again.headers["X-Request-Id"]) == 16
    assert again.headers["X-Request-Id"] != first.headers["X-Request-Id"]
    if method != "HEAD":
        check_refused(again)


def test_nobody_else_is_refused_again(app, cast, api, begun, monkeypatch):
    use(app, monkeypatch, requests_per_school=2)
    rita, ravi, olga, tariq = (api(one) for one in (cast.rita, cast.ravi, cast.olga, cast.tariq))
    here, there = "/schools/st-marys/incidents", "/schools/oakfield/incidents"
    said = [one.get(here).status_code for _ in range(2) for one in (rita, ravi)]
    assert said == [200, 200, 429, 429]
    begun.clear()
    assert {one.get(here).status_code for one in (rita, ravi)} == {429}
    # Another address of the same school is the school's too.
    check_refused(rita.get("/schools/st-marys/incidents/1"))
    assert begun == []
    assert olga.get(there).status_code == 200
    assert tariq.get(here).status_code == 200
    assert olga.get(here).status_code == 404
    assert rita.get("/schools").status_code == 200


def test_another_credential_and_another_address_are_others(app, begun, monkeypatch):
    use(app, monkeypatch, requests_per_person=0, requests_per_address=0)
    for cookie in ("one", "other"):
        for address in ("192.0.2.1", "192.0.2.2"):
            begun.clear()
            said = [from_address(app, address, "/account", cookie) for _ in range(2)]
            assert said == [429, 429]
            # Known by the cookie alone, so the second address is nobody new.
            assert begun == (["/account"] if address == "192.0.2.1" else [])
    begun.clear()
    said = [from_address(app, address, "/account") for address in ("192.0.2.1", "192.0.2.2") * 2]
    assert said == [429] * 4
    assert begun == ["/account"] * 2


@pytest.mark.parametrize("path", ["/healthz", "/readyz", "/metrics"])
def test_what_machines_ask_is_not_refused_again(app, cast, monkeypatch, path):
    use_up(app, monkeypatch)
    client = app.test_client(use_cookies=False)
    headers = {"Cookie": "deskbell=somebody"}
    said = [client.get("/account", headers=headers).status_code for _ in range(2)]
    assert said == [429, 429]
    assert client.get(path, headers=headers).status_code != 429


class NeverRead(BytesIO):
    def read(self, *_: Any) -> bytes:
        raise AssertionError("the body was read")

    readline = readinto = read  # type: ignore[assignment]


def test_the_body_of_a_program_is_not_read(app, cast, begun, monkeypatch):
    use_up(app, monkeypatch)
    headers = {
        "Authorization": f"Bearer {cast.rita.token}",
        "Idempotency-Key": "the-same",
        "Content-Length": "100",
        "Content-Type": "application/json",
    }
    for _ in range(2):
        begun.clear()
        check_refused(
            app.test_client().post(
                f"{SCHOOLS}/st-marys/incidents", headers=headers, input_stream=NeverRead()
            )
        )
    assert begun == []


def test_what_somebody_typed_comes_back_each_time(app, cast, sign_in, begun, monkeypatch):
    browser = sign_in(cast.rita)
    browser.get("/st-marys/incidents/new")
    use_up(app, monkeypatch)
    for _ in range(3):
        begun.clear()
        answer = browser.post("/st-marys/incidents/new", FORM)
        check_refused(answer)
        assert 'value="A dark projector"' in answer.text
        assert begun == ["/st-marys/incidents/new"]


def test_who_has_waited_is_let_in_again(app, cast, api, begun, monkeypatch):
    use(app, monkeypatch, requests_per_person=2)
    program = api(cast.rita)
    said = [program.get("/schools").status_code for _ in range(5)]
    assert said == [200] * 2 + [429] * 3
    assert len(begun) == 3
    in_seconds(monkeypatch, 1.1)
    # Counted again, and still too many.
    assert program.get("/schools").status_code == 429
    assert len(begun) == 4
    in_seconds(monkeypatch, 25)
    assert program.get("/schools").status_code == 200


def test_they_are_counted_and_told_of(app, cast, api, caplog, monkeypatch):
    use_up(app, monkeypatch)
    program = api(cast.rita)
    assert program.get("/schools").status_code == 429
    limited = metrics.instruments().limited.labels("credential")._value
    endpoint, _ = app.url_map.bind("localhost").match(SCHOOLS)
    answered = metrics.instruments().requests_of(endpoint, "GET", "4xx")._value
    before = limited.get(), answered.get()
    caplog.clear()
    caplog.set_level("INFO", "deskbell.request")
    monkeypatch.setattr(early, "_A_LINE_EVERY", 60.0)
    ids = {program.get("/schools").headers["X-Request-Id"] for _ in range(5)}
    assert (limited.get(), answered.get()) == (before[0] + 5, before[1] + 5)
    assert caplog.records == []
    monkeypatch.setattr(early, "_A_LINE_EVERY", 0.0)
    app.test_client().get("/healthz")
    (line,) = caplog.records
    told = {"status": 429, "by": "credential", "times": 5, "request_id": ids.pop()}
    assert (line.facts, ids) == (told, set())


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
    assert math.ceil(Counts(now, before).seconds_until_under(10, into)) == seconds


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


def test_what_a_flood_gets_comes_evenly(monkeypatch):
    """Ten at once every second would take every thread of the desk, and all others wait."""
    clock = [1_000_000_020.0]
    monkeypatch.setattr(
        counting, "time", SimpleNamespace(time=lambda: clock[0], monotonic=lambda: clock[0])
    )
    limiter, limit = Limiter(None, "x"), Limit("school", "1", 100)
    passed = []
    for _ in range(6_000):
        with suppress(TooMany):
            limiter.check(limit)
            passed.append(clock[0] - 1_000_000_020)
        clock[0] += 0.01
    steady = [at for at in passed if at > 10]
    assert 400 < len(steady) <= 500
    for tenths in range(100, 600):
        assert sum(tenths <= at * 10 < tenths + 3 for at in steady) <= 4, tenths


def test_what_a_school_is_refused_its_people_keep(monkeypatch):
    monkeypatch.setattr(counting, "_REFUSED_FOR", 0.0)
    monkeypatch.setattr(counting, "time", SimpleNamespace(time=lambda: 5.0, monotonic=lambda: 5.0))
    limiter = Limiter(None, "x")
    person, school = Limit("person", "1", 20), Limit("school", "1", 5)
    passed = 0
    for limits in [(person, school)] * 50 + [(person,)] * 50:
        with suppress(TooMany):
            limiter.check(*limits)
            passed += 1
    assert passed == 20


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
