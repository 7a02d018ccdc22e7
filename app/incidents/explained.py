"""Why a promised time is when it is: the stretches that counted, and those that did not [D03].

Of a decided clock too; its due stays as it was decided, even where hours were agreed anew since.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from app.contracts.clock_rules import TurnSpan, pauses_from_turns
from app.contracts.due_rules import within
from app.contracts.queries import agreement_of
from app.contracts.rules import Kind, Metric
from app.incidents.clocks import reading, spans_of
from app.incidents.models import NEVER, Clock, Incident
from app.incidents.turns import turns_of
from app.service_hours import A_SECOND, Stretch, explain


@dataclass(frozen=True)
class Explained:
    """One clock. `stretches` tile from its start to when it is due; none where nothing is due."""

    kind: str
    metric: str
    agreement: str
    agreement_name: str
    started_at: datetime
    due_at: datetime | None
    state: str
    target_seconds: int | None
    target_working_days: int | None
    stopped_at: datetime | None
    decided_at: datetime | None
    stretches: Sequence[Stretch]

    @property
    def counted_seconds(self) -> int:
        return _seconds(one for one in self.stretches if one.is_counted)

    @property
    def paused_seconds(self) -> int:
        return _seconds(one for one in self.stretches if one.why == "paused")

    @property
    def is_still_so(self) -> bool:
        """Whether today's hours and pauses give this very due time."""
        return self.target_seconds is None or self.counted_seconds == self.target_seconds


def explain_clocks(incident: Incident, clocks: Sequence[Clock], now: datetime) -> list[Explained]:
    """Each as it stands at `now`; what is decided as it was decided."""
    spans = spans_of(turns_of(incident))
    return [_explained(incident, one, spans, now) for one in clocks]


def _explained(incident: Incident, one: Clock, spans: list[TurnSpan], now: datetime) -> Explained:
    agreement = agreement_of(one, incident.school_id)
    metric = Metric(one.metric)
    due: datetime | None = one.due_at
    state, decided_at = one.state, one.decided_at
    seconds, days = one.target_seconds, one.target_working_days
    if one.decided_at is None and one.cancelled_at is None:
        found = reading(incident, one, spans, now)
        due, state, decided_at = found.due_at, found.state.value, found.decided_at
        seconds = found.target.seconds if found.target else None
        days = found.target.working_days if found.target else None
    if due is None or due >= NEVER or one.cancelled_at is not None:
        due, stretches = None, []
    else:
        kind = Kind(one.agreement_kind)
        pauses = pauses_from_turns(spans, agreement.terms.pause_reasons, kind=kind)
        # What comes after it stopped, or after now, has taken nothing from it.
        end = min(one.stopped_at or now, now)
        held = [] if metric is Metric.RESPONSE else within(pauses, one.started_at, end)
        stretches = explain(agreement.calendar_for(metric), one.started_at, due, held)
    return Explained(
        kind=one.agreement_kind,
        metric=one.metric,
        agreement=agreement.key,
        agreement_name=agreement.name,
        started_at=one.started_at,
        due_at=due,
        state=state,
        target_seconds=seconds,
        target_working_days=days,
        stopped_at=one.stopped_at,
        decided_at=decided_at,
        stretches=stretches,
    )


def _seconds(pieces: Iterable[Stretch]) -> int:
    lengths = (one.ended_at - one.began_at for one in pieces)
    return sum(lengths, timedelta()) // A_SECOND
