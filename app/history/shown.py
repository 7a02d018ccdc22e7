"""An event as people and as programs read it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any, NamedTuple

from app.shapes import instant


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
                before=one.from_value or "nothing", after=one.to_value or "nothing"
            ),
            one.note,
            one.visibility,
        )
        for one in events
    ]


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
