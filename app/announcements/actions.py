"""Announce, change and end: at a school, and by the LA for all of them."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import func, select

from app import clock
from app.announcements.models import Announcement, LaAnnouncement
from app.announcements.queries import forget_current
from app.errors import NotThere, Refused, Stale, wrong
from app.history.actions import record, record_at_la
from app.people.identity import Me
from tenants import administering, db
from tenants.models import LocalAuthority
from tenants.numbers import take_number

_INSTANT_BEFORE = timedelta(seconds=1)


def announce(*, by: Me, **said: Any) -> Announcement:
    """At the school acted in."""
    made = Announcement(number=take_number("announcement"), written_by=by.name, **_times(said))
    db.session.add(made)
    db.session.flush()
    _done("announcement.written", made, by, to_value=made.title)
    return made


def change(announcement: Announcement, *, by: Me, **said: Any) -> None:
    changed = _set(announcement, said)
    if changed:
        db.session.flush()
        _done("announcement.changed", announcement, by, note=", ".join(changed))


def end(announcement: Announcement, *, by: Me) -> None:
    """It is over, or will not be."""
    before = _end(announcement)
    db.session.flush()
    _done("announcement.ended", announcement, by, from_value=before)


def announce_at_la(*, by: Me, **said: Any) -> int:
    """For every school. Its number."""
    with administering("an announcement for every school"):
        # One after the other: the next number is the last one and one.
        db.session.execute(select(LocalAuthority.id).with_for_update())
        number = (db.session.scalar(select(func.max(LaAnnouncement.number))) or 0) + 1
        made = LaAnnouncement(number=number, written_by=by.own_name, **_times(said))
        db.session.add(made)
        db.session.flush()
        _done_at_la("la_announcement.written", made, by, to_value=made.kind)
    return number


def change_at_la(number: int, version: int, *, by: Me, **said: Any) -> None:
    with administering("an announcement for every school"):
        announcement = _of_la(number, version)
        changed = _set(announcement, said)
        if changed:
            db.session.flush()
            _done_at_la("la_announcement.changed", announcement, by, note=", ".join(changed))


def end_at_la(number: int, version: int, *, by: Me) -> None:
    with administering("an announcement for every school"):
        announcement = _of_la(number, version)
        before = _end(announcement)
        db.session.flush()
        _done_at_la("la_announcement.ended", announcement, by, from_value=before)


def _of_la(number: int, version: int) -> LaAnnouncement:
    found = db.session.scalar(
        select(LaAnnouncement).where(LaAnnouncement.number == number).with_for_update()
    )
    if found is None:
        raise NotThere
    if found.version != version:
        raise Stale("Somebody else changed this at the same moment. Look again and repeat.")
    return found


def _times(said: dict[str, Any]) -> dict[str, Any]:
    """From now on, where nothing else is said."""
    starts: datetime = said.get("starts_at") or clock.now()
    if said["ends_at"] <= starts:
        raise wrong("ends_at", "It must end after it begins.")
    return {**said, "starts_at": starts, "updated_at": clock.now()}


def _set(announcement: Announcement | LaAnnouncement, said: dict[str, Any]) -> list[str]:
    if "starts_at" in said and said["starts_at"] is None:
        said = {**said, "starts_at": announcement.starts_at}
    starts = said.get("starts_at", announcement.starts_at)
    if said.get("ends_at", announcement.ends_at) <= starts:
        raise wrong("ends_at", "It must end after it begins.")
    changed = sorted(name for name in said if getattr(announcement, name) != said[name])
    for name in changed:
        setattr(announcement, name, said[name])
    if changed:
        announcement.updated_at = clock.now()
    return changed


def _end(announcement: Announcement | LaAnnouncement) -> str:
    """What it said before about when it ends."""
    now, before = clock.now(), announcement.ends_at
    if before <= now:
        raise Refused("It has ended already.")
    if announcement.starts_at >= now:
        announcement.starts_at = now - _INSTANT_BEFORE
    announcement.ends_at = announcement.updated_at = now
    return before.isoformat()


def _done(
    kind: str,
    announcement: Announcement,
    by: Me,
    *,
    from_value: str | None = None,
    to_value: str | None = None,
    note: str | None = None,
) -> None:
    forget_current()
    record(
        kind,
        subject_kind="announcement",
        subject_id=announcement.id,
        at=clock.now(),
        by=by,
        from_value=from_value,
        to_value=to_value,
        note=note,
        visibility="internal",
    )


def _done_at_la(
    kind: str,
    announcement: LaAnnouncement,
    by: Me,
    *,
    from_value: str | None = None,
    to_value: str | None = None,
    note: str | None = None,
) -> None:
    forget_current()
    record_at_la(
        kind,
        f"announcement {announcement.number}",
        at=clock.now(),
        by=by,
        from_value=from_value,
        to_value=to_value,
        note=note,
    )
