"""What the tests of lines share: a supplier with a contract, an incident that it has, its link."""

from __future__ import annotations

import re
from typing import Any

from sqlalchemy import select

from app.contracts.models import LaAgreement, LaAgreementVersion
from app.contracts.queries import forget_agreements
from app.contracts.rules import LA_STANDARD
from app.people.groups import forget_groups
from app.people.models import LaSupportGroup, SupportGroup
from tenants import School, acting_in, administering, db
from tests.api.desk import bring, done
from tests.cast import BEGAN
from tests.incidents.pages import text_of

LAMPS = {
    "name": "Lamps Ltd",
    "email": "help@lamps.example",
    "phone": "01632 960001",
    "agreement": "la:lamps-care",
}
_ADDRESS = re.compile(r"/supplier/[A-Za-z0-9._-]+")


def a_contract(app: Any, key: str = "lamps-care", response: int = 60) -> None:
    """A pack of the LA with what a supplier promises."""
    targets = {
        one: {"response_minutes": response, "resolution_minutes": 480}
        for one in ("P1", "P2", "P3", "P4")
    }
    terms = {**LA_STANDARD, "name": f"Contract {key}", "kind": "uc", "targets": targets}
    with app.app_context(), administering("a contract of the tests"):
        pack = LaAgreement(key=key, name=terms["name"], kind="uc", is_default=False)
        db.session.add(pack)
        db.session.flush()
        db.session.add(
            LaAgreementVersion(agreement_id=pack.id, number=1, valid_from=BEGAN, terms=terms)
        )
        db.session.commit()
    forget_agreements()


def a_supplier(app: Any, sign_in: Any, cast: Any, **changed: Any) -> str:
    """Sam writes a supplier down; its key."""
    a_contract(app)
    sam = sign_in(cast.sam)
    sam.get("/st-marys/support/suppliers/new")
    answer = sam.post("/st-marys/support/suppliers/new", {**LAMPS, **changed})
    assert answer.status_code == 303, text_of(answer)
    return "lamps-ltd"


def with_supplier(app: Any, key: str = "lamps-ltd", **sheet: Any) -> str:
    """The path of an incident that Sasha has passed to the supplier."""
    path = bring(app, "second", **sheet)
    body = {"to": "supplier", "group": key, "note": "The lamp is dark"}
    done(app, "sasha", "post", f"{path}/escalation", body)
    return path


def address_on(page: Any) -> str:
    """The first link that a page shows."""
    found = _ADDRESS.search(text_of(page))
    assert found, "the page shows no link"
    return found.group()


def la_group(app: Any, key: str, line: int, **facts: Any) -> int:
    """Another group of the LA."""
    with app.app_context(), administering("a group of the tests"):
        group = LaSupportGroup(
            key=key, name=facts.pop("name", key.capitalize()), line=line, version=1, **facts
        )
        db.session.add(group)
        db.session.flush()
        number = group.id
        db.session.commit()
    forget_groups()
    return number


def school_id(app: Any, slug: str = "st-marys") -> int:
    with app.app_context(), administering("the number of a school"):
        found = db.session.scalar(select(School.id).where(School.slug == slug))
        assert found is not None
        return found


def in_school(app: Any, *rows: Any) -> None:
    """Rows of St Mary's that no page has made."""
    with app.app_context(), acting_in(school_id(app)):
        db.session.add_all(rows)
        db.session.commit()


def technicians(app: Any) -> SupportGroup:
    with app.app_context(), acting_in(school_id(app)):
        return db.session.scalars(
            select(SupportGroup).where(SupportGroup.key == "technicians")
        ).one()
