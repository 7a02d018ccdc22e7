"""What needs a manager today, each with where it can be acted on: times that were missed, desks
nobody covers, days to give notice, backlogs and bursts that are not usual, figures that drifted,
mail that failed.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from datetime import date, datetime, timedelta
from typing import Any, Final, NamedTuple

from sqlalchemy import func, select
from sqlalchemy.dialects.postgresql import array

from app import clock
from app.contracts.rules import Metric
from app.history.models import LaEvent
from app.incidents.models import Incident
from app.incidents.queries import visible_to
from app.notifications.waiting import TASK_WORDS, given_up
from app.people.identity import Me
from app.performance.checking import ALL_SCHOOLS, DRIFTED
from app.performance.models import DAY, EVERY, FigureDay, FigurePart
from app.performance.naming import names_of
from app.performance.periods import A_DAY
from app.performance.totals import Group, Row
from app.reports.la_overview import MISSED
from app.reports.la_overview_slow import Slow, what_takes_long
from app.reports.la_overview_unusual import bursts
from tenants import School, across_schools, administering, db

# fmt: off
# In this order; what each is called.
KINDS: Final = {
    "breach":   "Times missed today or yesterday",
    "no_cover": "Nobody covers",
    "burst":    "Unusually much reported today",
    "backlog":  "Big backlogs",
    "notice":   "Days to give notice within 30 days",
    "drifted":  "Figures that had drifted and were made anew",
    "mail":     "Mail and work that failed",
    "awaited":  "Being worked out for all schools",
}
METRICS: Final = {
    Metric.RESPONSE: "response", Metric.ON_SITE: "being on site", Metric.RESOLUTION: "resolution",
}
# fmt: on
# So many lines of a kind; what is cut off is said.
MOST = 50
_DRIFT_SHOWN = timedelta(days=2)
_FAILED_SHOWN = timedelta(days=7)
_part = FigurePart.__table__.c


class Need(NamedTuple):
    kind: str
    words: str
    slug: str | None = None
    school: str | None = None
    number: int | None = None  # of the incident or the contract


def needs(person: Me, now: datetime) -> list[Need]:
    """A fixed number of statements, whatever there is. Not to be asked in a scope: across schools
    and of the LA's own office, one after the other."""
    today = now.astimezone(clock.LONDON).date()
    with across_schools("what needs a manager of the LA today"):
        slow = what_takes_long(person, now)
        found = [
            *_breaches(person, today),
            *_uncovered(slow),
            *(
                Need("burst", f"{one.now} today; usually {one.usual:.1f} on this weekday",
                     one.slug, one.school)
                for one in bursts(today)
            ),
            *(
                Need("backlog", f"{one.now} open; usually {one.usual:.0f}", one.slug, one.school)
                for one in slow.backlogs
            ),
            *(
                Need("notice", f"{one.name}: last day to give notice is {one.day:%-d %B}",
                     one.slug, one.school, one.number)
                for one in slow.notice
            ),
        ]  # fmt: skip
    with administering("what needs a manager of the LA today"):
        found += _drifted(now)
    return [*found, *_failed(now)]


def _breaches(person: Me, today: date) -> Iterator[Need]:
    days = (today, today - A_DAY)
    figures = FigureDay.__table__.c
    where = (
        select(figures.school_id)
        .where(
            figures.span == DAY,
            figures.on.in_(days),
            figures.agreement_kind != EVERY,
            figures.is_hidden.is_(False),
        )
        .group_by(figures.school_id)
        .having(func.sum(MISSED) > 0)
        .limit(MOST)
    )
    schools = list(db.session.scalars(where))
    rows = db.session.execute(_missed(person, schools, days)).all() if schools else []
    names = names_of([Row(_agreement_of(one)) for one in rows])
    for one in rows:
        missed = [
            words
            for metric, words in METRICS.items()
            if one.counters.get(f"{metric}_decided", 0) > one.counters.get(f"{metric}_met", 0)
        ]
        if missed:
            agreement = names.of("contract", _agreement_of(one)).name
            said = f"{one.code}-{one.number} {one.title}: {' and '.join(missed)} ({agreement})"
            yield Need("breach", said, one.slug, one.name, one.number)


def _missed(person: Me, schools: list[int], days: tuple[date, date]) -> Any:
    return (
        select(
            _part.counters,
            _part.agreement_kind,
            _part.school_id,
            _part.la_version_id,
            _part.own_version_id,
            Incident.number,
            Incident.title,
            School.slug,
            School.code,
            School.name,
        )
        .join(
            Incident, (Incident.school_id == _part.school_id) & (Incident.id == _part.incident_id)
        )
        .join(School, School.id == _part.school_id)
        .where(
            _part.school_id.in_(schools),
            _part.on.in_(days),
            _part.agreement_kind != EVERY,
            _part.counters.has_any(array([f"{metric}_decided" for metric in METRICS])),
            visible_to(person),
        )
        .order_by(_part.on.desc(), School.name, Incident.number)
        .limit(10 * MOST)
    )


def _agreement_of(one: Any) -> Group:
    school = one.school_id if one.own_version_id else 0
    return Group(one.agreement_kind, school, one.la_version_id, one.own_version_id)


def _uncovered(slow: Slow) -> Iterator[Need]:
    if slow.is_awaited:
        yield Need("awaited", "Desks without cover, backlogs and notice days: look in a minute")
    many = slow.uncovered
    if many:
        schools = "One school’s desk" if many == 1 else f"The desks of {many:,} schools"
        yield Need("no_cover", f"{schools}, now or on one of the coming school days")


def _drifted(now: datetime) -> Iterator[Need]:
    wanted = (
        select(LaEvent.subject, LaEvent.note)
        .where(LaEvent.kind == DRIFTED, LaEvent.at > now - _DRIFT_SHOWN)
        .order_by(LaEvent.subject)
        .limit(MOST)
    )
    for slug, note in db.session.execute(wanted):
        school = None if slug == ALL_SCHOOLS else slug
        yield Need("drifted", note or slug, school, school)


def _failed(now: datetime) -> Iterator[Need]:
    failed = [
        one
        for one in given_up(None, 10 * MOST)
        if one.failed_at is not None and one.failed_at > now - _FAILED_SHOWN
    ]
    counted = Counter((one.school, TASK_WORDS.get(one.task, one.task)) for one in failed)
    for (school, task), many in sorted(counted.items(), key=lambda one: (one[0][0] or "", one[0])):
        yield Need("mail", f"{task}, {many} in the last seven days", None, school)
