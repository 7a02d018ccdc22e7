"""What the LA's administrator does with one school: state, code, next URN."""

from __future__ import annotations

import re
from typing import Any

import pytest
from sqlalchemy import insert, select

from app.errors import Refused
from app.history.models import Event, LaEvent
from app.locations.models import Location
from app.schools import actions, queries
from app.schools.rules import State
from tenants import School, SchoolIdentifier, across_schools, acting_in, administering, db
from tenants.models import Counter

PAGE = "/authority/schools/st-marys"


def version_on(page: Any) -> str:
    found = re.search(r'name="version" value="(\d+)"', page.get_data(as_text=True))
    assert found
    return found.group(1)


def change(browser: Any, what: str, slug: str = "st-marys", **data: str) -> Any:
    """Open the small form and send it."""
    address = f"/authority/schools/{slug}/{what}"
    data = {"version": version_on(browser.get(address)), **data}
    return browser.post(address, data)


def school_row(app: Any, slug: str = "st-marys") -> Any:
    with app.app_context(), administering("looking, in a test"):
        return db.session.execute(select(School.__table__).where(School.slug == slug)).one()


def events(app: Any, kind: str) -> list[Any]:
    with app.app_context(), across_schools("history, in a test"):
        wanted = select(Event.actor, Event.from_value, Event.to_value, Event.note)
        return [tuple(row) for row in db.session.execute(wanted.where(Event.kind == kind))]


# --- states ---


def test_a_school_is_suspended_with_a_reason_that_both_histories_keep(sign_in, cast, app):
    ada = sign_in(cast.ada)
    answer = change(ada, "state", status="suspended", reason="Unpaid since May")
    assert answer.status_code == 303
    assert "Suspended" in ada.get(PAGE).get_data(as_text=True)
    assert school_row(app).status == "suspended"
    told = ("Ada Admin", "active", "suspended", "Unpaid since May")
    assert events(app, "school.state_changed") == [told]
    with app.app_context(), administering("history, in a test"):
        subject = db.session.scalar(
            select(LaEvent.subject).where(LaEvent.kind == "school.state_changed")
        )
    assert subject == "St Mary’s Primary School"


def test_only_states_that_may_follow_are_offered_and_taken(sign_in, cast, app):
    ada = sign_in(cast.ada)
    page = ada.get(f"{PAGE}/state").get_data(as_text=True)
    assert re.findall(r'name="status"[^>]*value="(\w+)"', page) == ["suspended", "leaving"]
    assert change(ada, "state", status="invited", reason="Back").status_code == 422
    assert school_row(app).status == "active"


def test_a_reason_is_needed(sign_in, cast, app):
    answer = change(sign_in(cast.ada), "state", status="suspended")
    assert answer.status_code == 422
    assert "Say why, for the history" in answer.get_data(as_text=True)
    assert school_row(app).status == "active"


def test_from_the_invitation_to_the_end(app):
    with app.app_context(), administering("a whole life, in a test"):
        school = School(slug="hill", code="HIL", name="Hill School")
        db.session.add(school)
        db.session.flush()
        for state in list(State)[1:]:
            actions.move_to(school, state, by=None, reason="Test")
        db.session.commit()
    hill = school_row(app, "hill")
    with app.app_context(), acting_in(hill.id):
        rooms = set(db.session.scalars(select(Location.name)))
    assert {"ICT suite", "Library"} <= rooms, "a school begins with its preset rooms"
    assert hill.status == "left"
    assert hill.joined_on is not None
    assert hill.left_on is not None
    assert len(events(app, "school.state_changed")) == 5


def test_an_action_refuses_a_state_that_may_not_follow(app):
    with app.app_context(), administering("a wrong step, in a test"):
        school = queries.get_school("st-marys")
        with pytest.raises(Refused, match="is active; it cannot become left"):
            actions.move_to(school, State.LEFT, by=None, reason="Test")


def test_two_administrators_at_once(sign_in, cast, app):
    ada = sign_in(cast.ada)
    version = version_on(ada.get(f"{PAGE}/state"))
    change(ada, "code", code="MARY")
    data = {"version": version, "status": "suspended", "reason": "Unpaid"}
    answer = ada.post(f"{PAGE}/state", data)
    page = answer.get_data(as_text=True)
    assert answer.status_code == 412
    assert "Ada Admin changed this on" in page
    assert 'value="Unpaid"' in page
    assert school_row(app).status == "active"
    # The page brings the new version: sending it again means it.
    assert ada.post(f"{PAGE}/state", {**data, "version": version_on(answer)}).status_code == 303
    assert school_row(app).status == "suspended"


# --- codes ---


def test_a_code_may_change_until_the_first_incident(sign_in, cast, app):
    ada = sign_in(cast.ada)
    assert change(ada, "code", code="mary").status_code == 303
    assert school_row(app).code == "MARY"
    assert events(app, "school.code_changed") == [("Ada Admin", "STM", "MARY", None)]
    with app.app_context(), acting_in(school_row(app).id):
        counter = {"school_id": school_row(app).id, "kind": "incident", "last_number": 1}
        db.session.execute(insert(Counter).values(**counter))
        db.session.commit()
    page = ada.get(PAGE).get_data(as_text=True)
    assert "The code stays" in page
    assert f"{PAGE}/code" not in page
    assert change(ada, "code", code="STA").status_code == 409
    assert school_row(app).code == "MARY"


@pytest.mark.parametrize(
    ("code", "words"),
    [
        ("OAK", "OAK is the code of Oakfield Academy"),
        ("AB", "three to five letters"),
        ("ABCDEF", "5 characters"),
        ("M4RY", "three to five letters"),
        ("ÀÉÎ", "three to five letters"),
        ("TITS", "can be said"),
        ("", "Enter a code"),
    ],
)
def test_a_code_that_will_not_do(sign_in, cast, app, code, words):
    answer = change(sign_in(cast.ada), "code", code=code)
    assert answer.status_code == 422
    assert words in answer.get_data(as_text=True)
    assert school_row(app).code == "STM"


def test_the_same_code_again_changes_nothing(sign_in, cast, app):
    assert change(sign_in(cast.ada), "code", code="STM").status_code == 303
    assert events(app, "school.code_changed") == []


# --- URNs ---

CONVERSION = {"urn": "149966", "on-day": "1", "on-month": "9", "on-year": "2023"}


def test_a_new_urn_ends_the_old_one_and_both_find_the_school(sign_in, cast, app):
    ada = sign_in(cast.ada)
    assert change(ada, "urn", **CONVERSION).status_code == 303
    with app.app_context(), administering("looking, in a test"):
        rows = db.session.execute(
            select(SchoolIdentifier.urn, SchoolIdentifier.valid_to, SchoolIdentifier.la_code)
            .join(School, School.id == SchoolIdentifier.school_id)
            .where(School.slug == "st-marys")
            .order_by(SchoolIdentifier.urn)
        ).all()
    assert [(row.urn, str(row.valid_to), row.la_code) for row in rows] == [
        (100001, "2023-09-01", 881),
        (149966, "None", 881),
    ]
    for urn in (100001, 149966):
        assert ada.get(f"/authority/urns/{urn}").headers["Location"] == PAGE
        assert PAGE in ada.get(f"/authority/schools?q={urn}").get_data(as_text=True)
    assert events(app, "school.urn_changed") == [("Ada Admin", "100001", "149966", None)]


@pytest.mark.parametrize(
    ("wrong", "words"),
    [
        ({"urn": "100002"}, "URN 100002 belongs to Oakfield Academy already."),
        ({"urn": "100001"}, "URN 100001 belongs to St Mary’s Primary School already."),
        ({"urn": "12"}, "Must be a whole number from 100000 to 999999."),
        ({"urn": ""}, "Enter the new URN"),
        ({"on-year": "2020"}, "URN 100001 began on 01 January 2021, after that."),
        ({"on-day": "31", "on-month": "2"}, "Enter a real date"),
    ],
)
def test_a_urn_that_will_not_do(sign_in, cast, app, wrong, words):
    answer = change(sign_in(cast.ada), "urn", **{**CONVERSION, **wrong})
    assert answer.status_code == 422
    assert words in answer.get_data(as_text=True)
    assert events(app, "school.urn_changed") == []


# --- who may not ---


@pytest.mark.parametrize("player", ["rita", "sam", "ike", "olga", "tariq", "mo"])
@pytest.mark.parametrize("what", ["state", "code", "urn"])
def test_nobody_else_changes_a_school(sign_in, cast, app, player, what):
    browser = sign_in(getattr(cast, player))
    address = f"{PAGE}/{what}"
    assert browser.get(address).status_code == 404
    data = {"version": "1", "status": "suspended", "reason": "x", "code": "XAX", **CONVERSION}
    assert browser.post(address, data).status_code == 404
    assert (school_row(app).status, school_row(app).code) == ("active", "STM")


def test_a_school_that_is_not_there(sign_in, cast):
    ada = sign_in(cast.ada)
    for path in ("nowhere", "nowhere/state", "nowhere/code", "nowhere/urn"):
        assert ada.get(f"/authority/schools/{path}").status_code == 404
    assert ada.get("/authority/urns/999999").status_code == 404
    assert ada.get("/authority/imports/00000000-0000-7000-8000-000000000000").status_code == 404
