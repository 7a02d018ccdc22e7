"""What people are in a school: begun, changed and ended. A part that ends keeps its row, so that
history still says who did what as what.

Dates are whole days and inclusive: what ends now had its last day yesterday. A part that began only
today never was, and the events tell of it.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import date, datetime, timedelta

from sqlalchemy import BigInteger, delete, insert, literal, or_, select

from app import clock
from app.errors import NotAllowed, NotThere, Refused, wrong
from app.history.actions import record
from app.people import leavers, withdrawing
from app.people.identity import Me
from app.people.models import Membership, SupportGroup, SupportGroupMember
from app.people.rules import MANAGING, ROLE_NAMES, may_give
from app.permissions import Role
from tenants import current_school_id, db

# Whoever looks after every school may leave one without a manager: they are there themselves.
_LOOKS_AFTER_ALL = "authority.office"
# A role whose people work in a group of their school.
_GROUP_OF = {Role.TECHNICIAN: "technicians"}
_BEFORE_SPOCS_CHANGE: list[Callable[[], None]] = []


def before_spocs_change(look: Callable[[], None]) -> None:
    """`look` is called in a school just before its single points of contact become others. Rooms
    above this one have to know, so they say it to us (`create_app`)."""
    if look not in _BEFORE_SPOCS_CHANGE:
        _BEFORE_SPOCS_CHANGE.append(look)


def get_member(number: int, *, to_change: bool = False) -> Membership:
    """A part that somebody plays in the school acted in, now or soon. Raises NotThere."""
    found = select(Membership).where(
        Membership.school_id == current_school_id(),
        or_(Membership.valid_to.is_(None), Membership.valid_to >= clock.now().date()),
    )
    if not to_change:
        member = db.session.scalar(found.where(Membership.id == number))
    else:
        # Those who manage are locked too, always in one order: two of them who end each other at
        # the same moment must not both succeed.
        locked = found.where(or_(Membership.id == number, Membership.role.in_(MANAGING)))
        rows = db.session.scalars(
            locked.order_by(Membership.id)
            .with_for_update()
            .execution_options(populate_existing=True)
        )
        member = next((one for one in rows.all() if one.id == number), None)
    if member is None:
        raise NotThere
    return member


def begin(
    person_id: int,
    *,
    name: str,
    role: str,
    job_role: str | None,
    valid_to: date | None,
    now: datetime,
) -> int:
    """The person is that in the school acted in, from today. Returns the membership's id."""
    _if_spocs_change(role)
    member = Membership(
        person_id=person_id,
        name=name,
        role=role,
        job_role=job_role,
        valid_from=now.date(),
        valid_to=valid_to,
    )
    db.session.add(member)
    db.session.flush()
    _regroup(member)
    return member.id


def change_role(member: Membership, *, by: Me, role: str) -> int:
    """From today they are something else here. The membership keeps its number, because what they
    reported or were given points at it; the part that ended becomes a row of its own."""
    now = clock.now()
    _check_giver(by, role)
    if role == member.role:
        raise wrong("role", f"{member.name} is that already.")
    if plays(member.person_id, role, now.date()):
        raise wrong("role", f"{member.name} is that here already, beside what they are now.")
    _keep_a_manager(member, by)
    _if_spocs_change(member.role, role)
    before, began = member.role, member.valid_from
    member.role, member.valid_from = role, max(began, now.date())
    _touch(member, now)
    if began < now.date():
        _keep_as_ended(member, before, began, now)
    _regroup(member)
    _record("member.role_changed", member, by, now, _named(member, before), ROLE_NAMES[Role(role)])
    # Stepping out of the school forgets the row.
    number, person_id = member.id, member.person_id
    leavers.begin_anew(person_id, now)
    leavers.needs_more_proof(person_id, role, now)
    withdrawing.after_a_change(person_id, has_left=False, by=by, now=now)
    return number


def set_last_day(member: Membership, *, by: Me, valid_to: date | None) -> None:
    """The part ends by itself after this day; None for no end."""
    now = clock.now()
    _check_giver(by, member.role)
    if valid_to is not None:
        check_last_day(valid_to)
        if valid_to < member.valid_from:
            raise wrong("valid_to", "The last day cannot be before the first.")
        _keep_a_manager(member, by)
    before = member.valid_to
    member.valid_to = valid_to
    _touch(member, now)
    _record("member.last_day_set", member, by, now, _day(before), _day(valid_to))


def end_now(member: Membership, *, by: Me) -> None:
    """They have left, or no longer do this."""
    now = clock.now()
    _check_giver(by, member.role)
    _keep_a_manager(member, by)
    _if_spocs_change(member.role)
    name = _named(member, member.role)
    _end(member, now)
    _record("member.ended", member, by, now, name, None)
    person_id = member.person_id
    leavers.begin_anew(person_id, now)
    withdrawing.after_a_change(person_id, has_left=True, by=by, now=now)


def plays(person_id: int, role: str, today: date) -> bool:
    """Whether the person is that in the school acted in, now or soon."""
    return (
        db.session.scalar(
            select(Membership.id).where(
                Membership.school_id == current_school_id(),
                Membership.person_id == person_id,
                Membership.role == role,
                or_(Membership.valid_to.is_(None), Membership.valid_to >= today),
            )
        )
        is not None
    )


def check_last_day(valid_to: date | None) -> None:
    if valid_to is not None and valid_to < clock.today():
        raise wrong("valid_to", "The last day must be today or later.")


def last_day_of(valid_from: date, today: date, taken: Callable[[date], bool]) -> tuple[date, date]:
    """(first, last) of a part that is no longer in force today. One that began today or later
    moves back to a day on which no other row of the same part begins."""
    yesterday = today - timedelta(days=1)
    if valid_from <= yesterday:
        return valid_from, yesterday
    first = yesterday
    while taken(first):
        first -= timedelta(days=1)
    return first, first


def _if_spocs_change(*roles: str) -> None:
    if Role.SPOC in roles:
        for look in _BEFORE_SPOCS_CHANGE:
            look()


def _end(member: Membership, now: datetime) -> None:
    begun: Sequence[date] = db.session.scalars(
        select(Membership.valid_from).where(
            Membership.school_id == member.school_id,
            Membership.person_id == member.person_id,
            Membership.role == member.role,
        )
    ).all()
    member.valid_from, member.valid_to = last_day_of(
        member.valid_from, now.date(), frozenset(begun).__contains__
    )
    _touch(member, now)


def _keep_as_ended(member: Membership, role: str, began: date, now: datetime) -> None:
    db.session.add(
        Membership(
            person_id=member.person_id,
            name=member.name,
            role=role,
            job_role=member.job_role,
            valid_from=began,
            valid_to=now.date() - timedelta(days=1),
        )
    )
    db.session.flush()


def _regroup(member: Membership) -> None:
    """Out of the groups of an earlier role, into that of this one."""
    db.session.execute(
        delete(SupportGroupMember).where(
            SupportGroupMember.school_id == member.school_id,
            SupportGroupMember.membership_id == member.id,
        )
    )
    if group := _GROUP_OF.get(Role(member.role)):
        columns = ("school_id", "group_id", "membership_id")
        number = literal(member.id, BigInteger)
        chosen = select(SupportGroup.school_id, SupportGroup.id, number).where(
            SupportGroup.school_id == member.school_id, SupportGroup.key == group
        )
        db.session.execute(insert(SupportGroupMember).from_select(columns, chosen))


def _touch(member: Membership, now: datetime) -> None:
    member.updated_at = now
    member.version += 1
    db.session.flush()


def _check_giver(by: Me, role: str) -> None:
    """Who may not give a role may not take it away either."""
    if role not in may_give(by.roles):
        raise NotAllowed("Your role does not allow you to give or end that role.")


def _keep_a_manager(member: Membership, by: Me) -> None:
    if member.role not in MANAGING or by.may(_LOOKS_AFTER_ALL):
        return
    today = clock.now().date()
    others = db.session.scalars(
        select(Membership.id).where(
            Membership.school_id == member.school_id,
            Membership.role.in_(MANAGING),
            Membership.id != member.id,
            Membership.valid_from <= today,
            Membership.valid_to.is_(None),
        )
    ).all()
    if not others:
        raise Refused(
            f"Without {member.name} nobody could look after the school’s people. First make "
            "somebody else service desk owner or ICT owner, without a last day."
        )


def _record(
    kind: str, member: Membership, by: Me, at: datetime, before: str | None, after: str | None
) -> None:
    record(
        kind,
        subject_kind="membership",
        subject_id=member.id,
        at=at,
        by=by,
        from_value=before,
        to_value=after,
        visibility="internal",
    )


def _named(member: Membership, role: str) -> str:
    return f"{member.name}, {ROLE_NAMES[Role(role)]}"


def _day(on: date | None) -> str:
    return on.isoformat() if on else "no end"
