"""Taking somebody's second factor off when they have lost it: one asks, another one approves.

Neither of the two may be the person it is about, and the two are not the same. All of it runs at
the front door; who may ask for whom is in `_reached`.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import exists, insert, or_, select, update

from app.errors import NotThere, Refused, wrong
from app.people import actions, second_factor
from app.people.actions import Browser
from app.people.factors import SecondFactorReset
from app.people.identity import Me
from app.people.models import LaMembership, Membership, Person
from tenants import db

# Nobody approves what was asked for so long ago.
GOOD_FOR = timedelta(days=7)
_UNKNOWN = "Nobody with that address has a second factor that you may have reset"


def waiting(school_id: int | None, now: datetime, after: int | None, limit: int) -> Sequence[Any]:
    """What nobody has decided yet, oldest first: of one school, or (None) of everybody."""
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
            SecondFactorReset.decided_at.is_(None),
            SecondFactorReset.asked_at > now - GOOD_FOR,
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
    if _is_asked_for(person_id, now):
        raise Refused("That has been asked for already. Somebody else can approve it.")
    db.session.execute(
        insert(SecondFactorReset)
        .inline()
        .values(
            person_id=person_id,
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
        select(SecondFactorReset.person_id, SecondFactorReset.asked_by_id)
        .where(
            SecondFactorReset.id == reset_id,
            SecondFactorReset.decided_at.is_(None),
            SecondFactorReset.asked_at > now - GOOD_FOR,
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
        reset(found.person_id, browser, now)
    else:
        actions.note("second_factor_reset_declined", browser, now, found.person_id)
    return int(found.person_id)


def reset(person_id: int, browser: Browser, now: datetime) -> None:
    """Off with it, out of every browser, and a mail to the owner. Programs keep their tokens."""
    second_factor.take_off(person_id)
    actions.end_all_sessions(person_id, now)
    second_factor.changed(person_id, "second_factor_reset", browser, now)


def _is_asked_for(person_id: int, now: datetime) -> bool:
    return bool(
        db.session.scalar(
            select(
                exists().where(
                    SecondFactorReset.person_id == person_id,
                    SecondFactorReset.decided_at.is_(None),
                    SecondFactorReset.asked_at > now - GOOD_FOR,
                )
            )
        )
    )


def _reached(person_id: Any, school_id: int | None, today: date) -> Any:
    """The LA's administrator reaches everybody; a school its own people, but never the LA's."""
    if school_id is None:
        return person_id.is_not(None)
    is_theirs = exists().where(
        Membership.person_id == person_id,
        Membership.school_id == school_id,
        _in_force(Membership, today),
    )
    is_of_la = exists().where(LaMembership.person_id == person_id, _in_force(LaMembership, today))
    return is_theirs & ~is_of_la


def _in_force(part: type[LaMembership] | type[Membership], today: date) -> Any:
    return (part.valid_from <= today) & or_(part.valid_to.is_(None), part.valid_to >= today)
