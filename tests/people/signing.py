"""Somebody at the sign-in page, and a look into the tables behind it."""

from __future__ import annotations

import re
from datetime import date
from typing import Any

from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select, update

from app.people import passwords
from app.people.models import LaMembership, Membership, Person
from tenants import School, administering, at_the_front_door, db
from tests.cast import BEGAN, CAST, Player

REPORT = "/st-marys/incidents/new"
COOKIE = "deskbell"


def hidden(page: str, name: str) -> str:
    """The value of a hidden field."""
    found = re.search(rf'name="{name}"[^>]*value="([^"]*)"', page)
    assert found, f"no field {name} in: {page[:2000]}"
    return found.group(1)


def knock(
    client: FlaskClient, email: str, password: str, address: str = "192.0.2.1", **fields: Any
) -> Any:
    """Open the sign-in page and send it."""
    here = {"REMOTE_ADDR": address}
    page = client.get("/sign-in", environ_overrides=here).text
    data = {"email": email, "password": password, "csrf_token": hidden(page, "csrf_token")}
    return client.post("/sign-in", data={**data, **fields}, environ_overrides=here)


def rows(app: Flask, *columns: Any) -> Any:
    """What the front door's tables hold."""
    with app.app_context(), at_the_front_door():
        return db.session.execute(select(*columns).order_by(columns[0])).all()


def change_person(app: Flask, email: str, **values: Any) -> None:
    with app.app_context(), administering("a test"):
        db.session.execute(update(Person).where(Person.email == email).values(**values))
        db.session.commit()


def new_person(app: Flask, player: Player, *, since: date = BEGAN) -> Player:
    """Somebody who is not in the cast, with everybody's password."""
    with app.app_context(), administering("a test"):
        person = Person(
            email=player.email,
            name=player.name,
            password_hash=passwords.make_hash(CAST.password),
        )
        db.session.add(person)
        db.session.commit()
    also(app, player, player.role, player.school, since=since)
    return player


def also(app: Flask, player: Player, role: str, slug: str | None, *, since: date = BEGAN) -> None:
    """They are that too; without a school: at the LA."""
    with app.app_context(), administering("a test"):
        number = db.session.scalar(select(Person.id).where(Person.email == player.email))
        school = db.session.scalar(select(School.id).where(School.slug == slug))
        part = {"person_id": number, "name": player.name, "role": role, "valid_from": since}
        with administering("a test", school):
            db.session.add(Membership(school_id=school, **part) if school else LaMembership(**part))
            db.session.commit()
