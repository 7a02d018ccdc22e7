"""Take stock of a room: begin, see a tag, confirm, cancel. Nothing moves until it is confirmed."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime
from typing import NamedTuple

from sqlalchemy import insert, literal, select

from app import clock
from app.assets.actions import change_asset
from app.assets.models import Asset
from app.assets.queries import BY_TAG
from app.assets.states import set_status
from app.assets.stocktaking import StockTake, StockTakeLine
from app.assets.stocktaking_queries import (
    Line,
    asset_by_tag,
    line_of,
    open_take_in,
    report_of,
    room_of,
    rooms_of,
)
from app.assets.stocktaking_rules import (
    CHOICES,
    EXPECTED_IN,
    LONGEST_TAG,
    judge,
    read_scan,
    said_of,
)
from app.errors import NotThere, Refused, Wrong, wrong
from app.history.actions import record
from app.locations.models import Location
from app.locations.queries import room_for
from app.people.identity import Me
from tenants import current_school_id, db
from tenants.numbers import take_number


class OpenAlready(Refused):
    """One stock-take of a room at a time; `number` is the one to go on with."""

    def __init__(self, take: StockTake, room: str) -> None:
        super().__init__(
            f"{take.created_by} is taking stock of {room} already (stock-take {take.number})."
            " Go on with that one."
        )
        self.number = take.number


class Seen(NamedTuple):
    row: StockTakeLine
    outcome: str
    said: str  # to whoever scanned it
    room: Location | None  # where the register has it
    is_again: bool


class _Labels:
    """Labels live in a room above this one; `create_app` says how theirs are read."""

    read: Callable[[str], str | None] = staticmethod(lambda token: None)


def labels_are_read_by(read: Callable[[str], str | None]) -> None:
    """`read(token)` gives the tag of the asset whose label it is, in the school acted in."""
    _Labels.read = staticmethod(read)


def start(location: str | None, *, by: Me) -> StockTake:
    """Expected is what the register has in the room, and in rooms and trolleys inside it."""
    room = room_for(location)
    if room is None:
        raise wrong("location", "Choose the room.")
    if (going_on := open_take_in(room.id)) is not None:
        raise OpenAlready(going_on, room.name)
    at = clock.now()
    take = StockTake(number=take_number("stock_take"), location_id=room.id, created_by=by.name)
    db.session.add(take)
    db.session.flush()
    _expect(take)
    _record("stock_take.started", take, at, by, to_value=room.name)
    return take


def see(take: StockTake, text: str, *, by: Me) -> Seen:
    """A tag was scanned, typed or ticked; `take` is locked. Twice is once."""
    _check_open(take)
    tag, room = _tag_in(text, by), room_of(take)
    asset = asset_by_tag(tag)
    row = line_of(take, tag)
    is_again = row is not None and row.seen_at is not None
    is_here = asset is not None and asset.location_id in rooms_of(take)
    outcome = judge(
        is_seen=True, is_registered=asset is not None, is_of_this_room=is_here, is_over=False
    )
    at = clock.now()
    if row is None:
        row = StockTakeLine(
            stock_take_id=take.id, tag=tag.lower(), shown_tag=asset.tag if asset else tag
        )
        db.session.add(row)
    row.asset_id, row.outcome = asset.id if asset else None, outcome
    if not is_again:
        row.seen_at, row.seen_by, take.updated_at = at, by.name, at
        _record("stock_take.seen", take, at, by, to_value=row.shown_tag)
    there = _room_of_asset(asset)
    said = said_of(outcome, row.shown_tag, room.name, there.name if there else None)
    return Seen(
        row, outcome, f"{said} You had scanned it before." if is_again else said, there, is_again
    )


def unsee(take: StockTake, tag: str, *, by: Me) -> None:
    """A slip: ticked or typed by mistake. What was expected waits again, the rest is gone."""
    _check_open(take)
    row = line_of(take, tag)
    if row is None:
        raise NotThere
    if row.seen_at is None:
        return
    asset, at = asset_by_tag(tag), clock.now()
    if asset is not None and asset.location_id in rooms_of(take):
        row.outcome, row.seen_at, row.seen_by = "expected", None, None
    else:
        db.session.delete(row)
    take.updated_at = at
    _record("stock_take.unseen", take, at, by, from_value=row.shown_tag)


def confirm(take: StockTake, choices: Mapping[str, str], *, by: Me) -> dict[str, int]:
    """Only now the register changes: what was chosen, and when each was seen. Gives the counts."""
    _check_open(take)
    at, room = clock.now(), room_of(take)
    lines = report_of(take).lines
    _check_choices(lines, choices)
    wanted = {tag.lower(): choice for tag, choice in choices.items()}
    # What the register says of each is kept as it was found, before anything moves.
    for line in lines:
        outcome = "missing" if line.outcome == "expected" else line.outcome
        line.row.outcome = outcome
        line.row.asset_id = line.asset.id if line.asset else None
        if outcome in CHOICES:
            line.row.choice = wanted.get(line.row.tag, CHOICES[outcome][0])
    for line in lines:
        if line.asset is not None:
            _carry_out(line, line.asset, room, by)
    take.state, take.ended_at, take.ended_by, take.updated_at = "confirmed", at, by.name, at
    db.session.flush()
    counts = report_of(take).counts
    _record("stock_take.confirmed", take, at, by, to_value=room.name, details=counts)
    return counts


def cancel(take: StockTake, *, by: Me) -> None:
    """Nothing in the register changes; what was seen stays readable."""
    _check_open(take)
    at = clock.now()
    take.state, take.ended_at, take.ended_by, take.updated_at = "cancelled", at, by.name, at
    db.session.flush()
    _record("stock_take.cancelled", take, at, by, to_value=room_of(take).name)


def _expect(take: StockTake) -> None:
    expected = select(
        literal(current_school_id()),
        literal(take.id),
        Asset.id,
        BY_TAG,
        Asset.tag,
        literal("expected"),
    ).where(
        Asset.location_id.in_(rooms_of(take)),
        Asset.status.in_(EXPECTED_IN),
    )
    columns = ("school_id", "stock_take_id", "asset_id", "tag", "shown_tag", "outcome")
    db.session.execute(insert(StockTakeLine).inline().from_select(columns, expected))


def _tag_in(text: str, by: Me) -> str:
    scanned = read_scan(text)
    if scanned.token is None:
        if not scanned.text or len(scanned.text) > LONGEST_TAG:
            raise wrong("tag", f"Scan or type a tag of at most {LONGEST_TAG} characters.")
        return scanned.text
    is_ours = by.school is not None and scanned.school == by.school.slug
    tag = _Labels.read(scanned.token) if is_ours else None
    if tag is None:
        raise wrong("tag", "This is not the label of one of the school’s assets, or an old one.")
    return tag


def _check_open(take: StockTake) -> None:
    if take.state != "open":
        raise Refused(f"Stock-take {take.number} is over ({take.state}). Begin a new one.")


def _check_choices(lines: list[Line], choices: Mapping[str, str]) -> None:
    known = {line.row.tag: line for line in lines}
    errors = []
    for tag, choice in choices.items():
        line = known.get(tag.lower())
        outcome = "" if line is None else line.outcome.replace("expected", "missing")
        if choice not in CHOICES.get(outcome, ()):
            errors.append(f"{tag}: this cannot be chosen for it.")
    if errors:
        raise Wrong({"choices": errors})


def _carry_out(line: Line, asset: Asset, room: Location, by: Me) -> None:
    row = line.row
    if row.seen_at is not None:
        asset.seen_on = row.seen_at.astimezone(clock.LONDON).date()
    if row.choice == "move":
        change_asset(asset, by=by, location=room.key)
    elif row.choice == "lost":
        why = f"Missing at the stock-take of {room.name}"
        set_status(asset, "lost_or_stolen", by=by, reason=why)


def _room_of_asset(asset: Asset | None) -> Location | None:
    if asset is None or asset.location_id is None:
        return None
    return db.session.scalar(select(Location).where(Location.id == asset.location_id))


def _record(
    kind: str,
    take: StockTake,
    at: datetime,
    by: Me,
    *,
    from_value: str | None = None,
    to_value: str | None = None,
    details: dict[str, int] | None = None,
) -> None:
    record(
        kind,
        subject_kind="stock_take",
        subject_id=take.id,
        at=at,
        by=by,
        from_value=from_value,
        to_value=to_value,
        details=details,
        visibility="internal",
    )
