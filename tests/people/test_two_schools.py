"""One person, two schools, two tabs (M03, A34): only the address says which school."""

from __future__ import annotations

import re
from datetime import date

import pytest
from sqlalchemy import select

from app.people.models import Membership, Person
from tenants import School, administering, db
from tests.people.signing import hidden


@pytest.fixture
def in_both(app, cast, sign_in):
    """Rita reports at St Mary's and runs the desk of Oakfield."""
    with app.app_context(), administering("a test"):
        person = db.session.scalar(select(Person.id).where(Person.email == cast.rita.email))
        school = db.session.scalar(select(School.id).where(School.slug == "oakfield"))
        with administering("a test", school):
            db.session.add(
                Membership(
                    school_id=school,
                    person_id=person,
                    name="Rita at Oakfield",
                    role="spoc",
                    valid_from=date(2021, 1, 1),
                )
            )
            db.session.commit()
    return sign_in(cast.rita)


def bar(page):
    """The school that the coloured bar names, and its colour."""
    found = re.search(
        r'class="desk-school desk-school--(\d)".*?desk-school__name"><a href="([^"]+)">([^<]+)<',
        page,
        re.S,
    )
    return found.groups() if found else None


def sheet(page, title):
    # The desk is asked how it came in.
    more = {"channel": "phone"} if 'name="channel"' in page else {}
    return {
        **more,
        "title": title,
        "expected": "a",
        "happened": "b",
        "location": "ict-suite",
        "type": "incident",
        "csrf_token": hidden(page, "csrf_token"),
        "submission_id": hidden(page, "submission_id"),
    }


def test_they_choose_and_nothing_is_chosen_for_them(in_both):
    assert in_both.get("/").location == "/my-schools"
    page = in_both.get("/my-schools").text
    assert "/st-marys/" in page and "/oakfield/" in page
    assert bar(page) is None
    # Also after a visit to one of them.
    in_both.get("/oakfield/desk")
    assert in_both.get("/").location == "/my-schools"


def test_the_bar_and_the_switch_name_the_school_of_the_address(in_both):
    bars = {}
    for slug in ("st-marys", "oakfield"):
        page = in_both.get(f"/{slug}/incidents/new").text
        bars[slug] = bar(page)
        assert bars[slug][1] == f"/{slug}/"
        current = re.findall(r'<a href="/([a-z-]+)/" aria-current="true">', page)
        assert current == [slug]
        assert set(re.findall(r'<li><a href="/([a-z-]+)/"', page)) == {"st-marys", "oakfield"}
    assert bars["st-marys"][2] == "St Mary’s Primary School"
    assert bars["oakfield"][2] == "Oakfield Academy"
    assert bars["st-marys"][0] != bars["oakfield"][0]


def test_what_is_sent_from_an_older_tab_goes_to_that_tabs_school(in_both):
    first = in_both.get("/st-marys/incidents/new").text
    second = in_both.get("/oakfield/incidents/new").text
    for path, page, title in (
        ("/st-marys/incidents/new", first, "In the first tab"),
        ("/oakfield/incidents/new", second, "In the second tab"),
    ):
        answer = in_both.client.post(path, data=sheet(page, title))
        assert answer.status_code == 303, answer.text[:3000]
        assert answer.location.startswith(path.removesuffix("new"))
    assert "In the first tab" in in_both.get("/st-marys/incidents/mine").text
    assert "In the second tab" not in in_both.get("/st-marys/incidents/mine").text
    desk = in_both.get("/oakfield/desk").text
    assert "In the second tab" in desk and "In the first tab" not in desk


def test_a_role_in_one_school_is_none_in_the_other(in_both):
    assert in_both.get("/oakfield/people").status_code == 200
    assert in_both.get("/st-marys/people").status_code == 403
    assert in_both.get("/st-marys/desk").status_code == 403


@pytest.mark.parametrize(
    "extra",
    [
        {"query_string": {"school": "oakfield", "school_id": "2"}},
        {"headers": {"X-School": "oakfield", "X-School-Id": "2", "Cookie2": "school=oakfield"}},
    ],
)
def test_nothing_but_the_address_names_the_school(in_both, extra):
    in_both.client.set_cookie("school", "oakfield")
    page = in_both.get("/st-marys/incidents/new", **extra).text
    assert bar(page)[1] == "/st-marys/"
    assert in_both.get("/st-marys/people", **extra).status_code == 403


def test_a_field_of_the_form_moves_nothing_to_another_school(in_both):
    page = in_both.get("/st-marys/incidents/new").text
    data = {**sheet(page, "Stays here"), "school": "oakfield", "school_id": "2"}
    assert in_both.client.post("/st-marys/incidents/new", data=data).location.startswith(
        "/st-marys/"
    )
    assert "Stays here" not in in_both.get("/oakfield/desk").text


def test_with_one_school_there_is_nothing_to_switch(sign_in, cast):
    page = sign_in(cast.ravi).get("/st-marys/incidents/new").text
    assert bar(page)[2] == "St Mary’s Primary School"
    assert "Change school" not in page
