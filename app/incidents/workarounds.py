"""Another way to work meanwhile comes first (R54, R60): what it is, or why there is none."""

from __future__ import annotations

from app.errors import Refused, wrong
from app.incidents import clocks, turns
from app.incidents.chronicle import noted
from app.incidents.models import Incident
from app.incidents.parties import provider_of
from app.incidents.queries import check_reach
from app.people.identity import Me


def work_around(
    incident: Incident,
    *,
    by: Me,
    text: str | None = None,
    none_because: str | None = None,
    restored: bool = False,
) -> None:
    """`restored`: the user can work again with it, although the cause is still there."""
    check_reach(by, "incident.diagnose", incident)
    turns.check_step(incident, "work_around")
    if bool(text) == bool(none_because):
        raise wrong("text", "Say either how to work meanwhile, or why there is no other way.")
    if restored and not text:
        raise wrong("restored", "Without another way nobody can work again.")
    at = turns.instant_for(incident)
    incident.workaround, incident.no_workaround = text, none_because
    if restored:
        incident.restored_at = incident.restored_at or at
    incident.updated_at = at
    running, provider = clocks.clocks_of(incident), provider_of(by, incident)
    if provider is not None:
        clocks.respond(running, provider, incident, at)
        clocks.wind(incident, running, at)
    noted(
        incident,
        "incident.worked_around" if text else "incident.no_workaround",
        at,
        by=by,
        note=text or none_because,
    )


def check_recorded(incident: Incident) -> None:
    """Before it goes to a problem (T19). Raises Refused."""
    if not (incident.workaround or incident.no_workaround):
        raise Refused("Say first how to work meanwhile, or why there is no other way.")
