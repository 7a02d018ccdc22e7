"""Asking somebody for input without giving the work away: ownership, turn and clocks stay [R41].

A group of the school or the LA sees the question on the incident. Of anybody outside (a specialist,
another school's technician, a forum) only words are kept: what is asked there is a text that
somebody writes for it, never the incident [R61].
"""

from __future__ import annotations

from sqlalchemy import func, select

from app.errors import NotAllowed, NotThere, Refused, wrong
from app.incidents import turns
from app.incidents.chronicle import noted
from app.incidents.models import Incident
from app.incidents.passed_on import Consultation
from app.incidents.queries import check_reach
from app.people.groups import Group, group_named
from app.people.identity import Me
from app.permissions import Reach
from tenants import db

GROUP = "group"
CONSULTED, ANSWERED = "incident.consulted", "incident.consultation_answered"
MOST = 100


def ask(
    incident: Incident,
    *,
    by: Me,
    question: str,
    source: str = GROUP,
    group: str | None = None,
    asked: str | None = None,
) -> Consultation:
    """Write the question down; a group's members hear of it."""
    check_reach(by, "incident.consult", incident)
    turns.check_step(incident, "consult")
    if how_many(incident) >= MOST:
        raise Refused("So many questions were asked about it already. Pass it on instead.")
    found = _group(incident, source, group)
    name = found.name if found else asked
    if not name:
        raise wrong("asked", "Say who is asked.")
    at = turns.instant_for(incident)
    made = Consultation(
        incident_id=incident.id,
        source=source,
        school_group_id=found.school_group_id if found else None,
        la_group_id=found.la_group_id if found else None,
        asked=name,
        question=question,
        asked_by=by.name,
        asked_at=at,
        answer=None,
        answered_by=None,
        answered_at=None,
    )
    db.session.add(made)
    db.session.flush()
    noted(incident, CONSULTED, at, by=by, after=name, note=question, visibility="internal")
    return made


def answer(incident: Incident, consultation: Consultation, *, by: Me, answer: str) -> None:
    """By a member of the group that was asked, or by the desk with what somebody outside said."""
    if not may_answer(by, incident, consultation):
        raise NotAllowed(f"{consultation.asked} was asked, so your role does not answer this.")
    if consultation.answered_at is not None:
        raise Refused("It has been answered already. Add a note instead.")
    turns.check_step(incident, "note")
    at = turns.instant_for(incident)
    consultation.answer, consultation.answered_by = answer, by.name
    consultation.answered_at = at
    noted(
        incident,
        ANSWERED,
        at,
        by=by,
        before=consultation.asked,
        after=consultation.asked_by,
        note=answer,
        visibility="internal",
    )


def may_answer(person: Me, incident: Incident, consultation: Consultation) -> bool:
    """The desk and the LA's manager may write down what anybody said."""
    reaches = person.reach("incident.answer_consult")
    if Reach.ALL in reaches or (Reach.SCHOOL in reaches and person.may("incident.forward")):
        return True
    if not reaches:
        return False
    if consultation.source != GROUP:
        return consultation.asked_by == person.name
    return (
        consultation.la_group_id in person.la_group_ids
        or consultation.school_group_id in person.group_ids
    )


def consultations_of(
    incident: Incident, *, limit: int = MOST, after: int = 0
) -> list[tuple[int, Consultation]]:
    """Numbered from 1 within the incident, in the order they were asked."""
    wanted = select(Consultation).where(Consultation.incident_id == incident.id)
    rows = db.session.scalars(wanted.order_by(Consultation.id).offset(after).limit(limit))
    return list(enumerate(rows, after + 1))


def get_consultation(incident: Incident, number: int) -> Consultation:
    """Raises NotThere."""
    found = consultations_of(incident, limit=1, after=number - 1) if number <= MOST else []
    if not found:
        raise NotThere
    return found[0][1]


def how_many(incident: Incident) -> int:
    return (
        db.session.scalar(
            select(func.count()).where(Consultation.incident_id == incident.id),
        )
        or 0
    )


def _group(incident: Incident, source: str, group: str | None) -> Group | None:
    if source != GROUP:
        return None
    if not group:
        raise wrong("group", "Choose the group that is asked.")
    found = group_named(group)
    if found.is_supplier:
        raise wrong("group", "A supplier has no account here. Ask it as a source outside.")
    if incident.is_sensitive and found.la_group_id is not None and incident.forwarded_at is None:
        raise Refused("It is marked sensitive, so the LA can read it only once it is forwarded.")
    if incident.is_sensitive and found.school_group_id is not None:
        raise Refused("It is marked sensitive, so that group cannot read it.")
    return found
