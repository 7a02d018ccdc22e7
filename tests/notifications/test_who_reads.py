"""What `can_read` says of a row in hand is what `visible_to` says in SQL, for everybody."""

from __future__ import annotations

from itertools import product
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select, update

from app.incidents.models import Incident
from app.incidents.queries import visible_to
from app.notifications.known import know
from app.notifications.who_reads import can_read
from app.people.identity import Me
from app.people.models import LaSupportGroup, SupportGroup
from tenants import acting_in, db
from tests.incidents.pages import logged
from tests.ledger import Ledger


@pytest.mark.parametrize("is_sensitive", [False, True])
def test_both_agree_about_every_person_and_state(
    app: Flask, api: Any, cast: Any, ledger: Ledger, is_sensitive: bool
) -> None:
    for _ in range(2):
        logged(api, cast)
    ids = [number for (number,) in ledger.rows("SELECT id FROM people")]
    found: set[tuple[bool, str]] = set()
    with app.app_context(), acting_in(ledger.rows("SELECT min(id) FROM schools")[0][0]):
        for change in changes(is_sensitive):
            db.session.execute(
                update(Incident).where(Incident.number == 1).values(**change),
                execution_options={"synchronize_session": False},
            )
            people = know([], ids).people
            db.session.expire_all()
            incident = db.session.scalars(select(Incident).where(Incident.number == 1)).one()
            for me in people.values():
                assert can_read(me, incident) == sees(me), (me.own_name, change)
                found.add((sees(me), me.own_name))
    assert {name for seen, name in found if seen} > {"Rita Reporter", "Sam Spoc"}
    assert "Olga Spoc" not in {name for _, name in found}, "not even looked at"


def sees(me: Me) -> bool:
    wanted = select(Incident.id).where(Incident.number == 1, visible_to(me))
    return db.session.scalar(wanted) is not None


def changes(is_sensitive: bool) -> list[dict[str, Any]]:
    """Forwarded or not, with whom, and in which state."""
    la_group = db.session.scalar(select(LaSupportGroup.id).where(LaSupportGroup.line == 1))
    own_group = db.session.scalar(select(SupportGroup.id))
    withs: list[dict[str, Any]] = [
        {},
        {"la_group_id": la_group, "forwarded_at": Incident.logged_at},
        {"school_group_id": own_group},
    ]
    nobody = {"la_group_id": None, "school_group_id": None, "forwarded_at": None}
    return [
        {**nobody, "is_sensitive": is_sensitive, "status": status, **one}
        for one, status in product(withs, ("new", "advice", "in_progress", "closed"))
    ]
