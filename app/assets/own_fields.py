"""Fields that a school adds to a type of equipment [S23], and whether a value fits one."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from datetime import date
from decimal import Decimal, InvalidOperation
from typing import Any

from sqlalchemy import select

from app import clock
from app.assets.models import AssetField
from app.assets.rules import TYPES
from app.errors import NotThere, Wrong, wrong
from app.history.actions import record
from app.keyset import Page, page_of
from app.locations.rules import key_for
from app.people.identity import Me
from app.shapes import SHORT, check_characters
from tenants import db

MOST = 30


def all_fields(*, type: str | None = None, with_archived: bool = False) -> Sequence[AssetField]:
    """By type and place."""
    wanted = select(AssetField).order_by(AssetField.type, AssetField.position, AssetField.id)
    if type is not None:
        wanted = wanted.where(AssetField.type == type)
    if not with_archived:
        wanted = wanted.where(AssetField.is_archived.is_(False))
    return db.session.scalars(wanted).all()


def page_of_fields(filters: Mapping[str, Any], after: list[Any] | None, limit: int) -> Page:
    wanted = select(AssetField)
    if filters.get("type"):
        wanted = wanted.where(AssetField.type == filters["type"])
    if not filters.get("archived"):
        wanted = wanted.where(AssetField.is_archived.is_(False))
    order = (AssetField.type, AssetField.position, AssetField.id)
    return page_of(
        wanted, order, lambda one: [one.type, one.position, one.id], after=after, limit=limit
    )


def get_field(key: str, *, to_change: bool = False) -> AssetField:
    """Its key is its own in the whole school, so that an address needs no more."""
    wanted = select(AssetField).where(AssetField.key == key)
    found = db.session.scalar(wanted.with_for_update() if to_change else wanted)
    if found is None:
        raise NotThere
    return found


def add_field(
    *, by: Me, type: str, label: str, kind: str = "text", choices: Sequence[str] | None = None
) -> AssetField:
    there = all_fields(type=type, with_archived=True)
    if len(there) >= MOST:
        raise wrong("label", f"A type has at most {MOST} fields of your own.")
    _check_label(label, there)
    field = AssetField(
        type=type,
        key=key_for(label, set(db.session.scalars(select(AssetField.key)))),
        label=label,
        kind=kind,
        choices=_choices(kind, choices),
        position=len(there) + 1,
        created_by=by.name,
    )
    db.session.add(field)
    db.session.flush()
    _record("asset_field.added", field, by, to_value=_named(field))
    return field


def change_field(field: AssetField, *, by: Me, **changes: Any) -> None:
    """Its name, its choices, its place, whether it is still asked. What a value is stays: the
    values that are there would no longer fit."""
    before = _named(field)
    if changes.get("label") and changes["label"] != field.label:
        others = [one for one in all_fields(type=field.type, with_archived=True) if one != field]
        _check_label(changes["label"], others)
        field.label = changes["label"]
    if "choices" in changes:
        field.choices = _choices(field.kind, changes["choices"])
    if changes.get("position"):
        field.position = changes["position"]
    if "archived" in changes:
        field.is_archived = bool(changes["archived"])
    db.session.flush()
    _record("asset_field.changed", field, by, from_value=before, to_value=_named(field))


def checked(
    type: str, given: Mapping[str, Any] | None, before: Mapping[str, Any], *, prefix: str = ""
) -> dict[str, Any]:
    """What is kept after these were given: null takes a value away, what is not named stays."""
    found = dict(before)
    if not given:
        return found
    fields = {one.key: one for one in all_fields(type=type, with_archived=True)}
    errors: dict[str, list[str]] = {}
    for key, value in given.items():
        if key not in fields:
            said = f"{TYPES[type]} has no field “{key[:80]}” here."
            errors.setdefault("own_fields", []).append(said)
        elif value is None or value == "":
            found.pop(key, None)
        else:
            try:
                found[key] = fitting(fields[key].kind, fields[key].choices, value)
            except ValueError as error:
                name = f"{prefix}{key}" if prefix else "own_fields"
                errors.setdefault(name, []).append(f"{fields[key].label}: {error}")
    if errors:
        raise Wrong(errors)
    return found


def fitting(kind: str, choices: Sequence[str], value: Any) -> Any:
    """The value as it is kept. Raises ValueError with a sentence where it does not fit."""
    found: Any = _FITTING[kind](value)
    if kind == "choice" and found not in choices:
        raise ValueError(f"choose one of {', '.join(choices)}.")
    return found


def _text(value: Any) -> str:
    if not isinstance(value, str):
        raise ValueError("write it as words.")
    try:
        check_characters(value)
    except Exception as error:
        raise ValueError("remove the control characters.") from error
    text = " ".join(value.split())
    if len(text) > SHORT:
        raise ValueError(f"use at most {SHORT} characters.")
    return text


def _number(value: Any) -> int | float:
    said = "enter a number."
    if isinstance(value, bool) or not isinstance(value, int | float | str):
        raise ValueError(said)
    text = str(value).strip()
    try:
        number = Decimal(text) if _NUMBER.fullmatch(text) else None
    except InvalidOperation:
        number = None
    if number is None:
        raise ValueError(said)
    return int(number) if number == number.to_integral_value() else float(number)


def _day(value: Any) -> str:
    try:
        if isinstance(value, str) and _DAY.fullmatch(value):
            return date.fromisoformat(value).isoformat()
    except ValueError:
        pass
    raise ValueError("enter a real date.")


def _yes_no(value: Any) -> bool:
    if isinstance(value, bool):
        return value
    if isinstance(value, str) and value.strip().lower() in _YES_NO:
        return _YES_NO[value.strip().lower()]
    raise ValueError("answer yes or no.")


_NUMBER = re.compile(r"-?[0-9]{1,15}(\.[0-9]{1,6})?")
_DAY = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
_YES_NO = {"yes": True, "true": True, "no": False, "false": False}
_FITTING: dict[str, Any] = {
    "text": _text,
    "number": _number,
    "date": _day,
    "yes_no": _yes_no,
    "choice": _text,
}


def _choices(kind: str, choices: Sequence[str] | None) -> list[str]:
    found = list(dict.fromkeys(one.strip() for one in choices or () if one.strip()))
    if kind != "choice":
        return []
    if len(found) < 2:
        raise wrong("choices", "Name at least two answers to choose from, one in a line.")
    return found


def _check_label(label: str, there: Sequence[AssetField]) -> None:
    if label.lower() in {one.label.lower() for one in there}:
        raise wrong("label", "This type has a field of this name already.")


def _named(field: AssetField) -> str:
    return f"{TYPES[field.type]}: {field.label}"


def _record(
    kind: str, field: AssetField, by: Me, *, from_value: str | None = None, to_value: str
) -> None:
    record(
        kind,
        subject_kind="asset_field",
        subject_id=field.id,
        at=clock.now(),
        by=by,
        from_value=from_value,
        to_value=to_value,
        visibility="internal",
    )
