"""The weather of the week, one line a school: what was reported, resolved and missed, what is open
and overdue. By name; nothing here is a ranking. To be asked across schools.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from datetime import date, datetime, timedelta
from functools import reduce
from operator import add
from typing import Any, NamedTuple

from sqlalchemy import func, select

from app import clock
from app.contracts.rules import Metric
from app.incidents.models import Incident
from app.incidents.queries import visible_to
from app.keyset import Page, page_of
from app.people.identity import Me
from app.performance.models import DAY, EVERY, FigureDay
from app.reports.la_overview_rules import A_WEEK, weather, weeks
from tenants import School, db

# Six weeks, so that a week can be told from the five before.
DAYS_SHOWN = 6 * A_WEEK
SUPPORTED = ("onboarding", "active", "suspended", "leaving")
_figures = FigureDay.__table__.c


def count_of(name: str, of: Any = _figures) -> Any:
    """A counter that is not there counts nothing."""
    return func.coalesce(of[name], 0)


def missed(of: Any = _figures) -> Any:
    return reduce(
        add, (count_of(f"{one}_decided", of) - count_of(f"{one}_met", of) for one in Metric)
    )


MISSED = missed()


class Weather(NamedTuple):
    slug: str
    code: str
    name: str
    reported: tuple[int, ...]  # a day each, today last
    resolved: int  # the rest is of the last seven days, and of now
    missed: int
    open: int
    overdue: int
    word: str

    @property
    def this_week(self) -> int:
        return sum(self.reported[-A_WEEK:])

    @property
    def spark_words(self) -> str:
        """What the line shows, for whoever does not see it."""
        said = ", ".join(str(one) for one in weeks(self.reported))
        return f"Reported in each of the last six weeks, this one last: {said}"


class _Day(NamedTuple):
    reported: int
    resolved: int
    missed: int


def first_day(today: date) -> date:
    return today - timedelta(days=DAYS_SHOWN - 1)


def page_of_weather(
    person: Me, now: datetime, filters: Mapping[str, Any], after: Sequence[Any] | None, limit: int
) -> Page:
    """Three statements, however many schools there are."""
    page = page_of(
        _schools(filters), (School.name, School.id), _place, after=after, limit=limit,
        is_one_thing=False,
    )  # fmt: skip
    ids = [one.id for one in page.rows]
    today = now.astimezone(clock.LONDON).date()
    days, standing = _days(ids, today), _open(person, ids, now)
    return Page(
        [_weather(one, days[one.id], *standing[one.id], today) for one in page.rows], page.place
    )


def _place(one: Any) -> list[Any]:
    return [one.name, one.id]


def _schools(filters: Mapping[str, Any]) -> Any:
    wanted = select(School.id, School.slug, School.code, School.name)
    wanted = wanted.where(School.status.in_(SUPPORTED))
    if filters.get("letter"):
        wanted = wanted.where(func.upper(School.name).startswith(filters["letter"].upper()))
    if filters.get("q"):
        said = filters["q"].lower()
        texts = (School.name, School.code, School.slug)
        found = [func.lower(one).contains(said, autoescape=True) for one in texts]
        wanted = wanted.where(found[0] | found[1] | found[2])
    return wanted


def _weather(one: Any, days: Mapping[date, _Day], open_: int, overdue: int, today: date) -> Weather:
    reported = tuple(
        days[on].reported if on in days else 0
        for on in (first_day(today) + timedelta(days=step) for step in range(DAYS_SHOWN))
    )
    week = [counts for on, counts in days.items() if on > today - timedelta(days=A_WEEK)]
    missed = sum(counts.missed for counts in week)
    return Weather(
        one.slug,
        one.code,
        one.name,
        reported,
        sum(counts.resolved for counts in week),
        missed,
        open_,
        overdue,
        weather(reported, missed, overdue),
    )


def _days(ids: Collection[int], today: date) -> dict[int, dict[date, _Day]]:
    of_all = _figures.agreement_kind == EVERY
    wanted = (
        select(
            _figures.school_id,
            _figures.on,
            func.coalesce(func.sum(_figures.reported).filter(of_all), 0),
            func.coalesce(func.sum(_figures.resolved).filter(of_all), 0),
            func.coalesce(func.sum(MISSED).filter(~of_all), 0),
        )
        .where(
            _figures.school_id.in_(ids),
            _figures.span == DAY,
            _figures.on.between(first_day(today), today),
            _figures.is_hidden.is_(False),
        )
        .group_by(_figures.school_id, _figures.on)
    )
    found: dict[int, dict[date, _Day]] = defaultdict(dict)
    for school_id, on, *counts in db.session.execute(wanted):
        found[school_id][on] = _Day(*(int(one) for one in counts))
    return found


def _open(person: Me, ids: Collection[int], now: datetime) -> dict[int, tuple[int, int]]:
    wanted = (
        select(
            Incident.school_id,
            func.count(),
            func.count().filter(Incident.next_due_at < now),
        )
        .where(Incident.is_open, Incident.school_id.in_(ids), visible_to(person))
        .group_by(Incident.school_id)
    )
    found: dict[int, tuple[int, int]] = defaultdict(lambda: (0, 0))
    for school_id, many, overdue in db.session.execute(wanted):
        found[school_id] = (many, overdue)
    return found
