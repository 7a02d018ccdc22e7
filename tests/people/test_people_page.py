"""Who belongs to a school."""

from __future__ import annotations

import re
from datetime import date

import pytest
from sqlalchemy import select

from app.people.models import Membership, Person
from app.people.views import PAGE_SIZE
from tenants import School, administering, db

PAGE = "/st-marys/people"


def add_members(app, count, **values):
    with app.app_context(), administering("a test"):
        school = db.session.scalar(select(School.id).where(School.slug == "st-marys"))
        people = [Person(email=f"m{n:03}@x.example", name=f"Member {n:03}") for n in range(count)]
        db.session.add_all(people)
        db.session.commit()
        with administering("a test", school):
            db.session.add_all(
                Membership(
                    **{
                        "school_id": school,
                        "person_id": one.id,
                        "name": one.name,
                        "role": "reporter",
                        "valid_from": date(2021, 1, 1),
                        **values,
                    }
                )
                for one in people
            )
            db.session.commit()


def names(page):
    return re.findall(r'<th scope="row" class="govuk-table__header">([^<]+?)\s*<', page)


def test_the_desk_sees_its_people_their_roles_and_when_they_were_here(sign_in, cast):
    page = sign_in(cast.sam).get(PAGE).text
    assert names(page) == sorted(names(page), key=str.lower)
    assert cast.rita.name in page and "Tech Advisor" in page and "1 Jan 2021" in page
    assert "Last in Deskbell" in page and "in any school they work for" in page
    assert cast.olga.name not in page and cast.tariq.name not in page


@pytest.mark.parametrize("who", ["mo", "ada"])
def test_la_staff_see_who_is_there_but_not_when(sign_in, cast, who):
    page = sign_in(getattr(cast, who)).get(PAGE).text
    assert cast.rita.name in page and "Last in Deskbell" not in page


@pytest.mark.parametrize(
    ("who", "status"),
    [("dora", 200), ("ike", 200), ("rita", 403), ("theo", 403), ("pip", 403), ("tariq", 403),
     ("sue", 403), ("olga", 404)],
)  # fmt: skip
def test_who_may_open_it(sign_in, cast, who, status):
    assert sign_in(getattr(cast, who)).get(PAGE).status_code == status


def test_those_who_left_are_gone_and_those_who_come_are_there(app, cast, sign_in):
    add_members(app, 1, name="Left Long Ago", valid_to=date(2021, 2, 1))
    page = sign_in(cast.sam).get(PAGE).text
    assert "Left Long Ago" not in page


def test_a_future_member_is_there(app, cast, sign_in):
    add_members(app, 1, name="Coming Soon", valid_from=date(2199, 1, 1))
    assert "1 Jan 2199" in sign_in(cast.sam).get(PAGE).text


def test_everybody_is_on_exactly_one_page_and_each_page_costs_the_same(
    app, cast, sign_in, statements
):
    add_members(app, 2 * PAGE_SIZE)
    browser = sign_in(cast.sam)
    browser.get(PAGE)  # what each process keeps of a school is there from the second page on
    found, path = [], PAGE
    while path:
        statements.clear()
        page = browser.get(path).text
        # Who it is, the page of members, when they were here.
        assert len([one for one in statements if not one.startswith("SET LOCAL")]) == 3
        found += names(page)
        onward = re.search(r'rel="next" href="([^"]+)"', page)
        path = onward[1] if onward else None
    assert len(found) == len(set(found)) == 2 * PAGE_SIZE + 8
    assert found == sorted(found, key=str.lower)


@pytest.mark.parametrize("after", ["x", "x.y", "%00", "é", "0" * 600])
def test_a_place_that_is_none_is_refused(sign_in, cast, after):
    assert sign_in(cast.sam).get(f"{PAGE}?after={after}").status_code == 422


def test_a_place_in_another_persons_list_is_refused(app, cast, sign_in):
    add_members(app, PAGE_SIZE)
    onward = re.search(r'rel="next" href="([^"]+)"', sign_in(cast.sam).get(PAGE).text)[1]
    assert sign_in(cast.dora).get(onward).status_code == 422


def test_a_hostile_name_is_only_text(app, cast, sign_in):
    add_members(app, 1, name='<img src=x onerror="alert(1)">')
    assert "&lt;img src=x onerror=" in sign_in(cast.sam).get(PAGE).text
