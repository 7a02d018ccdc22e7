"""What the registers say, month by month, of the school acted in: devices, visits, problems,
changes, licences.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from datetime import date, datetime
from typing import Any

from sqlalchemy import exists, func, select

from app import clock
from app.assets.models import Asset
from app.calendar_days import day_of
from app.history.models import Event
from app.incidents.models import Incident
from app.licences.queries import standings
from app.licences.rules import share
from app.performance.depth import exposure, reports
from app.performance.depth.exposure import Device, Step, device_days
from app.performance.depth.reports import MODEL, Found
from app.performance.depth.success import succeeded
from app.performance.periods import A_DAY, months_of
from app.problems_log.models import Problem
from app.progress.models import Change
from app.visits.models import Visit
from tenants import current_school_id, db

VISIT, PROBLEM, CHANGE, LICENCE = "visit", "problem", "change", "licence"
LOGGED, RESOLVED, OPEN, RECURRING = "logged", "resolved", "open", "recurring"
OF_LA, OF_SCHOOL, OF_SUPPLIER = "la", "school", "supplier"
_STEPS = (
    "asset.status_changed",
    "asset.retired",
    "asset.disposed",
    "asset.lost",
    "asset.retirement_undone",
    exposure.LENT,
    exposure.RETURNED,
)


def models(span: Any) -> Iterator[Found]:
    """Device-days and faults of each type, make and model."""
    since = reports.first_reported_on()
    if since is None:
        return
    yield from reports.faults_of_models(span)
    since, steps = max(since, span.first), _steps()
    entered = reports.entered_on("asset", "asset.added")
    wanted = select(
        Asset.id,
        Asset.type,
        Asset.make,
        Asset.model,
        Asset.purchase_date,
        Asset.created_at,
        Asset.status,
    ).where(Asset.school_id == current_school_id())
    for one in db.session.execute(wanted):
        entry = entered.get(one.id) or day_of(one.created_at)
        device = Device(one.purchase_date, entry, one.status)
        days = device_days(device, steps[one.id], since=since, until=span.tomorrow)
        for month, many in days.items():
            yield Found(MODEL, month, one.type, one.make, one.model or "", base=many)


def visits(span: Any) -> Iterator[Found]:
    """Those that ended, done or aborted, by who came; a cancelled one never began."""
    wanted = select(
        Visit.la_membership_id, Visit.membership_id, Visit.starts_at, Visit.state
    ).where(
        Visit.school_id == current_school_id(),
        Visit.state.in_(("done", "aborted")),
        Visit.starts_at >= span.begins_at,
        Visit.starts_at < span.ends_at,
    )
    for of_la, of_school, at, state in db.session.execute(wanted):
        who = OF_LA if of_la else OF_SCHOOL if of_school else OF_SUPPLIER
        month = day_of(at).replace(day=1)
        yield Found(VISIT, month, who, hits=int(state == "aborted"), base=1)


def problems(span: Any) -> Iterator[Found]:
    wanted = select(Problem.logged_at, Problem.resolved_at, Problem.closed_at, Problem.state).where(
        Problem.school_id == current_school_id(), Problem.state != "cancelled"
    )
    open_now = 0
    for logged, resolved, closed, state in db.session.execute(wanted):
        open_now += int(state not in ("resolved", "closed", "accepted"))
        fixed = resolved or closed
        if _is_in(logged, span):
            yield Found(PROBLEM, _month(logged), LOGGED, hits=1)
        if fixed is not None and _is_in(fixed, span):
            seconds = int((fixed - logged).total_seconds())
            yield Found(PROBLEM, _month(fixed), RESOLVED, hits=1, amount=seconds)
    if span.first <= clock.today() < span.end:
        yield Found(PROBLEM, clock.today().replace(day=1), OPEN, hits=open_now)
    for at in _linked_to_known_errors(span):
        yield Found(PROBLEM, _month(at), RECURRING, hits=1)


def changes(span: Any) -> Iterator[Found]:
    """`hits`: succeeded, of `base` that ended in the month; `amount`: backed out."""
    calendar = reports.desk_hours()
    if calendar is None:
        return
    backed_out = exists().where(
        Event.school_id == Change.school_id,
        Event.subject_kind == "change",
        Event.subject_id == Change.id,
        Event.kind == "change.backed_out",
    )
    wanted = select(Change.problem_id, Change.ended_at, backed_out).where(
        Change.school_id == current_school_id(),
        Change.ended_at >= span.begins_at,
        Change.ended_at < span.ends_at,
    )
    rows = db.session.execute(wanted).all()
    reported = _reported_on({one.problem_id for one in rows if one.problem_id})
    for problem_id, ended_at, is_backed_out in rows:
        assert ended_at is not None  # asked for above
        is_success = succeeded(
            ended_at,
            is_backed_out=is_backed_out,
            reports=reported[problem_id],
            calendar=calendar,
        )
        yield Found(
            CHANGE,
            _month(ended_at),
            hits=int(is_success),
            base=1,
            amount=int(is_backed_out),
        )


def licences(span: Any) -> Iterator[Found]:
    """As products stood on the last day of each month, or stand today: `hits` compliant of `base`
    countable, and the `amount` that is missing."""
    for month in months_of(span.first, span.tomorrow):
        found = share(standings(min(month.end - A_DAY, clock.today())))
        if found.countable:
            yield Found(
                LICENCE,
                month.first,
                hits=found.compliant,
                base=found.countable,
                amount=found.shortfall,
            )


def _steps() -> dict[int, list[Step]]:
    """Asset → its changes of status, in order. One statement."""
    wanted = (
        select(Event.subject_id, Event.at, Event.kind, Event.from_value, Event.to_value)
        .where(
            Event.school_id == current_school_id(),
            Event.subject_kind == "asset",
            Event.kind.in_(_STEPS),
        )
        .order_by(Event.subject_id, Event.at, Event.id)
    )
    found: dict[int, list[Step]] = defaultdict(list)
    for asset_id, at, kind, before, after in db.session.execute(wanted):
        step = exposure.step_of(day_of(at), kind, before, after)
        if step is not None:
            found[asset_id].append(step)
    return found


def _linked_to_known_errors(span: Any) -> list[datetime]:
    """When incidents were put under a problem that was a known error by then."""
    wanted = (
        select(func.max(Event.at))
        .select_from(Incident)
        .join(
            Problem, (Problem.school_id == Incident.school_id) & (Problem.id == Incident.problem_id)
        )
        .join(
            Event,
            (Event.school_id == Incident.school_id)
            & (Event.subject_kind == "incident")
            & (Event.subject_id == Incident.id)
            & (Event.kind == "incident.problem_linked"),
        )
        .where(
            reports.measured(),
            Problem.known_error_at.is_not(None),
            Event.at > Problem.known_error_at,
        )
        .group_by(Incident.id)
    )
    return [at for at in db.session.scalars(wanted) if _is_in(at, span)]


def _reported_on(problem_ids: set[int]) -> dict[int | None, list[datetime]]:
    found: dict[int | None, list[datetime]] = defaultdict(list)
    if problem_ids:
        wanted = select(Incident.problem_id, Incident.reported_at).where(
            Incident.school_id == current_school_id(), Incident.problem_id.in_(problem_ids)
        )
        for problem_id, at in db.session.execute(wanted):
            found[problem_id].append(at)
    return found


def _is_in(at: datetime, span: Any) -> bool:
    return bool(span.begins_at <= at < span.ends_at)


def _month(at: datetime) -> date:
    return day_of(at).replace(day=1)
