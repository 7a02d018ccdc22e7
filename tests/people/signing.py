"""Somebody at the sign-in page, and a look into the tables behind it."""

from __future__ import annotations

import re
from typing import Any

from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select, update

from app.people.models import Person
from tenants import administering, at_the_front_door, db

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
