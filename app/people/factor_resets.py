"""Taking somebody's second factor off when they have lost it: one asks, another one approves.

Neither of the two may be the person it is about, and the two are not the same. All of it runs at
the front door; who may ask for whom is in `_reached`, who may approve in `_check_may_approve`.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import exists, insert, or_, select, true, update

from app.errors import NotThere, Refused, wrong
from app.people import actions, leavers, second_factor
from app.people.actions import Browser
from app.people.factors import SecondFactorReset
from app.people.identity import WITHOUT_SECOND_FACTOR, Me
from app.people.models import LaMembership, Membership, Person
from app.people.rules import may_give
from app.permissions import Role
from tenants import db

# Nobody approves what was asked for so long ago.
GOOD_FOR = timedelta(days=7)
_UNKNOWN = "Nobody with that address has a second factor that you may have reset"


def waiting(school_id: int | None, now: datetime, after: int | None, limit: int) -> Sequence[Any]:
    """What nobody has decided yet, oldest first: asked in one school, or (None) anywhere."""
    found = (
        select(
            SecondFactorReset.id,
            SecondFactorReset.person_id,
            SecondFactorReset.reason,
            SecondFactorReset.asked_by_id,
            SecondFactorReset.asked_by,
            SecondFactorReset.asked_at,
            Person.name,
            Person.email,
        )
        .join(Person, Person.id == SecondFactorReset.person_id)
        .where(
            _is_open(now),
            _asked_in(school_id),
            _reached(SecondFactorReset.person_id, school_id, now.date()),
        )
        .order_by(SecondFactorReset.id)
        .limit(limit)
    )
    if after is not None:
        found = found.where(SecondFactorReset.id > after)
    return db.session.execute(found).all()


def ask(
    email: str, reason: str, school_id: int | None, by: Me, browser: Browser, now: datetime
) -> int:
    """Who it is about. Raises Wrong or Refused."""
    person_id = db.session.scalar(
        select(Person.id)
        .where(
            Person.email == email.lower(),
            Person.second_factor_since.is_not(None),
            _reached(Person.id, school_id, now.date()),
        )
        .with_for_update()
    )
    if person_id is None:
        raise wrong("email", _UNKNOWN)
    if person_id == by.person_id:
        raise wrong("email", "Somebody else must ask for you")
    if _is_asked_for(person_id, school_id, now):
        raise Refused("That has been asked for already. Somebody else can approve it.")
    db.session.execute(
        insert(SecondFactorReset)
        .inline()
        .values(
            person_id=person_id,
            asked_in_school=school_id,
            reason=reason,
            asked_by_id=by.person_id,
            asked_by=by.own_name,
            asked_at=now,
        )
    )
    second_factor.changed(person_id, "second_factor_reset_asked", browser, now)
    return person_id


def decide(
    reset_id: int, is_approved: bool, school_id: int | None, by: Me, browser: Browser, now: datetime
) -> int:
    """Who it was about. Raises NotThere, or Refused for those who may not be the second person."""
    found = db.session.execute(
        select(
            SecondFactorReset.person_id, SecondFactorReset.asked_by_id, SecondFactorReset.asked_at
        )
        .where(
            SecondFactorReset.id == reset_id,
            _is_open(now),
            _asked_in(school_id),
            _reached(SecondFactorReset.person_id, school_id, now.date()),
        )
        .with_for_update()
    ).first()
    if found is None:
        raise NotThere
    if by.person_id == found.person_id:
        raise Refused("It is about you. Somebody else must decide.")
    # Whoever asked may take it back, but not approve it.
    if is_approved and by.person_id == found.asked_by_id:
        raise Refused("You asked for it. Somebody else must approve it.")
    if is_approved:
        _check_may_approve(by, found.person_id, school_id, found.asked_at.date(), now.date())
    db.session.execute(
        update(SecondFactorReset)
        .where(SecondFactorReset.id == reset_id)
        .values(
            decided_by_id=by.person_id,
            decided_by=by.own_name,
            decided_at=now,
            is_approved=is_approved,
        )
    )
    if is_approved:
        _close_others(found.person_id, now)
        reset(found.person_id, browser, now)
    else:
        actions.note("second_factor_reset_declined", browser, now, found.person_id)
    return int(found.person_id)


def reset(person_id: int, browser: Browser, now: datetime) -> None:
    """Off with it, out of every browser and every program, and a mail to the owner."""
    second_factor.take_off(person_id)
    leavers.revoke_every_token(person_id, now)
    actions.end_all_sessions(person_id, now)
    second_factor.changed(person_id, "second_factor_reset", browser, now)


def _check_may_approve(
    by: Me, person_id: int, school_id: int | None, asked_on: date, today: date
) -> None:
    """Nobody approves for a role that they could not give; and no part counts that began since the
    day before: whoever asks could have invited a second mailbox of their own to approve."""
    needed = _roles_of(person_id, school_id, today)
    able = may_give(_roles_of(by.person_id, school_id, today, begun_before=asked_on))
    if not needed <= set(able):
        raise Refused(
            "Somebody must approve it who could give them the roles they have, and who could "
            "already do so before the day on which it was asked for."
        )


def _roles_of(
    person_id: int, school_id: int | None, today: date, *, begun_before: date | None = None
) -> set[Role]:
    """Of a school and of the LA; without a school, of all of them."""
    found: set[Role] = set()
    for part in (Membership, LaMembership):
        mine = select(part.role).where(part.person_id == person_id, _in_force(part, today))
        if part is Membership and school_id is not None:
            mine = mine.where(Membership.school_id == school_id)
        if begun_before is not None:
            mine = mine.where(part.valid_from < begun_before)
        found.update(Role(role) for role in db.session.scalars(mine))
    return found


def _close_others(person_id: int, now: datetime) -> None:
    """What else was asked about the same second factor is done with: it is off."""
    db.session.execute(
        update(SecondFactorReset)
        .where(SecondFactorReset.person_id == person_id, SecondFactorReset.decided_at.is_(None))
        .values(decided_at=now, is_approved=False)
    )


def _is_asked_for(person_id: int, school_id: int | None, now: datetime) -> bool:
    """Here: what another school asked is not told."""
    asked = exists().where(
        SecondFactorReset.person_id == person_id,
        SecondFactorReset.asked_in_school.is_not_distinct_from(school_id),
        _is_open(now),
    )
    return bool(db.session.scalar(select(asked)))


def _is_open(now: datetime) -> Any:
    return SecondFactorReset.decided_at.is_(None) & (SecondFactorReset.asked_at > now - GOOD_FOR)


def _asked_in(school_id: int | None) -> Any:
    """The LA's administrator decides what any school asked, too."""
    return true() if school_id is None else SecondFactorReset.asked_in_school == school_id


def _reached(person_id: Any, school_id: int | None, today: date) -> Any:
    """The LA's administrator reaches everybody. A school reaches its own people, but nobody who is
    more than a reporter or Tech Advisor in another school, now or soon, nor the LA's: whoever took
    off their second factor here would have got in there."""
    if school_id is None:
        return person_id.is_not(None)
    is_theirs = exists().where(
        Membership.person_id == person_id,
        Membership.school_id == school_id,
        _in_force(Membership, today),
    )
    is_more_elsewhere = exists().where(
        Membership.person_id == person_id,
        Membership.school_id != school_id,
        Membership.role.not_in([role.value for role in WITHOUT_SECOND_FACTOR]),
        _lasts(Membership, today),
    )
    is_of_la = exists().where(LaMembership.person_id == person_id, _lasts(LaMembership, today))
    return is_theirs & ~is_more_elsewhere & ~is_of_la


def _in_force(part: type[LaMembership] | type[Membership], today: date) -> Any:
    return (part.valid_from <= today) & _lasts(part, today)


def _lasts(part: type[LaMembership] | type[Membership], today: date) -> Any:
    return or_(part.valid_to.is_(None), part.valid_to >= today)
