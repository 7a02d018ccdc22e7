"""Who hears of a change and of what was put in place (R89): the ICT owner that one waits for a
decision, whoever asked for it what was decided, the SPOC what is new now.
"""

from __future__ import annotations

from typing import Any, NamedTuple

from app import clock
from app.later import later_each, row_being_done
from app.notifications.known import Known, know
from app.notifications.letters import Letter
from app.notifications.post import absolute, post
from app.notifications.rules import Topic
from app.notifications.words import CHOICES_PATH
from app.permissions import Role
from app.progress import rules
from app.progress.models import Change, Implementation
from tenants import current_school_id, db

SEND = "send_progress_letter"


class Said(NamedTuple):
    role: Role | None  # who hears; None: whoever asked for it
    topic: Topic
    subject: str
    sentence: str


# fmt: off
SAID: dict[str, Said] = {
    "submitted":   Said(Role.ICT_OWNER, Topic.APPROVALS, "a change waits for your approval",
                        "{who} asks for a change at {school}: {title}."),
    "prepared":    Said(Role.ICT_OWNER, Topic.APPROVALS, "a change is prepared",
                        "It waits for your approval to be implemented at {school}: {title}."),
    "approved_to_proceed":   Said(None, Topic.DESK, "your change may be prepared",
                                  "The ICT owner has approved it: {title}."),
    "approved_to_implement": Said(None, Topic.DESK, "your change may be implemented",
                                  "The ICT owner has approved it: {title}."),
    "rejected":    Said(None, Topic.DESK, "your change is rejected",
                        "The ICT owner has rejected it: {title}."),
    "implemented": Said(Role.SPOC, Topic.DESK, "a change is done",
                        "This has been changed at {school}: {title}."),
    "backed_out":  Said(Role.SPOC, Topic.DESK, "a change was undone",
                        "This was tried at {school} and undone: {title}."),
    "done":        Said(Role.SPOC, Topic.DESK, "something new is in place",
                        "This is in place at {school} now: {title}."),
}
# fmt: on
_MODELS: dict[str, Any] = {"change": Change, "implementation": Implementation}


def tell_of_progress(about: str, subject_id: int, what: str, by_person: int | None) -> None:
    """A letter to each who hears of it, but not to whoever did it."""
    thing = db.session.get(_MODELS[about], (current_school_id(), subject_id))
    said = SAID.get(what)
    if thing is None or said is None or _is_over(thing, what):
        return
    asked = getattr(thing, "originator_person", None)
    known = know([], [asked] if asked else [])
    told = {asked} if said.role is None else set(known.of_role(said.role))
    payloads = [
        {"about": about, "subject_id": subject_id, "what": what, "person_id": one}
        for one in sorted(one for one in told - {by_person} if one is not None)
        if _is_reached(known, one, said.topic)
    ]
    later_each(SEND, payloads, at=clock.now())


def _is_reached(known: Known, person_id: int, topic: Topic) -> bool:
    found = known.addresses.get(person_id)
    if found is None or found.email in known.troubled:
        return False
    return found.choices.get(topic) != "off"


def _is_over(thing: Any, what: str) -> bool:
    """It has gone on since: nobody has to decide any more."""
    waits = what in rules.WAITS_FOR_OWNER
    return waits and thing.state != what


def send_progress_letter(about: str, subject_id: int, what: str, person_id: int) -> None:
    """Raises Temporary or Permanent."""
    thing = db.session.get(_MODELS[about], (current_school_id(), subject_id))
    known = know([], [person_id])
    person, address = known.people.get(person_id), known.addresses.get(person_id)
    if thing is None or person is None or address is None or address.email in known.troubled:
        return
    said, school = SAID[what], known.school
    words = {"school": school.name, "title": thing.title}
    first = said.sentence.format(who=getattr(thing, "originator", ""), **words)
    choices = absolute(CHOICES_PATH)
    post(
        Letter(
            to=address.email,
            to_name=person.name,
            subject=f"{school.name}: {said.subject}",
            paragraphs=(first, *_more(thing, what)),
            button=("Open it", absolute(f"/{school.slug}/{about}s/{thing.number}")),
            small_print=(
                f"You get this from the ICT service desk of {school.name}.",
                f"Choose what you get by mail: {choices}",
            ),
            thread=f"{about}-{current_school_id()}.{thing.number}",
            choices_url=choices,
        ),
        message_id=row_being_done.get(),
    )


def _more(thing: Any, what: str) -> list[str]:
    if what in ("implemented", "backed_out"):
        return [f"How it went:\n{thing.outcome}"]
    if what == "rejected":
        return [f"Why:\n{thing.decision_note}"]
    about = getattr(thing, "description", None) or getattr(thing, "summary", None)
    return [about] if about else []
