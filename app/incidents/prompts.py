"""What a good sheet tells: the questions that suit a kind of fault, how complete a sheet is, and
what it lets one expect of impact and urgency. Tables first; no clock, no database.

The point (N4): a technician who reads the answers need not come twice.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any, NamedTuple


class Prompt(NamedTuple):
    """A question, and words by which one sees that the sheet answers it already."""

    question: str
    answered_by: str


# fmt: off
PROMPTS: dict[str, tuple[Prompt, ...]] = {
    "print": (
        Prompt("Was there paper in it?",
               "paper"),
        Prompt("What does its little screen say?",
               "screen says, display says, light, message"),
        Prompt("Can somebody else print to it?",
               "somebody else, someone else, colleague, others can, nobody can, everybody"),
        Prompt("Is it one document, or every one?",
               "every document, all documents, other document, any document, only this"),
    ),
    "network": (
        Prompt("Does another device in the room get the network?",
               "another device, other device, other laptop, my phone, all devices, whole room"),
        Prompt("Is it Wi-Fi or a cable?",
               "wifi, wi-fi, wireless, cable"),
        Prompt("Is it every website, or one of them?",
               "every site, every website, all sites, all websites, only the site, one site, "
               "other sites, other websites"),
        Prompt("Does the room next door have it?",
               "next door, other room, another room, other rooms, whole school"),
    ),
    "display": (
        Prompt("Is there a light on it, and which colour?",
               "light, led, lamp"),
        Prompt("Does the computer’s own screen show the picture?",
               "own screen, laptop shows, computer shows, laptop screen, monitor shows"),
        Prompt("Which cable goes to it, and did you try another?",
               "cable, hdmi, vga, usb-c"),
        Prompt("Does it work with another laptop?",
               "another laptop, other laptop, another computer, other computer"),
    ),
    "hardware": (
        Prompt("Does it show any light when you press the power button?",
               "light, power button, switch on, turn on"),
        Prompt("Did you try another socket or charger?",
               "socket, charger, plug"),
        Prompt("Did you switch it off and on again?",
               "restart, reboot, off and on, switched off"),
        Prompt("What does the label on it say?",
               "label, tag, serial, asset"),
    ),
    "software": (
        Prompt("Which program is it?",
               "program, the app, an app, in word, excel, powerpoint, browser, chrome, edge, "
               "sims, arbor, bromcom, teams, outlook"),
        Prompt("What does the message say, word for word?",
               "message, error, says, “, \""),
        Prompt("Does it work on another computer?",
               "another computer, other computer, another laptop, other laptop, other device"),
        Prompt("Did you close it and open it again?",
               "restart, reopen, closed it, open it again, off and on"),
    ),
    "account": (
        Prompt("What exactly do you sign in to?",
               "windows, google, microsoft, office, e-mail, email, sims, arbor, wi-fi, wifi, "
               "laptop"),
        Prompt("What does it say when you try?",
               "says, message, error, incorrect, locked, expired"),
        Prompt("Did it work for somebody else on the same computer?",
               "somebody else, someone else, colleague, another user, other users"),
        Prompt("Did you change the password lately?",
               "password"),
    ),
    "telephony": (
        Prompt("Is there a dialling tone?",
               "tone, dead, silent"),
        Prompt("Which extension is it?",
               "extension, ext."),
        Prompt("Do other telephones work?",
               "other phone, other telephone, another phone, all phones, all telephones"),
    ),
    "safeguarding_filtering": (
        Prompt("Which address was open, or blocked?",
               "http, www, .com, .uk, site, address"),
        Prompt("On which device, and signed in as what kind of user?",
               "laptop, ipad, chromebook, pupil, staff, device"),
        Prompt("When was it?",
               "today, yesterday, o’clock, o'clock, lesson, morning, afternoon"),
    ),
    "other": (
        Prompt("What is it called, and what does it look like?",
               "called, named, label"),
        Prompt("Does it happen to somebody else too?",
               "somebody else, someone else, colleague, everybody, nobody"),
        Prompt("Did you try it again later?",
               "again, still, later"),
    ),
}
# A kind that nobody has chosen is told by its words; the first that fits.
_KINDS: tuple[tuple[str, str], ...] = (
    ("safeguarding_filtering",
     "safeguarding, web filter, filtering, blocked site, inappropriate"),
    ("print",
     "print, copier, toner, scanner, photocop"),
    ("display",
     "projector, whiteboard, smartboard, interactive board, touchscreen, the board, visualiser"),
    ("telephony",
     "telephone, phone line, handset, dialling"),
    ("account",
     "password, log in, login, log on, sign in, locked out, account"),
    ("network",
     "wi-fi, wifi, internet, network, offline, no connection, website"),
    ("software",
     "program, software, update, install, excel, powerpoint, browser, the app, an app"),
    ("hardware",
     "laptop, computer, ipad, tablet, chromebook, keyboard, mouse, battery, charger"),
)
_WHOLE_SCHOOL = (
    "whole school, entire school, all classrooms, all classes, every classroom, every room, "
    "all rooms, all of the school, nobody in school, no one in school, everyone in school, "
    "everybody in school, school-wide, schoolwide"
)
# field, weight, at least so many words for all of it, what is said when it is missing or too short.
_INCIDENT: tuple[tuple[str, int, int, str], ...] = (
    ("title",       10, 2, "A title of a few words"),
    ("location",    10, 1, "Where it is"),
    ("expected",    15, 3, "What you expected to happen"),
    ("happened",    25, 5, "What happened, in a sentence or two"),
    ("checked",     15, 2, "What you have checked already"),
    ("reproducible", 5, 1, "Whether it happens again when you try"),
    ("last_worked",  5, 1, "When it last worked"),
    ("seen_before",  5, 1, "Whether it has happened before"),
    ("meeting",     10, 1, "When somebody can meet you, or how to reach you"),
)
_REQUEST: tuple[tuple[str, int, int, str], ...] = (
    ("title",       25, 2, "What you would like, in a few words"),
    ("expected",    45, 5, "What it is for, who will use it and by when"),
    ("location",    15, 1, "Where it is for"),
    ("meeting",     15, 1, "When somebody can meet you, or how to reach you"),
)
# fmt: on
_TOLD = ("title", "expected", "happened", "checked", "anything_else", "error_text", "last_worked")
_MEETING = ("available_when", "contact_detail", "meet_periods")


class Completeness(NamedTuple):
    score: int
    missing: tuple[str, ...]


class Level(NamedTuple):
    """What the sheet suggests; the desk decides. `why` is a sentence for its check."""

    impact: int | None
    urgency: int | None
    why: str


def completeness(sheet: Mapping[str, Any]) -> Completeness:
    """0 to 100: how much of what helps is there. An answer that is too short counts half."""
    table = _REQUEST if sheet.get("type") == "request" else _INCIDENT
    score = 0.0
    missing: list[str] = []
    for name, weight, enough, said in table:
        words = _words(_answer(sheet, name))
        score += weight if words >= enough else weight / 2 if words else 0
        if words < enough:
            missing.append(said)
    return Completeness(round(score), tuple(missing))


def kind_of(sheet: Mapping[str, Any]) -> str | None:
    """The category, or what the words sound like; None where they say nothing."""
    if sheet.get("category") in PROMPTS:
        return str(sheet["category"])
    told = _told(sheet)
    for kind, words in _KINDS:
        if _speaks_of(told, words):
            return kind
    return None


def prompts_for(sheet: Mapping[str, Any]) -> list[str]:
    """The questions of its kind that the sheet does not answer yet."""
    kind = kind_of(sheet)
    if kind is None or sheet.get("type") == "request":
        return []
    told = _told(sheet)
    return [one.question for one in PROMPTS[kind] if not _speaks_of(told, one.answered_by)]


def suggested_level(sheet: Mapping[str, Any]) -> Level | None:
    """Whole school: impact 1. A class that is stopped: several people, and it cannot wait."""
    told = _told(sheet)
    is_whole = _speaks_of(told, _WHOLE_SCHOOL)
    is_stopped = bool(sheet.get("class_stopped"))
    if not (is_whole or is_stopped):
        return None
    reasons = ["it speaks of the whole school"] if is_whole else []
    reasons += ["a class is stopped"] if is_stopped else []
    said = " and ".join(reasons)
    return Level(1 if is_whole else 2, 1 if is_stopped else None, said[0].upper() + said[1:] + ".")


def _answer(sheet: Mapping[str, Any], name: str) -> Any:
    if name != "meeting":
        return sheet.get(name)
    return next((sheet[one] for one in _MEETING if sheet.get(one)), None)


def _words(answer: Any) -> int:
    if not isinstance(answer, str):
        return 1 if answer else 0
    return len(re.findall(r"\w+", answer))


def _speaks_of(told: str, words: str) -> bool:
    """Whether one of them stands there as the beginning of a word."""
    return any(re.search(rf"(?<!\w){re.escape(word)}", told) for word in words.split(", "))


def _told(sheet: Mapping[str, Any]) -> str:
    return " ".join(str(sheet.get(name) or "") for name in _TOLD).lower()
