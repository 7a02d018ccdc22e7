"""Somebody with a second factor, at the pages that ask for it."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

import pyotp
from flask import Flask
from sqlalchemy import select

from app import clock
from app.people.models import Person, SignInEvent
from app.people.totp import keep
from tenants import at_the_front_door, db
from tests.cast import CAST, Player
from tests.people.authenticator import Authenticator
from tests.people.signing import hidden, knock

SECRET = "JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP"


@contextmanager
def second_factor(app: Flask, *, is_required: bool) -> Iterator[None]:
    """The deployment's setting, for a while."""
    before = app.config["SETTINGS"]
    app.config["SETTINGS"] = replace(before, is_second_factor_required=is_required)
    try:
        yield
    finally:
        app.config["SETTINGS"] = before


def give_app(app: Flask, player: Player, secret: str = SECRET) -> None:
    """They have an authenticator app, set up an hour ago."""
    then = clock.now() - timedelta(hours=1)
    with app.app_context(), at_the_front_door():
        person = db.session.scalars(select(Person).where(Person.email == player.email)).one()
        person.second_factor_since = then
        keep(person.id, secret, int(then.timestamp()) // 30, app.config["SECRET_KEY"], then)
        db.session.commit()


def code(secret: str = SECRET, at: datetime | None = None) -> str:
    """What the app shows."""
    return pyotp.TOTP(secret).at((at or clock.now()).timestamp())


class Visitor:
    """A browser with its form token."""

    def __init__(self, app: Flask) -> None:
        self.client = app.test_client()
        self.token = ""

    def get(self, path: str) -> Any:
        return self._note(self.client.get(path))

    def post(self, path: str, data: dict[str, Any] | None = None, **extra: Any) -> Any:
        sent = {"csrf_token": self.token, **(data or {})}
        return self._note(self.client.post(path, data=sent, **extra))

    def ask(self, path: str) -> Any:
        """A question for a passkey, as passkeys.js fetches it."""
        return self.client.post(path, headers={"X-CSRFToken": self.token})

    def knock(self, player: Player, password: str = CAST.password, **fields: Any) -> Any:
        answer = knock(self.client, player.email, password, address="127.0.0.1", **fields)
        self.token = ""
        self.get("/second-factor")
        return answer

    def add_passkey(self, key: Authenticator) -> Any:
        self.get("/second-factor/set-up")
        question = self.ask("/second-factor/set-up/passkey/challenge").json
        made = key.make(question["options"])
        sent = {"challenge": question["challenge"], "credential": made}
        return self.post("/second-factor/set-up/passkey", sent)

    def show_passkey(self, key: Authenticator, **more: Any) -> Any:
        """After the password."""
        self.get("/second-factor")
        question = self.ask("/second-factor/passkey/challenge").json
        sent = {"challenge": question["challenge"], "credential": key.show(question["options"])}
        return self.post("/second-factor/passkey", {**sent, **more})

    def sign_in_with(self, key: Authenticator, **more: Any) -> Any:
        """Instead of the password."""
        self.get("/sign-in")
        question = self.ask("/sign-in/passkey/challenge").json
        sent = {"challenge": question["challenge"], "credential": key.show(question["options"])}
        return self.post("/sign-in/passkey", {**sent, **more})

    def is_in(self) -> bool:
        return bool(self.client.get("/account").status_code == 200)

    def _note(self, answer: Any) -> Any:
        page = "" if answer.is_json else answer.text
        if 'name="csrf_token"' in page:
            self.token = hidden(page, "csrf_token")
        return answer


def in_with_code(app: Flask, player: Player) -> Visitor:
    """Signed in with password and code; needs give_app first."""
    visitor = Visitor(app)
    visitor.knock(player)
    assert visitor.post("/second-factor", {"code": code()}).status_code == 303
    return visitor


def codes_on(page: str) -> list[str]:
    return re.findall(r'<code class="desk-key">([0-9a-z-]{19})</code>', page)


def events(app: Flask, player: Player) -> list[str]:
    """What the sign-in log says of somebody, oldest first."""
    with app.app_context(), at_the_front_door():
        return list(
            db.session.scalars(
                select(SignInEvent.kind)
                .join(Person, Person.id == SignInEvent.person_id)
                .where(Person.email == player.email)
                .order_by(SignInEvent.id)
            )
        )
