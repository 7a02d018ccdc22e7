"""The minute's round: figures of many schools are counted together, and one that fails is alone."""

from __future__ import annotations

from typing import Any

from flask import Flask
from sqlalchemy import func, select

from app.history.models import FigureMark
from app.later import Outbox
from app.performance import catching_up, rollup
from app.performance.models import FigureDay
from tenants import across_schools, acting_in, administering, db
from tests.api.desk import BROKEN, bring, done
from tests.performance.test_rollup import MONDAY, TUESDAY, school_id

OAKFIELD = "/schools/oakfield/incidents"


def count(app: Flask) -> list[int]:
    with app.app_context(), administering("the minute's round"):
        return catching_up.count_everywhere(db.session.commit, 60)


def reported(app: Flask) -> dict[int, int]:
    """How many the sums of each school know of."""
    with app.app_context(), across_schools("a test"):
        of = FigureDay
        found = db.session.execute(
            select(of.school_id, func.sum(of.reported))
            .where(of.span == "d", of.agreement_kind == "")
            .group_by(of.school_id)
        ).all()
        return {school: int(number) for school, number in found if number}


def still_marked(app: Flask) -> set[int]:
    with app.app_context(), across_schools("a test"):
        return set(db.session.scalars(select(FigureMark.school_id)))


def test_it_counts_each_school_for_itself_and_corrects_what_it_counted(app, at):
    at(MONDAY)
    path = bring(app, "resolved")
    bring(app, "at_desk")
    done(app, "otto", "post", OAKFIELD, BROKEN)
    mary, oak = school_id(app), school_id(app, "oakfield")
    assert count(app) == []
    assert reported(app) == {mary: 2, oak: 1}
    assert not still_marked(app)
    before = _sums(app)
    at(TUESDAY)
    done(app, "rita", "post", f"{path}/reopening", {"reason": "Dark again"})
    assert count(app) == []
    assert reported(app) == {mary: 2, oak: 1}
    together = _sums(app)
    assert together != before
    with app.app_context(), administering("each by itself"):
        for school in (mary, oak):
            with acting_in(school):
                rollup.rebuild()
                db.session.commit()
    assert _sums(app) == together


def _sums(app: Flask) -> set[tuple[Any, ...]]:
    with app.app_context(), across_schools("a test"):
        rows = db.session.execute(select(*FigureDay.__table__.c)).all()
        return {tuple(row) for row in rows if any(row[11:])}


def test_more_schools_ask_no_more_statements(app, at, statements):
    at(MONDAY)
    done(app, "otto", "post", OAKFIELD, BROKEN)
    statements.clear()
    count(app)
    of_one = len(statements)
    bring(app, "at_desk")
    done(app, "otto", "post", OAKFIELD, BROKEN)
    statements.clear()
    assert count(app) == []
    # Who counts for the second time takes off what was there.
    assert len(statements) <= of_one + 1


def test_more_than_a_batch_of_one_school_is_gone_on_with(app, at, monkeypatch):
    for name in ("_WAITING", "_MARKED"):
        one = getattr(catching_up, name).limit(None).limit(1)
        monkeypatch.setattr(catching_up, name, one)
    at(MONDAY)
    for _ in range(3):
        bring(app, "at_desk")
    assert count(app) == []
    assert reported(app) == {school_id(app): 3}


def test_one_that_fails_is_left_to_itself(app, at, monkeypatch):
    """Its marks stay, the others are counted, and the worker counts it alone."""
    from workers.housekeeping import count_figures

    now = at(MONDAY)
    bring(app, "at_desk")
    done(app, "otto", "post", OAKFIELD, BROKEN)
    mary, oak = school_id(app), school_id(app, "oakfield")
    first = min(mary, oak)
    real = rollup.differences

    def failing(keys: list[tuple[int, int]]) -> rollup.Difference:
        if any(school == first for school, _ in keys):
            raise ValueError("what nobody thought of")
        return real(keys)

    monkeypatch.setattr(rollup, "differences", failing)
    monkeypatch.setattr(catching_up, "_next_schools", _one_at_a_time(catching_up._next_schools))
    with app.app_context(), administering("the minute's round"):
        count_figures(now)
        db.session.commit()
    assert set(reported(app)) == {max(mary, oak)}
    assert still_marked(app) == {first}
    assert _rows_for(app, first) == 1


def _one_at_a_time(find: Any) -> Any:
    return lambda after: find(after)[:1]


def _rows_for(app: Flask, school: int) -> int:
    with app.app_context(), acting_in(school):
        wanted = select(func.count()).where(Outbox.task == rollup.TASK)
        return int(db.session.scalar(wanted) or 0)
