"""Reads one JSON object of a pack field by field, and gathers every sentence about what is wrong.

A field that cannot be used gives a harmless stand-in, so that one reading finds all mistakes;
check() then refuses the whole. Fields are named by their path: `calendar.week.mon`.
"""

from __future__ import annotations

import re
from datetime import date, time, timedelta
from itertools import pairwise
from typing import Any

from app.calendar_days import MIDNIGHT, Hours
from app.errors import Wrong

WEEKDAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
LONGEST_NAME = 100
MOST_ENTRIES = 1000
LONGEST_CLOSED = 366
# Ten years in all: every process reads them again after each change.
MOST_DAYS = 3660

_TIME = re.compile(r"([01][0-9]|2[0-3]):[0-5][0-9]")


class Fields:
    def __init__(
        self, value: object, path: str = "", errors: dict[str, list[str]] | None = None
    ) -> None:
        self.path = path
        self.errors: dict[str, list[str]] = {} if errors is None else errors
        self.values: dict[str, Any] = value if isinstance(value, dict) else {}
        self._known: set[str] = set()
        self._parts: list[Fields] = []
        if not isinstance(value, dict):
            self.refuse("", "This must be an object with named fields.")

    def check(self) -> None:
        """Raise Wrong if anything was refused here or further in, or was never asked for."""
        self._refuse_unknown()
        if self.errors:
            raise Wrong(self.errors)

    def refuse(self, name: str, sentence: str) -> None:
        path = ".".join(part for part in (self.path, name) if part) or "pack"
        self.errors.setdefault(path, []).append(sentence)

    def has(self, name: str) -> bool:
        return name in self.values

    def inside(self, name: str) -> Fields:
        """The object in a field, which must be there."""
        part = Fields(self._value(name), f"{self.path}.{name}".lstrip("."), self.errors)
        self._parts.append(part)
        return part

    def text(self, name: str) -> str:
        value = self._value(name)
        text = value.strip() if isinstance(value, str) else ""
        if not text or len(text) > LONGEST_NAME or not text.isprintable():
            self.refuse(name, f"Enter up to {LONGEST_NAME} characters on one line.")
        return text

    def flag(self, name: str, default: bool) -> bool:
        value = self._value(name, default)
        if not isinstance(value, bool):
            self.refuse(name, "Enter true or false.")
        return bool(value)

    def whole(self, name: str, least: int, most: int) -> int | None:
        value = self._value(name)
        if value is None:
            return None
        # True and False are whole numbers to Python, but to nobody else.
        if not isinstance(value, int) or isinstance(value, bool) or not least <= value <= most:
            self.refuse(name, f"Enter a whole number from {least} to {most}, or null.")
            return None
        return value

    def one_of(self, name: str, words: tuple[str, ...]) -> str:
        value = self._value(name)
        if value not in words:
            self.refuse(name, f"Choose one of {', '.join(words)}.")
            return words[0]
        return str(value)

    def some_of(self, name: str, words: tuple[str, ...], default: tuple[str, ...]) -> list[str]:
        values = self._entries(name, list(default))
        if any(value not in words for value in values):
            self.refuse(name, f"Choose from {', '.join(words)}.")
            return []
        return values

    def days(self, name: str) -> list[date]:
        days = [_day(value) for value in self._entries(name, [])]
        if None in days:
            self.refuse(name, "Enter real dates, like 2026-02-23.")
        return [day for day in days if day is not None]

    def dated(self, name: str) -> list[date]:
        """Days as people list them: a date, a first and a last one, or either with its reason."""
        days: list[date] = []
        for entry in self._entries(name, []):
            found = _span(entry)
            if found is None:
                self.refuse(name, "Enter real dates, like 2026-02-23, or a first and a last day.")
                return []
            first, last = found
            if not 0 <= (last - first).days < LONGEST_CLOSED:
                self.refuse(name, f"The last day comes within {LONGEST_CLOSED} days of the first.")
                return []
            days += [first + timedelta(days=day) for day in range((last - first).days + 1)]
            if len(days) > MOST_DAYS:
                self.refuse(name, f"List at most {MOST_DAYS} days.")
                return []
        return days

    def terms(
        self, name: str, instead: str = "the school’s own"
    ) -> tuple[tuple[date, date], ...] | None:
        """First and last days, in order; None where none are named."""
        if self._value(name) is None:
            return None
        terms: list[tuple[date, date]] = []
        for entry in self._entries(name, []):
            pair = [_day(value) for value in entry] if isinstance(entry, list) else []
            match pair:
                case [date() as first, date() as last] if first <= last:
                    terms.append((first, last))
                case _:
                    self.refuse(name, "Enter each term as its first and last day.")
                    return None
        terms.sort()
        if not terms:
            self.refuse(name, f"Enter at least one term, or null for {instead}.")
        if any(after[0] <= before[1] for before, after in pairwise(terms)):
            self.refuse(name, "Terms must not overlap.")
        return tuple(terms)

    def opening_week(self, name: str) -> tuple[tuple[Hours, ...], ...]:
        """Opening hours by weekday; a day left out is closed."""
        if self._value(name) is None:
            return ((),) * len(WEEKDAYS)
        week = self.inside(name)
        return tuple(week.opening_day(weekday) for weekday in WEEKDAYS)

    def opening_day(self, name: str) -> tuple[Hours, ...]:
        """The openings of a day, in order; 24:00 or 00:00 closes at the end of the day."""
        hours: list[Hours] = []
        for entry in self._entries(name, []):
            pair = entry if isinstance(entry, list) and len(entry) == 2 else [None, None]
            opens, closes = _time(pair[0]), _time(pair[1], may_end_day=True)
            if opens is None or closes is None or (opens >= closes and closes != MIDNIGHT):
                self.refuse(name, "Enter each opening as two times, like 08:00 and 17:00.")
                return ()
            hours.append((opens, closes))
        hours.sort()
        for (_, closes), (opens, _) in pairwise(hours):
            if closes > opens or closes == MIDNIGHT:
                self.refuse(name, "Openings of one day must not overlap.")
        return tuple(hours)

    def _value(self, name: str, default: object = None) -> Any:
        self._known.add(name)
        return self.values.get(name, default)

    def _entries(self, name: str, default: list[Any]) -> list[Any]:
        values = self._value(name, default)
        if not isinstance(values, list) or len(values) > MOST_ENTRIES:
            self.refuse(name, f"Enter a list of at most {MOST_ENTRIES}.")
            return []
        return values

    def _refuse_unknown(self) -> None:
        for name in self.values.keys() - self._known:
            self.refuse(str(name), "This field is not known.")
        for part in self._parts:
            part._refuse_unknown()


def _day(value: object) -> date | None:
    """Only the long form, though Python reads others too."""
    try:
        day = date.fromisoformat(value) if isinstance(value, str) else None
    except ValueError:
        return None
    return day if day is not None and day.isoformat() == value else None


def _span(entry: object) -> tuple[date, date] | None:
    """First and last day of `"2026-02-23"`, `["2026-02-23", "2026-02-24"]`, `{"on": …}` or
    `{"from": …, "to": …}`, the objects perhaps with a `reason`."""
    if isinstance(entry, dict):
        reason = entry.get("reason")
        if not isinstance(reason, str | None) or (reason and not _is_reason(reason)):
            return None
        if set(entry) - {"on", "from", "to", "reason"} or ("on" in entry) == ("from" in entry):
            return None
        first = entry.get("on", entry.get("from"))
        pair = [first, entry.get("to", first)]
    else:
        pair = entry if isinstance(entry, list) else [entry, entry]
    match [_day(one) for one in pair]:
        case [date() as first, date() as last]:
            return first, last
    return None


def _is_reason(text: str) -> bool:
    return len(text) <= LONGEST_NAME and text.isprintable()


def _time(value: object, *, may_end_day: bool = False) -> time | None:
    if value == "24:00" and may_end_day:
        return MIDNIGHT
    if not isinstance(value, str) or not _TIME.fullmatch(value):
        return None
    return time.fromisoformat(value)
