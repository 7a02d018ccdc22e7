"""The sums follow the incidents, whatever happens to them and however late."""

from __future__ import annotations

from random import Random
from typing import Any

from flask import Flask
from sqlalchemy import delete, select, update

from app.history.models import FigureMark, LaEvent
from app.performance import checking, rollup
from app.performance.models import FigureDay, FigurePart
from tenants import School, acting_in, administering, db
from tests.api.desk import bring, done, send

MONTH = "from=2026-01-01&to=2026-02-01"
MONDAY, TUESDAY, THURSDAY = (f"2026-01-{day}T09:00+00:00" for day in ("12", "13", "15"))


def school_id(app: Flask, slug: str = "st-marys") -> int:
    with app.app_context(), administering("the school of the test"):
        return int(db.session.query(School.id).filter_by(slug=slug).scalar())


def row(app: Flask, kind: str = "sla", days: str = MONTH) -> dict[str, Any]:
    items = send(app, "mo", "get", f"/performance?{days}&by=school").json["items"]
    return next(one for one in items if one["agreement_kind"] == kind)


def test_a_late_reopening_corrects_the_day_it_touches(app, at):
    at(MONDAY)
    path = bring(app, "resolved")
    first = "from=2026-01-12&to=2026-01-13"
    assert row(app, days=first)["resolution_met"]["numerator"] == 1
    at(TUESDAY)
    done(app, "rita", "post", f"{path}/reopening", {"reason": "Dark again"})
    found = row(app)
    assert (found["resolution_met"]["denominator"], found["resolved"]) == (0, 0)
    at(THURSDAY)
    done(app, "tariq", "put", f"{path}/resolution", {"type": "permanent_fix", "text": "New"})
    found = row(app)["reopen_rate"]
    assert (found["numerator"], found["denominator"]) == (1, 1)
    items = send(app, "mo", "get", f"/performance?{first}&by=school").json["items"]
    assert all(one["resolution_met"]["denominator"] == 0 for one in items)


def test_what_was_cancelled_is_out_of_all_measures_but_counted(app, at):
    at(MONDAY)
    bring(app, "cancelled")
    bring(app, "at_desk")
    assert row(app, "ola")["cancelled"] == 1
    with app.app_context(), acting_in(school_id(app)):
        (part,) = db.session.scalars(
            select(FigurePart).where(FigurePart.counters.has_key("cancelled"))
        )
        assert part.counters == {"cancelled": 1, "opened": 1, "ended": 1}


def _has_row(app: Flask) -> bool:
    return bool(send(app, "mo", "get", f"/performance?{MONTH}&by=school").json["items"])


def test_counting_twice_and_making_all_anew_change_nothing(app, at):
    at(MONDAY)
    for state in ("resolved", "closed", "on_hold", "cancelled", "second", "returned"):
        bring(app, state)
    row(app, "ola")
    with app.app_context(), acting_in(school_id(app)):
        once = _everything()
        assert not db.session.scalar(select(FigureMark.id).limit(1))
        rollup.mark_all()
        assert rollup.count_marked() == 6
        assert _everything() == once
        assert rollup.rebuild() == 6
        assert _everything() == once
        assert not checking.drift(Random(1))


def _everything() -> tuple[Any, ...]:
    """Parts, and sums that are more than zeros."""
    parts = db.session.scalars(select(FigurePart).order_by(FigurePart.on, FigurePart.incident_id))
    said = [(one.on, one.incident_id, one.agreement_kind, one.counters) for one in parts]
    days = db.session.execute(select(*FigureDay.__table__.c)).all()
    sums = {tuple(day[:10]): tuple(day[10:]) for day in days if any(day[10:])}
    return sorted(said, key=str), sums


def test_the_worker_counts_what_was_done(app, at):
    from app.relay import relay_engine
    from workers.drain import drain
    from workers.housekeeping import count_figures

    at(MONDAY)
    bring(app, "resolved")
    here = school_id(app)
    with app.app_context():
        with administering("housekeeping"):
            count_figures(at(MONDAY))
            db.session.commit()
        while drain(relay_engine(app.config["SETTINGS"])):
            pass
        with acting_in(here):
            assert db.session.scalar(select(FigureDay.resolved).where(FigureDay.resolved > 0))
            assert not db.session.scalar(select(FigureMark.id).limit(1))


def test_the_nightly_check_finds_what_drifted_and_mends_it(app, at):
    at(MONDAY)
    bring(app, "resolved")
    bring(app, "closed")
    row(app)
    here = school_id(app)
    now = at(TUESDAY)
    with app.app_context(), administering("the nightly check"):
        assert checking.check_a_sample(now) == []
        with acting_in(here):
            wrong = update(FigureDay).where(FigureDay.resolved > 0).values(resolved=7)
            db.session.execute(wrong)
            db.session.execute(delete(FigurePart).where(FigurePart.agreement_kind == "ola"))
        assert checking.check_a_sample(now) == [here]
        event = db.session.scalar(select(LaEvent).where(LaEvent.kind == checking.DRIFTED))
        assert event is not None and event.subject == "st-marys"
        assert "2 incidents" in str(event.note)
        assert checking.check_a_sample(now) == []


def test_figures_ask_a_bounded_number_of_statements(app, at, statements):
    at(MONDAY)
    for _ in range(3):
        bring(app, "resolved")
    row(app)
    statements.clear()
    row(app)
    few = len(statements)
    for _ in range(4):
        bring(app, "resolved")
    row(app)
    statements.clear()
    row(app)
    assert few == len(statements) <= 30


def test_what_nobody_outside_may_know_of_is_not_counted_for_them(app, at):
    """Sensitive, and never forwarded: for the LA it is absent from counts, too."""
    at(MONDAY)
    bring(app, "at_desk", sensitive=True)
    assert not _has_row(app)
    own = send(app, "sam", "get", f"/performance?{MONTH}&by=school").json["items"]
    assert [one["reported"] for one in own] == [1]


def test_bad_questions_are_refused_in_a_sentence(app):
    for asked in (
        "from=2026-02-01&to=2026-01-01",
        "from=yesterday",
        "by=shoe_size",
        "school=nowhere",
        "contract=none",
        "priority=P9",
        "target=2",
        "target=nan",
        "from=1926-01-01&to=2026-01-01",
        "what=ever",
    ):
        answer = send(app, "mo", "get", f"/performance?{asked}")
        assert answer.status_code == 422, asked
        assert answer.json["errors"], asked
