"""What goes out about the diary: plain values."""

from __future__ import annotations

from datetime import date, datetime, time
from typing import Any

from app.diary import entries, feeds, references
from app.diary.items import Item
from app.diary.models import DiaryEntry, DiaryFeed
from app.diary.recurrence import occurrences
from app.diary.rules import LONGEST_SPAN
from app.shapes import instant


def item_shown(item: Item, slug: str, today: date) -> dict[str, Any]:
    """`url`: the page on which it is marked, or from which it comes."""
    query = f"source={item.source}&key={item.key}&on={item.on}"
    return {
        "on": item.on.isoformat(),
        "at": time_shown(item.at),
        "until": day_shown(item.until),
        "title": item.title,
        "about": item.about,
        "kind": item.kind,
        "source": item.source,
        "key": item.key,
        "number": item.number,
        "status": item.status,
        "overdue": item.is_overdue(today),
        "repeat": item.repeat,
        "assignee": item.assignee,
        "checklist": list(item.checklist),
        "ticked": list(item.ticked),
        "note": item.note,
        "marked_by": item.marked_by,
        "url": f"/{slug}/diary/{item.number}" if item.number else f"/{slug}/diary/day?{query}",
    }


def entry_shown(entry: DiaryEntry, today: date) -> dict[str, Any]:
    coming = next_day(entry, today)
    return {
        "number": entry.number,
        "title": entry.title,
        "kind": entry.kind,
        "on": entry.on.isoformat(),
        "at": time_shown(entry.at),
        "repeat": entry.repeat,
        "until": day_shown(entry.until),
        "next_on": day_shown(coming),
        "skips_closures": entry.skips_closures,
        "checklist": list(entry.checklist),
        "remind_days_before": list(entry.remind_days_before),
        "assignee": entry.assignee,
        **references.keys_of(entry),
        "status": entry.status,
        "notes": entry.notes,
        "created_by": entry.created_by,
        "created_at": instant(entry.created_at),
        "version": entry.version,
    }


def next_day(entry: DiaryEntry, today: date) -> date | None:
    """When it falls next, where it is still planned."""
    if entry.status != "planned":
        return None
    begins = max(today, entry.on)
    coming = occurrences(
        entries.series_of(entry), begins, begins + LONGEST_SPAN, entries.school_days()
    )
    return coming[0].on if coming else None


def feed_shown(feed: DiaryFeed) -> dict[str, Any]:
    return {
        "key": feeds.key_of(feed),
        "label": feed.label,
        "created_at": instant(feed.created_at),
        "read_at": instant(feed.read_at),
    }


def day_shown(on: date | datetime | None) -> str | None:
    return None if on is None else on.isoformat()


def time_shown(at: time | None) -> str | None:
    return None if at is None else f"{at:%H:%M}"
