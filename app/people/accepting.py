"""An invitation is accepted: the person where there was none, the membership, and the event.

Runs at the front door. Only a POST comes here to change anything: mail scanners open links.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import exists, insert, or_, select, update
from sqlalchemy.dialects.postgresql import insert as upsert

from app.errors import Refused
from app.history.actions import record, record_at_la
from app.people import leavers, members, passwords
from app.people.groups import forget_groups
from app.people.identity import Belonging, Me, SchoolName
from app.people.invited import Invitation, LaInvitation
from app.people.links import INVITATION, LA_INVITATION, Expired, read_link
from app.people.models import LaMembership, LaSupportGroupMember, Membership, Person
from app.people.password_rules import check_new_password
from app.people.queries import Account
from app.people.rules import ROLE_NAMES
from app.permissions import Role
from tenants import School, acting_in, administering, db
from tenants.models import LocalAuthority


@dataclass(frozen=True)
class Invited:
    """An open invitation, as its page shows it."""

    id: int
    # None for the LA's own office.
    school: SchoolName | None
    place: str
    authority: str
    # Words that a password must not be made of.
    near: tuple[str, ...]
    email: str
    name: str
    role: str
    job_role: str | None
    group_id: int | None
    valid_to: date | None
    invited_by: str


def find(text: str, key: str, now: datetime, *, to_accept: bool = False) -> Invited:
    """What a link opens. Raises Expired for every link that opens nothing, whatever the reason.

    `to_accept` locks it: of two who accept at the same moment, the second finds it used.
    """
    link_id = read_link(key, INVITATION, text)
    if link_id is not None:
        return _of_school(link_id, now, to_accept)
    link_id = read_link(key, LA_INVITATION, text)
    if link_id is not None:
        return _of_la(link_id, now, to_accept)
    raise Expired


def join(invited: Invited, *, name: str, password: str, has_account: bool, now: datetime) -> int:
    """Somebody without a password yet comes in and chooses one. Returns the person's id."""
    check_new_password(password, (*invited.near, invited.email, name))
    password_hash = passwords.make_hash(password)
    if has_account:
        # Known by address only: whoever reads that mailbox chooses the password.
        person_id = db.session.scalar(
            update(Person)
            .where(Person.email == invited.email, Person.password_hash.is_(None), Person.is_active)
            .values(password_hash=password_hash, name=name, updated_at=now)
            .returning(Person.id)
            .execution_options(synchronize_session=False)
        )
    else:
        person_id = db.session.scalar(
            upsert(Person)
            .values(
                email=invited.email,
                name=name,
                kind=_kind(invited),
                password_hash=password_hash,
            )
            .on_conflict_do_nothing()
            .returning(Person.id)
        )
    if person_id is None:
        # By another invitation, at the same moment.
        raise Refused("You have an account now. Open the link again and sign in to accept.")
    _begin(invited, person_id, name, now)
    return person_id


def add(invited: Invited, account: Account, name: str, now: datetime) -> None:
    """Somebody who has an account, and is signed in with it, is that as well."""
    _begin(invited, account.person_id, name, now)


def _of_school(link_id: UUID, now: datetime, to_accept: bool) -> Invited:
    found = select(Invitation).where(
        Invitation.link_id == link_id,
        Invitation.accepted_at.is_(None),
        Invitation.withdrawn_at.is_(None),
        Invitation.expires_at > now,
        _is_vouched_for(now.date()),
    )
    one = db.session.scalar(found.with_for_update() if to_accept else found)
    if one is None or (one.valid_to is not None and one.valid_to < now.date()):
        raise Expired
    school = db.session.get_one(School, one.school_id)
    if school.status == "left":
        raise Expired
    authority = db.session.scalar(select(LocalAuthority.name)) or ""
    return Invited(
        id=one.id,
        school=SchoolName(school.id, school.slug, school.code, school.name, school.status),
        place=school.name,
        authority=authority,
        near=_words(school.name, school.address, school.postcode, authority),
        email=one.email,
        name=one.name,
        role=one.role,
        job_role=one.job_role,
        group_id=None,
        valid_to=one.valid_to,
        invited_by=one.invited_by,
    )


def _of_la(link_id: UUID, now: datetime, to_accept: bool) -> Invited:
    found = select(LaInvitation).where(
        LaInvitation.link_id == link_id,
        LaInvitation.accepted_at.is_(None),
        LaInvitation.withdrawn_at.is_(None),
        LaInvitation.expires_at > now,
    )
    one = db.session.scalar(found.with_for_update() if to_accept else found)
    if one is None or (one.valid_to is not None and one.valid_to < now.date()):
        raise Expired
    authority = db.session.scalar(select(LocalAuthority.name)) or "Local authority"
    return Invited(
        id=one.id,
        school=None,
        place=authority,
        authority=authority,
        near=_words(authority),
        email=one.email,
        name=one.name,
        role=one.role,
        job_role=None,
        group_id=one.group_id,
        valid_to=one.valid_to,
        invited_by=one.invited_by,
    )


def _is_vouched_for(today: date) -> Any:
    """Whoever made it belongs to the school still; a last day may have passed since. The LA's
    people are no members."""
    return Invitation.invited_by_id.is_(None) | exists().where(
        Membership.school_id == Invitation.school_id,
        Membership.id == Invitation.invited_by_id,
        or_(Membership.valid_to.is_(None), Membership.valid_to >= today),
    )


def _words(*texts: str | None) -> tuple[str, ...]:
    return tuple(text for text in texts if text)


def _kind(invited: Invited) -> str:
    if invited.school is None:
        return "la_staff"
    return "supplier" if invited.role == Role.SUPPLIER else "staff"


def _begin(invited: Invited, person_id: int, name: str, now: datetime) -> None:
    if invited.school is None:
        _begin_at_la(invited, person_id, name, now)
    else:
        _begin_at_school(invited, invited.school, person_id, name, now)
    leavers.needs_more_proof(person_id, invited.role, now)


def _begin_at_school(
    invited: Invited, school: SchoolName, person_id: int, name: str, now: datetime
) -> None:
    _used(Invitation, (Invitation.school_id == school.id, Invitation.id == invited.id), now)
    with acting_in(school.id):
        if members.plays(person_id, invited.role, now.date()):
            raise Refused(f"You are that at {school.name} already.")
        number = members.begin(
            person_id,
            name=name,
            role=invited.role,
            job_role=invited.job_role,
            valid_to=invited.valid_to,
            now=now,
        )
        joined = Belonging(number, Role(invited.role), name, school.id)
        record(
            "person.joined",
            subject_kind="membership",
            subject_id=number,
            at=now,
            by=_me(invited, person_id, joined, school),
            to_value=f"{name}, {ROLE_NAMES[joined.role]}",
            visibility="internal",
        )


def _begin_at_la(invited: Invited, person_id: int, name: str, now: datetime) -> None:
    _used(LaInvitation, (LaInvitation.id == invited.id,), now)
    with administering("an invitation into the LA's office is accepted"):
        lasts = LaMembership.valid_to.is_(None) | (LaMembership.valid_to >= now.date())
        if db.session.scalar(
            select(LaMembership.id).where(
                LaMembership.person_id == person_id, LaMembership.role == invited.role, lasts
            )
        ):
            raise Refused("You are that at the local authority already.")
        number = _la_membership(invited, person_id, name, now)
        joined = Belonging(number, Role(invited.role), name, None)
        record_at_la(
            "person.joined",
            name,
            at=now,
            by=_me(invited, person_id, joined, None),
            to_value=ROLE_NAMES[joined.role],
        )
    forget_groups()


def _la_membership(invited: Invited, person_id: int, name: str, now: datetime) -> int:
    begun: Sequence[date] = db.session.scalars(
        select(LaMembership.valid_from).where(
            LaMembership.person_id == person_id, LaMembership.role == invited.role
        )
    ).all()
    if now.date() in begun:
        raise Refused("You were that until today. Ask for a new invitation tomorrow.")
    member = LaMembership(
        person_id=person_id,
        name=name,
        role=invited.role,
        valid_from=now.date(),
        valid_to=invited.valid_to,
    )
    db.session.add(member)
    db.session.flush()
    if invited.group_id is not None:
        db.session.execute(
            insert(LaSupportGroupMember).values(group_id=invited.group_id, membership_id=member.id)
        )
    return member.id


def _used(
    kind: type[Invitation] | type[LaInvitation], which: tuple[object, ...], now: datetime
) -> None:
    db.session.execute(
        update(kind)
        .where(*which)  # type: ignore[arg-type]
        .values(accepted_at=now)
        .execution_options(synchronize_session=False)
    )


def _me(invited: Invited, person_id: int, joined: Belonging, school: SchoolName | None) -> Me:
    """Who the event names: they are not signed in yet."""
    newcomer = Me(
        person_id=person_id,
        email=invited.email,
        own_name=joined.name,
        belongings=(joined,),
        schools=(school,) if school else (),
    )
    return newcomer.standing_in(school)
