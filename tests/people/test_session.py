"""A sign-in while it lasts: whose it is, how long it is good, and what does not keep it alive."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest
from flask_login import current_user

from tests.people.signing import COOKIE, change_person, hidden, knock


def test_signing_in_again_makes_a_new_session_and_ends_the_old_one(app, cast):
    client = app.test_client()
    knock(client, cast.rita.email, cast.password)
    first = client.get_cookie(COOKIE).value
    page = client.get("/account").text
    answer = client.post(
        "/sign-in",
        data={
            "email": cast.sam.email,
            "password": cast.password,
            "csrf_token": hidden(page, "csrf_token"),
        },
    )
    assert answer.status_code == 303
    assert client.get_cookie(COOKIE).value != first
    stolen = app.test_client()
    stolen.set_cookie(COOKIE, first)
    assert stolen.get("/account").status_code == 302
    assert cast.sam.name in client.get("/account").text


def test_a_session_id_that_somebody_else_chose_is_never_taken_over(app, cast):
    client = app.test_client()
    client.set_cookie(COOKIE, "chosen-by-somebody-else")
    knock(client, cast.rita.email, cast.password)
    assert client.get_cookie(COOKIE).value != "chosen-by-somebody-else"
    victim = app.test_client()
    victim.set_cookie(COOKIE, "chosen-by-somebody-else")
    assert victim.get("/account").status_code == 302


def test_a_form_token_from_before_the_sign_in_is_worth_nothing_after_it(app, cast):
    client = app.test_client()
    planted = hidden(client.get("/sign-in").text, "csrf_token")
    knock(client, cast.rita.email, cast.password)
    answer = client.post("/account/keyboard-shortcuts", data={"csrf_token": planted})
    assert answer.status_code == 400


@pytest.mark.parametrize("cookie", ["", "x", "x" * 5000, "a b", "%00", "é"])
def test_a_cookie_that_is_not_ours_is_nobody(app, cast, cookie):
    client = app.test_client(use_cookies=False)
    answer = client.get("/account", headers={"Cookie": f"{COOKIE}={cookie}"})
    assert (answer.status_code, answer.location) == (302, "/sign-in?next=/account")


def test_a_refused_cookie_is_logged_without_the_cookie(app, cast, caplog):
    client = app.test_client(use_cookies=False)
    client.get("/account", headers={"Cookie": f"{COOKIE}=forged-one"})
    assert "a session cookie was refused at people.account" in caplog.text
    assert "forged-one" not in caplog.text


@pytest.mark.parametrize(
    ("who", "idle", "whole"),
    [
        ("rita", timedelta(hours=12), timedelta(days=7)),
        ("sam", timedelta(hours=12), timedelta(days=7)),
        ("tariq", timedelta(hours=8), timedelta(hours=24)),
        ("ada", timedelta(minutes=30), timedelta(hours=8)),
    ],
)
def test_a_sign_in_lasts_while_it_is_used_but_not_for_ever(app, cast, at, who, idle, whole):
    began = at("2026-01-13T09:00:00+00:00")
    client = app.test_client()
    assert knock(client, getattr(cast, who).email, cast.password).status_code == 303

    def is_in(when: datetime) -> bool:
        at(when.isoformat())
        return client.get("/account").status_code == 200

    assert is_in(began + idle - timedelta(seconds=1))
    now = began + idle - timedelta(seconds=1)
    while now + idle * 0.9 < began + whole:
        now += idle * 0.9
        assert is_in(now), now
    assert not is_in(began + whole + timedelta(seconds=1))


@pytest.mark.parametrize(
    ("fields", "last", "over"),
    [
        ({}, "20:59:59", "21:00:00"),
        ({"shared_computer": "true"}, "09:29:59", "09:30:00"),
    ],
)
def test_an_idle_sign_in_is_over(app, cast, at, fields, last, over):
    for then, status in ((last, 200), (over, 302)):
        at("2026-01-13T09:00:00+00:00")
        client = app.test_client()
        knock(client, cast.rita.email, cast.password, **fields)
        at(f"2026-01-13T{then}+00:00")
        assert client.get("/account").status_code == status


def test_a_page_that_polls_keeps_nobody_signed_in(app, cast, at):
    at("2026-01-13T09:00:00+00:00")
    client = app.test_client()
    knock(client, cast.ada.email, cast.password)
    for minute in (10, 20, 29):
        at(f"2026-01-13T09:{minute}:00+00:00")
        headers = {"X-Deskbell-Polling": "1"}
        assert client.get("/account", headers=headers).status_code == 200
    at("2026-01-13T09:31:00+00:00")
    assert client.get("/account").status_code == 302


def test_switching_an_account_off_ends_it_at_once(app, cast, sign_in):
    browser = sign_in(cast.rita)
    assert browser.get("/account").status_code == 200
    change_person(app, cast.rita.email, is_active=False)
    assert browser.get("/account").status_code == 302


def test_one_statement_says_who_somebody_is_and_flask_login_knows_it(app, cast, statements):
    client = app.test_client()
    knock(client, cast.rita.email, cast.password)
    statements.clear()
    with client:
        assert client.get("/my-schools").status_code == 200
        assert current_user.is_authenticated
        assert current_user.email == cast.rita.email
    assert len([one for one in statements if not one.startswith("SET LOCAL")]) == 1


def test_nobody_is_anybody_to_flask_login(app, cast):
    with app.test_client() as client:
        client.get("/sign-in")
        assert current_user.is_anonymous


def test_another_programs_cookie_on_this_host_disturbs_nobody(app, cast):
    client = app.test_client()
    knock(client, cast.rita.email, cast.password)
    client.set_cookie("remember_token", "1|somebody-elses")
    assert client.get("/account").status_code == 200


def test_the_api_knows_no_cookies(app, cast):
    client = app.test_client()
    knock(client, cast.sam.email, cast.password)
    answer = client.get("/api/v1/schools")
    assert answer.status_code == 401
    assert answer.headers["WWW-Authenticate"].startswith("Bearer")
