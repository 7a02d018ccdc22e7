"""What the worker counts of a school's months, from what people did through the API."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import func, select

from app.later import Outbox
from app.performance.depth import counting
from app.performance.depth.models import DepthMonth
from tenants import acting_in, administering, db
from tests.api.desk import CHECK, RESOLUTION, SCHOOL, bring, done, log, send
from tests.assets.things import added, to
from tests.performance.test_rollup import school_id
from tests.progress.test_changes import brought
from tests.visits.test_api import VISITS, book

JANUARY = date(2026, 1, 1)
P1 = {"impact": 1, "urgency": 1, "category": "display"}


@pytest.fixture
def monday(at):
    return at("2026-01-12T09:00+00:00")


def counted(app: Flask, topic: str, months: int = 2) -> dict[tuple[Any, ...], tuple[int, ...]]:
    """(month, kind, name, detail) → hits, base, amount; of St Mary's."""
    with app.app_context(), acting_in(school_id(app)):
        counting.count_here(months)
        db.session.commit()
        found = db.session.scalars(select(DepthMonth).where(DepthMonth.topic == topic))
        return {
            (one.on, one.kind, one.name, one.detail): (one.hits, one.base, one.amount)
            for one in found
        }


def fault(app: Flask, tag: str, **said: Any) -> str:
    return log(app, asset=tag, **said)


def test_faults_and_device_days_of_a_model(app, at, monday):
    """The desk keeps incidents since the 12th. On the 31st: two laptops in use for 20 days, one
    of them in stock from the 22nd on (10 days); a fault each of them, a cancelled one, a request
    and a confidential one that are no faults."""
    for number in (1, 2):
        added(app, tag=f"LAP-{number}", serial=f"S{number}")
    path = fault(app, "LAP-1", class_stopped=True, lessons_affected=2)
    fault(app, "LAP-2")
    done(app, "rita", "put", f"{fault(app, 'LAP-2')}/cancellation", {"reason": "It was unplugged"})
    fault(app, "LAP-1", type="request")
    fault(app, "LAP-1", sensitive=True)
    at("2026-01-12T11:00+00:00")
    done(app, "sam", "put", f"{path}/check", CHECK)
    done(app, "sam", "put", f"{path}/resolution", RESOLUTION)
    at("2026-01-22T09:00+00:00")
    assert to(app, "LAP-2", "lost_or_stolen", reason="Gone").status_code == 200
    at("2026-01-31T12:00+00:00")
    send(app, "mo", "get", "/performance")  # counts what was lost of lessons
    key = (JANUARY, "laptop", "Dell", "Latitude 3540")
    # Two hours stopped, two lessons of an hour.
    assert counted(app, "model") == {key: (2, 20 + 10, 2 * 3600)}
    # Once more is the same, and next month goes on from there.
    at("2026-02-02T12:00+00:00")
    assert counted(app, "model") == {
        key: (2, 30, 7200),
        (date(2026, 2, 1), *key[1:]): (0, 2, 0),
    }


def test_what_is_corrected_late_is_counted_right(app, at, monday):
    added(app)
    path = fault(app, "LAP-001")
    key = (JANUARY, "laptop", "Dell", "Latitude 3540")
    assert counted(app, "model")[key][0] == 1
    done(app, "rita", "put", f"{path}/cancellation", {"reason": "It was unplugged"})
    assert counted(app, "model")[key][0] == 0


def test_a_service_that_was_down(app, at, monday):
    """The desk is open 8 to 17. Down on Monday the 12th from 9 to 11, and a P2 that does not
    count; up to noon of the 13th the desk was open since the 1st: 8 weekdays of 9 hours but New
    Year's Day, and four hours."""
    wifi = {"name": "Wi-Fi", "purpose": "Laptops", "used_by": "Everybody", "criticality": "high"}
    done(app, "sam", "post", f"{SCHOOL}/services", wifi)
    path = log(app, service="wi-fi")
    done(app, "sam", "put", f"{path}/check", P1)
    minor = log(app, service="wi-fi")
    done(app, "sam", "put", f"{minor}/check", CHECK)
    at("2026-01-12T11:00+00:00")
    done(app, "sam", "put", f"{path}/resolution", RESOLUTION)
    at("2026-01-13T12:00+00:00")
    ((key, (outages, open_for, down_for)),) = counted(app, "service").items()
    assert key == (JANUARY, "high", "Wi-Fi", "")
    assert (outages, down_for) == (1, 2 * 3600)
    assert open_for > 20 * 3600
    assert open_for % 3600 == 0


def test_visits_by_who_came(app, at, monday):
    for number in range(3):
        book(app, starts_at=f"2026-01-1{3 + number}T14:00:00Z", engineer=None)
    at("2026-01-14T14:05+00:00")
    for number, why in ((1, "Nobody there"), (2, "Locked")):
        done(app, "tariq", "put", f"{VISITS}/{number}/abort", {"reason": why})
    at("2026-01-16T09:00+00:00")
    # The third one is still booked: it has not ended.
    assert counted(app, "visit") == {(JANUARY, "la", "", ""): (2, 2, 0)}


def test_a_change_that_succeeded_and_a_problem(app, at):
    at("2026-05-12T15:10:00+00:00")
    done(app, "sam", "post", f"{SCHOOL}/problems", {"title": "Full", "description": "The disk"})
    brought(app, "implemented", reason="problem", problem=1)
    may = date(2026, 5, 1)
    assert counted(app, "change") == {(may, "", "", ""): (1, 1, 0)}
    kept = counted(app, "problem")
    assert kept == {(may, "logged", "", ""): (1, 0, 0), (may, "open", "", ""): (1, 0, 0)}
    # The next day an incident hangs on that problem.
    at("2026-05-13T09:00:00+00:00")
    path = bring(app, "at_desk")
    done(app, "sam", "put", f"{path}/problem", {"problem": 1, "no_workaround": "None yet"})
    assert counted(app, "change") == {(may, "", "", ""): (0, 1, 0)}


def test_when_people_report_and_licences(app, at, monday):
    log(app)
    at("2026-01-13T08:30+00:00")
    log(app)
    log(app, sensitive=True)
    assert counted(app, "hour") == {
        (JANUARY, "1", "", "09"): (1, 0, 0),
        (JANUARY, "2", "", "08"): (1, 0, 0),
    }
    licence = {"product": "Word", "metric": "device", "quantity": 3, "start": "2025-09-01"}
    done(app, "sam", "post", f"{SCHOOL}/licences", {**licence, "state": "active"})
    assert counted(app, "licence") == {
        (date(2025, 12, 1), "", "", ""): (1, 1, 0),
        (JANUARY, "", "", ""): (1, 1, 0),
    }


def test_rebuilt_from_the_school_year_of_the_first_incident(app, at):
    at("2025-10-06T09:00+00:00")
    added(app)
    fault(app, "LAP-001")
    at("2026-01-12T09:00+00:00")
    with app.app_context(), acting_in(school_id(app)):
        assert counting.rebuild() == 5
        months = db.session.scalars(
            select(DepthMonth.on).where(DepthMonth.topic == "model").order_by(DepthMonth.on)
        ).all()
    assert [one.month for one in months] == [10, 11, 12, 1]


def test_every_school_is_counted_at_night(app, at):
    from workers.housekeeping import PERIODIC

    now = at("2026-01-13T02:30+00:00")
    task = PERIODIC["count_in_depth"]
    assert task.is_time(now)
    with app.app_context():
        with administering("housekeeping"):
            task.do(now)
            db.session.commit()
        with acting_in(school_id(app)):
            row = db.session.scalars(select(Outbox).where(Outbox.task == counting.TASK)).one()
            assert row.payload == {"months": 2}
            counting.count_in_depth(**row.payload)
            fresh = select(func.count()).where(DepthMonth.topic == counting.COUNTED)
            assert db.session.scalar(fresh) == 1


@pytest.mark.parametrize(("day", "months"), [(13, 2), (1, 24)])
def test_on_the_first_of_a_month_two_years_are_counted(day, months):
    assert counting.months_tonight(date(2026, 1, day)) == months


def test_the_history_of_a_device_is_read_in_one_statement(app, monday, statements):
    for number in (1, 2, 3):
        added(app, tag=f"LAP-{number}", serial=f"S{number}")
        fault(app, f"LAP-{number}")
    with app.app_context(), acting_in(school_id(app)):
        counting.count_here()
        statements.clear()
        counting.count_here()
    assert len(statements) <= 27, len(statements)
