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
    "incident.fetch_back":       (___, ___, SCH, SCH, ___, ___, ___, ASG, ALL, ___, ___),
    "incident.take":             (___, ___, SCH, SCH, ___, ASG, ASG, ASG, ALL, ___, ___),
    "incident.assign":           (___, ___, SCH, SCH, ___, ___, ___, ___, ALL, ___, ___),
    "incident.hold":             (___, ___, SCH, SCH, ___, ASG, ASG, ASG, ALL, ___, ___),
    "incident.diagnose":         (___, ___, SCH, SCH, ___, ASG, ASG, ASG, ALL, ___, ___),
    "incident.resolve":          (___, ___, SCH, SCH, ___, ASG, ASG, ASG, ALL, ___, ___),
    "incident.self_cure":        (OWN, OWN, SCH, SCH, OWN, OWN, ___, ___, ___, ___, ___),
    "incident.close":            (___, ___, SCH, SCH, ___, ___, ___, ___, ___, ___, ___),
    # Where the school's desk allows it (domain.md 2.6, footnote 5).
    "incident.close_where_allowed": (___, ___, ___, ___, ___, ASG, ASG, ASG, ___, ___, ___),
    "incident.reopen":           (OWN, ___, SCH, SCH, ___, ___, ___, ___, ALL, ___, ___),
    "incident.cancel":           (OWN, OWN, SCH, SCH, OWN, OWN, ___, ___, ___, ___, ___),
    "incident.note":             (OWN, OWN, SCH, SCH, SCH, ASG, ASG, ASG, ALL, ___, ___),
    "incident.note_internal":    (___, ___, SCH, SCH, ___, ASG, ASG, ASG, ALL, ___, ___),
    "incident.attach":           (OWN, OWN, SCH, SCH, SCH, ASG, ASG, ASG, ALL, ___, ___),
    "incident.view_files":       (OWN, OWN, SCH, SCH, SCH, QUE, QUE, QUE, ALL, ___, ___),
    "incident.remove_file":      (OWN, OWN, SCH, SCH, ___, ___, ___, ___, ___, ___, ___),
    "incident.export":           (___, ___, SCH, SCH, SCH, ___, ___, ___, ALL, ___, ___),
    "incident.follow":           (SCH, ___, SCH, SCH, SCH, SCH, ___, ___, ___, ___, ___),
    "incident.rate":             (OWN, OWN, OWN, OWN, OWN, OWN, ___, ___, ___, ___, ___),
    "incident.rate_sheet":       (___, ___, ___, ___, ___, ASG, ASG, ASG, ALL, ___, ___),
    "incident.link":             (___, ___, SCH, SCH, ___, ASG, ASG, ASG, ALL, ___, ___),
    "incident.merge":            (___, ___, SCH, SCH, ___, ___, ___, ___, ALL, ___, ___),
    "incident.ask_approval":     (___, ___, SCH, SCH, ___, ASG, ASG, ASG, ALL, ___, ___),
    "incident.approve":          (___, ___, ___, ___, SCH, ___, ___, ___, ___, ___, ___),
    "incident.log_work":         (___, ___, SCH, SCH, ___, ASG, ASG, ASG, ALL, ___, ___),
    "incident.consult":          (___, ___, SCH, SCH, ___, ASG, ASG, ASG, ALL, ___, ___),
    "incident.answer_consult":   (___, ___, SCH, SCH, ___, SCH, QUE, QUE, ALL, ___, ___),
    "incident.supplier_link":    (___, ___, SCH, SCH, ___, ___, ___, ASG, ALL, ___, ___),
    "incident.supplier_answer":  (___, ___, ___, ___, ___, ___, ___, ___, ___, ___, ASG),
    "incident.advise":           (___, OFF, ___, ___, ___, ___, ___, ___, ___, ___, ___),
    "incident.pass_on":          (OWN, OFF, SCH, SCH, OWN, OWN, ___, ___, ___, ___, ___),
    "incident.accept_advice":    (OWN, OWN, SCH, SCH, OWN, OWN, ___, ___, ___, ___, ___),
    "incident.countersign":      (___, ___, SCH, SCH, SCH, ___, ___, ___, ___, ___, ___),
    "incident.ask_la":           (___, ___, SCH, SCH, ___, ___, ___, ___, ___, ___, ___),
    "incident.print_blank":      (___, ___, SCH, SCH, ___, ___, ___, ___, ___, ___, ___),
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
    "desk.settings":             (___, ___, ___, SCH, SCH, ___, ___, ___, ___, ___, ___),
    "desk.keep_ready":           (___, ___, SCH, SCH, ___, SCH, ___, ___, ___, ___, ___),
    "lines.view":                (___, ___, SCH, SCH, SCH, SCH, ALL, ALL, ALL, ALL, ___),
    "lines.edit":                (___, ___, SCH, SCH, ___, ___, ___, ___, ALL, ___, ___),
    "agreement.view":            (___, ___, SCH, SCH, SCH, SCH, ALL, ALL, ALL, ALL, ___),
    "agreement.edit":            (___, ___, SCH, SCH, ___, ___, ___, ___, ___, ___, ___),
    "agreement.sign":            (___, ___, ___, ___, SCH, ___, ___, ___, ___, ___, ___),
    "calendar.view":             (SCH, SCH, SCH, SCH, SCH, SCH, ALL, ALL, ALL, ALL, SCH),
    "calendar.edit":             (___, ___, SCH, SCH, SCH, ___, ___, ___, ___, ALL, ___),
    "reach.view":                (SCH, SCH, SCH, SCH, SCH, SCH, ALL, ALL, ALL, ALL, SCH),
    "reach.edit":                (___, ___, SCH, SCH, ___, ___, ___, ___, ___, ___, ___),
    "visit.view":                (___, ___, SCH, SCH, SCH, SCH, ALL, ALL, ALL, ___, ___),
    "visit.book":                (___, ___, SCH, SCH, ___, SCH, ALL, ALL, ALL, ___, ___),
    "visit.agree":               (___, ___, SCH, SCH, ___, ___, ___, ___, ___, ___, ___),
    "visit.work":                (___, ___, ___, ___, ___, SCH, ALL, ALL, ALL, ___, ___),
    "day_plan.view":             (___, ___, ___, ___, ___, ___, ALL, ALL, ALL, ___, ___),
    "article.view":              (SCH, SCH, SCH, SCH, SCH, SCH, ALL, ALL, ALL, ___, ___),
    "article.write":             (___, ___, SCH, SCH, ___, SCH, ___, ___, ___, ___, ___),
    "article.offer":             (___, ___, ___, SCH, SCH, ___, ___, ___, ___, ___, ___),
    "announcement.view":         (SCH, SCH, SCH, SCH, SCH, SCH, ALL, ALL, ALL, ALL, SCH),
    "announcement.write":        (___, ___, SCH, SCH, ___, ___, ___, ___, ___, ___, ___),
    "problem.view":              (___, ___, SCH, SCH, SCH, SCH, ALL, ALL, ALL, ___, ___),
    "problem.log":               (___, ___, SCH, SCH, ___, SCH, ALL, ALL, ALL, ___, ___),
    "problem.manage":            (___, ___, ___, SCH, ___, ___, ___, ___, ALL, ___, ___),
    "problem.work":              (___, ___, ___, SCH, ___, SCH, ___, ALL, ALL, ___, ___),
    "authority.packs":           (___, ___, ___, ___, ___, ___, ___, ___, ALL, ALL, ___),
    "authority.packs_view":      (___, ___, ___, ___, ___, ___, ALL, ALL, ALL, ALL, ___),
    "authority.calendar":        (___, ___, ___, ___, ___, ___, ___, ___, ___, ALL, ___),
    "authority.knowledge":       (___, ___, ___, ___, ___, ___, ___, ALL, ALL, ___, ___),
    "authority.announce":        (___, ___, ___, ___, ___, ___, ___, ___, ALL, ALL, ___),
    "authority.absences":        (___, ___, ___, ___, ___, ___, ALL, ALL, ALL, ___, ___),
    "authority.cover":           (___, ___, ___, ___, ___, ___, ALL, ALL, ALL, ALL, ___),
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
    "incident.fetch_back": "Take an incident back from a supplier",
    "incident.take": "Take an incident",
    "incident.assign": "Assign an incident to somebody",
    "incident.hold": "Put on hold and resume",
    "incident.diagnose": "Write the diagnostics sheet",
    "incident.resolve": "Resolve an incident",
    "incident.self_cure": "Say that it works again by itself",
    "incident.close": "Close an incident",
    "incident.close_where_allowed": "Close an incident, where the school allows it",
    "incident.reopen": "Reopen a resolved incident",
    "incident.cancel": "Cancel an incident",
    "incident.note": "Write a note that the reporter sees",
    "incident.note_internal": "Write an internal note",
    "incident.attach": "Add photos and documents",
    "incident.view_files": "Open photos and documents",
    "incident.remove_file": "Remove a photo or document",
    "incident.export": "Export and print the call log",
    "incident.follow": "Say “me too” to what somebody else reported",
    "incident.rate": "Say whether it was solved",
    "incident.rate_sheet": "Say whether the sheet told enough",
    "incident.link": "Link incidents and put them under a parent",
    "incident.merge": "Merge two reports of the same thing",
    "incident.ask_approval": "Ask the ICT owner to approve a request",
    "incident.approve": "Approve or reject a request",
    "incident.log_work": "Log minutes of work",
    "incident.consult": "Ask somebody for input without giving the work away",
    "incident.answer_consult": "Answer such a question",
    "incident.supplier_link": "Give a supplier a link to one incident",
    "incident.supplier_answer": "Answer as the supplier that has it",
    "incident.advise": "Help as a Tech Advisor",
    "incident.pass_on": "Pass a sheet from the Tech Advisors on to the desk",
    "incident.accept_advice": "Say that a Tech Advisor’s advice solved it",
    "incident.countersign": "Countersign what a pupil solved",
    "incident.ask_la": "Ask the LA’s team for advice",
    "incident.print_blank": "Print blank sheets for when the network is down",
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
    "desk.settings": "Decide how the school’s desk works",
    "desk.keep_ready": "Keep checklists and ready replies",
    "lines.view": "See who supports the school",
    "lines.edit": "Change the school’s groups, suppliers and assignment rules",
    "agreement.view": "Read the school’s agreements",
    "agreement.edit": "Write the school’s own agreements",
    "agreement.sign": "Sign an agreement",
    "calendar.view": "See the school’s calendar",
    "calendar.edit": "Change the school’s hours, terms, INSET days and closures",
    "reach.view": "See when the desk can be reached",
    "reach.edit": "Say when the desk can be reached and who is away",
    "visit.view": "See visits",
    "visit.book": "Book and move a visit",
    "visit.agree": "Agree the agenda of a visit and sign it",
    "visit.work": "Arrive, write down outcomes and leave",
    "day_plan.view": "See their own visits at all schools",
    "article.view": "Read what is known",
    "article.write": "Write and publish articles of the school",
    "article.offer": "Let the LA publish an article for every school",
    "announcement.view": "Read announcements",
    "announcement.write": "Write the school’s announcements",
    "problem.view": "See the problem log",
    "problem.log": "Log a problem",
    "problem.manage": "Assign, accept and close problems",
    "problem.work": "Find cause, workaround and solution of a problem",
    "authority.packs": "Write the LA’s agreements",
    "authority.packs_view": "Read the LA’s agreements",
    "authority.calendar": "Keep term dates and bank holidays",
    "authority.knowledge": "Review and write what is known across the LA",
    "authority.announce": "Announce something to every school",
    "authority.absences": "Say when somebody of the LA is away",
    "authority.cover": "See schools whose desk nobody covers",
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
