"""Whose person acts: needed wherever an action may stop a response clock."""

from __future__ import annotations

from app.contracts.rules import Kind
from app.incidents import rules
from app.incidents.models import Incident
from app.people.identity import Me
from app.permissions import Role


def provider_of(by: Me, incident: Incident) -> Kind | None:
    """The LA's once it was forwarded, the supplier's while it is with one, otherwise the school
    desk's; None for a reporter."""
    if by.la_membership_ids and incident.forwarded_at is not None:
        return Kind.SLA
    if Role.SUPPLIER in by.roles and incident.line == rules.SUPPLIER_LINE:
        return Kind.UC
    return Kind.OLA if by.may("desk.view") and by.membership_ids else None
