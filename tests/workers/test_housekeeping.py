"""What happens once a period: old rows go, young ones stay, and twice is once."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from uuid import uuid4

import pytest
from sqlalchemy import delete, func, insert, select, text, update

from app.contracts.models import BankHoliday
from app.files.store import StoreAway
from app.history.models import LaEvent
from app.later import DoorAnswer, IdempotencyKey, Outbox, Period
from app.people.models import Person, SignIn
from tenants import acting_in, administering, at_the_front_door, db
from tests.tenants.walls import TwoSchools
from tests.workers.rows import put
from workers.housekeeping import PERIODIC, Periodic, do_once, period_of

pytestmark = pytest.mark.usefixtures("in_app")
NOON = datetime(2026, 1, 13, 12, 0, tzinfo=UTC)


def days(number: float) -> datetime:
    """So long before noon."""
    return NOON - timedelta(days=number)


@pytest.fixture
def person() -> int:
    with administering("the tests"):
        someone = Person(email="sessions@example.sch.uk", name="Sessions")
        db.session.add(someone)
        db.session.commit()
        return someone.id


def count(model: type, school_id: int | None = None) -> int:
    scope = acting_in(school_id) if school_id else administering("the tests")
    with scope:
        return db.session.scalar(select(func.count()).select_from(model)) or 0


def test_answers_are_forgotten_after_a_day_in_every_school(
    two_schools: TwoSchools, person: int
) -> None:
    for school_id in (two_schools.north, two_schools.south):
        with acting_in(school_id):
            for key, at in (("old", days(1.01)), ("young", days(0.99))):
                row = {"school_id": school_id, "person_id": person, "key": key}
                row |= {"request_hash": b"", "created_at": at}
                db.session.execute(insert(IdempotencyKey).values(**row))
            db.session.commit()
    assert do_once("forget_answers", NOON)
    assert count(IdempotencyKey, two_schools.north) == count(IdempotencyKey, two_schools.south) == 1


def test_answers_of_no_school_are_forgotten_after_a_day_too(person: int) -> None:
    with at_the_front_door():
        for key, at in (("old", days(1.01)), ("young", days(0.99))):
            row = {"person_id": person, "key": key, "request_hash": b"", "created_at": at}
            db.session.execute(insert(DoorAnswer).values(**row))
        db.session.commit()
    assert do_once("forget_answers", NOON)
    with at_the_front_door():
        assert db.session.scalars(select(DoorAnswer.key)).all() == ["young"]


def test_done_work_is_forgotten_after_a_week_and_undone_never(two_schools: TwoSchools) -> None:
    for school_id in (two_schools.north, two_schools.south):
        for done_at in (days(7.1), days(6.9), None):
            row_id = put(school_id, days(30))
            with acting_in(school_id):
                db.session.execute(
                    update(Outbox).where(Outbox.id == row_id).values(done_at=done_at)
                )
                db.session.commit()
    assert do_once("forget_done_work", NOON)
    assert count(Outbox, two_schools.north) == count(Outbox, two_schools.south) == 2


def test_sessions_are_forgotten_a_month_after_their_end(person: int) -> None:
    before = count(SignIn)
    with at_the_front_door():
        for ended_at, expires_at in (
            (days(31), days(-1)),
            (None, days(31)),
            (days(29), days(-1)),
            (None, days(29)),
            (None, days(-1)),
        ):
            db.session.add(_session(person, ended_at, expires_at))
        db.session.commit()
    assert do_once("forget_sessions", NOON)
    assert count(SignIn) - before == 3


def _session(person: int, ended_at: datetime | None, expires_at: datetime) -> SignIn:
    return SignIn(
        id=uuid4(),
        token_hash=uuid4().bytes,
        person_id=person,
        device="a browser",
        idle_seconds=60,
        created_at=days(60),
        last_seen_at=days(60),
        expires_at=expires_at,
        ended_at=ended_at,
    )


def test_once_a_period(two_schools: TwoSchools) -> None:
    assert do_once("forget_answers", NOON)
    assert not do_once("forget_answers", NOON)
    assert not do_once("forget_answers", NOON + timedelta(minutes=59))
    assert do_once("forget_answers", NOON + timedelta(minutes=60))
    assert not do_once("forget_answers", NOON), "the clock was set back"


def test_periods_are_minutes_hours_and_days_of_utc() -> None:
    found = {task: period_of(task, NOON) for task in PERIODIC}
    assert found["forget_answers"] == "2026-01-13T12"
    assert found["forget_done_work"] == "2026-01-13"
    assert found["count_figures"] == "2026-01-13T12:00"
    assert set(found.values()) == {"2026-01-13T12:00", "2026-01-13T12", "2026-01-13"}


def test_what_fails_is_not_marked_as_done(
    two_schools: TwoSchools, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(now: datetime) -> None:
        db.session.execute(text("SELECT 1 / 0"))

    with monkeypatch.context() as patch:
        patch.setitem(PERIODIC, "forget_answers", Periodic(fail, "%Y"))
        with pytest.raises(Exception, match="division by zero"):
            do_once("forget_answers", NOON)
    assert count(Period) == 0
    assert do_once("forget_answers", NOON)


def test_it_may_look_elsewhere_for_longer_than_a_page(monkeypatch: pytest.MonkeyPatch) -> None:
    """A sweep lists a folder or a bucket while its transaction is open."""
    seen: list[str | None] = []

    def note(now: datetime) -> None:
        seen.append(db.session.scalar(text("SHOW idle_in_transaction_session_timeout")))

    monkeypatch.setitem(PERIODIC, "forget_answers", Periodic(note, "%Y"))
    assert do_once("forget_answers", NOON)
    with administering("the tests"):
        note(NOON)
    assert seen == ["10min", "10s"]


def test_a_sweep_that_found_no_store_is_done_later(
    two_schools: TwoSchools, monkeypatch: pytest.MonkeyPatch
) -> None:
    class Away:
        def keys(self, school_id: int) -> None:
            raise StoreAway("away")

    with monkeypatch.context() as patch:
        patch.setattr("app.files.sweeping.the_store", Away)
        with pytest.raises(StoreAway):
            do_once("sweep_files", NOON)
    assert count(Period) == 0
    assert do_once("sweep_files", NOON)


def test_old_periods_are_forgotten_too() -> None:
    do_once("forget_answers", days(31))
    do_once("forget_answers", days(29))
    do_once("forget_sessions", NOON)
    assert count(Period) == 2


def test_the_bank_holidays_of_a_year_that_comes_in_sight_are_put_in_once(
    two_schools: TwoSchools,
) -> None:
    with administering("the tests"):
        db.session.execute(delete(BankHoliday))
        db.session.commit()
    assert do_once("know_bank_holidays", NOON)
    there = count(BankHoliday)
    assert there > 80
    retimed = select(Outbox.school_id).where(Outbox.task == "retime_clocks")
    with administering("the tests"):
        rows = db.session.scalars(retimed).all()
        names = db.session.scalars(
            select(LaEvent.subject).where(LaEvent.kind == "bank_holiday.added")
        ).all()
    assert {two_schools.north, two_schools.south} <= set(rows)
    assert len(rows) == len(set(rows)) and "Bank holidays of 2026" in names
    assert do_once("know_bank_holidays", NOON + timedelta(days=1))
    with administering("the tests"):
        assert len(db.session.scalars(retimed).all()) == len(rows)
    assert count(BankHoliday) == there
