"""What happens once a period without anybody asking: old rows that nobody needs are dropped.

A row (task, period) is taken in the transaction that does the work, so two tickers, a clock set
back or a restart cannot do it twice, and a crash leaves it to be done.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import delete, or_, select
from sqlalchemy.dialects.postgresql import insert

from app.later import IdempotencyKey, Outbox, Period
from app.people.models import SignIn
from tenants import School, acting_in, administering, db

_REASON = "housekeeping"
_HOUR, _DAY = "%Y-%m-%dT%H", "%Y-%m-%d"

KEEP_ANSWERS_FOR = timedelta(hours=24)
KEEP_DONE_WORK_FOR = timedelta(days=7)
KEEP_SESSIONS_FOR = timedelta(days=30)
KEEP_PERIODS_FOR = timedelta(days=30)


def forget_answers(now: datetime) -> None:
    """First answers to a POST: nobody repeats one a day later."""
    for _ in _each_school():
        _delete(IdempotencyKey, IdempotencyKey.created_at < now - KEEP_ANSWERS_FOR)


def forget_done_work(now: datetime) -> None:
    for _ in _each_school():
        _delete(Outbox, Outbox.done_at < now - KEEP_DONE_WORK_FOR)


def forget_sessions(now: datetime) -> None:
    """Sessions that ended or ran out; what happened at the front door is in its own events."""
    before = now - KEEP_SESSIONS_FOR
    _delete(SignIn, or_(SignIn.ended_at < before, SignIn.expires_at < before))
    _delete(Period, Period.done_at < now - KEEP_PERIODS_FOR)


@dataclass(frozen=True)
class Periodic:
    do: Callable[[datetime], None]
    period: str


PERIODIC = {
    "forget_answers": Periodic(forget_answers, _HOUR),
    "forget_done_work": Periodic(forget_done_work, _DAY),
    "forget_sessions": Periodic(forget_sessions, _DAY),
}


def period_of(task: str, now: datetime) -> str:
    """The period that `now` is in, in UTC: its hours neither repeat nor jump."""
    return now.strftime(PERIODIC[task].period)


def do_once(task: str, now: datetime) -> bool:
    """Do it unless it has been done for this period; returns whether it was done now."""
    with administering(_REASON):
        taken = db.session.execute(
            insert(Period)
            .values(task=task, period=period_of(task, now), done_at=now)
            .on_conflict_do_nothing()
            .returning(Period.task)
        ).first()
        if taken is None:
            return False
        PERIODIC[task].do(now)
        db.session.commit()
        return True


def _each_school() -> Iterator[int]:
    """Step into one school after the other."""
    for school_id in db.session.scalars(select(School.id).order_by(School.id)).all():
        with acting_in(school_id):
            yield school_id


def _delete(model: type, *conditions: object) -> None:
    statement = delete(model).where(*conditions)  # type: ignore[arg-type]
    db.session.execute(statement, execution_options={"synchronize_session": False})
