"""What the opener finds in a file, or why the file is not fit to be kept."""

from __future__ import annotations

from typing import NamedTuple

from app.files.rules import Refusal

# The harmless text that every virus scanner must find; backwards, so that none finds this file.
_EICAR = b"*H+H$!ELIF-TSET-SURIVITNA-DRADNATS-RACIE$}7)CC7)^P(45XZP\\4[PA@%P!O5X"[::-1]


class Unfit(Exception):
    def __init__(self, refusal: Refusal) -> None:
        super().__init__(refusal)
        self.refusal = refusal


class Found(NamedTuple):
    kind: str
    # Written anew by the opener; otherwise the file is kept as it came.
    is_rewritten: bool = False
    has_thumbnail: bool = False
    width: int | None = None
    height: int | None = None


def check_eicar(content: bytes) -> None:
    if _EICAR in content:
        raise Unfit(Refusal.VIRUS)
