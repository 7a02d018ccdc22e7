"""Between what people type and what a schema reads: blank fields, ticks, dates in three boxes."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import UTC, date, datetime, time
from enum import Enum
from typing import Any

from marshmallow import fields as shapes
from marshmallow import validate
from werkzeug.datastructures import MultiDict

from app import clock

Field = shapes.Field[Any]
Values = dict[str, Any]
DATE_PARTS = ("day", "month", "year")
IN_PARTS = {"date": DATE_PARTS, "datetime": (*DATE_PARTS, "time")}


def kind_of(field: Field) -> str:
    """How the field is drawn: what its metadata says, or what its type suggests."""
    if kind := field.metadata.get("kind"):
        return str(kind)
    if isinstance(field, shapes.Boolean):
        return "checkbox"
    if isinstance(field, shapes.Date | shapes.DateTime):
        return "date" if isinstance(field, shapes.Date) else "datetime"
    if isinstance(field, shapes.List):
        return "checkboxes"
    has_choices = isinstance(field, shapes.Enum) or any(
        isinstance(rule, validate.OneOf) for rule in field.validators
    )
    return "select" if has_choices or "choices" in field.metadata else "text"


def first_input(name: str, kind: str) -> str:
    """The id that the error summary links to."""
    return f"{name}-day" if kind in IN_PARTS else name


def as_typed(fields: Mapping[str, Field], form: MultiDict[str, str]) -> Values:
    """Every field's text exactly as it came; parts of dates under their own names."""
    values: Values = {}
    for name, field in fields.items():
        kind = kind_of(field)
        if kind in IN_PARTS:
            for part in IN_PARTS[kind]:
                values[f"{name}-{part}"] = form.get(f"{name}-{part}", "")
        elif kind == "checkboxes":
            values[name] = form.getlist(name)
        elif kind == "checkbox":
            values[name] = name in form
        else:
            values[name] = form.get(name, "").replace("\r\n", "\n")
    return values


def as_shown(fields: Mapping[str, Field], start: Mapping[str, Any]) -> Values:
    """What an empty or an edited form shows before anybody typed."""
    values: Values = {}
    for name, field in fields.items():
        kind, value = kind_of(field), start.get(name)
        if kind in IN_PARTS:
            values.update(_parts(name, value))
        elif kind == "checkboxes":
            values[name] = [_text(one) for one in value or ()]
        elif kind == "checkbox":
            values[name] = bool(value)
        else:
            values[name] = _text(value)
    return values


def as_json(fields: Mapping[str, Field], values: Values) -> tuple[Values, dict[str, list[str]]]:
    """What the schema loads, the same as a program would send, and what could not be read."""
    raw: Values = {}
    unreadable: dict[str, list[str]] = {}
    for name, field in fields.items():
        kind = kind_of(field)
        value: Any
        if kind in IN_PARTS:
            try:
                value = _read_date(name, values, with_time=kind == "datetime")
            except ValueError as error:
                unreadable[name] = [str(error)]
                continue
        elif isinstance(values[name], str):
            # A password is what was typed, spaces and all.
            value = values[name] if kind == "password" else _number(field, values[name].strip())
        else:
            value = values[name]
        if value not in ("", None):
            raw[field.data_key or name] = value
        elif field.allow_none:
            raw[field.data_key or name] = None
    return raw, unreadable


def sentences(field: Field | None, messages: Any) -> list[str]:
    """Marshmallow's messages, flat; its own technical ones said the way a person would."""
    if isinstance(messages, Mapping):
        return [words for inner in messages.values() for words in sentences(field, inner)]
    if isinstance(messages, list):
        return [words for inner in messages for words in sentences(field, inner)]
    return [_said(field, str(messages))]


def label_of(name: str, field: Field) -> str:
    return str(field.metadata.get("label") or name.replace("_", " ").capitalize())


def longest(field: Field) -> int | None:
    for rule in field.validators:
        if isinstance(rule, validate.Length) and rule.max is not None:
            return rule.max
    return None


def _said(field: Field | None, message: str) -> str:
    if field is None:
        return message
    label = label_of(field.name or "", field)
    if message in (
        shapes.Field.default_error_messages["required"],
        "Field may not be null.",
    ):
        missing = field.metadata.get("missing")
        verb = "Enter" if kind_of(field) in ("text", "textarea", *IN_PARTS) else "Choose"
        return str(missing or f"{verb} an answer: {label}")
    if message.startswith("Longer than maximum length"):
        return f"Use at most {longest(field):,} characters"
    if message.startswith("Must be one of"):
        return f"Choose one of the answers: {label}"
    return message


def _number(field: Field, text: str) -> int | str:
    """A page can only send text; schemas want the number that a program would send."""
    is_whole = isinstance(field, shapes.Integer) and text.isascii() and text.isdecimal()
    return int(text) if is_whole and len(text) < 20 else text


def _text(value: Any) -> str:
    if value is None:
        return ""
    return str(value.value if isinstance(value, Enum) else value)


def _parts(name: str, value: date | datetime | None) -> Values:
    if value is None:
        return {}
    here = value.astimezone(clock.LONDON) if isinstance(value, datetime) else value
    parts = {part: str(getattr(here, part)) for part in DATE_PARTS}
    if isinstance(here, datetime):
        parts["time"] = f"{here.hour}:{here.minute:02}"
    return {f"{name}-{part}": text for part, text in parts.items()}


def _read_date(name: str, values: Values, *, with_time: bool) -> str:
    """ISO text of the boxes, or "" when all are empty. ValueError says what is wrong."""
    parts = [values.get(f"{name}-{part}", "").strip() for part in DATE_PARTS]
    hours = values.get(f"{name}-time", "").strip() if with_time else ""
    if not any(parts) and not hours:
        return ""
    for part, text in zip(DATE_PARTS, parts, strict=True):
        if not text:
            raise ValueError(f"The date needs a {part}, for example 13 1 2026")
    try:
        day_of, month, year = (int(text) for text in parts if text.isascii() and text.isdecimal())
        on = date(year, month, day_of)
    except (ValueError, OverflowError):
        raise ValueError("Enter a real date, for example 13 1 2026") from None
    if not 1900 <= on.year <= 2199:
        raise ValueError("Enter the year with four digits")
    return _read_time(on, hours) if with_time else on.isoformat()


def _read_time(on: date, text: str) -> str:
    found = re.fullmatch(r"([01]?[0-9]|2[0-3])[:.]([0-5][0-9])", text)
    if found is None:
        raise ValueError("Enter a time, for example 9:10")
    at = time(int(found[1]), int(found[2]))
    here = datetime.combine(on, at, tzinfo=clock.LONDON)
    there = here.astimezone(UTC)
    if there.astimezone(clock.LONDON).replace(tzinfo=None) != here.replace(tzinfo=None):
        raise ValueError("That time does not exist: the clocks go forward in that hour")
    return there.isoformat().replace("+00:00", "Z")
