"""The blueprint that the diary's pages hang on, and how they say things."""

from __future__ import annotations

from datetime import date

from flask import Blueprint

from app.diary import rules
from app.diary.items import Item
from app.web.words import DAYS

pages = Blueprint("diary", __name__, template_folder="templates")

DIARY = "/<slug:school>/diary"
ONE = f"{DIARY}/<number:number>"
FORM = ("GET", "POST")


@pages.app_template_filter()
def diary_day(on: date) -> str:
    """`Tue 13 January 2026`."""
    return f"{DAYS[on.weekday()]} {rules.day_words(on)}"


@pages.app_template_filter()
def diary_kind_words(kind: str) -> str:
    return rules.KIND_WORDS.get(kind, kind)


@pages.app_template_filter()
def diary_kind_colour(kind: str) -> str:
    return rules.KIND_COLOURS.get(kind, "grey")


@pages.app_template_filter()
def diary_status_words(status: str) -> str:
    return rules.STATUS_WORDS.get(status, status)


@pages.app_template_filter()
def diary_status_colour(status: str) -> str:
    return rules.STATUS_COLOURS.get(status, "grey")


@pages.app_template_filter()
def diary_state(item: Item, today: date) -> tuple[str, str]:
    """Words and colour of how one day stands."""
    if item.is_over(today):
        return ("Overdue", "red") if item.is_overdue(today) else ("Gone by", "grey")
    return diary_status_words(item.status), diary_status_colour(item.status)


@pages.app_template_filter()
def diary_source_words(item: Item) -> str:
    """Where it comes from; of a series, that it repeats."""
    if item.repeat != "none":
        return "Repeats"
    return rules.SOURCES[item.source].words


# What the blueprint is made of.
from app.diary import (  # noqa: E402
    views,
    views_day,
    views_entry,
    views_feeds,
    views_maintenance,
    views_month,
)

__all__ = [
    "pages",
    "views",
    "views_day",
    "views_entry",
    "views_feeds",
    "views_maintenance",
    "views_month",
]
