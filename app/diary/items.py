"""One day of the diary, whatever it comes from: the value that lists, pages and feeds show."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, time
from typing import Any

from app.diary.rules import ENTRY, SOURCES


@dataclass(frozen=True)
class Item:
    on: date
    source: str
    # A number, an asset's tag; with the source and the day it names the item.
    key: str
    title: str
    changed_at: datetime
    kind: str = ""
    status: str = "planned"
    # By the rule, before it was moved off a closed day: a mark hangs on it.
    meant: date | None = None
    at: time | None = None  # London; none: all day
    # Where it is longer than a moment: a visit, the days of a test.
    starts_at: datetime | None = None
    ends_at: datetime | None = None
    until: date | None = None
    # Who comes, what it costs, which asset: for pages, not for calendar programs.
    about: str | None = None
    is_confidential: bool = False
    # Several things of one kind on one line; its key is the kind.
    is_group: bool = False
    # Of entries by hand.
    number: int | None = None
    repeat: str = "none"
    assignee: str | None = None
    assignee_id: int | None = None
    checklist: tuple[str, ...] = ()
    remind: tuple[int, ...] = ()
    # What was done on this day.
    ticked: tuple[dict[str, Any], ...] = ()
    note: str | None = None
    marked_by: str | None = None

    @property
    def what(self) -> str:
        """What its marks and reminders are kept under."""
        return f"{self.source}:{self.key}"

    @property
    def place(self) -> tuple[date, str, str]:
        """Its place in every list."""
        return self.on, self.source, self.key

    @property
    def marked_on(self) -> date:
        return self.meant or self.on

    @property
    def is_entry(self) -> bool:
        return self.source == ENTRY

    @property
    def is_marked_here(self) -> bool:
        return SOURCES[self.source].is_marked

    @property
    def ticked_words(self) -> frozenset[str]:
        return frozenset(str(one["item"]) for one in self.ticked)

    def is_overdue(self, today: date) -> bool:
        """Nobody has done it or called it off, and it can still be done."""
        return self.is_over(today) and self.source in _CAN_STILL_BE_DONE

    def is_over(self, today: date) -> bool:
        """Its day has gone by, and nobody has said what became of it."""
        return self.status == "planned" and (self.until or self.on) < today


# A notice day, the end of a term or a visit that has gone by is over: nothing is late.
_CAN_STILL_BE_DONE = frozenset({ENTRY, "payment", "document_review", "loan_due"})
