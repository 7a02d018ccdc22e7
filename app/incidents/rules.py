"""Tables and pure functions of the incident: states, lines, turns, priority.

Source: domain.md 2.2 (transitions T1–T18), 3.1 (priority) and design.md 7 (whose turn).
"""

from __future__ import annotations

from enum import StrEnum

from app.contracts.rules import HOLD_REASONS

TYPES = ("incident", "request")


class Status(StrEnum):
    NEW = "new"
    RETURNED = "returned"
    ADVICE = "advice"
    QUEUED = "queued"
    IN_PROGRESS = "in_progress"
    ON_HOLD = "on_hold"
    AWAITING_APPROVAL = "awaiting_approval"
    RESOLVED = "resolved"
    CLOSED = "closed"
    CANCELLED = "cancelled"
    REJECTED = "rejected"


class Party(StrEnum):
    REPORTER = "reporter"
    SCHOOL_DESK = "school_desk"
    TECH_ADVISOR = "tech_advisor"
    FIRST_LINE = "first_line"
    SECOND_LINE = "second_line"
    SUPPLIER = "supplier"


S = Status
FINISHED = frozenset({S.RESOLVED, S.CLOSED, S.CANCELLED, S.REJECTED})
OPEN = tuple(status for status in Status if status not in FINISHED)
_WORKABLE = frozenset({S.QUEUED, S.IN_PROGRESS, S.ON_HOLD})

# fmt: off
# What may be done in which state, and what it leads to (None: the state stays).
STEPS: dict[str, tuple[frozenset[Status], Status | None]] = {
    "return":    (frozenset({S.NEW}),                                   S.RETURNED),
    "hand_in":   (frozenset({S.RETURNED}),                              S.NEW),
    "check":     (frozenset({S.NEW}),                                   S.QUEUED),
    "recheck":   (_WORKABLE,                                            None),
    "take":      (_WORKABLE,                                            S.IN_PROGRESS),
    "give_group":(_WORKABLE,                                            S.QUEUED),
    "escalate":  (_WORKABLE,                                            S.QUEUED),
    "hand_back": (_WORKABLE,                                            S.QUEUED),
    "hold":      (frozenset({S.IN_PROGRESS, S.ON_HOLD}),                S.ON_HOLD),
    "resume":    (frozenset({S.ON_HOLD}),                               S.IN_PROGRESS),
    "resolve":   (_WORKABLE,                                            S.RESOLVED),
    "self_cure": (frozenset(OPEN),                                      S.RESOLVED),
    "reopen":    (frozenset({S.RESOLVED}),                              S.IN_PROGRESS),
    "close":     (frozenset({S.RESOLVED}),                              S.CLOSED),
    "cancel":    (frozenset({S.NEW, S.RETURNED, S.QUEUED}),             S.CANCELLED),
    "mend":      (frozenset(OPEN),                                      None),
    "note":      (frozenset(OPEN) | {S.RESOLVED},                       None),
    "diagnose":  (_WORKABLE,                                            None),
    "log_work":  (_WORKABLE | {S.NEW, S.RESOLVED},                      None),
    "consult":   (_WORKABLE | {S.NEW},                                  None),
    "link":      (frozenset(OPEN) | {S.RESOLVED},                       None),
    "follow":    (frozenset(OPEN) - {S.ADVICE},                         None),
    "follow_up": (frozenset(OPEN) - {S.ADVICE},                         None),
    "merge":     (_WORKABLE | {S.NEW, S.RETURNED},                      S.RESOLVED),
    "ask_approval": (frozenset({S.QUEUED, S.IN_PROGRESS}),              S.AWAITING_APPROVAL),
    "approve":   (frozenset({S.AWAITING_APPROVAL}),                     S.QUEUED),
    "reject":    (frozenset({S.AWAITING_APPROVAL}),                     S.REJECTED),
    "advise":    (frozenset({S.ADVICE}),                                None),
    "pass_on":   (frozenset({S.ADVICE}),                                S.NEW),
    "accept_advice": (frozenset({S.ADVICE}),                            S.RESOLVED),
    "supplier":  (_WORKABLE,                                            None),
    "work_around": (_WORKABLE,                                          None),
    "rate":      (frozenset({S.RESOLVED, S.CLOSED}),                    None),
    "undo_close": (frozenset({S.CLOSED}),                               S.RESOLVED),
}

# Why a step is refused, by state: one sentence that says what to do.
REFUSALS: dict[str, str] = {
    S.NEW:         "{ref} has not been checked yet. Check the sheet first.",
    S.RETURNED:    "{ref} is back with the reporter. Wait until it is handed in again.",
    S.ADVICE:      "{ref} is with a Tech Advisor. Wait for the advice or pass it on.",
    S.QUEUED:      "{ref} is waiting in the queue. Somebody has to take it first.",
    S.IN_PROGRESS: "{ref} is in progress. That step is not needed now.",
    S.ON_HOLD:     "{ref} is on hold. Resume it first.",
    S.AWAITING_APPROVAL: "{ref} is waiting for approval.",
    S.RESOLVED:    "{ref} is resolved. Reopen it if it is not right.",
    S.CLOSED:      "{ref} is closed. Log a new incident if it has come back.",
    S.CANCELLED:   "{ref} was cancelled. Log a new incident if it is needed after all.",
    S.REJECTED:    "{ref} was rejected. Log a new request if things have changed.",
}

# Where the state alone would say nothing useful about the step: when, and what to do instead.
INSTEAD: dict[str, tuple[frozenset[Status], str]] = {
    "return":  (_WORKABLE,          "{ref} has been checked already. Ask the reporter in a note."),
    "hand_in": (frozenset(OPEN),    "{ref} has been handed in already. Add a note instead."),
    "resume":  (frozenset(OPEN),    "{ref} is not on hold. There is nothing to resume."),
    "reopen":  (frozenset(OPEN),    "{ref} is not resolved. Add a note instead of reopening it."),
    "close":   (frozenset(OPEN),    "{ref} is not resolved yet. Resolve it first."),
    "cancel":  (frozenset({S.IN_PROGRESS, S.ON_HOLD}),
                "{ref} is being worked on. Resolve it instead of cancelling it."),
}

PRIORITY = {  # impact (down) and urgency (across): domain.md 3.1
    (1, 1): 1, (1, 2): 2, (1, 3): 3,
    (2, 1): 2, (2, 2): 3, (2, 3): 4,
    (3, 1): 3, (3, 2): 4, (3, 3): 4,
}

LINE_PARTY = {0: Party.SCHOOL_DESK, 1: Party.FIRST_LINE, 2: Party.SECOND_LINE, 3: Party.SUPPLIER}

HOLD_PARTY: dict[str, Party | None] = {  # None: the line that holds it
    "awaiting_user":        Party.REPORTER,
    "awaiting_site_access": Party.SCHOOL_DESK,
    "awaiting_supplier":    Party.SUPPLIER,
    "awaiting_parts":       Party.SUPPLIER,
    "awaiting_approval":    Party.SCHOOL_DESK,
    "agreed_visit":         None,
    "awaiting_change":      None,
    "awaiting_problem":     None,
}

_STATUS_PARTY: dict[Status, Party] = {
    S.NEW: Party.SCHOOL_DESK, S.RETURNED: Party.REPORTER, S.ADVICE: Party.TECH_ADVISOR,
    S.RESOLVED: Party.SCHOOL_DESK, S.AWAITING_APPROVAL: Party.SCHOOL_DESK,
    S.CLOSED: Party.SCHOOL_DESK, S.CANCELLED: Party.SCHOOL_DESK, S.REJECTED: Party.SCHOOL_DESK,
}

# Which permission moves it on from each line (domain.md 2.6), and where it may go.
ESCALATE_PERMISSION = {
    0: "incident.forward", 1: "incident.escalate_first", 2: "incident.escalate_second",
}
ESCALATE_TO = {"first_line": 1, "second_line": 2, "supplier": 3}
SUPPLIER_LINE = 3
# fmt: on

assert tuple(HOLD_PARTY) == HOLD_REASONS
# The questions of the sheet that are kept as they were answered (domain.md 2.2).
SHEET = (
    "title",
    "expected",
    "happened",
    "checked",
    "last_worked",
    "seen_before",
    "anything_else",
    "error_text",
    "reproducible",
    "available_when",
    "contact_detail",
    "class_stopped",
    "pupils_affected",
    "lessons_affected",
    "meet_periods",
    "occurred_at",
    "category",
)
# Such resolutions end the measuring too (domain.md 3.3 rule 10).
UNMEASURED_RESOLUTIONS = frozenset({"duplicate"})
REOPEN_WORKING_DAYS = 10

# Until the desk has checked a sheet its clock runs as P2, so that no unchecked sheet waits long.
PRIORITY_BEFORE_CHECK = 2


def priority(impact: int, urgency: int) -> int:
    """1 to 4 from impact and urgency, each 1 to 3."""
    return PRIORITY[impact, urgency]


def waiting_for(status: Status, line: int, hold_reason: str | None = None) -> Party:
    """Whose turn it is."""
    if status == Status.ON_HOLD and hold_reason:
        return HOLD_PARTY[hold_reason] or LINE_PARTY[line]
    return _STATUS_PARTY.get(status) or LINE_PARTY[line]


def refusal(reference: str, status: str, step: str = "") -> str:
    """One sentence that says why not, and what to do."""
    states, sentence = INSTEAD.get(step, (frozenset(), ""))
    return (sentence if status in states else REFUSALS[status]).format(ref=reference)
