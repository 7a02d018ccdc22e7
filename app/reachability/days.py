"""When a school is open, as its calendar, the LA's terms and the bank holidays say together."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import date
from typing import Any, NamedTuple

from app.calendar_days import Calendar
from app.contracts.calendars import LaDays, Terms, access_hours
from app.contracts.school_calendar import USUAL_CALENDAR, days_of

# The school year begins on 1 September.
_SEPTEMBER = 9


class Open(NamedTuple):
    """`school`: in term and not on INSET days; of `year` only bank holidays and closures count."""

    school: Calendar
    year: Calendar


def open_days(calendar: Mapping[str, Any] | None, la: LaDays, *, around: date) -> Open:
    """`calendar` is what the school wrote (`SchoolCalendar`); None when it wrote none."""
    found = access_hours(days_of(calendar or USUAL_CALENDAR), la)
    year = replace(found, terms=None, inset_days=frozenset())
    if found.terms is None:
        return Open(found, year)
    terms = sorted([*found.terms, *_years_without(found.terms, around)])
    return Open(replace(found, terms=tuple(terms)), year)


def _years_without(terms: Sequence[tuple[date, date]], around: date) -> Terms:
    """School years of which nobody has entered the terms yet: all of them counts as term, so that
    a desk does not vanish in September because a list was not kept."""
    known = {_school_year(first) for first, _ in terms}
    this = _school_year(around)
    return tuple(
        (date(year, _SEPTEMBER, 1), date(year + 1, _SEPTEMBER - 1, 31))
        for year in (this - 1, this, this + 1)
        if year not in known
    )


def _school_year(day: date) -> int:
    return day.year if day.month >= _SEPTEMBER else day.year - 1
