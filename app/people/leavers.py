"""Whoever is less than they were is asked anew who they are, and who has left stays outside.

What a person may do is looked up for every request, so a part that ends is over at once. Sessions
end all the same: an open page should not outlive what it was opened for.
"""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from sqlalchemy import and_, exists, insert, not_, or_, select, update

from app.people.identity import WITHOUT_SECOND_FACTOR
from app.people.models import (
    ApiToken,
    LaMembership,
    Membership,
    Person,
    SignIn,
    SignInEvent,
)
from tenants import at_the_front_door, db


def begin_anew(person_id: int, now: datetime) -> None:
    """After a change of what somebody is: sign them out everywhere, and revoke the tokens that are
    good for nothing now. Whoever still belongs somewhere signs in again."""
    with at_the_front_door():
        _end_sessions(SignIn.person_id == person_id, now)
        _revoke_tokens(ApiToken.person_id == person_id, now)


def needs_more_proof(person_id: int, role: str, now: datetime) -> None:
    """Somebody is that from now on. What they made when less was asked of them must not grow with
    them: a program's token gives no second factor, so theirs end, and they make new ones."""
    if role in WITHOUT_SECOND_FACTOR:
        return
    with at_the_front_door():
        revoke_every_token(person_id, now)


def put_out(person_id: int, now: datetime) -> None:
    """Out of every browser and every program, whatever they are now."""
    with at_the_front_door():
        _end_sessions(SignIn.person_id == person_id, now)
        revoke_every_token(person_id, now)


def revoke_every_token(person_id: int, now: datetime) -> int:
    """How many were good until now. Runs at the front door."""
    mine = (ApiToken.person_id == person_id) & (ApiToken.expires_at > now)
    return _revoke(update(ApiToken).where(ApiToken.revoked_at.is_(None), mine), now)


def end_leavers(now: datetime) -> None:
    """Every night: nobody who belongs nowhere, or whose account is off, is signed in anywhere."""
    with at_the_front_door():
        _end_sessions(_has_left(SignIn.person_id, now.date()), now)
        _revoke_tokens(None, now)


def _end_sessions(whose: Any, now: datetime) -> None:
    ended = db.session.execute(
        update(SignIn)
        .where(whose, SignIn.ended_at.is_(None))
        .values(ended_at=now)
        .returning(SignIn.person_id, SignIn.device)
        .execution_options(synchronize_session=False)
    ).all()
    _note("sessions_ended", [(person_id, device) for person_id, device in ended], now)


def _revoke_tokens(whose: Any | None, now: datetime) -> None:
    """Those of people who left, and those for a school that their owner has left."""
    today = now.date()
    is_useless = or_(
        _has_left(ApiToken.person_id, today),
        and_(
            ApiToken.narrowed_to_school.is_not(None),
            not_(_is_at_la(ApiToken.person_id, today)),
            not_(
                exists().where(
                    Membership.person_id == ApiToken.person_id,
                    Membership.school_id == ApiToken.narrowed_to_school,
                    _lasts(Membership, today),
                )
            ),
        ),
    )
    found = update(ApiToken).where(ApiToken.revoked_at.is_(None), is_useless)
    _revoke(found if whose is None else found.where(whose), now)


def _revoke(found: Any, now: datetime) -> int:
    revoked = db.session.scalars(
        found.values(revoked_at=now)
        .returning(ApiToken.person_id)
        .execution_options(synchronize_session=False)
    ).all()
    _note("token_revoked", [(person_id, None) for person_id in revoked], now)
    return len(revoked)


def _has_left(person_id: Any, today: date) -> Any:
    """Nowhere now and nowhere soon, or switched off."""
    is_somewhere = exists().where(Membership.person_id == person_id, _lasts(Membership, today))
    is_off = exists().where(Person.id == person_id, Person.is_active.is_(False))
    return or_(is_off, and_(not_(is_somewhere), not_(_is_at_la(person_id, today))))


def _is_at_la(person_id: Any, today: date) -> Any:
    return exists(
        select(LaMembership.id).where(
            LaMembership.person_id == person_id, _lasts(LaMembership, today)
        )
    )


def _lasts(part: type[LaMembership] | type[Membership], today: date) -> Any:
    return or_(part.valid_to.is_(None), part.valid_to >= today)


def _note(kind: str, whose: list[tuple[int, str | None]], now: datetime) -> None:
    if whose:
        db.session.execute(
            insert(SignInEvent).inline(),
            [
                {"at": now, "kind": kind, "person_id": person_id, "device": device}
                for person_id, device in whose
            ],
        )
