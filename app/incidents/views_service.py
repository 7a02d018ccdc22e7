"""The service of an incident on pages: what a sheet offers, what it is called, and why a critical
date raised the priority, for those who may know.
"""

from __future__ import annotations

from app.catalogue.queries import get_service, service_choices, service_of
from app.door import me
from app.errors import NotThere
from app.incidents.blueprint import pages
from app.incidents.models import Incident
from app.incidents.of_service import why_priority

Choices = list[tuple[str, str]]


@pages.app_template_global()
def services_to_choose(chosen: str | None) -> Choices:
    """None where the school has no catalogue; what is named already stays though it is archived."""
    found = service_choices()
    if chosen and chosen not in dict(found):
        try:
            found.append((chosen, f"{get_service(chosen).name} (no longer offered)"))
        except NotThere:
            return found
    return found


@pages.app_template_filter()
def service_name(incident: Incident) -> str | None:
    service = service_of(incident.service_id)
    return service.name if service else None


@pages.app_template_filter()
def priority_why(incident: Incident) -> str | None:
    return why_priority(incident, me())
