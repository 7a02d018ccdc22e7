"""Labels of the school acted in: whose they are, which are printed, what a token opens."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime
from typing import Any, NamedTuple

from sqlalchemy import and_, func, select

from app import clock
from app.assets.models import Asset
from app.assets.queries import BY_TAG, described, page_of_assets
from app.keyset import Page, page_of
from app.labels.models import Label
from app.labels.rules import looks_like_a_token, shared_domain
from app.locations.models import Location
from app.locations.queries import now_called
from app.locations.rules import KINDS
from app.people.models import Membership, Person
from tenants import School, at_the_front_door, current_school_id, db

# A school in these states takes reports (as the door of suppliers' links does).
_OPEN = ("active", "onboarding", "leaving")


class Opened(NamedTuple):
    """What a good token opens: the school, and one thing of it."""

    school_id: int
    slug: str
    code: str
    school: str
    status: str
    label_id: int
    asset_id: int | None
    location_id: int | None


class Thing(NamedTuple):
    """What a label is on: its tag (or the room's name), and what it is in words."""

    asset: Asset | None
    room: Location | None

    @property
    def name(self) -> str:
        if self.asset is not None:
            return self.asset.tag
        return self.room.name if self.room is not None else ""

    @property
    def what(self) -> str:
        if self.asset is not None:
            return described(self.asset)
        return KINDS.get(self.room.kind, "Room") if self.room is not None else ""


class Printed(NamedTuple):
    label: Label
    thing: Thing


def open_token(slug: str, token: str) -> Opened | None:
    """As the front door: the same statement for every token, so that a made-up one, an ended one
    and one of another school take as long as each other."""
    wanted = token if looks_like_a_token(token) else ""
    row = db.session.execute(
        select(
            *(School.id, School.slug, School.code, School.name, School.status),
            *(Label.id, Label.asset_id, Label.location_id),
        )
        .join(Label, Label.school_id == School.id)
        .where(
            School.slug == slug,
            School.status.in_(_OPEN),
            Label.token == wanted,
            Label.ended_at.is_(None),
        )
    ).first()
    return None if row is None else Opened(*row)


def thing_of(label: Opened | Label) -> Thing:
    """In its school."""
    if label.asset_id is not None:
        return Thing(db.session.scalar(select(Asset).where(Asset.id == label.asset_id)), None)
    room = db.session.scalar(select(Location).where(Location.id == label.location_id))
    # The label on an old door opens the room it is now.
    return Thing(None, now_called(room) if room is not None else None)


def room_of(thing: Thing) -> Location | None:
    """Where it is."""
    if thing.room is not None or thing.asset is None or thing.asset.location_id is None:
        return thing.room
    return db.session.scalar(select(Location).where(Location.id == thing.asset.location_id))


def tag_by_token(token: str) -> str | None:
    """For whoever takes stock and scans a label instead of typing its tag."""
    return db.session.scalar(
        select(Asset.tag)
        .join(Label, and_(Label.school_id == Asset.school_id, Label.asset_id == Asset.id))
        .where(Label.token == token, Label.ended_at.is_(None))
    )


def active_label(thing: Thing, *, to_change: bool = False) -> Label | None:
    wanted = select(Label).where(_is_on(thing), Label.ended_at.is_(None))
    return db.session.scalar(wanted.with_for_update() if to_change else wanted)


def version_of(thing: Thing) -> int:
    """How many labels it has had: it goes up when one is replaced."""
    made = select(func.count()).select_from(Label).where(_is_on(thing))
    return db.session.scalar(made) or 0


def _is_on(thing: Thing) -> Any:
    if thing.asset is not None:
        return Label.asset_id == thing.asset.id
    assert thing.room is not None
    return Label.location_id == thing.room.id


def active_labels(things: Collection[Thing]) -> dict[tuple[int | None, int | None], Label]:
    """(asset, location) → its label, in one statement for each kind."""
    assets = [one.asset.id for one in things if one.asset is not None]
    rooms = [one.room.id for one in things if one.room is not None]
    found: list[Label] = []
    for column, ids in ((Label.asset_id, assets), (Label.location_id, rooms)):
        if ids:
            wanted = select(Label).where(column.in_(ids), Label.ended_at.is_(None))
            found += db.session.scalars(wanted)
    return {(one.asset_id, one.location_id): one for one in found}


def ids_of(thing: Thing) -> tuple[int | None, int | None]:
    return thing.asset.id if thing.asset else None, thing.room.id if thing.room else None


def page_of_labels(asked: Mapping[str, Any], after: list[Any] | None, limit: int) -> Page:
    """Those that open something, in the order they were made."""
    wanted = _with_things().where(Label.ended_at.is_(None))
    if asked.get("asset"):
        wanted = wanted.where(asked["asset"].lower() == BY_TAG)
    if asked.get("location"):
        wanted = wanted.where(Location.key == asked["location"])
    return page_of(
        wanted,
        [Label.id],
        lambda row: [row[0].id],
        after=after,
        limit=limit,
        is_one_thing=False,
    )


def _with_things() -> Any:
    return (
        select(Label, Asset, Location)
        .outerjoin(Asset, and_(Asset.school_id == Label.school_id, Asset.id == Label.asset_id))
        .outerjoin(
            Location,
            and_(Location.school_id == Label.school_id, Location.id == Label.location_id),
        )
    )


# --- what is to be printed ---


def printed_at(at: datetime) -> list[Printed]:
    """What was made ready at that instant and still opens something: equipment by tag, then rooms
    by name."""
    rows = db.session.execute(
        _with_things().where(Label.printed_at == at, Label.ended_at.is_(None))
    )
    found = [Printed(label, Thing(asset, room)) for label, asset, room in rows]
    return sorted(found, key=lambda one: (one.thing.room is not None, one.thing.name.lower()))


def assets_like(filters: Mapping[str, Any], most: int) -> list[Thing]:
    """One more than `most` where there are more."""
    return [Thing(one, None) for one in page_of_assets(filters, None, most + 1).rows]


def assets_tagged(tags: Collection[str]) -> list[Thing]:
    wanted = {tag.lower() for tag in tags}
    found = db.session.scalars(select(Asset).where(BY_TAG.in_(wanted)).order_by(BY_TAG))
    return [Thing(one, None) for one in found]


def rooms_keyed(keys: Collection[str]) -> list[Thing]:
    found = db.session.scalars(
        select(Location).where(Location.key.in_(set(keys))).order_by(Location.name)
    )
    return [Thing(None, one) for one in found]


def every_room() -> list[Thing]:
    found = select(Location).where(Location.is_archived.is_(False))
    return [Thing(None, one) for one in db.session.scalars(found.order_by(Location.name))]


# --- who may report without signing in ---


def domain_of_school() -> str | None:
    """Where the school's people have their addresses, if they share one. `school` has no right on
    people, so the front door is asked."""
    school_id, today = current_school_id(), clock.today()
    with at_the_front_door():
        emails: Sequence[str] = db.session.scalars(
            select(Person.email)
            .join(Membership, Membership.person_id == Person.id)
            .where(
                Membership.school_id == school_id,
                Membership.role != "supplier",
                Membership.valid_from <= today,
                func.coalesce(Membership.valid_to, today) >= today,
            )
        ).all()
    return shared_domain(emails)
