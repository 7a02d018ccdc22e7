"""API tokens that their owner makes, narrows, lists and revokes."""

from __future__ import annotations

import re
from uuid import uuid4

import pytest

from app.people.models import ApiToken, SignInEvent
from app.people.tokens import MOST
from tests.people.signing import hidden, rows
from tests.people.test_members import change, page_of

NEW, LIST = "/account/tokens/new", "/account/tokens"
ROOMS = "/api/v1/schools/{}/locations"


def wanted(**fields):
    """None leaves a field out, as a browser does with a box that is not ticked."""
    found = {"name": "Wall display", "read_only": "true", "days": "30", **fields}
    return {name: value for name, value in found.items() if value is not None}


def made(browser, **fields):
    answer = browser.post(NEW, wanted(**fields))
    assert answer.status_code == 201, answer.text
    return re.search(r"deskbell_[\w-]{43}", answer.text)[0]


def ask(app, token, path=None, method="GET", **extra):
    headers = {"Authorization": f"Bearer {token}"}
    path = path or ROOMS.format("st-marys")
    return app.test_client().open(path, method=method, headers=headers, **extra).status_code


def test_it_is_shown_once_and_kept_nowhere(app, sign_in, cast):
    browser = sign_in(cast.sam)
    token = made(browser)
    assert ask(app, token) == 200
    page = browser.get(LIST).text
    assert "Wall display" in page and token not in page and token[9:20] not in page
    assert not any(token.encode() in bytes(kept) for (kept,) in rows(app, ApiToken.token_hash))


def test_the_same_form_again_shows_no_token_and_makes_none(app, sign_in, cast):
    browser = sign_in(cast.sam)
    key = hidden(browser.get(NEW).text, "submission_id")
    first = browser.post(NEW, wanted(submission_id=key))
    before = len(rows(app, ApiToken.id))
    again = browser.post(NEW, wanted(submission_id=key))
    assert first.status_code == 201
    assert (again.status_code, again.location) == (303, NEW)
    assert "deskbell_" not in again.text
    assert len(rows(app, ApiToken.id)) == before


def test_it_is_narrowed_to_a_school_and_to_reading(app, sign_in, cast):
    token = made(sign_in(cast.sam), school="st-marys")
    assert ask(app, token) == 200
    assert ask(app, token, ROOMS.format("oakfield")) == 404
    assert ask(app, token, method="POST", json={"name": "New room"}) == 403
    token = made(sign_in(cast.sam), read_only=None)
    assert ask(app, token, method="POST", json={"name": "New room"}) == 201


def test_it_is_never_more_than_its_owner_is_at_that_moment(app, sign_in, cast):
    token = made(sign_in(cast.sam), read_only=None)
    assert ask(app, token, method="POST", json={"name": "New room"}) == 201
    dora, page = sign_in(cast.dora), page_of(app, cast.sam)
    assert change(dora, page, "role", role="reporter").status_code == 303
    assert ask(app, token) == 200
    assert ask(app, token, method="POST", json={"name": "Other room"}) == 403
    assert change(dora, page_of(app, cast.sam), "end").status_code == 303
    assert ask(app, token) == 401


@pytest.mark.parametrize(
    ("fields", "sentence"),
    [
        ({"days": "0"}, "Must be a whole number from 1 to 365"),
        ({"days": "366"}, "Must be a whole number from 1 to 365"),
        ({"days": "x"}, "Must be a whole number from 1 to 365"),
        ({"days": ""}, "Enter how many days"),
        ({"name": " "}, "Enter what it is for"),
        ({"name": "x" * 101}, "100 characters or fewer"),
        ({"school": "oakfield"}, "Choose one of your schools"),
        ({"school": "no-such-school"}, "Choose one of your schools"),
    ],
)
def test_what_cannot_be_is_refused_and_kept(sign_in, cast, fields, sentence, is_unchanged):
    browser = sign_in(cast.sam)
    browser.get(NEW)
    is_unchanged.start()
    answer = browser.post(NEW, wanted(**fields))
    assert answer.status_code == 422 and sentence in answer.text
    assert "deskbell_" not in answer.text
    assert is_unchanged()


def test_it_runs_out(app, sign_in, cast, at):
    at("2026-01-13T09:00:00+00:00")
    token = made(sign_in(cast.sam), days="2")
    at("2026-01-15T08:59:59+00:00")
    assert ask(app, token) == 200
    at("2026-01-15T09:00:00+00:00")
    assert ask(app, token) == 401
    assert "Run out" in sign_in(cast.sam).get(LIST).text


def test_its_owner_revokes_it_and_nobody_else_does(app, sign_in, cast):
    browser = sign_in(cast.sam)
    token = made(browser, name="Mine")
    page = browser.get(LIST).text
    action = re.search(rf'action="({LIST}/[0-9a-f-]+/revocation)"', page)[1]
    dora = sign_in(cast.dora)
    theirs, nobodys = dora.post(action), dora.post(f"{LIST}/{uuid4()}/revocation")
    assert theirs.status_code == nobodys.status_code == 404
    assert theirs.text == nobodys.text
    assert ask(app, token) == 200
    assert browser.post(action).status_code == 303
    assert ask(app, token) == 401
    assert browser.post(action).status_code == 404
    assert "Revoked" in browser.get(LIST).text
    kinds = [kind for _, kind in rows(app, SignInEvent.id, SignInEvent.kind)]
    assert kinds.count("token_made") == kinds.count("token_revoked") == 1


def test_nobody_has_more_than_a_few(app, sign_in, cast):
    browser = sign_in(cast.sam)
    # One comes with the cast.
    for n in range(MOST - 1):
        made(browser, name=f"Number {n}")
    answer = browser.post(NEW, wanted())
    assert answer.status_code == 409 and "Revoke one first." in answer.text


def test_a_program_makes_no_tokens(app, cast):
    headers = {"Authorization": f"Bearer {cast.sam.token}"}
    assert app.test_client().post(NEW, data=wanted(), headers=headers).status_code == 401


def test_the_list_pages_and_asks_two_things(app, sign_in, cast, statements):
    from datetime import timedelta

    from sqlalchemy import select

    from app import clock
    from app.people.actions import make_token
    from app.people.models import Person
    from app.people.views_tokens import PAGE_SIZE
    from tenants import at_the_front_door, db

    with app.app_context(), at_the_front_door():
        sam = db.session.scalar(select(Person.id).where(Person.email == cast.sam.email))
        for n in range(PAGE_SIZE + 3):
            make_token(
                sam,
                name=f"Old-{n:02}",
                school_id=None,
                is_read_only=True,
                lasts=timedelta(days=1),
                now=clock.now(),
            )
        db.session.commit()
    browser, path, found = sign_in(cast.sam), LIST, []
    while path:
        statements.clear()
        page = browser.get(path).text
        assert len([one for one in statements if not one.startswith("SET LOCAL")]) == 2
        found += re.findall(r'<th scope="row"[^>]*>(Old-\d\d)<', page)
        onward = re.search(r'rel="next" href="([^"]+)"', page)
        path = onward[1].replace("&amp;", "&") if onward else None
    assert len(found) == len(set(found)) == PAGE_SIZE + 3
