"""What a supplier says about an incident, by link or signed in: a note, their reference, when they
come, and that it is done.

"Done" is a proposal: SPOC or the LA's line records it as the resolution (T13), so the state and
whose turn it is stay as they are.
"""

from __future__ import annotations

from datetime import datetime, timedelta

from sqlalchemy import select

from app import clock
from app.contracts.rules import Kind
from app.errors import NotAllowed, Wrong
from app.history.models import Event
from app.history.queries import last_event
from app.incidents import clocks, rules, turns
from app.incidents.chronicle import noted
from app.incidents.models import Incident
from app.incidents.passed_on import SupplierLink
from app.incidents.queries import can_reach
from app.people.identity import Me
from tenants import db

NOTED, ANSWERED = "incident.supplier_noted", "incident.supplier_answered"
_LONGEST_AHEAD = timedelta(days=366)
# Sent twice from a page without JavaScript, say.
_SAME_WITHIN = timedelta(minutes=10)


def speaker(link: SupplierLink) -> Me:
    """Whoever has the link, as history names them: the supplier, not a person."""
    return Me(person_id=0, email="", own_name=link.supplier, belongings=(), schools=())


def say(
    incident: Incident,
    *,
    by: Me,
    link: SupplierLink | None = None,
    text: str | None = None,
    their_reference: str | None = None,
    visit_at: datetime | None = None,
    done: bool = False,
) -> None:
    """Write down what the supplier said. Told to the SPOC and to the LA's line."""
    if link is None and not can_reach(by, "incident.supplier_answer", incident):
        raise NotAllowed("It is not with your company now.")
    turns.check_step(incident, "supplier")
    at = turns.instant_for(incident)
    _check(text, visit_at, done, at)
    said = _said(incident, text, their_reference, visit_at)
    if not said:
        raise Wrong({"text": ["Write a note, your reference or when you come."]})
    kind = ANSWERED if done else NOTED
    if _was_said(incident, by, kind, said, at):
        return
    incident.supplier_reference = their_reference or incident.supplier_reference
    incident.supplier_visit_at = visit_at or incident.supplier_visit_at
    incident.updated_at = at
    if link is not None and done:
        link.done_at = at
    if incident.line == rules.SUPPLIER_LINE:
        running = clocks.clocks_of(incident)
        clocks.respond(running, Kind.UC, incident, at)
        clocks.wind(incident, running, at)
    noted(incident, kind, at, by=by, note=said, visibility="supplier")


def answer_of(incident: Incident) -> str | None:
    """What the supplier said last when it said that it was done, for whoever records it."""
    found: str | None = db.session.scalar(
        select(Event.note)
        .where(
            Event.school_id == incident.school_id,
            Event.subject_kind == "incident",
            Event.subject_id == incident.id,
            Event.kind == ANSWERED,
        )
        .order_by(Event.at.desc(), Event.id.desc())
        .limit(1)
    )
    return found


def _check(text: str | None, visit_at: datetime | None, done: bool, at: datetime) -> None:
    errors: dict[str, list[str]] = {}
    if done and not text:
        errors["text"] = ["Say what was done."]
    if visit_at is not None and visit_at < at - timedelta(hours=1):
        errors["visit_at"] = ["This time is over already."]
    elif visit_at is not None and visit_at > at + _LONGEST_AHEAD:
        errors["visit_at"] = ["Choose a day within the next year."]
    if errors:
        raise Wrong(errors)


def _said(
    incident: Incident, text: str | None, their_reference: str | None, visit_at: datetime | None
) -> str:
    parts = [text] if text else []
    if their_reference and their_reference != incident.supplier_reference:
        parts.append(f"Their reference: {their_reference}")
    if visit_at and visit_at != incident.supplier_visit_at:
        here = visit_at.astimezone(clock.LONDON)
        parts.append(f"They come on {here:%A} {here.day} {here:%B} at {here:%H:%M}")
    return "\n".join(parts)


def _was_said(incident: Incident, by: Me, kind: str, said: str, at: datetime) -> bool:
    last = last_event("incident", incident.id, ("supplier",))
    return (
        last is not None
        and (last.kind, last.actor, last.note) == (kind, by.name, said)
        and at - last.at < _SAME_WITHIN
    )
