"""What the office does with people and with the parts they play."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import exists, select, update

from app import clock
from app.admin import history
from app.admin.history import Line
from app.admin.said import changed
from app.errors import NotThere, Refused, wrong
from app.later import later_at_the_door
from app.people import leavers, members, withdrawing
from app.people.groups import forget_groups
from app.people.identity import Me
from app.people.invited import ResetLink
from app.people.models import LaMembership, Membership, Person
from app.permissions import Role
from tenants import School, administering, at_the_front_door, db

Part = Membership | LaMembership
_ADDRESS_CHANGED = "person.email_changed"


def change_person(person: Person, data: dict[str, Any], *, by: Me) -> None:
    """Name, address, telephone, kind, and whether they may sign in at all."""
    at, reason = clock.now(), data.get("reason")
    data["email"] = data["email"].lower()
    number, name = person.id, person.name
    _check_address(person, data["email"])
    if number == by.person_id and not data["is_active"]:
        raise Refused("You cannot switch your own account off; ask another LA administrator.")
    if person.is_active and not data["is_active"]:
        _keep_an_administrator(number)
    changes = changed(person, data, "name", "email", "phone", "kind", "is_active")
    if not changes:
        return
    person.updated_at = at
    db.session.flush()
    switched = changes.pop("is_active", None)
    lines = history.lines_of("person", changes)
    if switched:
        lines.append(Line("person.switched_on" if switched[1] else "person.switched_off"))
    history.at_the_la(data["name"], lines, at=at, by=by, reason=reason)
    if "name" in changes:
        _rename_parts(number, name, data["name"], at=at, by=by, reason=reason)
    is_off = bool(switched) and not data["is_active"]
    if "email" in changes:
        _tell_the_old_address(data["name"], at)
    if "email" in changes or is_off:
        # Whoever was in by the old address, or is off, has no browser and no program left.
        leavers.put_out(number, at)
        _end_reset_links(number, at)
    if is_off:
        _withdraw_everywhere(number, by, at)


def _check_address(person: Person, email: str) -> None:
    other = db.session.scalar(
        select(Person.name).where(Person.email == email, Person.id != person.id)
    )
    if other is not None:
        raise wrong("email", f"This is the address of {other} already")


def _end_reset_links(person_id: int, at: datetime) -> None:
    """Whoever reads the old mailbox must not set the password."""
    with at_the_front_door():
        db.session.execute(
            update(ResetLink)
            .where(ResetLink.person_id == person_id, ResetLink.used_at.is_(None))
            .values(used_at=at)
        )


def _tell_the_old_address(name: str, at: datetime) -> None:
    """The outbox holds numbers only: the address is in the line of the LA's history."""
    event_id = history.line_just_written(_ADDRESS_CHANGED, name, at)
    later_at_the_door("send_address_changed", at=at, event_id=event_id)


def _withdraw_everywhere(person_id: int, by: Me, at: datetime) -> None:
    """What somebody whose account is off made in a school would let others in still."""
    schools = db.session.scalars(
        select(Membership.school_id).where(Membership.person_id == person_id).distinct()
    ).all()
    for school_id in sorted(schools):
        with administering("somebody's account is switched off", school_id):
            withdrawing.after_a_change(person_id, has_left=True, by=by, now=at)
    withdrawing.of_the_la(person_id, by=by, now=at)


def _keep_an_administrator(person_id: int, but_part: int | None = None) -> None:
    """Raises Refused where nobody could open the back office without this person, or this part of
    theirs. All are locked, always in one order: of two who end each other at the same moment the
    second one waits, and then finds nobody left."""
    today = clock.today()
    lasts = LaMembership.valid_to.is_(None) | (LaMembership.valid_to >= today)
    parts = select(LaMembership.id).where(LaMembership.role == Role.LA_ADMIN, lasts)
    db.session.execute(parts.order_by(LaMembership.id).with_for_update())
    is_meant = (
        LaMembership.person_id == person_id if but_part is None else LaMembership.id == but_part
    )
    others = (
        parts.join(Person, Person.id == LaMembership.person_id)
        .where(Person.is_active, LaMembership.valid_from <= today, ~is_meant)
        .limit(1)
    )
    if db.session.scalar(others) is None:
        raise Refused(
            "Nobody would be left who can open the back office. First invite another LA "
            "administrator."
        )


def _rename_parts(
    person_id: int, before: str, after: str, *, at: datetime, by: Me, reason: str | None
) -> None:
    """Where a school shows them by the old name it shows the new one; another name stays."""
    for model in (LaMembership, Membership):
        renamed = db.session.execute(
            update(model)
            .where(model.person_id == person_id, model.name == before)
            .values(name=after, updated_at=at, version=model.version + 1)
            .returning(model.id, *([Membership.school_id] if model is Membership else []))
        ).all()
        for row in renamed if model is Membership else ():
            history.in_the_school(
                row.school_id,
                ("membership", row.id),
                [Line("member.name_changed", before, after)],
                at=at,
                by=by,
                reason=reason,
            )
    forget_groups()


def change_membership(member: Membership, data: dict[str, Any], *, by: Me) -> tuple[int, int]:
    """Name, job title, role and last day, by the same actions as the school's own pages. Answers
    the key of the membership that is in force now."""
    at, reason = clock.now(), data.get("reason")
    _check_term(member, data)
    school_id, number = member.school_id, member.id
    before = (member.role, member.valid_to, member.name, member.job_role)
    is_over = before[1] != data.get("valid_to") and _is_past(data.get("valid_to"))
    if is_over:
        # As the school's own pages have it: what ends now had its last day yesterday.
        data["valid_to"] = clock.today() - timedelta(days=1)
    after = (data["role"], data.get("valid_to"), data["name"], data.get("job_role"))
    with administering("a membership of a school", school_id):
        if before[:2] != after[:2]:
            number = _change_part_at_school(number, data, before, by)
        if before[2:] != after[2:]:
            _rename_member(school_id, number, data, by=by, at=at, reason=reason)
    lines = [
        Line(f"member.{what}_changed", was, now)
        for what, was, now in zip(_OF_A_PART, before, after, strict=True)
        if was != now
    ]
    forget_groups()
    subject = subject_of(db.session.get_one(Membership, (school_id, number)))
    history.at_the_la(subject, lines, at=at, by=by, reason=reason)
    return school_id, number


_HAS_ENDED = "This membership has ended. Invite them again."
_OF_A_PART = ("role", "last_day", "name", "job_title")


def _change_part_at_school(number: int, data: dict[str, Any], before: Any, by: Me) -> int:
    role, last_day = data["role"], data.get("valid_to")
    try:
        member = members.get_member(number, to_change=True)
    except NotThere:
        raise Refused(_HAS_ENDED) from None
    if role != before[0]:
        number = members.change_role(member, by=by, role=role)
        member = members.get_member(number, to_change=True)
    if last_day != before[1]:
        if _is_past(last_day):
            members.end_now(member, by=by)
        else:
            members.set_last_day(member, by=by, valid_to=last_day)
    return number


def _rename_member(
    school_id: int, number: int, data: dict[str, Any], *, by: Me, at: datetime, reason: str | None
) -> None:
    member = db.session.get_one(Membership, (school_id, number))
    lines = history.lines_of("member", changed(member, data, "name", "job_role"))
    member.updated_at = at
    member.version += 1
    db.session.flush()
    history.in_the_school(school_id, ("membership", number), lines, at=at, by=by, reason=reason)


def change_la_membership(part: LaMembership, data: dict[str, Any], *, by: Me) -> int:
    """The same for the LA's own people. Answers the id of the membership that is in force now."""
    at, reason = clock.now(), data.get("reason")
    _check_own(part, data, by)
    _check_term(part, data)
    person_id, last_day = part.person_id, data.get("valid_to")
    if part.role == Role.LA_ADMIN and (data["role"] != part.role or last_day != part.valid_to):
        _keep_an_administrator(person_id, part.id)
    before = (part.role, part.valid_to, part.name)
    if data["role"] != part.role:
        part = _begin_again(part, data["role"], at)
    if last_day != part.valid_to:
        part.valid_to = last_day
    part.name, part.updated_at = data["name"], at
    part.version += 1
    db.session.flush()
    number, after = part.id, (part.role, part.valid_to, part.name)
    lines = [
        Line(f"member.{what}_changed", was, now)
        for what, was, now in zip(_OF_A_PART, before, after, strict=False)
        if was != now
    ]
    forget_groups()
    history.at_the_la(subject_of(part), lines, at=at, by=by, reason=reason)
    if lines and (_is_past(last_day) or before[0] != after[0]):
        leavers.begin_anew(person_id, at)
    if before[0] != after[0]:
        leavers.needs_more_proof(person_id, after[0], at)
    if lines and _is_past(last_day):
        withdrawing.of_the_la(person_id, by=by, now=at)
    return number


def subject_of(part: Part) -> str:
    """`Rita Reporter, St Mary’s Primary School`, as the office's history has it."""
    if isinstance(part, LaMembership):
        return f"{part.name}, LA"
    school = db.session.scalar(select(School.name).where(School.id == part.school_id))
    return f"{part.name}, {school}"


def _check_term(part: Part, data: dict[str, Any]) -> None:
    last_day = data.get("valid_to")
    if last_day == part.valid_to and data["role"] == part.role:
        return
    if _is_past(part.valid_to):
        raise Refused(_HAS_ENDED)
    if last_day is not None and last_day < part.valid_from:
        raise wrong("valid_to", "The last day cannot be before the first.")
    if data["role"] != part.role and _is_past(last_day):
        raise wrong("valid_to", "A new role begins today; it cannot have ended already.")


def _is_past(day: date | None) -> bool:
    return day is not None and day < clock.today()


def _check_own(part: LaMembership, data: dict[str, Any], by: Me) -> None:
    """Somebody must be left who can open the back office, and it is whoever is here now."""
    if part.person_id != by.person_id or part.role != Role.LA_ADMIN:
        return
    if data["role"] != part.role or data.get("valid_to") != part.valid_to:
        raise Refused("You cannot end your own part here; ask another LA administrator.")


def _begin_again(part: LaMembership, role: str, at: datetime) -> LaMembership:
    """The old role until yesterday, the new one from today."""
    today = clock.today()
    same = (LaMembership.person_id == part.person_id) & (LaMembership.role == role)
    lasts = LaMembership.valid_to.is_(None) | (LaMembership.valid_to >= today)
    if db.session.scalar(select(exists().where(same & lasts))):
        raise wrong("role", f"{part.name} is that already, beside what they are now.")
    begun = db.session.scalars(
        select(LaMembership.valid_from).where(
            LaMembership.person_id == part.person_id, LaMembership.role == part.role
        )
    ).all()
    new = LaMembership(
        person_id=part.person_id,
        name=part.name,
        role=role,
        valid_from=today,
        valid_to=part.valid_to,
    )
    part.valid_from, part.valid_to = members.last_day_of(
        part.valid_from, today, frozenset(begun).__contains__
    )
    part.updated_at = at
    part.version += 1
    db.session.add(new)
    db.session.flush()
    return new
