"""Whoever owns an account is told when somebody else may be at it: of wrong passwords once a day at
most, of each new place once.

The log keeps e-mail addresses and places as traces only (rules.trace); so does this.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import exists, insert, select, union_all

from app.later import later_at_the_door
from app.people.models import SignInEvent
from tenants import db

FAILURES, NEW_PLACE = "failures", "new_place"
WARNED = "warned"
_AT_MOST_EVERY = timedelta(days=1)
_KNOWN_FOR = timedelta(days=90)


def warn_of_failures(person_id: int | None, account: bytes, device: str, now: datetime) -> None:
    """Too many wrong passwords. For an address without an account the same is written down, and
    the task finds nobody to tell: the sign-in page takes as long for both."""
    if _was_warned(account, now):
        return
    db.session.execute(
        insert(SignInEvent)
        .inline()
        .values(at=now, kind=WARNED, person_id=person_id, account_hash=account, device=device)
    )
    _warn(person_id or 0, FAILURES, device, now)


def warn_of_new_place(
    person_id: int, account: bytes, address: bytes, device: str, now: datetime
) -> None:
    """The right password, from a browser or a place that this account was never used from. Asked
    before the sign-in itself is written down; the very first one is no news."""
    before = (
        SignInEvent.account_hash == account,
        SignInEvent.kind == "signed_in",
        SignInEvent.at > now - _KNOWN_FOR,
    )
    is_known, is_used = db.session.execute(
        select(
            exists().where(
                *before, SignInEvent.address_hash == address, SignInEvent.device == device
            ),
            exists().where(*before),
        )
    ).one()
    if is_used and not is_known:
        _warn(person_id, NEW_PLACE, device, now)


def recent(person_id: int, account: bytes, limit: int) -> Sequence[Any]:
    """What happened lately at the door of one's own account: `at`, `kind`, `device`, newest first.
    Wrong passwords are known by the account's trace only."""
    columns = (SignInEvent.id, SignInEvent.at, SignInEvent.kind, SignInEvent.device)

    def newest(whose: Any) -> Any:
        return (
            select(*columns)
            .where(whose)
            .order_by(SignInEvent.at.desc(), SignInEvent.id.desc())
            .limit(limit * 2)
            .subquery()
        )

    mine = newest(SignInEvent.person_id == person_id)
    tried = newest(SignInEvent.account_hash == account)
    both = union_all(select(mine), select(tried)).subquery()
    return db.session.execute(
        select(both.c.id, both.c.at, both.c.kind, both.c.device)
        .where(both.c.kind != WARNED)
        .distinct()
        .order_by(both.c.at.desc(), both.c.id.desc())
        .limit(limit)
    ).all()


def _was_warned(account: bytes, now: datetime) -> bool:
    return bool(
        db.session.scalar(
            select(
                exists().where(
                    SignInEvent.account_hash == account,
                    SignInEvent.kind == WARNED,
                    SignInEvent.at > now - _AT_MOST_EVERY,
                )
            )
        )
    )


def _warn(person_id: int, why: str, device: str, now: datetime) -> None:
    later_at_the_door(
        "send_sign_in_warning",
        at=now,
        person_id=person_id,
        why=why,
        device=device,
        happened_at=now.isoformat(),
    )
