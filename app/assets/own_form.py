"""The school's own fields of a type as questions of a form, and back."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Any

from marshmallow import Schema, fields

from app.assets import own_fields, rules
from app.assets.models import Asset, AssetField
from app.shapes import SHORT, Day, Text, choice

PREFIX = "own_"
_YES_NO = {"yes": "Yes", "no": "No"}


def fields_of(type: str) -> Sequence[AssetField]:
    return own_fields.all_fields(type=type) if type in rules.TYPES else ()


def shape(base: type[Schema], own: Sequence[AssetField]) -> type[Schema]:
    """The schema with a question for each of these."""
    if not own:
        return base
    return type(base.__name__, (base,), {_named(one.key): _question(one) for one in own})


def gathered(said: dict[str, Any]) -> dict[str, Any]:
    """Answers to own fields under one name, as an action takes them."""
    own = {
        name.removeprefix(PREFIX).replace("_", "-"): _plain(value)
        for name, value in said.items()
        if name.startswith(PREFIX) and name != "own_fields"
    }
    rest = {name: said[name] for name in said if not name.startswith(PREFIX)}
    return {**rest, "own_fields": own} if own else rest


def start(asset: Asset) -> dict[str, Any]:
    """What the questions show at first."""
    return {_named(key): _shown(value) for key, value in (asset.own_fields or {}).items()}


def place_errors(form: Any) -> None:
    """What an action found wrong stands at the top: its sentence names the field."""
    if "own_fields" in form.errors:
        form.errors.setdefault("", []).extend(form.errors.pop("own_fields"))


def in_words(asset: Asset) -> list[tuple[str, str]]:
    """(label, value) of what is filled in, of fields that are no longer asked too."""
    values = asset.own_fields or {}
    if not values:
        return []
    known = own_fields.all_fields(type=asset.type, with_archived=True)
    return [(one.label, _said(values[one.key])) for one in known if one.key in values]


def _named(key: str) -> str:
    return PREFIX + key.replace("-", "_")


def _question(field: AssetField) -> fields.Field[Any]:
    about: dict[str, Any] = {"label": field.label}
    if field.kind == "date":
        return Day(allow_none=True, metadata=about)
    if field.kind == "yes_no":
        return choice(_YES_NO, allow_none=True, metadata=about)
    if field.kind == "choice":
        return choice(tuple(field.choices), allow_none=True, metadata=about)
    return Text(SHORT, allow_none=True, metadata={**about, "width": "20"})


def _plain(value: Any) -> Any:
    return value.isoformat() if isinstance(value, date) else value


def _shown(value: Any) -> Any:
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, str) and len(value) == 10 and value[4] == value[7] == "-":
        try:
            return date.fromisoformat(value)
        except ValueError:
            return value
    return str(value)


def _said(value: Any) -> str:
    return _YES_NO["yes" if value else "no"] if isinstance(value, bool) else str(value)
