"""What is reported in those years: invented sheets in the words of teachers."""

from __future__ import annotations

from random import Random
from typing import Any, NamedTuple


class Told(NamedTuple):
    title: str
    expected: str
    happened: str
    room: str
    category: str
    impact: int
    urgency: int
    weight: int


# fmt: off
FAULTS = (
    Told("Projector shows no picture", "The lesson on the board", "A blue screen: no signal", "ict-suite", "display", 2, 1, 6),
    Told("Whiteboard pen does not write", "The pen draws where it touches", "It draws a hand’s width to the left", "classroom", "display", 2, 2, 6),
    Told("Printer prints blank pages", "The worksheet comes out", "The light was on but a blank page came out", "office", "print", 2, 2, 5),
    Told("Paper jam in the copier", "Thirty copies for the afternoon", "It stops after two and says jam in tray 2", "staff-room", "print", 2, 2, 6),
    Told("Laptop will not start", "The desktop after a minute", "A black screen and a beep", "classroom", "hardware", 3, 2, 6),
    Told("Keyboard has no E", "Every key types", "The E is gone", "ict-suite", "hardware", 3, 3, 4),
    Told("Tablets do not charge in the trolley", "All green in the morning", "Half of them are flat", "classroom", "hardware", 2, 2, 4),
    Told("Wi-Fi drops in the hall", "Tablets stay connected", "All lose it after five minutes", "hall", "network", 2, 2, 5),
    Told("Internet is down in the whole school", "Pages open", "Nothing opens anywhere", "server-room", "network", 1, 1, 1),
    Told("Website for phonics is blocked", "The phonics games open", "The filter says not allowed", "classroom", "network", 2, 2, 4),
    Told("Cannot sign in after the holidays", "My password is taken", "It says wrong password", "classroom", "account", 3, 2, 7),
    Told("A class cannot sign in", "Thirty pupils at work", "All are told to see an administrator", "ict-suite", "account", 2, 1, 2),
    Told("Register will not save", "The afternoon register saves", "An error box, then everything was gone", "office", "software", 1, 2, 3),
    Told("Program for music does not open", "It opens as last week", "A box about a licence", "ict-suite", "software", 2, 2, 3),
    Told("Office telephone is silent", "A dial tone", "Nothing at all", "office", "telephony", 2, 1, 1),
    Told("Sound crackles in the library", "Clear sound", "It crackles and stops", "library", "display", 2, 2, 3),
    Told("Something on a screen that should not be", "The usual page", "A page that worried me", "library", "safeguarding_filtering", 3, 1, 1),
)
REQUESTS = (
    Told("New account for a supply teacher", "", "", "office", "account", 3, 2, 6),
    Told("Two more headsets for the library", "", "", "library", "hardware", 3, 3, 3),
    Told("Please install the maths program", "", "", "ict-suite", "software", 2, 3, 4),
    Told("Move a computer to the other office", "", "", "office", "hardware", 3, 3, 2),
    Told("How do I share a folder with my class?", "", "", "classroom", "other", 3, 3, 3),
)
# fmt: on
_OF_REQUESTS = 0.22


def draw(dice: Random) -> tuple[str, Told]:
    """Its type, and what is told."""
    kind = "request" if dice.random() < _OF_REQUESTS else "incident"
    among = REQUESTS if kind == "request" else FAULTS
    return kind, dice.choices(among, [one.weight for one in among])[0]


def sheet(kind: str, told: Told, dice: Random) -> dict[str, Any]:
    """As a reporter hands it in; not every question is answered."""
    return {
        "type": kind,
        "title": told.title,
        "expected": told.expected or None,
        "happened": told.happened or None,
        "location": told.room,
        "checked": "Off and on, another cable" if dice.random() < 0.5 else None,
        "seen_before": dice.choice(("yes", "no", "unknown", None)),
        "reproducible": dice.choice(("yes", "no", "not_tried", None)),
        "sensitive": told.category == "safeguarding_filtering",
    }
