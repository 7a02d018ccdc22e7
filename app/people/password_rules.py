"""Which passwords are taken (NCSC: length and a deny list; no composition rules, no expiry).

Nothing here knows who asks: the words that are too near to somebody are passed in.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Collection
from functools import cache

from marshmallow import ValidationError

from app.errors import Wrong, wrong
from app.people.passwords import same
from app.shapes import check_characters

SHORTEST, LONGEST = 12, 128
TOO_EASY = "Choose a password that is harder to guess"
_GOOD_SCORE = 3  # of zxcvbn's 4: more than 10^8 guesses
# What zxcvbn looks at: its time grows with every character that could stand for two letters.
_LOOKED_AT = 32
# Fewer letters than this beside the well-known words are no password.
_OWN_LETTERS = 5

# What people at schools reach for first, alone or beside a name and a year.
_NEAR_TO_EVERYBODY = (
    "deskbell", "password", "passwort", "welcome", "letmein", "school", "primary", "secondary",
    "academy", "college", "infant", "junior", "nursery", "teacher", "admin", "administrator",
    "office", "summer", "autumn", "winter", "spring", "england", "changeme", "qwerty",
)  # fmt: skip
_LOOK_ALIKE = str.maketrans("0134578@$!|", "oieastbasll")


def check_new_password(password: str, near: Collection[str], field: str = "password") -> None:
    """Raises Wrong. `near`: names, addresses and schools that belong to the person.

    Counted are code points of the composed form (NFC), which is what is hashed: an é is one.
    """
    try:
        check_characters(password)
    except ValidationError as broken:
        raise Wrong({field: [str(one) for one in broken.messages]}) from None
    length = len(same(password))
    if length < SHORTEST:
        raise wrong(field, f"Password must be {SHORTEST} characters or more")
    if length > LONGEST:
        raise wrong(field, f"Password must be {LONGEST} characters or fewer")
    if is_easy(same(password), near):
        raise wrong(field, TOO_EASY)


def is_easy(password: str, near: Collection[str]) -> bool:
    """Whether it is common, made of what belongs to the person, or guessed by a program."""
    words = {word for text in near for word in _words(text)} | set(_NEAR_TO_EVERYBODY)
    return (
        _is_common(password)
        or _is_made_of(password, words)
        or _score(password, words) < _GOOD_SCORE
    )


def _is_made_of(password: str, words: Collection[str]) -> bool:
    """`St-Marys-Primary-2026!` says nothing that is not on the gate."""
    return any(
        _is_little_more_than(_folded(text), words)
        for text in (password, password.translate(_LOOK_ALIKE))
    )


def _is_little_more_than(text: str, words: Collection[str]) -> bool:
    left = text
    for word in sorted(words, key=len, reverse=True):
        left = left.replace(word, " ")
    return left != text and len(re.sub("[^a-z]", "", left)) < _OWN_LETTERS


def _is_common(password: str) -> bool:
    """As it stands, and without the digits and signs that people put round a common one."""
    plain = password.casefold()
    core = re.sub(r"^[\W\d_]+|[\W\d_]+$", "", plain)
    return bool(
        {plain, core, core.translate(_LOOK_ALIKE), plain.translate(_LOOK_ALIKE)} & _common()
    )


def _score(password: str, words: Collection[str]) -> int:
    # Its word lists take a tenth of a second to read, which most processes never need.
    from zxcvbn import zxcvbn  # type: ignore[import-untyped]

    found: int = zxcvbn(password[:_LOOKED_AT], user_inputs=sorted(words))["score"]
    return found


@cache
def _common() -> frozenset[str]:
    from zxcvbn.frequency_lists import FREQUENCY_LISTS  # type: ignore[import-untyped]

    return frozenset(FREQUENCY_LISTS["passwords"])


def _words(text: str) -> set[str]:
    """The words of a name or an address, each alone and those beside each other as one."""
    parts = [part for part in re.split("[^a-z0-9]+", _folded(text)) if part]
    runs = {
        "".join(parts[start:end])
        for start in range(len(parts))
        for end in range(start + 1, min(len(parts), start + 4) + 1)
    }
    return {run for run in runs if len(run) >= 3}


def _folded(text: str) -> str:
    """Small letters without accents and apostrophes: `St Mary’s` as `st marys`."""
    plain = unicodedata.normalize("NFKD", text.casefold())
    return "".join(c for c in plain if not unicodedata.combining(c) and c not in "'’")
