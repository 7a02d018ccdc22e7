"""How long what is open has been waiting: in working days after the day of its report (domain.md
4.1). Asked in a school, or across schools by whoever may read them all. Only what is open is read.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Sequence
from datetime import date, datetime, timedelta
from typing import Any, NamedTuple

from sqlalchemy import Date, Select, cast, func, select

from app import clock
from app.contracts.models import BankHoliday
from app.incidents.models import Incident
from app.incidents.queries import visible_to
from app.people.identity import Me
from app.plots.shapes import Band, Bands
from tenants import db

# The last working day of each band; whatever is older stands in the last.
ENDS = (1, 5, 10, 20)
BANDS = ("0 to 1", "2 to 5", "6 to 10", "11 to 20", "More than 20")
# So many are looked at, those due first; where more are open the page says so.
MOST = 5000
_WEEK, _WORKING = 7, 5


class Backlog(NamedTuple):
    open: int
    overdue: int
    bands: tuple[int, ...]
    is_whole: bool  # False: more are open than were looked at


def backlog_of(person: Me, now: datetime, school_id: int | None = None) -> Backlog:
    """Two statements."""
    days = db.session.execute(_by_day(person, now, school_id)).all()
    today = now.astimezone(clock.LONDON).date()
    holidays = sorted(db.session.scalars(select(BankHoliday.on)))
    bands = [0] * len(BANDS)
    for one in days:
        bands[bisect_left(ENDS, working_days(one.on, today, holidays))] += one.open
    is_whole = all(one.last <= MOST for one in days)
    return Backlog(sum(bands), sum(one.overdue for one in days), tuple(bands), is_whole)


def _by_day(person: Me, now: datetime, school_id: int | None) -> Select[Any]:
    """Of the incidents due first: how many of each day in London, and how far down the last is."""
    in_order = func.row_number().over(order_by=Incident.next_due_at)
    on = cast(func.timezone(str(clock.LONDON), Incident.reported_at), Date)
    wanted = (
        select(on.label("on"), Incident.next_due_at, in_order.label("place"))
        .where(Incident.is_open, visible_to(person))
        .order_by(Incident.next_due_at)
        .limit(MOST + 1)
    )
    if school_id is not None:
        wanted = wanted.where(Incident.school_id == school_id)
    first = wanted.subquery()
    is_looked_at = first.c.place <= MOST
    return select(
        first.c.on,
        func.count().filter(is_looked_at).label("open"),
        func.count().filter(is_looked_at, first.c.next_due_at < now).label("overdue"),
        func.max(first.c.place).label("last"),
    ).group_by(first.c.on)


def working_days(after: date, until: date, holidays: Sequence[date] = ()) -> int:
    """Mondays to Fridays after that day up to `until`, which counts; without bank holidays, which
    come in order."""
    if until <= after:
        return 0
    weeks, rest = divmod((until - after).days, _WEEK)
    odd = (after + timedelta(days=one) for one in range(1, rest + 1))
    free = holidays[bisect_left(holidays, after + timedelta(days=1)) :]
    free = free[: bisect_left(free, until + timedelta(days=1))]
    return (
        weeks * _WORKING
        + sum(day.weekday() < _WORKING for day in odd)
        - sum(day.weekday() < _WORKING for day in free)
    )


def drawn(found: Backlog, *, whose: str, csv_url: str | None) -> Bands:
    """`whose`: "at every school"."""
    late = found.bands[-1]
    return Bands(
        key="backlog-age",
        title=f"How long open incidents have waited, {whose}",
        finding=_finding(found, late),
        csv_url=csv_url,
        note="Working days after the day of the report: Mondays to Fridays without bank holidays.",
        bands=[
            Band(label=label, amount=amount, is_late=label == BANDS[-1])
            for label, amount in zip(BANDS, found.bands, strict=True)
        ],
    )


def _finding(found: Backlog, late: int) -> str:
    if not found.open:
        return "Nothing is open."
    of = f"{found.open:,} open" if found.is_whole else f"the {found.open:,} that are due first"
    have = "has" if late == 1 else "have"
    return f"Of {of}, {late:,} {have} been open for more than 20 working days."
