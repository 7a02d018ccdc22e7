"""What the mails say. Short sentences; what somebody typed is quoted, nothing else of them is told.

A sensitive incident is told of by its reference alone: mail is read on many screens.
"""

from __future__ import annotations

from datetime import datetime
from typing import Any

from app.incidents.models import Incident
from app.incidents.turns import reference
from app.notifications.letters import Letter
from app.notifications.post import absolute
from app.notifications.rules import SCHOOL_DESK
from app.web.words import day_time

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
    "incident.merged":      ("goes on as another",
                             "{ref} had been reported already. It goes on as {to}.",
                             "{actor} has merged {ref} into {to}.", ""),
    "incident.approval_asked": ("approval wanted", "",
                             "{actor} asks for approval of {ref} at {school}.", "What for:"),
    "incident.approved":    ("approved",
                             "{ref} has been approved and will be worked on.",
                             "{actor} has approved {ref}.", "What was said:"),
    "incident.rejected":    ("not approved",
                             "{ref} has not been approved. Nothing more will be done.",
                             "{actor} has not approved {ref}.", "Why:"),
    "incident.confirm_asked": ("is it solved?",
                             "{ref} was resolved. If it is not right, open it and say so; if nobody"
                             " says anything it is closed soon.",
                             "{ref} is resolved and will be closed soon by itself.", ""),
    "incident.still_broken_asked": ("is it still broken?",
                             "{to} in the same room was resolved. Open {ref} and say whether yours"
                             " is still broken or works again.", "", ""),
    "incident.still_broken": ("still broken", "",
                             "{actor} says that {ref} is still broken.", "What they see:"),
    "incident.rated":       ("not solved", "",
                             "{actor} says that {ref} was not solved. It does not close by"
                             " itself: look at it, and reopen or close it.",
                             "What they say:"),
    "incident.follow_up_due": ("look at it again today", "",
                             "You wanted to look at {ref} of {school} again today.",
                             "What to look at:"),
    "incident.worked_around": ("how to work meanwhile",
                             "{ref} is not mended yet, but there is another way to work.",
                             "{actor} has said how to work meanwhile with {ref}.",
                             "How to work meanwhile:"),
    "incident.escalated":   ("has come to you", "",
                             "{actor} has passed {ref} of {school} on to {to}.",
                             "What was tried:"),
    "incident.assigned":    ("is yours", "", "{actor} has given {ref} to {to}.", ""),
    "incident.handed_back": ("was handed back", "",
                             "{actor} has handed {ref} back to {to}.", "Why:"),
    "incident.consulted":   ("you are asked", "",
                             "{actor} asks {to} about {ref} of {school}. It stays where it is.",
                             "The question:"),
    "incident.consultation_answered": ("answered", "",
                             "{actor} has answered what was asked about {ref}.", "The answer:"),
    "incident.supplier_noted": ("the supplier writes", "",
                             "{actor} has written about {ref} of {school}.", "What they say:"),
    "incident.supplier_answered": ("the supplier says it is done", "",
                             "{actor} says that {ref} of {school} is done. Look, and record it.",
                             "What they say:"),
    "incident.advice_asked": ("who can help?",
                             "Thank you. The Tech Advisors of {school} look at {ref}. You can go to"
                             " the desk at any moment: open it and say so.",
                             "{ref} of {school} waits for a Tech Advisor.", ""),
    "incident.advised":     ("advice for you",
                             "{actor} has advised you about {ref}. Open it and say whether it works"
                             " now, or ask the desk.", "", "The advice:"),
    "incident.passed_on":   ("is with the desk",
                             "{ref} is with the ICT service desk of {school} now.",
                             "{ref} of {school} has come from the Tech Advisors.",
                             "What was tried:"),
    "incident.visit_booked": ("a visit is agreed",
                             "A visit is agreed for {when}, about {ref}.", "", ""),
    "incident.visit_moved": ("the visit was moved",
                             "The visit about {ref} was moved to {when}.", "", ""),
    "incident.visit_cancelled": ("no visit",
                             "The visit on {when} about {ref} does not take place.", "", "Why:"),
    "incident.visit_aborted": ("the visit was aborted",
                             "The visit on {when} about {ref} was aborted.", "", "Why:"),
    "incident.problem_ended": ("its problem is finished", "",
                             "{to}, which {ref} of {school} hung on, is finished.",
                             "What became of it:"),
    "clock.warned":         ("time is running out", "",
                             "{percent} % of the time for the {promise} for {ref} of {school} has"
                             " passed.", ""),
    "clock.breached":       ("a time was missed", "",
                             "The {promise} for {ref} of {school} came too late.", ""),
}
# fmt: on


_ASKS_WHETHER_SOLVED = frozenset({"incident.resolved", "incident.confirm_asked"})


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
    if is_reporter and has_account and event.kind in _ASKS_WHETHER_SOLVED:
        asked = f"{link(school, incident)}/satisfaction"
        paragraphs += (f"Was it solved? One tap says it: {asked}",)
    if is_reporter and has_account and event.kind == "incident.merged":
        paragraphs += ("You hear what becomes of that.",)
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
        "when": _when(event.to_value or ""),
        "promise": _promise(event.to_value or ""),
        "percent": (event.to_value or "").rpartition(" ")[2],
    }
    # Somebody who is hit by it too hears what there is no other sentence for.
    sentence = (to_reporter if is_reporter else to_others) or to_reporter or to_others
    sentence = sentence.format(**words)
    if incident.is_sensitive:
        subject = f"{ref}: {short}"
        return subject, (sentence, "It is marked sensitive: sign in to read more.")
    paragraphs = [sentence, f"“{incident.title}”"]
    if heading and event.note:
        paragraphs.append(f"{heading}\n{_quote(event.note)}")
    return f"{ref} {short}: {incident.title}", tuple(paragraphs)


def _taker(to_value: str) -> str:
    return "the school’s desk" if to_value == SCHOOL_DESK else to_value


def _when(to_value: str) -> str:
    """The time of a visit as London people say it."""
    try:
        return day_time(datetime.fromisoformat(to_value))
    except ValueError:
        return to_value


def _promise(to_value: str) -> str:
    """`sla response` as the LA's response; of `sla resolution 75` the number is said apart."""
    kind, _, rest = to_value.partition(" ")
    metric = rest.rstrip(" 0123456789")
    whose = _WHOSE.get(kind, "supplier’s")
    return f"{whose} {metric.replace('_', ' ') or 'promise'}"


_WHOSE = {"ola": "school desk’s", "sla": "local authority’s"}


def _quote(text: str) -> str:
    return text if len(text) <= _LONGEST_QUOTE else f"{text[:_LONGEST_QUOTE]}…"
