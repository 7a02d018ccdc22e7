"""The reports and schedules of the school acted in, and which periods there are."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

from sqlalchemy import func, or_, select
from sqlalchemy.orm import load_only

from app.contracts.kept import here
from app.contracts.school_terms import Span
from app.errors import NotThere
from app.keyset import Page, page_of
from app.performance.periods import Period
from app.reports.issued.models import IssuedReport, ReportSchedule
from tenants import current_school_id, db

# A list does not read the words and figures.
_LISTED = load_only(
    *(
        getattr(IssuedReport, column.key)
        for column in IssuedReport.__mapper__.column_attrs
        if column.key not in ("sections", "figures")
    )
)


def half_terms() -> list[Span]:
    """Those that the school keeps, else the LA's."""
    access = here(current_school_id()).access
    return list(access.terms or ()) if access else []


def get_report(number: int, *, to_change: bool = False) -> IssuedReport:
    wanted = select(IssuedReport).where(IssuedReport.number == number)
    found = db.session.scalar(wanted.with_for_update() if to_change else wanted)
    if found is None:
        raise NotThere
    return found


def how_many_drafts(by: object) -> int:
    some = select(IssuedReport.id).where(IssuedReport.state == "draft").limit(100).subquery()
    return db.session.scalar(select(func.count()).select_from(some)) or 0


def page_of_reports(filters: Mapping[str, Any], after: list[Any] | None, limit: int) -> Page:
    """The latest first."""
    wanted = select(IssuedReport).options(_LISTED)
    for name in ("kind", "state"):
        if filters.get(name):
            wanted = wanted.where(getattr(IssuedReport, name) == filters[name])
    return page_of(
        wanted,
        (IssuedReport.number,),
        lambda one: [one.number],
        after=after,
        limit=limit,
        newest_first=True,
    )


def in_force(kind: str, period: Period) -> IssuedReport | None:
    """The issued one of the same kind and days, whose place another one takes."""
    return db.session.scalar(
        select(IssuedReport)
        .where(
            IssuedReport.kind == kind,
            IssuedReport.first_on == period.first,
            IssuedReport.end_on == period.end,
            IssuedReport.state == "issued",
        )
        .with_for_update()
    )


def issued_before(kind: str, period: Period) -> IssuedReport | None:
    """The last one of that kind whose period began earlier."""
    return db.session.scalar(
        select(IssuedReport)
        .where(
            IssuedReport.kind == kind,
            IssuedReport.first_on < period.first,
            IssuedReport.state == "issued",
        )
        .order_by(IssuedReport.first_on.desc(), IssuedReport.number.desc())
        .limit(1)
    )


def schedules() -> Sequence[ReportSchedule]:
    """Those that go on; few, one a kind of report."""
    wanted = select(ReportSchedule).where(ReportSchedule.is_active)
    return db.session.scalars(wanted.order_by(ReportSchedule.number)).all()


def due_schedules(today: date) -> dict[int, list[int]]:
    """Those of every school whose day has come, or whose next day is not known: school → ids. To
    be asked across schools."""
    wanted = select(ReportSchedule.school_id, ReportSchedule.id).where(
        ReportSchedule.is_active,
        or_(ReportSchedule.next_on.is_(None), ReportSchedule.next_on <= today),
    )
    found: dict[int, list[int]] = {}
    for school, schedule in db.session.execute(wanted):
        found.setdefault(school, []).append(schedule)
    return found


def is_written(schedule: ReportSchedule, period: Period) -> bool:
    return bool(
        db.session.scalar(
            select(IssuedReport.id).where(
                IssuedReport.schedule_id == schedule.id, IssuedReport.first_on == period.first
            )
        )
    )


def page_of_schedules(_: Mapping[str, Any], after: list[Any] | None, limit: int) -> Page:
    return page_of(
        select(ReportSchedule).where(ReportSchedule.is_active),
        (ReportSchedule.number,),
        lambda one: [one.number],
        after=after,
        limit=limit,
    )


def get_schedule(number: int) -> ReportSchedule:
    found = db.session.scalar(
        select(ReportSchedule)
        .where(ReportSchedule.number == number, ReportSchedule.is_active)
        .with_for_update()
    )
    if found is None:
        raise NotThere
    return found
