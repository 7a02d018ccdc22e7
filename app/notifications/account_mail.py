"""Letters about accounts: invitations, reset links, and what an owner must hear of.

Each is written from rows at the moment it goes out, so a task that runs late or twice sends nothing
that is no longer true. They cannot be switched off.
"""

from __future__ import annotations

from datetime import date, datetime
from uuid import UUID

from sqlalchemy import func, select

from app import clock
from app.history.models import LaEvent
from app.later import row_being_done
from app.notifications.letters import Letter
from app.notifications.post import absolute, post
from app.people.invited import Invitation, LaInvitation, ResetLink
from app.people.links import INVITATION, LA_INVITATION, RESET, make_link
from app.people.models import ApiToken, Person
from app.people.rules import ROLE_NAMES
from app.people.sign_in_warnings import FAILURES
from app.permissions import Role
from tenants import School, administering, db
from tenants.models import LocalAuthority

# What the back office notes in the LA's history.
ADDRESS_CHANGED = "person.email_changed"
_NOT_YOU = "If this was not you, choose a new password now and tell your school’s ICT contact."


def send_invitation(invitation_id: int, link_id: str, key: str) -> None:
    """In the school's own scope. A link that was replaced meanwhile is not sent."""
    row = db.session.execute(
        select(Invitation, School.name)
        .join(School, School.id == Invitation.school_id)
        .where(Invitation.id == invitation_id, Invitation.link_id == UUID(hex=link_id))
    ).first()
    if row is not None:
        _post_invitation(row.Invitation, row.name, INVITATION, key)


def send_la_invitation(invitation_id: int, link_id: str, key: str) -> None:
    """At the front door, as all the others below."""
    found = db.session.scalar(
        select(LaInvitation).where(
            LaInvitation.id == invitation_id, LaInvitation.link_id == UUID(hex=link_id)
        )
    )
    if found is not None:
        _post_invitation(found, _authority(), LA_INVITATION, key)


def _post_invitation(one: Invitation | LaInvitation, place: str, purpose: str, key: str) -> None:
    is_done = one.accepted_at is not None or one.withdrawn_at is not None
    if is_done or one.expires_at <= clock.now():
        return
    until = f" until {_day(one.valid_to)}" if one.valid_to else ""
    _post(
        Letter(
            to=one.email,
            to_name=one.name,
            subject=f"{one.invited_by} invites you to the ICT service desk of {place}",
            paragraphs=(
                f"{one.invited_by} invites you to the ICT service desk of {place}.",
                f"There you would be {ROLE_NAMES[Role(one.role)]}{until}.",
                "Open the link to see the invitation and accept it. It is good for 7 days, and "
                "once.",
            ),
            button=(
                "See the invitation",
                absolute(f"/invitations/{make_link(key, purpose, one.link_id)}"),
            ),
            small_print=(
                "You get this because somebody entered your address. If you do not know them, do "
                "nothing: without you nothing happens.",
            ),
        )
    )


def send_reset(reset_id: str, key: str) -> None:
    row = db.session.execute(
        select(Person.email, Person.name)
        .join(ResetLink, ResetLink.person_id == Person.id)
        .where(
            ResetLink.id == UUID(hex=reset_id),
            ResetLink.used_at.is_(None),
            ResetLink.expires_at > clock.now(),
            Person.is_active,
        )
    ).first()
    if row is None:
        return
    link = make_link(key, RESET, UUID(hex=reset_id))
    _post(
        Letter(
            to=row.email,
            to_name=row.name,
            subject="Choose a new password",
            paragraphs=(
                "Somebody, probably you, asked for a new password for this address.",
                "The link is good for 60 minutes, and once.",
            ),
            button=("Choose a new password", absolute(f"/reset-password/{link}")),
            small_print=("If you did not ask, do nothing: your password stays as it is.",),
        )
    )


def send_password_changed(person_id: int, tokens_revoked: int = 0) -> None:
    owner = _owner(person_id)
    if owner is None:
        return
    ended = _counted(
        tokens_revoked,
        "Your API token was revoked.",
        "Your {} API tokens were revoked.",
    )
    left = _counted(
        _good_tokens(person_id),
        "You have 1 API token, which still works. Revoke it if you do not know it.",
        "You have {} API tokens, which still work. Revoke those that you do not know.",
    )
    _post(
        Letter(
            to=owner.email,
            to_name=owner.name,
            subject="Your password was changed",
            paragraphs=(
                "The password of your account at the ICT service desk was changed.",
                "All other browsers have been signed out.",
                *ended,
                *left,
                _NOT_YOU,
            ),
            button=("Choose a new password", absolute("/reset-password")),
        )
    )


def send_address_changed(event_id: int) -> None:
    """To the address that somebody had until now. It stands in the LA's history; the outbox holds
    no addresses, so the row names the line."""
    with administering("a mail to the address that an account no longer has"):
        line = db.session.execute(
            select(LaEvent.subject, LaEvent.from_value).where(
                LaEvent.id == event_id, LaEvent.kind == ADDRESS_CHANGED
            )
        ).first()
    if line is None or not line.from_value:
        return
    _post(
        Letter(
            to=line.from_value,
            to_name=line.subject,
            subject="The e-mail address of your account was changed",
            paragraphs=(
                "The local authority changed the e-mail address of your account at the ICT service "
                "desk. This address is no longer the one to sign in with.",
                "All browsers have been signed out, and all API tokens were revoked.",
                "If you did not ask for this, tell your school’s ICT contact or the local "
                "authority now.",
            ),
        )
    )


def send_sign_in_warning(person_id: int, why: str, device: str, happened_at: str) -> None:
    owner = _owner(person_id)
    if owner is None:
        return
    at = datetime.fromisoformat(happened_at).astimezone(clock.LONDON)
    when = f"on {_day(at.date())} at {at:%H:%M}"
    if why == FAILURES:
        subject = "Many wrong passwords for your account"
        said = (
            f"Somebody entered a wrong password for your account many times {when}. "
            "Nobody got in, and your account is not locked: after 5 minutes you can sign in again."
        )
        then = (
            "If you mistyped it yourself, you need do nothing, or choose a new password. "
            "We write about this at most once a day."
        )
    else:
        subject = "A new sign-in to your account"
        said = f"Your account was used from a new place or browser: {device}, {when}."
        then = _NOT_YOU
    _post(
        Letter(
            to=owner.email,
            to_name=owner.name,
            subject=subject,
            paragraphs=(said, then),
            button=("Look at your account", absolute("/account")),
        )
    )


def _good_tokens(person_id: int) -> int:
    return (
        db.session.scalar(
            select(func.count()).where(
                ApiToken.person_id == person_id,
                ApiToken.revoked_at.is_(None),
                ApiToken.expires_at > clock.now(),
            )
        )
        or 0
    )


def _counted(many: int, one: str, more: str) -> tuple[str, ...]:
    """A paragraph, or none at all."""
    if not many:
        return ()
    return (one if many == 1 else more.format(many),)


def _owner(person_id: int) -> Person | None:
    return db.session.scalar(select(Person).where(Person.id == person_id, Person.is_active))


def _authority() -> str:
    return db.session.scalar(select(LocalAuthority.name)) or "the local authority"


def _day(on: date) -> str:
    return f"{on.day} {on:%B %Y}"


def _post(letter: Letter) -> None:
    post(letter, message_id=row_being_done.get())
