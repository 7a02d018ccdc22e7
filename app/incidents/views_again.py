"""What was closed has come back: a new sheet that begins with the old one's words and is linked to
it (T18)."""

from __future__ import annotations

from typing import Any

from flask import request

from app.door import me
from app.errors import NotThere
from app.incidents import views_choices as choices
from app.incidents.linking import join
from app.incidents.models import Incident
from app.incidents.queries import get_incident

FIELD = "again"


def asked_again() -> Incident | None:
    """The one that the address or the form names, if the person may see it."""
    text = request.values.get(FIELD, "")
    if not (text.isascii() and text.isdecimal() and len(text) < 10 and int(text)):
        return None
    try:
        found = get_incident(me(), int(text))
    except NotThere:
        return None
    return None if found.is_open else found


def start_again() -> dict[str, Any]:
    """What the new sheet begins with."""
    old = asked_again() if request.method != "POST" else None
    if old is None:
        return {}
    room = choices.room_key(old)
    return {"title": old.title, "type": old.type, "location": room, "seen_before": "yes"}


def link_again(incident: Incident) -> None:
    """Both histories say that it came back."""
    old = asked_again()
    if old is not None and old.id != incident.id:
        join(incident, old, "came_back", by=me())
