"""Days of the diary as a calendar program reads them (RFC 5545, and 7986 for the refreshing).

Titles only: who comes, who has borrowed something and what it costs stays in the diary.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

from app.clock import LONDON
from app.diary.items import Item
from app.diary.rules import KIND_WORDS

if TYPE_CHECKING:
    from icalendar import Event

_AGAIN = timedelta(hours=6)
# Of an entry with a time nobody has said how long it takes.
_USUAL_LENGTH = timedelta(minutes=30)
_PRODUCT = "-//Deskbell//Diary//EN"


def calendar_text(name: str, items: Iterable[Item], *, slug: str, page: str) -> bytes:
    """`page`: the address of the diary, for people. The same items make the same text."""
    from icalendar import Calendar

    found = Calendar()
    found.add("prodid", _PRODUCT)
    found.add("version", "2.0")
    found.add("calscale", "GREGORIAN")
    found.add("method", "PUBLISH")
    for key in ("name", "x-wr-calname"):
        found.add(key, name)
    found.add("x-wr-timezone", "Europe/London")
    for key in ("refresh-interval", "x-published-ttl"):
        found.add(key, _AGAIN, parameters={"VALUE": "DURATION"} if key.startswith("r") else {})
    for item in items:
        if item.status != "cancelled" and not item.is_confidential:
            found.add_component(_event(item, slug, page))
    text: bytes = found.to_ical()
    return text


def _event(item: Item, slug: str, page: str) -> Event:
    from icalendar import Event

    event = Event()
    event.add("uid", f"{item.source}-{item.key}-{item.marked_on:%Y%m%d}@{slug}.deskbell")
    event.add("dtstamp", item.changed_at.astimezone(UTC).replace(microsecond=0))
    event.add("summary", f"Done: {item.title}" if item.status == "done" else item.title)
    event.add("categories", [KIND_WORDS.get(item.kind, item.kind)])
    event.add("url", page)
    if item.at is None:
        event.add("dtstart", item.on)
        event.add("dtend", (item.until or item.on) + timedelta(days=1))
        event.add("transp", "TRANSPARENT")
    else:
        begins = item.starts_at or datetime.combine(item.on, item.at, LONDON)
        begins = begins.astimezone(UTC)
        event.add("dtstart", begins)
        event.add("dtend", item.ends_at.astimezone(UTC) if item.ends_at else begins + _USUAL_LENGTH)
    return event
