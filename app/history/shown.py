"""An event as people and as programs read it."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from datetime import date, datetime
from typing import Any, NamedTuple

from app.shapes import instant

_DAY = re.compile(r"\d{4}-\d{2}-\d{2}")


class Told(NamedTuple):
    at: datetime
    actor: str
    what: str
    note: str | None
    visibility: str


def told(events: Iterable[Any], words: Mapping[str, str]) -> list[Told]:
    """`words` say it by kind; {before} and {after} are what it was and what it became."""
    return [
        Told(
            one.at,
            one.actor,
            words.get(one.kind, one.kind).format(
                before=_said(one.from_value), after=_said(one.to_value)
            ),
            one.note,
            one.visibility,
        )
        for one in events
    ]


def _said(value: str | None) -> str:
    """A day is kept as programs read it, and said as people do."""
    if value and _DAY.fullmatch(value):
        try:
            return f"{date.fromisoformat(value):%-d %B %Y}"
        except ValueError:
            return value  # only looks like one
    return value or "nothing"


def event_as_json(event: Any) -> dict[str, Any]:
    return {
        "at": instant(event.at),
        "actor": event.actor,
        "kind": event.kind,
        "from": event.from_value,
        "to": event.to_value,
        "note": event.note,
        "visibility": event.visibility,
    }
