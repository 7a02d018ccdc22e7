"""Kinds and states of documents, what a support strategy covers, and how plain text is set out:
tables and pure functions. Source: domain.md 2.5, R4, R5, R98, R101, R106.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import NamedTuple

# fmt: off
KIND_WORDS = {"procedure": "Procedure", "strategy": "Technical support strategy"}
STATE_WORDS = {
    "proposed": "Waits for a decision", "authorised": "Authorised", "declined": "Declined",
}
STATE_COLOURS = {"proposed": "yellow", "authorised": "green", "declined": "grey"}
EVENT_WORDS = {
    "document.added":      "Written as {after}",
    "document.changed":    "Changed",
    "document.proposed":   "Version {after} proposed",
    "document.authorised": "Version {after} authorised; it holds from now on",
    "document.declined":   "Version {after} declined",
    "document.retired":    "No longer used",
    "document.used_again": "Used again",
}
DECISIONS = {"authorised": "Authorise it", "declined": "Decline it"}
# fmt: on


class Point(NamedTuple):
    """What a strategy should say (S3, R101), and what in the registers shows that it is done."""

    words: str
    register: str  # what is counted there
    endpoint: str  # where it stands, for whoever has the permission
    permission: str


# fmt: off
CHECKLIST: dict[str, Point] = {
    "roles":     Point("Who does what: service desk, ICT owner, technical support",
                       "people with a role of the desk", "people.index", "school.people"),
    "suppliers": Point("How suppliers are chosen, and who they are",
                       "suppliers", "suppliers.index", "supplier.view"),
    "new_needs": Point("How new requirements are asked for and decided",
                       "changes", "changes.index", "change.view"),
    "testing":   Point("How something new is tested before it is used",
                       "changes with a test plan", "changes.index", "change.view"),
    "upgrades":  Point("When equipment and software are renewed",
                       "implementations", "implementations.index", "progress.view"),
    "tracking":  Point("How licences and equipment are kept track of",
                       "assets and licences", "assets.index", "asset.view"),
    "services":  Point("Which services there are and how much each matters",
                       "services", "services.index", "service.view"),
    "review":    Point("When this strategy is looked at again",
                       "review dates", "", ""),
}
# fmt: on


class Block(NamedTuple):
    """A piece of a text: heading, subheading, list, numbers or paragraph, with its lines."""

    kind: str
    lines: list[str]


_MARKS = (
    ("subheading", re.compile(r"##+ +(.+)")),
    ("heading", re.compile(r"# +(.+)")),
    ("list", re.compile(r"[-*•] +(.+)")),
    ("numbers", re.compile(r"[0-9]{1,3}[.)] +(.+)")),
)
# Lines of these that follow each other belong together.
_JOINED = frozenset({"list", "numbers", "paragraph"})


def blocks(text: str) -> list[Block]:
    """A text as it is drawn. A line that begins with # is a heading, with ## a lesser one, with -
    an entry of a list, with 1. a step; anything else is a paragraph, whose breaks are kept."""
    found: list[Block] = []
    is_new = True
    for kind, line in _lines(text):
        if not kind:
            is_new = True
        elif not is_new and kind in _JOINED and found[-1].kind == kind:
            found[-1].lines.append(line)
        else:
            found.append(Block(kind, [line]))
            is_new = False
    return found


def _lines(text: str) -> Iterator[tuple[str, str]]:
    for line in (one.strip() for one in text.splitlines()):
        if not line:
            yield "", ""
            continue
        for kind, mark in _MARKS:
            if marked := mark.fullmatch(line):
                yield kind, marked[1]
                break
        else:
            yield "paragraph", line
