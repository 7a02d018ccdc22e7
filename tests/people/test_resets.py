"""A forgotten password: the same answer for everybody, one link, one hour, one use."""

from __future__ import annotations

import re

import pytest

from app.people import passwords
from app.people.invited import ResetLink
from app.people.models import Person, SignIn, SignInEvent
from app.people.rules import trace
from tests.people.mailbox import Mailbox, text_of
from tests.people.signing import change_person, hidden, knock, rows

WORDS = "copper window lantern"
GONE = "This link has expired. Ask for a new one."


@pytest.fixture
def mailbox(app):
    return Mailbox(app)


def ask(client, email, address="192.0.2.1", **extra):
    here = {"environ_overrides": {"REMOTE_ADDR": address}}
    page = client.get("/reset-password", **here).text
    data = {"email": email, "csrf_token": hidden(page, "csrf_token")}
    return client.post("/reset-password", data=data, **here, **extra)


def choose(client, link, password=WORDS):
    page = client.get(link)
    assert page.status_code == 200, page.text
    data = {"csrf_token": hidden(page.text, "csrf_token"), "password": password}
    return client.post(link, data=data)


def link_for(app, mailbox, email):
    ask(app.test_client(), email)
    return mailbox.link(email, "reset-password")


def test_a_new_password_by_a_link(app, cast, mailbox):
    link = link_for(app, mailbox, cast.rita.email)
    client = app.test_client()
    answer = choose(client, link)
    assert (answer.status_code, answer.location) == (303, "/sign-in")
    assert "Your password has been changed" in client.get("/sign-in").text
    assert knock(app.test_client(), cast.rita.email, WORDS).status_code == 303
    assert knock(app.test_client(), cast.rita.email, cast.password).status_code == 422
    assert mailbox.subjects(cast.rita.email)[-1] == "Your password was changed"


def test_opening_the_link_changes_nothing(app, cast, mailbox, is_unchanged):
    link = link_for(app, mailbox, cast.rita.email)
    is_unchanged.start()
    for _ in range(3):
        assert app.test_client().get(link).status_code == 200
        assert app.test_client().head(link).status_code == 200
    assert is_unchanged()


def test_known_unknown_switched_off_and_without_password_are_told_the_same(app, cast, mailbox):
    change_person(app, cast.ravi.email, is_active=False)
    change_person(app, cast.theo.email, password_hash=None)
    pages = set()
    for email in (cast.rita.email, "nobody@x.example", cast.ravi.email, cast.theo.email):
        client = app.test_client()
        answer = ask(client, email)
        assert (answer.status_code, answer.location) == (303, "/reset-password/sent")
        page = client.get(answer.location).text
        pages.add(re.sub(r'nonce="[^"]+"|value="[^"]+"', "", page))
    assert len(pages) == 1
    assert len(mailbox.to(cast.rita.email)) == 1
    assert mailbox.to(cast.ravi.email) == mailbox.to(cast.theo.email) == []


def test_it_takes_the_same_statements_for_a_known_and_an_unknown_account(
    app, cast, statements, monkeypatch
):
    """The clock of a busy machine proves nothing; what is done for each does."""
    hashed = []
    monkeypatch.setattr(passwords, "make_hash", lambda *_: hashed.append(1))
    monkeypatch.setattr(passwords, "is_right", lambda *_: hashed.append(1))
    ran = []
    for email in (cast.rita.email, "nobody@x.example"):
        client = app.test_client()
        client.get("/reset-password")
        statements.clear()
        ask(client, email)
        ran.append(list(statements))
    assert ran[0] == ran[1]
    assert hashed == []


def test_a_link_is_good_once_and_a_new_password_ends_the_other_links(app, cast, mailbox):
    first = link_for(app, mailbox, cast.rita.email)
    second = link_for(app, mailbox, cast.rita.email)
    assert first != second
    client = app.test_client()
    token = hidden(client.get(first).text, "csrf_token")
    assert choose(app.test_client(), second).status_code == 303
    for link in (first, second):
        answer = app.test_client().get(link)
        assert answer.status_code == 410 and GONE in answer.text
    late = client.post(first, data={"csrf_token": token, "password": "another lantern here"})
    assert late.status_code == 410
    assert knock(app.test_client(), cast.rita.email, WORDS).status_code == 303


def test_it_is_good_for_an_hour(app, cast, mailbox, at):
    at("2026-01-13T09:00:00+00:00")
    link = link_for(app, mailbox, cast.rita.email)
    at("2026-01-13T09:59:59+00:00")
    assert app.test_client().get(link).status_code == 200
    at("2026-01-13T10:00:00+00:00")
    assert app.test_client().get(link).status_code == 410


def test_a_mail_that_would_come_too_late_is_not_sent(app, cast, mailbox, at):
    at("2026-01-13T09:00:00+00:00")
    ask(app.test_client(), cast.rita.email)
    at("2026-01-13T10:00:01+00:00")
    assert mailbox.to(cast.rita.email) == []


@pytest.mark.parametrize("link", ["x", "x.y", "0" * 32, f"{'0' * 32}.abc", "%00", "é", "0" * 3000])
def test_a_forged_link_is_gone_too(app, cast, link):
    answer = app.test_client().get(f"/reset-password/{link}")
    assert answer.status_code == 410 and GONE in answer.text


def test_a_link_whose_account_was_switched_off_is_gone(app, cast, mailbox):
    link = link_for(app, mailbox, cast.rita.email)
    change_person(app, cast.rita.email, is_active=False)
    assert app.test_client().get(link).status_code == 410


def test_one_persons_link_changes_nobody_elses_password(app, cast, mailbox):
    link = link_for(app, mailbox, cast.rita.email)
    client = app.test_client()
    page = client.get(link).text
    data = {
        "csrf_token": hidden(page, "csrf_token"),
        "password": WORDS,
        "username": cast.sam.email,
        "email": cast.sam.email,
        "person_id": "3",
    }
    assert client.post(link, data=data).status_code == 303
    assert knock(app.test_client(), cast.sam.email, cast.password).status_code == 303
    assert knock(app.test_client(), cast.rita.email, WORDS).status_code == 303


def test_everybody_who_was_signed_in_is_signed_out(app, sign_in, cast, mailbox):
    browsers = [sign_in(cast.rita), sign_in(cast.rita)]
    sam = sign_in(cast.sam)
    link = link_for(app, mailbox, cast.rita.email)
    # Also the browser that used the link.
    assert choose(browsers[0].client, link).status_code == 303
    for browser in browsers:
        assert browser.get("/account").status_code == 302
    assert sam.get("/account").status_code == 200


def test_programs_are_out_too_and_the_mail_says_so(api, app, cast, mailbox):
    """Whoever got in may have left one behind."""
    choose(app.test_client(), link_for(app, mailbox, cast.rita.email))
    assert api(cast.rita).get("/schools/st-marys/locations").status_code == 401
    assert api(cast.ravi).get("/schools/st-marys/locations").status_code == 200
    said = text_of(mailbox.to(cast.rita.email)[-1])
    assert "Your API token was revoked." in said
    assert "still works" not in said
    kinds = [kind for _, kind in rows(app, SignInEvent.id, SignInEvent.kind)]
    assert kinds.count("token_revoked") == 1


@pytest.mark.parametrize(
    "headers",
    [
        {"Host": "evil.test"},
        {"X-Forwarded-Host": "evil.test"},
        {"Host": "evil.test:8000", "X-Forwarded-Proto": "https"},
        {"Forwarded": "host=evil.test;proto=https"},
        {"X-Original-URL": "http://evil.test/", "X-Rewrite-URL": "http://evil.test/"},
    ],
)
def test_a_forged_host_is_in_no_mail(app, cast, mailbox, headers):
    client = app.test_client()
    page = client.get("/reset-password").text
    data = {"email": cast.rita.email, "csrf_token": hidden(page, "csrf_token")}
    client.post("/reset-password", data=data, headers=headers)
    for mail in mailbox.to(cast.rita.email):
        assert b"evil.test" not in mail.as_bytes()


def test_no_mailbox_is_flooded_and_the_answer_stays_the_same(app, cast, mailbox):
    answers = {ask(app.test_client(), cast.rita.email).location for _ in range(12)}
    assert answers == {"/reset-password/sent"}
    assert len(mailbox.to(cast.rita.email)) == 3


def test_an_address_that_asks_for_everybody_is_stopped(app, cast):
    client = app.test_client()
    assert ask(client, "first@x.example").status_code == 303
    address = trace(app.config["SECRET_KEY"], "reset address", "192.0.2.1")
    for n in range(98):
        app.extensions["throttle"].begin(b"account %d" % n, address)
    assert ask(client, "hundredth@x.example").status_code == 303
    answer = ask(client, "next@x.example")
    assert answer.status_code == 429 and "Too many attempts" in answer.text
    assert answer.headers["Retry-After"] == "300"
    assert knock(app.test_client(), cast.rita.email, cast.password).status_code == 303


@pytest.mark.parametrize(
    ("password", "sentence"),
    [
        ("Password123!", "Choose a password that is harder to guess"),
        ("StMarysPrimary2026", "Choose a password that is harder to guess"),
        ("Rita Reporter 1", "Choose a password that is harder to guess"),
        ("short", "Password must be 12 characters or more"),
        ("x" * 129, "Password must be 128 characters or fewer"),
        ("", "Enter a password"),
    ],
)
def test_a_weak_password_is_refused_and_the_link_stays_good(app, cast, mailbox, password, sentence):
    link = link_for(app, mailbox, cast.rita.email)
    answer = choose(app.test_client(), link, password)
    assert answer.status_code == 422 and sentence in answer.text
    assert knock(app.test_client(), cast.rita.email, cast.password).status_code == 303
    assert choose(app.test_client(), link).status_code == 303


def test_it_needs_our_own_forms(app, cast, mailbox):
    link = link_for(app, mailbox, cast.rita.email)
    for path, data in (
        ("/reset-password", {"email": cast.rita.email}),
        (link, {"password": WORDS}),
    ):
        assert app.test_client().post(path, data=data).status_code == 400
    assert len(mailbox.to(cast.rita.email)) == 1
    assert knock(app.test_client(), cast.rita.email, cast.password).status_code == 303


def test_the_mail_names_the_hour_and_nothing_of_the_account(app, cast, mailbox):
    link_for(app, mailbox, cast.rita.email)
    (mail,) = mailbox.to(cast.rita.email)
    assert "60 minutes" in text_of(mail) and "once" in text_of(mail)
    assert "St Mary" not in text_of(mail)


def test_it_is_in_the_log_of_the_front_door(app, cast, mailbox):
    choose(app.test_client(), link_for(app, mailbox, cast.rita.email))
    kinds = [kind for _, kind in rows(app, SignInEvent.id, SignInEvent.kind)]
    assert "password_reset" in kinds
    assert all(used for _, used in rows(app, ResetLink.id, ResetLink.used_at))


# --- one's own password ---

CHANGE = "/account/password"


def change(browser, old, new):
    browser.get(CHANGE)
    return browser.post(CHANGE, {"old_password": old, "password": new})


def test_its_owner_changes_it_and_stays_signed_in_only_here(app, sign_in, cast, mailbox):
    here, there = sign_in(cast.rita), sign_in(cast.rita)
    link = link_for(app, mailbox, cast.rita.email)
    assert change(here, cast.password, WORDS).location == "/account"
    assert here.get("/account").status_code == 200
    assert there.get("/account").status_code == 302
    assert app.test_client().get(link).status_code == 410
    assert knock(app.test_client(), cast.rita.email, WORDS).status_code == 303
    assert "Your password was changed" in mailbox.subjects(cast.rita.email)


def test_ones_own_programs_go_on_and_the_mail_says_so(api, app, sign_in, cast, mailbox):
    assert change(sign_in(cast.rita), cast.password, WORDS).status_code == 303
    assert api(cast.rita).get("/schools/st-marys/locations").status_code == 200
    said = text_of(mailbox.to(cast.rita.email)[-1])
    assert "You have 1 API token, which still works." in said
    assert "revoked" not in said


def test_a_second_click_says_that_it_may_have_worked(app, cast, mailbox):
    link = link_for(app, mailbox, cast.rita.email)
    client = app.test_client()
    data = {"csrf_token": hidden(client.get(link).text, "csrf_token"), "password": WORDS}
    assert choose(app.test_client(), link).status_code == 303
    page = client.post(link, data=data)
    assert page.status_code == 410 and GONE in page.text
    assert "If you have just used it, it worked: sign in." in page.text
    assert 'href="/sign-in"' in page.text and "not been saved" not in page.text


def test_the_present_password_is_needed(app, sign_in, cast):
    browser = sign_in(cast.rita)
    answer = change(browser, "not mine at all", WORDS)
    assert answer.status_code == 422 and "This is not your present password." in answer.text
    assert WORDS not in answer.text
    assert change(browser, cast.password, "Password123!").status_code == 422
    assert knock(app.test_client(), cast.rita.email, cast.password).status_code == 303


def test_nobody_guesses_it_at_an_open_browser(sign_in, cast):
    browser = sign_in(cast.rita)
    statuses = [change(browser, "not mine at all", WORDS).status_code for _ in range(11)]
    assert statuses == [422] * 10 + [429]
    assert change(browser, cast.password, WORDS).status_code == 429


def test_the_hash_changes_and_the_session_table_knows_who_ended(app, sign_in, cast):
    before = dict(rows(app, Person.email, Person.password_hash))[cast.rita.email]
    sign_in(cast.rita)
    change(sign_in(cast.rita), cast.password, WORDS)
    assert dict(rows(app, Person.email, Person.password_hash))[cast.rita.email] != before
    ended = [at for _, at in rows(app, SignIn.id, SignIn.ended_at)]
    assert len(ended) == 2 and ended.count(None) == 1
