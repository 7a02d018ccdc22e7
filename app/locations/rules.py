"""Preset rooms and the key of a location. Source: domain.md 2.4 (presets of S2 and ours)."""

from __future__ import annotations

import re
import unicodedata

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
    "outside": "Playground or outside", "off_site": "Off site", "building": "Building",
    "other": "Other",
}
# fmt: on
# What stands in addresses where a key does: /locations/new is the page that adds one.
RESERVED = frozenset({"new"})


def key_for(name: str, taken: set[str]) -> str:
    """`mrs-browns-class` for “Mrs Brown’s class”; a number is added when it is taken."""
    plain = unicodedata.normalize("NFKD", name.replace("’", "").replace("'", ""))
    words = re.findall(r"[a-z0-9]+", plain.encode("ascii", "ignore").decode().lower())
    stem = "-".join(words)[:60].strip("-") or "location"
    key, number = stem, 2
    while key in taken or key in RESERVED:
        key, number = f"{stem}-{number}", number + 1
    return key
