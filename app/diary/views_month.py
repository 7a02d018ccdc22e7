"""The diary as a month: a week to a row; on a phone the days one below the other."""

from __future__ import annotations

from calendar import Calendar as Weeks
from datetime import date, timedelta
from typing import NamedTuple

from flask import render_template
from flask.typing import ResponseReturnValue as Answer

from app import clock
from app.calendar_days import openings_on
from app.diary import entries, schemas
from app.diary.blueprint import DIARY, pages
from app.diary.items import Item
from app.door import me, requires
from app.history.schemas import next_month
from app.web.listed import read_filters

_WEEKDAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
_EARLIEST, _LATEST = date(1901, 1, 1), date(2198, 12, 1)


class Cell(NamedTuple):
    on: date
    items: list[Item]
    is_of_month: bool
    is_closed: bool


@pages.get(f"{DIARY}/month")
@requires("diary.view")
def month() -> Answer:
    filters = read_filters(schemas.MonthArgs)
    today = clock.today()
    first = min(max(filters.asked.get("month") or today.replace(day=1), _EARLIEST), _LATEST)
    weeks = Weeks().monthdatescalendar(first.year, first.month)
    page = render_template(
        "diary/month.html",
        filters=filters,
        first=first,
        weekdays=_WEEKDAYS,
        weeks=_filled(weeks, first),
        today=today,
        month_before=_written(first - timedelta(days=1)),
        month_after=_written(next_month(first)),
    )
    return page, 422 if filters.errors else 200


def _filled(weeks: list[list[date]], first: date) -> list[list[Cell]]:
    by_day = _by_day(weeks[0][0], weeks[-1][-1])
    calendar = entries.school_days()
    return [
        [
            Cell(
                day,
                by_day.get(day, []),
                day.month == first.month,
                calendar is not None
                and day <= calendar.last_day
                and not openings_on(calendar, day),
            )
            for day in week
        ]
        for week in weeks
    ]


def _by_day(first: date, last: date) -> dict[date, list[Item]]:
    """What lasts several days stands on each of them."""
    found: dict[date, list[Item]] = {}
    for item in entries.agenda(me(), first, last):
        if item.status == "cancelled":
            continue
        day, ends = max(item.on, first), min(item.until or item.on, last)
        while day <= ends:
            found.setdefault(day, []).append(item)
            day += timedelta(days=1)
    return found


def _written(day: date) -> str:
    return f"{day:%Y-%m}"
