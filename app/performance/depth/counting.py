"""Counts a school's months for the figures in depth, from its registers and incidents; at night, by
hand, or when a page of a small authority asks. What was counted before of those months is replaced.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterator
from datetime import date, datetime
from typing import Any, NamedTuple, cast

from sqlalchemy import Table, delete, func, insert, select, text

from app import clock
from app.calendar_days import end_of_day
from app.later import later
from app.performance.depth import registers, reports
from app.performance.depth.models import DepthMonth
from app.performance.periods import A_DAY, academic_year, month_of
from tenants import School, current_school_id, db

TASK = "count_in_depth"
# Each night the last months are counted anew; on the first of a month two years of them, so that
# what was corrected late is counted right in the end.
NIGHTLY_MONTHS, MONTHLY_MONTHS = 2, 24
# A page counts so many schools itself before it answers, if they were not counted just now.
MOST_AT_ONCE = 8
FRESH_SECONDS = 60
# When a school was counted last: a row of its own, in seconds since 1970.
COUNTED, _NO_DAY = "counted", date(1970, 1, 1)
_MONTHS = cast(Table, DepthMonth.__table__)
_LOCK = text("SELECT pg_advisory_xact_lock(:kind, :school)")
_DEPTH = 0x64707468  # "dpth"


class Span(NamedTuple):
    """Whole months, [first, end), with their instants."""

    first: date
    end: date
    now: datetime

    @property
    def begins_at(self) -> datetime:
        return end_of_day(self.first - A_DAY)

    @property
    def ends_at(self) -> datetime:
        return end_of_day(self.end - A_DAY)

    @property
    def tomorrow(self) -> date:
        """The first day that has not come."""
        return min(self.end, clock.today() + A_DAY)


Counted = dict[tuple[str, date, str, str, str], list[int]]
COUNTERS: tuple[Callable[[Span], Iterator[reports.Found]], ...] = (
    registers.models,
    reports.lessons_of_models,
    reports.services,
    reports.hours,
    registers.visits,
    registers.problems,
    registers.changes,
    registers.licences,
)


def count_here(months: int = NIGHTLY_MONTHS) -> None:
    """The last months of the school acted in, this one included."""
    today = clock.today()
    first = month_of(today).first
    for _ in range(months - 1):
        first = month_of(first - A_DAY).first
    _count(Span(first, month_of(today).end, clock.now()))


def count_later(at: datetime, months: int) -> None:
    """The last months of the school acted in, by the worker."""
    later(TASK, at=at, months=months)


def count_in_depth(months: int = NIGHTLY_MONTHS) -> None:
    """For the worker. What was never counted is counted from its beginning."""
    _, was_counted = is_stale_here(clock.now())
    if was_counted:
        count_here(months)
    else:
        rebuild()


def months_tonight(today: date) -> int:
    return MONTHLY_MONTHS if today.day == 1 else NIGHTLY_MONTHS


def rebuild() -> int:
    """Everything anew, from the school year of the first incident on; returns how many months."""
    first = reports.first_reported_on()
    today = clock.today()
    begin = academic_year(min(first or today, today)).first
    months = (today.year - begin.year) * 12 + today.month - begin.month + 1
    db.session.execute(delete(_MONTHS).where(_MONTHS.c.school_id == current_school_id()))
    count_here(months)
    return months


def stale_schools(now: datetime) -> list[tuple[int, bool]]:
    """Asked across schools: those not counted within the last minute, and whether they ever were;
    none where these are more than a page may count."""
    latest = int(now.timestamp()) - FRESH_SECONDS
    wanted = (
        select(School.id, DepthMonth.amount)
        .outerjoin(DepthMonth, (DepthMonth.school_id == School.id) & (DepthMonth.topic == COUNTED))
        .where(School.status == "active", func.coalesce(DepthMonth.amount, 0) < latest)
        .limit(MOST_AT_ONCE + 1)
    )
    found = [(school_id, amount is not None) for school_id, amount in db.session.execute(wanted)]
    return found if len(found) <= MOST_AT_ONCE else []


def is_stale_here(now: datetime) -> tuple[bool, bool]:
    """Not counted within the last minute; and whether it ever was."""
    amount = db.session.scalar(
        select(DepthMonth.amount).where(
            DepthMonth.school_id == current_school_id(), DepthMonth.topic == COUNTED
        )
    )
    return amount is None or amount < int(now.timestamp()) - FRESH_SECONDS, amount is not None


def freshen_here(*, was_counted: bool) -> None:
    if was_counted:
        count_here()
    else:
        rebuild()


def _count(span: Span) -> None:
    school = current_school_id()
    db.session.flush()
    db.session.execute(_LOCK, {"kind": _DEPTH, "school": school})
    sums: dict[tuple[Any, ...], list[int]] = defaultdict(lambda: [0, 0, 0])
    for counter in COUNTERS:
        for found in counter(span):
            topic, on, kind, name, detail = found[:5]
            amounts = sums[topic, on, kind, one_blank(name), one_blank(detail)]
            for place, value in enumerate(found[5:]):
                amounts[place] += value
    in_span = (_MONTHS.c.on >= span.first) & (_MONTHS.c.on < span.end)
    db.session.execute(
        delete(_MONTHS).where(_MONTHS.c.school_id == school, in_span | (_MONTHS.c.topic == COUNTED))
    )
    sums[COUNTED, _NO_DAY, "", "", ""] = [0, 0, int(span.now.timestamp())]
    rows = [
        dict(zip(reports.Found._fields, (*key, *amounts), strict=True)) | {"school_id": school}
        for key, amounts in sums.items()
        if any(amounts)
    ]
    db.session.execute(insert(_MONTHS).inline(), rows)


def one_blank(text: str) -> str:
    """Names that differ by blanks are one."""
    return " ".join(text.split())
