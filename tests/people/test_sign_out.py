"""Out again: here, in one other browser, everywhere."""

from __future__ import annotations

import re

from app.people.models import SignInEvent
from tests.people.signing import COOKIE, hidden, knock, rows


def test_an_old_cookie_is_worth_nothing_after_signing_out(app, cast, sign_in):
    browser = sign_in(cast.rita)
    secret = browser.client.get_cookie(COOKIE).value
    answer = browser.post("/sign-out")
    assert (answer.status_code, answer.location) == (303, "/sign-in")
    assert browser.client.get_cookie(COOKIE) is None
    assert "You have signed out." in browser.get("/sign-in").text
    stolen = app.test_client()
    stolen.set_cookie(COOKIE, secret)
    assert stolen.get("/account").status_code == 302


def test_signing_out_only_takes_a_post(sign_in, cast):
    browser = sign_in(cast.rita)
    assert browser.get("/sign-out").status_code in (308, 404, 405)
    assert browser.get("/account").status_code == 200


def test_signing_out_twice_does_no_harm(app, cast, sign_in):
    browser = sign_in(cast.rita)
    browser.get("/account")
    assert browser.post("/sign-out").status_code == 303
    page = browser.client.get("/sign-in").text
    answer = browser.client.post("/sign-out", data={"csrf_token": hidden(page, "csrf_token")})
    assert answer.status_code == 303


def test_signing_out_everywhere_ends_every_browser_of_that_person(sign_in, cast):
    here, there, ravi = sign_in(cast.rita), sign_in(cast.rita), sign_in(cast.ravi)
    assert here.post("/sign-out-everywhere").location == "/sign-in"
    assert here.get("/account").status_code == 302
    assert there.get("/account").status_code == 302
    assert ravi.get("/account").status_code == 200


def test_one_browser_can_be_signed_out_from_another(app, cast, sign_in):
    here = sign_in(cast.rita)
    phone = app.test_client()
    phone.environ_base["HTTP_USER_AGENT"] = "Mozilla/5.0 (iPhone; …) Version/18 Safari/604.1"
    knock(phone, cast.rita.email, cast.password)
    page = here.get("/account").text
    assert "Sign out Safari on iPhone" in page and "This browser" in page
    (other,) = re.findall(r'name="sign_in" value="([^"]+)"', page)
    assert here.post("/account/sign-ins/end", {"sign_in": other}).location == "/account"
    assert phone.get("/account").status_code == 302
    assert here.get("/account").status_code == 200
    assert here.post("/account/sign-ins/end", {"sign_in": other}).status_code == 404


def test_nobody_ends_somebody_elses_sign_in(app, cast, sign_in):
    knock(app.test_client(), cast.rita.email, cast.password)
    rita, ravi = sign_in(cast.rita), sign_in(cast.ravi)
    (other,) = re.findall(r'name="sign_in" value="([^"]+)"', rita.get("/account").text)
    for value in (other, "", "x", "0" * 5000):
        assert ravi.post("/account/sign-ins/end", {"sign_in": value}).status_code == 404
    assert other in rita.get("/account").text


def test_the_log_says_how_sign_ins_ended(app, cast, sign_in):
    sign_in(cast.rita).post("/sign-out")
    sign_in(cast.rita).post("/sign-out-everywhere")
    kinds = [kind for _, kind in rows(app, SignInEvent.id, SignInEvent.kind)]
    assert kinds == ["signed_in", "signed_out", "signed_in", "sessions_ended"]
