"""What labels are wanted for: tags, keys of rooms, all of a room, or a list as it was filtered."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from app.errors import Wrong, wrong
from app.labels.queries import Thing, assets_like, assets_tagged, rooms_keyed
from app.labels.rules import MOST_AT_ONCE

_NAMED_AT_MOST = 10


def things_named(tags: Sequence[str], keys: Sequence[str]) -> list[Thing]:
    """Each once. Raises Wrong with what the school does not have."""
    assets, rooms = assets_tagged(tags) if tags else [], rooms_keyed(keys) if keys else []
    errors: dict[str, list[str]] = {}
    tags_there = {one.name.lower() for one in assets}
    if missing := _missing(tags, tags_there, str.lower):
        errors["assets"] = [f"The register has no {missing}."]
    keys_there = {one.room.key for one in rooms if one.room is not None}
    if missing := _missing(keys, keys_there, str):
        errors["locations"] = [f"The school has no location {missing}."]
    if errors:
        raise Wrong(errors)
    return [*assets, *rooms]


def things_chosen(
    *,
    tags: str | None,
    inside: str | None,
    rooms: Sequence[str] | None,
    filters: Mapping[str, Any],
) -> list[Thing]:
    """What a page asks for, each thing once: what was filtered, a room’s equipment, tags, rooms."""
    try:
        named = things_named(_lines(tags), rooms or [])
    except Wrong as mistake:
        names = {"assets": "tags", "locations": "rooms"}
        raise Wrong({names[key]: said for key, said in mistake.errors.items()}) from None
    found = assets_like(filters, MOST_AT_ONCE) if filters else []
    if inside:
        found += assets_like({"location": inside}, MOST_AT_ONCE)
    chosen = list(_each_once([*found, *named]))
    if not chosen:
        raise wrong("tags", "Choose a room, tick rooms or enter tags: there is nothing to print.")
    return chosen


def _lines(text: str | None) -> list[str]:
    return [line.strip() for line in (text or "").splitlines() if line.strip()]


def _missing(wanted: Iterable[str], there: set[str], compared: Any) -> str:
    absent = [one for one in dict.fromkeys(wanted) if compared(one) not in there]
    more = f" and {len(absent) - _NAMED_AT_MOST} more" if len(absent) > _NAMED_AT_MOST else ""
    return ", ".join(absent[:_NAMED_AT_MOST]) + more


def _each_once(things: Iterable[Thing]) -> Iterable[Thing]:
    seen = set()
    for one in things:
        which = (one.asset is None, one.name.lower())
        if which not in seen:
            seen.add(which)
            yield one
