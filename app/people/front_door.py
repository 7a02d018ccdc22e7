"""Who is asking: one statement that loads the session or token, the person, what they are where,
and the school in the address. Runs as `front_door`."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import text, update

from app.people.identity import Belonging, Me, SchoolName
from app.people.models import ApiToken, Person, SignIn
from app.permissions import Role
from tenants import db

# A browser that works all day writes its row once in this time, not once a page.
_SEEN_EVERY = timedelta(seconds=60)

# Functions of the database (migrations), because planning this took longer than answering it.
_BY_SESSION = text("SELECT * FROM who_by_session(:hash, :now, :today, :slug)")
_BY_TOKEN = text("SELECT * FROM who_by_token(:hash, :now, :today, :slug)")


def fingerprint(secret: str) -> bytes:
    """What the table keeps of a random 256-bit secret: enough to find it, not to use it."""
    return hashlib.sha256(secret.encode()).digest()


def by_session(secret: str, slug: str | None, now: datetime, *, is_activity: bool) -> Me | None:
    """The person behind a session cookie. `is_activity` is false for a page's own polling."""
    row = _find(_BY_SESSION, secret, slug, now)
    if row is None:
        return None
    if is_activity and row["key_seen_at"] + _SEEN_EVERY < now:
        _seen(row, now)
    return _me(row, slug, session_id=row["key_id"])


def by_token(secret: str, slug: str | None, now: datetime) -> Me | None:
    """The person behind an API token."""
    row = _find(_BY_TOKEN, secret, slug, now)
    if row is None:
        return None
    if row["key_seen_at"] is None or row["key_seen_at"] + _SEEN_EVERY < now:
        db.session.execute(
            update(ApiToken).where(ApiToken.id == row["key_id"]).values(last_used_at=now)
        )
    return _me(row, slug)


def _find(statement: Any, secret: str, slug: str | None, now: datetime) -> Any:
    values = {"hash": fingerprint(secret), "now": now, "today": now.date(), "slug": slug}
    return db.session.execute(statement, values).mappings().first()


def _seen(row: Mapping[str, Any], now: datetime) -> None:
    db.session.execute(update(SignIn).where(SignIn.id == row["key_id"]).values(last_seen_at=now))
    db.session.execute(update(Person).where(Person.id == row["person_id"]).values(last_seen_at=now))


def _me(row: Mapping[str, Any], slug: str | None, **extra: Any) -> Me:
    everything = tuple(
        Belonging(number, Role(role), name, school_id, frozenset(groups or ()))
        for number, role, name, school_id, groups in [
            *(row["of_schools"] or ()),
            *(row["of_la"] or ()),
        ]
    )
    # A part that has ended since it was chosen binds nobody.
    chosen = tuple(one for one in everything if one.role == row["acting_as"])
    belongings = chosen or everything
    schools = tuple(SchoolName(*one) for one in row["schools"] or [])
    narrowed = row["narrowed_to_school"]
    mine = {one.school_id for one in belongings if narrowed in (None, one.school_id)}
    me = Me(
        person_id=row["person_id"],
        email=row["email"],
        own_name=row["own_name"],
        belongings=belongings,
        schools=tuple(one for one in schools if one.id in mine),
        is_read_only=row["is_read_only"],
        narrowed_to_school=row["narrowed_to_school"],
        every_role=frozenset(one.role for one in everything),
        acting_as=chosen[0].role if chosen else None,
        second_factor_since=row["second_factor_since"],
        second_factor_at=row["second_factor_at"],
        keyboard_shortcuts=row["keyboard_shortcuts"],
        authority=row["authority"] or "",
        **extra,
    )
    return me.standing_in(next((one for one in schools if slug and one.slug == slug), None))
