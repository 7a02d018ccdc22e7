"""The figures of a report, as they stand when it is counted: plain values that are kept with it.

In the school acted in. Counts of incidents come from the roll-ups; what is said of the registers
from the registers. Incidents that never left the school because they are sensitive are left out,
for the report leaves it.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable
from datetime import date, timedelta
from statistics import median
from typing import Any

from sqlalchemy import BigInteger, cast, func, select

from app import clock
from app.calendar_days import AnyCalendar, day_of
from app.contracts.queries import agreement_in_force
from app.contracts.rules import Kind
from app.contracts.school_terms import Span
from app.incidents.models import Incident
from app.incidents.schemas import CHANNEL_WORDS
from app.locations.models import Location
from app.performance.asking import performance
from app.performance.behind import single_values
from app.performance.comparing import Line
from app.performance.counters import PAUSES
from app.performance.figures import FIGURES
from app.performance.models import EVERY, FigurePart
from app.performance.periods import Period, before, months_of
from app.performance.sight import Sight, catch_up
from app.performance.totals import AGREEMENT_KINDS, Asked, Counts, add_to, backlog, days, together
from app.reports.issued import registers, rules
from app.schools.categories import CATEGORY_WORDS
from tenants import School, current_school_id, db

AGES = ((1, "0 to 1"), (5, "2 to 5"), (10, "6 to 10"), (20, "11 to 20"))
OLDER = "more than 20"
MOST_ROOMS = 10
_LINES = {
    0: "The school’s desk",
    1: "First-line support",
    2: "Second-line support",
    3: "A supplier",
}
_PART = FigurePart.__table__.c


def count(kind: str, period: Period, half_terms: Iterable[Span]) -> dict[str, Any]:
    """Everything that a report of this kind speaks of."""
    terms = list(half_terms)
    school = current_school_id()
    sight = Sight(frozenset({school}))
    catch_up(sight)
    earlier = before(period, terms)
    name, pupils = db.session.execute(
        select(School.name, School.number_of_pupils).where(School.id == school)
    ).one()
    asked = Asked(period.first, period.end, by="contract", school_ids=frozenset({school}))
    found: dict[str, Any] = {
        "school": name,
        "pupils": pupils,
        "period": _said(period, terms),
        "before": _said(earlier, terms) if earlier else None,
        "is_over": period.end <= clock.today(),
        "now": _block(sight, asked),
        "then": _block(sight, _of(asked, earlier)) if earlier else None,
        "months": _months(asked),
        "is_monthly": period.end - period.first > _LONG,
        "breakdown": _breakdown(asked),
        "ages": _ages(asked),
        "problems": registers.problems(period.first, period.end),
    }
    if kind in ("service", "review"):
        found["changes"] = registers.changes(period.first, period.end)
        found["knowledge"] = registers.knowledge(period.first, period.end)
    if kind == "review":
        found["contracts"] = registers.contracts(period.first, period.end)
        found["cost"] = registers.cost_of(found["now"]["counts"], period.first, period.end)
        found["desk"] = registers.desk()
    return found


def _said(period: Period, terms: list[Span]) -> dict[str, Any]:
    return {
        "kind": period.kind,
        "name": rules.called(period, terms),
        "first": period.first.isoformat(),
        "end": period.end.isoformat(),
    }


def _of(asked: Asked, period: Period) -> Asked:
    return Asked(period.first, period.end, by=asked.by, school_ids=asked.school_ids)


def _block(sight: Sight, asked: Asked) -> dict[str, Any]:
    """One period: what was counted of all incidents, and by agreement."""
    counts: Counts = together(dict(enumerate(days(asked).values())))
    restored = [
        row[-1] for row in single_values(asked, "restore_seconds", EVERY, counted_by="resolved")
    ]
    return {
        "counts": {name: value for name, value in counts.items() if value},
        "median_restore_hours": round(median(restored) / 3600, 2) if restored else None,
        "backlog_before": sum(backlog(asked, asked.first).values()),
        "backlog": sum(backlog(asked, asked.end).values()),
        "agreements": [_agreement(one) for one in performance(sight, asked).comparison.lines],
    }


def _agreement(line: Line) -> dict[str, Any]:
    """[numerator, denominator] of each figure of an agreement that has anything to divide by."""
    return {
        "name": line.named.name,
        "kind": line.kind,
        "figures": {
            key: [shown.numerator, shown.denominator]
            for key, figure in FIGURES.items()
            if figure.is_of_agreement and (shown := line.figures[key]).denominator
        },
        "paused": {
            why: seconds for why in PAUSES if (seconds := line.promised.get(f"pause_{why}_seconds"))
        },
    }


def _months(asked: Asked) -> list[dict[str, Any]]:
    """A term or a year month by month, half a term or less week by week: what was counted, and by
    kind of agreement the resolutions in time and decided."""
    spans = _steps(asked)
    found: list[Counts] = [{} for _ in spans]
    kept: list[dict[str, list[int]]] = [{} for _ in spans]
    for on, counts in days(asked).items():
        add_to(found[_place(spans, on)], counts)
    for kind in AGREEMENT_KINDS:
        for on, counts in days(asked, kind).items():
            met, decided = kept[_place(spans, on)].get(kind, (0, 0))
            kept[_place(spans, on)][kind] = [
                met + counts.get("resolution_met", 0),
                decided + counts.get("resolution_decided", 0),
            ]
    return [
        {"label": label, "counts": {k: v for k, v in sums.items() if v}, "kept": promised}
        for (_, label), sums, promised in zip(spans, found, kept, strict=True)
    ]


_LONG = timedelta(days=62)


def _steps(asked: Asked) -> list[tuple[date, str]]:
    if asked.end - asked.first > _LONG:
        return [
            (max(one.first, asked.first), f"{one.first:%b %y}")
            for one in months_of(asked.first, asked.end)
        ]
    first = asked.first - timedelta(days=asked.first.weekday())
    weeks = range((asked.end - first + timedelta(days=6)).days // 7)
    begins = [max(first + timedelta(weeks=one), asked.first) for one in weeks]
    return [(one, f"{one.day} {one:%b}") for one in begins]


def _place(spans: list[tuple[date, str]], on: date) -> int:
    return max(place for place, (first, _) in enumerate(spans) if first <= on)


# --- what and where ---


def _breakdown(asked: Asked) -> dict[str, list[list[Any]]]:
    """Of what was reported in the period; by the parts, so that it adds up to the figure. One
    statement."""
    wanted = (
        select(
            Incident.type,
            Incident.category,
            _PART.priority,
            Incident.highest_line,
            Location.name,
            Incident.channel,
            func.count(),
        )
        .join(
            Incident, (Incident.school_id == _PART.school_id) & (Incident.id == _PART.incident_id)
        )
        .outerjoin(
            Location,
            (Location.school_id == Incident.school_id) & (Location.id == Incident.location_id),
        )
        .where(
            _PART.on >= asked.first,
            _PART.on < asked.end,
            _PART.agreement_kind == EVERY,
            _PART.counters.has_key("reported"),
            _PART.is_hidden.is_(False),
            Incident.school_id == current_school_id(),
        )
        .group_by(Incident.type, Incident.category, _PART.priority, Incident.highest_line)
        .group_by(Location.name, Incident.channel)
    )
    sums: dict[str, Counter[str]] = defaultdict(Counter)
    for type_, category, priority, line, room, channel, many in db.session.execute(wanted):
        sums["type"][type_] += many
        sums["category"][CATEGORY_WORDS.get(category or "", "Not said")] += many
        sums["priority"][f"P{priority}" if priority else "Not checked yet"] += many
        sums["line"][_LINES[line]] += many
        sums["channel"][CHANNEL_WORDS.get(channel, channel)] += many
        sums["room"][room or "No room named"] += many
    return {
        "type": _in_order(sums["type"], ("incident", "request")),
        "category": _by_many(sums["category"]),
        "priority": sorted(map(list, sums["priority"].items()), key=lambda one: str(one[0])[-1]),
        "line": _in_order(sums["line"], _LINES.values()),
        "channel": _by_many(sums["channel"]),
        "room": _by_many(sums["room"])[:MOST_ROOMS],
    }


def _by_many(sums: Counter[str]) -> list[list[Any]]:
    return [[name, many] for name, many in sorted(sums.items(), key=lambda one: (-one[1], one[0]))]


def _in_order(sums: Counter[str], order: Iterable[str]) -> list[list[Any]]:
    return [[name, sums[name]] for name in order if sums[name]]


# --- what is still open ---


def _ages(asked: Asked) -> list[list[Any]]:
    """How many were open at the end of the period, by working days after the day on which they
    were reported."""
    open_then = func.sum(_opened("opened") - _opened("ended"))
    still = (
        select(_PART.incident_id)
        .where(
            _PART.on < asked.end,
            _PART.agreement_kind == EVERY,
            _PART.is_hidden.is_(False),
            _PART.school_id == current_school_id(),
        )
        .group_by(_PART.incident_id)
        .having(open_then > 0)
    )
    wanted = select(Incident.reported_at).where(
        Incident.school_id == current_school_id(), Incident.id.in_(still)
    )
    reported = [day_of(at) for at in db.session.scalars(wanted)]
    calendar = agreement_in_force(Kind.OLA, asked.end).calendar
    sums = Counter(_band(age) for age in ages(reported, asked.end, calendar))
    return [[words, sums[words]] for words in (*(words for _, words in AGES), OLDER)]


def _opened(name: str) -> Any:
    return func.coalesce(cast(_PART.counters[name].astext, BigInteger), 0)


def ages(reported: list[date], end: date, calendar: AnyCalendar) -> list[int]:
    """Working days after each day, up to the last one before `end`. No day is looked at twice."""
    working: dict[date, int] = {}
    day, many = end - rules.A_DAY, 0
    for wanted in sorted(set(reported), reverse=True):
        while day > wanted:
            many += bool(calendar.openings(day))
            day -= rules.A_DAY
        working[wanted] = many
    return [working[one] for one in reported]


def _band(age: int) -> str:
    return next((words for most, words in AGES if age <= most), OLDER)
