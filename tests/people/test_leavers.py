"""Every night: whoever belongs nowhere, or is switched off, is signed in nowhere."""

from __future__ import annotations

from datetime import date

import pytest
from sqlalchemy import select, update

from app import clock
from app.people.models import ApiToken, LaMembership, Membership, Person, SignIn, SignInEvent
from tenants import School, administering, db
from tests.people.signing import change_person, rows
from workers.housekeeping import PERIODIC, do_once


def end_membership(app, email, on, model=Membership):
    with app.app_context(), administering("a test"):
        person = db.session.scalar(select(Person.id).where(Person.email == email))
        school = db.session.scalar(select(School.id).where(School.slug == "st-marys"))
        with administering("a test", school if model is Membership else None):
            db.session.execute(update(model).where(model.person_id == person).values(valid_to=on))
            db.session.commit()


def open_sessions(app):
    emails = {number: email for email, number in rows(app, Person.email, Person.id)}
    return {
        emails[person]
        for person, ended in rows(app, SignIn.person_id, SignIn.ended_at)
        if ended is None
    }


def good_tokens(app):
    emails = {number: email for email, number in rows(app, Person.email, Person.id)}
    return {
        emails[person]
        for person, revoked in rows(app, ApiToken.person_id, ApiToken.revoked_at)
        if revoked is None
    }


@pytest.fixture
def night(app):
    def happen():
        with app.app_context():
            return do_once("end_leavers", clock.now())

    return happen


def test_the_night_ends_what_leavers_left_open(app, sign_in, cast, night):
    for player in (cast.rita, cast.ravi, cast.sam, cast.tariq, cast.mo):
        sign_in(player)
    end_membership(app, cast.rita.email, date(2026, 1, 1))
    end_membership(app, cast.tariq.email, date(2026, 1, 1), LaMembership)
    change_person(app, cast.ravi.email, is_active=False)
    assert night()
    assert open_sessions(app) == {cast.sam.email, cast.mo.email}
    gone = {cast.rita.email, cast.ravi.email, cast.tariq.email}
    assert good_tokens(app) == {one.email for one in cast.everybody} - gone
    kinds = [kind for _, kind in rows(app, SignInEvent.id, SignInEvent.kind)]
    assert kinds.count("sessions_ended") == kinds.count("token_revoked") == 3


def test_it_happens_once_a_night_and_a_second_time_changes_nothing(app, cast, night, is_unchanged):
    assert night()
    is_unchanged.start()
    assert not night()
    assert is_unchanged()
    assert PERIODIC["end_leavers"].period == "%Y-%m-%d"


def test_a_part_that_begins_soon_keeps_one_in(app, sign_in, cast, night):
    """Between two jobs at two schools nobody is thrown out."""
    sign_in(cast.rita)
    with app.app_context(), administering("a test"):
        person = db.session.scalar(select(Person.id).where(Person.email == cast.rita.email))
        school = db.session.scalar(select(School.id).where(School.slug == "oakfield"))
        with administering("a test", school):
            db.session.add(
                Membership(
                    school_id=school,
                    person_id=person,
                    name="Rita",
                    role="reporter",
                    valid_from=date(2199, 1, 1),
                )
            )
            db.session.commit()
    end_membership(app, cast.rita.email, date(2026, 1, 1))
    night()
    assert open_sessions(app) == {cast.rita.email}


def test_the_last_day_itself_is_a_working_day(app, sign_in, cast, night):
    sign_in(cast.rita)
    end_membership(app, cast.rita.email, clock.now().date())
    night()
    assert open_sessions(app) == {cast.rita.email}
