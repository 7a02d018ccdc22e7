"""A pack's terms as a form that people can read: opening hours, days and targets in words.

`as_typed` makes the fields' texts from the stored JSON, `as_pack` the JSON from what was typed;
`pack_from_json` judges it, and its sentences come back under the fields they are about.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from marshmallow import fields

from app.contracts.calendar_text import Days, NotRead, read_days
from app.contracts.pack_fields import WEEKDAYS
from app.contracts.rules import HOLD_REASONS, PRIORITIES, Kind, Metric, pack_from_json
from app.errors import Wrong
from app.shapes import LONG, Day, Flag, Shape, Text, choice

# fmt: off
KIND_WORDS = {
    Kind.OLA.value: "The school’s own desk (OLA)",
    Kind.SLA.value: "The LA (SLA)",
    Kind.UC.value:  "A supplier (underpinning contract)",
}
DAY_NAMES = dict(zip(WEEKDAYS, (
    "Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday"), strict=True))
METRIC_WORDS = {
    Metric.RESPONSE:   "first answer within",
    Metric.ON_SITE:    "on site within",
    Metric.RESOLUTION: "resolved within",
}
# fmt: on
# fmt: off
_WAITS = {
    "awaiting_user": "Waiting for the reporter",
    "awaiting_site_access": "Waiting for access to the room",
    "awaiting_supplier": "Waiting for a supplier",
    "awaiting_parts": "Waiting for parts",
    "awaiting_approval": "Waiting for approval",
    "agreed_visit": "A visit is agreed",
    "awaiting_change": "Waiting for a planned change",
    "awaiting_problem": "Waiting for the cause to be found",
}
# fmt: on
HOLD_WORDS = {reason: _WAITS[reason] for reason in HOLD_REASONS}
_OPENING = re.compile(r"([0-9]{1,2})[:.]([0-9]{2}) ?(?:-|–|to) ?([0-9]{1,2})[:.]([0-9]{2})")
_SPAN = "2 September 2026 to 18 December 2026"
_LENGTH = re.compile(
    r"(?:([0-9]{1,5}) ?h(?:ours?)?)? ?(?:([0-9]{1,6}) ?(?:min(?:utes?)?)?)?", re.IGNORECASE
)
_DAYS = re.compile(r"([0-9]{1,4}) ?(?:working )?days?", re.IGNORECASE)


def target_field(priority: str, metric: Metric) -> str:
    return f"{priority.lower()}_{metric.value}"


TARGETS = {
    target_field(priority, metric): (priority, metric)
    for priority in PRIORITIES
    for metric in Metric
}


def _fields() -> dict[str, fields.Field[Any]]:
    week: dict[str, fields.Field[Any]] = {
        day: Text(100, allow_none=True, metadata={"label": name, "width": "20", "optional": False})
        for day, name in DAY_NAMES.items()
    }
    targets: dict[str, fields.Field[Any]] = {
        name: Text(
            40,
            allow_none=True,
            metadata={
                "label": f"{priority}: {METRIC_WORDS[metric]}",
                "width": "10",
                "optional": False,
            },
        )
        for name, (priority, metric) in TARGETS.items()
    }
    return {
        **week,
        "always": Flag(load_default=False, metadata={"label": "Always open, day and night"}),
        "bank_holidays": Flag(load_default=False, metadata={"label": "Closed on bank holidays"}),
        "term_time_only": Flag(load_default=False, metadata={"label": "Only in term time"}),
        "terms": Text(
            LONG,
            is_long=True,
            allow_none=True,
            metadata={
                "label": "Terms",
                "hint": f"One a line, like {_SPAN}. Empty: the school’s own.",
            },
        ),
        "closures": Text(
            LONG,
            is_long=True,
            allow_none=True,
            metadata={"label": "Other closed days", "hint": "One a line, like 24 December 2026."},
        ),
        **targets,
        "pause_reasons": fields.List(
            fields.String(),
            load_default=list,
            metadata={
                "label": "What stops the clock",
                "kind": "checkboxes",
                "choices": list(HOLD_WORDS.items()),
                "optional": False,
            },
        ),
        "on_site_needs_school_open": Flag(
            load_default=False,
            metadata={"label": "On-site targets count only while the school is open"},
        ),
    }


class Named(Shape):
    name = Text(100, required=True, metadata={"label": "Name", "missing": "Enter the name"})
    valid_from = Day(
        required=True,
        metadata={
            "label": "In force from",
            "missing": "Enter the first day",
            "hint": "Clocks that run already keep the terms they began with.",
        },
    )


class Kinds(Shape):
    kind = choice(
        KIND_WORDS,
        required=True,
        metadata={"label": "Whose promise", "kind": "radios", "missing": "Choose whose promise"},
    )


Terms = Shape.from_dict(_fields(), name="Terms")


class NextVersion(Terms, Named):  # type: ignore[misc,valid-type]
    """The next version of a pack or agreement, from a day on."""


class NewPack(Terms, Kinds, Named):  # type: ignore[misc,valid-type]
    """A pack that schools or suppliers get beside the standard ones."""


def as_typed(pack: Mapping[str, Any]) -> dict[str, Any]:
    """What the fields show of a stored pack."""
    calendar, targets = pack["calendar"], pack["targets"]
    week = calendar.get("week") or {}
    terms = calendar.get("terms") or ()
    return {
        **{
            day: ", ".join(f"{opens}–{closes}" for opens, closes in week.get(day, ()))
            for day in WEEKDAYS
        },
        "always": calendar.get("always", False),
        "bank_holidays": calendar.get("bank_holidays", True),
        "term_time_only": calendar.get("term_time_only", False),
        "terms": "\n".join(f"{first} to {last}" for first, last in terms),
        "closures": "\n".join(calendar.get("closures", ())),
        **{
            name: target_words(targets.get(priority, {}), metric)
            for name, (priority, metric) in TARGETS.items()
        },
        "pause_reasons": pack.get("pause_reasons", []),
        "on_site_needs_school_open": pack.get("on_site_needs_school_open", True),
    }


def terms_rows(terms: Mapping[str, Any]) -> list[list[str]]:
    """A version as people read it."""
    typed = as_typed(terms)
    hours = [[DAY_NAMES[day], typed[day] or "closed"] for day in WEEKDAYS]
    if typed["always"]:
        hours = [["Open", "day and night"]]
    days = [
        ["Bank holidays", "closed" if typed["bank_holidays"] else "open"],
        ["Only in term time", "yes" if typed["term_time_only"] else "no"],
        ["Terms", typed["terms"]],
        ["Other closed days", typed["closures"].replace("\n", ", ")],
    ]
    targets = [[priority, _targets_words(typed, priority)] for priority in PRIORITIES]
    pauses = ", ".join(HOLD_WORDS.get(one, one) for one in typed["pause_reasons"])
    return [row for row in (*hours, *days, *targets, ["The clock stops", pauses]) if row[1]]


def _targets_words(typed: Mapping[str, Any], priority: str) -> str:
    return ", ".join(
        f"{METRIC_WORDS[metric]} {words}"
        for metric in Metric
        if (words := typed[target_field(priority, metric)])
    )


def target_words(targets: Mapping[str, Any], metric: Metric) -> str:
    """`4 h`, `1 h 30 min`, `3 working days`."""
    minutes = targets.get(f"{metric}_minutes")
    days = targets.get(f"{metric}_working_days")
    if days:
        return f"{days} working day{'' if days == 1 else 's'}"
    if not minutes:
        return ""
    hours, rest = divmod(minutes, 60)
    return " ".join(part for part in (hours and f"{hours} h", rest and f"{rest} min") if part)


def as_pack(data: Mapping[str, Any], kind: str) -> dict[str, Any]:
    """The stored JSON of what was typed. Raises Wrong with a sentence for each field."""
    errors: dict[str, list[str]] = {}
    pack = {
        "name": data["name"],
        "kind": kind,
        "calendar": {
            "week": _week(data, errors),
            "bank_holidays": data["bank_holidays"],
            "term_time_only": data["term_time_only"],
            "terms": _terms(data, errors),
            "closures": _closures(data, errors),
            "always": data["always"],
        },
        "targets": _targets(data, errors),
        "pause_reasons": data["pause_reasons"],
        "on_site_needs_school_open": data["on_site_needs_school_open"],
    }
    if errors:
        raise Wrong(errors)
    try:
        pack_from_json(pack)
    except Wrong as refusal:
        raise Wrong(_by_field(refusal.errors)) from None
    return pack


def _week(data: Mapping[str, Any], errors: dict[str, list[str]]) -> dict[str, Any]:
    week: dict[str, Any] = {}
    for day in WEEKDAYS:
        openings = []
        for text in _parts(data.get(day)):
            found = _OPENING.fullmatch(text)
            if found is None:
                errors[day] = ["Enter opening and closing times, like 08:00–17:00"]
                break
            hour, minute, end_hour, end_minute = found.groups()
            openings.append([f"{int(hour):02}:{minute}", f"{int(end_hour):02}:{end_minute}"])
        if openings:
            week[day] = openings
    return week


def _parts(text: str | None) -> list[str]:
    return [part.strip() for part in (text or "").split(",") if part.strip()]


def _terms(data: Mapping[str, Any], errors: dict[str, list[str]]) -> list[list[str]] | None:
    found = _days(data, "terms", errors, "Enter first and last day of each term, like " + _SPAN)
    return [[one.first.isoformat(), one.last.isoformat()] for one in found] or None


def _closures(data: Mapping[str, Any], errors: dict[str, list[str]]) -> list[str]:
    found = _days(data, "closures", errors, "Enter real dates, like 24 December 2026")
    if any(one.first != one.last for one in found):
        errors["closures"] = ["Enter each closed day on a line of its own"]
    return [one.first.isoformat() for one in found]


def _days(
    data: Mapping[str, Any], field: str, errors: dict[str, list[str]], said: str
) -> list[Days]:
    try:
        return read_days(data.get(field) or "")
    except NotRead:
        errors[field] = [said]
        return []


def _targets(data: Mapping[str, Any], errors: dict[str, list[str]]) -> dict[str, dict[str, int]]:
    targets: dict[str, dict[str, int]] = {}
    for name, (priority, metric) in TARGETS.items():
        text = data.get(name)
        if not text:
            continue
        days, length = _DAYS.fullmatch(text), _LENGTH.fullmatch(text)
        if days:
            targets.setdefault(priority, {})[f"{metric}_working_days"] = int(days[1])
        elif length and (length[1] or length[2]):
            minutes = int(length[1] or 0) * 60 + int(length[2] or 0)
            targets.setdefault(priority, {})[f"{metric}_minutes"] = minutes
        else:
            errors[name] = ["Enter a time like 30 min, 4 h or 3 working days"]
    return targets


def _by_field(errors: Mapping[str, list[str]]) -> dict[str, list[str]]:
    """`calendar.week.mon` is the box for Monday."""
    found: dict[str, list[str]] = {}
    for path, sentences in errors.items():
        found.setdefault(_field_of(path), []).extend(sentences)
    return found


def _field_of(path: str) -> str:
    parts = path.split(".")
    last = parts[-1]
    if parts[0] == "targets":
        metric = last.removesuffix("_minutes").removesuffix("_working_days")
        is_target = len(parts) == 3 and metric in set(Metric)
        return f"{parts[1].lower()}_{metric}" if is_target else target_field("P1", Metric.RESPONSE)
    if last == "week":
        return WEEKDAYS[0]
    return last if last in _KNOWN else ""


_KNOWN = frozenset(NextVersion().load_fields)
