"""What became of incidents, for the figures: seven statements for many, of one school or more."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence
from typing import Any

from sqlalchemy import (
    ARRAY,
    BigInteger,
    Integer,
    Select,
    bindparam,
    column,
    func,
    literal,
    null,
    select,
)

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
from app.schools.desk_settings import DeskRules, DeskSettings
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
Key = tuple[int, int]  # an incident's school and its id


def facts_of(ids: Sequence[int]) -> Iterator[Facts]:
    """Of incidents of the school acted in, in the order of their ids; what is not there is left
    out."""
    school = current_school_id()
    return facts_of_these([(school, one) for one in ids])


def facts_of_these(keys: Sequence[Key]) -> Iterator[Facts]:
    """Of incidents of one school or, where the LA reads across schools, of many; in the order of
    their keys."""
    of = {"schools": [school for school, _ in keys], "ids": [one for _, one in keys]}
    incidents = db.session.execute(_INCIDENTS, of).all()
    turns = _by_incident(_TURNS, of)
    clocks = _by_incident(_CLOCKS, of)
    work = _by_incident(_LOGGED, of)
    for key, checks in _by_incident(_CHECKED, of).items():
        work[key].extend(checks)
    advice = _by_incident(_ADVICE, of)
    kept.look_at(sorted(set(of["schools"])))
    for one in incidents:
        key = (one.school_id, one.id)
        asked = advice[key][0] if key in advice else None
        yield Facts(
            incident=one,
            turns=turns[key],
            promises=[_promise(each, turns[key]) for each in clocks[key]],
            desk_hours=agreement_in_force(Kind.OLA, day_of(one.logged_at), one.school_id).calendar,
            sheet_score=_sheet_score(one),
            lesson_seconds=_lesson_seconds(one),
            work=[
                Work(day_of(each.at), each.kind, each.minutes or 0, _pence(each.parts_cost))
                for each in work[key]
            ],
            advice_state=asked.state if asked else None,
            advice_began_at=asked.began_at if asked else None,
        )


def _promise(one: Any, turns: Sequence[Any]) -> Promise:
    agreement = agreement_of(one, one.school_id)
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
    hours = (
        kept.here(one.school_id).access
        if one.class_stopped and one.resolved_at is not None
        else None
    )
    if hours is None:
        return 0
    found = lessons.lost(
        is_class_stopped=True,
        lessons=one.lessons_affected,
        pupils=one.pupils_affected,
        began_at=one.occurred_at or one.reported_at,
        ended_at=one.restored_at or one.resolved_at,
        calendar=hours,
        lesson_minutes=one.lesson_minutes or DeskRules.lesson_minutes,
    )
    return round(found.lesson_hours * 3600) if found else 0


def _pence(amount: Any) -> int:
    return int((amount or 0) * 100)


def _by_incident(statement: Any, of: dict[str, Any]) -> dict[Key, list[Any]]:
    found: dict[Key, list[Any]] = defaultdict(list)
    for row in db.session.execute(statement, of):
        found[row.school_id, row.incident_id].append(row)
    return found


THESE = (
    func.unnest(
        bindparam("schools", type_=ARRAY(Integer)), bindparam("ids", type_=ARRAY(BigInteger))
    )
    .table_valued(column("school_id", Integer), column("incident_id", BigInteger))
    .render_derived("these")
)


def of_these(model: Any, *columns: Any) -> Select[Any]:
    """Rows of a table that belong to incidents, whose `schools` and `ids` are its parameters: from
    the keys to the rows, which have an index for it."""
    is_its = (model.school_id == THESE.c.school_id) & (model.incident_id == THESE.c.incident_id)
    return (
        select(model.school_id, model.incident_id, *columns).select_from(THESE).join(model, is_its)
    )


_INCIDENTS = (
    select(
        Incident.school_id,
        *(getattr(Incident, name) for name in dict.fromkeys(_COLUMNS)),
        DeskSettings.lesson_minutes,
    )
    .select_from(THESE)
    .join(
        Incident, (Incident.school_id == THESE.c.school_id) & (Incident.id == THESE.c.incident_id)
    )
    .outerjoin(DeskSettings, DeskSettings.school_id == Incident.school_id)
    .order_by(Incident.school_id, Incident.id)
)
_TURNS = of_these(
    Turn,
    Turn.party,
    Turn.line,
    Turn.status,
    Turn.hold_reason,
    Turn.group_name,
    Turn.began_at,
    Turn.ended_at,
).order_by(Turn.school_id, Turn.incident_id, Turn.began_at, Turn.id)
_CLOCKS = of_these(
    Clock,
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
).order_by(Clock.school_id, Clock.id)
_LOGGED = of_these(Worklog, Worklog.at, Worklog.kind, Worklog.minutes, Worklog.parts_cost)
_CHECKED = of_these(
    DiagnosticCheck,
    DiagnosticCheck.at,
    literal("reactive").label("kind"),
    DiagnosticCheck.minutes,
    null().label("parts_cost"),
)
_ADVICE = of_these(Advice, Advice.state, Advice.began_at)
