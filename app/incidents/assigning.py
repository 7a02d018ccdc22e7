"""Where work goes by itself: rules by line and category, with a stand-in while somebody is away.

An assignment by rule is no response of anybody: only a person's act is (domain.md 3.3, rule 5).
"""

from __future__ import annotations

from datetime import date, datetime
from typing import NamedTuple

from sqlalchemy import exists, func, inspect, or_, select

from app.calendar_days import day_of
from app.incidents.chronicle import noted
from app.incidents.models import Incident
from app.incidents.passed_on import AssignmentRule
from app.people.groups import WORKING_ROLES, Assignable, Group, group_of_ids
from app.people.models import LaMembership, LaSupportGroupMember, Membership
from app.reachability.queries import away_on
from app.schools.categories import CATEGORY_WORDS
from tenants import db

ANY = "any"
LINE_NAMES = {0: "the school’s desk", 1: "first line", 2: "second line", 3: "third line"}
_WHY = "assigned by rule"


class Picked(NamedTuple):
    """What the rule for a line and category says today; all None where there is no rule."""

    group: Group | None = None
    person: Assignable | None = None
    why: str | None = None


def pick(line: int, category: str | None, at: datetime) -> Picked:
    """The rule of this very category comes before the one for anything else."""
    with db.session.no_autoflush:
        rule = db.session.scalar(
            select(AssignmentRule)
            .where(AssignmentRule.line == line, AssignmentRule.category.in_((category or ANY, ANY)))
            .order_by((AssignmentRule.category == ANY), AssignmentRule.id)
            .limit(1)
        )
        if rule is None:
            return Picked()
        group = group_of_ids(rule.school_group_id, rule.la_group_id)
        person, stands_in_for = _who(rule, day_of(at))
    return Picked(group, person, _say(rule, stands_in_for))


def give(incident: Incident, picked: Picked) -> None:
    """To the person the rule names, if the incident went where the rule sends it. The state stays:
    they still have to take it. Whoever of the desk reads a sensitive one is for the desk to say."""
    if picked.person is None or not _is_fitting(incident, picked):
        return
    if incident.is_sensitive and incident.line == 0:
        return
    incident.assignee_id = picked.person.membership_id
    incident.la_assignee_id = picked.person.la_membership_id
    incident.assignee_name = picked.person.name
    inspect(incident).info[_WHY] = picked.why


def tell(incident: Incident, at: datetime) -> None:
    """The event of it, after that of the step that brought it there."""
    why = inspect(incident).info.pop(_WHY, None)
    if why is not None:
        noted(incident, "incident.assigned", at, by=None, after=incident.assignee_name, note=why)


def _is_fitting(incident: Incident, picked: Picked) -> bool:
    assert picked.person is not None
    if picked.group is not None:
        there = (incident.school_group_id, incident.la_group_id)
        if there != (picked.group.school_group_id, picked.group.la_group_id):
            return False
    return (picked.person.la_membership_id is not None) == (incident.la_group_id is not None)


def _who(rule: AssignmentRule, day: date) -> tuple[Assignable | None, str | None]:
    """The person, or the stand-in while they are away and for whom; nobody when both are."""
    wanted = [
        ((rule.membership_id, rule.la_membership_id)),
        ((rule.stand_in_id, rule.la_stand_in_id)),
    ]
    people = [_member(*ids, day) if any(ids) else None for ids in wanted]
    if people[0] is None and people[1] is None:
        return None, None
    away = away_on(day)
    for number, one in enumerate(people):
        if one is None:
            continue
        if one.membership_id in away.membership_ids:
            continue
        if one.la_membership_id in away.la_membership_ids:
            continue
        first = people[0]
        return one, first.name if number and first is not None else None
    return None, None


def _member(
    membership_id: int | None, la_membership_id: int | None, day: date
) -> Assignable | None:
    """None for somebody who does not belong any more, or who is not of those any more who may be
    given work: their role was changed, or the LA took them out of every group."""
    model = Membership if membership_id is not None else LaMembership
    may_work = (
        Membership.role.in_(WORKING_ROLES)
        if membership_id is not None
        else or_(
            LaMembership.role == "la_manager",
            exists().where(LaSupportGroupMember.membership_id == LaMembership.id),
        )
    )
    name = db.session.scalar(
        select(model.name).where(
            model.id == (membership_id or la_membership_id),
            model.valid_from <= day,
            func.coalesce(model.valid_to, day) >= day,
            may_work,
        )
    )
    return None if name is None else Assignable(name, membership_id, la_membership_id)


def rule_words(line: int, category: str) -> str:
    """`network at first line`."""
    what = "everything else" if category == ANY else CATEGORY_WORDS[category].lower()
    return f"{what} at {LINE_NAMES[line]}"


def _say(rule: AssignmentRule, stands_in_for: str | None) -> str:
    said = f"By the rule for {rule_words(rule.line, rule.category)}"
    return f"{said}; {stands_in_for} is away" if stands_in_for else said
