"""Opening hours and days as people type them on a page, and back.

Reads as much as people write: `8.30-12.30, 13:30 – 16:30`, `23 February 2026`, `23/02/2026`.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from datetime import date
from typing import Any, NamedTuple

from app.contracts.pack_fields import LONGEST_NAME, WEEKDAYS

_MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
_DAY = (
    r"(?:[0-9]{4}-[0-9]{1,2}-[0-9]{1,2}|[0-9]{1,2}/[0-9]{1,2}/[0-9]{4}"
    r"|[0-9]{1,2} [a-z]{3,9} [0-9]{4})"
)
_TO = r" ?(?:-|–|—|to|until) ?"
_DAYS = re.compile(rf"({_DAY})(?:{_TO}({_DAY}))?(?:[ ,:;]+(.*))?", re.IGNORECASE)
_HOURS = re.compile(rf"([0-9]{{1,2}})[:.]([0-9]{{2}}){_TO}([0-9]{{1,2}})[:.]([0-9]{{2}})", re.I)
_WEEKDAY = re.compile(r"(mon|tue|wed|thu|fri|sat|sun)[a-z]*[ :,]*(.*)", re.IGNORECASE)


class NotRead(ValueError):
    """A line that makes no sense, with a sentence about it."""


class Days(NamedTuple):
    first: date
    last: date
    words: str


def read_hours(text: str) -> list[list[str]]:
    """`08:30-12:30, 13:30-16:30` as a day of the API; nothing or `closed` is a closed day."""
    pieces = [one.strip() for one in re.split(r"[,;\n]| and ", text) if one.strip()]
    if [one.lower() for one in pieces] == ["closed"]:
        return []
    return [_opening(piece) for piece in pieces]


def show_hours(hours: Iterable[Iterable[str]]) -> str:
    return ", ".join("-".join(one) for one in hours)


def read_breaks(text: str) -> list[list[str]] | dict[str, list[list[str]]]:
    """`12:30-13:30` for every day, or lines that begin with a weekday."""
    lines = _lines(text)
    named = [_WEEKDAY.fullmatch(line) for line in lines]
    if not any(named):
        return read_hours(", ".join(lines))
    found: dict[str, list[list[str]]] = {}
    for line, match in zip(lines, named, strict=True):
        if match is None:
            raise NotRead(f"Begin each line with a weekday, or none: “{line}”")
        found.setdefault(match[1].lower(), []).extend(read_hours(match[2]))
    return found


def show_breaks(breaks: Any) -> str:
    if not isinstance(breaks, dict):
        return show_hours(breaks or [])
    named = ((one, breaks[one]) for one in WEEKDAYS if breaks.get(one))
    return "\n".join(f"{weekday.capitalize()} {show_hours(hours)}" for weekday, hours in named)


def read_days(text: str) -> list[Days]:
    """One day or span on each line, perhaps with words behind it."""
    return [_days(line) for line in _lines(text)]


def show_days(entries: Iterable[Any], reasons: Mapping[str, str]) -> str:
    """What is kept, a line for each."""
    return "\n".join(_shown(*span_of(entry), reasons) for entry in entries)


def span_of(entry: Any) -> tuple[str, str]:
    """First and last day of an entry in any of the shapes it may have."""
    if isinstance(entry, dict):
        first = str(entry.get("on") or entry.get("from"))
        return first, str(entry.get("to") or first)
    if isinstance(entry, list):
        return entry[0], entry[1]
    return entry, entry


def as_entry(days: Days) -> str | list[str]:
    """The same as the API has it."""
    first, last = days.first.isoformat(), days.last.isoformat()
    return first if first == last else [first, last]


def _shown(first: str, last: str, reasons: Mapping[str, str]) -> str:
    span = first if first == last else f"{first} to {last}"
    return f"{span} {reasons[first]}" if reasons.get(first) else span


def _lines(text: str) -> list[str]:
    squeezed = (re.sub(r"\s+", " ", line).strip() for line in text.splitlines())
    return [line for line in squeezed if line]


def _opening(piece: str) -> list[str]:
    found = _HOURS.fullmatch(piece)
    if found is None:
        raise NotRead(f"Enter opening hours like 08:30-12:30, 13:30-16:30, not “{piece}”")
    opens, opens_at, closes, closes_at = found.groups()
    times = [f"{int(opens):02}:{opens_at}", f"{int(closes):02}:{closes_at}"]
    if times[1] > "24:00" or times[0] > "23:59" or max(opens_at, closes_at) > "59":
        raise NotRead(f"There is no such time of day: “{piece}”")
    if times[1] != "00:00" and times[0] >= times[1]:
        raise NotRead(f"It closes before it opens: “{piece}”")
    return times


def _days(line: str) -> Days:
    found = _DAYS.fullmatch(line)
    if found is None:
        raise NotRead(f"Begin each line with a date like 23 February 2026, not “{line}”")
    first = _day(found[1], line)
    last = _day(found[2], line) if found[2] else first
    if last < first:
        raise NotRead(f"It ends before it begins: “{line}”")
    words = (found[3] or "").strip()
    if len(words) > LONGEST_NAME or not words.isprintable():
        raise NotRead(f"Use at most {LONGEST_NAME} characters for the reason: “{line}”")
    return Days(first, last, words)


def _day(text: str, line: str) -> date:
    try:
        if "/" in text:
            day, month, year = (int(part) for part in text.split("/"))
        elif "-" in text:
            year, month, day = (int(part) for part in text.split("-"))
        else:
            said = text.split(" ")
            day, month, year = int(said[0]), _MONTHS.index(said[1][:3].lower()) + 1, int(said[2])
        found = date(year, month, day)
    except ValueError:
        raise NotRead(f"There is no such day: “{line}”") from None
    if not 1900 <= found.year <= 2199:
        raise NotRead(f"There is no such day: “{line}”")
    return found
