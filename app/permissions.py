"""Who may do what: one table. The page "Who may do what" and docs are drawn from it.

Source: the role matrix of domain.md 2.6 and its transition table 2.2. Blank (___) means no.
"""

from __future__ import annotations

from collections.abc import Iterable
from enum import StrEnum


class Role(StrEnum):
    REPORTER = "reporter"
    TECH_ADVISOR = "tech_advisor"
    SPOC = "spoc"
    SERVICE_DESK_OWNER = "service_desk_owner"
    ICT_OWNER = "ict_owner"
    TECHNICIAN = "technician"
    LA_FIRST_LINE = "la_first_line"
    LA_SECOND_LINE = "la_second_line"
    LA_MANAGER = "la_manager"
    LA_ADMIN = "la_admin"
    SUPPLIER = "supplier"


class Reach(StrEnum):
    NONE = ""
    OWN = "own"  # what they reported themselves
    OFFERED = "offered"  # offered to Tech Advisors
    ASSIGNED = "assigned"  # with them or their group now; for reading: ever forwarded to them
    QUEUE = "queue"  # every open incident, and whatever was forwarded to them
    SCHOOL = "school"  # everything of their school
    ALL = "all"  # everything of every school


___, OWN, OFF, ASG = Reach.NONE, Reach.OWN, Reach.OFFERED, Reach.ASSIGNED
QUE, SCH, ALL = Reach.QUEUE, Reach.SCHOOL, Reach.ALL

# fmt: off
RULES: dict[str, tuple[Reach, ...]] = {
    #                        reporter advisor spoc owner ict_o techn first second manager admin supplier
    "incident.log":              (OWN, OWN, SCH, SCH, SCH, SCH, ALL, ALL, ALL, ___, ___),
    "incident.view":             (OWN, OFF, SCH, SCH, SCH, QUE, QUE, QUE, ALL, ___, ASG),
    "incident.view_internal":    (___, ___, SCH, SCH, ___, QUE, QUE, QUE, ALL, ___, ___),
    "incident.view_sensitive":   (OWN, OWN, SCH, SCH, SCH, ASG, ASG, ASG, ASG, ___, ___),
    "incident.log_for_others":   (___, ___, SCH, SCH, SCH, SCH, ALL, ALL, ALL, ___, ___),
    "incident.edit":             (OWN, OWN, SCH, SCH, OWN, ASG, ASG, ASG, ALL, ___, ___),
    "incident.return":           (___, ___, SCH, SCH, ___, ___, ___, ___, ___, ___, ___),
    "incident.hand_in":          (OWN, OWN, SCH, SCH, OWN, OWN, ___, ___, ___, ___, ___),
    "incident.check":            (___, ___, SCH, SCH, ___, ASG, ASG, ASG, ALL, ___, ___),
    "incident.override_priority":(___, ___, SCH, SCH, SCH, ASG, ASG, ASG, ALL, ___, ___),
    "incident.forward":          (___, ___, SCH, SCH, ___, ___, ___, ___, ___, ___, ___),
    "incident.escalate_first":   (___, ___, ___, ___, ___, ASG, ASG, ___, ALL, ___, ___),
    "incident.escalate_second":  (___, ___, ___, ___, ___, ___, ___, ASG, ALL, ___, ___),
    "incident.hand_back":        (___, ___, ___, ___, ___, ASG, ASG, ASG, ALL, ___, ___),
    "incident.take":             (___, ___, SCH, SCH, ___, ASG, ASG, ASG, ALL, ___, ___),
    "incident.assign":           (___, ___, SCH, SCH, ___, ___, ___, ___, ALL, ___, ___),
    "incident.hold":             (___, ___, SCH, SCH, ___, ASG, ASG, ASG, ALL, ___, ___),
    "incident.diagnose":         (___, ___, SCH, SCH, ___, ASG, ASG, ASG, ALL, ___, ___),
    "incident.resolve":          (___, ___, SCH, SCH, ___, ASG, ASG, ASG, ALL, ___, ___),
    "incident.self_cure":        (OWN, OWN, SCH, SCH, OWN, OWN, ___, ___, ___, ___, ___),
    "incident.close":            (___, ___, SCH, SCH, ___, ___, ___, ___, ___, ___, ___),
    "incident.reopen":           (OWN, ___, SCH, SCH, ___, ___, ___, ___, ALL, ___, ___),
    "incident.cancel":           (OWN, OWN, SCH, SCH, OWN, OWN, ___, ___, ___, ___, ___),
    "incident.note":             (OWN, OWN, SCH, SCH, SCH, ASG, ASG, ASG, ALL, ___, ___),
    "incident.note_internal":    (___, ___, SCH, SCH, ___, ASG, ASG, ASG, ALL, ___, ___),
    "incident.attach":           (OWN, OWN, SCH, SCH, SCH, ASG, ASG, ASG, ALL, ___, ___),
    "incident.view_files":       (OWN, OWN, SCH, SCH, SCH, QUE, QUE, QUE, ALL, ___, ___),
    "incident.remove_file":      (OWN, OWN, SCH, SCH, ___, ___, ___, ___, ___, ___, ___),
    "incident.export":           (___, ___, SCH, SCH, SCH, ___, ___, ___, ALL, ___, ___),
    "desk.view":                 (___, ___, SCH, SCH, SCH, SCH, ALL, ALL, ALL, ___, ___),
    "queue.view":                (___, ___, ___, ___, ___, ___, ALL, ALL, ALL, ___, ___),
    "school.view":               (SCH, SCH, SCH, SCH, SCH, SCH, ALL, ALL, ALL, ALL, SCH),
    "school.people":             (___, ___, SCH, SCH, SCH, ___, ___, ___, ALL, ALL, ___),
    "school.invite":             (___, ___, SCH, SCH, SCH, ___, ___, ___, ___, ALL, ___),
    "school.members":            (___, ___, ___, SCH, SCH, ___, ___, ___, ___, ALL, ___),
    "school.mail_troubles":      (___, ___, SCH, SCH, ___, ___, ___, ___, ___, ___, ___),
    "access_record.view":        (___, ___, SCH, SCH, SCH, ___, ___, ___, ___, ___, ___),
    "location.view":             (SCH, SCH, SCH, SCH, SCH, SCH, ALL, ALL, ALL, ___, SCH),
    "location.edit":             (___, ___, SCH, SCH, SCH, SCH, ___, ___, ___, ___, ___),
    "deadline.preview":          (SCH, SCH, SCH, SCH, SCH, SCH, ALL, ALL, ALL, ALL, SCH),
    "authority.schools":         (___, ___, ___, ___, ___, ___, ___, ___, ___, ALL, ___),
    "authority.mail":            (___, ___, ___, ___, ___, ___, ___, ___, ___, ALL, ___),
    "authority.office":          (___, ___, ___, ___, ___, ___, ___, ___, ___, ALL, ___),
    "account.own":               (OWN, OWN, OWN, OWN, OWN, OWN, OWN, OWN, OWN, OWN, OWN),
}
# fmt: on

# What each line of the table means, for the page that shows it.
WORDS: dict[str, str] = {
    "incident.log": "Report a problem or ask for something",
    "incident.view": "Read an incident",
    "incident.view_internal": "Read internal notes and the diagnostics sheet",
    "incident.view_sensitive": "Read an incident marked sensitive",
    "incident.log_for_others": "Log for somebody else",
    "incident.edit": "Mend the sheet",
    "incident.return": "Return an incomplete sheet",
    "incident.hand_in": "Hand a returned sheet in again",
    "incident.check": "Check the sheet and set impact and urgency",
    "incident.override_priority": "Override the priority, with a reason",
    "incident.forward": "Forward to the LA",
    "incident.escalate_first": "Escalate from first to second line",
    "incident.escalate_second": "Escalate from second line to a supplier",
    "incident.hand_back": "Hand back, with a reason",
    "incident.take": "Take an incident",
    "incident.assign": "Assign an incident to somebody",
    "incident.hold": "Put on hold and resume",
    "incident.diagnose": "Write the diagnostics sheet",
    "incident.resolve": "Resolve an incident",
    "incident.self_cure": "Say that it works again by itself",
    "incident.close": "Close an incident",
    "incident.reopen": "Reopen a resolved incident",
    "incident.cancel": "Cancel an incident",
    "incident.note": "Write a note that the reporter sees",
    "incident.note_internal": "Write an internal note",
    "incident.attach": "Add photos and documents",
    "incident.view_files": "Open photos and documents",
    "incident.remove_file": "Remove a photo or document",
    "incident.export": "Export and print the call log",
    "desk.view": "See the school's work list and call log",
    "queue.view": "See the queue across all schools",
    "school.view": "See a school's page",
    "school.people": "See who belongs to a school",
    "school.invite": "Invite people into a school",
    "school.members": "Change what people are in a school, and end it",
    "school.mail_troubles": "See which addresses mail does not reach",
    "access_record.view": "See who from outside looked at the school's records",
    "location.view": "See the locations",
    "location.edit": "Add, rename and archive locations",
    "deadline.preview": "Work out a deadline",
    "authority.schools": "Import schools and change their state",
    "authority.mail": "See mail and work that waits or failed, and try it again",
    "authority.office": "Look after people, memberships, schools, groups and packs",
    "account.own": "Manage their own account",
}


def reach(roles: Iterable[Role], action: str) -> frozenset[Reach]:
    """How far these roles reach together. Several roles in one school add up."""
    row = RULES[action]
    return frozenset(row[_COLUMN[role]] for role in roles) - {Reach.NONE}


def may(roles: Iterable[Role], action: str) -> bool:
    """Whether any of the roles has the permission at all; which rows is the query's matter."""
    return bool(reach(roles, action))


_COLUMN = {role: number for number, role in enumerate(Role)}
