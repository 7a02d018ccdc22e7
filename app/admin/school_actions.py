"""What the office does with a school beyond its state, code and URN (app/schools/actions.py)."""

from __future__ import annotations

from typing import Any

from sqlalchemy import or_, select

from app import clock
from app.admin import history
from app.admin.history import Line
from app.admin.said import changed
from app.errors import wrong
from app.people.identity import Me
from app.schools import queries
from app.schools.rules import State, propose_code, slug
from tenants import School, SchoolIdentifier, db

FACTS = (
    "name",
    "phase",
    "number_of_pupils",
    "pupils_as_at",
    "address",
    "postcode",
    "website",
)


def change_facts(school: School, data: dict[str, Any], *, by: Me) -> None:
    """What the register or somebody who knows says of it. The next list may say otherwise."""
    at, reason = clock.now(), data.get("reason")
    number = school.id
    changes = changed(school, data, *FACTS)
    if not changes:
        return
    if "number_of_pupils" in changes:
        school.pupils_invented = False
    school.updated_at = at
    db.session.flush()
    lines = history.lines_of("school", changes)
    history.at_the_la(school.name, lines, at=at, by=by, reason=reason)
    history.in_the_school(number, ("school", number), lines, at=at, by=by, reason=reason)


def open_school(data: dict[str, Any], *, by: Me) -> tuple[int, str]:
    """(id, name) of a school that no list brought. It begins as invited, like those of a list."""
    at = clock.now()
    holder = queries.school_with_urn(data["urn"])
    if holder is not None:
        raise wrong("urn", f"URN {data['urn']} belongs to {holder.name}")
    own = slug(data["name"], data["urn"], set(db.session.scalars(select(School.slug))))
    if db.session.scalar(select(School.id).where(or_(School.slug == own))):
        raise wrong("name", "Another school has this name and URN in its address")
    school = School(
        slug=own,
        code=propose_code(data["name"], set(db.session.scalars(select(School.code)))),
        name=data["name"],
        phase=data.get("phase"),
        status=State.INVITED,
    )
    db.session.add(school)
    db.session.flush()
    number, name = school.id, school.name
    db.session.add(
        SchoolIdentifier(
            school_id=number,
            urn=data["urn"],
            la_code=queries.own_la_code() or None,
            valid_from=data["begins_on"],
        )
    )
    db.session.flush()
    lines = [Line("school.added", None, name)]
    note = f"URN {data['urn']}"
    history.at_the_la(name, lines, at=at, by=by, reason=note)
    history.in_the_school(number, ("school", number), lines, at=at, by=by, reason=note)
    return number, name
