"""Types, states and steps of equipment (domain.md 2.4), and the words it is found by. Pure."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Any

# fmt: off
TYPES: dict[str, str] = {  # FITS's first list, then what schools have today
    "desktop": "Desktop computer", "laptop": "Laptop", "file_server": "Server",
    "printer": "Printer", "router": "Router", "switch": "Hub or switch",
    "communications_link": "Communications link", "manual": "Manual",
    "tablet": "Tablet", "chromebook": "Chromebook",
    "interactive_display": "Interactive display", "projector": "Projector",
    "access_point": "Wi-Fi access point", "camera": "Camera", "phone": "Phone",
    "ups": "Battery backup (UPS)", "other": "Something else",
}
STATUS_WORDS: dict[str, str] = {
    "on_order": "On order", "in_stock": "In stock", "in_use": "In use",
    "in_repair": "In repair", "on_loan": "On loan", "lost_or_stolen": "Lost or stolen",
    "retired": "Retired", "disposed": "Disposed of",
}
COLOURS: dict[str, str] = {
    "on_order": "blue", "in_stock": "turquoise", "in_use": "green", "in_repair": "yellow",
    "on_loan": "purple", "lost_or_stolen": "red", "retired": "grey", "disposed": "grey",
}
# Domain.md 2.4; retiring is possible wherever the thing is at hand or gone for good, and what was
# lost and is found again goes back into stock.
MAY_FOLLOW: dict[str, tuple[str, ...]] = {
    "on_order":       ("in_stock", "lost_or_stolen"),
    "in_stock":       ("in_use", "lost_or_stolen", "retired"),
    "in_use":         ("in_repair", "on_loan", "lost_or_stolen", "retired"),
    "in_repair":      ("in_use", "lost_or_stolen", "retired"),
    "on_loan":        ("in_use", "lost_or_stolen"),
    "lost_or_stolen": ("in_stock", "retired"),
    "retired":        ("disposed", "lost_or_stolen"),
    "disposed":       (),
}
# How it may come into the register.
FIRST = ("in_stock", "in_use", "on_order", "in_repair")
# These wait for the ICT owner's word, and these say why.
CONFIRMED = ("retired", "disposed")
NEEDS_REASON = ("lost_or_stolen", "retired", "disposed")
# No longer equipment that anybody works with.
GONE = ("retired", "disposed")
# What the WEEE rules and data protection leave open, in words of an office.
DISPOSAL_METHODS: dict[str, str] = {
    "weee_recycler": "Collected by an approved recycler (WEEE)",
    "supplier_take_back": "Taken back by the supplier (WEEE)",
    "la_collection": "Collected by the local authority (WEEE)",
    "sold": "Sold, after its data was wiped",
    "donated": "Given away, after its data was wiped",
    "destroyed": "Destroyed, with a certificate",
    "returned": "Given back to the firm it was leased from",
}
DISPOSAL_NEEDS: dict[str, str] = {
    "disposed_on": "Enter the day it left the school.",
    "disposal_method": "Choose how it was disposed of.",
    "wipe_evidence": "Say how its data was wiped and where the proof is, or why it had none.",
}
FIELD_KINDS: dict[str, str] = {
    "text": "Words", "number": "A number", "date": "A date", "yes_no": "Yes or no",
    "choice": "One of a list",
}
# Words stand in addresses where a tag does: /assets/new is the page that adds one.
RESERVED = frozenset({
    "new", "loans", "fields", "models", "labels", "passing", "changes", "undo", "stock-takes",
})
TEXTS: dict[str, str] = {  # what people call the columns
    "tag": "Tag", "type": "Type", "make": "Make", "model": "Model", "serial": "Serial number",
    "location": "Room", "holder": "Who has it", "status": "Status",
    "purchase_date": "Bought on", "price": "Price", "funding": "Paid from",
    "supplier": "Supplier", "warranty_end": "Warranty ends", "contract": "Contract",
    "os_version": "System and version", "notes": "Notes", "own_fields": "Your own fields",
}
# fmt: on
LONGEST_TAG = 80
TAG = r"[A-Za-z0-9][A-Za-z0-9 ._#-]{0,79}"
_TAG = re.compile(TAG)
_MOST_WORDS, _LONGEST_WORD = 80, 40
_WORD = re.compile(r"[^\W_]+")


def tag_mistake(tag: str) -> str | None:
    """What is wrong with a tag, as a sentence."""
    if not _TAG.fullmatch(tag):
        return "Use letters, digits, blanks and . _ # - for a tag, a letter or digit first."
    if tag.lower() in RESERVED:
        return f"Choose another tag: “{tag}” is a word of this program."
    return None


def refusal(tag: str, status: str, wanted: str) -> str:
    """Why this status cannot follow, and what can."""
    said = f"{tag} is {STATUS_WORDS[status].lower()}"
    if status == wanted:
        return f"{said} already."
    following = [STATUS_WORDS[one].lower() for one in MAY_FOLLOW[status]]
    then = f" It can become: {', '.join(following)}." if following else " That is its end."
    return f"{said}; it cannot become {STATUS_WORDS[wanted].lower()}.{then}"


def words_in(text: str) -> list[str]:
    """Each word in lower case, in order."""
    return [word[:_LONGEST_WORD] for word in _WORD.findall(text.lower())]


def words_of(texts: Iterable[Any]) -> set[str]:
    """What something with these texts is found by: every word, and what is written with a hyphen
    or a dot as one word too, as a scanner or a hurried person gives it."""
    found: list[str] = []
    for text in texts:
        if text is None or isinstance(text, bool):
            continue
        said = str(text)
        found += words_in(said)
        found += ["".join(words_in(piece))[:_LONGEST_WORD] for piece in said.split()]
    return set([word for word in dict.fromkeys(found) if word][:_MOST_WORDS])
