"""Guessing is slowed down, and nobody can use that to keep a school out (A15)."""

from __future__ import annotations

import socket
import time
from concurrent.futures import ThreadPoolExecutor

import pytest

from app.people import throttle
from app.people.models import SignInEvent
from app.people.throttle import Throttle
from tests.people.signing import COOKIE, knock, rows


def test_the_eleventh_try_for_an_account_is_too_many_even_with_the_right_password(app, cast):
    for number in range(10):
        answer = knock(app.test_client(), cast.rita.email, "wrong", f"192.0.2.{number}")
        assert answer.status_code == 422
    for password in ("wrong", cast.password):
        answer = knock(app.test_client(), cast.rita.email, password, "192.0.2.77")
        assert answer.status_code == 429
        assert "Too many attempts. Try again in 5 minutes." in answer.text
        assert answer.headers["Retry-After"] == "300"
    assert knock(app.test_client(), cast.ravi.email, cast.password).status_code == 303


def test_an_unknown_account_is_slowed_down_just_the_same(app, cast):
    codes = [knock(app.test_client(), "no@one.example", "x").status_code for _ in range(11)]
    assert codes == [422] * 10 + [429]


def test_the_right_password_starts_the_count_afresh(app, cast):
    for _ in range(2):
        for _ in range(9):
            assert knock(app.test_client(), cast.rita.email, "wrong").status_code == 422
        assert knock(app.test_client(), cast.rita.email, cast.password).status_code == 303


def test_many_who_sign_in_at_once_in_one_school_are_not_slowed_down(app, cast, monkeypatch):
    monkeypatch.setattr(throttle, "PER_ADDRESS", 20)
    for _ in range(25):
        assert knock(app.test_client(), cast.rita.email, cast.password).status_code == 303


def test_one_address_may_be_wrong_a_hundred_times(app, cast):
    for number in range(100):
        email = f"guess-{number}@st-marys.example"
        assert knock(app.test_client(), email, "x").status_code == 422
    assert knock(app.test_client(), "guess-100@st-marys.example", "x").status_code == 429
    assert knock(app.test_client(), cast.rita.email, "wrong").status_code == 429
    assert knock(app.test_client(), cast.rita.email, cast.password).status_code == 429
    assert knock(app.test_client(), cast.rita.email, cast.password, "192.0.2.2").status_code == 303


def test_a_guesser_in_the_school_keeps_nobody_out_who_works_there(app, cast, monkeypatch):
    monkeypatch.setattr(throttle, "PER_ADDRESS", 5)
    assert knock(app.test_client(), cast.sam.email, cast.password).status_code == 303
    codes = [knock(app.test_client(), f"g{n}@x.example", "x").status_code for n in range(7)]
    assert codes == [422] * 5 + [429] * 2
    assert knock(app.test_client(), cast.sam.email, "wrong").status_code == 429
    assert knock(app.test_client(), cast.sam.email, cast.password).status_code == 303


def test_hammering_one_account_does_not_use_up_the_schools_tries(app, cast, monkeypatch):
    monkeypatch.setattr(throttle, "PER_ADDRESS", 12)
    for _ in range(30):
        knock(app.test_client(), cast.rita.email, "wrong")
    assert knock(app.test_client(), cast.ravi.email, "wrong").status_code == 422


def test_whoever_is_signed_in_stays_so_while_somebody_guesses(app, cast, sign_in):
    rita = sign_in(cast.rita)
    for _ in range(12):
        knock(app.test_client(), cast.rita.email, "wrong")
    assert rita.get("/account").status_code == 200
    assert rita.client.get_cookie(COOKIE) is not None


def test_a_flood_leaves_few_lines_in_the_log(app, cast):
    for _ in range(20):
        knock(app.test_client(), cast.rita.email, "wrong")
    kinds = [kind for _, kind in rows(app, SignInEvent.id, SignInEvent.kind)]
    assert kinds == ["refused"] * 10 + ["throttled", "warned"]


def test_tries_at_the_same_moment_all_count():
    limits = Throttle(None, "test")
    with ThreadPoolExecutor(8) as pool:
        found = list(pool.map(lambda _: limits.begin(b"rita", b"school"), range(40)))
    assert len([one for one in found if not one.is_account_over]) == throttle.PER_ACCOUNT


def test_tries_are_forgotten_after_five_minutes(monkeypatch):
    now = 1000.0
    monkeypatch.setattr(time, "monotonic", lambda: now)
    limits = Throttle(None, "test")
    assert [limits.begin(b"rita", b"school").of_account for _ in range(3)] == [1, 2, 3]
    now += throttle.WINDOW_SECONDS
    assert limits.begin(b"rita", b"school").of_account == 1


def test_a_million_names_do_not_fill_the_memory(monkeypatch):
    monkeypatch.setattr(throttle, "_LARGEST", 50)
    limits = Throttle(None, "test")
    for number in range(500):
        limits.begin(b"%d" % number, b"school")
    assert len(limits._here._counts) <= 51
    assert limits.begin(b"499", b"school").of_account == 2


def test_redis_counts_for_all_processes_and_forgets_by_itself(app):
    url, prefix = app.config["SETTINGS"].redis_url, "test-two-processes"
    one, other = Throttle(url, prefix), Throttle(url, prefix)
    assert one.begin(b"rita", b"school").of_account == 1
    assert other.begin(b"rita", b"school").of_account == 2
    keys = one._redis.keys(f"{prefix}:*")
    assert len(keys) == 2
    assert all(0 < one._redis.ttl(key) <= throttle.WINDOW_SECONDS for key in keys)
    assert not any(b"rita" in key for key in keys)
    other.forgive(b"rita", b"school")
    assert one.begin(b"rita", b"school") == throttle.Tries(1, 2)


def test_forgiving_after_the_window_leaves_no_count_that_never_ends(app):
    limits = Throttle(app.config["SETTINGS"].redis_url, "test-late")
    limits.forgive(b"rita", b"school")
    assert limits._redis.keys("test-late:*") == []


@pytest.fixture
def silent_port():
    """Something that takes connections and never says a word."""
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        listener.listen(1)
        yield listener.getsockname()[1]


@pytest.mark.parametrize("is_silent", [True, False])
def test_without_redis_it_counts_here_and_costs_no_time(silent_port, is_silent):
    port = silent_port if is_silent else 1
    limits = Throttle(f"redis://127.0.0.1:{port}/0", "test")
    began = time.monotonic()
    counts = [limits.begin(b"rita", b"school").of_account for _ in range(12)]
    assert counts == list(range(1, 13))
    assert time.monotonic() - began < 0.3


def test_signing_in_works_without_redis(app, cast, monkeypatch):
    monkeypatch.setitem(app.extensions, "throttle", Throttle("redis://127.0.0.1:1/0", "test"))
    codes = [knock(app.test_client(), cast.rita.email, "x").status_code for _ in range(11)]
    assert codes == [422] * 10 + [429]
    assert knock(app.test_client(), cast.ravi.email, cast.password).status_code == 303
