"""A school reads who from outside looked at its records."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import insert, select, text
from sqlalchemy.exc import ProgrammingError

from app.history.models import AccessRecord
from app.history.views import PAGE_SIZE
from app.people.models import LaMembership
from tenants import School, acting_in, administering, at_the_front_door, db
from tests.api.desk import bring

PAGE = "/st-marys/access"
EVERY = f"{PAGE}?month=all"
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


def each_time(page):
    """The list below, without what stands by person."""
    return subjects(page.split("Each time")[-1])


def test_it_says_who_looked_at_what_when_and_why(looked, cast, sign_in):
    looked(1)
    page = sign_in(cast.sam).get(EVERY).text
    for words in ("Tariq Firstline", "STM-0", "in the queue", "13 Jan"):
        assert words in page


def test_nobody_looked_is_said_plainly(cast, sign_in):
    page = sign_in(cast.sam).get(PAGE).text
    assert "Nobody from outside has looked" in page and "Look at all months" in page


def test_all_of_it_comes_once_the_newest_first_at_the_same_price(looked, cast, sign_in, statements):
    looked(2 * PAGE_SIZE + 3)
    browser = sign_in(cast.sam)
    browser.get(PAGE)  # who can be reached and what is announced are kept from now on
    found, path = [], EVERY
    while path:
        statements.clear()
        page = browser.get(path).text
        # Who asks, the list; beside its first page the same by person.
        asked = [one for one in statements if not one.startswith("SET LOCAL")]
        assert len(asked) == (3 if path == EVERY else 2)
        page = page.split("Each time")[-1]
        found += subjects(page)
        onward = re.search(r'rel="next" href="([^"]+)"', page)
        path = onward[1].replace("&amp;", "&") if onward else None
    assert len(found) == len(set(found)) == 2 * PAGE_SIZE + 3
    assert found[0] == f"STM-{2 * PAGE_SIZE + 2}" and found[-1] in ("STM-0", "STM-1")


def test_another_schools_records_are_not_there(looked, cast, sign_in):
    looked(2, slug="oakfield", subject="OAK-{}")
    assert "OAK-" not in sign_in(cast.sam).get(EVERY).text
    assert "OAK-1" in sign_in(cast.olga).get("/oakfield/access?month=all").text


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
    page = sign_in(cast.sam).get(PAGE).text.split("Each time")[1]
    assert page.count("call log") == 2
    assert page.count("work list") == 1


def test_it_says_as_what_they_looked_and_leads_to_the_incident(looked, cast, sign_in):
    looked(2)
    looked(1, subject="OAK-{}1")
    page = sign_in(cast.sam).get(EVERY).text
    assert "LA first line" in page
    assert '<a class="govuk-link" href="/st-marys/incidents/1">STM-1</a>' in page
    assert "OAK-01" in page and "/incidents/01" not in page


def test_one_month_is_shown_by_londons_clock(app, looked, cast, sign_in, at):
    looked(2)
    sam = sign_in(cast.sam)
    assert each_time(sam.get(f"{PAGE}?month=2026-01").text) == ["STM-1", "STM-0"]
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
    assert each_time(sam.get(f"{EVERY}&who=tariq").text) == ["STM-0"]
    assert "work list" in sam.get(f"{PAGE}?who=Mo+Man").text
    for nobody in ("%25", "_", "Zoë", "'; --"):
        assert "Nobody of that name" in sam.get(PAGE, query_string={"who": nobody}).text


def test_a_filter_stays_while_one_pages(looked, cast, sign_in, statements):
    looked(PAGE_SIZE + 2)
    begin = f"{PAGE}?month=2026-01&who=first"
    sam, path, found = sign_in(cast.sam), begin, []
    sam.get(PAGE)
    while path:
        statements.clear()
        page = sam.get(path).text
        # Who asks, the list; beside its first page the same by person.
        asked = [one for one in statements if not one.startswith("SET LOCAL")]
        assert len(asked) == (3 if path == begin else 2)
        found += each_time(page)
        onward = re.search(r'rel="next" href="([^"]+)"', page)
        path = onward[1].replace("&amp;", "&") if onward else None
    assert len(found) == len(set(found)) == PAGE_SIZE + 2


@pytest.mark.parametrize("month", ["2026-13", "2026", "x", "2026-1", "1999-01", "2026-01-01"])
def test_a_month_that_is_none_is_refused(cast, sign_in, month):
    assert sign_in(cast.sam).get(f"{PAGE}?month={month}").status_code == 422


def test_it_stands_by_person_who_how_often_what_and_why(looked, cast, sign_in):
    looked(7)
    sign_in(cast.mo).get("/st-marys/desk")
    page = sign_in(cast.sam).get(EVERY).text
    people = page.split("By person")[1].split("Each time")[0]
    rows = [
        " ".join(re.sub(r"<[^>]+>", " ", one).split())
        for one in people.split('<tr class="govuk-table__row">')[2:]
    ]
    assert rows[0].startswith("Mo Manager LA manager 1")
    assert rows[1].startswith("Tariq Firstline LA first line 7")
    assert "STM-0" in rows[1] and "and 2 more" in rows[1] and rows[1].endswith("in the queue")


def test_this_month_is_shown_at_first(looked, cast, sign_in, at):
    looked(1)
    at("2026-01-20T09:00:00+00:00")
    assert each_time(sign_in(cast.sam).get(PAGE).text) == ["STM-0"]
    at("2026-02-01T09:00:00+00:00")
    assert each_time(sign_in(cast.sam).get(PAGE).text) == []


def test_the_list_as_a_file_with_its_filters(looked, cast, sign_in):
    looked(3)
    sam = sign_in(cast.sam)
    lines = sam.get("/st-marys/access.csv?month=2026-01&what=STM-1").text.splitlines()
    assert lines[1:] == ["2026-01-13 09:00,Tariq Firstline,LA first line,STM-1,in the queue"]
    assert sam.get("/st-marys/access.csv?month=x").status_code == 422
    assert sign_in(cast.rita).get("/st-marys/access.csv").status_code == 403
    assert sign_in(cast.olga).get("/st-marys/access.csv").status_code == 404


def test_an_incident_says_to_its_desk_who_opened_it_from_outside(app, cast, sign_in):
    bring(app, "forwarded")
    path = "/st-marys/incidents/1"
    assert "from outside the school" not in sign_in(cast.sam).get(path).text
    for who in (cast.tariq, cast.tariq, cast.mo):
        sign_in(who).get(path)
    page = sign_in(cast.sam).get(path).text
    assert "Opened from outside the school 3 times by 2 people" in page
    link = re.search(r'href="([^"]*access[^"]*)">Who looked and why', page)[1].replace("&amp;", "&")
    assert len(each_time(sign_in(cast.sam).get(link).text)) == 3
    assert "from outside the school" not in sign_in(cast.rita).get(path).text


@pytest.mark.parametrize(
    "change", ["UPDATE access_records SET name = 'X'", "DELETE FROM access_records"]
)
def test_nobody_can_change_or_remove_a_line(app, looked, change):
    looked(1)
    with app.app_context():
        with at_the_front_door():
            school = db.session.scalar(select(School.id).where(School.slug == "st-marys"))
        with acting_in(school), pytest.raises(ProgrammingError, match="permission denied"):
            db.session.execute(text(change))
        db.session.rollback()
        with administering("a test"), pytest.raises(ProgrammingError, match="permission denied"):
            db.session.execute(text(change))
        db.session.rollback()
