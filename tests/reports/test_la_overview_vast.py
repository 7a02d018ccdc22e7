"""What needs a manager of a very large authority: what takes long, the worker looks for. Here one
school is few enough."""

from __future__ import annotations

import re
from datetime import date, timedelta

import pytest

from app.performance import kept
from app.reachability.queries import forget_desks
from app.reports import la_overview_slow as slow
from tenants import db
from tests.api.desk import bring, send
from tests.performance.planted import schools
from tests.reports.test_la_overview import NOW, TODAY, add, contract, figures

MAKERS = {slow.KIND: slow.to_keep}
SLOW = ("no_cover", "backlog", "notice")
AWAITED = "Desks without cover, backlogs and notice days: look in a minute"


@pytest.fixture
def vast(app, at, monkeypatch):
    """Ten are open where one was usual, a day to give notice comes, two schools have nobody; then
    call it."""
    at(NOW)
    schools(app)
    add(app, figures(TODAY, reported=20), figures(date(2025, 10, 1), "m", opened=1))
    add(app, figures(TODAY - timedelta(days=7), reported=1), contract(1))
    for _ in range(10):
        bring(app, "new")

    def make_it_so():
        monkeypatch.setattr(kept, "FEW_ENOUGH", 1)
        forget_desks()

    return make_it_so


def needs(app):
    found = send(app, "mo", "get", "/overview").json["needs"]
    return {kind: [one for one in found if one["kind"] == kind] for kind in (*SLOW, "awaited")}


def work_out(app):
    with app.app_context():
        return kept.make_due(MAKERS, seconds=60, commit=db.session.commit)


def test_what_takes_long_is_the_same_once_the_worker_has_looked(app, vast, sign_in, cast):
    direct = needs(app)
    assert all(direct[kind] for kind in SLOW)
    vast()
    assert needs(app) == {**{kind: [] for kind in SLOW}, "awaited": [
        {"kind": "awaited", "text": AWAITED, "school": None, "number": None}
    ]}  # fmt: skip
    assert AWAITED in sign_in(cast.mo).get("/overview").text
    assert work_out(app) == 1
    assert needs(app) == direct


def test_a_day_to_give_notice_that_is_over_is_not_shown(app, vast, at):
    vast()
    needs(app)
    work_out(app)
    assert needs(app)["notice"]
    at("2026-02-01T12:00:00+00:00")
    assert needs(app)["notice"] == []


def test_the_head_of_the_queue_says_how_many_were_counted(app, vast, sign_in, cast):
    direct = sign_in(cast.mo).get("/queue").text
    assert "2 schools without cover" in direct
    vast()
    assert "without cover</a>" not in sign_in(cast.mo).get("/queue").text
    work_out(app)
    forget_desks()
    assert "2 schools without cover" in sign_in(cast.mo).get("/queue").text


def test_schools_without_cover_are_listed_as_they_were_counted(
    app, vast, sign_in, cast, monkeypatch
):
    mo = sign_in(cast.mo)
    direct = mo.get("/schools-without-cover").text
    assert "Ashby" in listed(direct)
    vast()
    page = mo.get("/schools-without-cover").text
    assert "This is being worked out for every school" in page
    assert "Every school is covered." not in page
    work_out(app)
    page = mo.get("/schools-without-cover").text
    as_of = re.search(r"<p[^>]*>As of 12:00\.</p>\n", page)
    assert as_of, page
    assert listed(page) == listed(direct)
    assert sign_in(cast.sam).get("/schools-without-cover").status_code == 404
    monkeypatch.setattr(slow, "MOST_LISTED", 1)
    monkeypatch.setattr(slow, "QUESTION", {"shape": "of one line"})
    mo.get("/schools-without-cover")
    work_out(app)
    assert "The first 1 of 2 schools, by name." in mo.get("/schools-without-cover").text


def listed(page):
    return re.search("<ul class=.govuk-list desk-reports.*?</ul>", page, flags=re.S)[0]


def test_no_desk_is_looked_at_for_a_page(app, vast, sign_in, cast, statements):
    vast()
    work_out(app)
    for path in ("/queue", "/overview", "/schools-without-cover"):
        forget_desks()
        statements.clear()
        assert sign_in(cast.mo).get(path).status_code == 200
        assert not [one for one in statements if "reach_periods" in one or "FROM contracts" in one]
