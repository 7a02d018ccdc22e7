"""A password that was forgotten, or changed by its owner. Runs at the front door."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy import DateTime, Uuid, insert, literal, select, update

from app.errors import wrong
from app.later import later_at_the_door, uuid7
from app.people import leavers, passwords
from app.people.invited import ResetLink
from app.people.links import RESET, Expired, read_link
from app.people.models import Membership, Person, SignIn, SignInEvent
from app.people.password_rules import check_new_password
from tenants import School, db
from tenants.models import LocalAuthority

GOOD_FOR = timedelta(minutes=60)


@dataclass(frozen=True)
class Forgetful:
    """Whom an open link belongs to."""

    person_id: int
    email: str


def ask(email: str, now: datetime) -> None:
    """A mail with a link, if there is such an account. The same statements run for every address,
    and the row that sends the mail is there in any case: nothing tells known from unknown."""
    link_id = uuid7()
    owner = select(
        literal(link_id, Uuid),
        Person.id,
        literal(now, DateTime(True)),
        literal(now + GOOD_FOR, DateTime(True)),
    ).where(Person.email == email, Person.is_active, Person.password_hash.is_not(None))
    columns = ("id", "person_id", "created_at", "expires_at")
    db.session.execute(insert(ResetLink).inline().from_select(columns, owner))
    later_at_the_door("send_reset", at=now, reset_id=link_id.hex)


def find(text: str, key: str, now: datetime, *, to_use: bool = False) -> Forgetful:
    """Whose password a link opens. Raises Expired for every link that opens nothing."""
    link_id = read_link(key, RESET, text)
    if link_id is None:
        raise Expired
    found = (
        select(Person.id, Person.email)
        .join(ResetLink, ResetLink.person_id == Person.id)
        .where(
            ResetLink.id == link_id,
            ResetLink.used_at.is_(None),
            ResetLink.expires_at > now,
            Person.is_active,
        )
    )
    row = db.session.execute(found.with_for_update(of=ResetLink) if to_use else found).first()
    if row is None:
        raise Expired
    return Forgetful(row.id, row.email)


def set_new_password(owner: Forgetful, password: str, *, device: str, now: datetime) -> None:
    """By a link that find() locked. Whoever was signed in is so no longer, and no program is: who
    forgot a password may be somebody who lost the account."""
    check_new_password(password, near_to(owner.person_id))
    _keep(owner.person_id, password, None, "password_reset", device, now)
    revoked = leavers.revoke_every_token(owner.person_id, now)
    later_at_the_door(
        "send_password_changed", at=now, person_id=owner.person_id, tokens_revoked=revoked
    )


def change_password(
    person_id: int,
    session_id: UUID | None,
    *,
    old: str,
    new: str,
    device: str,
    now: datetime,
) -> None:
    """By its owner, who stays signed in here and nowhere else. Their programs go on; the mail says
    how many there are."""
    kept = db.session.scalar(select(Person.password_hash).where(Person.id == person_id))
    if not passwords.is_right(old, kept):
        raise wrong("old_password", "This is not your present password.")
    check_new_password(new, near_to(person_id))
    _keep(person_id, new, session_id, "password_changed", device, now)
    later_at_the_door("send_password_changed", at=now, person_id=person_id)


def near_to(person_id: int) -> list[str]:
    """Words that this person's password must not be made of."""
    rows = db.session.execute(
        select(Person.name, Person.email, School.name, School.address, School.postcode)
        .outerjoin(Membership, Membership.person_id == Person.id)
        .outerjoin(School, School.id == Membership.school_id)
        .where(Person.id == person_id)
    ).all()
    authority = db.session.scalar(select(LocalAuthority.name))
    return [text for text in {authority, *(text for row in rows for text in row)} if text]


def _keep(
    person_id: int,
    password: str,
    but_session: UUID | None,
    kind: str,
    device: str,
    now: datetime,
) -> None:
    db.session.execute(
        update(Person)
        .where(Person.id == person_id)
        .values(password_hash=passwords.make_hash(password))
    )
    db.session.execute(
        update(ResetLink)
        .where(ResetLink.person_id == person_id, ResetLink.used_at.is_(None))
        .values(used_at=now)
    )
    others = update(SignIn).where(SignIn.person_id == person_id, SignIn.ended_at.is_(None))
    if but_session is not None:
        others = others.where(SignIn.id != but_session)
    db.session.execute(others.values(ended_at=now))
    db.session.execute(
        insert(SignInEvent).inline().values(at=now, kind=kind, person_id=person_id, device=device)
    )
