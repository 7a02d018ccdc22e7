"""Who supports a school, line by line, and the rules by which work finds them (S12)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

from sqlalchemy import select

from app import clock
from app.errors import NotAllowed, NotThere, Wrong, wrong
from app.history.actions import record
from app.incidents.assigning import rule_words
from app.incidents.passed_on import AssignmentRule
from app.incidents.suppliers import contracts
from app.people.groups import (
    Assignable,
    Group,
    assignable,
    assignable_named,
    la_groups,
    la_groups_here,
    school_groups,
)
from app.people.identity import Me
from app.people.models import LaMembership, Membership
from app.schools.categories import CATEGORY_WORDS
from tenants import db

_CATEGORY_ORDER = {name: place for place, name in enumerate((*CATEGORY_WORDS, "any"))}


class Contract(NamedTuple):
    """What a supplier's row points at."""

    agreement_id: int | None
    la_agreement_id: int | None


@dataclass(frozen=True)
class ShownRule:
    id: int
    version: int
    line: int
    category: str
    group: str | None
    person: str | None
    stand_in: str | None
    is_of_la: bool
    made_by: str


def contract_named(word: str | None) -> Contract:
    """The contract that a form chose. Raises Wrong."""
    if not word:
        return Contract(None, None)
    found = contracts(clock.today()).get(word)
    if found is None:
        raise wrong("agreement", "Choose one of the contracts offered.")
    if found.own_version_id is not None:
        return Contract(found.agreement_id, None)
    return Contract(None, found.agreement_id)


def rules_here() -> list[ShownRule]:
    """Every rule of the school acted in, by line, the special before the general."""
    rows = db.session.scalars(select(AssignmentRule)).all()
    names = _names(rows)
    groups = {
        (one.school_group_id, one.la_group_id): one.name for one in (*school_groups(), *la_groups())
    }
    shown = [
        ShownRule(
            id=one.id,
            version=one.version,
            line=one.line,
            category=one.category,
            group=groups.get((one.school_group_id, one.la_group_id)),
            person=names.get(("own", one.membership_id)) or names.get(("la", one.la_membership_id)),
            stand_in=names.get(("own", one.stand_in_id)) or names.get(("la", one.la_stand_in_id)),
            is_of_la=is_of_la(one),
            made_by=one.made_by,
        )
        for one in rows
    ]
    return sorted(shown, key=lambda one: (one.line, _CATEGORY_ORDER.get(one.category, 0)))


def is_of_la(rule: AssignmentRule) -> bool:
    return rule.la_group_id is not None or rule.la_membership_id is not None


def groups_offered(by: Me) -> list[Group]:
    """To whom they may send work by rule: the school's own groups, or the LA's for its manager."""
    return la_groups_here() if by.is_from_outside else school_groups()


def people_offered(by: Me) -> list[Assignable]:
    return assignable(at_la=by.is_from_outside)


def get_rule(number: int, *, to_change: bool = False) -> AssignmentRule:
    wanted = select(AssignmentRule).where(AssignmentRule.id == number)
    found = db.session.scalar(wanted.with_for_update() if to_change else wanted)
    if found is None:
        raise NotThere
    return found


def set_rule(
    *,
    by: Me,
    line: str,
    category: str,
    group: str | None = None,
    person: str | None = None,
    stand_in: str | None = None,
) -> None:
    """One rule for a line and a category: a new one, or another for the one there is."""
    number = int(line)
    if by.is_from_outside and number == 0:
        raise wrong("line", "Who of the school’s desk gets it is for the school to say.")
    to = _group_named(by, group, number)
    who = _person(by, "person", person)
    instead = _person(by, "stand_in", stand_in)
    old = db.session.scalar(
        select(AssignmentRule)
        .where(AssignmentRule.line == number, AssignmentRule.category == category)
        .with_for_update()
    )
    if old is not None:
        _check_whose(old, by)
    rule = old or AssignmentRule(line=number, category=category)
    rule.school_group_id = to.school_group_id if to else None
    rule.la_group_id = to.la_group_id if to else None
    rule.membership_id = who.membership_id if who else None
    rule.la_membership_id = who.la_membership_id if who else None
    rule.stand_in_id = instead.membership_id if instead else None
    rule.la_stand_in_id = instead.la_membership_id if instead else None
    rule.made_by = by.name
    if old is None:
        db.session.add(rule)
    else:
        rule.version += 1
    db.session.flush()
    said = ", ".join(one.name for one in (to, who) if one)
    _record("rule.set", rule, by, after=said, note=_stand_in_words(instead))


def remove_rule(rule: AssignmentRule, *, by: Me) -> None:
    """Work goes the usual way again."""
    _check_whose(rule, by)
    _record("rule.removed", rule, by, after=None, note=None)
    db.session.delete(rule)
    db.session.flush()


def _check_whose(rule: AssignmentRule, by: Me) -> None:
    if is_of_la(rule) != by.is_from_outside:
        whose = "the LA" if is_of_la(rule) else "the school"
        raise NotAllowed(f"That rule is for {whose} to change.")


def _group_named(by: Me, key: str | None, line: int) -> Group | None:
    if not key:
        return None
    found = next((one for one in groups_offered(by) if one.key == key), None)
    if found is None:
        raise wrong("group", "Choose one of the groups offered.")
    if found.line != line:
        raise wrong("group", "This group works at another line.")
    return found


def _person(by: Me, field: str, name: str | None) -> Assignable | None:
    if not name:
        return None
    try:
        return assignable_named(name, at_la=by.is_from_outside)
    except Wrong as error:
        raise wrong(field, error.errors["person"][0]) from None


def _names(rows: Sequence[AssignmentRule]) -> dict[tuple[str, int | None], str]:
    own = {one.membership_id for one in rows} | {one.stand_in_id for one in rows}
    at_la = {one.la_membership_id for one in rows} | {one.la_stand_in_id for one in rows}
    found: dict[tuple[str, int | None], str] = {}
    sides: tuple[tuple[str, Any, set[int | None]], ...] = (
        ("own", Membership, own),
        ("la", LaMembership, at_la),
    )
    for side, model, ids in sides:
        if ids - {None}:
            wanted = select(model.id, model.name).where(model.id.in_(ids - {None}))
            found |= {(side, number): name for number, name in db.session.execute(wanted)}
    return found


def _stand_in_words(instead: Assignable | None) -> str | None:
    return f"while away: {instead.name}" if instead else None


def _record(
    kind: str, rule: AssignmentRule, by: Me, *, after: str | None, note: str | None
) -> None:
    record(
        kind,
        subject_kind="rule",
        subject_id=rule.id,
        at=clock.now(),
        by=by,
        from_value=rule_words(rule.line, rule.category),
        to_value=after,
        note=note,
        visibility="internal",
    )
