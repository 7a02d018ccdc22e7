"""In at the front door: the right password, and every way of not having it."""

from __future__ import annotations

import re
from datetime import UTC, datetime

import pytest
from argon2 import PasswordHasher

from app.people import passwords
from app.people.models import Person, SignIn, SignInEvent
from tests.people.signing import COOKIE, change_person, hidden, knock, rows


def test_the_right_password_opens_a_session_that_is_only_a_hash_in_the_table(app, cast):
    client = app.test_client()
    answer = knock(client, cast.rita.email, cast.password)
    assert (answer.status_code, answer.location) == (303, "/st-marys/")
    cookie = next(one for one in answer.headers.getlist("Set-Cookie") if one.startswith(COOKIE))
    assert "HttpOnly" in cookie and "SameSite=Lax" in cookie and "Path=/" in cookie
    secret = client.get_cookie(COOKIE).value
    assert len(secret) >= 43
    ((kept,),) = rows(app, SignIn.token_hash)
    assert secret.encode() not in bytes(kept) and len(bytes(kept)) == 32
    assert client.get("/account").status_code == 200


def test_an_address_is_taken_as_people_type_it(app, cast):
    answer = knock(app.test_client(), f"  {cast.rita.email.upper()} ", cast.password)
    assert answer.status_code == 303


def test_over_https_the_cookies_cannot_be_set_by_another_host(app, cast, monkeypatch):
    monkeypatch.setitem(app.config, "IS_HTTPS", True)
    answer = knock(app.test_client(), cast.rita.email, cast.password)
    cookie = next(one for one in answer.headers.getlist("Set-Cookie") if COOKIE in one)
    assert cookie.startswith("__Host-deskbell=") and "Secure" in cookie and "Domain" not in cookie


def test_wrong_unknown_without_password_and_switched_off_look_the_same(app, cast):
    change_person(app, cast.ravi.email, is_active=False)
    change_person(app, cast.theo.email, password_hash=None)
    pages = set()
    for email, password in (
        (cast.rita.email, "not her password"),
        ("nobody@st-marys.example", cast.password),
        (cast.ravi.email, cast.password),
        (cast.theo.email, cast.password),
        (cast.theo.email, "an account that is not there"),
    ):
        client = app.test_client()
        answer = knock(client, email, password)
        assert answer.status_code == 422
        assert client.get_cookie(COOKIE) is None
        assert "The e-mail address or the password is not right." in answer.text
        page = answer.text.replace(email, "EMAIL")
        pages.add(_without_secrets(page))
    assert len(pages) == 1


def _without_secrets(page: str) -> str:
    return re.sub(r'(name="(?:csrf_token|submission_id)" value|nonce)="[^"]+"', "", page)


def test_an_unknown_account_costs_what_a_wrong_password_costs(app, cast, statements, monkeypatch):
    """Counted, not timed: the clock of a busy machine proves nothing."""
    change_person(app, cast.ravi.email, is_active=False)
    change_person(app, cast.theo.email, password_hash=None)
    costs, verify = [], PasswordHasher.verify

    def counted(self, kept, typed):
        costs.append(kept.split("$")[3])
        return verify(self, kept, typed)

    monkeypatch.setattr(PasswordHasher, "verify", counted)
    client, done = app.test_client(), []
    for email in (cast.rita.email, "nobody@la.example", cast.ravi.email, cast.theo.email):
        client.get("/sign-in")
        statements.clear()
        costs.clear()
        assert knock(client, email, "wrong").status_code == 422
        done.append((list(costs), list(statements)))
    assert len(done[0][0]) == 1
    assert done[1:] == done[:-1]


@pytest.mark.parametrize(
    ("fields", "sentence"),
    [
        ({"email": " "}, "Enter your e-mail address"),
        ({"password": ""}, "Enter your password"),
        ({"email": "x" * 255}, "254 characters"),
        ({"email": "a\x00b"}, "Remove the control characters"),
    ],
)
def test_a_form_that_cannot_be_right_says_why(app, cast, fields, sentence):
    answer = knock(app.test_client(), **{"email": "a@b.example", "password": "x", **fields})
    assert answer.status_code == 422 and sentence in answer.text


def test_a_password_of_a_megabyte_is_merely_wrong(app, cast):
    assert knock(app.test_client(), cast.rita.email, "x" * 1_000_000).status_code == 422


@pytest.mark.parametrize(
    "where",
    [
        "//evil.test",
        "https://evil.test",
        "javascript:alert(1)",
        "/\\evil.test",
        "/%0d%0aSet-Cookie:x=1",
        "/ /evil.test",
        "\t//evil.test",
        "/sign-in",
        "/api/v1/queue",
        "/sign-out",
        "/no/such/page",
        "/" + "x" * 3000,
        "/account?" + "x" * 3000,
        "/account?\r\nSet-Cookie: x=1",
        "/account?\\evil.test",
    ],
)
def test_the_way_on_never_leads_elsewhere(app, cast, where):
    client = app.test_client()
    page = client.get("/sign-in", query_string={"next": where}).text
    assert 'name="next" value=""' in page
    assert knock(client, cast.rita.email, cast.password, next=where).location == "/st-marys/"


def test_whoever_was_sent_to_sign_in_gets_where_they_wanted(app, cast):
    client = app.test_client()
    asked = client.get("/account?from=mail")
    assert asked.status_code == 302
    page = client.get(asked.location).text
    answer = client.post(
        "/sign-in",
        data={
            "email": cast.rita.email,
            "password": cast.password,
            "csrf_token": hidden(page, "csrf_token"),
            "next": hidden(page, "next"),
        },
    )
    assert answer.location == "/account?from=mail"


def test_somebody_signed_in_is_not_asked_again(sign_in, cast):
    assert sign_in(cast.rita).get("/sign-in").location == "/st-marys/"
    assert sign_in(cast.rita).get("/sign-in?next=/account").location == "/account"


def test_an_old_hash_is_made_anew_when_its_owner_signs_in(app, cast):
    passwords.use_cost(2, 128)
    try:
        assert knock(app.test_client(), cast.rita.email, cast.password).status_code == 303
        made = dict(rows(app, Person.email, Person.password_hash))
    finally:
        settings = app.config["SETTINGS"]
        passwords.use_cost(settings.argon2_time_cost, settings.argon2_memory_kib)
    assert "$m=128,t=2,p=1$" in made[cast.rita.email]
    assert "$m=128,t=2,p=1$" not in made[cast.ravi.email]
    assert knock(app.test_client(), cast.rita.email, cast.password).status_code == 303


def test_the_log_of_sign_ins_names_nobody_in_clear(app, cast):
    agent = {"User-Agent": "Mozilla/5.0 (Windows NT 10.0) Chrome/131.0 Safari/537.36\r\n forged"}
    client = app.test_client()
    knock(client, cast.rita.email, "wrong")
    token = client.get("/sign-in").text
    client.post(
        "/sign-in",
        data={
            "email": cast.rita.email,
            "password": cast.password,
            "csrf_token": hidden(token, "csrf_token"),
        },
        headers={"User-Agent": agent["User-Agent"].replace("\r\n", "")},
    )
    found = rows(
        app, SignInEvent.id, SignInEvent.kind, SignInEvent.account_hash, SignInEvent.device
    )
    assert [row.kind for row in found] == ["refused", "signed_in"]
    assert bytes(found[0].account_hash) == bytes(found[1].account_hash)
    assert cast.rita.email.encode() not in bytes(found[0].account_hash)
    assert found[1].device == "Chrome on Windows"


def test_signing_in_tells_when_somebody_was_here(app, cast, at):
    at("2026-01-13T09:00:00+00:00")
    knock(app.test_client(), cast.rita.email, cast.password)
    seen = dict(rows(app, Person.email, Person.last_seen_at))
    assert seen[cast.rita.email] == datetime(2026, 1, 13, 9, tzinfo=UTC)
    assert seen[cast.ravi.email] is None
