"""Their words into ours: one value of one column. Pure.

A value is looked up in the table of the mapping, whole first, then the part that says most; what is
a word of ours already needs no table. What is neither is not guessed.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from typing import Any

from app.contracts.rules import HOLD_REASONS
from app.incidents.rules import TYPES, Status
from app.schools.categories import CATEGORY_WORDS

# Of a value that was put together from several columns.
JOINT = "/"
REST = "*"
UNKNOWN = object()
_DASHES = re.compile("[\u2010-\u2015\u2212]")
_DIGIT_FIRST = re.compile(r"p?([1-4])(?![0-9])")
_LINES = {
    "0": 0, "school_desk": 0, "desk": 0, "1": 1, "first_line": 1, "2": 2, "second_line": 2,
    "3": 3, "third_line": 3, "supplier": 3,
}  # fmt: skip
_REMEMBERED = 20_000


def alike(text: str) -> str:
    """Two values are the same where only case, blanks and kinds of dashes differ."""
    return " ".join(_DASHES.sub("-", text).casefold().split())


def _word(text: str) -> str:
    return alike(text).replace(" ", "_").replace("-", "_")


def status(text: str) -> str | None:
    """A state, or a reason to be on hold, which says the state too."""
    found = _word(text)
    return found if found in set(Status) or found in HOLD_REASONS else None


def hold_reason(text: str) -> str | None:
    found = _word(text)
    return found if found in HOLD_REASONS else None


def line(text: str) -> int | None:
    return _LINES.get(_word(text))


def priority(text: str) -> int | None:
    """P2, 2, or the digit in front of “2 - High”."""
    found = _DIGIT_FIRST.match(alike(text))
    return int(found[1]) if found else None


def one_to_three(text: str) -> int | None:
    found = priority(text)
    return found if found in (1, 2, 3) else None


def category(text: str) -> str | None:
    found = _word(text)
    return found if found in CATEGORY_WORDS else None


def kind(text: str) -> str | None:
    found = _word(text)
    return found if found in TYPES else None


READ: dict[str, Callable[[str], Any]] = {
    "status": status,
    "line": line,
    "priority": priority,
    "hold_reason": hold_reason,
    "impact": one_to_three,
    "urgency": one_to_three,
    "category": category,
    "type": kind,
}
OURS: dict[str, str] = {
    "status": ", ".join(Status) + ", or a reason to be on hold",
    "line": "0 (the school’s desk), 1, 2 or 3 (a supplier)",
    "priority": "P1, P2, P3 or P4",
    "hold_reason": ", ".join(HOLD_REASONS),
    "impact": "1, 2 or 3",
    "urgency": "1, 2 or 3",
    "category": ", ".join(CATEGORY_WORDS),
    "type": ", ".join(TYPES),
}


class Lookup:
    """One column's values. Asking again for the same text costs nothing."""

    def __init__(self, field: str, table: Mapping[str, Any], *, by_ending: bool = False) -> None:
        self._read = READ[field]
        self._table = table
        self._endings = _longest_first(table) if by_ending else []
        self._seen: dict[str, Any] = {}

    def __call__(self, text: str) -> Any:
        """Ours, or UNKNOWN."""
        if text not in self._seen:
            if len(self._seen) >= _REMEMBERED:
                self._seen.clear()
            self._seen[text] = self._find(text)
        return self._seen[text]

    def _find(self, text: str) -> Any:
        found = alike(text)
        for one in (found, *_parts(found)):
            if one in self._table:
                return self._table[one]
        for ours, ending in self._endings:
            if ending.search(found):
                return self._table[ours]
        own = self._read(text)
        return self._table.get(REST, UNKNOWN) if own is None else own


class PartLookup(Lookup):
    """For what the last part of a joint value says best: why it waits."""

    def _find(self, text: str) -> Any:
        for one in (text, *reversed(_parts(text))):
            found = super()._find(one)
            if found is not UNKNOWN:
                return found
        return UNKNOWN


def _parts(text: str) -> list[str]:
    """The first part of a joint value stands for all that are not named."""
    return [one.strip() for one in text.split(JOINT)] if JOINT in text else []


def _longest_first(table: Mapping[str, Any]) -> list[tuple[str, re.Pattern[str]]]:
    """How a value may end, a * standing for anything."""
    named = sorted((one for one in table if one != REST), key=len, reverse=True)
    return [(one, re.compile(".*".join(map(re.escape, one.split(REST))) + r"\Z")) for one in named]
