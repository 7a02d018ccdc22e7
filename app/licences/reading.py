"""Somebody opens a licence, or a file of it: LA staff from outside leave an access record."""

from __future__ import annotations

from app import clock
from app.files.papers import Owner, Papers
from app.history.actions import record_access
from app.licences import queries
from app.licences.models import Licence
from app.people.identity import Me


def opened(number: int, person: Me) -> Licence:
    licence = queries.get_licence(number)
    if person.is_from_outside:
        record_access(f"licence {number}", "read as LA staff", at=clock.now(), by=person)
    return licence


def _owner(number: int, *, to_change: bool = False) -> Owner:
    licence = queries.get_licence(number, to_change=to_change)
    return Owner("licence", licence.id, licence.version, licence.product)


PAPERS = Papers(kind="licence", view="licence.view", edit="licence.edit", find=_owner)
