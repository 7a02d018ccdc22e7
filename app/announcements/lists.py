"""Registers of announcements: what holds, what is to come and what is over. Newest first."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Row, Select, false, literal, select, true, tuple_, union_all

from app import clock
from app.announcements.models import Announcement, LaAnnouncement
from app.errors import NotThere
from app.people.identity import Me
from app.shapes import instant
from tenants import current_school_id, db

_own, _la = Announcement.__table__.c, LaAnnouncement.__table__.c
Any_ = Announcement | LaAnnouncement


def page_of_announcements(
    person: Me, *, is_current: bool, after: list[Any] | None, limit: int
) -> Sequence[Row[Any]]:
    """The school's own and the LA's. One statement."""
    own = _listed(_own, is_la=False).where(_own.school_id == current_school_id())
    la = _listed(_la, is_la=True)
    if not person.may("desk.view"):
        own, la = own.where(_own.audience == "everyone"), la.where(_la.audience == "everyone")
    both = union_all(own, la).subquery()
    return _page(both.c, is_current, after, limit)


def page_of_la_announcements(
    *, is_current: bool, after: list[Any] | None, limit: int
) -> Sequence[Row[Any]]:
    """Asked while reading as the authority."""
    return _page(_listed(_la, is_la=True).subquery().c, is_current, after, limit)


def _listed(c: Any, *, is_la: bool) -> Select[Any]:
    return select(
        (true() if is_la else false()).label("is_la"),
        c.number,
        c.kind,
        c.title,
        c.text,
        c.category,
        c.audience,
        c.starts_at,
        c.ends_at,
        c.version,
    )


def _page(c: Any, is_current: bool, after: list[Any] | None, limit: int) -> Sequence[Row[Any]]:
    newest = (c.starts_at.desc(), c.is_la.desc(), c.number.desc())
    wanted = select(*c).order_by(*newest).limit(limit)
    if is_current:
        now = clock.now()
        wanted = wanted.where(c.starts_at <= now, c.ends_at > now)
    if after is not None:
        at = datetime.fromisoformat(after[0])
        place = tuple_(literal(at), literal(after[1]), literal(after[2]))
        wanted = wanted.where(tuple_(c.starts_at, c.is_la, c.number) < place)
    return db.session.execute(wanted).all()


def place_of(row: Row[Any]) -> list[Any]:
    return [row.starts_at.isoformat(), row.is_la, row.number]


def get_announcement(person: Me, number: int, *, to_change: bool = False) -> Announcement:
    wanted = select(Announcement).where(Announcement.number == number)
    if not person.may("desk.view"):
        wanted = wanted.where(Announcement.audience == "everyone")
    found = db.session.scalar(wanted.with_for_update() if to_change else wanted)
    if found is None:
        raise NotThere
    return found


def get_la_announcement(number: int) -> LaAnnouncement:
    found = db.session.scalar(select(LaAnnouncement).where(LaAnnouncement.number == number))
    if found is None:
        raise NotThere
    return found


def shown(one: Row[Any] | Any_, *, is_la: bool) -> dict[str, Any]:
    now = clock.now()
    return {
        "number": one.number,
        "scope": "la" if is_la else "school",
        "kind": one.kind,
        "title": one.title,
        "text": one.text,
        "category": one.category,
        "audience": one.audience,
        "starts_at": instant(one.starts_at),
        "ends_at": instant(one.ends_at),
        "current": one.starts_at <= now < one.ends_at,
        "version": one.version,
    }
