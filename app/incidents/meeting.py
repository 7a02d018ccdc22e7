"""When somebody can meet the reporter: periods of the week, as chips on a page and as JSON."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from typing import Any, NamedTuple

from marshmallow import ValidationError, fields

MOST = 40
# fmt: off
DAYS = {
    "mon": "Monday", "tue": "Tuesday", "wed": "Wednesday", "thu": "Thursday", "fri": "Friday",
}
# What the chips are called; a program may name other times.
PERIODS = {
    ("08:00", "08:45"): "Before school", ("08:45", "12:00"): "Morning",
    ("12:00", "13:00"): "Lunch",         ("13:00", "15:15"): "Afternoon",
    ("15:15", "17:00"): "After school",
}
# fmt: on
_TIME = re.compile(r"([01][0-9]|2[0-3]):[0-5][0-9]")
_ORDER = {day: place for place, day in enumerate(DAYS)}
Period = list[str]


class MeetPeriod(fields.Field[Any]):
    """`["mon", "15:30", "16:30"]`; a page sends the same three words with blanks between."""

    def _serialize(self, value: Any, attr: Any, obj: Any, **extra: Any) -> Any:
        return value

    def _deserialize(self, value: Any, attr: Any, data: Any, **extra: Any) -> Period:
        parts = value.split(" ") if isinstance(value, str) else value
        if not (isinstance(parts, list) and len(parts) == 3):
            raise ValidationError("Give a day and two times, like mon, 15:30, 16:30.")
        day, begin, end = parts
        if not isinstance(day, str) or day not in DAYS:
            raise ValidationError("Choose a day from Monday to Friday.")
        if not all(isinstance(one, str) and _TIME.fullmatch(one) for one in (begin, end)):
            raise ValidationError("Give the times like 15:30.")
        if begin >= end:
            raise ValidationError("A time to meet ends after it begins.")
        return [day, begin, end]


class MeetPeriods(fields.List[Any]):
    """In the order of the week, each once; none at all is null."""

    def __init__(self, **extra: Any) -> None:
        example = {"type": "array", "items": {"type": "string"}, "minItems": 3, "maxItems": 3}
        metadata = {"maxItems": MOST, **extra.pop("metadata", {})}
        super().__init__(MeetPeriod(metadata=example), metadata=metadata, **extra)

    def _deserialize(self, value: Any, attr: Any, data: Any, **extra: Any) -> Any:
        found: list[Any] = super()._deserialize(value, attr, data, **extra)
        if len(found) > MOST:
            raise ValidationError(f"Give at most {MOST} times.")
        return in_order(found) or None


def in_order(periods: Iterable[Sequence[str]]) -> list[Period]:
    each = {(day, begin, end) for day, begin, end in periods}
    return [list(one) for one in sorted(each, key=lambda one: (_ORDER[one[0]], *one[1:]))]


def as_typed(periods: Iterable[Sequence[str]] | None) -> list[str]:
    """As the chips of a page send them."""
    return [" ".join(one) for one in periods or ()]


class Chip(NamedTuple):
    id: str
    value: str
    text: str
    is_chosen: bool


def chips(values: Mapping[str, Any]) -> list[tuple[str, list[Chip]]]:
    """(day, chips) for the form: the usual periods, and others that are there already."""
    chosen = [one for one in values.get("meet_periods") or () if isinstance(one, str)]
    days = []
    for day, name in DAYS.items():
        usual = [(f"{day} {begin} {end}", words) for (begin, end), words in PERIODS.items()]
        known = {value for value, _ in usual}
        others = [one for one in chosen if one.startswith(f"{day} ") and one not in known]
        rows = [*usual, *((one, "–".join(one.split(" ")[1:])) for one in others)]
        days.append((name, [_chip(day, place, *row, chosen) for place, row in enumerate(rows)]))
    return days


def _chip(day: str, place: int, value: str, text: str, chosen: Iterable[str]) -> Chip:
    is_first = day == "mon" and place == 0
    own_id = "meet_periods" if is_first else f"meet_periods-{day}-{place}"
    return Chip(own_id, value, text, value in chosen)


def in_words(periods: Iterable[Sequence[str]] | None) -> str | None:
    """`Monday after school, 12:00–12:30; Tuesday lunch`."""
    by_day: dict[str, list[str]] = {}
    for day, begin, end in periods or ():
        words = PERIODS.get((begin, end))
        by_day.setdefault(day, []).append(words.lower() if words else f"{begin}–{end}")
    return "; ".join(f"{DAYS[day]} {', '.join(found)}" for day, found in by_day.items()) or None
