"""Preset rooms, the key of a location, and how a tree is drawn. Source: domain.md 2.4 (presets of
S2 and ours)."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable
from typing import Any, NamedTuple

# fmt: off
PRESETS = (  # name, kind
    ("ICT suite",           "suite"),
    ("Library",             "library"),
    ("Office",              "office"),
    ("Staff room",          "staff_room"),
    ("Hall",                "hall"),
    ("Server room",         "server_room"),
    ("Reception",           "reception"),
    ("Headteacher’s office", "heads_office"),
    ("Head of phase office", "phase_office"),
    ("Classroom",           "classroom"),
    ("SEN room",            "sen_room"),
    ("Nursery",             "nursery"),
    ("Playground or outside", "outside"),
    ("Off site (on loan)",  "off_site"),
)
KINDS: dict[str, str] = {
    "classroom": "Classroom", "suite": "ICT suite", "library": "Library", "office": "Office",
    "staff_room": "Staff room", "hall": "Hall", "server_room": "Server or comms room",
    "reception": "Reception", "heads_office": "Headteacher’s office",
    "phase_office": "Head of phase office", "sen_room": "SEN room", "nursery": "Nursery",
    "outside": "Playground or outside", "off_site": "Off site", "trolley": "Laptop trolley",
    "building": "Building", "site": "Site", "other": "Other",
}
EVENT_WORDS = {
    "location.added":      "Added as {after}",
    "location.changed":    "Changed: {before} became {after}",
    "location.moved":      "Moved from {before} to {after}",
    "location.archived":   "No longer used",
    "location.used_again": "Used again",
    "location.merged":     "Merged: {before} is now {after}",
    "location.removed":    "Removed: {before}",
}
# fmt: on
# What stands in addresses where a key does: /locations/new is the page that adds one.
RESERVED = frozenset({"new", "presets"})
# Moves with what is in it, whatever else was said.
ALWAYS_CONTAINER = "trolley"
# A site, a building, a floor, a room and what stands in it, and some to spare.
MOST_DEEP = 8


def key_for(
    name: str,
    taken: set[str],
    *,
    stem: str = "location",
    reserved: frozenset[str] = RESERVED,
) -> str:
    """`mrs-browns-class` for “Mrs Brown’s class”; a number is added when it is taken. `stem`
    stands where a name has no letter that an address knows."""
    plain = unicodedata.normalize("NFKD", name.replace("’", "").replace("'", ""))
    words = re.findall(r"[a-z0-9]+", plain.encode("ascii", "ignore").decode().lower())
    stem = "-".join(words)[:60].strip("-") or stem
    key, number = stem, 2
    while key in taken or key in reserved:
        key, number = f"{stem}-{number}", number + 1
    return key


class Branch(NamedTuple):
    """A location and what is in it."""

    room: Any
    inside: list[Any]  # branches


def outline(found: Iterable[Any]) -> list[Branch]:
    """By name, as people count: Room 2 before Room 10. One whose parent is not there stands on
    top, and so would a ring, which nobody can make."""
    rooms = {one.id: one for one in sorted(found, key=lambda one: as_counted(one.name))}
    inside: dict[int | None, list[Any]] = {}
    for room in rooms.values():
        inside.setdefault(room.parent_id if room.parent_id in rooms else None, []).append(room)
    drawn: set[int] = set()

    def branch(room: Any) -> Branch:
        drawn.add(room.id)
        return Branch(room, [branch(one) for one in inside.get(room.id, ()) if one.id not in drawn])

    top = [branch(one) for one in inside.get(None, ())]
    return top + [branch(one) for one in rooms.values() if one.id not in drawn]


def as_counted(name: str) -> list[tuple[int, int, str]]:
    """A key to sort by."""
    parts = re.findall(r"[0-9]{1,9}|[^0-9]+", name.casefold())
    return [(0, int(one), "") if one.isascii() and one.isdigit() else (1, 0, one) for one in parts]
