"""Opening one incident to read it; LA staff from outside leave an access record."""

from __future__ import annotations

from app import clock
from app.errors import NotAllowed, NotThere
from app.history.actions import record_access
from app.incidents.models import Incident
from app.incidents.queries import advises_only, get_incident, supplies_only
from app.incidents.turns import reference
from app.people.identity import Me


def open_to_read(
    person: Me, number: int, *, is_offered_too: bool = False, is_for_supplier: bool = False
) -> Incident:
    """One incident that the person may see, and the record of their looking. Of what was only
    offered to them as an advisor, nothing but the safe answers: `advisors.offered_detail`; of what
    only their company has, nothing but those of `for_suppliers`."""
    incident = get_incident(person, number)
    if not is_offered_too and advises_only(person, incident):
        raise NotThere
    if not is_for_supplier and supplies_only(person, incident):
        raise NotAllowed("A supplier reads what it takes to mend it, and nothing else of it.")
    if person.is_from_outside:
        assert person.school is not None
        why = "forwarded to the LA" if incident.forwarded_at else "open in the LA's queue"
        record_access(reference(person.school.code, number), why, at=clock.now(), by=person)
    return incident


def open_list(person: Me, what: str) -> None:
    """A list of the school's incidents shows titles and names, so looking at it is recorded too."""
    if person.is_from_outside:
        record_access(what, "read as LA staff", at=clock.now(), by=person)
