"""How the office says what stands in a field: in a list, on a page, and beside a stale form."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date, datetime
from typing import Any

from app.web.words import day_time


def day_words(on: date | None) -> str:
    """`1 September 2026`."""
    return f"{on.day} {on:%B %Y}" if on else ""


# Flask-Admin's own would draw an icon of a font that we do not have. The first that fits counts.
TYPE_WORDS: dict[type, Callable[[Any, Any, str], str]] = {
    type(None): lambda view, value, name: "",
    bool: lambda view, value, name: "Yes" if value else "No",
    datetime: lambda view, value, name: day_time(value),
    date: lambda view, value, name: day_words(value),
}


def one_of(words: Mapping[Any, str], column: str) -> Callable[..., str]:
    """A formatter that says a code in words."""

    def said(view: Any, context: Any, row: Any, name: str) -> str:
        code = getattr(row, column)
        return "" if code is None else words.get(code, str(code))

    return said


def changed(row: Any, data: Mapping[str, Any], *names: str) -> dict[str, tuple[Any, Any]]:
    """{field: (before, after)} of those that differ; set on the row."""
    found = {
        name: (getattr(row, name), data[name])
        for name in names
        if name in data and getattr(row, name) != data[name]
    }
    for name, (_, after) in found.items():
        setattr(row, name, after)
    return found


def plain(value: Any) -> str | None:
    """As an event keeps it."""
    if value is None or isinstance(value, str):
        return value
    if isinstance(value, bool):
        return "yes" if value else "no"
    return value.isoformat() if isinstance(value, date) else str(value)
