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
    browser.get(PAGE)  # who can be reached and what is announced are kept from now on
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


def test_it_says_as_what_they_looked_and_leads_to_the_incident(looked, cast, sign_in):
    looked(2)
    looked(1, subject="OAK-{}1")
    page = sign_in(cast.sam).get(PAGE).text
    assert "LA first line" in page
    assert '<a class="govuk-link" href="/st-marys/incidents/1">STM-1</a>' in page
    assert "OAK-01" in page and "/incidents/01" not in page


def test_one_month_is_shown_by_londons_clock(app, looked, cast, sign_in, at):
    looked(2)
    sam = sign_in(cast.sam)
    assert subjects(sam.get(f"{PAGE}?month=2026-01").text) == ["STM-1", "STM-0"]
    assert "Nobody from outside has looked at a record of this school in December 2025." in (
        sam.get(f"{PAGE}?month=2025-12&who=").text
    )
    # 23:30 UTC on the last of June is July in London.
    at("2026-06-30T23:30:00+00:00")
    sign_in(cast.mo).get("/st-marys/desk")
    at("2026-07-20T09:00:00+00:00")
    assert "work list" in sign_in(cast.sam).get(f"{PAGE}?month=2026-07").text
    assert "work list" not in sign_in(cast.sam).get(f"{PAGE}?month=2026-06").text


def test_one_person_is_shown_by_part_of_the_name(looked, cast, sign_in):
    looked(1)
    sign_in(cast.mo).get("/st-marys/desk")
    sam = sign_in(cast.sam)
    assert subjects(sam.get(f"{PAGE}?who=tariq").text) == ["STM-0"]
    assert "work list" in sam.get(f"{PAGE}?who=Mo+Man").text
    for nobody in ("%25", "_", "Zoë", "'; --"):
        assert "Nobody of that name" in sam.get(PAGE, query_string={"who": nobody}).text


def test_a_filter_stays_while_one_pages(looked, cast, sign_in, statements):
    looked(PAGE_SIZE + 2)
    sam, path, found = sign_in(cast.sam), f"{PAGE}?month=2026-01&who=first", []
    sam.get(PAGE)
    while path:
        statements.clear()
        page = sam.get(path).text
        assert len([one for one in statements if not one.startswith("SET LOCAL")]) == 2
        found += subjects(page)
        onward = re.search(r'rel="next" href="([^"]+)"', page)
        path = onward[1].replace("&amp;", "&") if onward else None
    assert len(found) == len(set(found)) == PAGE_SIZE + 2


@pytest.mark.parametrize("month", ["2026-13", "2026", "x", "2026-1", "1999-01", "2026-01-01"])
def test_a_month_that_is_none_is_refused(cast, sign_in, month):
    assert sign_in(cast.sam).get(f"{PAGE}?month={month}").status_code == 422
