"""What the pages say about an incident, in plain English."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime
from typing import Any, NamedTuple

from app.history.models import Event
from app.incidents.models import NEVER
from app.incidents.rules import Party, Status
from app.incidents.satisfaction import WORDS as SCORE_WORDS
from app.incidents.schemas import HOLD_WORDS
from app.incidents.words_of_help import HAPPENED, OUTCOMES
from app.incidents.work_schemas import WORK_WORDS
from app.web.words import day_time, plain

# fmt: off
_LINE_WORDS = {
    0: "the school’s desk", 1: "first-line support", 2: "second-line support", 3: "the supplier",
}
_FINISHED = {
    Status.CLOSED:    "Closed. If it comes back, report it again.",
    Status.CANCELLED: "Cancelled. Nothing more will be done.",
    Status.REJECTED:  "Not approved. Nothing more will be done.",
}
_HAPPENED = {
    "incident.logged":      "Logged",
    "incident.mended":      "Sheet changed",
    "incident.raised":      "Raised from {from_} to {to} because of a critical date",
    "incident.noted":       "Note",
    "incident.diagnosed":   "Diagnostics sheet",
    "incident.returned":    "Sheet returned to the reporter",
    "incident.handed_in":   "Handed in again",
    "incident.taken":       "Taken",
    "incident.followed":    "Hit by it too",
    "incident.unfollowed":  "Not hit by it any more",
    "incident.sheet_rated": "The sheet was {to}",
    "incident.assigned":    "Given to {to}",
    "incident.escalated":   "Passed from {from_} to {to}",
    "incident.handed_back": "Handed back from {from_} to {to}",
    "incident.held":        "Put on hold",
    "incident.consulted":   "Asked {to}",
    "incident.consultation_answered": "{from_} answered",
    "incident.supplier_link_made": "A link for {to} was made",
    "incident.supplier_link_revoked": "The link of {to} was revoked",
    "incident.supplier_noted": "The supplier writes",
    "incident.supplier_answered": "The supplier says that it is done",
    "incident.resumed":     "Work goes on",
    "incident.resolved":    "Resolved",
    "incident.self_cured":  "It works again by itself",
    "incident.reopened":    "Reopened",
    "incident.closed":      "Closed",
    "incident.cancelled":   "Cancelled",
    "incident.approval_asked": "Approval asked of the ICT owner",
    "incident.approved":    "Approved",
    "incident.rejected":    "Not approved",
    "incident.linked":      "Linked with {to}",
    "incident.unlinked":    "No longer linked with {to}",
    "incident.parent_set":  "Is now part of {to}",
    "incident.parent_left": "Is no longer part of {from_}",
    "incident.child_added": "{to} is now part of this",
    "incident.child_left":  "{from_} is no longer part of this",
    "incident.merged":      "Reported twice: merged into {to}",
    "incident.merged_in":   "{to} was the same and was merged into this",
    "incident.follow_up_set": "To be looked at again on {to}",
    "incident.follow_up_dropped": "Need not be looked at again on {from_}",
    "incident.follow_up_due": "The day to look at it again has come",
    "incident.worked_around": "How to work meanwhile",
    "incident.no_workaround": "There is no other way to work meanwhile",
    "incident.confirm_asked": "Asked whether it is solved",
    "incident.still_broken_asked": "{to} in the same room was resolved: is this still broken?",
    "incident.still_broken": "It is still broken",
    "incident.close_undone": "The close was undone",
    "incident.giving_undone": "Undone: back from {from_}",
    "incident.problem_linked": "Put under {to}, so that its cause is looked for",
    "incident.problem_unlinked": "Taken off {to}",
    "incident.problem_ended": "{to}, which it hung on, is finished",
    "incident.file_added":  "Files added",
    "incident.file_removed": "A file was removed",
    "file.missing":         "A file is missing from the store",
    "incident.brought":     "Brought along from {to}",
    "clock.breached":       "A promised time has passed: {to}",
}
_MEASURED: dict[tuple[str, ...], str] = {  # agreement, metric
    ("ola", "response"):   "First answer from the school’s desk",
    ("ola", "resolution"): "Resolved, as the school’s desk promises",
    ("sla", "response"):   "First answer from the LA",
    ("sla", "resolution"): "Resolved, as the LA promises",
    ("uc", "response"):    "First answer from the supplier",
    ("uc", "resolution"):  "Resolved, as the supplier promises",
    ("sla", "on_site"):    "Somebody of the LA at the school",
    ("uc", "on_site"):     "Somebody of the supplier at the school",
}
_CLOCK_STATES = {
    "running": "running", "paused": "paused", "met": "in time", "breached": "late",
    "cancelled": "not measured",
}
# What each step's page says first, and what is said when it is done ({ref}).
STEP_WORDS = {
    "check":     ("Who is hit and whether work can go on decide the priority.",
                  "{ref} is checked and in the call log."),
    "return":    ("Only when you cannot go on without it. The reporter sees what you write.",
                  "{ref} is back with the reporter."),
    "assign":    ("Choose a person or a group.", "{ref} has been given on."),
    "escalate":  ("Whoever takes it reads the whole sheet. Say what was tried already.",
                  "{ref} has been passed on."),
    "hand_back": ("The line before this one gets it back.", "{ref} has been handed back."),
    "hold":      ("Nothing can be done until something else happens. Say what, and when to look.",
                  "{ref} is on hold."),
    "resume":    ("What it waited for has happened.", "{ref} is being worked on again."),
    "resolve":   ("It works for the user again. The desk tells them and closes.",
                  "{ref} is resolved."),
    "self_cure": ("Nobody needs to come any more. Whoever has it is told.", "{ref} is resolved."),
    "reopen":    ("It goes back to whoever had it, with the same promised times.",
                  "{ref} is being worked on again."),
    "close":     ("Tell the reporter how it was resolved. A closed incident stays closed.",
                  "{ref} is closed."),
    "cancel":    ("It is not needed after all. It stays in the call log.", "{ref} is cancelled."),
    "note":      ("", "Your note has been added to {ref}."),
    "ask_approval": ("Until it is decided nobody goes on with it.",
                  "The ICT owner has been asked to approve {ref}."),
    "approve":   ("", "You have decided about {ref}."),
    "log_work":  ("", "The minutes have been added to {ref}."),
    "work_around": ("Another way to work comes first; the cause can wait.",
                  "{ref} says now how they can work meanwhile."),
    "follow_up": ("Whoever has it is reminded on that day.",
                  "{ref} will come up again on that day."),
    "link":      ("Both histories say so.", "{ref} is linked."),
    "merge":     ("This one ends as reported twice; whoever reported it hears what becomes of the "
                  "other.", "{ref} has been merged."),
    "diagnose":  ("", "The line is on the diagnostics sheet of {ref}."),
    "mend":      ("", "The sheet of {ref} has been changed."),
    "hand_in":   ("", "{ref} has been handed in again."),
}
# fmt: on


class Said(NamedTuple):
    """An event as the timeline shows it."""

    what: str
    note: str | None


def who_has_it(line: int, group: str | None = None) -> str:
    return group or _LINE_WORDS[line]


def stands(one: Any, now: datetime, *, to_reporter: bool = False) -> str:
    """How it stands, in a sentence or two. `one` is a row of a list or the incident itself."""
    status = Status(one.status)
    if status in _FINISHED:
        return _FINISHED[status]
    said = f"{_SAYING[status](one)} {_promise(one, now)}".strip()
    return said.replace("the reporter", "you") if to_reporter else said


def happened(event: Event) -> Said:
    """A code in a note becomes words; what a person wrote stays as they wrote it."""
    if event.kind == "incident.held":
        reason = HOLD_WORDS.get(event.note or "", "no reason given").lower()
        return Said(f"Put on hold: {reason}", None)
    if event.kind == "incident.resumed":
        return Said("Work goes on", None)
    if event.kind == "incident.mended":
        names = ", ".join(plain(name).lower() for name in (event.note or "").split(", "))
        return Said(f"Sheet changed: {names}" if names else "Sheet looked through again", None)
    if event.kind in _SAID_OF_VALUE:
        return Said(_SAID_OF_VALUE[event.kind](event), event.note)
    if event.kind == "incident.checked":
        before = f" instead of {event.from_value}" if event.from_value else ""
        return Said(f"Checked: {event.to_value}{before}", event.note)
    if event.kind in HAPPENED:
        return _of_help(event)
    words = _HAPPENED.get(event.kind) or plain(event.kind.partition(".")[2])
    # A clock is named by agreement and metric; people read what was promised.
    promised = _MEASURED.get(tuple((event.to_value or "").split(" ", 1)))
    return Said(words.format(from_=event.from_value, to=promised or event.to_value), event.note)


def _work_logged(event: Event) -> str:
    """`30 reactive`"""
    minutes, _, kind = (event.to_value or "").partition(" ")
    return f"{minutes} minutes of work: {WORK_WORDS.get(kind, kind).lower()}"


def _linked(event: Event) -> str:
    return f"{_LINKED.get(event.from_value or '', 'Linked with')} {event.to_value}"


def _warned(event: Event) -> str:
    """`sla resolution 75`"""
    promise, _, percent = (event.to_value or "").rpartition(" ")
    promised = _MEASURED.get(tuple(promise.split(" ", 1)), promise)
    return f"{percent} % of the time has passed: {promised[:1].lower()}{promised[1:]}"


def _retimed(event: Event) -> str:
    """From and to are instants; the note says of which promise, and what was changed."""
    before, after = (_at(text) for text in (event.from_value, event.to_value))
    return f"A due time has moved from {before} to {after}"


def _at(text: str | None) -> str:
    return day_time(datetime.fromisoformat(text)) if text else "no time at all"


_LINKED = {"related": "Linked with", "came_back": "Has to do with a return:"}
_SAID_OF_VALUE: dict[str, Callable[[Event], str]] = {
    "incident.work_logged": _work_logged,
    "incident.linked": _linked,
    "clock.warned": _warned,
    "clock.retimed": _retimed,
    "incident.rated": lambda event: (
        f"Reporter says: {SCORE_WORDS[int(event.to_value or 1)].lower()}"
    ),
    "incident.follow_up_set": lambda event: f"To be looked at again on {_day(event.to_value)}",
    "incident.follow_up_dropped": (
        lambda event: f"Need not be looked at again on {_day(event.from_value)}"
    ),
}


def _day(text: str | None) -> str:
    on = date.fromisoformat(text or "2000-01-01")
    return f"{on.day} {on:%b %Y}"


def _of_help(event: Event) -> Said:
    to = event.to_value or ""
    words = {"to": to, "when": _when(to), "outcome": OUTCOMES.get(to, "no outcome")}
    return Said(HAPPENED[event.kind].format(**words), event.note)


def _when(text: str) -> str:
    try:
        return day_time(datetime.fromisoformat(text))
    except ValueError:
        return text


def measured(clock: dict[str, Any]) -> tuple[str, datetime | None, str]:
    """(what is promised, by when, how it stands)"""
    key = (clock["kind"], clock["metric"])
    what = _MEASURED.get(key) or f"{clock['agreement_name']}: {plain(clock['metric']).lower()}"
    due_at = datetime.fromisoformat(clock["due_at"]) if clock["due_at"] else None
    return what, due_at, _CLOCK_STATES[clock["state"]]


def _queued(one: Any) -> str:
    return f"With {who_has_it(one.line, one.group_name)}, waiting to be taken."


def _in_progress(one: Any) -> str:
    return f"With {who_has_it(one.line, one.group_name)}, being worked on."


def _on_hold(one: Any) -> str:
    if one.waiting_for == Party.REPORTER:
        return "On hold: they wait for an answer from the reporter."
    return f"On hold: {HOLD_WORDS.get(one.hold_reason or '', 'waiting').lower()}."


_SAYING: dict[Status, Callable[[Any], str]] = {
    Status.NEW: lambda one: "The school’s desk will look at it.",
    Status.RETURNED: lambda one: "Back with the reporter: the desk needs to know more.",
    Status.ADVICE: lambda one: "A Tech Advisor looks at it.",
    Status.QUEUED: _queued,
    Status.IN_PROGRESS: _in_progress,
    Status.ON_HOLD: _on_hold,
    Status.AWAITING_APPROVAL: lambda one: "Waiting until the school’s ICT owner approves it.",
    Status.RESOLVED: lambda one: "Resolved. If it is not right, it can be reopened.",
}


def _promise(one: Any, now: datetime) -> str:
    """What is due next, where a clock runs."""
    due_at = one.next_due_at
    if due_at >= NEVER or one.status in (Status.RESOLVED, Status.RETURNED):
        return ""
    if due_at < now:
        return f"It is late: it was due {day_time(due_at)}."
    # The desk has answered by checking; another line still has to when it waits there.
    is_unanswered = one.status == Status.NEW or (one.status == Status.QUEUED and one.line)
    what = "They will answer" if is_unanswered else "It should be done"
    return f"{what} before {day_time(due_at)}."
