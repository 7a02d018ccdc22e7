"""Sheets of labels in millimetres, tokens, and who may report without signing in. Pure.

The sheets are Avery's for laser printers, A4. Source: the maker's templates; top and side margins
are what is left of the paper when the labels are laid out.
"""

from __future__ import annotations

import base64
import re
import secrets
from collections.abc import Iterable, Sequence
from typing import NamedTuple, TypeVar

Thing = TypeVar("Thing")

A4_WIDTH, A4_HEIGHT = 210.0, 297.0


class Sheet(NamedTuple):
    key: str
    name: str
    columns: int
    rows: int
    width: float
    height: float
    top: float
    left: float
    across: float  # from one label's left edge to the next one's
    down: float

    @property
    def holds(self) -> int:
        return self.columns * self.rows


# fmt: off
_L7163, _L7162 = "Avery L7163: 14 labels, 99.1 × 38.1 mm", "Avery L7162: 16 labels, 99.1 × 33.9 mm"
SHEETS: dict[str, Sheet] = {one.key: one for one in (
    #     key      name    columns rows width height top   left  across down
    Sheet("l7163", _L7163, 2,      7,   99.1, 38.1, 15.15, 4.65, 101.6, 38.1),
    Sheet("l7162", _L7162, 2,      8,   99.1, 33.9, 12.9,  4.65, 101.6, 33.9),
)}
# fmt: on
MOST_ON_A_SHEET = max(one.holds for one in SHEETS.values())
# More than anybody peels off in one go; thirty sheets of paper.
MOST_AT_ONCE = 30 * min(one.holds for one in SHEETS.values())

# Ten bytes are 80 bits: sixteen characters, and still a small picture to print.
TOKEN_BYTES = 10
_TOKEN = re.compile(r"[a-z2-7]{16}")


def new_token() -> str:
    return base64.b32encode(secrets.token_bytes(TOKEN_BYTES)).decode().lower()


def looks_like_a_token(text: str) -> bool:
    return _TOKEN.fullmatch(text) is not None


def laid_out(things: Sequence[Thing], sheet: Sheet, start: int) -> list[list[Thing | None]]:
    """Sheet by sheet; None where a label has been peeled off already. `start` counts from 1."""
    cells: list[Thing | None] = [None] * (start - 1)
    cells += things
    return [cells[at : at + sheet.holds] for at in range(0, len(cells), sheet.holds)]


# Anybody can have an address at these: sharing one says nothing about a school.
_ANYBODYS = frozenset(
    {
        "aol.com",
        "btinternet.com",
        "gmail.com",
        "googlemail.com",
        "hotmail.co.uk",
        "hotmail.com",
        "icloud.com",
        "live.co.uk",
        "me.com",
        "msn.com",
        "outlook.com",
        "sky.com",
        "yahoo.co.uk",
        "yahoo.com",
    }
)


def shared_domain(emails: Iterable[str]) -> str | None:
    """The part after the @ that all of a school's people have, if they share one."""
    found = [email.rpartition("@")[2].lower() for email in emails]
    domains = set(found)
    if len(found) < 2 or len(domains) != 1:
        return None
    domain = domains.pop()
    return None if domain in _ANYBODYS else domain


def is_at(email: str, domain: str) -> bool:
    """At the domain itself or one inside it: year6.st-marys.example."""
    host = email.rpartition("@")[2].lower()
    return host == domain or host.endswith(f".{domain}")
