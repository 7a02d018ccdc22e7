"""Where a table begins, and which of its columns means what. Pure."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence

from app.imports.values import folded

_NOT_WORDS = re.compile(r"[^a-z0-9£]+")
_DIGITS = re.compile(r"[\d£.,/:\s-]+")


def heading(text: str) -> str:
    """A heading as it is compared: “Asset No.” and “asset no” are one."""
    return _NOT_WORDS.sub(" ", folded(text).replace("'", "")).strip()


def headings_row(rows: Sequence[Sequence[str]], known: Mapping[str, str]) -> int:
    """Which of the first rows has the headings: the most words that are known, else the most
    cells that are words. `known`: heading → field."""
    best, most = 0, -1.0
    for place, cells in enumerate(rows):
        weight = _weight(cells, known)
        if weight > most:
            best, most = place, weight
    return best


def _weight(cells: Sequence[str], known: Mapping[str, str]) -> float:
    found = {known[heading(one)] for one in cells if heading(one) in known}
    texts = [one for one in cells if one and not _DIGITS.fullmatch(one)]
    is_alone = len(texts) < 2
    # A title says a known word too; a table has more than one column.
    return 10 * len(found) * (0.1 if is_alone else 1) + min(len(set(texts)), 20) / 10


def mapping_of(
    headers: Sequence[str], known: Mapping[str, str], remembered: Mapping[str, str]
) -> dict[str, str]:
    """{number of the column, as text: field}; what the school chose before goes first, and no
    field is given twice. `remembered`: heading → field, "" for a column that is left out."""
    found: dict[str, str] = {}
    taken: set[str] = set()
    for source in (remembered, known):
        for place, text in enumerate(headers):
            said = heading(text)
            column = str(place + 1)
            if not said or said not in source or column in found:
                continue
            if source is known and said in remembered:
                continue
            field = source[said]
            if field and field not in taken:
                found[column] = field
                taken.add(field)
    return found
