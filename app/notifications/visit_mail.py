"""What the school's desk and whoever comes hear of a visit: booked, moved, cancelled, aborted.

Reporters hear of it by their incidents (rules.TELL). Nothing that is said stands in the outbox.
"""

from __future__ import annotations

from typing import Any

from sqlalchemy import select

from app import clock
from app.incidents.models import Incident
from app.incidents.queries import visibilities
from app.incidents.turns import reference
from app.later import later_each, row_being_done
from app.notifications.known import Known, know
from app.notifications.letters import Letter
from app.notifications.post import absolute, post
from app.notifications.rules import Topic
from app.notifications.who_reads import can_read
from app.notifications.words import CHOICES_PATH
from app.people.models import LaMembership, Membership
from app.permissions import Role
from app.visits.models import Visit, VisitJob
from app.web.words import day_time
from tenants import current_school_id, db

# fmt: off
# what: (subject, sentence)
SAID: dict[str, tuple[str, str]] = {
    "booked":         ("a visit is agreed",
                       "{visitor} comes to {school} on {when}. It was booked by {by}."),
    "moved":          ("a visit was moved", "{visitor} now comes to {school} on {when}."),
    "cancelled":      ("a visit was cancelled",
                       "{visitor} does not come to {school} on {when}."),
    "aborted":        ("a visit was aborted",
                       "{visitor}’s visit to {school} on {when} was broken off."),
    "left":           ("a visit is over",
                       "{visitor} has left {school}. The desk can read and sign what was done."),
    "job_called_off": ("a job was called off",
                       "Less is to be done at {visitor}’s visit to {school} on {when}."),
}
# fmt: on


def tell_of_visit(visit_id: int, what: str, but: int | None = None) -> None:
    """A letter each for the desk and the visitor; none for whoever did it (`but`)."""
    visit = db.session.get(Visit, (current_school_id(), visit_id))
    if visit is None or what not in SAID:
        return
    visitor = _person_of_visitor(visit)
    known = know([], [visitor] if visitor is not None else [])
    told = {*known.of_role(Role.SPOC), *([visitor] if visitor is not None else [])} - {but}
    payloads = [
        {"visit_id": visit_id, "what": what, "person_id": one}
        for one in sorted(told)
        if _is_wanted(known, one, is_visitor=one == visitor)
    ]
    later_each("send_visit_letter", payloads, at=clock.now())


def send_visit_letter(visit_id: int, what: str, person_id: int) -> None:
    """Raises Temporary or Permanent."""
    visit = db.session.get(Visit, (current_school_id(), visit_id))
    known = know([], [person_id])
    person, address = known.people.get(person_id), known.addresses.get(person_id)
    if visit is None or person is None or address is None or address.email in known.troubled:
        return
    subject, sentence = SAID[what]
    words = {
        "visitor": visit.visitor_name,
        "school": known.school.name,
        "when": day_time(visit.starts_at),
        "by": visit.booked_by,
    }
    reason = visit.aborted_reason if what == "aborted" else visit.cancelled_reason
    paragraphs = [sentence.format(**words)]
    if reason and what in ("aborted", "cancelled"):
        paragraphs.append(f"Why:\n{reason}")
    paragraphs += _agenda(visit, known, person)
    post(
        Letter(
            to=address.email,
            to_name=person.name,
            subject=f"{known.school.name}: {subject}",
            paragraphs=tuple(paragraphs),
            button=("Open the visit", absolute(f"/{known.school.slug}/visits/{visit.number}")),
            small_print=(
                f"You get this from the ICT service desk of {known.school.name}.",
                f"Choose what you get by mail: {absolute(CHOICES_PATH)}",
            ),
            thread=f"visit-{current_school_id()}.{visit.number}",
            choices_url=absolute(CHOICES_PATH),
        ),
        message_id=row_being_done.get(),
    )


def _agenda(visit: Visit, known: Known, person: Any) -> list[str]:
    """What is to be done, as far as the person may read of it; a sensitive one by its number."""
    rows = db.session.scalars(
        select(Incident)
        .join(
            VisitJob,
            (VisitJob.school_id == Incident.school_id) & (VisitJob.incident_id == Incident.id),
        )
        .where(VisitJob.visit_id == visit.id)
        .order_by(VisitJob.position)
    )
    lines = []
    for incident in rows:
        if can_read(person, incident) and "public" in visibilities(person):
            ref = reference(known.school.code, incident.number)
            lines.append(ref if incident.is_sensitive else f"{ref}: {incident.title}")
    return ["On the agenda:\n" + "\n".join(lines)] if lines else []


def _is_wanted(known: Known, person_id: int, *, is_visitor: bool) -> bool:
    """A visit is about a time, so whoever reads once a day gets it at once too."""
    address = known.addresses.get(person_id)
    if address is None or address.email in known.troubled:
        return False
    topic = Topic.WORK if is_visitor else Topic.DESK
    return address.choices.get(topic) != "off"


def _person_of_visitor(visit: Visit) -> int | None:
    if visit.la_membership_id is not None:
        at_la = select(LaMembership.person_id).where(LaMembership.id == visit.la_membership_id)
        return db.session.scalar(at_la)
    if visit.membership_id is not None:
        own = select(Membership.person_id).where(Membership.id == visit.membership_id)
        return db.session.scalar(own)
    return None
