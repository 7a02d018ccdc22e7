"""Two versions of a text, word by word: what both have, what one lacks, what the other adds."""

from __future__ import annotations

import re
from collections.abc import Sequence
from difflib import SequenceMatcher
from enum import StrEnum
from itertools import groupby

# Comparing takes time that grows with the product of both lengths; between two longer stretches
# the whole of one is given, then the whole of the other.
_MOST_WORDS = 400
_WORDS = re.compile(r"\s+|\w+|[^\w\s]")


class Mark(StrEnum):
    SAME = "same"
    REMOVED = "removed"
    ADDED = "added"


Piece = tuple[Mark, str]


def differences(before: str, after: str) -> list[Piece]:
    """The pieces in order: those that are not removed make `after`, those not added `before`."""
    old, new = _WORDS.findall(before), _WORDS.findall(after)
    head = _alike(old, new)
    tail = _alike(old[head:][::-1], new[head:][::-1])
    old_end, new_end = len(old) - tail, len(new) - tail
    pieces = [
        (Mark.SAME, "".join(old[:head])),
        *_between(old[head:old_end], new[head:new_end]),
        (Mark.SAME, "".join(old[old_end:])),
    ]
    return _joined([piece for piece in pieces if piece[1]])


def _alike(old: Sequence[str], new: Sequence[str]) -> int:
    """How many words both begin with."""
    pairs = zip(old, new, strict=False)
    return next((place for place, (a, b) in enumerate(pairs) if a != b), min(len(old), len(new)))


def _between(old: Sequence[str], new: Sequence[str]) -> list[Piece]:
    if max(len(old), len(new)) > _MOST_WORDS:
        return [(Mark.REMOVED, "".join(old)), (Mark.ADDED, "".join(new))]
    pieces: list[Piece] = []
    for what, a, b, c, d in SequenceMatcher(_is_blank, old, new, autojunk=False).get_opcodes():
        if what == "equal":
            pieces.append((Mark.SAME, "".join(old[a:b])))
        else:
            pieces += [(Mark.REMOVED, "".join(old[a:b])), (Mark.ADDED, "".join(new[c:d]))]
    return pieces


def _is_blank(word: str) -> bool:
    """A blank that both texts have is no sign that they mean the same there."""
    return word.isspace()


def _joined(pieces: list[Piece]) -> list[Piece]:
    return [
        (mark, "".join(text for _, text in run))
        for mark, run in groupby((one for one in pieces if one[1]), key=lambda one: one[0])
    ]
