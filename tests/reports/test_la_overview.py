"""What a manager of the LA sees first: what needs them today, and the week at every school."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from itertools import product
from uuid import uuid4

import pytest
from sqlalchemy import select

from app.contracts.register import Contract
from app.history.actions import record_at_la
from app.later import Outbox
from app.performance.checking import DRIFTED
from app.performance.models import DAY, MONTH, FigureDay
from app.reports import backlog_age
from app.reports.backlog_age import working_days
from app.reports.la_overview_notice import notice_days
from app.reports.la_overview_rules import (
    BUSY,
    CALM,
    STORMY,
    is_big_backlog,
    is_burst,
    usual_week,
    weather,
)
from app.reports.la_overview_week import forget_what_is_kept
from tenants import School, across_schools, acting_in, administering, db
from tests.api.desk import bring, done
from tests.performance.january import decide
from tests.performance.sums import keep

TODAY = date(2026, 1, 13)  # a Tuesday
NOW = "2026-01-13T12:00:00+00:00"
QUIET = [0] * 7


def days(*weeks):
    """So many reported on the first day of each week."""
    return [count for week in weeks for count in (week, *QUIET[1:])]


@pytest.mark.parametrize(
    ("reported", "missed", "overdue", "word"),
    [
        (days(4, 4, 4, 4, 4, 4), 0, 0, CALM),
        (days(4, 4, 4, 4, 4, 4), 0, 1, BUSY),
        (days(4, 4, 4, 4, 4, 4), 1, 0, BUSY),
        (days(4, 4, 4, 4, 4, 4), 2, 0, BUSY),
        (days(4, 4, 4, 4, 4, 4), 3, 0, STORMY),
        # P(X >= 9 | 4) = 0.0214, P(X >= 8 | 4) = 0.0511, P(X >= 12 | 4) = 0.0009
        (days(4, 4, 4, 4, 4, 8), 0, 0, CALM),
        (days(4, 4, 4, 4, 4, 9), 0, 0, BUSY),
        (days(4, 4, 4, 4, 4, 11), 0, 0, BUSY),
        (days(4, 4, 4, 4, 4, 12), 0, 0, STORMY),
        # Weeks without any are no weeks of school.
        (days(4, 0, 0, 4, 0, 8), 0, 0, CALM),
        # Of a school that begins nothing is usual.
        (days(0, 0, 0, 0, 0, 30), 0, 0, CALM),
    ],
)
def test_the_weather_goes_by_its_stated_rule(reported, missed, overdue, word):
    assert weather(reported, missed, overdue) == word


def test_what_is_usual_and_what_is_not():
    assert usual_week(days(2, 0, 4)) == 3
    assert [is_burst(count, 1.0) for count in (4, 5, 6)] == [False, False, True]
    assert not is_burst(4, 0.01)  # fewer than five are none
    assert is_big_backlog(31, [10, 10, 10]) and not is_big_backlog(30, [10, 10, 10])
    assert not is_big_backlog(9, [1]) and is_big_backlog(10, [0]) and not is_big_backlog(99, [])


@pytest.mark.parametrize(
    ("reported", "until", "age"),
    [
        (date(2026, 1, 29), date(2026, 2, 1), 1),  # I6 of domain.md 4.2
        (date(2026, 1, 26), date(2026, 2, 1), 4),  # I11
        (date(2026, 1, 30), date(2026, 2, 1), 0),  # I12
        (date(2026, 1, 30), date(2026, 1, 30), 0),
        (date(2025, 12, 24), date(2026, 1, 2), 4),  # 25, 26 and 1 are bank holidays
        (date(2026, 1, 1), date(2026, 3, 1), 41),
    ],
)
def test_the_age_of_a_backlog_in_working_days(reported, until, age):
    holidays = [date(2025, 12, 25), date(2025, 12, 26), date(2026, 1, 1)]
    assert working_days(reported, until, holidays) == age


def school(slug="st-marys"):
    with administering("a test"):
        return db.session.scalar(select(School.id).where(School.slug == slug))


def add(app, *things, slug="st-marys"):
    with app.app_context(), acting_in(school(slug)):
        for one in things:
            keep(one) if isinstance(one, FigureDay) else db.session.add(one)
        db.session.commit()


def figures(on, span=DAY, **counts):
    return FigureDay(
        on=on, span=span, agreement_kind="", la_version_id=0, own_version_id=0, provider="",
        priority=3, type="incident", is_hidden=False, **counts,
    )  # fmt: skip


def contract(number, **terms):
    usual = {
        "name": f"Broadband {number}", "kind": "maintenance", "state": "active",
        "start": date(2020, 4, 1), "initial_months": 12, "renewal": "tacit", "renewal_months": 12,
        "notice_months": 2, "charging_year": "financial", "created_by": "Dora",
    }  # fmt: skip
    return Contract(number=number, **{**usual, **terms})


def needs(api, cast):
    return {one["kind"]: one for one in api(cast.mo).get("/overview").json["needs"]}


def test_a_missed_time_needs_the_manager_until_tomorrow(app, api, cast, sign_in, at):
    at("2026-01-13T09:10:00+00:00")
    bring(app, "forwarded")  # P2: an answer within the hour
    at(NOW)
    decide(app)
    found = needs(api, cast)["breach"]
    assert (found["school"], found["number"]) == ("st-marys", 1)
    assert found["text"] == "STM-1 Projector shows no picture: response (LA standard)"
    page = sign_in(cast.mo).get("/overview").text
    assert '<a class="govuk-link" href="/st-marys/incidents/1">STM-1' in page
    at("2026-01-14T12:00:00+00:00")
    assert "breach" in needs(api, cast)
    at("2026-01-15T12:00:00+00:00")
    assert "breach" not in needs(api, cast)


def test_what_is_unusual_is_named_and_leads_where_it_can_be_acted_on(app, api, cast, sign_in, at):
    at(NOW)
    week = timedelta(days=7)
    add(app, figures(TODAY, reported=8), *(figures(TODAY - n * week, reported=1) for n in (1, 2)))
    add(app, figures(date(2025, 10, 1), MONTH, opened=1))
    for _ in range(10):
        bring(app, "new")
    add(app, contract(1, start=date(2020, 4, 1)), contract(2, start=date(2020, 9, 1)))
    with app.app_context(), administering("a test"):
        record_at_la(DRIFTED, "st-marys", at=datetime(2026, 1, 13, 3, tzinfo=UTC), by=None)
        db.session.commit()
    failed = datetime(2026, 1, 12, tzinfo=UTC)
    add(app, Outbox(id=uuid4(), school_id=1, task="send_mail", payload={}, next_try_at=failed,
                    failed_at=failed))  # fmt: skip
    found = needs(api, cast)
    # Eight were counted before, ten came through the desk.
    assert found["burst"]["text"] == "18 today; usually 0.2 on this weekday"
    assert found["backlog"]["text"] == "10 open; usually 1"
    assert found["notice"]["text"] == "Broadband 1: last day to give notice is 31 January"
    assert found["drifted"]["school"] == "st-marys"
    assert found["mail"]["text"] == "Mail, 1 in the last seven days"
    page = sign_in(cast.mo).get("/overview").text
    for link in ("/queue?school=st-marys", "/st-marys/contracts/1", "/st-marys/overview"):
        assert f'href="{link}"' in page
    assert "The LA administrator can try it again" in page


def test_days_to_give_notice_are_those_that_the_calendar_says(app, at):
    """What is left out by the month is never due: against all of them, worked out one by one."""
    at(NOW)
    starts = [date(2019, month, day) for month in (1, 4, 9, 12) for day in (1, 17, 31 - month // 4)]
    terms = [
        {"start": start, "initial_months": first, "renewal": kind, "renewal_months": again,
         "notice_months": months, "notice_days": rest, "renewed_until": until}
        for start, first, (kind, again), (months, rest), until in product(
            starts, (7, 12, 36), (("tacit", 1), ("tacit", 12), ("tacit", 7), ("express", None)),
            ((3, None), (None, 45), (0, None)), (None, date(2026, 3, 31)),
        )
    ]  # fmt: skip
    add(app, *(contract(number, **one) for number, one in enumerate(terms, 1)))
    from app.diary.terms import terms_between

    last = TODAY + timedelta(days=30)
    with app.app_context():
        with acting_in(school()):
            expected = {
                (term.last_notice_day, one.number)
                for one in db.session.scalars(select(Contract))
                for term in terms_between(one, TODAY, last)
                if term.last_notice_day and TODAY <= term.last_notice_day <= last
            }
        with across_schools("a test"):
            found = notice_days(TODAY, most=len(terms) * 30)
    assert len(expected) > 50
    assert {(one.day, one.number) for one in found} == expected


def test_the_week_of_each_school_by_name(app, api, cast, at):
    at(NOW)
    add(
        app,
        *(figures(TODAY - timedelta(days=n), reported=2, resolved=1) for n in (0, 6, 7, 41, 42)),
    )
    bring(app, "forwarded")
    at("2026-01-20T09:00:00+00:00")
    bring(app, "new")
    forget_what_is_kept()
    answer = api(cast.mo).get("/overview").json
    assert [one["school"]["slug"] for one in answer["items"]] == ["oakfield", "st-marys"]
    quiet, ours = answer["items"]
    assert (quiet["weather"], sum(quiet["reported_by_day"]), quiet["open"]) == ("calm", 0, 0)
    assert ours["reported_by_day"][-8:] == [3, 0, 0, 0, 0, 0, 0, 1]
    assert len(ours["reported_by_day"]) == 42
    assert (ours["reported"], ours["open"], ours["overdue"], ours["weather"]) == (1, 2, 1, "busy")
    assert answer["totals"]["open"] == 2 and answer["totals"]["overdue"] == 1
    assert [one["open"] for one in answer["backlog_age"]] == [1, 1, 0, 0, 0]
    assert answer["up_to_date"] is True
    week = {one["monday"]: one["reported"] for one in answer["school_weeks"]}
    assert (week["2026-01-12"], week["2026-01-19"], week["2026-01-26"]) == (3, 1, None)


def test_more_is_open_than_is_looked_at(app, sign_in, cast, at, monkeypatch):
    at(NOW)
    bring(app, "forwarded")
    at("2026-01-20T09:00:00+00:00")
    bring(app, "forwarded")
    said = "More are open than are counted here"
    for most, is_said in ((2, False), (1, True)):
        monkeypatch.setattr(backlog_age, "MOST", most)
        forget_what_is_kept()
        page = sign_in(cast.mo).get("/overview").text
        assert (said in page) is is_said
    assert "the 1 that are due first" in page


def test_how_promises_were_kept_this_term_and_before(app, api, cast, at):
    at("2025-12-01T09:10:00+00:00")
    bring(app, "resolved")
    at(NOW)
    bring(app, "resolved")
    bring(app, "resolved")
    rows = api(cast.mo).get("/overview").json["attainment"]
    by = {one["by"]: one for one in rows}
    assert [one["by"] for one in rows] == ["contract", "supplier", "priority"]
    assert (by["contract"]["key"], by["priority"]["key"]) == ("la-standard", "P2")
    for one in rows:
        assert one["response_met"] == {"met": 2, "decided": 2}
        assert one["resolution_met_before"] == {"met": 1, "decided": 1}


def test_what_is_sensitive_and_with_the_school_is_not_counted(app, api, cast):
    sheet = {"title": "It is dark", "expected": "Light", "happened": "None", "sensitive": True}
    done(app, "rita", "post", "/schools/st-marys/incidents", {**sheet, "location": "library"})
    answer = api(cast.mo).get("/overview").json
    assert answer["totals"] == {
        "reported": 0, "resolved": 0, "missed": 0, "open": 0, "overdue": 0, "counted_all": True,
    }  # fmt: skip


def test_schools_are_found_by_letter_and_by_name_page_by_page(api, cast, sign_in):
    def slugs(query):
        answer = api(cast.mo).get(f"/overview?{query}").json
        return [one["school"]["slug"] for one in answer["items"]], answer["next"]

    assert slugs("letter=o")[0] == ["oakfield"]
    assert slugs("q=MARY")[0] == ["st-marys"] and slugs("q=stm")[0] == ["st-marys"]
    first, place = slugs("limit=1")
    second, end = slugs(f"limit=1&after={place}")
    assert (first, second, end) == (["oakfield"], ["st-marys"], None)
    mo = sign_in(cast.mo)
    assert "No school matches" in mo.get("/overview?q=%25").text
    page = mo.get("/overview?letter=S").text
    assert "Oakfield" not in page and "What needs you today" not in page
    assert mo.get("/overview?letter=SS").status_code == 422
    lines = mo.get("/overview.csv?q=oak").text.splitlines()
    assert lines[1:] == ["Oakfield Academy,OAK,Calm,0,0,0,0,0"]
    for key in ("backlog-age", "school-weeks"):
        assert mo.get(f"/overview/{key}.csv").text.startswith("\ufeff")
    assert mo.get("/overview/nothing.csv").status_code == 404


@pytest.mark.parametrize("path", ["/overview", "/overview.csv", "/overview/backlog-age.csv"])
@pytest.mark.parametrize(
    ("who", "status"), [("mo", 200), ("tariq", 404), ("ada", 404), ("sam", 404), ("ike", 404)]
)
def test_who_may_open_it(sign_in, cast, who, status, path):
    assert sign_in(getattr(cast, who)).get(path).status_code == status


def test_it_is_what_a_manager_sees_first(sign_in, cast):
    mo = sign_in(cast.mo)
    assert mo.get("/").location == "/overview"
    page = mo.get("/overview").text
    assert "Nothing. No promised time was missed" in page or "Nobody covers" in page


def test_while_figures_are_counted_it_does_not_say_that_nothing_was_missed(
    sign_in, cast, monkeypatch
):
    monkeypatch.setattr("app.reports.views_la_overview.catch_up", lambda sight: False)
    monkeypatch.setattr("app.reports.la_overview_around.needs", lambda *_: [])
    page = sign_in(cast.mo).get("/overview").text
    assert "Figures are being counted" in page
    assert "Nothing so far. Look again when everything is counted." in page
    assert "No promised time was missed" not in page


def test_it_asks_as_many_questions_whatever_there_is(app, sign_in, cast, statements):
    mo = sign_in(cast.mo)

    def asked():
        forget_what_is_kept()
        mo.get("/overview")  # counts what is new
        forget_what_is_kept()
        statements.clear()
        assert mo.get("/overview").status_code == 200
        return len([one for one in statements if not one.startswith("SET LOCAL")])

    few = asked()
    for state in ("new", "forwarded", "resolved"):
        bring(app, state)
    # The agreements and suppliers of what is counted have names now.
    assert asked() <= few + 3
    for state in ("new", "forwarded", "resolved"):
        bring(app, state)
    assert asked() <= few + 3
    assert few <= 24
