"""What a text may give away before it leaves its school: names, rooms, addresses, numbers.

Pure, and on the careful side: it only points, and a person decides. What it cannot know is a name
that nobody told it, so whoever offers or reviews a text still reads it.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from typing import NamedTuple

# fmt: off
KIND_WORDS = {
    "name":   "a name",
    "room":   "a room",
    "school": "the school",
    "email":  "an e-mail address",
    "url":    "an address of the school",
    "ip":     "a network address",
    "phone":  "a telephone number",
    "serial": "a serial number or key",
}
# fmt: on
# Words of a name that name nobody.
_TITLES = frozenset({"mr", "mrs", "ms", "miss", "mx", "dr", "sir", "rev", "the", "and", "of"})
# Names of rooms that every school has tell nothing.
_LEAST_NAME, _MOST_NAMES = 3, 5000

# Each begins only where a word does and repeats a bounded number of times: the texts come from
# strangers, and none may take long to look through.
_EMAIL = re.compile(r"(?<![\w.+-])[\w.+-]{1,64}+@[\w-]{1,63}(?:\.[\w-]{1,63}){1,9}")
_IPV4 = re.compile(r"(?<![\d.])(?:\d{1,3}\.){3}\d{1,3}(?:/\d{1,2})?(?![\d.]*\d)")
_IPV6 = re.compile(r"(?<![\w:])(?:[0-9A-Fa-f]{1,4}:){3,7}[0-9A-Fa-f]{1,4}(?![\w:])")
_IPV6_SHORT = re.compile(r"(?<![\w:])(?:[0-9A-Fa-f]{1,4}:){1,6}(?::[0-9A-Fa-f]{1,4}){1,6}(?![\w:])")
_MAC = re.compile(r"(?<![\w:-])(?:[0-9A-Fa-f]{2}[:-]){5}[0-9A-Fa-f]{2}(?![\w:-])")
# British numbers with or without a country code, written with blanks, dashes or brackets.
_PHONE = re.compile(r"(?<![\w+])(?:\+44\s?(?:\(0\)\s?)?|\(?0)(?:[\s()-]?\d){8,10}(?![\w])")
_EXTENSION = re.compile(r"\b(?:ext\.?|extension)\s?\d{2,6}\b", re.I)
_URL = re.compile(r"(?<!\w)(?:https?://|www\.)[^\s<>\"']{1,2000}", re.I)
_DOMAIN = re.compile(r"(?<![\w.-])(?:[a-z0-9-]{1,63}\.){1,9}(?:sch|ac|gov)\.uk\b", re.I)
# Letters and digits mixed, as on the label of a machine or in a licence key.
_SERIAL = re.compile(
    r"(?<![\w-])(?=[A-Z-]{0,40}\d)(?=[\d-]{0,40}[A-Z])[A-Z0-9]{2,40}(?:-?[A-Z0-9]){6,80}"
)
_DIGITS = re.compile(r"(?<![\w.,-])\d{7,40}+(?![.,-]?\w)")


class Finding(NamedTuple):
    start: int
    end: int
    kind: str


class Known(NamedTuple):
    """What the school knows to be its own."""

    names: Sequence[str] = ()
    rooms: Sequence[str] = ()
    school: Sequence[str] = ()  # its name, code and slug


def findings(text: str, known: Known) -> list[Finding]:
    """In order, without overlaps: of two that begin together the longer one counts."""
    found = [
        *_by_pattern(text),
        *_by_word(text, "name", _parts_of_names(known.names), is_exact=True),
        *_by_word(text, "name", [one for one in known.names if " " in one.strip()]),
        *_by_word(text, "room", known.rooms),
        *_by_word(text, "school", known.school),
        *_addresses_with(text, known.school),
    ]
    return _apart(found)


def pieces(text: str, found: Iterable[Finding]) -> list[tuple[str, str]]:
    """(kind or "", text) in order; together they are the text."""
    parts, place = [], 0
    for one in found:
        parts += [("", text[place : one.start]), (one.kind, text[one.start : one.end])]
        place = one.end
    return [part for part in (*parts, ("", text[place:])) if part[1]]


def _by_pattern(text: str) -> list[Finding]:
    found = []
    for kind, pattern in (
        ("email", _EMAIL),
        ("ip", _IPV4),
        ("ip", _IPV6),
        ("ip", _IPV6_SHORT),
        ("ip", _MAC),
        ("phone", _PHONE),
        ("phone", _EXTENSION),
        ("url", _DOMAIN),
        ("serial", _SERIAL),
        ("serial", _DIGITS),
    ):
        found += [Finding(*match.span(), kind) for match in pattern.finditer(text)]
    return found


def _addresses_with(text: str, school: Sequence[str]) -> list[Finding]:
    """Links are often the cure; one that carries the school's name gives it away."""
    words = [one.lower() for one in school if len(one) >= _LEAST_NAME]
    return [
        Finding(*match.span(), "url")
        for match in _URL.finditer(text)
        if any(word in match[0].lower() for word in words)
    ]


def _parts_of_names(names: Iterable[str]) -> list[str]:
    """First and last names alone, with their capital: `Rose` is a name, `rose` may be none."""
    parts = {
        part
        for name in names
        for part in re.findall(r"[^\W\d_][\w’'-]*", name)
        if len(part) >= _LEAST_NAME and part.lower() not in _TITLES and part[0].isupper()
    }
    return sorted(parts)


def _by_word(
    text: str, kind: str, words: Iterable[str], *, is_exact: bool = False
) -> list[Finding]:
    """Whole words only. Straight and curly apostrophes are the same."""
    wanted = sorted({one.strip() for one in words if len(one.strip()) >= _LEAST_NAME}, key=len)
    if not wanted:
        return []
    any_of = "|".join(_as_pattern(one) for one in reversed(wanted[:_MOST_NAMES]))
    pattern = re.compile(rf"(?<!\w)(?:{any_of})(?!\w)", 0 if is_exact else re.I)
    return [Finding(*match.span(), kind) for match in pattern.finditer(text)]


def _as_pattern(words: str) -> str:
    escaped = re.escape(words).replace(r"\ ", r"\s+")
    return re.sub("[’']", "[’']", escaped)


def _apart(found: Iterable[Finding]) -> list[Finding]:
    kept: list[Finding] = []
    for one in sorted(found, key=lambda each: (each.start, -each.end)):
        if not kept or one.start >= kept[-1].end:
            kept.append(one)
        elif one.end > kept[-1].end:
            # Two that overlap are one stretch to look at.
            kept[-1] = Finding(kept[-1].start, one.end, kept[-1].kind)
    return kept
