"""The calendars of the worked examples, and London times as people write them."""

from __future__ import annotations

import csv
from dataclasses import replace
from datetime import UTC, date, datetime, time
from pathlib import Path
from zoneinfo import ZoneInfo

import holidays

from app.calendar_days import Calendar, Hours

LONDON = ZoneInfo("Europe/London")
TERM_DATES = Path(__file__).parent / "data" / "term_dates.csv"

BANK_HOLIDAYS = frozenset(
    holidays.country_holidays("GB", subdiv="ENG", years=range(2021, 2032), language="en_GB")
)


def london(text: str) -> datetime:
    """A London wall time as an instant; a trailing Z says that it is UTC."""
    if text.endswith("Z"):
        return datetime.fromisoformat(text[:-1]).replace(tzinfo=UTC)
    return datetime.fromisoformat(text).replace(tzinfo=LONDON).astimezone(UTC)


def weekdays(*days: tuple[Hours, ...]) -> tuple[tuple[Hours, ...], ...]:
    """A week from Monday's hours on; the last one given lasts until Friday."""
    return (*days, *(days[-1],) * (5 - len(days)), (), ())


def _terms() -> tuple[tuple[date, date], ...]:
    with TERM_DATES.open(encoding="utf-8", newline="") as lines:
        return tuple(
            (date.fromisoformat(row["first_day"]), date.fromisoformat(row["last_day"]))
            for row in csv.DictReader(lines)
        )


EIGHT_TO_FIVE = ((time(8), time(17)),)
TO_HALF_FOUR = ((time(8), time(16, 30)),)
MORNING_AND_AFTERNOON = ((time(8, 30), time(12, 30)), (time(13, 30), time(16, 30)))

STD = Calendar(weekdays(EIGHT_TO_FIVE), BANK_HOLIDAYS)
SHORTFRI = Calendar(weekdays(*(EIGHT_TO_FIVE,) * 4, TO_HALF_FOUR), BANK_HOLIDAYS)
SPLIT = Calendar(weekdays(MORNING_AND_AFTERNOON), BANK_HOLIDAYS)
TERM = Calendar(weekdays(((time(8), time(16)),)), BANK_HOLIDAYS, terms=_terms())
ALWAYS = Calendar(((),) * 7, always=True)
INSET = replace(TERM, closures=frozenset({date(2026, 2, 23)}))
