"""Planned maintenance by itself, because planned work never stands before an incident (R95)."""

from __future__ import annotations

from datetime import timedelta

from flask import flash, redirect, url_for
from flask.typing import ResponseReturnValue as Answer

from app import clock
from app.diary import actions, entries, rules, schemas
from app.diary.blueprint import DIARY, pages
from app.door import me, requires
from app.web.attempt import attempt
from app.web.forms import Form
from app.web.words import plural

_BACK, _AHEAD = timedelta(days=180), timedelta(days=180)
_MOST = 60


@pages.get(f"{DIARY}/maintenance")
@requires("diary.view")
def maintenance() -> Answer:
    return _page(_form(), 200)


@pages.post(f"{DIARY}/maintenance")
@requires("diary.edit")
def take_over() -> Answer:
    """Jobs that most schools have, as ticked."""
    form = _form()
    status = 422
    if form.is_ready:
        status = attempt(
            form, lambda: actions.take_presets(form.data["presets"], form.data["on"], by=me())
        )
        if not status:
            flash(f"{plural(len(form.data['presets']), 'job')} taken over.", "success")
            return redirect(url_for(".maintenance"), 303)
    return _page(form, status)


def _form() -> Form:
    left = actions.presets_left()
    return Form(
        schemas.DiaryPresetsIn, {"presets": list(left), "on": clock.today() + timedelta(days=7)}
    )


def _page(form: Form, status: int) -> Answer:
    today = clock.today()
    items = [
        item
        for item in entries.agenda(me(), today - _BACK, today + _AHEAD, [rules.ENTRY])
        if item.kind == "maintenance" and (item.on >= today or item.is_overdue(today))
    ]
    left = actions.presets_left()
    page, _ = form.page(
        "diary/maintenance.html",
        items=items[:_MOST],
        today=today,
        presets=[
            (key, one.title, f"{rules.REPEAT_WORDS[one.repeat]}: {', '.join(one.checklist)}")
            for key, one in left.items()
        ],
    )
    return page, status
