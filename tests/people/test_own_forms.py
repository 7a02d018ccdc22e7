"""A change must have been asked for on one of our own pages (A22)."""

from __future__ import annotations

import pytest

from tests.people.signing import COOKIE, hidden

FROM_ELSEWHERE = [
    {"Sec-Fetch-Site": "cross-site"},
    {"Sec-Fetch-Site": "same-site"},
    {"Origin": "https://evil.test"},
    {"Origin": "null"},
    {"Origin": "http://localhost.evil.test"},
    {"Sec-Fetch-Site": "cross-site", "HX-Request": "true"},
]


@pytest.fixture
def rita(sign_in, cast):
    browser = sign_in(cast.rita)
    return browser.client, hidden(browser.get("/account").text, "csrf_token")


@pytest.mark.parametrize("headers", FROM_ELSEWHERE)
@pytest.mark.parametrize(
    "path", ["/sign-out", "/sign-out-everywhere", "/account/keyboard-shortcuts"]
)
def test_a_form_of_another_site_does_nothing_even_with_the_token(rita, path, headers):
    client, token = rita
    answer = client.post(path, data={"csrf_token": token, "wanted": "off"}, headers=headers)
    assert answer.status_code == 400
    page = client.get("/account")
    assert page.status_code == 200 and "Turn them off" in page.text


@pytest.mark.parametrize("token", ["", "x", "é", "a.b.c"])
@pytest.mark.parametrize("headers", [{}, {"HX-Request": "true"}])
def test_without_the_token_nothing_happens(rita, token, headers):
    client, _ = rita
    answer = client.post("/sign-out-everywhere", data={"csrf_token": token}, headers=headers)
    assert answer.status_code == 400
    assert client.get("/account").status_code == 200


def test_somebody_elses_token_is_no_token(rita, sign_in, cast):
    client, _ = rita
    ravis = hidden(sign_in(cast.ravi).get("/account").text, "csrf_token")
    answer = client.post("/sign-out-everywhere", data={"csrf_token": ravis})
    assert answer.status_code == 400


@pytest.mark.parametrize(
    "headers",
    [
        {"Sec-Fetch-Site": "same-origin"},
        {"Sec-Fetch-Site": "none"},
        {"Origin": "http://localhost"},
        {},
    ],
)
def test_our_own_form_is_taken(rita, headers):
    client, token = rita
    answer = client.post("/account/keyboard-shortcuts", data={"csrf_token": token}, headers=headers)
    assert answer.status_code == 303


def test_nobody_is_signed_in_by_another_site(app, cast):
    client = app.test_client()
    token = hidden(client.get("/sign-in").text, "csrf_token")
    data = {"csrf_token": token, "email": cast.rita.email, "password": cast.password}
    answer = client.post("/sign-in", data=data, headers={"Sec-Fetch-Site": "cross-site"})
    assert answer.status_code == 400
    assert client.get_cookie(COOKIE) is None
    assert cast.rita.email not in answer.text


def test_a_foreign_school_stays_unknown_whatever_the_token(rita):
    client, token = rita
    found = {
        client.post(f"/{school}/incidents/new", data={"csrf_token": one}).data
        for school in ("oakfield", "no-such-school")
        for one in (token, "")
    }
    assert len(found) == 1
