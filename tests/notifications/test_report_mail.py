"""Reports drafted by themselves: once a period, and a letter with a link and no figures."""

from __future__ import annotations

import pytest

from app import clock
from app.reports.issued.scheduling import write_report
from tenants import acting_in, db
from tests.api.desk import SCHOOL, bring, done, send
from workers.housekeeping import do_once

REPORTS = f"{SCHOOL}/reports"
MONTHLY = {"kind": "incident", "rhythm": "month", "roles": ["spoc", "service_desk_owner"]}


@pytest.fixture
def day(app, at, deliver):
    def day(when: str) -> None:
        """Housekeeping and the worker on that day."""
        at(when)
        with app.app_context():
            do_once("write_reports", clock.now())
        deliver()

    return day


@pytest.fixture
def write(app, ledger):
    def write() -> None:
        """The draft, and not yet its letters."""
        ((school, schedule),) = ledger.rows("SELECT school_id, id FROM report_schedules")
        with app.app_context(), acting_in(school):
            write_report(schedule)
            db.session.commit()

    return write


def numbers(app):
    return [one["number"] for one in done(app, "sam", "get", REPORTS).json["items"]]


def test_a_draft_on_the_day_after_and_a_letter_to_whoever_was_chosen(app, at, cast, sink, day):
    at("2026-01-13T09:10Z")
    done(app, "sam", "post", f"{REPORTS}/schedules", MONTHLY)
    bring(app, "resolved")
    day("2026-01-31T09:00Z")
    assert numbers(app) == []
    sink.taken.clear()
    day("2026-02-01T09:00Z")
    assert numbers(app) == [1]
    made = done(app, "sam", "get", f"{REPORTS}/1").json
    assert (made["title"], made["created_by"]) == ("Incident report for January 2026", "Deskbell")
    (to_sam,) = sink.to(cast.sam.email)
    (to_dora,) = sink.to(cast.dora.email)
    assert to_sam.subject == "St Mary’s Primary School: a report waits to be read"
    assert "incident report for January 2026" in to_sam.plain
    assert "/st-marys/reports/1" in to_sam.plain
    assert "ask the service desk owner to issue it" in to_sam.plain
    assert "and issue it" in to_dora.plain
    assert sink.to(cast.ike.email) == []
    assert "one incident" not in to_sam.plain.lower()


def test_once_a_period_however_often_it_is_asked(app, at, sink, day):
    at("2026-01-13T09:10Z")
    done(app, "sam", "post", f"{REPORTS}/schedules", MONTHLY)
    for when in ("2026-02-01T09:00Z", "2026-02-01T15:00Z", "2026-02-02T09:00Z"):
        day(when)
    assert numbers(app) == [1]
    (one,) = done(app, "sam", "get", f"{REPORTS}/schedules").json["items"]
    assert one["next_on"] == "2026-03-01"
    day("2026-03-02T09:00Z")
    assert numbers(app) == [2, 1]


def test_the_task_can_run_twice(app, at, write):
    at("2026-01-13T09:10Z")
    done(app, "sam", "post", f"{REPORTS}/schedules", MONTHLY)
    at("2026-02-01T09:00Z")
    write()
    write()
    assert numbers(app) == [1]


def test_what_is_stopped_writes_nothing_more(app, at, day):
    at("2026-01-13T09:10Z")
    done(app, "sam", "post", f"{REPORTS}/schedules", MONTHLY)
    again = send(app, "sam", "post", f"{REPORTS}/schedules", MONTHLY)
    assert again.status_code == 409
    assert send(app, "sam", "delete", f"{REPORTS}/schedules/1").status_code == 204
    day("2026-02-01T09:00Z")
    assert numbers(app) == []
    assert done(app, "sam", "post", f"{REPORTS}/schedules", MONTHLY).json["number"] == 2


def test_nobody_is_told_of_a_draft_that_was_issued_meanwhile(app, at, cast, sink, deliver, write):
    at("2026-01-13T09:10Z")
    done(app, "sam", "post", f"{REPORTS}/schedules", MONTHLY)
    at("2026-02-01T09:00Z")
    write()
    done(app, "dora", "put", f"{REPORTS}/1/issue")
    deliver()
    assert sink.to(cast.sam.email) == []
