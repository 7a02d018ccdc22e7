"""Who hears of what, and what each person may choose: two tables."""

from __future__ import annotations

from enum import StrEnum
from typing import NamedTuple

from app.permissions import Role, may


class Who(StrEnum):
    REPORTER = "reporter"  # and whoever is hit by it too
    REPORTER_ALONE = "reporter_alone"  # who alone can answer
    SPOC = "spoc"
    TAKER = "taker"  # whom it was given to: a person, a group's members, or the desk again
    ASSIGNEE = "assignee"  # whose work it is now
    CONSULTED = "consulted"  # the group that was asked for input
    PASSED_ON = "passed_on"  # the LA's line that has given it to a supplier
    ICT_OWNER = "ict_owner"  # of the school, who approves
    MANAGERS = "managers"  # the LA's
    DESK_OWNER = "desk_owner"  # of what the school's own desk promised
    ADVISORS = "advisors"  # the school's Tech Advisors
    HOLDER = "holder"  # whoever has it now: a person, else a group's members, else the desk


class Topic(StrEnum):
    REPORTS = "reports"
    DESK = "desk"
    WORK = "work"
    TIMES = "times"
    APPROVALS = "approvals"


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
    Topic.APPROVALS: (
        "What I am asked to approve",
        "A request that costs money or needs a licence.",
    ),
    Topic.TIMES: (
        "Times that run out or were missed",
        "Half or three quarters of a promised time have passed, or all of it.",
    ),
}
USUAL = "now"
CHOICE_WORDS = {"now": "At once", "digest": "Once a day, on weekdays at 7", "off": "Not at all"}


_WORKING = frozenset({Role.SUPPLIER, Role.TECH_ADVISOR})


def topics_of(roles: frozenset[Role]) -> tuple[Topic, ...]:
    """What somebody with these roles could ever hear of."""
    # fmt: off
    hears = {
        Topic.REPORTS: may(roles, "incident.log"),
        Topic.DESK:    Role.SPOC in roles,
        Topic.WORK:    bool(roles & _WORKING) or may(roles, "incident.take"),
        Topic.APPROVALS: may(roles, "incident.approve"),
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
_REPORTER_ALONE = Hears(Who.REPORTER_ALONE, Topic.REPORTS)
_SPOC = Hears(Who.SPOC, Topic.DESK)
_TAKER = Hears(Who.TAKER, Topic.WORK)
_ASSIGNEE = Hears(Who.ASSIGNEE, Topic.WORK)
_CONSULTED = Hears(Who.CONSULTED, Topic.WORK)
_PASSED_ON = Hears(Who.PASSED_ON, Topic.WORK)
_ICT_OWNER = Hears(Who.ICT_OWNER, Topic.APPROVALS)
_MANAGERS = Hears(Who.MANAGERS, Topic.TIMES)
_DESK_OWNER = Hears(Who.DESK_OWNER, Topic.TIMES)
_ADVISORS = Hears(Who.ADVISORS, Topic.WORK)
_HOLDER = Hears(Who.HOLDER, Topic.WORK)

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
    "incident.merged":      (_REPORTER, _SPOC),
    "incident.approval_asked": (_ICT_OWNER, _SPOC),
    "incident.approved":    (_REPORTER, _SPOC, _ASSIGNEE),
    "incident.rejected":    (_REPORTER, _SPOC, _ASSIGNEE),
    "incident.confirm_asked": (_REPORTER, _SPOC),
    "incident.still_broken_asked": (_REPORTER_ALONE,),
    "incident.still_broken": (_SPOC, _ASSIGNEE),
    "incident.rated":       (_SPOC, _ASSIGNEE),  # hardly or not solved
    "incident.follow_up_due": (_ASSIGNEE, _SPOC),
    "incident.worked_around": (_REPORTER, _SPOC),
    "incident.problem_ended": (_SPOC, _ASSIGNEE),
    "incident.escalated":   (_TAKER,),
    "incident.assigned":    (_TAKER,),
    "incident.handed_back": (_TAKER,),
    "incident.consulted":   (_CONSULTED,),
    "incident.consultation_answered": (_SPOC, _ASSIGNEE),
    "incident.supplier_noted":    (_SPOC, _PASSED_ON),
    "incident.supplier_answered": (_SPOC, _PASSED_ON),
    "incident.advice_asked":    (_RECEIPT, _ADVISORS),
    "incident.advised":         (_REPORTER,),
    "incident.passed_on":       (_REPORTER, _SPOC),
    "incident.visit_booked":    (_REPORTER,),  # the desk and the visitor hear by visit_mail
    "incident.visit_moved":     (_REPORTER,),
    "incident.visit_cancelled": (_REPORTER,),
    "incident.visit_aborted":   (_REPORTER,),
    "clock.warned":         (_DESK_OWNER, _HOLDER),  # at 50 and 75 %
    "clock.breached":       (_MANAGERS, _DESK_OWNER),
}
# Of these an internal one is told to nobody.
PUBLIC_ONLY = frozenset({"incident.noted"})
# fmt: on
TOLD = frozenset(TELL)

# What `escalation` writes where no group has it any more.
SCHOOL_DESK = "school desk"
OF_SCHOOLS_OWN_DESK = "ola "
