"""The diary in somebody's calendar program: made, ended, and found again by its secret address.

The address is told once; the table keeps what its secret can be found by, not the secret.
"""

from __future__ import annotations

import secrets
from collections.abc import Sequence
from datetime import datetime, timedelta

from sqlalchemy import or_, select

from app import clock
from app.diary.models import DiaryFeed
from app.errors import NotThere, Refused
from app.history.actions import record
from app.people.front_door import fingerprint
from app.people.identity import Belonging, Me, SchoolName
from app.people.models import Membership, Person
from app.permissions import Role
from tenants import Binding, School, db, rebind
from tenants.context import FRONT_DOOR, SCHOOL

MOST = 10
_OPEN = ("active", "onboarding", "leaving")
# When it was read last is written down so often, and not with each reading.
_NOTED_EVERY = timedelta(hours=1)
_KEY_LENGTH = 16


def key_of(feed: DiaryFeed) -> str:
    """Its name in addresses: part of what it is found by, from which nobody gets the secret."""
    return feed.digest.hex()[:_KEY_LENGTH]


def make(*, by: Me, label: str) -> tuple[DiaryFeed, str]:
    """The feed and its secret, which is told this once."""
    if len(_live(by)) >= MOST:
        raise Refused(f"You have {MOST} calendar feeds already. End one that you do not use.")
    membership_id = by.membership_for("diary.view")
    if membership_id is None:
        raise Refused("Only the school’s own people can have its diary in a calendar program.")
    secret = secrets.token_urlsafe(32)
    feed = DiaryFeed(
        membership_id=membership_id,
        label=label,
        digest=fingerprint(secret),
        made_by=by.name,
        created_at=clock.now(),
    )
    db.session.add(feed)
    db.session.flush()
    _tell("diary.feed_made", feed, by)
    return feed, secret


def end(key: str, *, by: Me) -> DiaryFeed:
    """The address opens nothing any more."""
    feed = one_of(by, key)
    feed.ended_at = clock.now()
    db.session.flush()
    _tell("diary.feed_ended", feed, by)
    return feed


def feeds_of(person: Me) -> Sequence[DiaryFeed]:
    """One's own that still open something, the newest first."""
    return _live(person)


def one_of(person: Me, key: str) -> DiaryFeed:
    """Raises NotThere for anybody else's."""
    found = next((one for one in _live(person) if key_of(one) == key), None)
    if found is None:
        raise NotThere
    return found


def _live(person: Me) -> Sequence[DiaryFeed]:
    wanted = select(DiaryFeed).where(
        DiaryFeed.membership_id.in_(person.membership_ids), DiaryFeed.ended_at.is_(None)
    )
    return db.session.scalars(wanted.order_by(DiaryFeed.created_at.desc(), DiaryFeed.id)).all()


def _tell(kind: str, feed: DiaryFeed, by: Me) -> None:
    record(
        kind,
        subject_kind="diary_feed",
        subject_id=feed.id,
        at=clock.now(),
        by=by,
        to_value=feed.label,
        visibility="internal",
    )


# --- by whoever has the address ---


def open_feed(slug: str, secret: str) -> tuple[DiaryFeed, Me] | None:
    """Steps into the school where the secret is good and its owner still reads the diary there.
    None, and nothing else, for everything that is not so."""
    rebind(Binding(FRONT_DOOR))
    school = db.session.execute(
        select(School.id, School.slug, School.code, School.name, School.status).where(
            School.slug == slug
        )
    ).first()
    if school is None or school.status not in _OPEN:
        return None
    owner = db.session.execute(
        select(Membership.person_id, Person.name)
        .join(
            DiaryFeed,
            (DiaryFeed.school_id == Membership.school_id)
            & (DiaryFeed.membership_id == Membership.id),
        )
        .join(Person, Person.id == Membership.person_id)
        .where(
            DiaryFeed.school_id == school.id,
            DiaryFeed.digest == fingerprint(secret),
            DiaryFeed.ended_at.is_(None),
            Person.is_active.is_(True),
        )
    ).first()
    if owner is None:
        return None
    rebind(Binding(SCHOOL, school.id))
    person = _person(owner.person_id, owner.name, SchoolName(*school))
    feed = db.session.scalar(select(DiaryFeed).where(DiaryFeed.digest == fingerprint(secret)))
    return (feed, person) if feed is not None and person.may("diary.view") else None


def was_read(feed: DiaryFeed, at: datetime) -> None:
    if feed.read_at is None or feed.read_at + _NOTED_EVERY < at:
        feed.read_at = at


def _person(person_id: int, name: str, school: SchoolName) -> Me:
    """As they stand in the school today."""
    today = clock.today()
    here = tuple(
        Belonging(one.id, Role(one.role), one.name, one.school_id)
        for one in db.session.scalars(
            select(Membership).where(
                Membership.person_id == person_id,
                Membership.valid_from <= today,
                or_(Membership.valid_to.is_(None), Membership.valid_to >= today),
            )
        )
    )
    return Me(
        person_id=person_id,
        email="",
        own_name=name,
        belongings=here,
        schools=(school,),
        school=school,
        here=here,
    )
