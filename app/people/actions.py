"""Sign in, sign out, and what a person may change about their own account.

All of it runs at the front door, before any school is known.
"""

from __future__ import annotations

import secrets
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy import insert, update

from app.errors import DeskError, NotThere
from app.later import uuid7
from app.people import passwords, queries, rules, sign_in_warnings
from app.people.front_door import fingerprint
from app.people.models import ApiToken, Person, SignIn, SignInEvent
from app.people.throttle import PER_ACCOUNT, WINDOW_SECONDS, Throttle, Tries
from tenants import db

TOKEN_PREFIX = "deskbell_"


class NotRight(DeskError):
    """Wrong password, unknown, without one, or switched off: the answer is the same."""

    status = 422

    def __init__(self) -> None:
        super().__init__("The e-mail address or the password is not right.")


class TooManyTries(DeskError):
    status = 429
    seconds = WINDOW_SECONDS

    def __init__(self) -> None:
        super().__init__("Too many attempts. Try again in 5 minutes.")


@dataclass(frozen=True)
class Browser:
    """Where a sign-in comes from. Account and address are traces (rules.trace), never in clear."""

    device: str
    account: bytes
    address: bytes
    is_shared_computer: bool = False
    old_secret: str | None = None


@dataclass(frozen=True)
class NewSession:
    secret: str
    person_id: int


def new_secret() -> str:
    """256 random bits."""
    return secrets.token_urlsafe(32)


def sign_in(
    email: str, password: str, browser: Browser, throttle: Throttle, now: datetime
) -> NewSession:
    """A new session. Raises NotRight or TooManyTries, and leaves a line that the caller keeps."""
    tries = throttle.begin(browser.account, browser.address)
    if tries.is_account_over:
        _note_refusal(tries, browser, now)
        if tries.of_account == PER_ACCOUNT + 1:
            _warn_owner(email, browser, now)
        raise TooManyTries
    is_stranger = tries.is_address_over and not queries.has_signed_in_from(
        browser.account, browser.address, now
    )
    found = queries.account(email, now.date())
    is_right = passwords.is_right(password, found.password_hash if found else None)
    if found is None or not is_right or not found.is_active or is_stranger:
        _note_refusal(tries, browser, now)
        raise TooManyTries if tries.is_address_over else NotRight
    throttle.forgive(browser.account, browser.address)
    _renew_hash(found, password)
    sign_in_warnings.warn_of_new_place(
        found.person_id, browser.account, browser.address, browser.device, now
    )
    return _begin(found, browser, now)


def open_session(found: queries.Account, browser: Browser, now: datetime) -> NewSession:
    """For somebody who came in by an invitation, which only their mailbox had."""
    return _begin(found, browser, now)


def sign_in_with_passkey(
    person_id: int, browser_of: Callable[[str], Browser], now: datetime
) -> NewSession:
    """A new session that is whole at once: the passkey asked for a finger, a face or a PIN. Raises
    NotRight for an account that is switched off."""
    found = queries.account_of(person_id, now.date())
    if found is None or not found.is_active:
        raise NotRight
    return _begin(found, browser_of(found.email), now, second_factor_at=now)


def sign_out(secret: str, now: datetime) -> None:
    """End the session of this cookie; one that has ended already stays as it was."""
    _end(SignIn.token_hash == fingerprint(secret), "signed_out", now)


def end_session(person_id: int, session_id: UUID, now: datetime) -> None:
    """End one of a person's own sessions. Raises NotThere."""
    mine = (SignIn.person_id == person_id) & (SignIn.id == session_id)
    if not _end(mine, "session_ended", now):
        raise NotThere


def end_all_sessions(person_id: int, now: datetime) -> int:
    """Sign out everywhere: for the person, and for whoever switches an account off."""
    return _end(SignIn.person_id == person_id, "sessions_ended", now)


def use_keyboard_shortcuts(person_id: int, wanted: bool) -> None:
    db.session.execute(
        update(Person).where(Person.id == person_id).values(keyboard_shortcuts=wanted)
    )


def make_token(
    person_id: int,
    *,
    name: str,
    school_id: int | None,
    is_read_only: bool,
    lasts: timedelta,
    now: datetime,
) -> str:
    """A new API token. It is told once; the table keeps its hash."""
    token = TOKEN_PREFIX + new_secret()
    db.session.execute(
        insert(ApiToken).values(
            id=uuid7(),
            token_hash=fingerprint(token),
            person_id=person_id,
            name=name,
            narrowed_to_school=school_id,
            is_read_only=is_read_only,
            created_at=now,
            expires_at=now + lasts,
        )
    )
    return token


def revoke_token(token_id: UUID, now: datetime) -> bool:
    """Whether there was such a token to revoke."""
    ended = db.session.execute(
        update(ApiToken)
        .where(ApiToken.id == token_id, ApiToken.revoked_at.is_(None))
        .values(revoked_at=now)
        .returning(ApiToken.id)
    ).all()
    return bool(ended)


def _warn_owner(email: str, browser: Browser, now: datetime) -> None:
    found = queries.account(email, now.date())
    person_id = found.person_id if found and found.is_active else None
    sign_in_warnings.warn_of_failures(person_id, browser.account, browser.device, now)


def _renew_hash(found: queries.Account, password: str) -> None:
    if found.password_hash and passwords.is_out_of_date(found.password_hash):
        db.session.execute(
            update(Person)
            .where(Person.id == found.person_id)
            .values(password_hash=passwords.make_hash(password))
        )


def _begin(
    found: queries.Account,
    browser: Browser,
    now: datetime,
    second_factor_at: datetime | None = None,
) -> NewSession:
    if browser.old_secret:
        sign_out(browser.old_secret, now)
    lasts = rules.lifetime(found.la_roles, is_shared_computer=browser.is_shared_computer)
    secret = new_secret()
    db.session.execute(
        insert(SignIn).values(
            id=uuid7(),
            token_hash=fingerprint(secret),
            person_id=found.person_id,
            device=browser.device,
            is_shared_computer=browser.is_shared_computer,
            idle_seconds=int(lasts.idle.total_seconds()),
            created_at=now,
            last_seen_at=now,
            expires_at=now + lasts.whole,
            second_factor_at=second_factor_at,
        )
    )
    db.session.execute(update(Person).where(Person.id == found.person_id).values(last_seen_at=now))
    note("signed_in", browser, now, found.person_id)
    return NewSession(secret, found.person_id)


def _end(which: object, kind: str, now: datetime) -> int:
    ended = db.session.execute(
        update(SignIn)
        .where(which, SignIn.ended_at.is_(None))  # type: ignore[arg-type]
        .values(ended_at=now)
        .returning(SignIn.person_id, SignIn.device)
    ).all()
    for person_id, device in ended:
        db.session.execute(
            insert(SignInEvent)
            .inline()
            .values(at=now, kind=kind, person_id=person_id, device=device)
        )
    return len(ended)


def _note_refusal(tries: Tries, browser: Browser, now: datetime) -> None:
    """A flood leaves one line for each time that it went over a limit, not one for each try."""
    if tries.is_first_over:
        note("throttled", browser, now)
    elif not tries.is_over:
        note("refused", browser, now)


def note(kind: str, browser: Browser, now: datetime, person_id: int | None = None) -> None:
    db.session.execute(
        insert(SignInEvent)
        .inline()
        .values(
            at=now,
            kind=kind,
            person_id=person_id,
            account_hash=browser.account,
            address_hash=browser.address,
            device=browser.device,
        )
    )
