"""After the resolution: was it solved, the reminder, the close by itself, what else is there."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest

from tests.api.desk import RESOLUTION, bring, done, log, send
from tests.incidents.invariants import check_incident
from tests.incidents.pages import text_of
from tests.people.mailbox import Mailbox

TUESDAY = "2026-01-13T10:00+00:00"


@pytest.fixture
def run_due(app, at):
    """`run_due("2026-01-20T09:00Z")` sets the clock and drains what is due then."""

    def run(text: str) -> None:
        from app.relay import relay_engine
        from workers.drain import drain

        at(text)
        with app.app_context():
            while drain(relay_engine(app.config["SETTINGS"])):
                pass

    return run


def allow_technicians_to_close(app: Any) -> None:
    from app.schools.desk_settings import DeskSettings
    from tenants import School, acting_in, administering, db

    with app.app_context():
        with administering("the school of the test"):
            school = db.session.query(School.id).filter_by(slug="st-marys").scalar()
        with acting_in(school):
            db.session.add(
                DeskSettings(
                    channels=[], advisor_categories=[], may_technician_close=True, updated_by="Dora"
                )
            )
            db.session.commit()


def kinds_of(app: Any, path: str) -> list[str]:
    items = send(app, "sam", "get", f"{path}/timeline").json["items"]
    return [one["kind"].partition(".")[2] for one in items]


def test_the_reporter_says_whether_it_was_solved(app, sign_in, cast):
    path = bring(app, "resolved")
    shown = done(app, "rita", "put", f"{path}/satisfaction", {"score": 3, "comment": "Late"}).json
    assert (shown["csat_score"], shown["csat_comment"]) == (3, "Late")
    # Said again the same it is no second event; changed it is.
    done(app, "rita", "put", f"{path}/satisfaction", {"score": 3, "comment": "Late"})
    done(app, "rita", "put", f"{path}/satisfaction", {"score": 5})
    assert kinds_of(app, path).count("rated") == 2
    assert "Solved" in text_of(sign_in(cast.sam).get("/st-marys/incidents/1"))


@pytest.mark.parametrize(("who", "status"), [("ravi", 404), ("sam", 403), ("olga", 404)])
def test_nobody_else_says_it(app, who, status):
    path = bring(app, "resolved")
    assert send(app, who, "put", f"{path}/satisfaction", {"score": 5}).status_code == status


@pytest.mark.parametrize("score", [0, 6, "good", None])
def test_a_score_that_is_none_is_refused(app, score):
    path = bring(app, "resolved")
    answer = send(app, "rita", "put", f"{path}/satisfaction", {"score": score})
    assert answer.status_code == 422


def test_two_weeks_after_the_close_it_stays(app, at):
    at(TUESDAY)
    path = bring(app, "closed")
    at("2026-01-27T10:00:00+00:00")
    done(app, "rita", "put", f"{path}/satisfaction", {"score": 1})
    at("2026-01-27T10:00:01+00:00")
    assert send(app, "rita", "put", f"{path}/satisfaction", {"score": 5}).status_code == 409


def test_not_solved_leads_to_reopening(app, sign_in, cast):
    bring(app, "resolved")
    rita = sign_in(cast.rita)
    page = text_of(rita.get("/st-marys/incidents/1"))
    assert "Yes, solved" in page
    answer = rita.post("/st-marys/incidents/1/satisfaction", {"score": "1"})
    assert answer.location.endswith("/st-marys/incidents/1/reopening")
    answer = rita.post("/st-marys/incidents/1/satisfaction", {"score": "5", "comment": "Fine"})
    assert answer.location.endswith("/st-marys/incidents/1")


def test_a_follower_may_say_it_while_the_reporter_has_not(app):
    kept, twice = bring(app, "queued"), log(app, "ravi")
    done(app, "sam", "put", f"{twice}/merge", {"into": "1"})
    done(app, "sam", "put", f"{kept}/resolution", RESOLUTION)
    done(app, "ravi", "put", f"{kept}/satisfaction", {"score": 5})
    done(app, "rita", "put", f"{kept}/satisfaction", {"score": 1})
    assert send(app, "ravi", "put", f"{kept}/satisfaction", {"score": 5}).status_code == 403


def test_one_reminder_and_then_it_closes_by_itself(app, at, run_due, ledger):
    at(TUESDAY)
    path = bring(app, "resolved")
    # Three and five working days after the day it was resolved: Friday and Tuesday.
    run_due("2026-01-16T16:00+00:00")
    assert "confirm_asked" not in kinds_of(app, path)
    run_due("2026-01-16T20:00+00:00")
    run_due("2026-01-19T20:00+00:00")
    assert kinds_of(app, path).count("confirm_asked") == 1
    assert send(app, "sam", "get", path).json["status"] == "resolved"
    run_due("2026-01-20T20:00+00:00")
    assert send(app, "sam", "get", path).json["status"] == "closed"
    last = send(app, "sam", "get", f"{path}/timeline").json["items"][-1]
    assert (last["kind"], last["actor"]) == ("incident.closed", "Deskbell")
    check_incident(ledger, 1)


def test_who_said_in_time_that_it_is_not_solved_may_reopen_it_later(app, at, run_due):
    """It does not close by itself then, so the ten working days must not shut it in for good."""
    at(TUESDAY)
    path = bring(app, "resolved")
    done(app, "rita", "put", f"{path}/satisfaction", {"score": 1})
    run_due("2026-02-20T09:00+00:00")
    shown = done(app, "rita", "post", f"{path}/reopening", {"reason": "Dark again"}).json
    assert shown["status"] == "in_progress"


def test_a_no_taken_back_lets_it_close_after_all(app, at, run_due):
    """Its days went by while the “no” kept it open; nobody would ever close it."""
    at(TUESDAY)
    path = bring(app, "resolved")
    done(app, "rita", "put", f"{path}/satisfaction", {"score": 1})
    run_due("2026-01-20T20:00+00:00")
    assert send(app, "sam", "get", path).json["status"] == "resolved"
    at("2026-01-28T10:00+00:00")
    done(app, "rita", "put", f"{path}/satisfaction", {"score": 5})
    run_due("2026-01-28T10:01+00:00")
    assert send(app, "sam", "get", path).json["status"] == "closed"


def test_a_no_taken_back_at_once_still_leaves_its_days(app, at, run_due):
    at(TUESDAY)
    path = bring(app, "resolved")
    done(app, "rita", "put", f"{path}/satisfaction", {"score": 1})
    done(app, "rita", "put", f"{path}/satisfaction", {"score": 5})
    run_due("2026-01-16T10:00+00:00")
    assert send(app, "sam", "get", path).json["status"] == "resolved"
    run_due("2026-01-20T20:00+00:00")
    assert send(app, "sam", "get", path).json["status"] == "closed"


def test_reopened_or_resolved_anew_it_is_not_closed_by_the_old_date(app, at, run_due):
    at(TUESDAY)
    path = bring(app, "resolved")
    done(app, "rita", "post", f"{path}/reopening", {"reason": "Dark again"})
    run_due("2026-01-20T20:00+00:00")
    assert send(app, "sam", "get", path).json["status"] == "in_progress"
    done(app, "tariq", "put", f"{path}/resolution", RESOLUTION)
    # That was after hours: the first working day is the next.
    run_due("2026-01-27T20:00+00:00")
    assert send(app, "sam", "get", path).json["status"] == "resolved"
    run_due("2026-01-28T20:00+00:00")
    assert send(app, "sam", "get", path).json["status"] == "closed"


def test_running_a_task_twice_changes_nothing(app, at, run_due, ledger):
    from app.incidents import closing
    from tenants import School, acting_in, administering, db

    at(TUESDAY)
    path = bring(app, "resolved")
    run_due("2026-01-20T20:00+00:00")
    before = ledger.now()
    with app.app_context():
        with administering("the school of the test"):
            school = db.session.query(School.id).filter_by(slug="st-marys").scalar()
        with acting_in(school):
            stamp = datetime.fromisoformat(TUESDAY).astimezone(UTC).isoformat()
            number = ledger.rows("SELECT id FROM incidents")[0][0]
            closing.close_by_itself(number, stamp)
            closing.remind_to_confirm(number, stamp)
            db.session.commit()
    assert ledger.now() == before
    assert kinds_of(app, path).count("closed") == 1


def test_a_technician_closes_only_where_the_school_allows_it(app, ledger):
    path = bring(app, "technicians")
    done(app, "theo", "put", f"{path}/assignment", {"person": "me"})
    done(app, "theo", "put", f"{path}/resolution", RESOLUTION)
    refused = send(app, "theo", "put", f"{path}/closure")
    assert refused.status_code == 403
    assert "service desk closes" in refused.json["detail"]
    allow_technicians_to_close(app)
    assert send(app, "tariq", "put", f"{path}/closure").status_code in (403, 404)
    assert done(app, "theo", "put", f"{path}/closure").json["status"] == "closed"


def test_the_others_in_the_room_are_asked_once(app, sign_in, cast):
    mended, waiting = bring(app, "in_progress"), log(app, "ravi")
    elsewhere = log(app, "ravi", location="hall")
    hidden = log(app, "ravi", sensitive=True)
    done(app, "tariq", "put", f"{mended}/resolution", RESOLUTION)
    done(app, "sam", "put", f"{mended}/closure")
    assert kinds_of(app, waiting).count("still_broken_asked") == 1
    for path in (elsewhere, hidden, mended):
        assert "still_broken_asked" not in kinds_of(app, path)
    ravi = sign_in(cast.ravi)
    page = text_of(ravi.get("/st-marys/incidents/2"))
    assert "STM-1 in the same room was resolved. Is this one still broken?" in page
    assert "still broken?" not in text_of(sign_in(cast.sam).get("/st-marys/incidents/3"))
    ravi.post("/st-marys/incidents/2/still-broken", {"answer": "broken"})
    assert kinds_of(app, waiting)[-1] == "still_broken"
    assert "Is this one still broken?" not in text_of(ravi.get("/st-marys/incidents/2"))
    assert send(app, "ravi", "put", f"{waiting}/still_broken").status_code == 409


def test_it_works_again_ends_it(app, sign_in, cast):
    mended, waiting = bring(app, "in_progress"), log(app, "ravi")
    done(app, "tariq", "put", f"{mended}/resolution", RESOLUTION)
    sign_in(cast.ravi).post("/st-marys/incidents/2/still-broken", {"answer": "works"})
    shown = send(app, "ravi", "get", waiting).json
    assert (shown["status"], shown["resolution_type"]) == ("resolved", "resolved_itself")


def test_a_sensitive_one_asks_nobody(app):
    hidden, waiting = bring(app, "in_progress", sensitive=True), log(app, "ravi")
    done(app, "tariq", "put", f"{hidden}/resolution", RESOLUTION)
    assert "still_broken_asked" not in kinds_of(app, waiting)


def test_the_one_who_works_on_it_cannot_answer_for_the_reporter(app):
    mended, waiting = bring(app, "in_progress"), log(app, "ravi")
    done(app, "tariq", "put", f"{mended}/resolution", RESOLUTION)
    assert send(app, "sam", "put", f"{waiting}/still_broken").status_code == 403


def test_reported_again_what_was_closed_is_linked(app, sign_in, cast):
    closed = bring(app, "closed")
    page = text_of(sign_in(cast.rita).get("/st-marys/incidents/1"))
    assert "/st-marys/incidents/new?again=1" in page
    rita = sign_in(cast.rita)
    sheet = {"type": "incident", "title": "Dark again", "expected": "x", "happened": "y"}
    answer = rita.post("/st-marys/incidents/new", {**sheet, "location": "ict-suite", "again": "1"})
    assert answer.status_code == 303
    items = send(app, "rita", "get", f"{closed}/links").json["items"]
    assert [(one["reference"], one["what"]) for one in items] == [("STM-2", "Came back as")]


def test_a_workaround_first(app, at):
    at(TUESDAY)
    path = bring(app, "in_progress")
    both = {"text": "The other printer", "none_because": "None"}
    for body in (both, {}, {"none_because": "No other", "restored": True}):
        assert send(app, "sam", "put", f"{path}/workaround", body).status_code == 422
    shown = done(
        app, "tariq", "put", f"{path}/workaround", {"text": "The other one", "restored": True}
    ).json
    assert (shown["workaround"], shown["restored_at"]) == ("The other one", "2026-01-13T10:00:00Z")
    at("2026-01-13T12:00+00:00")
    shown = done(app, "tariq", "put", f"{path}/resolution", RESOLUTION).json
    assert (shown["restored_at"], shown["resolved_at"]) == (
        "2026-01-13T10:00:00Z",
        "2026-01-13T12:00:00Z",
    )
    assert send(app, "tariq", "put", f"{path}/workaround", {"text": "x"}).status_code == 409


def test_a_follow_up_reminds_when_the_desk_opens_that_day(app, at, run_due):
    at(TUESDAY)
    path = bring(app, "in_progress")
    past = {"on": "2026-01-12", "reason": "Ask the maker"}
    assert send(app, "sam", "put", f"{path}/follow_up", past).status_code == 422
    done(app, "sam", "put", f"{path}/follow_up", {**past, "on": "2026-01-14"})
    done(app, "sam", "put", f"{path}/follow_up", {**past, "on": "2026-01-15"})
    run_due("2026-01-14T20:00+00:00")
    assert "follow_up_due" not in kinds_of(app, path)
    run_due("2026-01-15T06:00+00:00")
    assert "follow_up_due" not in kinds_of(app, path)
    run_due("2026-01-15T09:30+00:00")
    run_due("2026-01-15T10:30+00:00")
    assert kinds_of(app, path).count("follow_up_due") == 1
    shown = send(app, "rita", "get", f"{path}/timeline").json["items"]
    assert "incident.follow_up_due" not in [one["kind"] for one in shown]


def test_a_dropped_follow_up_is_over(app, at, run_due):
    at(TUESDAY)
    path = bring(app, "in_progress")
    done(app, "sam", "put", f"{path}/follow_up", {"on": "2026-01-14", "reason": "Look"})
    done(app, "sam", "delete", f"{path}/follow_up")
    run_due("2026-01-14T20:00+00:00")
    assert "follow_up_due" not in kinds_of(app, path)


def test_only_the_reporter_is_asked_by_mail_whether_it_is_still_broken(app, at, run_due, ledger):
    at(TUESDAY)
    mended, waiting = bring(app, "in_progress"), log(app)
    done(app, "ravi", "post", f"{waiting}/followers")
    done(app, "tariq", "put", f"{mended}/resolution", RESOLUTION)
    run_due("2026-01-13T10:01:00+00:00")
    asked = ledger.rows(
        "SELECT p.email FROM outbox o JOIN events e"
        " ON e.id = (o.payload->>'event_id')::bigint AND e.kind = 'incident.still_broken_asked'"
        " JOIN people p ON p.id = (o.payload->>'person_id')::bigint WHERE o.task = 'send_mail'"
    )
    assert asked == [("rita@st-marys.example",)]


def test_what_its_reporter_says_is_not_solved_does_not_close_by_itself(app, at, run_due):
    at(TUESDAY)
    path = bring(app, "resolved")
    done(app, "rita", "put", f"{path}/satisfaction", {"score": 1})
    run_due("2026-01-20T20:00+00:00")
    assert send(app, "sam", "get", path).json["status"] == "resolved"
    # What was said of an earlier resolution holds nothing up.
    done(app, "sam", "post", f"{path}/reopening", {"reason": "It is not"})
    at("2026-01-21T10:00+00:00")
    done(app, "sam", "put", f"{path}/resolution", RESOLUTION)
    run_due("2026-01-28T20:00+00:00")
    assert send(app, "sam", "get", path).json["status"] == "closed"


@pytest.mark.parametrize(("score", "told"), [(1, True), (2, True), (3, False), (5, False)])
def test_the_spoc_hears_that_it_is_not_solved(app, at, run_due, score, told):
    at(TUESDAY)
    path = bring(app, "resolved")
    done(app, "rita", "put", f"{path}/satisfaction", {"score": score, "comment": "Still dark"})
    subjects = Mailbox(app).subjects("sam@st-marys.example")
    assert any("not solved" in one for one in subjects) == told


def test_a_duplicate_is_not_asked_whether_it_is_solved(app, at, run_due):
    at(TUESDAY)
    bring(app, "queued")
    twice = log(app, "ravi")
    done(app, "sam", "put", f"{twice}/merge", {"into": "1"})
    run_due("2026-01-19T20:00+00:00")
    assert "confirm_asked" not in kinds_of(app, twice)
