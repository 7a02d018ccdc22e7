"""Stock-take of a room: what a scan means, and what may be chosen about it [S05]. Pure."""

from __future__ import annotations

import re
from typing import NamedTuple

# In these states an asset should be in its room; lent, mended or lost it need not be.
EXPECTED_IN = ("in_use", "in_stock")

# fmt: off
OUTCOME_WORDS = {
    "expected":   "Not seen yet",
    "found":      "Found",
    "missing":    "Missing",
    "wrong_room": "In the wrong room",
    "unknown":    "Not in the register",
}
OUTCOME_COLOURS = {
    "expected": "grey", "found": "green", "missing": "red", "wrong_room": "orange",
    "unknown": "purple",
}
CHOICE_WORDS = {
    "move": "Moved here", "leave": "Left as it was", "lost": "Marked as lost or stolen",
}
# What may be decided at the end; the first is what happens when nothing is said.
CHOICES: dict[str, tuple[str, ...]] = {
    "missing":    ("leave", "lost"),
    "wrong_room": ("leave", "move"),
}
STATE_WORDS = {"open": "Going on", "confirmed": "Confirmed", "cancelled": "Cancelled"}
# fmt: on

# The address on a label, as a scanner types it; and the tail of it, should a program cut it off.
_LABEL = re.compile(r"(?:^|/)([a-z0-9][a-z0-9-]*)/label/([a-z2-7]{8,40})/?(?:[?#].*)?$", re.I)
LONGEST_TAG = 80


class Scanned(NamedTuple):
    """What came out of a scanner: the label of a school, or a tag as it is."""

    text: str
    school: str | None = None
    token: str | None = None


def read_scan(text: str) -> Scanned:
    text = text.strip()
    found = _LABEL.search(text)
    if found is None:
        return Scanned(text)
    return Scanned(text, found[1].lower(), found[2].lower())


def judge(*, is_seen: bool, is_registered: bool, is_of_this_room: bool, is_over: bool) -> str:
    """What a line of the stock-take is."""
    if not is_seen:
        return "missing" if is_over else "expected"
    if not is_registered:
        return "unknown"
    return "found" if is_of_this_room else "wrong_room"


def said_of(outcome: str, tag: str, here: str, should_be: str | None) -> str:
    """What the page says after a scan."""
    if outcome == "found":
        return f"{tag}: found."
    if outcome == "wrong_room":
        where = f"The register has it in {should_be}" if should_be else "The register has no room"
        return f"{tag}: wrong room. {where}. You can move it to {here} at the end."
    return f"{tag} is not in the register. It is noted; you can add it at the end."
