"""Implementations as pages, and the page on which the ICT owner monitors progress (R83, R84)."""

from __future__ import annotations

from datetime import date
from typing import Any

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue as Answer

from app import clock
from app.door import me, requires
from app.history.glass import looked_at
from app.history.queries import events_of, last_event
from app.history.shown import told
from app.problems_log.queries import open_problems
from app.progress import implementing, queries, rules, shown
from app.progress import schemas_implementing as schemas
from app.progress.models import Implementation
from app.progress.views import code_here
from app.web.attempt import attempt, changed_by, is_stale
from app.web.forms import Form
from app.web.listed import listed, read_filters
from app.web.spreadsheets import Table, answer

pages = Blueprint("implementations", __name__, template_folder="templates")

LIST = "/<slug:school>/implementations"
ONE = f"{LIST}/<number:number>"
FORM = ("GET", "POST")
_KEPT = ("title", "origin", "owner", "summary")


@pages.app_template_filter()
def implementation_words(status: str) -> str:
    return rules.STATUS_WORDS.get(status, status)


@pages.app_template_filter()
def implementation_colour(status: str) -> str:
    return rules.STATUS_COLOURS.get(status, "grey")


@pages.app_template_filter()
def as_day(text: str | None) -> date | None:
    """A day that goes out as text, for the words people read."""
    return date.fromisoformat(text) if text else None


@pages.get("/<slug:school>/progress")
@requires("progress.view")
def monitor() -> Answer:
    looked_at("progress", me())
    return render_template(
        "progress/monitor.html", found=shown.progress(code_here()), today=clock.today()
    )


@pages.get(LIST)
@requires("progress.view")
def index() -> Answer:
    filters = read_filters(schemas.ImplementationFilters)
    found = listed("implementations", filters, queries.page_of_implementations)
    page = render_template(
        "progress/implementations.html",
        rows=shown.implementations(found.rows),
        filters=filters,
        statuses=rules.STATUS_WORDS,
        next_url=found.next_url,
        first_url=found.first_url,
    )
    return page, 422 if filters.errors else 200


@pages.get(f"{LIST}.csv")
@requires("progress.view")
def as_csv() -> Answer:
    return _file("csv")


@pages.get(f"{LIST}.xlsx")
@requires("progress.view")
def as_xlsx() -> Answer:
    return _file("xlsx")


def _file(kind: str) -> Answer:
    """Exactly what the list shows with these filters."""
    filters = read_filters(schemas.ImplementationFilters)
    if filters.errors:
        return index()
    table = Table(
        "implementations",
        shown.IMPLEMENTATION_HEADINGS,
        lambda after, limit: queries.page_of_implementations(filters.asked, after, limit),
        shown.implementation_cells,
    )
    return answer(table, kind)


@pages.route(f"{LIST}/new", methods=FORM)
@requires("progress.edit")
def add() -> Answer:
    form = Form(schemas.OnPage, {"origin": "plan", "owner": me().name})
    status = 422 if form.errors else 200
    if form.is_ready:
        made: list[Implementation] = []
        status = attempt(form, lambda: made.append(implementing.add(by=me(), **form.data)))
        if not status:
            return _done(made[0].number, "It is set up. Now say what is reached by when.")
    return _form_page(form, None), status


@pages.get(ONE)
@requires("progress.view")
def show(number: int) -> Answer:
    found = queries.get_implementation(number)
    looked_at(found.title, me())
    return _show_page(found, Form(schemas.Standing))


@pages.route(f"{ONE}/change", methods=FORM)
@requires("progress.edit")
def change(number: int) -> Answer:
    if request.method != "POST":
        found = queries.get_implementation(number)
        return _form_page(Form(schemas.OnPage, _saved(found)), found)
    found = queries.get_implementation(number, to_change=True)
    form, status = Form(schemas.OnPage), 422
    if is_stale(found.version, is_needed=True):
        status = form.stale(_who_was_quicker(found), _saved(found), found.version)
    elif form.is_ready:
        status = attempt(form, lambda: implementing.change(found, by=me(), **form.data))
        if not status:
            return _done(number, f"{form.data['title']} has been changed.")
        found = queries.get_implementation(number)
    return _form_page(form, found), status


@pages.post(f"{ONE}/status")
@requires("progress.edit")
def move(number: int) -> Answer:
    found = queries.get_implementation(number, to_change=True)
    form, status = Form(schemas.Standing), 422
    if is_stale(found.version, is_needed=True):
        status = form.stale(_who_was_quicker(found), {}, found.version)
    elif form.is_ready:
        status = attempt(form, lambda: implementing.move(found, by=me(), **form.data))
        if not status:
            return _done(number, f"{rules.STATUS_WORDS[form.data['status']]}.")
        found = queries.get_implementation(number)
    return _show_page(found, form), status


@pages.route(f"{ONE}/milestone", methods=FORM)
@requires("progress.edit")
def milestone(number: int) -> Answer:
    """One milestone; without a place in the address, the next."""
    found = queries.get_implementation(number, to_change=request.method == "POST")
    position = _position(found)
    known = {one.position: one for one in queries.milestones_of([found])[found.id]}
    one = known.get(position)
    start = {name: getattr(one, name) for name in ("name", "due_on", "done_on")} if one else {}
    form, status = Form(schemas.MilestoneIn, start), 200
    if form.is_posted:
        status = 422
        if is_stale(found.version, is_needed=True):
            status = form.stale(_who_was_quicker(found), start, found.version)
        elif form.is_ready:
            status = attempt(form, lambda: _set(found, position, form.data))
            if not status:
                return _done(number, "The milestones are changed.")
            found = queries.get_implementation(number)
    page, _ = form.page(
        "progress/milestone.html", found=found, position=position, is_new=one is None
    )
    return page, status


def _set(found: Implementation, position: int, said: dict[str, Any]) -> None:
    if "remove" in request.form:
        implementing.remove_milestone(found, position, by=me())
    else:
        implementing.set_milestone(found, position, by=me(), **said)


def _position(found: Implementation) -> int:
    asked = request.values.get("place", "")
    if asked.isascii() and asked.isdecimal() and 0 < len(asked) < 6:
        return int(asked)
    milestones = queries.milestones_of([found])[found.id]
    return milestones[-1].position + 1 if milestones else 1


def _done(number: int, said: str) -> Answer:
    flash(said, "success")
    return redirect(url_for(".show", number=number), 303)


def _show_page(found: Implementation, form: Form) -> str:
    follows = rules.MAY_FOLLOW[found.status]
    page, _ = form.page(
        "progress/implementation.html",
        found=found,
        one=shown.implementation_detail(found),
        origin_words=rules.ORIGIN_WORDS,
        today=clock.today(),
        follows=[(one, words) for one, words in rules.STATUS_WORDS.items() if one in follows],
        events=told(events_of("implementation", found.id).rows, rules.IMPLEMENTATION_EVENTS),
    )
    return page


def _form_page(form: Form, found: Implementation | None) -> str:
    page, _ = form.page(
        "progress/implementation_form.html",
        found=found,
        problems=open_problems(),
        changes=queries.change_choices(),
    )
    return page


def _saved(found: Implementation) -> dict[str, Any]:
    return {
        **{name: getattr(found, name) for name in _KEPT},
        "change": queries.change_number_of(found.change_id),
        "problem": queries.problem_number_of(found.problem_id),
    }


def _who_was_quicker(found: Implementation) -> str:
    last = last_event("implementation", found.id)
    return changed_by(last.actor if last else None, last.at if last else None)
