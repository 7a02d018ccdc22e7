"""Who may sign in, where they are signed in, and who belongs to a school."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any, NamedTuple

from sqlalchemy import exists, func, or_, select, tuple_

from app.people.models import ApiToken, LaMembership, Membership, Person, SignIn, SignInEvent
from tenants import School, at_the_front_door, db

# Staff who signed in at this address lately are known there.
_KNOWN_FOR = timedelta(days=90)


class Account(NamedTuple):
    """What signing in needs to know."""

    person_id: int
    email: str
    password_hash: str | None
    is_active: bool
    la_roles: Sequence[str]


def account(email: str, today: date) -> Account | None:
    return _account(Person.email == email, today)


def account_of(person_id: int, today: date) -> Account | None:
    return _account(Person.id == person_id, today)


def _account(whose: Any, today: date) -> Account | None:
    la_roles = (
        select(func.array_agg(LaMembership.role))
        .where(LaMembership.person_id == Person.id, _in_force(LaMembership, today))
        .scalar_subquery()
        .label("la_roles")
    )
    row = db.session.execute(
        select(Person.id, Person.email, Person.password_hash, Person.is_active, la_roles).where(
            whose
        )
    ).first()
    if row is None:
        return None
    return Account(row.id, row.email, row.password_hash, row.is_active, row.la_roles or ())


def has_signed_in_from(account_trace: bytes, address_trace: bytes, now: datetime) -> bool:
    """Whether this account got in from this address before."""
    return bool(
        db.session.scalar(
            select(
                exists().where(
                    SignInEvent.account_hash == account_trace,
                    SignInEvent.address_hash == address_trace,
                    SignInEvent.kind == "signed_in",
                    SignInEvent.at > now - _KNOWN_FOR,
                )
            )
        )
    )


def sign_ins(person_id: int, now: datetime) -> Sequence[Any]:
    """Where a person is signed in now, the newest first."""
    return db.session.execute(
        select(
            SignIn.id,
            SignIn.device,
            SignIn.is_shared_computer,
            SignIn.created_at,
            SignIn.last_seen_at,
        )
        .where(
            SignIn.person_id == person_id,
            SignIn.ended_at.is_(None),
            SignIn.expires_at > now,
            SignIn.last_seen_at + func.make_interval(0, 0, 0, 0, 0, 0, SignIn.idle_seconds) > now,
        )
        .order_by(SignIn.last_seen_at.desc(), SignIn.id)
    ).all()


def tokens(person_id: int) -> Sequence[Any]:
    """A person's API tokens, the newest first; the token itself is kept nowhere."""
    return db.session.execute(
        select(
            ApiToken.id,
            ApiToken.name,
            School.name.label("school"),
            School.slug.label("slug"),
            ApiToken.is_read_only,
            ApiToken.created_at,
            ApiToken.expires_at,
            ApiToken.last_used_at,
            ApiToken.revoked_at,
        )
        .outerjoin(School, School.id == ApiToken.narrowed_to_school)
        .where(ApiToken.person_id == person_id)
        .order_by(ApiToken.created_at.desc(), ApiToken.id)
    ).all()


@dataclass(frozen=True)
class Member:
    id: int
    person_id: int
    name: str
    sort_name: str
    role: str
    job_role: str | None
    valid_from: date
    valid_to: date | None


def members(today: date, after: Sequence[Any] | None, limit: int) -> list[Member]:
    """Who belongs to the school acted in, now or soon, by name. One row for each part played."""
    sort_name = func.lower(Membership.name)
    found = (
        select(
            Membership.id,
            Membership.person_id,
            Membership.name,
            sort_name,
            Membership.role,
            Membership.job_role,
            Membership.valid_from,
            Membership.valid_to,
        )
        .where(or_(Membership.valid_to.is_(None), Membership.valid_to >= today))
        .order_by(sort_name, Membership.id)
        .limit(limit)
    )
    if after is not None:
        found = found.where(tuple_(sort_name, Membership.id) > tuple_(*after))
    return [Member(*row) for row in db.session.execute(found)]


def last_seen(person_ids: Sequence[int]) -> dict[int, datetime]:
    """When these people were here last. A school has no right on people: the door is asked."""
    with at_the_front_door():
        rows = db.session.execute(
            select(Person.id, Person.last_seen_at).where(
                Person.id.in_(person_ids), Person.last_seen_at.is_not(None)
            )
        ).all()
    return {number: at for number, at in rows if at is not None}


def belongs_to(person_id: int, school_id: int, today: date) -> bool:
    return bool(
        db.session.scalar(
            select(
                exists().where(
                    Membership.person_id == person_id,
                    Membership.school_id == school_id,
                    _in_force(Membership, today),
                )
            )
        )
    )


def _in_force(part: type[LaMembership] | type[Membership], today: date) -> Any:
    return (part.valid_from <= today) & or_(part.valid_to.is_(None), part.valid_to >= today)
