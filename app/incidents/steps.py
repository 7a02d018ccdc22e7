"""Which steps one person may take with one incident now, and which of them is the obvious one.

Tables first. What a step does is in the actions; those refuse whatever is not offered here.
"""

from __future__ import annotations

from enum import StrEnum
from typing import NamedTuple, Protocol

from sqlalchemy import inspect

from app.incidents import rules
from app.incidents.closing import may_close
from app.incidents.models import Incident
from app.incidents.queries import can_reach
from app.incidents.rules import Status
from app.people.identity import Me
from app.schools.desk_settings import settings_here

_OWN_FIRST_LINE = "own first line"


class Part(StrEnum):
    """What somebody is to an incident, which decides what they most likely want to do next."""

    DESK = "desk"  # it is with the school's desk, and they are the desk
    DESK_WAITS = "desk_waits"  # the desk, while somebody else works on it
    LINE = "line"  # they or their group work on it
    READER = "reader"  # the reporter, and whoever else only reads


class Step(NamedTuple):
    name: str
    permission: str
    page: str
    words: str

    @property
    def is_one_press(self) -> bool:
        """There is nothing to ask."""
        return self.name in _ONE_PRESS

    @property
    def is_beside(self) -> bool:
        return self.name in _BESIDE

    @property
    def states(self) -> frozenset[Status]:
        return rules.STEPS["take" if self.name == "assign" else self.name][0]


_ONE_PRESS = frozenset({"take", "resume", "close"})
# What stands beside the way of an incident; folded where the list would be a wall.
_BESIDE = frozenset(
    {"consult", "supplier", "diagnose", "log_work", "work_around", "follow_up", "link", "merge"}
)
# fmt: off
STEPS = (
    #    name         permission            page         on the button
    Step("check",     "incident.check",     "check",     "Check the sheet"),
    Step("return",    "incident.return",    "return_",   "Return it to the reporter"),
    Step("hand_in",   "incident.hand_in",   "mend",      "Complete it and hand it in again"),
    Step("take",      "incident.take",      "assign",    "Take it"),
    Step("escalate",  "incident.forward",   "escalate",  "Forward it to the LA"),
    Step("resolve",   "incident.resolve",   "resolve",   "Resolve it"),
    Step("resume",    "incident.hold",      "resume",    "Go on with it"),
    Step("hold",      "incident.hold",      "hold",      "Put it on hold"),
    Step("assign",    "incident.assign",    "assign",    "Give it to somebody"),
    Step("ask_approval", "incident.ask_approval", "ask_approval", "Ask for approval"),
    Step("approve",   "incident.approve",   "approve",   "Approve or reject it"),
    Step("hand_back", "incident.hand_back", "hand_back", "Hand it back"),
    Step("close",     "incident.close",     "close",     "Close it"),
    Step("reopen",    "incident.reopen",    "reopen",    "It is not right: reopen it"),
    Step("self_cure", "incident.self_cure", "self_cure", "It works again by itself"),
    Step("note",      "incident.note",      "note",      "Add a note"),
    Step("consult",   "incident.consult",   "consultations", "Ask somebody for input"),
    Step("supplier",  "incident.supplier_link", "links", "Give a supplier a link"),
    Step("diagnose",  "incident.diagnose",  "checks",    "Write the diagnostics sheet"),
    Step("log_work",  "incident.log_work",  "work",      "Log minutes of work"),
    Step("work_around", "incident.diagnose", "work_around", "Say how they can work meanwhile"),
    Step("follow_up", "incident.hold",      "follow_up", "Set a day to look again"),
    Step("link",      "incident.link",      "link",      "Link it to another one"),
    Step("merge",     "incident.merge",     "merge",     "It was reported twice: merge it"),
    Step("mend",      "incident.edit",      "mend",      "Change the sheet"),
    Step("recheck",   "incident.check",     "check",     "Change the priority"),
    Step("cancel",    "incident.cancel",    "cancel",    "Cancel it"),
)
STEP = {step.name: step for step in STEPS}

# The obvious next step: the first of these that is offered.
_OF_DESK: dict[Status, tuple[str, ...]] = {
    Status.NEW:         ("check",),
    Status.RETURNED:    ("note",),
    Status.QUEUED:      ("escalate", "take"),
    Status.IN_PROGRESS: ("resolve",),
    Status.ON_HOLD:     ("resume",),
    Status.RESOLVED:    ("close",),
}
_OF_LINE: dict[Status, tuple[str, ...]] = {
    Status.QUEUED:      ("take",),
    Status.IN_PROGRESS: ("take", "resolve"),
    Status.ON_HOLD:     ("resume",),
}
_OF_READER: dict[Status, tuple[str, ...]] = {
    Status.RETURNED:    ("hand_in",),
    Status.AWAITING_APPROVAL: ("approve",),
    Status.RESOLVED:    ("reopen",),
}
NEXT: dict[Part, dict[Status, tuple[str, ...]]] = {
    Part.DESK:       _OF_DESK,
    Part.DESK_WAITS: {Status.RESOLVED: ("close",)},
    Part.LINE:       _OF_LINE,
    Part.READER:     _OF_READER,
}
TO_OWN_FIRST_LINE = "Forward it"
_ON_FROM_LINE = {
    0: "Forward it to the LA", 1: "Escalate it to second line", 2: "Pass it to a supplier",
}
# fmt: on


# What is called otherwise while a supplier has it, and who may.
_WITH_SUPPLIER: dict[str, dict[str, str]] = {
    "hand_back": {"permission": "incident.fetch_back", "words": "Take it back from the supplier"},
    "resolve": {"words": "Record the supplier’s answer"},
}


class Where(Protocol):
    """A row of a list, or the incident itself."""

    status: str
    line: int


def offered(person: Me, incident: Incident) -> list[Step]:
    """Every step that state and role allow now, in the order of the table."""
    return [step for one in STEPS if (step := _if_open(one, person, incident)) is not None]


def is_offered(name: str, person: Me, incident: Incident) -> bool:
    return _if_open(STEP[name], person, incident) is not None


def is_in_time(name: str, incident: Incident) -> bool:
    """Whether the state allows the step; `recheck` is a check too."""
    names = ("check", "recheck") if name == "check" else (name,)
    return any(incident.status in STEP[one].states for one in names)


def part_of(person: Me, incident: Incident) -> Part:
    if can_reach(person, "incident.forward", incident):
        return desk_part(incident)
    return Part.LINE if can_reach(person, "incident.take", incident) else Part.READER


def desk_part(row: Where) -> Part:
    return Part.DESK_WAITS if row.line else Part.DESK


def next_step(person: Me, incident: Incident) -> Step | None:
    """The one obvious step; writing a note when there is nothing better to do."""
    steps = {step.name: step for step in offered(person, incident)}
    wanted = NEXT[part_of(person, incident)].get(Status(incident.status), ())
    return next((steps[name] for name in (*wanted, "note") if name in steps), None)


def would_forward(row: Where) -> bool:
    return row.status == Status.QUEUED and desk_part(row) is Part.DESK


def next_for_desk(row: Where, *, is_own_first_line: bool = False) -> Step:
    """The same for a row of the work list, of which less is known."""
    wanted = NEXT[desk_part(row)].get(Status(row.status), ("note",))
    step = STEP[wanted[0]]
    if step.name == "escalate" and is_own_first_line:
        return step._replace(words=TO_OWN_FIRST_LINE)
    return step


def is_mine(person: Me, incident: Incident) -> bool:
    return (
        incident.assignee_id in person.membership_ids
        or incident.la_assignee_id in person.la_membership_ids
    )


def _if_open(step: Step, person: Me, incident: Incident) -> Step | None:
    if incident.status not in step.states:
        return None
    if step.name == "escalate":
        return _to_next_line(step, person, incident)
    if step.name == "close" and not person.may("incident.close"):
        return step if may_close(incident, person) else None
    if incident.line == rules.SUPPLIER_LINE and step.name in _WITH_SUPPLIER:
        step = step._replace(**_WITH_SUPPLIER[step.name])
    if not can_reach(person, step.permission, incident):
        return None
    return None if _is_pointless(step.name, person, incident) else step


def _to_next_line(step: Step, person: Me, incident: Incident) -> Step | None:
    permission = rules.ESCALATE_PERMISSION.get(incident.line)
    if permission is None or not can_reach(person, permission, incident):
        return None
    is_to_own = incident.line == 0 and _is_own_first_line(incident)
    words = TO_OWN_FIRST_LINE if is_to_own else _ON_FROM_LINE[incident.line]
    return step._replace(permission=permission, words=words)


def _is_own_first_line(incident: Incident) -> bool:
    """Whether forwarding goes to the school's own technicians. Asked once for an incident in
    hand."""
    info = inspect(incident).info
    if _OWN_FIRST_LINE not in info:
        info[_OWN_FIRST_LINE] = settings_here().is_own_first_line
    found: bool = info[_OWN_FIRST_LINE]
    return found


def _is_pointless(name: str, person: Me, incident: Incident) -> bool:
    if name == "take":
        return is_mine(person, incident) and incident.status == Status.IN_PROGRESS
    if name == "hold":
        return incident.status == Status.ON_HOLD
    if name in ("ask_approval", "approve"):
        return name == "ask_approval" and incident.type != "request"
    if name == "hand_back":
        return incident.line == 0
    if name == "supplier":
        return incident.is_sensitive or incident.line == 0
    if name == "mend":
        is_checked = incident.status not in (Status.NEW, Status.RETURNED)
        return is_checked and not person.may("incident.log_for_others")
    return False
