"""What articles are called, and how typed words become a search: tables and pure functions."""

from __future__ import annotations

import re

# fmt: off
KIND_WORDS = {
    "resolution":  "How to put it right",
    "workaround":  "Another way meanwhile",
    "known_error": "Known error",
    "how_to":      "How to do it",
}
STATE_WORDS = {"draft": "Draft", "published": "Published", "retired": "Retired"}
AUDIENCE_WORDS = {"everyone": "Everybody at the school", "desk": "The desk only"}
OFFER_WORDS = {
    "none":      "Not offered to other schools",
    "offered":   "Offered to the LA; waits for review",
    "published": "Published by the LA for every school",
    "declined":  "The LA did not publish it",
}
HOW_WORDS = {"solved": "Solved an incident", "helped": "Helped before anything was reported"}
# What may follow what.
MAY_FOLLOW = {
    "draft":     frozenset({"published", "retired"}),
    "published": frozenset({"draft", "retired"}),
    "retired":   frozenset({"draft", "published"}),
}
# Said of nearly everything that is reported: as search words they would find nearly everything.
COMMON = frozenset("""
    work works working worked broken break fault faulty problem problems issue issues error help
    please need needs cannot cant wont doesnt does not will want get got use using used again
    since today yesterday morning keep keeps says said when every still anything something nothing
""".split())  # noqa: SIM905 (sixty words read better as text)
# fmt: on

MOST_WORDS, LONGEST_WORD = 12, 40
# A school's code has three to five letters, so nothing of a school is ever called this.
LA_CODE = "LA"
_WORD = re.compile(r"[^\W_]+")
_REFERENCE = re.compile(r"\s*([A-Za-z]{2,5})\s*-?\s*[Kk]\s*([1-9][0-9]{0,8})\s*")


def reference(code: str, number: int) -> str:
    """What people say aloud: HAM-K3."""
    return f"{code}-K{number}"


def named(text: str) -> tuple[str, int] | None:
    """(code, number) of `HAM-K3` as somebody typed it."""
    found = _REFERENCE.fullmatch(text)
    return (found[1].upper(), int(found[2])) if found else None


def search_words(text: str | None, *, with_common: bool = False) -> list[str]:
    """The words worth looking for, in order, each once; apostrophes do not split a word."""
    plain = (text or "").replace("’", "").replace("'", "").lower()
    found = dict.fromkeys(
        word[:LONGEST_WORD]
        for word in _WORD.findall(plain)
        if len(word) > 1 and (with_common or word not in COMMON)
    )
    return list(found)[:MOST_WORDS]


def as_query(words: list[str], *, every: bool = False) -> str:
    """For `to_tsquery`: letters and digits only, so nothing in them is an operator. Each word may
    be the beginning of one: the last is still being typed."""
    return (" & " if every else " | ").join(f"{word}:*" for word in words)
