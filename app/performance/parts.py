"""From what became of one incident to what it adds to which day. Pure: no clock, no database.

Source: domain.md 4.1. Business time of an incident is counted in the open hours of its school's
desk, pauses of a clock in the hours of its agreement.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, NamedTuple

from app.calendar_days import AnyCalendar, day_of
from app.contracts.rules import Kind, Metric
from app.incidents.rules import FINISHED, UNMEASURED_RESOLUTIONS, Status
from app.incidents.turn_strip import returns
from app.performance.counters import sheet_band
from app.service_hours import open_seconds

GOOD_SCORE = 4
# The desk has not checked it yet.
UNCHECKED = 0


class Of(NamedTuple):
    """Of what: the key of a part but for school, day and incident."""

    agreement_kind: str
    la_version_id: int
    own_version_id: int
    provider: str
    priority: int
    type: str
    is_hidden: bool


class Work(NamedTuple):
    """Minutes of one kind on one day, and what parts cost."""

    on: date
    kind: str
    minutes: int
    parts_pence: int


class Promise(NamedTuple):
    """One clock, with what it takes to say why it stood still."""

    kind: str
    metric: str
    la_version_id: int
    own_version_id: int
    provider: str
    state: str
    started_at: datetime
    stopped_at: datetime | None
    decided_at: datetime | None
    elapsed_seconds: int
    calendar: AnyCalendar
    pause_reasons: frozenset[str]


@dataclass(frozen=True)
class Facts:
    """What became of one incident, as far as figures need it."""

    incident: Any  # a row of its columns
    turns: Sequence[Any]  # in order
    promises: Sequence[Promise]
    desk_hours: AnyCalendar
    sheet_score: int
    lesson_seconds: int
    work: Sequence[Work] = ()
    advice_state: str | None = None
    advice_began_at: datetime | None = None


Parts = dict[tuple[date, Of], dict[str, int]]


def parts_of(facts: Facts) -> Parts:
    """What it adds, by day and by what it is of. Zeros are left out."""
    found: Parts = defaultdict(lambda: defaultdict(int))
    one = facts.incident
    of_all = _of(one, "", 0, 0, "")
    agreements = {_of_promise(one, each) for each in facts.promises if each.state != "cancelled"}
    for on, counts in _whole(facts):
        _add(found[on, of_all], counts)
        # What an agreement had to do with: the same incidents, looked at by contract.
        for of in agreements:
            _add(found[on, of], counts)
    for on, counts in _everywhere(facts):
        _add(found[on, of_all], counts)
    for promise in facts.promises:
        for on, counts in _of_a_promise(facts, promise):
            _add(found[on, _of_promise(one, promise)], counts)
    return {
        key: kept
        for key, counts in found.items()
        if (kept := {name: value for name, value in counts.items() if value})
    }


def is_measured(incident: Any) -> bool:
    """Neither cancelled nor rejected, and no duplicate of another (domain.md 3.3, rule 10)."""
    return (
        incident.status not in (Status.CANCELLED, Status.REJECTED)
        and incident.resolution_type not in UNMEASURED_RESOLUTIONS
    )


def _of(incident: Any, kind: str, la_version: int, own_version: int, provider: str) -> Of:
    return Of(
        kind,
        la_version,
        own_version,
        provider,
        incident.priority or UNCHECKED,
        incident.type,
        bool(incident.is_sensitive and incident.forwarded_at is None),
    )


def _of_promise(incident: Any, one: Promise) -> Of:
    return _of(incident, one.kind, one.la_version_id, one.own_version_id, one.provider)


def _whole(facts: Facts) -> Iterator[tuple[date, dict[str, int]]]:
    """What counts for the incident as a whole, and for each agreement it went by."""
    one = facts.incident
    if is_measured(one):
        yield day_of(one.reported_at), {"reported": 1}
        if one.resolved_at is not None:
            yield day_of(one.resolved_at), _resolving(facts)
    for each in facts.work:
        counts = {f"minutes_{each.kind}": each.minutes, "parts_pence": each.parts_pence}
        yield each.on, counts


def _everywhere(facts: Facts) -> Iterator[tuple[date, dict[str, int]]]:
    """What counts once, whoever it went to."""
    one = facts.incident
    # What is cancelled today was open yesterday all the same.
    yield from _backlog(facts)
    if not is_measured(one):
        if one.cancelled_at is not None:
            yield day_of(one.cancelled_at), {"cancelled": 1}
        return
    yield (
        day_of(one.reported_at),
        {
            "priority_overridden": int(one.priority_reason is not None),
            "class_stopped": int(bool(one.class_stopped)),
        },
    )
    if facts.advice_began_at is not None:
        is_solved = facts.advice_state == "solved" and one.resolved_at is not None
        yield (
            day_of(facts.advice_began_at),
            {"advice_entered": 1, "advice_solved": int(is_solved and not one.highest_line)},
        )


def _backlog(facts: Facts) -> Iterator[tuple[date, dict[str, int]]]:
    """The days on which it became open and was open no more: open from the report, not at
    midnight of the day on which it was resolved, open again after a reopening."""
    one = facts.incident
    yield day_of(one.reported_at), {"opened": 1}
    was_open = True
    for turn in facts.turns:
        is_open = turn.status not in FINISHED
        if is_open != was_open:
            yield day_of(turn.began_at), {"opened" if is_open else "ended": 1}
            was_open = is_open
    if was_open and facts.turns and facts.turns[-1].ended_at is not None:
        yield day_of(facts.turns[-1].ended_at), {"ended": 1}


def _resolving(facts: Facts) -> dict[str, int]:
    one = facts.incident
    restore = open_seconds(facts.desk_hours, one.reported_at, one.resolved_at)
    was_reopened = one.reopen_count > 0
    score = one.csat_score
    band = sheet_band(facts.sheet_score)
    stayed = not one.highest_line and not one.reassignment_count
    return {
        "resolved": 1,
        "restore_seconds": restore,
        "first_contact": int(stayed and not was_reopened),
        "first_line": int(one.highest_line <= 1 and not was_reopened),
        "reopened": int(was_reopened),
        "reassignments": one.reassignment_count,
        "ping_ponged": int(returns(facts.turns) > 0),
        "csat_given": int(score is not None),
        "csat_good": int(score is not None and score >= GOOD_SCORE),
        "csat_sum": score or 0,
        "lesson_seconds": facts.lesson_seconds,
        band: 1,
        f"{band}_seconds": restore,
        **_by_party(facts),
    }


def _by_party(facts: Facts) -> dict[str, int]:
    """Whose turn it was until it was resolved (N14), in the desk's open hours."""
    sums: dict[str, int] = defaultdict(int)
    for turn in facts.turns:
        if turn.status not in FINISHED and turn.ended_at is not None:
            seconds = open_seconds(facts.desk_hours, turn.began_at, turn.ended_at)
            sums[f"party_{turn.party}_seconds"] += seconds
    return sums


def _of_a_promise(facts: Facts, one: Promise) -> Iterator[tuple[date, dict[str, int]]]:
    if one.state == "cancelled":
        return
    if one.decided_at is not None and one.state in ("met", "breached"):
        counts = {f"{one.metric}_decided": 1, f"{one.metric}_met": int(one.state == "met")}
        yield day_of(one.decided_at), counts
    resolved_at = facts.incident.resolved_at
    if one.metric != Metric.RESOLUTION or one.stopped_at is None or resolved_at is None:
        return
    # Whoever had it before and passed it on did not resolve it; its breach counts, its time not.
    if one.stopped_at >= resolved_at and is_measured(facts.incident):
        net = {"net_resolved": 1, "net_seconds": one.elapsed_seconds}
        yield day_of(resolved_at), {**net, **_pauses(facts.turns, one)}


def _pauses(turns: Iterable[Any], one: Promise) -> dict[str, int]:
    """Open seconds of the agreement's hours in which its clock stood still, by why."""
    assert one.stopped_at is not None
    sums: dict[str, int] = defaultdict(int)
    was_forwarded = False
    for turn in turns:
        was_forwarded = was_forwarded or turn.line > 0
        reason = _why_paused(turn, one, was_forwarded=was_forwarded)
        if reason is None:
            continue
        began = max(turn.began_at, one.started_at)
        ended = min(turn.ended_at or one.stopped_at, one.stopped_at)
        if began < ended:
            sums[f"pause_{reason}_seconds"] += open_seconds(one.calendar, began, ended)
    return sums


def _why_paused(turn: Any, one: Promise, *, was_forwarded: bool) -> str | None:
    """As `clock_rules.pauses_from_turns` says it, one reason a turn."""
    if turn.hold_reason in one.pause_reasons:
        return str(turn.hold_reason)
    if turn.status == Status.RESOLVED:
        return "reopened"
    is_back = was_forwarded and turn.line == 0 and one.kind != Kind.OLA
    return "with_school" if is_back else None


def _add(sums: dict[str, int], counts: dict[str, int]) -> None:
    for name, value in counts.items():
        sums[name] += value
