"""Who else writes here just now, asked again by the page every twenty seconds (presence.js)."""

from __future__ import annotations

from flask import current_app, jsonify, request
from flask.typing import ResponseReturnValue as Answer

from app.door import me, requires
from app.errors import NotThere
from app.incidents.blueprint import pages
from app.incidents.presence import Presence, sentence
from app.incidents.queries import advises_only, can_reach, get_incident, supplies_only
from config import Settings


def presence() -> Presence:
    """One for each process, made when it is first asked for."""
    found: Presence | None = current_app.extensions.get("presence")
    if found is None:
        settings: Settings = current_app.config["SETTINGS"]
        found = Presence(settings.redis_url, settings.role_prefix)
        current_app.extensions["presence"] = found
    return found


@pages.get("/<slug:school>/incidents/<number:number>/presence")
@requires("incident.view")
def who_writes(number: int) -> Answer:
    """`?writes=1`: so does whoever asks."""
    person = me()
    incident = get_incident(person, number)
    if advises_only(person, incident) or supplies_only(person, incident):
        raise NotThere
    if "writes" in request.args and can_reach(person, "incident.note", incident):
        presence().writes(incident, person)
    return jsonify(said=sentence(presence().others(incident, person)))
