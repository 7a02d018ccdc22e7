"""What became of incidents of the school acted in, for the figures: six statements for many."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence
from typing import Any

from sqlalchemy import bindparam, literal, null, select

from app.calendar_days import day_of
from app.contracts import kept
from app.contracts.queries import agreement_in_force, agreement_of
from app.contracts.rules import Kind, Metric
from app.incidents import lessons, prompts
from app.incidents.advised import Advice
from app.incidents.beside import Worklog
from app.incidents.models import Clock, DiagnosticCheck, Incident, Turn
from app.incidents.rules import SHEET
from app.performance.parts import Facts, Promise, Work
from app.schools.desk_settings import settings_here
from tenants import current_school_id, db

_COLUMNS = (
    "id",
    "number",
    "type",
    "status",
    "priority",
    "priority_reason",
    "is_sensitive",
    "location_id",
    "reported_at",
    "logged_at",
    "forwarded_at",
    "restored_at",
    "resolved_at",
    "cancelled_at",
    "resolution_type",
    "highest_line",
    "reopen_count",
    "reassignment_count",
    "csat_score",
    *SHEET,
)
_INCIDENTS = select(*(getattr(Incident, name) for name in dict.fromkeys(_COLUMNS)))


def facts_of(ids: Sequence[int]) -> Iterator[Facts]:
    """In the order of their ids; what is not there is left out."""
    of = {"school": current_school_id(), "ids": list(ids)}
    incidents = db.session.execute(
        _INCIDENTS.where(*_these(Incident.school_id, Incident.id)).order_by(Incident.id), of
    ).all()
    turns = _by_incident(_TURNS, of)
    clocks = _by_incident(_CLOCKS, of)
    work = _by_incident(_LOGGED, of)
    for incident_id, checks in _by_incident(_CHECKED, of).items():
        work[incident_id].extend(checks)
    advice = {row.incident_id: row for row in db.session.execute(_ADVICE, of)}
    for one in incidents:
        asked = advice.get(one.id)
        yield Facts(
            incident=one,
            turns=turns[one.id],
            promises=[_promise(each, turns[one.id]) for each in clocks[one.id]],
            desk_hours=agreement_in_force(Kind.OLA, day_of(one.logged_at)).calendar,
            sheet_score=_sheet_score(one),
            lesson_seconds=_lesson_seconds(one),
            work=[
                Work(day_of(each.at), each.kind, each.minutes or 0, _pence(each.parts_cost))
                for each in work[one.id]
            ],
            advice_state=asked.state if asked else None,
            advice_began_at=asked.began_at if asked else None,
        )


def _promise(one: Any, turns: Sequence[Any]) -> Promise:
    agreement = agreement_of(one, current_school_id())
    return Promise(
        kind=one.agreement_kind,
        metric=one.metric,
        la_version_id=one.la_agreement_version_id or 0,
        own_version_id=one.agreement_version_id or 0,
        provider=_provider(one, turns),
        state="cancelled" if one.cancelled_at is not None else one.state,
        started_at=one.started_at,
        stopped_at=one.stopped_at,
        decided_at=one.decided_at,
        elapsed_seconds=one.elapsed_seconds,
        calendar=agreement.calendar_for(Metric(one.metric)),
        pause_reasons=agreement.terms.pause_reasons,
    )


def _provider(one: Any, turns: Sequence[Any]) -> str:
    """Which supplier: whoever had it when the clock began."""
    if one.agreement_kind != Kind.UC:
        return ""
    begun = [turn for turn in turns if turn.began_at <= one.started_at and turn.group_name]
    return str(begun[-1].group_name) if begun else ""


def _sheet_score(one: Any) -> int:
    sheet = {name: getattr(one, name) for name in SHEET}
    return prompts.completeness({**sheet, "type": one.type, "location": one.location_id}).score


def _lesson_seconds(one: Any) -> int:
    """Of those that are over; what still runs is not lost for good yet."""
    hours = kept.here().access if one.class_stopped and one.resolved_at is not None else None
    if hours is None:
        return 0
    found = lessons.lost(
        is_class_stopped=True,
        lessons=one.lessons_affected,
        pupils=one.pupils_affected,
        began_at=one.occurred_at or one.reported_at,
        ended_at=one.restored_at or one.resolved_at,
        calendar=hours,
        lesson_minutes=settings_here().lesson_minutes,
    )
    return round(found.lesson_hours * 3600) if found else 0


def _pence(amount: Any) -> int:
    return int((amount or 0) * 100)


def _by_incident(statement: Any, of: dict[str, Any]) -> dict[int, list[Any]]:
    found: dict[int, list[Any]] = defaultdict(list)
    for row in db.session.execute(statement, of):
        found[row.incident_id].append(row)
    return found


def _these(school: Any, incident: Any) -> tuple[Any, Any]:
    return school == bindparam("school"), incident.in_(bindparam("ids", expanding=True))


_TURNS = (
    select(
        Turn.incident_id,
        Turn.party,
        Turn.line,
        Turn.status,
        Turn.hold_reason,
        Turn.group_name,
        Turn.began_at,
        Turn.ended_at,
    )
    .where(*_these(Turn.school_id, Turn.incident_id))
    .order_by(Turn.incident_id, Turn.began_at, Turn.id)
)
_CLOCKS = (
    select(
        Clock.incident_id,
        Clock.agreement_kind,
        Clock.metric,
        Clock.la_agreement_version_id,
        Clock.agreement_version_id,
        Clock.state,
        Clock.started_at,
        Clock.stopped_at,
        Clock.cancelled_at,
        Clock.decided_at,
        Clock.elapsed_seconds,
    )
    .where(*_these(Clock.school_id, Clock.incident_id))
    .order_by(Clock.id)
)
_LOGGED = select(
    Worklog.incident_id, Worklog.at, Worklog.kind, Worklog.minutes, Worklog.parts_cost
).where(*_these(Worklog.school_id, Worklog.incident_id))
_CHECKED = select(
    DiagnosticCheck.incident_id,
    DiagnosticCheck.at,
    literal("reactive").label("kind"),
    DiagnosticCheck.minutes,
    null().label("parts_cost"),
).where(*_these(DiagnosticCheck.school_id, DiagnosticCheck.incident_id))
_ADVICE = select(Advice.incident_id, Advice.state, Advice.began_at).where(
    *_these(Advice.school_id, Advice.incident_id)
)
