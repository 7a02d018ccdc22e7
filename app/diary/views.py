"""The diary as a list: narrowed, on paper, for a spreadsheet program."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta
from itertools import groupby
from typing import Any

from flask import render_template, request, url_for
from flask.typing import ResponseReturnValue as Answer

from app import clock
from app.diary import entries, rules, schemas, shown
from app.diary.blueprint import DIARY, pages
from app.diary.items import Item
from app.door import me, requires
from app.errors import Wrong
from app.keyset import Page
from app.people.identity import Me
from app.web.listed import Filters, listed, read_filters
from app.web.spreadsheets import Table, answer

_MOST_OVERDUE = 20
_ON_PAPER = timedelta(days=92)
_MOST_ON_PAPER = 500
_COLUMNS = ("Day", "Time", "What", "About", "Kind", "From", "Who", "Status", "Note")


@pages.get(DIARY)
@requires("diary.view")
def index() -> Answer:
    """What is coming, and above it what should have been done."""
    filters = read_filters(schemas.ListArgs)
    person = me()
    found = listed("diary", filters, lambda asked, after, size: _page(person, asked, after, size))
    is_top = not request.args.get("after") and not filters.given
    late = _late(person) if is_top else []
    page = render_template(
        "diary/index.html",
        found=found,
        filters=filters,
        late=late[:_MOST_OVERDUE],
        how_many_late=len(late),
        kinds=rules.KIND_WORDS,
        statuses=rules.STATUS_WORDS,
        sources=_sources(person),
        today=clock.today(),
    )
    return page, 422 if filters.errors else 200


@pages.get(f"{DIARY}/print")
@requires("diary.view")
def on_paper() -> Answer:
    """For the wall of the office: a quarter of a year, month by month."""
    filters = read_filters(schemas.ListArgs)
    asked: dict[str, Any] = {**filters.asked}
    back: dict[str, Any] = {**filters.given}
    asked.setdefault("from", clock.today())
    asked.setdefault("to", asked["from"] + _ON_PAPER)
    _check(filters)
    items = entries.filtered(me(), asked)[:_MOST_ON_PAPER]
    months = [
        (f"{month[0].on:%B %Y}", month)
        for _, group in groupby(items, key=lambda item: (item.on.year, item.on.month))
        if (month := list(group))
    ]
    return render_template(
        "diary/print.html",
        months=months,
        first=asked["from"],
        last=asked["to"],
        back=url_for(".index", **back),
    )


@pages.get(f"{DIARY}.csv")
@requires("diary.view")
def csv() -> Answer:
    return _file("csv")


@pages.get(f"{DIARY}.xlsx")
@requires("diary.view")
def xlsx() -> Answer:
    return _file("xlsx")


def _file(kind: str) -> Answer:
    filters, person = read_filters(schemas.ListArgs), me()
    _check(filters)
    return answer(
        Table(
            "diary",
            _COLUMNS,
            lambda after, limit: _page(person, filters.asked, after, limit),
            _cells,
        ),
        kind,
    )


def _cells(items: Sequence[Item]) -> list[Sequence[Any]]:
    return [
        (
            item.on,
            shown.time_shown(item.at),
            item.title,
            item.about,
            rules.KIND_WORDS.get(item.kind, item.kind),
            rules.SOURCES[item.source].words,
            item.assignee,
            rules.STATUS_WORDS[item.status],
            item.note,
        )
        for item in items
    ]


def _page(person: Me, asked: dict[str, Any], after: Sequence[Any] | None, limit: int) -> Page:
    """Where nobody says from when, from today: what is over is looked for on purpose."""
    today = clock.today()
    is_past_wanted = asked.get("overdue") or asked.get("to", today) < today
    begins = {} if is_past_wanted else {"from": today}
    return entries.page_of_diary(person, {**begins, **asked}, after, limit)


def _late(person: Me) -> list[Item]:
    yesterday = clock.today() - timedelta(days=1)
    return entries.filtered(person, {"overdue": True, "to": yesterday})


def _check(filters: Filters) -> None:
    if filters.errors:
        raise Wrong({"": filters.errors})


def _sources(person: Me) -> dict[str, str]:
    """Those that this person may see anything of."""
    return {
        name: source.words
        for name, source in rules.SOURCES.items()
        if person.may(source.permission)
    }
