"""Another incident of the same school, as people name it: HAM-12, or its number alone."""

from __future__ import annotations

import re

from sqlalchemy import select

from app.errors import NotThere, wrong
from app.incidents.models import Incident
from app.incidents.queries import get_incident
from app.incidents.turns import reference
from app.people.identity import Me
from tenants import School, current_school_id, db

_NAMED = re.compile(r"(?:([a-z][a-z0-9]{0,15})-)?([1-9][0-9]{0,8})")


def named(text: str, *, by: Me, field: str, to_change: bool = False) -> Incident:
    """Raises Wrong for one that is not there, or not to be seen: the two are the same."""
    match = _NAMED.fullmatch(text.strip().lower())
    try:
        if match is None or (match[1] and match[1] != school_code().lower()):
            raise NotThere
        return get_incident(by, int(match[2]), to_change=to_change)
    except NotThere:
        raise wrong(field, "There is no such incident. Write its reference.") from None


def reference_of(incident: Incident) -> str:
    return reference(school_code(), incident.number)


def school_code() -> str:
    """Of the school acted in."""
    return db.session.scalar(select(School.code).where(School.id == current_school_id())) or ""
