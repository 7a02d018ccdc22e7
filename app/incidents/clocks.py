"""The clocks of an incident, wound from its turns after every step (domain.md 3.3).

What is stored is for the queue to sort by and for reports to count; what is shown of a running
clock is read afresh.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from sqlalchemy import inspect, select

from app import clock
from app.contracts.clock_rules import Clock as PureClock
from app.contracts.clock_rules import Reading, TurnSpan, pauses_from_turns, read
from app.contracts.queries import AgreementInForce, agreement_in_force, agreement_version
from app.contracts.rules import Kind, Metric, Target
from app.incidents.chronicle import noted
from app.incidents.models import NEVER, Clock, Incident, Turn
from app.incidents.rules import PRIORITY_BEFORE_CHECK, Status
from app.incidents.turns import turns_of
from app.later import later
from tenants import db

_CLOCKS = "clocks"
_MEASURED = (Metric.RESPONSE, Metric.RESOLUTION)
_UNDECIDED = frozenset({"running", "paused"})


def start(incident: Incident, kind: Kind, at: datetime) -> list[Clock]:
    """The clocks of one agreement begin: the desk's at logging, the LA's at the forward."""
    agreement = agreement_in_force(kind, at.date())
    clocks = [
        Clock(
            incident_id=incident.id,
            la_agreement_version_id=agreement.version_id,
            agreement_kind=kind.value,
            metric=metric.value,
            started_at=at,
            due_at=at,
            state="running",
            stopped_at=None,
            cancelled_at=None,
        )
        for metric in _MEASURED
        if any(_targets(agreement, metric, incident).values())
    ]
    if incident.id is not None:
        db.session.add_all(clocks)
    inspect(incident).info.setdefault(_CLOCKS, []).extend(clocks)
    return clocks


def clocks_of(incident: Incident) -> list[Clock]:
    """In the order they began. Read once for an incident in hand."""
    info = inspect(incident).info
    if _CLOCKS not in info:
        found = select(Clock).where(Clock.incident_id == incident.id).order_by(Clock.id)
        with db.session.no_autoflush:
            info[_CLOCKS] = list(db.session.scalars(found))
    known: list[Clock] = info[_CLOCKS]
    return known


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


def run_on(clocks: Iterable[Clock]) -> None:
    """Reopened: the same resolution clocks run on and the old decision is withdrawn (rule 9)."""
    for one in clocks:
        if one.metric == Metric.RESPONSE or one.cancelled_at is not None:
            continue
        one.stopped_at = None
        if one.state == "met":
            one.state, one.decided_at = "running", None


def wind(incident: Incident, clocks: list[Clock], now: datetime) -> None:
    """Bring every undecided clock up to date, and with them what the queue sorts by."""
    spans = spans_of(turns_of(incident))
    for one in clocks:
        _store(one, reading(incident, one, spans, now))
    incident.next_due_at = _next_due(clocks)
    coming = [one.due_at for one in clocks if one.state == "running" and now <= one.due_at < NEVER]
    decide_at = min(coming, default=None)
    if decide_at is not None and decide_at != incident.decide_at:
        incident.decide_at = decide_at
        if incident.id is not None:
            ask_to_decide(incident)


def ask_to_decide(incident: Incident) -> None:
    """One outbox row at the next instant when a clock that runs would be exceeded."""
    if incident.decide_at is not None:
        later("decide_clocks", at=incident.decide_at, incident_id=incident.id)


def reading(incident: Incident, one: Clock, spans: list[TurnSpan], now: datetime) -> Reading:
    """How a clock stands at `now`, from what happened."""
    agreement = agreement_version(one.la_agreement_version_id)
    kind = Kind(one.agreement_kind)
    return read(
        PureClock(
            metric=Metric(one.metric),
            calendar=agreement.calendar,
            targets=_targets(agreement, Metric(one.metric), incident),
            started_at=one.started_at,
            priorities=_priorities(incident),
            pauses=pauses_from_turns(spans, agreement.terms.pause_reasons, kind=kind),
            stopped_at=one.stopped_at,
            cancelled_at=one.cancelled_at,
        ),
        now,
    )


def spans_of(turns: Iterable[Turn]) -> list[TurnSpan]:
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
    """A breach is decided when it happens, also while the incident stays open (domain.md 4.1)."""
    incident = db.session.scalar(
        select(Incident).where(Incident.id == incident_id).with_for_update()
    )
    if incident is None or not incident.is_open:
        return
    clocks = clocks_of(incident)
    before = {one.id: one.state for one in clocks}
    now = clock.now()
    wind(incident, clocks, now)
    for one in clocks:
        if one.state == "breached" and before[one.id] != "breached":
            noted(
                incident,
                "clock.breached",
                now,
                by=None,
                after=f"{one.agreement_kind} {one.metric}",
                visibility="internal",
            )


def _store(one: Clock, found: Reading) -> None:
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


def _next_due(clocks: Iterable[Clock]) -> datetime:
    counting = [
        one.due_at
        for one in clocks
        if one.stopped_at is None and one.cancelled_at is None and one.state != "paused"
    ]
    return min(counting, default=NEVER)


def _priorities(incident: Incident) -> list[tuple[datetime, str]]:
    changes = [(datetime.fromisoformat(at), name) for at, name in incident.priority_history]
    return changes or [(incident.logged_at, f"P{PRIORITY_BEFORE_CHECK}")]


def _targets(
    agreement: AgreementInForce, metric: Metric, incident: Incident
) -> dict[str, Target | None]:
    return agreement.terms.targets_of(metric, is_request=incident.type == "request")
