"""The second factor of a sign-in: whether it was given, what a person has, and how it goes.

Three kinds do: a passkey (passkeys.py), a code of an authenticator app (totp.py), and, for the day
neither is at hand, a recovery code (recovery.py). All of it runs at the front door.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import delete, exists, func, select, update

from app.errors import DeskError, Refused
from app.later import later_at_the_door
from app.people import actions
from app.people.actions import Browser
from app.people.factors import Passkey, RecoveryCode, TotpSecret
from app.people.front_door import fingerprint
from app.people.identity import WITHOUT_SECOND_FACTOR, Me
from app.people.models import Person, SignIn
from app.people.throttle import Throttle, Tries
from tenants import db

# The task that writes to the owner of an account (app/notifications/account_mail.py).
NOTICE = "send_second_factor_notice"
FRESH_FOR = timedelta(minutes=15)


class NotProven(DeskError):
    """Wrong, used, too old or somebody else's: the answer does not say which."""

    status = 422

    def __init__(self, sentence: str, kind: str = "second_factor_refused") -> None:
        super().__init__(sentence)
        self.kind = kind


@dataclass(frozen=True)
class Factors:
    """What somebody has to prove with."""

    passkeys: Sequence[Any]
    has_app: bool
    codes_left: int

    @property
    def count(self) -> int:
        return len(self.passkeys) + self.has_app


def of_person(person_id: int) -> Factors:
    """One statement for the passkeys, one for the rest."""
    passkeys = db.session.execute(
        select(Passkey.id, Passkey.name, Passkey.created_at, Passkey.last_used_at)
        .where(Passkey.person_id == person_id)
        .order_by(Passkey.created_at, Passkey.id)
    ).all()
    has_app, codes_left = db.session.execute(
        select(
            exists().where(TotpSecret.person_id == person_id, TotpSecret.confirmed_at.is_not(None)),
            select(func.count())
            .select_from(RecoveryCode)
            .where(RecoveryCode.person_id == person_id, RecoveryCode.used_at.is_(None))
            .scalar_subquery(),
        )
    ).one()
    return Factors(passkeys, bool(has_app), codes_left)


def is_required_of(me: Me, *, is_required: bool) -> bool:
    """Whether this person must have one here. `is_required`: the deployment's setting."""
    return is_required and bool(me.every_role - WITHOUT_SECOND_FACTOR)


def recently_proved(me: Me, now: datetime, within: timedelta = FRESH_FOR) -> bool:
    """Whether it is sure enough who sits there for a dangerous page. A view that wants to know:

        if not second_factor.recently_proved(me(), clock.now()):
            raise SecondFactorFirst

    It is asked again and comes back to the page; what was typed is kept. Whoever has no second
    factor, where none is required, has nothing to prove with and passes.
    """
    if me.second_factor_since is None:
        return True
    return me.second_factor_at is not None and me.second_factor_at > now - within


def begin_try(throttle: Throttle, person: bytes, address: bytes) -> Tries:
    """Count a try. Raises TooManyTries; `person` and `address` are traces (rules.trace)."""
    tries = throttle.begin(person, address)
    if tries.is_over:
        raise Flooded(tries)
    return tries


class Flooded(actions.TooManyTries):
    def __init__(self, tries: Tries) -> None:
        super().__init__()
        self.is_first = tries.is_first_over


def given(me: Me, browser: Browser, now: datetime) -> str:
    """The sign-in is whole: from here it has another id, so that one which somebody saw or planted
    before is worth nothing (A24). Answers the new one for the cookie."""
    secret = actions.new_secret()
    db.session.execute(
        update(SignIn)
        .where(SignIn.id == me.session_id, SignIn.ended_at.is_(None))
        .values(token_hash=fingerprint(secret), second_factor_at=now)
    )
    actions.note("second_factor_given", browser, now, me.person_id)
    return secret


def added(person_id: int, kind: str, browser: Browser, now: datetime) -> None:
    """A passkey or an app is theirs from now on, and their mailbox hears of it."""
    db.session.execute(
        update(Person)
        .where(Person.id == person_id, Person.second_factor_since.is_(None))
        .values(second_factor_since=now)
    )
    changed(person_id, kind, browser, now)


def changed(person_id: int, kind: str, browser: Browser, now: datetime) -> None:
    """One line in the sign-in log, and one mail to the owner."""
    actions.note(kind, browser, now, person_id)
    tell_owner(person_id, kind, now)


def tell_owner(person_id: int, what: str, now: datetime) -> None:
    later_at_the_door(NOTICE, at=now, person_id=person_id, what=what)


def check_may_lose_one(me: Me, *, is_required: bool) -> None:
    """Raises Refused where it would be the last of somebody who must have one."""
    # Two removals at once would each see the other one still there.
    db.session.execute(select(Person.id).where(Person.id == me.person_id).with_for_update())
    if is_required_of(me, is_required=is_required) and of_person(me.person_id).count <= 1:
        raise Refused(
            "This is the only second factor you have, and your role needs one. "
            "Set up another first."
        )


def after_loss(person_id: int) -> None:
    """Without passkey and app there is nothing to ask for: recovery codes alone are none."""
    if of_person(person_id).count == 0:
        take_off(person_id)


def take_off(person_id: int) -> None:
    """Everything, for a reset and when the last one was removed."""
    for table in (Passkey, TotpSecret, RecoveryCode):
        db.session.execute(delete(table).where(table.person_id == person_id))
    db.session.execute(
        update(Person).where(Person.id == person_id).values(second_factor_since=None)
    )
