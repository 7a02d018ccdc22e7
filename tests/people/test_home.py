"""Where somebody lands, and what stands around every page."""

from __future__ import annotations

import re
from datetime import date

import pytest
from sqlalchemy import select, update

from app.people.models import Membership, Person
from tenants import School, administering, db
from tests.people.signing import change_person, knock


@pytest.fixture
def both_schools(app, cast):
    """Sam is SPOC at St Mary's and, in this test, reports at Oakfield too."""
    join(app, cast.sam.email, "oakfield", "reporter")
    return cast.sam


def join(app, email, slug, role, valid_to=None):
    with app.app_context(), administering("a test"):
        school = db.session.scalar(select(School.id).where(School.slug == slug))
        person = db.session.scalar(select(Person.id).where(Person.email == email))
    with app.app_context(), administering("a test", school):
        db.session.add(
            Membership(
                school_id=school,
                person_id=person,
                name="Sam at Oakfield",
                role=role,
                valid_from=date(2021, 1, 1),
                valid_to=valid_to,
            )
        )
        db.session.commit()


def leave_all(app, email):
    with app.app_context(), administering("a test"):
        person = db.session.scalar(select(Person.id).where(Person.email == email))
        school = db.session.scalar(
            select(Membership.school_id).where(Membership.person_id == person)
        )
    with app.app_context(), administering("a test", school):
        db.session.execute(
            update(Membership)
            .where(Membership.person_id == person)
            .values(valid_to=date(2021, 2, 1))
        )
        db.session.commit()


def menu(page):
    """In the line and behind "More"."""
    more = re.search(r'<details class="desk-more">.*?</details>', page, re.S)
    in_line = re.findall(r'class="govuk-service-navigation__link" href="([^"]+)"', page)
    return in_line + re.findall(r'<a href="([^"]+)"', more[0] if more else "")


def test_nobody_is_asked_to_sign_in(app):
    answer = app.test_client().get("/")
    assert (answer.status_code, answer.location) == (302, "/sign-in?next=/")


@pytest.mark.parametrize(
    ("who", "home", "then"),
    [
        ("rita", "/st-marys/", "/st-marys/incidents/mine"),
        ("pip", "/st-marys/", "/st-marys/advice"),  # where an advisor can help
        ("sam", "/st-marys/", "/st-marys/desk"),
        ("dora", "/st-marys/", "/st-marys/desk"),
        ("theo", "/st-marys/", "/st-marys/desk"),
        ("olga", "/oakfield/", "/oakfield/desk"),
    ],
)
def test_somebody_of_one_school_lands_in_it(sign_in, cast, who, home, then):
    browser = sign_in(getattr(cast, who))
    assert browser.get("/").location == home
    assert browser.get(home).location == then


@pytest.mark.parametrize(
    ("who", "home"),
    [
        ("tariq", "/queue"),
        ("sasha", "/queue"),
        ("mo", "/overview"),
        ("ada", "/authority/schools"),
    ],
)
def test_la_staff_land_where_their_work_is(sign_in, cast, who, home):
    assert sign_in(getattr(cast, who)).get("/").location == home


def test_la_staff_in_a_school_see_what_they_may(sign_in, cast):
    assert sign_in(cast.tariq).get("/st-marys/").location == "/st-marys/desk"
    assert sign_in(cast.ada).get("/st-marys/").location == "/st-marys/people"


def test_somebody_of_two_schools_chooses(app, sign_in, both_schools):
    browser = sign_in(both_schools)
    assert browser.get("/").location == "/my-schools"
    page = browser.get("/my-schools").text
    assert 'href="/st-marys/"' in page and 'href="/oakfield/"' in page
    assert 'aria-label="School"' not in page
    assert browser.get("/oakfield/").location == "/oakfield/incidents/mine"
    assert browser.get("/st-marys/").location == "/st-marys/desk"


def test_the_school_bar_names_where_one_is_and_offers_the_other(app, sign_in, both_schools):
    page = sign_in(both_schools).get("/st-marys/people").text
    assert '<a href="/st-marys/">St Mary’s Primary School</a>' in page
    assert '<a href="/st-marys/" aria-current="true">' in page
    assert '<a href="/oakfield/">Oakfield Academy</a>' in page


def test_two_tabs_in_two_schools_do_not_mix(app, cast, sign_in, both_schools):
    browser = sign_in(both_schools)
    assert cast.ravi.name in browser.get("/st-marys/people").text
    assert browser.get("/oakfield/people").status_code == 403
    assert cast.ravi.name in browser.get("/st-marys/people").text


def test_the_switcher_is_not_there_for_one_school(sign_in, cast):
    assert "Change school" not in sign_in(cast.sam).get("/st-marys/people").text


def test_somebody_who_belongs_nowhere_is_told_so(app, cast, sign_in):
    leave_all(app, cast.rita.email)
    browser = sign_in(cast.rita)
    assert browser.get("/").location == "/my-schools"
    assert "You belong to no school at present" in browser.get("/my-schools").text
    assert browser.get("/st-marys/").status_code == 404
    assert browser.get("/account").status_code == 200


def test_a_foreign_school_is_not_there(sign_in, cast):
    browser = sign_in(cast.rita)
    foreign, unknown = browser.get("/oakfield/"), browser.get("/no-such-school/")
    assert foreign.status_code == unknown.status_code == 404
    assert foreign.data == unknown.data


@pytest.mark.parametrize(
    ("who", "there", "not_there"),
    [
        ("rita", {"/st-marys/incidents/new", "/st-marys/incidents/mine"}, {"/st-marys/desk"}),
        ("sam", {"/st-marys/desk", "/st-marys/people", "/st-marys/access"}, {"/queue"}),
    ],
)
def test_the_menu_holds_what_one_may_do_here(sign_in, cast, who, there, not_there):
    found = set(menu(sign_in(getattr(cast, who)).get("/st-marys/incidents/new").text))
    assert there <= found and not not_there & found


def test_every_entry_of_a_menu_opens(sign_in, cast):
    for player, start in (
        (cast.rita, "/account"),
        (cast.rita, "/st-marys/incidents/new"),
        (cast.sam, "/st-marys/people"),
        (cast.mo, "/st-marys/people"),
        (cast.mo, "/account"),
        (cast.ada, "/account"),
        (cast.ada, "/st-marys/people"),
    ):
        browser = sign_in(player)
        found = menu(browser.get(start).text)
        assert found, (player.name, start)
        for href in found:
            assert browser.get(href).status_code in (200, 303), (player.name, href)


def test_the_page_head_names_the_authority_and_the_person(sign_in, cast, app):
    page = sign_in(cast.rita).get("/account").text
    assert "Test Authority" in page and cast.rita.name in page and 'action="/sign-out"' in page
    assert "Test Authority" in app.test_client().get("/sign-in").text


def test_drafts_of_two_people_are_kept_apart_without_naming_them(sign_in, cast):
    keys = {
        re.search(r'data-person="([^"]+)"', sign_in(one).get("/account").text)[1]
        for one in (cast.rita, cast.ravi)
    }
    assert len(keys) == 2 and not any("@" in key for key in keys)


def test_public_pages_know_who_is_there(app, sign_in, cast):
    for path in ("/about", "/accessibility", "/who-may-do-what"):
        assert cast.rita.name in sign_in(cast.rita).get(path).text
        page = app.test_client().get(path)
        assert page.status_code == 200 and 'href="/sign-in"' in page.text


def test_the_frame_asks_the_database_nothing(app, cast, statements):
    client = app.test_client()
    knock(client, cast.rita.email, cast.password)
    statements.clear()
    client.get("/my-schools")
    assert len([one for one in statements if not one.startswith("SET LOCAL")]) == 1


def test_a_person_renamed_by_a_script_is_only_text(app, cast, sign_in):
    change_person(app, cast.rita.email, name="<script>alert(1)</script>{{ 7*7 }}")
    page = sign_in(cast.rita).get("/account").text
    assert "&lt;script&gt;alert(1)&lt;/script&gt;{{ 7*7 }}" in page
