"""Drafts that are written by themselves on the day after each period (S19)."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import select

from app import clock
from app.errors import Refused
from app.history.actions import record
from app.later import later
from app.people.identity import Me
from app.reports.issued import queries, rules, telling
from app.reports.issued.actions import draft
from app.reports.issued.models import ReportSchedule
from tenants import across_schools, acting_in, db
from tenants.numbers import take_number

TASK = "write_report"


def add_schedule(*, by: Me, kind: str, rhythm: str, roles: list[str]) -> ReportSchedule:
    if any(one.kind == kind and one.rhythm == rhythm for one in queries.schedules()):
        raise Refused("There is one for that already. Stop it first.")
    schedule = ReportSchedule(
        number=take_number("report_schedule"),
        kind=kind,
        rhythm=rhythm,
        roles=sorted(set(roles)),
        next_on=rules.next_day(rhythm, clock.today(), queries.half_terms()),
        created_by=by.name,
    )
    db.session.add(schedule)
    db.session.flush()
    _record("report_schedule.added", schedule, by)
    return schedule


def stop(schedule: ReportSchedule, *, by: Me) -> None:
    """What it has written stays."""
    schedule.is_active = False
    db.session.flush()
    _record("report_schedule.stopped", schedule, by)


def write_due(now: datetime) -> None:
    """Across schools: what is due is left to the worker, school by school, for counting takes a
    while."""
    with across_schools("which reports are to be written"):
        due = queries.due_schedules(clock.today())
    for school_id, ids in sorted(due.items()):
        with acting_in(school_id):
            for one in ids:
                later(TASK, at=now, schedule_id=one)


def write_report(schedule_id: int) -> None:
    """In the school acted in. A second time on the same day it does nothing."""
    schedule = db.session.scalar(
        select(ReportSchedule).where(ReportSchedule.id == schedule_id).with_for_update()
    )
    today, terms = clock.today(), queries.half_terms()
    if schedule is None or not schedule.is_active:
        return
    is_due = schedule.next_on is not None and schedule.next_on <= today
    period = rules.last_whole(schedule.rhythm, today, terms) if is_due else None
    if period is not None and not queries.is_written(schedule, period):
        report = draft(schedule.kind, period, by=None, schedule_id=schedule.id)
        telling.tell_of_draft(report, schedule)
    if schedule.next_on is None or is_due:
        schedule.next_on = rules.next_day(schedule.rhythm, today, terms)
        db.session.flush()


def _record(kind: str, schedule: ReportSchedule, by: Me, **more: Any) -> None:
    record(
        kind,
        subject_kind="report_schedule",
        subject_id=schedule.id,
        at=clock.now(),
        by=by,
        to_value=f"{rules.KIND_WORDS[schedule.kind]}: {rules.RHYTHM_WORDS[schedule.rhythm]}",
        visibility="internal",
        **more,
    )
