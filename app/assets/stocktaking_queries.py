"""Questions about stock-takes: which there are, and how each line of one stands now."""

from __future__ import annotations

from collections.abc import Collection
from typing import Any, NamedTuple

from sqlalchemy import select

from app.assets.models import Asset
from app.assets.queries import BY_TAG, rooms_inside
from app.assets.stocktaking import StockTake, StockTakeLine
from app.assets.stocktaking_rules import judge
from app.errors import NotThere
from app.keyset import Page, page_of
from app.locations.models import Location
from tenants import db


class Line(NamedTuple):
    """A tag that was expected or seen. `row` is kept by the stock-take, `asset` by the register."""

    row: StockTakeLine
    asset: Asset | None
    outcome: str
    room_key: str | None  # where the register has it
    room: str | None

    @property
    def tag(self) -> str:
        return self.asset.tag if self.asset is not None else self.row.shown_tag

    @property
    def choice(self) -> str | None:
        return self.row.choice


class Report(NamedTuple):
    lines: list[Line]

    def of(self, *outcomes: str) -> list[Line]:
        return [one for one in self.lines if one.outcome in outcomes]

    def latest(self, outcome: str) -> list[Line]:
        """What was seen last comes first."""
        found = [(one.row.seen_at, one) for one in self.of(outcome) if one.row.seen_at]
        return [one for _, one in sorted(found, key=lambda pair: pair[0], reverse=True)]

    @property
    def counts(self) -> dict[str, int]:
        """`expected` is all that should be there; found and missing are parts of it, but for what
        has come into the room since."""
        names = ("found", "missing", "wrong_room", "unknown")
        found = {name: len(self.of(name)) for name in names}
        found["missing"] += len(self.of("expected"))
        return {"expected": found["found"] + found["missing"], **found}


def get_take(number: int, *, to_change: bool = False) -> StockTake:
    wanted = select(StockTake).where(StockTake.number == number)
    found = db.session.scalar(wanted.with_for_update() if to_change else wanted)
    if found is None:
        raise NotThere
    return found


def page_of_takes(asked: dict[str, Any], after: list[Any] | None, limit: int) -> Page:
    """Newest first, each with its room."""
    wanted: Any = select(StockTake, Location).join(
        Location,
        (Location.school_id == StockTake.school_id) & (Location.id == StockTake.location_id),
    )
    if asked.get("state"):
        wanted = wanted.where(StockTake.state == asked["state"])
    if asked.get("location"):
        wanted = wanted.where(Location.key == asked["location"])
    return page_of(
        wanted,
        [StockTake.number],
        lambda row: [row[0].number],
        after=after,
        limit=limit,
        newest_first=True,
        is_one_thing=False,
    )


def open_take_in(location_id: int) -> StockTake | None:
    return db.session.scalar(
        select(StockTake).where(StockTake.location_id == location_id, StockTake.state == "open")
    )


def open_takes_of(name: str) -> list[tuple[StockTake, str]]:
    """Those that somebody began and has not ended, with the room's name; the newest first."""
    rows = db.session.execute(
        select(StockTake, Location.name)
        .join(
            Location,
            (Location.school_id == StockTake.school_id) & (Location.id == StockTake.location_id),
        )
        .where(StockTake.state == "open", StockTake.created_by == name)
        .order_by(StockTake.number.desc())
        .limit(5)
    )
    return [(take, room) for take, room in rows]


def room_of(take: StockTake) -> Location:
    return db.session.scalars(select(Location).where(Location.id == take.location_id)).one()


def rooms_of(take: StockTake) -> frozenset[int]:
    """Its room, the rooms in it, and trolleys that stand there."""
    return frozenset(rooms_inside(room_of(take).key))


def asset_by_tag(tag: str) -> Asset | None:
    return db.session.scalar(select(Asset).where(Asset.tag_key == tag.lower()))


def line_of(take: StockTake, tag: str, *, to_change: bool = False) -> StockTakeLine | None:
    wanted = select(StockTakeLine).where(
        StockTakeLine.stock_take_id == take.id, StockTakeLine.tag == tag.lower()
    )
    return db.session.scalar(wanted.with_for_update() if to_change else wanted)


def report_of(take: StockTake) -> Report:
    """A few statements, however long it is. While it goes on, what the register says now counts:
    an asset that was added or moved meanwhile is no longer unknown or in the wrong room."""
    rows = db.session.execute(
        select(StockTakeLine, Asset, Location.key, Location.name)
        .outerjoin(
            Asset,
            (Asset.school_id == StockTakeLine.school_id) & (StockTakeLine.tag == BY_TAG),
        )
        .outerjoin(
            Location,
            (Location.school_id == Asset.school_id) & (Location.id == Asset.location_id),
        )
        .where(StockTakeLine.stock_take_id == take.id)
        .order_by(StockTakeLine.tag)
    ).all()
    rooms = rooms_of(take) if take.state == "open" else frozenset()
    return Report([_line(take, row, rooms) for row in rows])


def _line(take: StockTake, row: Any, rooms: Collection[int]) -> Line:
    kept, asset, key, name = row
    outcome = kept.outcome
    if take.state == "open":
        outcome = judge(
            is_seen=kept.seen_at is not None,
            is_registered=asset is not None,
            is_of_this_room=asset is not None and asset.location_id in rooms,
            is_over=False,
        )
    return Line(kept, asset, outcome, key, name)
