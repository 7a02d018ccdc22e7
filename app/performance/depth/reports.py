"""What incidents say, month by month, of the school acted in: faults, lessons lost, services down,
when people report. Confidential ones are left out: these figures are seen outside the school.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from datetime import date
from typing import Any, NamedTuple

from sqlalchemy import BigInteger, ColumnElement, and_, cast, func, or_, select

from app import clock
from app.assets.models import Asset
from app.calendar_days import AnyCalendar, day_of
from app.catalogue.models import Service
from app.contracts.queries import agreement_in_force
from app.contracts.rules import Kind
from app.history.models import Event
from app.incidents.models import Incident
from app.incidents.rules import UNMEASURED_RESOLUTIONS, Status
from app.performance.depth.downtime import Outage, months_of_service
from app.performance.models import EVERY, FigurePart
from app.performance.periods import month_of
from tenants import current_school_id, db

MODEL, SERVICE, HOUR = "model", "service", "hour"
_LONDON = "Europe/London"
_URGENT = 1


class Found(NamedTuple):
    """What a topic adds to a month; columns of DepthMonth."""

    topic: str
    on: date
    kind: str = ""
    name: str = ""
    detail: str = ""
    hits: int = 0
    base: int = 0
    amount: int = 0


def measured() -> ColumnElement[bool]:
    """As parts.is_measured says it, of the school acted in."""
    return and_(
        Incident.school_id == current_school_id(),
        Incident.status.not_in((Status.CANCELLED, Status.REJECTED)),
        or_(
            Incident.resolution_type.is_(None),
            Incident.resolution_type.not_in(UNMEASURED_RESOLUTIONS),
        ),
        Incident.is_sensitive.is_(False),
    )


def first_reported_on() -> date | None:
    first = db.session.scalar(
        select(func.min(Incident.reported_at)).where(Incident.school_id == current_school_id())
    )
    return None if first is None else day_of(first)


def faults_of_models(span: Any) -> Iterator[Found]:
    """Incidents that name a device, by the day they were reported."""
    wanted = (
        select(Asset.type, Asset.make, Asset.model, Incident.reported_at)
        .join(Asset, _IS_ABOUT)
        .where(measured(), Incident.type == "incident", *_reported_in(span))
    )
    for kind, make, model, at in db.session.execute(wanted):
        yield Found(MODEL, day_of(at).replace(day=1), kind, make, model or "", hits=1)


def lessons_of_models(span: Any) -> Iterator[Found]:
    """Lesson time lost by a model's faults, in the month in which they were resolved."""
    part = FigurePart.__table__.c
    seconds = cast(part.counters["lesson_seconds"].astext, BigInteger)
    wanted = (
        select(Asset.type, Asset.make, Asset.model, part.on, seconds)
        .select_from(FigurePart)
        .join(Incident, (Incident.school_id == part.school_id) & (Incident.id == part.incident_id))
        .join(Asset, _IS_ABOUT)
        .where(
            part.school_id == current_school_id(),
            part.on >= span.first,
            part.on < span.end,
            part.agreement_kind == EVERY,
            part.is_hidden.is_(False),
            part.counters.has_key("lesson_seconds"),
        )
    )
    for kind, make, model, on, lost in db.session.execute(wanted):
        yield Found(MODEL, on.replace(day=1), kind, make, model or "", amount=lost)


def services(span: Any) -> Iterator[Found]:
    """Every service that is kept, with its hours and what of them it was down."""
    calendar = desk_hours()
    if calendar is None:
        return
    outages, entered = _outages(span), entered_on("service", "service.added")
    wanted = select(Service.id, Service.name, Service.criticality, Service.created_at).where(
        Service.school_id == current_school_id(),
        or_(Service.is_archived.is_(False), Service.id.in_(outages)),
    )
    for service_id, name, criticality, created_at in db.session.execute(wanted).all():
        # Before it was entered nobody could name it in an incident.
        begun = entered.get(service_id) or day_of(created_at)
        begun = min([begun, *(day_of(at) for at, _ in outages[service_id])])
        first = max(span.first, month_of(begun).first)
        for month in months_of_service(outages[service_id], calendar, first, span.end, span.now):
            yield Found(
                SERVICE,
                month.on,
                criticality,
                name,
                hits=month.outages,
                base=month.open_seconds,
                amount=month.down_seconds,
            )


def hours(span: Any) -> Iterator[Found]:
    """When people report: by weekday (1 is Monday) and hour in London."""
    at = func.timezone(_LONDON, Incident.reported_at)
    wanted = (
        select(func.date_trunc("month", at), func.to_char(at, "ID"), func.to_char(at, "HH24"))
        .add_columns(func.count())
        .where(measured(), *_reported_in(span))
        .group_by(*(func.date_trunc("month", at), func.to_char(at, "ID"), func.to_char(at, "HH24")))
    )
    for month, weekday, hour, many in db.session.execute(wanted):
        yield Found(HOUR, month.date(), weekday, detail=hour, hits=many)


def entered_on(subject_kind: str, kind: str) -> dict[int, date]:
    """Thing → the day on which history says that it was put into the register."""
    wanted = (
        select(Event.subject_id, func.min(Event.at))
        .where(
            Event.school_id == current_school_id(),
            Event.subject_kind == subject_kind,
            Event.kind == kind,
        )
        .group_by(Event.subject_id)
    )
    return {thing: day_of(at) for thing, at in db.session.execute(wanted)}


def desk_hours() -> AnyCalendar | None:
    try:
        return agreement_in_force(Kind.OLA, clock.today()).calendar
    except LookupError:
        return None


def _outages(span: Any) -> dict[int, list[Outage]]:
    """Service → when it was down, of what was not over before the span began."""
    ended = func.coalesce(Incident.restored_at, Incident.resolved_at)
    wanted = select(
        Incident.service_id,
        func.coalesce(Incident.occurred_at, Incident.reported_at),
        ended,
    ).where(
        measured(),
        Incident.type == "incident",
        Incident.service_id.is_not(None),
        Incident.priority == _URGENT,
        Incident.reported_at < span.ends_at,
        or_(ended.is_(None), ended > span.begins_at),
    )
    found: dict[int, list[Outage]] = defaultdict(list)
    for service_id, began, over in db.session.execute(wanted):
        found[int(service_id or 0)].append((began, over))
    return found


def _reported_in(span: Any) -> tuple[ColumnElement[bool], ColumnElement[bool]]:
    return Incident.reported_at >= span.begins_at, Incident.reported_at < span.ends_at


_IS_ABOUT = and_(Asset.school_id == Incident.school_id, Asset.id == Incident.asset_id)
