"""What the mails say. Short sentences; what somebody typed is quoted, nothing else of them is told.

A sensitive incident is told of by its reference alone: mail is read on many screens.
"""

from __future__ import annotations

from typing import Any

from app.incidents.models import Incident
from app.incidents.turns import reference
from app.notifications.letters import Letter
from app.notifications.post import absolute
from app.notifications.rules import SCHOOL_DESK

CHOICES_PATH = "/account/mail"
_LONGEST_QUOTE = 2000

# fmt: off
# kind: (subject, sentence to the reporter, sentence to everybody else, heading of what was written)
_SAID: dict[str, tuple[str, str, str, str]] = {
    "incident.logged":      ("received",
                             "Thank you. {ref} is with the ICT service desk of {school}.",
                             "{actor} has logged {ref} at {school}.", ""),
    "incident.returned":    ("something is missing",
                             "The service desk needs more before it can begin on {ref}.",
                             "{actor} has returned {ref} to its reporter.", "What is missing:"),
    "incident.noted":       ("a new note",
                             "{actor} has written about {ref}.",
                             "{actor} has written about {ref}.", "The note:"),
    "incident.resolved":    ("resolved",
                             "{ref} has been resolved. If it is not right, open it and say so.",
                             "{actor} has resolved {ref}.", "How it was resolved:"),
    "incident.self_cured":  ("works again",
                             "{ref} works again by itself.",
                             "{actor} says that {ref} works again by itself.", "What was said:"),
    "incident.closed":      ("closed",
                             "{ref} has been closed. Log a new one if it comes back.",
                             "{actor} has closed {ref}.", ""),
    "incident.reopened":    ("reopened",
                             "{ref} has been reopened, and work on it goes on.",
                             "{actor} has reopened {ref}.", "Why:"),
    "incident.escalated":   ("has come to you", "",
                             "{actor} has passed {ref} of {school} on to {to}.",
                             "What was tried:"),
    "incident.assigned":    ("is yours", "", "{actor} has given {ref} to {to}.", ""),
    "incident.handed_back": ("was handed back", "",
                             "{actor} has handed {ref} back to {to}.", "Why:"),
    "clock.breached":       ("a time was missed", "",
                             "The {promise} for {ref} of {school} came too late.", ""),
}
# fmt: on


def letter(
    event: Any,
    incident: Incident,
    school: Any,
    *,
    to: str,
    name: str,
    is_reporter: bool,
    has_account: bool,
) -> Letter:
    ref = reference(school.code, incident.number)
    subject, paragraphs = _text(event, incident, school, is_reporter=is_reporter)
    why = (
        f"You get this from the ICT service desk of {school.name}.",
        f"Choose what you get by mail: {absolute(CHOICES_PATH)}"
        if has_account
        else "You get it because the desk wrote your address on this report.",
    )
    return Letter(
        to=to,
        to_name=name,
        subject=subject,
        paragraphs=paragraphs,
        button=(f"Open {ref}", link(school, incident)) if has_account else None,
        small_print=why,
        thread=f"incident-{school.id}.{incident.number}",
        choices_url=absolute(CHOICES_PATH) if has_account else None,
    )


def line_of_digest(event: Any, incident: Incident, school: Any) -> str:
    """One line and the address."""
    subject, _ = _text(event, incident, school, is_reporter=False)
    return f"{subject}\n{link(school, incident)}"


def link(school: Any, incident: Incident) -> str:
    return absolute(f"/{school.slug}/incidents/{incident.number}")


def _text(
    event: Any, incident: Incident, school: Any, *, is_reporter: bool
) -> tuple[str, tuple[str, ...]]:
    ref = reference(school.code, incident.number)
    short, to_reporter, to_others, heading = _SAID[event.kind]
    words = {
        "ref": ref,
        "school": school.name,
        "actor": event.actor,
        "to": _taker(event.to_value or ""),
        "promise": _promise(event.to_value or ""),
    }
    sentence = ((to_reporter if is_reporter else "") or to_others).format(**words)
    if incident.is_sensitive:
        subject = f"{ref}: {short}"
        return subject, (sentence, "It is marked sensitive: sign in to read more.")
    paragraphs = [sentence, f"“{incident.title}”"]
    if heading and event.note:
        paragraphs.append(f"{heading}\n{_quote(event.note)}")
    return f"{ref} {short}: {incident.title}", tuple(paragraphs)


def _taker(to_value: str) -> str:
    return "the school’s desk" if to_value == SCHOOL_DESK else to_value


def _promise(to_value: str) -> str:
    """`sla response` as `response`, `sla resolution` as `resolution`."""
    kind, _, metric = to_value.partition(" ")
    whose = "school desk’s" if kind == "ola" else "local authority’s"
    return f"{whose} {metric.replace('_', ' ') or 'promise'}"


def _quote(text: str) -> str:
    return text if len(text) <= _LONGEST_QUOTE else f"{text[:_LONGEST_QUOTE]}…"
