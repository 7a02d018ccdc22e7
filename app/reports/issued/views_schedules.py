"""Which reports are drafted by themselves, and who hears of it: one page."""

from __future__ import annotations

from flask import flash, redirect, url_for
from flask.typing import ResponseReturnValue as Answer

from app.door import me, requires
from app.reports.issued import queries, rules, scheduling, schemas
from app.reports.issued.views import FORM, LIST, pages
from app.web.attempt import attempt, changed_by, check_current
from app.web.forms import Form

# The same pages, with the schedules among them.
__all__ = ["pages"]

SCHEDULES = f"{LIST}/schedules"


@pages.app_template_filter()
def report_rhythm_words(rhythm: str) -> str:
    return rules.RHYTHM_WORDS.get(rhythm, rhythm)


@pages.app_template_filter()
def report_role_words(role: str) -> str:
    return rules.ROLE_WORDS.get(role, role)


@pages.get(SCHEDULES)
@requires("report.view")
def schedules() -> Answer:
    return _page(Form(schemas.NewSchedule, {"kind": "service", "rhythm": "term"}))


@pages.route(f"{SCHEDULES}/new", methods=FORM)
@requires("report.write")
def add_schedule() -> Answer:
    form = Form(schemas.NewSchedule, {"kind": "service", "rhythm": "term"})
    status = 422 if form.errors else 200
    if form.is_ready:
        status = attempt(form, lambda: scheduling.add_schedule(by=me(), **form.data))
        if not status:
            return _done("From now on a draft is written on the day after each period.")
    return _page(form), status


@pages.post(f"{SCHEDULES}/<number:number>/stop")
@requires("report.write")
def stop_schedule(number: int) -> Answer:
    schedule = queries.get_schedule(number)
    check_current(schedule.version, lambda: changed_by(None, None), is_needed=True)
    scheduling.stop(schedule, by=me())
    return _done("It is stopped. What it has written stays.")


def _page(form: Form) -> str:
    page, _ = form.page("issued/schedules.html", schedules=queries.schedules())
    return page


def _done(said: str) -> Answer:
    flash(said, "success")
    return redirect(url_for(".schedules"), 303)
