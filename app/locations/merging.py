"""Two locations turn out to be one room: everything goes to the one that stays, and the other's
name stays in history."""

from __future__ import annotations

from app import clock
from app.errors import Refused, wrong
from app.locations.actions import record_about
from app.locations.inside import has_open_stock_take
from app.locations.models import Location
from app.locations.queries import get_location, path_to, room_named
from app.people.identity import Me
from app.references import point_elsewhere
from tenants import db

# A label that sticks on the old door leads to the old room, and so to the one it is now.
_STAY = ("labels",)
# fmt: off
_WORDS = {
    "incidents":      ("incident", "incidents"),
    "assets":         ("asset", "assets"),
    "locations":      ("location inside it", "locations inside it"),
    "stock_takes":    ("stock-take", "stock-takes"),
    "critical_dates": ("critical date", "critical dates"),
}
# fmt: on


def merge(location: Location, into: str, *, by: Me) -> Location:
    """Returns the one that stays."""
    there = room_named(into, "into")
    if there.id == location.id:
        raise wrong("into", "Choose another location than this one.")
    if location.merged_into_id is not None:
        raise Refused(f"{location.name} has been merged already.")
    if has_open_stock_take(location.id) and has_open_stock_take(there.id):
        raise Refused(
            "A stock-take is under way in both rooms. Confirm or cancel one of them first."
        )
    ids = location.id, there.id
    if location.id in {one.id for one in path_to(there)}:
        # The cupboard takes the place of the room it is in.
        there.parent_id = location.parent_id
        db.session.flush()
    said = _said(point_elsewhere("locations", *ids, but=_STAY))
    location, there = get_location(location.key), get_location(there.key)
    location.is_archived, location.merged_into_id = True, there.id
    location.updated_at = there.updated_at = clock.now()
    db.session.flush()
    for one in (location, there):
        record_about(one, "location.merged", by, before=location.name, after=there.name, note=said)
    return there


def _said(moved: dict[str, int]) -> str:
    """How much went over: “3 incidents, 1 asset”."""
    parts = [
        f"{moved[name]} {words[moved[name] != 1]}"
        for name, words in _WORDS.items()
        if name in moved
    ]
    return ", ".join(parts) if parts else "Nothing was in it"
