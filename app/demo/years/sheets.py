"""What is reported in those years: invented sheets in the words of teachers."""

from __future__ import annotations

from collections.abc import Mapping
from random import Random
from typing import Any, NamedTuple

from app.demo.years.scene import House


class Told(NamedTuple):
    title: str
    expected: str
    happened: str
    room: str
    category: str
    impact: int
    urgency: int
    weight: int
    # The type of equipment that it is about.
    asset: str | None = None
    # The service that it is about, where that is more than one thing.
    service: str | None = None


NET, WI_FI, MIS, MAIL = (
    "Internet (broadband)",
    "Wi-Fi",
    "Management information system (MIS)",
    "E-mail",
)
PRINTING, BOARDS, TELEPHONES = "Printing and copying", "Classroom displays", "Telephones"
ACCOUNTS = "Accounts and passwords"
WI_FI_DROPS = "Wi-Fi drops in the hall"


# fmt: off
FAULTS = (
    Told("Projector shows no picture", "The lesson on the board", "A blue screen: no signal", "ict-suite", "display", 2, 1, 6, "interactive_display"),
    Told("Whiteboard pen does not write", "The pen draws where it touches", "It draws a hand’s width to the left", "classroom", "display", 2, 2, 6, "interactive_display"),
    Told("Printer prints blank pages", "The worksheet comes out", "The light was on but a blank page came out", "office", "print", 2, 2, 5, "printer"),
    Told("Paper jam in the copier", "Thirty copies for the afternoon", "It stops after two and says jam in tray 2", "staff-room", "print", 2, 2, 6, "printer"),
    Told("Laptop will not start", "The desktop after a minute", "A black screen and a beep", "classroom", "hardware", 3, 2, 4, "laptop"),
    Told("Laptop battery lasts ten minutes", "It lasts a lesson", "It goes off after ten minutes", "classroom", "hardware", 3, 2, 3, "laptop"),
    Told("Laptop screen flickers", "A still picture", "It flickers until you press on the corner", "classroom", "hardware", 3, 3, 2, "laptop"),
    Told("Keyboard has no E", "Every key types", "The E is gone", "ict-suite", "hardware", 3, 3, 4, "desktop"),
    Told("Tablets do not charge in the trolley", "All green in the morning", "Half of them are flat", "classroom", "hardware", 2, 2, 4),
    Told(WI_FI_DROPS, "Tablets stay connected", "All lose it after five minutes", "hall", "network", 2, 2, 5, "access_point", WI_FI),
    Told("Internet is down in the whole school", "Pages open", "Nothing opens anywhere", "server-room", "network", 1, 1, 1, None, NET),
    Told("Website for phonics is blocked", "The phonics games open", "The filter says not allowed", "classroom", "network", 2, 2, 4, None, NET),
    Told("Cannot sign in after the holidays", "My password is taken", "It says wrong password", "classroom", "account", 3, 2, 7, None, ACCOUNTS),
    Told("A class cannot sign in", "Thirty pupils at work", "All are told to see an administrator", "ict-suite", "account", 2, 1, 2, None, ACCOUNTS),
    Told("Register will not save", "The afternoon register saves", "An error box, then everything was gone", "office", "software", 1, 2, 3, None, MIS),
    Told("Program for music does not open", "It opens as last week", "A box about a licence", "ict-suite", "software", 2, 2, 3),
    Told("Office telephone is silent", "A dial tone", "Nothing at all", "office", "telephony", 2, 1, 1, None, TELEPHONES),
    Told("Nobody in the school can open the register", "The register of my class", "The page of the information system does not answer", "office", "software", 1, 1, 1, None, MIS),
    Told("E-mail does not go out", "The letter to the parents leaves", "It stays in the outbox", "office", "software", 2, 2, 3, None, MAIL),
    Told("No telephone rings in the whole school", "Parents can call", "All telephones are silent", "office", "telephony", 1, 1, 1, None, TELEPHONES),
    Told("Nothing prints from any computer", "The worksheets come out", "Every queue says offline", "office", "print", 1, 2, 2, None, PRINTING),
    Told("Sound crackles in the library", "Clear sound", "It crackles and stops", "library", "display", 2, 2, 3, None, BOARDS),
    Told("Something on a screen that should not be", "The usual page", "A page that worried me", "library", "safeguarding_filtering", 3, 1, 1),
)
REQUESTS = (
    Told("New account for a supply teacher", "", "", "office", "account", 3, 2, 6),
    Told("Two more headsets for the library", "", "", "library", "hardware", 3, 3, 3),
    Told("Please install the maths program", "", "", "ict-suite", "software", 2, 3, 4),
    Told("Move a computer to the other office", "", "", "office", "hardware", 3, 3, 2),
    Told("How do I share a folder with my class?", "", "", "classroom", "other", 3, 3, 3),
)
OUTAGE = Told("Internet is down in the whole school", "Pages open", "Nothing opens anywhere, and the telephones are silent too", "server-room", "network", 1, 1, 0, None, NET)
# fmt: on
_OF_REQUESTS = 0.22
_WITH_TAG, _WITH_A_CLASS = 0.9, 0.4
_WITH_CLASSES = frozenset({"classroom", "ict-suite", "hall", "library"})


def draw(dice: Random, house: House) -> tuple[str, Told]:
    """Its type, and what is told; the more often the school's equipment breaks, the more of that."""
    kind = "request" if dice.random() < _OF_REQUESTS else "incident"
    among = REQUESTS if kind == "request" else FAULTS
    weights = [one.weight * _usual_is_one(one, house.assets) for one in among]
    return kind, dice.choices(among, weights)[0]


def _usual_is_one(told: Told, assets: Mapping[str, tuple[tuple[str, float], ...]]) -> float:
    rows = assets.get(told.asset or "", ())
    return sum(weight for _, weight in rows) / len(rows) if rows else 1.0


def sheet(kind: str, told: Told, dice: Random, house: House) -> dict[str, Any]:
    """As a reporter hands it in; not every question is answered."""
    return {
        **_equipment(told, dice, house),
        **_service(kind, told, house),
        **_lessons(kind, told, dice),
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


def outage_sheet(dice: Random, house: House) -> dict[str, Any]:
    """What each of forty schools wrote on that morning."""
    return {
        **sheet("incident", OUTAGE, dice, House(services=house.services)),
        "class_stopped": True,
        "lessons_affected": dice.randint(2, 3),
        "pupils_affected": min(house.pupils, dice.randrange(30, 200, 10)),
    }


def _equipment(told: Told, dice: Random, house: House) -> dict[str, Any]:
    rows = house.assets.get(told.asset or "", ())
    if not rows or dice.random() > _WITH_TAG:
        return {}
    return {"asset": dice.choices(rows, [weight for _, weight in rows])[0][0]}


def _service(kind: str, told: Told, house: House) -> dict[str, Any]:
    """What is down, where it is one of the school's services."""
    key = house.services.get(told.service or "") if kind == "incident" else None
    return {"service": key} if key else {}


def _lessons(kind: str, told: Told, dice: Random) -> dict[str, Any]:
    """Where a class stood still, and for how many."""
    is_urgent = kind == "incident" and told.urgency < 3 and told.room in _WITH_CLASSES
    if not is_urgent or dice.random() > _WITH_A_CLASS:
        return {}
    lessons, pupils = dice.choice((1, 1, 1, 2)), dice.randint(18, 31)
    return {"class_stopped": True, "lessons_affected": lessons, "pupils_affected": pupils}
