"""The owner of an account hears when somebody else may be at it, and sees what happened lately."""

from __future__ import annotations

import pytest

from app.people.models import SignInEvent
from tests.people.mailbox import Mailbox, text_of
from tests.people.signing import change_person, knock, rows

CHROME = {"User-Agent": "Mozilla/5.0 (Windows NT 10.0) Chrome/131.0 Safari/537.36"}
FIREFOX = {"User-Agent": "Mozilla/5.0 (X11; Linux) Gecko Firefox/140.0 203.0.113.9 <b>evil</b>"}
FAILURES, NEW = "Many wrong passwords for your account", "A new sign-in to your account"


@pytest.fixture
def mailbox(app):
    return Mailbox(app)


def enter(app, cast, address="192.0.2.1", headers=CHROME, player=None):
    client = app.test_client()
    for name, value in headers.items():
        client.environ_base[f"HTTP_{name.upper().replace('-', '_')}"] = value
    return knock(client, (player or cast.rita).email, cast.password, address)


def test_many_wrong_passwords_are_one_mail_a_day(app, cast, mailbox, at):
    at("2026-01-13T09:00:00+00:00")
    for _ in range(25):
        knock(app.test_client(), cast.rita.email, "wrong")
    assert mailbox.subjects(cast.rita.email) == [FAILURES]
    assert "on 13 January 2026 at 09:00" in text_of(mailbox.to(cast.rita.email)[0])
    _forget_tries(app)
    at("2026-01-14T08:00:00+00:00")
    for _ in range(11):
        knock(app.test_client(), cast.rita.email, "wrong")
    assert len(mailbox.to(cast.rita.email)) == 1
    _forget_tries(app)
    at("2026-01-14T09:00:01+00:00")
    for _ in range(11):
        knock(app.test_client(), cast.rita.email, "wrong")
    assert len(mailbox.to(cast.rita.email)) == 2


def _forget_tries(app):
    redis = app.extensions["bell"]._redis
    redis.flushdb()


def test_ten_tries_are_no_news(app, cast, mailbox):
    for _ in range(10):
        knock(app.test_client(), cast.rita.email, "wrong")
    assert mailbox.to(cast.rita.email) == []


def test_an_unknown_account_is_written_down_the_same_and_nobody_is_told(
    app, cast, mailbox, statements
):
    change_person(app, cast.ravi.email, is_active=False)
    counts = []
    for email in (cast.rita.email, "nobody@x.example", cast.ravi.email):
        for _ in range(10):
            knock(app.test_client(), email, "wrong")
        statements.clear()
        knock(app.test_client(), email, "wrong")
        counts.append([one.split(maxsplit=3)[:3] for one in statements])
    assert counts[0] == counts[1] == counts[2]
    assert mailbox.to("nobody@x.example") == mailbox.to(cast.ravi.email) == []
    assert mailbox.subjects(cast.rita.email) == [FAILURES]


def test_the_first_sign_in_is_no_news_and_neither_is_the_usual_place(app, cast, mailbox):
    for _ in range(3):
        assert enter(app, cast).status_code == 303
    assert mailbox.to(cast.rita.email) == []


@pytest.mark.parametrize(
    ("address", "headers", "said"),
    [("198.51.100.7", CHROME, "Chrome on Windows"), ("192.0.2.1", FIREFOX, "Firefox on Linux")],
)
def test_a_new_place_or_browser_is_told_once_in_our_own_words(
    app, cast, mailbox, address, headers, said
):
    enter(app, cast)
    enter(app, cast, address, headers)
    assert mailbox.subjects(cast.rita.email) == [NEW]
    words = text_of(mailbox.to(cast.rita.email)[0])
    assert said in words
    for never in (address, "203.0.113.9", "evil", "Mozilla"):
        assert never not in words
    enter(app, cast, address, headers)
    assert len(mailbox.to(cast.rita.email)) == 1


def test_many_wrong_passwords_hide_no_new_place(app, cast, mailbox):
    """Somebody who makes the first mail come must still not get in unseen."""
    enter(app, cast)
    for _ in range(11):
        knock(app.test_client(), cast.rita.email, "wrong")
    _forget_tries(app)
    enter(app, cast, "198.51.100.7")
    enter(app, cast, "198.51.100.99")
    assert mailbox.subjects(cast.rita.email) == [FAILURES, NEW, NEW]


def test_a_place_not_seen_for_a_quarter_is_new_again(app, cast, mailbox, at):
    at("2026-01-13T09:00:00+00:00")
    enter(app, cast)
    at("2026-03-20T09:00:00+00:00")
    enter(app, cast, "198.51.100.7")
    at("2026-05-01T09:00:00+00:00")
    enter(app, cast)
    assert mailbox.subjects(cast.rita.email) == [NEW, NEW]


def test_a_wrong_password_from_elsewhere_tells_nobody(app, cast, mailbox):
    enter(app, cast)
    knock(app.test_client(), cast.rita.email, "wrong", "198.51.100.7")
    assert mailbox.to(cast.rita.email) == []


def test_the_account_page_says_what_happened_lately(app, sign_in, cast):
    knock(app.test_client(), cast.rita.email, "wrong")
    knock(app.test_client(), cast.ravi.email, "wrong")
    browser = sign_in(cast.rita)
    page = browser.get("/account").text
    lately = page[page.index("What happened lately") :]
    assert lately.count("A wrong password") == 1
    assert "Signed in" in lately
    for _ in range(15):
        sign_in(cast.rita)
    page = sign_in(cast.rita).get("/account").text
    assert (
        page[page.index("What happened lately") : page.index("Password and programs")].count("<li>")
        == 10
    )


def test_it_keeps_no_address_in_clear(app, cast):
    enter(app, cast)
    enter(app, cast, "198.51.100.7")
    for row in rows(app, SignInEvent.id, SignInEvent.address_hash, SignInEvent.device):
        assert b"198.51.100" not in bytes(row.address_hash or b"")
        assert row.device in ("Chrome on Windows", None)
