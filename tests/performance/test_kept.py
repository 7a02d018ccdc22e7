"""Answers about a very large authority: noted when asked for, made by the worker, forgotten."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest
from sqlalchemy import select, update

from app import clock
from app.performance import kept
from app.performance.models_kept import KeptAnswer
from tenants import administering, db

NOON = datetime(2026, 1, 15, 12, 0, tzinfo=UTC)
OPEN, CLOSED = {"end": "2026-01-16"}, {"end": "2025-09-01"}


@pytest.fixture(autouse=True)
def in_app(app, at):
    at(NOON.isoformat())
    with app.app_context():
        yield


@pytest.fixture
def later(monkeypatch):
    def pass_by(hours: float) -> None:
        now = clock.now() + timedelta(hours=hours)
        monkeypatch.setattr(clock, "now", lambda: now)

    return pass_by


def ask(question=OPEN, kind="sums"):
    with administering("a page of a test"):
        found = kept.kept(kind, question)
        db.session.commit()
    return found


def work(make=lambda question: {"of": question["end"]}, seconds=60.0):
    """What the worker made, in order."""
    made = []

    def maker(question):
        made.append(question)
        return make(question)

    kept.make_due({"sums": maker}, seconds=seconds, commit=db.session.commit)
    return made


def row(question=OPEN):
    wanted = select(KeptAnswer).where(KeptAnswer.question == question)
    with administering("the test"):
        found = db.session.scalars(wanted).one_or_none()
        db.session.expunge_all()
        return found


def test_what_was_asked_for_is_made_and_then_kept():
    assert ask() is None
    assert work() == [OPEN]
    assert ask() == kept.Kept({"of": "2026-01-16"}, NOON)
    assert work() == []
    assert row().seconds >= 0


def test_a_question_is_the_same_in_whatever_order_it_is_put():
    ask({"end": "2026-01-16", "kind": "sla"})
    work()
    assert ask({"kind": "sla", "end": "2026-01-16"}) is not None
    assert ask({"kind": "sla", "end": "2026-01-16"}, kind="others") is None


@pytest.mark.parametrize(
    ("end", "hours"),
    [
        ("2026-02-01", 1),  # it still runs
        ("2026-01-16", 1),  # up to today
        ("2026-01-08", 1),  # over for seven days, and still entered late
        ("2026-01-07", 24),
        ("2025-09-01", 24),
        (None, 1),
    ],
)
def test_how_old_an_answer_becomes(end, hours):
    question = {} if end is None else {"end": end}
    assert kept.due_after(question, NOON) == NOON + timedelta(hours=hours)


def test_it_is_made_anew_while_anybody_looks_at_it(later):
    ask(OPEN), ask(CLOSED)
    work()
    later(0.9)
    assert work() == []
    later(0.2)
    assert work() == [OPEN]
    later(23)
    assert work() == [OPEN, CLOSED] or work() == []
    later(24 * 7)
    assert work() == []
    assert ask().made_at == NOON + timedelta(hours=24.1)
    assert work() == [OPEN]


def test_what_nobody_has_an_answer_to_comes_first_and_the_newest_of_it(later):
    ask(CLOSED)
    work()
    later(25)
    ask(CLOSED)
    ask({"end": "2026-01-02"})
    later(0.1)
    ask({"end": "2026-01-03"})
    assert [one["end"] for one in work()] == ["2026-01-03", "2026-01-02", "2025-09-01"]


def test_a_mistake_leaves_what_was_kept_and_is_not_repeated_at_once(later, caplog):
    ask()
    work()
    later(2)
    ask(CLOSED)

    def broken(question):
        if question == OPEN:
            db.session.execute(select(1 / db.literal(0)))
        return {"of": "all"}

    assert work(broken) == [CLOSED, OPEN]
    assert "could not" in caplog.text or "Kept answer" in caplog.text
    assert ask().answer == {"of": "2026-01-16"} and ask(CLOSED).answer == {"of": "all"}
    assert work() == []
    later(1)
    assert work() == [OPEN]


def test_that_somebody_asked_is_noted_once_an_hour(later, statements):
    ask()
    statements.clear()
    ask()
    assert not [one for one in statements if "INSERT" in one]
    later(1)
    ask()
    assert row().asked_at == NOON + timedelta(hours=1)


def test_a_page_is_shown_where_nothing_can_be_noted(monkeypatch):
    with administering("a database that only reads"):
        db.session.execute(db.text("SET LOCAL transaction_read_only = on"))
        assert kept.kept("sums", OPEN) is None
        # And goes on.
        assert db.session.scalar(select(1)) == 1
    assert row() is None


def test_while_one_worker_makes_them_another_finds_nothing_to_do(app):
    ask()
    met = []

    def slow(question):
        with app.app_context():
            met.append(kept.make_due({"sums": dict}, seconds=60, commit=db.session.commit))
        return {}

    assert work(slow) == [OPEN]
    assert met == [0]


def test_none_is_begun_after_its_time():
    ask(OPEN), ask(CLOSED)
    assert work(seconds=0) == []


def test_what_nobody_asks_for_is_forgotten(later):
    ask()
    work()
    later(24 * 30 - 1)
    forget()
    assert row() is not None
    later(2)
    forget()
    assert row() is None


def test_what_the_night_puts_down_is_made_each_night_and_forgotten_where_nobody_asks(later):
    for night in range(2):
        want(CLOSED)
        assert work() == [CLOSED], night
        later(1)
        assert work() == []
    assert ask(CLOSED) is not None
    want(OPEN)
    work()
    later(49)
    forget()
    assert row(OPEN) is None and row(CLOSED) is not None


def want(*questions):
    with administering("the night of a test"):
        kept.want("sums", questions)
        db.session.commit()


def forget():
    with administering("the night of a test"):
        kept.forget(clock.now())
        db.session.commit()


def test_only_supported_schools_make_an_authority_large(monkeypatch):
    from tenants import School

    with administering("the test"):
        many = kept.how_many_schools()
        monkeypatch.setattr(kept, "FEW_ENOUGH", many - 1)
        assert kept.is_vast()
        db.session.execute(update(School).where(School.slug == "oakfield").values(status="left"))
        assert not kept.is_vast()
        assert kept.how_many_schools() == many - 1


def test_the_usual_questions_are_put_down_at_night(app, monkeypatch, at):
    from app.performance import keeping
    from tenants import across_schools
    from workers.housekeeping import do_once

    at("2026-01-15T03:00:00+00:00")
    assert do_once("want_usual_answers", clock.now())
    with administering("the test"):
        assert not db.session.scalars(select(KeptAnswer.id)).all()
    monkeypatch.setattr(kept, "FEW_ENOUGH", 1)
    with across_schools("the test"):
        keeping.want_usual()
        db.session.commit()
    with administering("the test"):
        wanted = select(KeptAnswer.question).where(KeptAnswer.kind == keeping.KIND)
        found = db.session.scalars(wanted).all()
    asked = {(one["first"], one["end"]) for one in found}
    # What a page and a program ask for without being told any days.
    assert ("2026-01-01", "2026-01-16") in asked
    assert {one["agreement_kind"] for one in found} == {"ola", "sla", "uc"}
    assert len(found) == 3 * len(asked)
    assert all(date.fromisoformat(end) <= date(2026, 1, 16) for _, end in asked)
