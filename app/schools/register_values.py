"""How one cell of the register is read. Each function answers the value, None, or BadValue."""

from __future__ import annotations

import re
import unicodedata
from datetime import date
from enum import StrEnum
from typing import TypeVar

from app.schools.rules import UNKNOWN_DATE, Phase

T = TypeVar("T")


class BadValue(ValueError):
    """A sentence that says what is wrong with this cell."""


class RegisterStatus(StrEnum):
    OPEN = "Open"
    CLOSED = "Closed"
    CLOSING = "Open, but proposed to close"
    PROPOSED = "Proposed to open"

    @property
    def is_open(self) -> bool:
        return self in (RegisterStatus.OPEN, RegisterStatus.CLOSING)


# The register's code numbers; files write 2, "2" or "02".
_STATUSES = {
    1: RegisterStatus.OPEN,
    2: RegisterStatus.CLOSED,
    3: RegisterStatus.CLOSING,
    4: RegisterStatus.PROPOSED,
}
_PHASES = dict(enumerate(Phase))
_GROUPS = {
    1: "Colleges",
    2: "Universities",
    3: "Independent schools",
    4: "Local authority maintained schools",
    5: "Special schools",
    6: "Welsh schools",
    9: "Other types",
    10: "Academies",
    11: "Free Schools",
    13: "Online provider",
}
_OLD_GROUPS = {"la maintained schools": _GROUPS[4]}
_DAY_FIRST = re.compile(r"([0-9]{2})[-/]([0-9]{2})[-/]([0-9]{4})")
_LONGEST = 200
_WEBSITE = re.compile(r"(https?://)?[a-z0-9-]+(\.[a-z0-9-]+)+(:\d+)?(/[^\s<>\"]*)?", re.IGNORECASE)


def text(raw: str) -> str | None:
    """One line of words. Runs of any white space, no-break spaces too, become one space."""
    if len(raw) > _LONGEST * 2:
        raise BadValue(f"This is longer than {_LONGEST} characters.")
    words = " ".join(unicodedata.normalize("NFC", raw).split())
    if "\ufffd" in words:
        raise BadValue("This holds bytes that are neither UTF-8 nor Windows-1252.")
    if any(unicodedata.category(character)[0] == "C" for character in words):
        raise BadValue("This holds characters that cannot be printed.")
    if len(words) > _LONGEST:
        raise BadValue(f"This is longer than {_LONGEST} characters.")
    return words or None


def urn(raw: str) -> int:
    if not re.fullmatch(r"[1-9][0-9]{5}", raw.strip()):
        raise BadValue(f"{_quoted(raw)} is not a URN: a URN has six digits.")
    return int(raw)


def optional_urn(raw: str) -> int | None:
    return urn(raw) if raw.strip() else None


def la_code(raw: str) -> int:
    if not re.fullmatch(r"[0-9]{1,3}", raw.strip()):
        raise BadValue(f"{_quoted(raw)} is not an LA code: it has up to three digits, as in 881.")
    return int(raw)


def number(raw: str) -> int | None:
    if not raw.strip():
        return None
    if not re.fullmatch(r"[0-9]{1,8}", raw.strip()):
        raise BadValue(f"{_quoted(raw)} is not a whole number.")
    return int(raw)


def day(raw: str) -> date | None:
    """Blank and the register's placeholder 01-01-1900 are both "not known"."""
    if not raw.strip():
        return None
    try:
        found = date.fromisoformat(_DAY_FIRST.sub(r"\3-\2-\1", raw.strip()))
    except ValueError:
        raise BadValue(f"{_quoted(raw)} is not a date: write it as in 31-08-2024.") from None
    return None if found == UNKNOWN_DATE else found


def status(raw: str) -> RegisterStatus:
    found = _of(raw, _STATUSES, {each.value.lower(): each for each in RegisterStatus})
    if found is None:
        raise BadValue(f"{_quoted(raw)} is not a status: it is Open, Closed or Proposed to open.")
    return found


def phase(raw: str) -> Phase | None:
    """Older files write "All through"."""
    if not raw.strip():
        return None
    found = _of(
        raw.replace("-", " "),
        _PHASES,
        {each.value.lower().replace("-", " "): each for each in Phase},
    )
    if found is None:
        raise BadValue(f"{_quoted(raw)} is not a phase of education, such as Primary.")
    return found


def group(raw: str) -> str | None:
    """Kept as written, so that a group the register adds next year does not stop an import."""
    return _of(raw, _GROUPS, _OLD_GROUPS) or text(raw)


def postcode(raw: str) -> str | None:
    found = (text(raw) or "").upper()
    if not re.fullmatch(r"[A-Z0-9 ]{0,10}", found):
        raise BadValue(f"{_quoted(raw)} is not a postcode.")
    return found or None


def website(raw: str) -> str | None:
    """Schools write all sorts of things here; what is no address must not lose the school."""
    found = raw.strip()
    if len(found) > _LONGEST or not _WEBSITE.fullmatch(found):
        return None
    return found if "://" in found else f"https://{found}"


def _of(raw: str, by_code: dict[int, T], by_name: dict[str, T]) -> T | None:
    key = " ".join(raw[:_LONGEST].split()).lower()
    if re.fullmatch(r"[0-9]{1,3}", key):
        return by_code.get(int(key))
    return by_name.get(key)


def _quoted(raw: str) -> str:
    shown = "".join(c if c.isprintable() else "\ufffd" for c in raw.strip()[:41])
    return f"“{shown[:40]}…”" if len(shown) > 40 else f"“{shown}”"
