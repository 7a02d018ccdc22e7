"""An entry of the diary: add, read with all that was done, change as a whole, end, remove."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import date, timedelta
from typing import Any

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue as Answer

from app import clock
from app.diary import actions, entries, people, references, rules, schemas, shown
from app.diary.blueprint import DIARY, FORM, ONE, pages
from app.diary.items import Item
from app.diary.models import DiaryEntry
from app.diary.recurrence import LONGEST_CLOSURE
from app.diary.views_day import who_was_quicker
from app.door import me, requires
from app.errors import wrong
from app.history.queries import events_of
from app.history.shown import told
from app.web.attempt import attempt, is_stale
from app.web.forms import Form

_NEW = {"kind": "other", "repeat": "none", "remind_days_before": "30, 7"}
# A reference is asked of those only who may see what it points at.
_SEEN_WITH = {"contract": "contract.view", "licence": "licence.view", "asset": "asset.view"}
_SHOWN_BACK, _SHOWN_AHEAD, _SHOWN_DAYS = timedelta(days=365), timedelta(days=365), 8
_COMMAS = re.compile(r"[,;\s]+")


@pages.route(f"{DIARY}/new", methods=FORM)
@requires("diary.edit")
def add() -> Answer:
    form = Form(_shape(), {**_NEW, **_from_address()})
    status = 422 if form.errors else 200
    if form.is_ready:
        made: list[DiaryEntry] = []
        status = attempt(form, lambda: made.append(actions.add(by=me(), **_read(form.data))))
        if not status:
            return _done(made[0].number, f"“{made[0].title}” is in the diary.")
    return _form_page(form, None), status


@pages.get(ONE)
@requires("diary.view")
def show(number: int) -> Answer:
    entry = entries.get_entry(number)
    return _page(entry, Form(schemas.WholeStatus, is_posted=False))


@pages.route(f"{ONE}/change", methods=FORM)
@requires("diary.edit")
def change(number: int) -> Answer:
    if request.method != "POST":
        entry = entries.get_entry(number)
        return _form_page(Form(_shape(), _saved(entry)), entry)
    entry = entries.get_entry(number, to_change=True)
    form, status = Form(_shape()), 422
    if is_stale(entry.version, is_needed=True):
        status = form.stale(who_was_quicker(entry), _saved(entry), entry.version)
    elif form.is_ready:
        status = attempt(form, lambda: actions.change(entry, by=me(), **_read(form.data)))
        if not status:
            return _done(number, f"“{form.data['title']}” has been changed.")
        entry = entries.get_entry(number)
    return _form_page(form, entry), status


@pages.post(f"{ONE}/status")
@requires("diary.edit")
def whole(number: int) -> Answer:
    """Of the whole series: ended, or planned again."""
    said = Form(schemas.WholeStatus)
    wanted = said.data.get("status", "planned")
    return _press(
        number,
        lambda entry: actions.change(entry, by=me(), status=wanted),
        f"is {rules.STATUS_WORDS[wanted].lower()} now.",
    )


@pages.post(f"{ONE}/removal")
@requires("diary.edit")
def remove(number: int) -> Answer:
    return _press(
        number, lambda entry: actions.remove(entry, by=me()), "has been removed.", is_gone=True
    )


def _press(
    number: int, act: Callable[[DiaryEntry], None], said: str, *, is_gone: bool = False
) -> Answer:
    entry = entries.get_entry(number, to_change=True)
    title = entry.title
    form = Form(schemas.WholeStatus, is_posted=False)
    if is_stale(entry.version, is_needed=True):
        status = form.stale(who_was_quicker(entry), {}, entry.version)
    else:
        status = attempt(form, lambda: act(entry))
    if status:
        return _page(entries.get_entry(number), form), status
    flash(f"“{title}” {said}", "success")
    return redirect(url_for(".index") if is_gone else url_for(".show", number=number), 303)


def _page(entry: DiaryEntry, form: Form) -> str:
    today = clock.today()
    was, coming = _days(entry, today)
    linked = references.linked(entry)
    return render_template(
        "diary/show.html",
        form=form,
        entry=entry,
        repeats=rules.repeat_words(entries.series_of(entry)),
        next_on=shown.next_day(entry, today),
        due=next((item for item in (*was, *coming) if item.status == "planned"), None),
        was=was[::-1],
        coming=coming,
        days_before=", ".join(str(one) for one in entry.remind_days_before),
        linked={field: found for field, found in linked.items() if me().may(_SEEN_WITH[field])},
        events=told(events_of("diary", entry.id).rows, rules.EVENT_WORDS),
        today=today,
    )


def _days(entry: DiaryEntry, today: date) -> tuple[list[Item], list[Item]]:
    """The last ones on which something was done or should have been, and those that come next."""
    begins, ends = max(today - _SHOWN_BACK, entry.on), max(today, entry.on) + _SHOWN_AHEAD
    if entry.repeat == "none":
        begins, ends = entry.on, entry.on + LONGEST_CLOSURE
    days = entries.days_of(entry, begins, ends)
    was = [
        one for one in days if one.on < today and (one.status != "planned" or one.is_over(today))
    ]
    return was[-_SHOWN_DAYS:], [one for one in days if one.on >= today][:_SHOWN_DAYS]


def _shape() -> schemas.OnPage:
    names = schemas.OnPage().fields
    return schemas.OnPage(
        only=[one for one in names if one not in _SEEN_WITH or me().may(_SEEN_WITH[one])]
    )


def _form_page(form: Form, entry: DiaryEntry | None) -> str:
    page, _ = form.page(
        "diary/entry.html",
        entry=entry,
        people=[(name, name) for _, name in people.people()],
        references={
            field: references.choices(field)
            for field in ("contract", "licence")
            if field in form.fields
        },
    )
    return page


def _from_address() -> dict[str, str]:
    """A register's page may lead here with what the entry is about."""
    return {
        name: request.args[name]
        for name in ("kind", "title", *_SEEN_WITH)
        if name in request.args and len(request.args[name]) <= 200
    }


def _saved(entry: DiaryEntry) -> dict[str, Any]:
    return {
        **{name: getattr(entry, name) for name in _AS_THEY_ARE},
        "at": shown.time_shown(entry.at),
        "checklist": "\n".join(entry.checklist),
        "remind_days_before": ", ".join(str(one) for one in entry.remind_days_before),
        **references.keys_of(entry),
    }


_AS_THEY_ARE = ("title", "kind", "on", "repeat", "until", "skips_closures", "assignee", "notes")


def _read(typed: dict[str, Any]) -> dict[str, Any]:
    """Lines and numbers as a program would send them. Raises Wrong."""
    lines = [line.strip() for line in (typed["checklist"] or "").split("\n") if line.strip()]
    if len(lines) > rules.LONGEST_CHECKLIST or len(set(lines)) < len(lines):
        raise wrong(
            "checklist", f"Write at most {rules.LONGEST_CHECKLIST} points, each another one."
        )
    days = [one for one in _COMMAS.split(typed["remind_days_before"] or "") if one]
    if len(days) > rules.MOST_REMINDERS or not all(map(_is_distance, days)):
        raise wrong(
            "remind_days_before",
            f"Write at most {rules.MOST_REMINDERS} numbers of days up to "
            f"{rules.EARLIEST_REMINDER}, for example 30, 7.",
        )
    return {**typed, "checklist": lines, "remind_days_before": [int(one) for one in days]}


def _is_distance(text: str) -> bool:
    is_number = text.isascii() and text.isdecimal() and len(text) <= 3
    return is_number and int(text) <= rules.EARLIEST_REMINDER


def _done(number: int, said: str) -> Answer:
    flash(said, "success")
    return redirect(url_for(".show", number=number), 303)
