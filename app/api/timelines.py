"""The history of one thing of a register as JSON."""

from __future__ import annotations

from typing import Any

from flask import Response

from app.api.listed import listed
from app.history.queries import events_of
from app.history.shown import event_as_json


def timeline(kind: str, thing_id: int, args: dict[str, Any]) -> Response:
    """What became of it, the newest first. Events of a register carry its kind."""
    return listed(
        f"{kind} {thing_id}",
        args,
        lambda _, after, limit: events_of(kind, thing_id, after, limit),
        lambda events: [event_as_json(one) for one in events],
    )
