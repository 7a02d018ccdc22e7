"""One's own account."""

from __future__ import annotations

from datetime import timedelta

from sqlalchemy import select

from app import clock
from app.people.actions import make_token
from app.people.models import Person
from tenants import at_the_front_door, db


def test_it_says_who_i_am_and_what_i_am_where(sign_in, cast):
    page = sign_in(cast.sam).get("/account").text
    assert cast.sam.email in page
    assert "Single point of contact (SPOC) at St Mary’s Primary School" in page
    assert "LA first line at Test Authority" in sign_in(cast.tariq).get("/account").text


def test_keyboard_shortcuts_go_off_and_on_for_good(sign_in, cast):
    browser = sign_in(cast.tariq)
    for wanted, shown, other in (
        ("off", "are off", "Turn them on"),
        ("on", "are on", "Turn them off"),
    ):
        assert browser.post("/account/keyboard-shortcuts", {"wanted": wanted}).status_code == 303
        page = sign_in(cast.tariq).get("/account").text
        assert f"move through lists {shown}" in page and other in page


def test_my_tokens_are_listed_but_never_shown(app, cast, sign_in):
    with app.app_context(), at_the_front_door():
        ravi = db.session.scalar(select(Person.id).where(Person.email == cast.ravi.email))
        secret = make_token(
            ravi,
            name="Ravi’s script",
            school_id=None,
            is_read_only=True,
            lasts=timedelta(days=1),
            now=clock.now(),
        )
        db.session.commit()
    page = sign_in(cast.ravi).get("/account/tokens").text
    assert "Ravi’s script" in page and "All that you may see, reading only" in page
    assert secret not in page and "never" in page
    assert "Ravi’s script" not in sign_in(cast.rita).get("/account/tokens").text


def test_the_account_page_asks_three_things(sign_in, cast, statements):
    browser = sign_in(cast.rita)
    browser.get("/account")
    statements.clear()
    browser.get("/account")
    # Who it is, where they are signed in, what happened lately.
    assert len([one for one in statements if not one.startswith("SET LOCAL")]) == 3


def test_nobody_sees_it_without_signing_in(app):
    client = app.test_client()
    assert client.get("/account").status_code == 302
    for path in ("/account/sign-ins/end", "/account/keyboard-shortcuts", "/sign-out-everywhere"):
        assert client.post(path).status_code == 401
