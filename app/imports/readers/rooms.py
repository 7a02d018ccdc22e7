"""What kind of room a name tells of: “School library” is a library. Pure."""

from __future__ import annotations

import re

from app.imports.values import folded
from app.locations.rules import KINDS

# fmt: off
# Words for kinds as spreadsheets have them.
KIND_WORDS = {
    "class": "classroom", "teaching room": "classroom", "computer room": "suite",
    "computer suite": "suite", "it suite": "suite", "staffroom": "staff_room",
    "server": "server_room", "server room": "server_room", "comms room": "server_room",
    "comms cabinet": "server_room",
    "cupboard": "other", "store": "other", "corridor": "other", "head's office": "heads_office",
    "head teacher's office": "heads_office", "block": "building", "outdoor": "outside",
    "playground": "outside", "offsite": "off_site", "sen": "sen_room", "trolley": "trolley",
    "laptop trolley": "trolley", "meeting room": "other", "room": "classroom",
    "main hall": "hall", "school hall": "hall", "school office": "office",
}
# fmt: on
_BY_NAME = {**{folded(text): kind for kind, text in KINDS.items()}, **KIND_WORDS}
_LONGEST_FIRST = sorted(_BY_NAME, key=len, reverse=True)
# “Miss Hall” teaches in a classroom.
_SOMEBODY = re.compile(r"(mrs?|ms|miss|mx|dr)\.? ")
_NUMBER = re.compile(r"[ #.:-]*\d*$")


def kind_of_room(name: str) -> str:
    """The kind that the last words of a name tell; whatever else it is, a school calls a class."""
    found = _NUMBER.sub("", folded(name))
    if not _SOMEBODY.match(found):
        for word in _LONGEST_FIRST:
            if found == word or found.endswith(f" {word}"):
                return _BY_NAME[word]
    return "classroom"
