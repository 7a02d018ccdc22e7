"""A school reads who from outside looked at its records."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import insert, select

from app.history.models import AccessRecord
from app.history.views import PAGE_SIZE
from app.people.models import LaMembership
from tenants import School, acting_in, at_the_front_door, db

PAGE = "/st-marys/access"
BEGAN = datetime(2026, 1, 13, 9, tzinfo=UTC)


@pytest.fixture
def looked(app):
    """Somebody of the LA looks at a school's record so many times."""

    def look(count, slug="st-marys", subject="STM-{}"):
        with app.app_context():
            with at_the_front_door():
                school = db.session.scalar(select(School.id).where(School.slug == slug))
                member = db.session.scalar(select(LaMembership.id).limit(1))
            with acting_in(school):
                rows = [
                    {
                        "school_id": school,
                        # Pairs at the same instant: the place in the list needs the id too.
                        "at": BEGAN + timedelta(minutes=number // 2),
                        "la_membership_id": member,
                        "name": "Tariq Firstline",
                        "subject": subject.format(number),
                        "reason": "in the queue",
                    }
                    for number in range(count)
                ]
                db.session.execute(insert(AccessRecord.__table__), rows)
                db.session.commit()

    return look


def subjects(page):
    return re.findall(r">(STM-\d+)<", page)


def test_it_says_who_looked_at_what_when_and_why(looked, cast, sign_in):
    looked(1)
    page = sign_in(cast.sam).get(PAGE).text
    for words in ("Tariq Firstline", "STM-0", "in the queue", "13 Jan"):
        assert words in page


def test_nobody_looked_is_said_plainly(cast, sign_in):
    assert "Nobody from outside has looked" in sign_in(cast.sam).get(PAGE).text


def test_all_of_it_comes_once_the_newest_first_at_the_same_price(looked, cast, sign_in, statements):
    looked(2 * PAGE_SIZE + 3)
    browser = sign_in(cast.sam)
    found, path = [], PAGE
    while path:
        statements.clear()
        page = browser.get(path).text
        assert len([one for one in statements if not one.startswith("SET LOCAL")]) == 2
        found += subjects(page)
        onward = re.search(r'rel="next" href="([^"]+)"', page)
        path = onward[1] if onward else None
    assert len(found) == len(set(found)) == 2 * PAGE_SIZE + 3
    assert found[0] == f"STM-{2 * PAGE_SIZE + 2}" and found[-1] in ("STM-0", "STM-1")


def test_another_schools_records_are_not_there(looked, cast, sign_in):
    looked(2, slug="oakfield", subject="OAK-{}")
    assert "OAK-" not in sign_in(cast.sam).get(PAGE).text
    assert "OAK-1" in sign_in(cast.olga).get("/oakfield/access").text


@pytest.mark.parametrize(
    ("who", "status"),
    [("dora", 200), ("ike", 200), ("rita", 403), ("theo", 403), ("tariq", 403), ("mo", 403),
     ("ada", 403), ("olga", 404)],
)  # fmt: skip
def test_who_may_open_it(sign_in, cast, who, status):
    assert sign_in(getattr(cast, who)).get(PAGE).status_code == status


@pytest.mark.parametrize("after", ["x", "x.y.z", "%00"])
def test_a_place_that_is_none_is_refused(sign_in, cast, after):
    assert sign_in(cast.sam).get(f"{PAGE}?after={after}").status_code == 422


def test_lists_that_la_staff_read_are_recorded_too(sign_in, api, cast):
    sign_in(cast.mo).get("/st-marys/desk")
    sign_in(cast.mo).get("/st-marys/incidents")
    api(cast.tariq).get("/schools/st-marys/incidents")
    page = sign_in(cast.sam).get("/st-marys/access").get_data(as_text=True)
    assert page.count("call log") == 2
    assert page.count("work list") == 1
