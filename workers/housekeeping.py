"""What happens once a period without anybody asking: old rows that nobody needs are dropped, and
daily summaries are put into the outbox.

A row (task, period) is taken in the transaction that does the work, so two tickers, a clock set
back or a restart cannot do it twice, and a crash leaves it to be done.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import delete, or_, select, text
from sqlalchemy.dialects.postgresql import insert

from app import clock
from app.contracts import la_days
from app.files import sweeping
from app.incidents.drafts import files_of_drafts
from app.later import DoorAnswer, DoorOutbox, IdempotencyKey, Outbox, Period, later
from app.notifications import asset_mail, desk_mail, diary_mail
from app.notifications.actions import digests_are_due
from app.people.factors import PasskeyChallenge
from app.people.invited import ResetLink
from app.people.leavers import end_leavers
from app.people.models import Membership, SignIn
from app.performance import catching_up, checking, folding, keeping, kept, rollup
from app.performance.depth import counting
from app.performance.depth import keeping as keeping_in_depth
from app.reachability.spoc_changes import changes_with
from app.reports import la_overview_slow
from app.reports.issued.scheduling import write_due
from app.start import add_bank_holidays
from tenants import School, across_schools, acting_in, administering, at_the_front_door, db

_REASON = "housekeeping"
_MINUTE, _HOUR, _DAY = "%Y-%m-%dT%H:%M", "%Y-%m-%dT%H", "%Y-%m-%d"

KEEP_ANSWERS_FOR = timedelta(hours=24)
KEEP_DONE_WORK_FOR = timedelta(days=7)
KEEP_SESSIONS_FOR = timedelta(days=30)
KEEP_PERIODS_FOR = timedelta(days=30)
# A sweep goes through folders or a bucket for longer than a page may.
_MAY_LOOK_ELSEWHERE = text("SET LOCAL idle_in_transaction_session_timeout = '10min'")
# For each moment of work so many of rest.
_RESTS, _LONGEST_REST = 3, 0.5
_KEEP_SECONDS = 20.0
_COUNT_SECONDS = 40.0
# What answers a question of which kind.
MAKERS = {
    **keeping.MAKERS,
    **keeping_in_depth.MAKERS,
    la_overview_slow.KIND: la_overview_slow.to_keep,
}
_NIGHT = 2
_DIGEST_HOUR = 7
_EVENING = 18
_SATURDAY = 5


def forget_answers(now: datetime) -> None:
    """First answers to a POST: nobody repeats one a day later."""
    for _ in _each_school():
        _delete(IdempotencyKey, IdempotencyKey.created_at < now - KEEP_ANSWERS_FOR)
    with at_the_front_door():
        _delete(DoorAnswer, DoorAnswer.created_at < now - KEEP_ANSWERS_FOR)


def forget_done_work(now: datetime) -> None:
    for _ in _each_school():
        _delete(Outbox, Outbox.done_at < now - KEEP_DONE_WORK_FOR)
    with at_the_front_door():
        _delete(DoorOutbox, DoorOutbox.done_at < now - KEEP_DONE_WORK_FOR)


def forget_sessions(now: datetime) -> None:
    """Sessions that ended or ran out; what happened at the front door is in its own events."""
    before = now - KEEP_SESSIONS_FOR
    _delete(SignIn, or_(SignIn.ended_at < before, SignIn.expires_at < before))
    _delete(Period, Period.done_at < now - KEEP_PERIODS_FOR)


def forget_reset_links(now: datetime) -> None:
    """What a link was for is in the events of the front door."""
    with at_the_front_door():
        _delete(ResetLink, ResetLink.expires_at < now - KEEP_DONE_WORK_FOR)


def sweep_files(now: datetime) -> None:
    """Content that nothing names, files whose form never came, and rows whose content is gone."""
    for _ in _each_school():
        sweeping.sweep(now, files_of_drafts())
    sweeping.sweep_unfinished(now)


def forget_challenges(now: datetime) -> None:
    """Questions to passkeys that nobody answered in time."""
    with at_the_front_door():
        _delete(PasskeyChallenge, PasskeyChallenge.expires_at < now)


def send_digests(now: datetime) -> None:
    """A summary for everybody who has something to read; the drain writes and sends it."""
    for _ in _each_school():
        digests_are_due()


def remind_of_diary(now: datetime) -> None:
    """What is coming up in each school's diary: notice days, ends of licences, its own entries."""
    for _ in _each_school():
        diary_mail.remind_of_diary(now)


def notice_spocs(now: datetime) -> None:
    """Parts that ended or began with this day: nobody did anything, and yet people must hear."""
    found = select(Membership.school_id).where(changes_with(now.date())).distinct()
    for school_id in db.session.scalars(found.order_by(Membership.school_id)).all():
        with acting_in(school_id):
            desk_mail.notice_spocs(now)


def warn_uncovered(now: datetime) -> None:
    """Desks that nobody covers on one of the coming school days."""
    active = select(School.id).where(School.status == "active").order_by(School.id)
    for school_id in db.session.scalars(active).all():
        with acting_in(school_id):
            desk_mail.warn_uncovered(now)


def tell_of_assets(now: datetime) -> None:
    """What was added to each school's equipment, and what is overdue."""
    for _ in _each_school():
        asset_mail.tell_of_assets(now)


def count_figures(now: datetime) -> None:
    """What was done in the last minute is counted for the reports; where that fails, by each school
    for itself, so that one keeps nobody else waiting."""
    for school_id in catching_up.count_everywhere(db.session.commit, _COUNT_SECONDS):
        with acting_in(school_id):
            later(rollup.TASK, at=now)


def fold_figures(now: datetime) -> None:
    """What was counted of the schools is added to the sums of all schools together."""
    folding.fold_all(db.session.commit)


def keep_answers(now: datetime) -> None:
    """What people asked about all schools of a very large authority, one answer after the other;
    for some seconds, so that the minute's other work does not wait long."""
    # That this minute's are taken is for all to see, so that another ticker does not wait for it.
    db.session.commit()
    kept.make_due(MAKERS, seconds=_KEEP_SECONDS, commit=db.session.commit)


def want_usual_answers(now: datetime) -> None:
    """What is asked for each day is worked out at night."""
    kept.forget(now)
    if kept.is_vast():
        with across_schools("what is usually asked of figures"):
            keeping.want_usual()
            keeping_in_depth.want_usual()
        kept.want(la_overview_slow.KIND, [la_overview_slow.QUESTION])


def count_in_depth(now: datetime) -> None:
    """Each school's last months, for the figures in depth, spread over an hour of the night."""
    months = counting.months_tonight(clock.today())
    for school_id in _each_school():
        counting.count_later(now + timedelta(minutes=school_id % 60), months)


def check_figures(now: datetime) -> None:
    """A sample of what is counted is compared with a direct count."""
    checking.check_a_sample(now)


def know_bank_holidays(now: datetime) -> None:
    """Of the year that has come within sight; clocks that reach into it are read again."""
    la_days.note_years(add_bank_holidays())


def is_by_day(now: datetime) -> bool:
    """While schools may be open, on any day that may be a school day."""
    here = now.astimezone(clock.LONDON)
    return here.weekday() < _SATURDAY and _DIGEST_HOUR <= here.hour < _EVENING


def is_night(now: datetime) -> bool:
    """From two o'clock in London, when nobody waits for a page."""
    return now.astimezone(clock.LONDON).hour >= _NIGHT


def is_morning(now: datetime) -> bool:
    """On a weekday, from seven o'clock in London; a summary that comes late is better than none."""
    here = now.astimezone(clock.LONDON)
    return here.weekday() < _SATURDAY and here.hour >= _DIGEST_HOUR


@dataclass(frozen=True)
class Periodic:
    do: Callable[[datetime], None]
    period: str
    is_time: Callable[[datetime], bool] = lambda _: True


PERIODIC = {
    "forget_answers": Periodic(forget_answers, _HOUR),
    "forget_done_work": Periodic(forget_done_work, _DAY),
    "forget_sessions": Periodic(forget_sessions, _DAY),
    "forget_challenges": Periodic(forget_challenges, _HOUR),
    "send_digests": Periodic(send_digests, _DAY, is_morning),
    "remind_of_diary": Periodic(remind_of_diary, _DAY, is_morning),
    "notice_spocs": Periodic(notice_spocs, _DAY),
    "warn_uncovered": Periodic(warn_uncovered, _HOUR, is_by_day),
    "tell_of_assets": Periodic(tell_of_assets, _DAY, is_morning),
    "count_figures": Periodic(count_figures, _MINUTE),
    "fold_figures": Periodic(fold_figures, _MINUTE),
    "want_usual_answers": Periodic(want_usual_answers, _DAY, is_night),
    "count_in_depth": Periodic(count_in_depth, _DAY, is_night),
    "check_figures": Periodic(check_figures, _DAY, is_night),
    "write_reports": Periodic(write_due, _DAY),
    "know_bank_holidays": Periodic(know_bank_holidays, _DAY),
    "sweep_files": Periodic(sweep_files, _DAY),
    "end_leavers": Periodic(end_leavers, _DAY),
    "forget_reset_links": Periodic(forget_reset_links, _DAY),
    # The longest last.
    "keep_answers": Periodic(keep_answers, _MINUTE),
}


def period_of(task: str, now: datetime) -> str:
    """The period that `now` is in, in UTC: its hours neither repeat nor jump."""
    return now.strftime(PERIODIC[task].period)


def do_once(task: str, now: datetime) -> bool:
    """Do it unless it has been done for this period; returns whether it was done now."""
    if not PERIODIC[task].is_time(now):
        return False
    with administering(_REASON):
        taken = db.session.execute(
            insert(Period)
            .values(task=task, period=period_of(task, now), done_at=now)
            .on_conflict_do_nothing()
            .returning(Period.task)
        ).first()
        if taken is None:
            return False
        db.session.execute(_MAY_LOOK_ELSEWHERE)
        PERIODIC[task].do(now)
        db.session.commit()
        return True


def _each_school() -> Iterator[int]:
    """Step into one school after the other, with a rest after each: with hundreds of schools this
    would keep a core busy for a minute, and nobody waits for it."""
    for school_id in db.session.scalars(select(School.id).order_by(School.id)).all():
        began = time.monotonic()
        with acting_in(school_id):
            yield school_id
        time.sleep(min((time.monotonic() - began) * _RESTS, _LONGEST_REST))


def _delete(model: type, *conditions: object) -> None:
    statement = delete(model).where(*conditions)  # type: ignore[arg-type]
    db.session.execute(statement, execution_options={"synchronize_session": False})
