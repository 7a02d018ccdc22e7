"""The clocks of an incident, wound from its turns after every step (domain.md 3.3).

What is stored is for the queue to sort by and for reports to count; what is shown of a running
clock is read afresh.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from sqlalchemy import Select, inspect, select, update
from sqlalchemy.orm.attributes import set_committed_value

from app import clock
from app.calendar_days import AnyCalendar, day_of
from app.contracts.clock_rules import Clock as PureClock
from app.contracts.clock_rules import Reading, TurnSpan, pauses_from_turns, read
from app.contracts.kept import saw, stamp_column
from app.contracts.queries import AgreementInForce, agreement_in_force, agreement_of
from app.contracts.rules import Kind, Metric, Target
from app.incidents.chronicle import noted
from app.incidents.models import NEVER, Clock, Incident
from app.incidents.rules import PRIORITY_BEFORE_CHECK, Status
from app.incidents.turns import turns_of
from app.incidents.warnings import BREACHED, next_look, percent_reached, warn
from app.later import later
from tenants import db

_CLOCKS = "clocks"
_UNDECIDED = frozenset({"running", "paused"})


def start(
    incident: Incident, kind: Kind, at: datetime, agreement: AgreementInForce | None = None
) -> list[Clock]:
    """The clocks of one agreement begin: the desk's at logging, the LA's at the forward, a
    supplier's (say which agreement) when it gets it. An earlier supplier's end with that."""
    agreement = agreement or agreement_in_force(kind, day_of(at))
    again: dict[str, Clock] = {}
    if incident.id is not None:
        end_live(clocks_of(incident), kind, at)
        # Given to one supplier and at the same instant to the next: the first never had it.
        again = {
            one.metric: one
            for one in clocks_of(incident)
            if one.agreement_kind == kind.value and one.started_at == at
        }
    clocks = [
        again.get(metric) or _new(incident, kind, metric, at)
        for metric in Metric
        # Nobody comes to a school from its own desk.
        if (metric is not Metric.ON_SITE or kind is not Kind.OLA)
        and any(_targets(agreement, metric, incident).values())
    ]
    for one in clocks:
        one.la_agreement_version_id = agreement.la_version_id
        one.agreement_version_id = agreement.own_version_id
        one.state, one.warned_percent = "running", 0
        one.stopped_at = one.cancelled_at = one.decided_at = None
    new = [one for one in clocks if one.metric not in again]
    if incident.id is not None:
        db.session.add_all(new)
    inspect(incident).info.setdefault(_CLOCKS, []).extend(new)
    return clocks


def _new(incident: Incident, kind: Kind, metric: Metric, at: datetime) -> Clock:
    return Clock(
        incident_id=incident.id,
        agreement_kind=kind.value,
        metric=metric.value,
        started_at=at,
        due_at=at,
    )


def desk_hours(incident: Incident) -> AnyCalendar:
    """The open hours of the school's desk, in which turns are counted for people."""
    return agreement_in_force(Kind.OLA, day_of(incident.logged_at)).calendar


def clocks_of(incident: Incident) -> list[Clock]:
    """In the order they began. Read once for an incident in hand."""
    info = inspect(incident).info
    if _CLOCKS not in info:
        found = select(Clock, stamp_column()).where(Clock.incident_id == incident.id)
        with db.session.no_autoflush:
            info[_CLOCKS] = _read(found, incident.school_id)
    known: list[Clock] = info[_CLOCKS]
    return known


def _read(found: Select[Clock, str], school_id: int) -> list[Clock]:
    rows = db.session.execute(found.order_by(Clock.id), {"school": school_id}).all()
    if rows:
        saw(school_id, rows[0][1])
    return [one for one, _ in rows]


def end_live(clocks: Iterable[Clock], kind: Kind, at: datetime) -> None:
    """One live clock for each promise of a kind. What was exceeded stays exceeded."""
    for one in clocks:
        is_live = one.stopped_at is None and one.cancelled_at is None
        if is_live and one.agreement_kind == kind.value:
            if one.state in _UNDECIDED:
                one.cancelled_at = at
            else:
                one.stopped_at = at


def is_answered(clocks: Iterable[Clock], kind: Kind) -> bool:
    """Whether no response of this provider is owed any more."""
    return not any(
        one.agreement_kind == kind.value
        and one.metric == Metric.RESPONSE
        and one.stopped_at is None
        and one.cancelled_at is None
        for one in clocks
    )


def respond(clocks: Iterable[Clock], kind: Kind, incident: Incident, at: datetime) -> None:
    """A person of the provider did something that reporter or SPOC can see."""
    for one in clocks:
        is_theirs = one.agreement_kind == kind.value and one.metric == Metric.RESPONSE
        if is_theirs and one.stopped_at is None and one.cancelled_at is None:
            one.stopped_at = at
            incident.first_response_at = incident.first_response_at or at


def arrived(incident: Incident, at: datetime, *, kind: Kind | None = None) -> None:
    """Somebody of the provider is there; without a kind, whoever had promised to come."""
    clocks = clocks_of(incident)
    for one in clocks:
        is_theirs = kind is None or one.agreement_kind == kind.value
        is_live = one.stopped_at is None and one.cancelled_at is None
        if one.metric == Metric.ON_SITE and is_theirs and is_live and one.started_at <= at:
            one.stopped_at = at
    wind(incident, clocks, at)


def stop(clocks: Iterable[Clock], at: datetime, *, by: Kind | None) -> None:
    """The incident is resolved. A response nobody needs any more is not measured."""
    for one in clocks:
        if one.stopped_at is not None or one.cancelled_at is not None:
            continue
        is_theirs = one.metric != Metric.RESPONSE or (by and one.agreement_kind == by.value)
        if is_theirs:
            one.stopped_at = at
        elif one.state in _UNDECIDED:
            one.cancelled_at = at
        else:
            one.stopped_at = at


def cancel(clocks: Iterable[Clock], at: datetime) -> None:
    """Cancelled, or a duplicate: out of all measures (rule 10)."""
    for one in clocks:
        one.cancelled_at = one.cancelled_at or at


def measure_again(clocks: Iterable[Clock], ended_at: datetime) -> None:
    """What was called off at that instant was not: it goes on, the time between as a pause."""
    for one in clocks:
        if one.cancelled_at == ended_at:
            one.cancelled_at = None
            if one.state == "cancelled":
                one.state, one.decided_at = "running", None


def run_on(clocks: Iterable[Clock], resolved_at: datetime) -> None:
    """Reopened: the same resolution clocks run on and the old decision is withdrawn (rule 9).

    What had ended before does not: somebody had come, or another supplier had it by then.
    """
    for one in clocks:
        if one.metric == Metric.RESPONSE or one.cancelled_at is not None:
            continue
        if one.stopped_at and one.stopped_at < resolved_at:
            continue
        one.stopped_at = None
        if one.state == "met":
            one.state, one.decided_at = "running", None


def wind(incident: Incident, clocks: list[Clock], now: datetime) -> None:
    """Bring every undecided clock up to date, and with them what the queue sorts by."""
    look_at = _bring_up_to_date(incident, clocks, now)
    asked = incident.decide_at
    # One that is due now has been asked for and was not done yet.
    is_asked = look_at == asked or (look_at == now and asked is not None and asked <= now)
    if look_at is not None and not is_asked:
        incident.decide_at = look_at
        if incident.id is not None:
            ask_to_decide(incident)


def _bring_up_to_date(
    incident: Incident, clocks: list[Clock], now: datetime, *, warns: bool = False
) -> datetime | None:
    """When the worker is to look again: a part of a promised time will be gone then, or all."""
    spans = spans_of(turns_of(incident))
    looks = []
    for one in clocks:
        pure = pure_of(incident, one, spans)
        found = read(pure, now)
        was_undecided = one.state in _UNDECIDED
        store(one, found)
        if not was_undecided and one.state not in _UNDECIDED:
            continue
        if was_undecided and one.state == "breached":
            # Whoever notices it first says it: the worker, or a step that came before.
            _say_it_is_exceeded(incident, one, now)
        elif warns:
            _say_what_is_gone(incident, one, percent_reached(pure, found, now), now)
        looks.append(next_look(one.warned_percent or 0, pure, found, now))
    incident.next_due_at = next_due(clocks)
    return min((at for at in looks if at is not None), default=None)


def _say_what_is_gone(incident: Incident, one: Clock, percent: int, now: datetime) -> None:
    """Once each; of several at once the highest, so that nobody is flooded after a downtime."""
    if percent <= one.warned_percent:
        return
    one.warned_percent = percent
    warn(incident, f"{one.agreement_kind} {one.metric}", percent, now)


def _say_it_is_exceeded(incident: Incident, one: Clock, now: datetime) -> None:
    one.warned_percent = BREACHED
    noted(
        incident,
        "clock.breached",
        now,
        by=None,
        after=f"{one.agreement_kind} {one.metric}",
        visibility="internal",
    )


def ask_to_decide(incident: Incident) -> None:
    """One outbox row at the next instant when there will be something to say."""
    if incident.decide_at is not None:
        later("decide_clocks", at=incident.decide_at, incident_id=incident.id)


def reading(incident: Any, one: Any, spans: list[TurnSpan], now: datetime) -> Reading:
    """How a clock stands at `now`, from what happened."""
    return read(pure_of(incident, one, spans), now)


def pure_of(incident: Any, one: Any, spans: list[TurnSpan]) -> PureClock:
    """What happened to a clock. Incident and clock may be rows of their columns."""
    agreement = agreement_of(one, incident.school_id)
    kind, metric = Kind(one.agreement_kind), Metric(one.metric)
    return PureClock(
        metric=metric,
        calendar=agreement.calendar_for(metric),
        targets=_targets(agreement, metric, incident),
        started_at=one.started_at,
        priorities=_priorities(incident),
        pauses=pauses_from_turns(spans, agreement.terms.pause_reasons, kind=kind),
        stopped_at=one.stopped_at,
        cancelled_at=one.cancelled_at,
    )


def spans_of(turns: Iterable[Any]) -> list[TurnSpan]:
    """What a clock needs to know of the turns."""
    spans, was_forwarded = [], False
    for turn in turns:
        was_forwarded = was_forwarded or turn.line > 0
        spans.append(
            TurnSpan(
                turn.began_at,
                turn.ended_at,
                hold_reason=turn.hold_reason,
                is_resolved=turn.status == Status.RESOLVED,
                is_back_with_school=was_forwarded and turn.line == 0,
            )
        )
    return spans


def decide_overdue(incident_id: int) -> None:
    """A breach is decided when it happens, also while the incident stays open (domain.md 4.1); and
    half or three quarters of a promised time being gone is said."""
    incident = db.session.scalar(
        select(Incident).where(Incident.id == incident_id).with_for_update()
    )
    if incident is None or not incident.is_open:
        return
    now = clock.now()
    _look_again(incident, _bring_up_to_date(incident, clocks_of(incident), now, warns=True))


def _look_again(incident: Incident, look_at: datetime | None) -> None:
    """Past the ORM: the incident keeps its version, or a form that somebody has open would be
    stale because time went by."""
    if look_at == incident.decide_at:
        return
    with db.session.no_autoflush:
        db.session.execute(
            update(Incident)
            .where(Incident.id == incident.id)
            .values(decide_at=look_at)
            .execution_options(synchronize_session=False)
        )
    set_committed_value(incident, "decide_at", look_at)
    ask_to_decide(incident)


def store(one: Any, found: Reading) -> None:
    """What is kept of a clock is as it was read."""
    # Decided stays decided: a calendar changed since must not change the past.
    if one.decided_at is not None and one.cancelled_at is None:
        one.elapsed_seconds, one.paused_seconds = found.elapsed_seconds, found.paused_seconds
        return
    one.target_seconds = found.target.seconds if found.target else None
    one.target_working_days = found.target.working_days if found.target else None
    one.due_at = found.due_at or NEVER
    one.state = found.state.value
    one.decided_at = found.decided_at
    one.paused_since = found.paused_since
    one.elapsed_seconds, one.paused_seconds = found.elapsed_seconds, found.paused_seconds


def next_due(clocks: Iterable[Any]) -> datetime:
    """What the queue sorts by."""
    counting = [
        one.due_at
        for one in clocks
        if one.stopped_at is None and one.cancelled_at is None and one.state != "paused"
    ]
    return min(counting, default=NEVER)


def _priorities(incident: Any) -> list[tuple[datetime, str]]:
    changes = [(datetime.fromisoformat(at), name) for at, name in incident.priority_history]
    return changes or [(incident.logged_at, f"P{PRIORITY_BEFORE_CHECK}")]


def _targets(
    agreement: AgreementInForce, metric: Metric, incident: Any
) -> dict[str, Target | None]:
    return agreement.terms.targets_of(metric, is_request=incident.type == "request")
