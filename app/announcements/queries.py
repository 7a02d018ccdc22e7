"""What is announced now, by the school and by the LA for every school.

Each page of a school shows its outages, so what is current is read once a school in half a minute
and kept by the process. Whoever writes one sees it at once where they wrote it (`forget_current`);
other processes follow within those seconds. Times are compared when asked, so that nothing that
has ended stays, and what begins soon begins on time.
"""

from __future__ import annotations

import time
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Row, Select, bindparam, false, select, true, union_all

from app import clock
from app.announcements import rules
from app.announcements.models import Announcement, LaAnnouncement
from tenants import current_school_id, db

_KEPT_SECONDS = 30.0
# Longer than it is kept, so that what begins meanwhile is among it.
_AHEAD = timedelta(minutes=2)
_MOST = 50


@dataclass(frozen=True)
class Current:
    """An announcement as a page shows it; `is_la`: from the LA, for every school."""

    number: int
    is_la: bool
    kind: str
    audience: str
    title: str
    text: str | None
    category: str | None
    starts_at: datetime
    ends_at: datetime

    @property
    def kind_words(self) -> str:
        return rules.KIND_WORDS[self.kind]


class _Kept:
    # school id: (when it is read again, what was read)
    of: dict[int, tuple[float, tuple[Current, ...]]] = {}


def forget_current() -> None:
    """After one was written, changed or ended in this process."""
    _Kept.of.clear()


def current(*, for_desk: bool, category: str | None = None) -> list[Current]:
    """What holds now at the school acted in: outages first, then by when it began. With a category:
    what concerns it, and what concerns everything."""
    now = clock.now()
    return [
        one
        for one in _of_school(current_school_id(), now)
        if one.starts_at <= now < one.ends_at
        and (for_desk or one.audience == "everyone")
        and category in (None, one.category if one.category is not None else category)
    ]


def outages(*, for_desk: bool) -> list[Current]:
    """What the banner on every page says."""
    return [one for one in current(for_desk=for_desk) if one.kind == "outage"]


def _of_school(school_id: int, now: datetime) -> tuple[Current, ...]:
    until, found = _Kept.of.get(school_id, (0.0, ()))
    if time.monotonic() >= until:
        values = {"school": school_id, "now": now, "soon": now + _AHEAD, "most": _MOST}
        rows = db.session.execute(_CURRENT, values)
        found = tuple(_shown(row) for row in rows)
        _Kept.of[school_id] = (time.monotonic() + _KEPT_SECONDS, found)
    return found


def _shown(row: Row[Any]) -> Current:
    return Current(**row._mapping)


def _holding(c: Any, *, is_la: bool) -> Select[Any]:
    return select(
        c.number,
        (true() if is_la else false()).label("is_la"),
        c.kind,
        c.audience,
        c.title,
        c.text,
        c.category,
        c.starts_at,
        c.ends_at,
    ).where(c.ends_at > bindparam("now"), c.starts_at <= bindparam("soon"))


_own, _la = Announcement.__table__.c, LaAnnouncement.__table__.c
_BOTH = union_all(
    _holding(_own, is_la=False).where(_own.school_id == bindparam("school")),
    _holding(_la, is_la=True),
).subquery()
# `outage` is the first kind that matters; the others follow in the order they began.
_CURRENT = (
    select(_BOTH)
    .order_by((_BOTH.c.kind != "outage"), _BOTH.c.starts_at, _BOTH.c.number)
    .limit(bindparam("most"))
)
