"""Working as one of several roles: chosen aloud, for one browser, written down, never more."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from sqlalchemy import select, update

from app import clock
from app.history.models import LaEvent
from app.people.models import LaMembership, Membership, Person
from tenants import administering, at_the_front_door, db
from tests.people.factors import events, give_app, second_factor


@pytest.fixture
def sam_reports_too(app, cast):
    with app.app_context(), at_the_front_door():
        person = db.session.scalar(select(Person.id).where(Person.email == cast.sam.email))
    with app.app_context(), administering("a test", 1):
        db.session.add(
            Membership(
                school_id=1,
                person_id=person,
                name=cast.sam.name,
                role="reporter",
                valid_from=date(2021, 1, 1),
            )
        )
        db.session.commit()


@pytest.fixture
def sam(sign_in, cast, sam_reports_too):
    return sign_in(cast.sam)


def work_as(browser, role: str):
    browser.get("/account")
    return browser.post("/account/work-as", {"role": role})


def test_as_a_reporter_the_desk_is_out_of_reach_until_changed_back(app, cast, sam):
    assert sam.get("/st-marys/desk").status_code == 200
    assert work_as(sam, "reporter").status_code == 303
    assert sam.get("/st-marys/desk").status_code == 403
    page = sam.get("/st-marys/incidents/new").text
    assert "as Reporter</span>" in page and "Work list" not in page
    assert work_as(sam, "").status_code == 303
    assert sam.get("/st-marys/desk").status_code == 200
    assert "as Reporter</span>" not in sam.get("/account").text
    assert events(app, cast.sam).count("role_switched") == 2


def test_it_holds_for_this_browser_only(cast, sam, sign_in):
    other = sign_in(cast.sam)
    work_as(sam, "reporter")
    assert other.get("/st-marys/desk").status_code == 200


@pytest.mark.parametrize("role", ["la_admin", "service_desk_owner", "nonsense"])
def test_only_roles_that_are_theirs(app, cast, sam, role):
    assert work_as(sam, role).status_code == 404
    assert "role_switched" not in events(app, cast.sam)


def test_the_same_again_is_no_second_event(app, cast, sam):
    work_as(sam, "reporter")
    work_as(sam, "reporter")
    assert events(app, cast.sam).count("role_switched") == 1


def test_a_role_that_has_ended_binds_nobody(app, cast, sam):
    work_as(sam, "reporter")
    with app.app_context(), administering("a test", 1):
        yesterday = clock.today() - timedelta(days=1)
        db.session.execute(
            update(Membership)
            .where(Membership.role == "reporter", Membership.name == cast.sam.name)
            .values(valid_to=yesterday)
        )
        db.session.commit()
    assert sam.get("/st-marys/desk").status_code == 200


def test_a_program_keeps_all_roles(api, cast, sam):
    work_as(sam, "reporter")
    assert api(cast.sam).get("/schools/st-marys/incidents").status_code == 200


def test_working_as_a_reporter_does_not_save_the_second_factor(app, cast, sam_reports_too, sign_in):
    give_app(app, cast.sam)
    with second_factor(app, is_required=True):
        browser = sign_in(cast.sam)
        answer = browser.client.post("/account/work-as", data={"role": "reporter"})
        assert answer.status_code == 401
        assert browser.get("/st-marys/incidents/new").status_code == 302


def test_nobody_with_one_role_is_offered_anything(cast, sign_in):
    assert "Work as" not in sign_in(cast.rita).get("/account").text


def test_the_la_writes_down_what_its_people_work_as(app, cast, sign_in):
    with app.app_context(), administering("a test"):
        person = db.session.scalar(select(Person.id).where(Person.email == cast.mo.email))
        db.session.add(
            LaMembership(
                person_id=person,
                name=cast.mo.name,
                role="la_first_line",
                valid_from=date(2021, 1, 1),
            )
        )
        db.session.commit()
    browser = sign_in(cast.mo)
    assert work_as(browser, "la_first_line").status_code == 303
    with app.app_context(), administering("a test"):
        found = db.session.execute(
            select(LaEvent.kind, LaEvent.subject, LaEvent.from_value, LaEvent.to_value)
        ).all()
    assert found == [("role_switched", cast.mo.name, "all my roles", "la_first_line")]
