"""A school asks somebody in, sends it again, takes it back; the LA's office asks its own staff.

The mail goes out afterwards (app/notifications/account_mail.py) with a link that is good for a
week and once; accepting.py is what happens behind it.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import func, or_, select, tuple_

from app import clock
from app.errors import NotAllowed, NotThere, Refused, wrong
from app.history.actions import record, record_at_la
from app.later import later, later_at_the_door, uuid7
from app.people.identity import Me
from app.people.invited import Invitation, LaInvitation
from app.people.members import check_last_day
from app.people.models import LaMembership, LaSupportGroup, Membership, Person
from app.people.rules import ROLE_NAMES, may_give
from app.permissions import Role
from tenants import at_the_front_door, current_school_id, db

GOOD_FOR = timedelta(days=7)
# Nobody's mailbox is flooded by one button, nor the world by one school.
AGAIN_AFTER = timedelta(minutes=2)
MOST = 200

# --- into a school ---


def invite(
    *,
    by: Me,
    email: str,
    name: str,
    role: str,
    job_role: str | None = None,
    valid_to: date | None = None,
) -> Invitation:
    """Ask somebody into the school acted in. Raises NotAllowed or Wrong."""
    now = clock.now()
    email = _address(email)
    _check_giver(by, role)
    check_last_day(valid_to)
    if _plays_at_school(email, role, now.date()):
        raise wrong("email", f"They belong here already as {ROLE_NAMES[Role(role)]}.")
    if _is_open(Invitation, email, role, now):
        raise wrong("email", "They have been invited as that already. Send that invitation again.")
    _check_not_too_many(Invitation, now)
    invitation = Invitation(
        link_id=uuid7(),
        email=email,
        name=name,
        role=role,
        job_role=job_role,
        valid_to=valid_to,
        invited_by=by.name,
        invited_by_id=by.membership_for("school.invite"),
        created_at=now,
        expires_at=now + GOOD_FOR,
    )
    db.session.add(invitation)
    db.session.flush()
    _send(invitation, now)
    _record("person.invited", invitation, by, now)
    return invitation


def send_again(link_id: UUID, *, by: Me) -> Invitation:
    """A new mail with a new link; the one in the old mail is good for nothing any more. Whoever
    sends it again vouches for it from now on."""
    now = clock.now()
    invitation = _mine(link_id)
    _check_giver(by, invitation.role)
    check_last_day(invitation.valid_to)
    _check_patience(invitation, now)
    invitation.link_id = uuid7()
    invitation.invited_by = by.name
    invitation.invited_by_id = by.membership_for("school.invite")
    invitation.expires_at = now + GOOD_FOR
    db.session.flush()
    _send(invitation, now)
    _record("person.invited_again", invitation, by, now)
    return invitation


def withdraw(link_id: UUID, *, by: Me) -> Invitation:
    now = clock.now()
    invitation = _mine(link_id)
    _check_giver(by, invitation.role)
    invitation.withdrawn_at = now
    db.session.flush()
    _record("person.invitation_withdrawn", invitation, by, now)
    return invitation


def open_invitations(after: tuple[datetime, int] | None, limit: int) -> Sequence[Any]:
    """Those that nobody has accepted or taken back, the newest first. Also the ones that ran out:
    they can be sent again."""
    found = (
        select(
            Invitation.id,
            Invitation.link_id,
            Invitation.email,
            Invitation.name,
            Invitation.role,
            Invitation.job_role,
            Invitation.valid_to,
            Invitation.invited_by,
            Invitation.created_at,
            Invitation.expires_at,
        )
        .where(
            Invitation.school_id == current_school_id(),
            Invitation.accepted_at.is_(None),
            Invitation.withdrawn_at.is_(None),
        )
        .order_by(Invitation.created_at.desc(), Invitation.id.desc())
        .limit(limit)
    )
    if after is not None:
        found = found.where(tuple_(Invitation.created_at, Invitation.id) < tuple_(*after))
    return db.session.execute(found).all()


def _mine(link_id: UUID) -> Invitation:
    """One of the school acted in, locked. Raises NotThere, or Refused when it is done with."""
    found = db.session.scalar(
        select(Invitation)
        .where(Invitation.school_id == current_school_id(), Invitation.link_id == link_id)
        .with_for_update()
    )
    if found is None:
        raise NotThere
    _check_open(found)
    return found


def _send(invitation: Invitation, now: datetime) -> None:
    later(
        "send_invitation",
        at=now,
        invitation_id=invitation.id,
        link_id=invitation.link_id.hex,
    )


def _plays_at_school(email: str, role: str, today: date) -> bool:
    """A school has no right on people: the front door is asked, about this school only."""
    school_id = current_school_id()
    with at_the_front_door():
        found = db.session.scalar(
            select(Membership.id)
            .join(Person, Person.id == Membership.person_id)
            .where(
                Person.email == email,
                Membership.school_id == school_id,
                Membership.role == role,
                or_(Membership.valid_to.is_(None), Membership.valid_to >= today),
            )
        )
    return found is not None


def _record(kind: str, invitation: Invitation, by: Me, at: datetime) -> None:
    record(
        kind,
        subject_kind="invitation",
        subject_id=invitation.id,
        at=at,
        by=by,
        to_value=f"{invitation.name}, {ROLE_NAMES[Role(invitation.role)]}",
        visibility="internal",
    )


# --- into the LA's own office; runs while administering ---


def invite_to_la(
    *,
    by: Me,
    email: str,
    name: str,
    role: str,
    group: str | None = None,
    valid_to: date | None = None,
) -> LaInvitation:
    """Ask somebody to work for the LA. `group` is the key of a support group."""
    now = clock.now()
    email = _address(email)
    _check_giver(by, role)
    check_last_day(valid_to)
    if _plays_at_la(email, role, now.date()):
        raise wrong("email", f"They belong here already as {ROLE_NAMES[Role(role)]}.")
    if _is_open(LaInvitation, email, role, now):
        raise wrong("email", "They have been invited as that already. Send that invitation again.")
    _check_not_too_many(LaInvitation, now)
    invitation = LaInvitation(
        link_id=uuid7(),
        email=email,
        name=name,
        role=role,
        group_id=_group_id(group),
        valid_to=valid_to,
        invited_by=by.own_name,
        created_at=now,
        expires_at=now + GOOD_FOR,
    )
    db.session.add(invitation)
    db.session.flush()
    _send_la(invitation, now)
    _record_la("person.invited", invitation, by, now)
    return invitation


def send_la_again(link_id: UUID, *, by: Me) -> LaInvitation:
    now = clock.now()
    invitation = _las(link_id)
    _check_giver(by, invitation.role)
    check_last_day(invitation.valid_to)
    _check_patience(invitation, now)
    invitation.link_id = uuid7()
    invitation.expires_at = now + GOOD_FOR
    db.session.flush()
    _send_la(invitation, now)
    _record_la("person.invited_again", invitation, by, now)
    return invitation


def withdraw_la(link_id: UUID, *, by: Me) -> LaInvitation:
    now = clock.now()
    invitation = _las(link_id)
    _check_giver(by, invitation.role)
    invitation.withdrawn_at = now
    db.session.flush()
    _record_la("person.invitation_withdrawn", invitation, by, now)
    return invitation


def open_la_invitations(after: tuple[datetime, int] | None, limit: int) -> Sequence[Any]:
    found = (
        select(
            LaInvitation.id,
            LaInvitation.link_id,
            LaInvitation.email,
            LaInvitation.name,
            LaInvitation.role,
            LaInvitation.valid_to,
            LaInvitation.invited_by,
            LaInvitation.created_at,
            LaInvitation.expires_at,
        )
        .where(LaInvitation.accepted_at.is_(None), LaInvitation.withdrawn_at.is_(None))
        .order_by(LaInvitation.created_at.desc(), LaInvitation.id.desc())
        .limit(limit)
    )
    if after is not None:
        found = found.where(tuple_(LaInvitation.created_at, LaInvitation.id) < tuple_(*after))
    return db.session.execute(found).all()


def _las(link_id: UUID) -> LaInvitation:
    found = db.session.scalar(
        select(LaInvitation).where(LaInvitation.link_id == link_id).with_for_update()
    )
    if found is None:
        raise NotThere
    _check_open(found)
    return found


def _send_la(invitation: LaInvitation, now: datetime) -> None:
    later_at_the_door(
        "send_la_invitation",
        at=now,
        invitation_id=invitation.id,
        link_id=invitation.link_id.hex,
    )


def _plays_at_la(email: str, role: str, today: date) -> bool:
    found = db.session.scalar(
        select(LaMembership.id)
        .join(Person, Person.id == LaMembership.person_id)
        .where(
            Person.email == email,
            LaMembership.role == role,
            or_(LaMembership.valid_to.is_(None), LaMembership.valid_to >= today),
        )
    )
    return found is not None


def _group_id(key: str | None) -> int | None:
    if key is None:
        return None
    found: int | None = db.session.scalar(
        select(LaSupportGroup.id).where(LaSupportGroup.key == key)
    )
    if found is None:
        raise wrong("group", "Choose one of the LA’s support groups.")
    return found


def _record_la(kind: str, invitation: LaInvitation, by: Me, at: datetime) -> None:
    record_at_la(kind, invitation.name, at=at, by=by, to_value=ROLE_NAMES[Role(invitation.role)])


# --- for both ---


def _address(email: str) -> str:
    found = email.lower()
    if not found.isascii():
        raise wrong("email", "Enter an e-mail address without accents or other special letters.")
    return found


def _check_giver(by: Me, role: str) -> None:
    """The table alone decides, whatever came in (reliability.md A32)."""
    if role not in may_give(by.roles):
        raise NotAllowed("Your role does not allow you to give that role.")


def _is_open(
    kind: type[Invitation] | type[LaInvitation], email: str, role: str, now: datetime
) -> bool:
    found = select(kind.id).where(kind.email == email, kind.role == role, _good(kind, now))
    return db.session.scalar(found.limit(1)) is not None


def _good(kind: type[Invitation] | type[LaInvitation], now: datetime) -> Any:
    """What a link still opens; of a school, only its own."""
    found = kind.accepted_at.is_(None) & kind.withdrawn_at.is_(None) & (kind.expires_at > now)
    return found & (Invitation.school_id == current_school_id()) if kind is Invitation else found


def _check_not_too_many(kind: type[Invitation] | type[LaInvitation], now: datetime) -> None:
    many = db.session.scalar(select(func.count()).select_from(kind).where(_good(kind, now)))
    if (many or 0) >= MOST:
        raise Refused(
            f"{MOST} invitations wait for an answer already. Wait until some are accepted, or "
            "withdraw those that are no longer needed."
        )


def _check_patience(invitation: Invitation | LaInvitation, now: datetime) -> None:
    """It was sent last when its days began to count."""
    sent_at = invitation.expires_at - GOOD_FOR
    if now < sent_at + AGAIN_AFTER:
        raise Refused(
            f"{invitation.name} was sent a mail a moment ago. Give it 2 minutes, then try again."
        )
    if invitation.expires_at <= now:
        _check_not_too_many(type(invitation), now)


def _check_open(invitation: Invitation | LaInvitation) -> None:
    if invitation.accepted_at is not None:
        raise Refused(f"{invitation.name} has accepted the invitation already.")
    if invitation.withdrawn_at is not None:
        raise Refused("This invitation was withdrawn. Invite them anew.")
