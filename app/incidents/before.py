"""What is said back while a sheet is written [D04, N4, S16]: before it is sent, not after.

An outage that explains it, the same thing reported already, what the room had lately, articles that
may help, the questions that its kind leaves open, and how complete it is.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, NamedTuple

from app.announcements.queries import Current, current
from app.assets.queries import tags_in_room
from app.incidents import prompts
from app.incidents.same_place import SamePlace, same_asset, same_place
from app.knowledge.queries import Known, suggest
from app.people.identity import Me

_KINDS_THAT_EXPLAIN = ("outage", "planned")
_SEARCHED = ("title", "happened", "error_text")


class Before(NamedTuple):
    kind: str | None
    completeness: prompts.Completeness
    prompts: list[str]
    level: prompts.Level | None
    place: SamePlace
    asset: SamePlace  # what the equipment that it names had
    kit: list[tuple[str, str]]  # what stands in the room: (tag, what it is)
    known: list[Known]
    announced: list[Current]
    is_begun: bool


def before(person: Me, sheet: Mapping[str, Any], *, with_known: bool = True) -> Before:
    """At most five statements: the room and what stands in it, the equipment, the articles, and
    what is announced when that is old."""
    kind = prompts.kind_of(sheet)
    is_for_desk = person.may("desk.view")
    room = _key(sheet.get("location"))
    told = " ".join(str(sheet.get(name) or "") for name in _SEARCHED)
    known = suggest(told, kind, for_desk=is_for_desk) if with_known else []
    return Before(
        kind=kind,
        completeness=prompts.completeness(sheet),
        prompts=prompts.prompts_for(sheet),
        level=prompts.suggested_level(sheet),
        place=same_place(person, room),
        asset=same_asset(person, _key(sheet.get("asset"))),
        kit=tags_in_room(room),
        known=known,
        announced=[
            one
            for one in current(for_desk=is_for_desk, category=kind)
            if one.kind in _KINDS_THAT_EXPLAIN
        ],
        is_begun=any(sheet.get(name) for name in ("title", "happened", "expected")),
    )


def _key(value: Any) -> str | None:
    """A room's key as far as it can be one; what cannot is no room, not a mistake."""
    is_key = isinstance(value, str) and 0 < len(value) <= 100 and value.isascii()
    return value if is_key and value.isprintable() else None
