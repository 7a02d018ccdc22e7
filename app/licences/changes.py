"""What a change says of each field: what it was and what it is now, in words."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, NamedTuple

from sqlalchemy import select

from app.licences.named import Registers
from tenants import db


class Changed(NamedTuple):
    names: list[str]
    before: str
    after: str


def changes_of(
    row: Any, before: Mapping[str, Any], words: Mapping[str, str], registers: Registers
) -> Changed:
    """Of the fields in `words`, in that order; of what it names, what people call it."""
    names = [name for name in words if getattr(row, name) != before[name]]
    said = {name: _in_words(name, (before[name], getattr(row, name)), registers) for name in names}
    return Changed(
        names,
        "; ".join(f"{words[name]}: {said[name][0]}" for name in names),
        "; ".join(f"{words[name]}: {said[name][1]}" for name in names),
    )


def _in_words(name: str, values: tuple[Any, Any], registers: Registers) -> tuple[str, str]:
    called: Mapping[Any, Any] = {value: value for value in values}
    if name.endswith("_id"):
        one = registers[name.removesuffix("_id")]
        wanted = select(one.model.id, one.called).where(one.model.id.in_({*values} - {None}))
        called = {row_id: name for row_id, name in db.session.execute(wanted)}
    was, now = (_said(called.get(value)) for value in values)
    return was, now


def _said(value: Any) -> str:
    if isinstance(value, bool):
        return "yes" if value else "no"
    return "nothing" if value is None else str(value)
