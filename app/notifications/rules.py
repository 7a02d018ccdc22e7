"""Who hears of what, and what each person may choose: two tables."""

from __future__ import annotations

from enum import StrEnum
from typing import NamedTuple

from app.permissions import Role, may


class Who(StrEnum):
    REPORTER = "reporter"
    SPOC = "spoc"
    TAKER = "taker"  # whom it was given to: a person, a group's members, or the desk again
    ASSIGNEE = "assignee"  # whose work it is now
    MANAGERS = "managers"  # the LA's
    DESK_OWNER = "desk_owner"  # of what the school's own desk promised


class Topic(StrEnum):
    REPORTS = "reports"
    DESK = "desk"
    WORK = "work"
    TIMES = "times"


# What a person reads on the page where they choose.
TOPICS: dict[Topic, tuple[str, str]] = {
    Topic.REPORTS: (
        "What I reported",
        "Received, sent back, answered, resolved, closed or reopened.",
    ),
    Topic.DESK: ("My school’s desk", "The same for everything that your school’s desk has."),
    Topic.WORK: (
        "Work for me or my group",
        "Forwarded, escalated, assigned, handed back, answered or reopened.",
    ),
    Topic.TIMES: ("Times that were missed", "A promised response or resolution came too late."),
}
USUAL = "now"
CHOICE_WORDS = {"now": "At once", "digest": "Once a day, on weekdays at 7", "off": "Not at all"}


def topics_of(roles: frozenset[Role]) -> tuple[Topic, ...]:
    """What somebody with these roles could ever hear of."""
    # fmt: off
    hears = {
        Topic.REPORTS: may(roles, "incident.log"),
        Topic.DESK:    Role.SPOC in roles,
        Topic.WORK:    may(roles, "incident.take") or Role.SUPPLIER in roles,
        Topic.TIMES:   bool(roles & {Role.SERVICE_DESK_OWNER, Role.LA_MANAGER}),
    }
    # fmt: on
    return tuple(topic for topic in Topic if hears[topic])


class Hears(NamedTuple):
    who: Who
    topic: Topic
    # A receipt: told also of what they did themselves.
    is_receipt: bool = False


_RECEIPT = Hears(Who.REPORTER, Topic.REPORTS, is_receipt=True)
_REPORTER = Hears(Who.REPORTER, Topic.REPORTS)
_SPOC = Hears(Who.SPOC, Topic.DESK)
_TAKER = Hears(Who.TAKER, Topic.WORK)
_ASSIGNEE = Hears(Who.ASSIGNEE, Topic.WORK)
_MANAGERS = Hears(Who.MANAGERS, Topic.TIMES)
_DESK_OWNER = Hears(Who.DESK_OWNER, Topic.TIMES)

# fmt: off
# Whoever did it does not hear of it; nobody hears of what they may not read. The first line that
# fits a person says which topic it is.
TELL: dict[str, tuple[Hears, ...]] = {
    "incident.logged":      (_RECEIPT,  _SPOC),
    "incident.returned":    (_REPORTER, _SPOC),
    "incident.noted":       (_REPORTER, _SPOC, _ASSIGNEE),  # public notes only
    "incident.resolved":    (_REPORTER, _SPOC),
    "incident.self_cured":  (_REPORTER, _SPOC),
    "incident.closed":      (_REPORTER, _SPOC),
    "incident.reopened":    (_REPORTER, _SPOC, _ASSIGNEE),
    "incident.escalated":   (_TAKER,),
    "incident.assigned":    (_TAKER,),
    "incident.handed_back": (_TAKER,),
    "clock.breached":       (_MANAGERS, _DESK_OWNER),
}
# Of these an internal one is told to nobody.
PUBLIC_ONLY = frozenset({"incident.noted"})
# fmt: on
TOLD = frozenset(TELL)

# What `escalation` writes where no group has it any more.
SCHOOL_DESK = "school desk"
OF_SCHOOLS_OWN_DESK = "ola "
