"""How much a service matters on a day, its times of the year as people write them, and the usual
services: tables and pure functions. Source: domain.md 2.5 and 3.1, R105, R107.
"""

from __future__ import annotations

import calendar
import re
from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from typing import Any, NamedTuple

# fmt: off
CRITICALITY_WORDS = {
    "high":   "High: the school stands still without it",
    "medium": "Medium: work is slower without it",
    "low":    "Low: it can wait",
}
SHORT_WORDS = {"high": "High", "medium": "Medium", "low": "Low"}
COLOURS = {"high": "red", "medium": "yellow", "low": "grey"}
PART_WORDS = {"asset": "Equipment", "licence": "Licence", "contract": "Contract", "words": "Other"}
EVENT_WORDS = {
    "service.added":   "Added as {after}",
    "service.changed": "Changed",
    "service.removed": "Removed: {before}",
}
# fmt: on


class Preset(NamedTuple):
    name: str
    purpose: str
    used_by: str
    criticality: str


# fmt: off
PRESETS = (
    Preset("Internet (broadband)", "Everything from outside the school: web, cloud, e-mail",
           "Everybody", "high"),
    Preset("Wi-Fi", "Laptops, tablets and telephones in classrooms", "Everybody", "high"),
    Preset("Management information system (MIS)", "Registers, marks, pupils’ and staff records",
           "Office, teachers, leadership", "high"),
    Preset("Filtering and monitoring", "Keeps pupils from harm on the web",
           "Everybody; the safeguarding lead reads its alerts", "high"),
    Preset("E-mail", "Letters inside and outside the school", "Staff and governors", "medium"),
    Preset("Printing and copying", "Worksheets, letters, certificates", "Staff", "medium"),
    Preset("Classroom displays", "Showing lessons on boards and projectors", "Teachers", "medium"),
    Preset("Files and learning platform", "Keeping and sharing work", "Staff and pupils", "medium"),
    Preset("Telephones", "Calls from parents, help in an emergency", "Office, staff", "high"),
    Preset("Backups", "Getting work and records back after a loss", "The desk", "high"),
    Preset("Accounts and passwords", "Signing in to computers and programs", "Everybody", "high"),
    Preset("Door entry and cameras", "Knowing who comes in", "Office, caretaker", "medium"),
    Preset("Cashless catering", "Paying for meals", "Kitchen, parents", "medium"),
    Preset("Web site", "What parents and inspectors read about it", "Parents, public", "low"),
)
# fmt: on
_ORDER = ("high", "medium", "low")
_MONTHS = {name.lower(): number for number, name in enumerate(calendar.month_name) if name}
_LINE = re.compile(r"([0-9]{1,2}) ([a-z]+) (?:to|until|-|–) ([0-9]{1,2}) ([a-z]+) ?: ?([a-z]+)")
# February has its 29th in this one.
_LEAP_YEAR = 2024


class NotATime(ValueError):
    """A sentence about a time of the year that cannot be read."""


def criticality_on(usual: str, seasons: Iterable[Mapping[str, Any]], on: date) -> str:
    """What holds on that day; where several times of the year do, the highest."""
    today = f"{on:%m-%d}"
    found = [
        str(one["criticality"])
        for one in seasons
        if _holds(str(one["from"]), str(one["to"]), today)
    ]
    return min(found, key=_ORDER.index) if found else usual


def _holds(first: str, last: str, day: str) -> bool:
    """Both days count; one that ends before it begins runs over New Year."""
    return first <= day <= last if first <= last else day >= first or day <= last


def is_day_of_year(text: str) -> bool:
    """`05-01`; a leap day too."""
    if not re.fullmatch(r"[0-9]{2}-[0-9]{2}", text):
        return False
    return _is_day(int(text[3:]), int(text[:2]))


def _is_day(day: int, month: int) -> bool:
    return 1 <= month <= 12 and 1 <= day <= calendar.monthrange(_LEAP_YEAR, month)[1]


def read_seasons(text: str | None) -> list[dict[str, str]]:
    """One a line: `1 May to 30 June: high`. Raises NotATime with a sentence."""
    lines = (line.strip() for line in (text or "").splitlines())
    return [_read_season(line) for line in lines if line]


def _read_season(line: str) -> dict[str, str]:
    found = _LINE.fullmatch(" ".join(line.lower().split()))
    said = f"“{line[:60]}” cannot be read. Write it like: 1 May to 30 June: high"
    if found is None or found[5] not in _ORDER:
        raise NotATime(said)
    days = [(int(found[1]), _MONTHS.get(found[2])), (int(found[3]), _MONTHS.get(found[4]))]
    if not all(month and _is_day(day, month) for day, month in days):
        raise NotATime(said)
    first, last = (f"{month:02}-{day:02}" for day, month in days)
    return {"from": first, "to": last, "criticality": found[5]}


def write_seasons(seasons: Sequence[Mapping[str, Any]]) -> str:
    return "\n".join(
        f"{_day_words(one['from'])} to {_day_words(one['to'])}: {one['criticality']}"
        for one in seasons
    )


def _day_words(text: str) -> str:
    return f"{int(text[3:])} {calendar.month_name[int(text[:2])]}"
