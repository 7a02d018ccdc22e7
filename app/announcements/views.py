"""Announcements of a school, and those of the LA as the school sees them: read, write, end."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, Flask, flash, g, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue as Answer

from app import clock
from app.announcements import actions, lists, queries, rules, schemas
from app.announcements.models import Announcement
from app.api.manners import make_cursor, read_cursor
from app.door import me, requires
from app.history.queries import last_event
from app.web.attempt import attempt, changed_by, check_current, is_stale
from app.web.forms import Form
from tenants.context import current_binding

pages = Blueprint("announcements", __name__, template_folder="templates")

PAGE_SIZE = 50
ALL = "/<slug:school>/announcements"
ONE = f"{ALL}/<number:number>"


@pages.record_once
def _banners_on_every_page(state: Any) -> None:
    app: Flask = state.app
    app.jinja_env.globals["outages"] = outages_here


def outages_here() -> list[queries.Current]:
    """What the layout shows on top. Read by the layout only: a page that says no draws nothing
    from the database."""
    person = g.get("me")
    if person is None or person.school is None or not person.may("announcement.view"):
        return []
    # Half signed in, or on the way out: the page is not bound to the school.
    binding = current_binding()
    if binding is None or binding.school_id != person.school.id:
        return []
    return queries.outages(for_desk=person.may("desk.view"))


@pages.app_template_filter()
def announcement_words(kind: str) -> str:
    return rules.KIND_WORDS.get(kind, kind)


@pages.app_template_filter()
def announcement_colour(kind: str) -> str:
    return rules.KIND_COLOURS.get(kind, "grey")


@pages.get(ALL)
@requires("announcement.view")
def index() -> Answer:
    scope = f"announcements {me().school}"
    place = read_cursor(scope, request.args.get("after"))
    found = lists.page_of_announcements(me(), is_current=False, after=place, limit=PAGE_SIZE + 1)
    page, rest = found[:PAGE_SIZE], found[PAGE_SIZE:]
    after = make_cursor(scope, lists.place_of(page[-1])) if rest else None
    return render_template(
        "announcements/index.html",
        rows=page,
        now=clock.now(),
        next_url=url_for(".index", after=after) if after else None,
        first_url=url_for(".index") if place else None,
    )


@pages.route(f"{ALL}/new", methods=["GET", "POST"])
@requires("announcement.write")
def add() -> Answer:
    form = Form(schemas.AnnouncementIn, {"kind": "outage", "audience": "everyone"})
    status = 422 if form.errors else 200
    if form.is_ready:
        status = attempt(form, lambda: actions.announce(by=me(), **form.data))
        if not status:
            return _done("It is announced.")
    return _form_page(form, None), status


@pages.route(ONE, methods=["GET", "POST"])
@requires("announcement.write")
def change(number: int) -> Answer:
    if request.method != "POST":
        one = lists.get_announcement(me(), number)
        return _form_page(Form(schemas.AnnouncementIn, saved(one)), one)
    one = lists.get_announcement(me(), number, to_change=True)
    form, status = Form(schemas.AnnouncementIn), 422
    if is_stale(one.version, is_needed=True):
        status = form.stale(_who_was_quicker(one), saved(one), one.version)
    elif form.is_ready:
        status = attempt(form, lambda: actions.change(one, by=me(), **form.data))
        if not status:
            return _done("It has been changed.")
        one = lists.get_announcement(me(), number)
    return _form_page(form, one), status


@pages.post(f"{ONE}/end")
@requires("announcement.write")
def end(number: int) -> Answer:
    one = lists.get_announcement(me(), number, to_change=True)
    check_current(one.version, lambda: _who_was_quicker(one))
    form = Form(schemas.AnnouncementEnd)
    if not attempt(form, lambda: actions.end(one, by=me())):
        return _done("It has ended. Nobody is shown it any more.")
    flash(" ".join(sentence for _, sentence in form.problems), "error")
    return redirect(url_for(".index"), 303)


def saved(one: Any) -> dict[str, Any]:
    return {name: getattr(one, name) for name in schemas.AnnouncementIn().fields}


def _who_was_quicker(one: Announcement) -> str:
    last = last_event("announcement", one.id)
    return changed_by(last.actor if last else None, last.at if last else None)


def _form_page(form: Form, one: Announcement | None) -> str:
    page, _ = form.page("announcements/one.html", one=one)
    return page


def _done(said: str) -> Answer:
    flash(said, "success")
    return redirect(url_for(".index"), 303)
