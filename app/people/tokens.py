"""API tokens that their owner makes, narrows, lists and revokes. Runs at the front door.

A token acts in its owner's name and never reaches further than its owner does at that moment.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import func, insert, select, tuple_, update

from app.errors import NotThere, Refused, wrong
from app.people import actions, second_factor
from app.people.identity import Me
from app.people.models import ApiToken, SignInEvent
from tenants import School, db

# Nobody needs more, and a program gone wild must not fill the table.
MOST = 20


def make(
    *,
    by: Me,
    name: str,
    school: str | None,
    read_only: bool,
    days: int,
    device: str,
    now: datetime,
) -> str:
    """The token itself, told this once. `school`: the slug of one of the owner's own."""
    if _good_ones(by.person_id, now) >= MOST:
        raise Refused(f"You have {MOST} tokens that are good. Revoke one first.")
    token = actions.make_token(
        by.person_id,
        name=name,
        school_id=_own_school(by, school),
        is_read_only=read_only,
        lasts=timedelta(days=days),
        now=now,
    )
    _note("token_made", by, device, now)
    second_factor.tell_owner(by.person_id, "token_made", now)
    return token


def revoke(token_id: UUID, *, by: Me, device: str, now: datetime) -> str:
    """End one of one's own; its name. Raises NotThere for anybody else's."""
    name: str | None = db.session.scalar(
        update(ApiToken)
        .where(
            ApiToken.id == token_id,
            ApiToken.person_id == by.person_id,
            ApiToken.revoked_at.is_(None),
        )
        .values(revoked_at=now)
        .returning(ApiToken.name)
        .execution_options(synchronize_session=False)
    )
    if name is None:
        raise NotThere
    _note("token_revoked", by, device, now)
    return name


def page_of(person_id: int, after: tuple[datetime, UUID] | None, limit: int) -> Sequence[Any]:
    """A person's tokens, the newest first; the token itself is kept nowhere."""
    found = (
        select(
            ApiToken.id,
            ApiToken.name,
            School.name.label("school"),
            ApiToken.is_read_only,
            ApiToken.created_at,
            ApiToken.expires_at,
            ApiToken.last_used_at,
            ApiToken.revoked_at,
        )
        .outerjoin(School, School.id == ApiToken.narrowed_to_school)
        .where(ApiToken.person_id == person_id)
        .order_by(ApiToken.created_at.desc(), ApiToken.id.desc())
        .limit(limit)
    )
    if after is not None:
        found = found.where(tuple_(ApiToken.created_at, ApiToken.id) < tuple_(*after))
    return db.session.execute(found).all()


def _good_ones(person_id: int, now: datetime) -> int:
    return (
        db.session.scalar(
            select(func.count()).where(
                ApiToken.person_id == person_id,
                ApiToken.revoked_at.is_(None),
                ApiToken.expires_at > now,
            )
        )
        or 0
    )


def _own_school(by: Me, slug: str | None) -> int | None:
    if slug is None:
        return None
    for school in by.schools:
        if school.slug == slug:
            return school.id
    raise wrong("school", "Choose one of your schools.")


def _note(kind: str, by: Me, device: str, now: datetime) -> None:
    db.session.execute(
        insert(SignInEvent)
        .inline()
        .values(at=now, kind=kind, person_id=by.person_id, device=device)
    )
