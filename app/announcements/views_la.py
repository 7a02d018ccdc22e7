"""What the LA announces to every school."""

from __future__ import annotations

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue as Answer

from app import clock
from app.announcements import actions, lists, schemas
from app.announcements.models import LaAnnouncement
from app.announcements.views import PAGE_SIZE, saved
from app.api.manners import make_cursor, read_cursor
from app.door import me, requires
from app.history.queries import last_event_at_la
from app.web.attempt import attempt, changed_by, check_current, is_stale
from app.web.forms import Form
from tenants import across_schools, administering

pages = Blueprint("la_announcements", __name__, template_folder="templates")


@pages.get("/announcements")
@requires("queue.view", "authority.announce")
def index() -> Answer:
    place = read_cursor("la announcements", request.args.get("after"))
    with across_schools("announcements for every school"):
        found = lists.page_of_la_announcements(is_current=False, after=place, limit=PAGE_SIZE + 1)
    page, rest = found[:PAGE_SIZE], found[PAGE_SIZE:]
    after = make_cursor("la announcements", lists.place_of(page[-1])) if rest else None
    return render_template(
        "announcements/la_index.html",
        rows=page,
        now=clock.now(),
        next_url=url_for(".index", after=after) if after else None,
        first_url=url_for(".index") if place else None,
    )


@pages.route("/announcements/new", methods=["GET", "POST"])
@requires("authority.announce")
def add() -> Answer:
    form = Form(schemas.AnnouncementIn, {"kind": "outage", "audience": "everyone"})
    status = 422 if form.errors else 200
    if form.is_ready:
        status = attempt(form, lambda: actions.announce_at_la(by=me(), **form.data))
        if not status:
            return _done("It is announced to every school.")
    return _form_page(form, None), status


@pages.route("/announcements/<number:number>", methods=["GET", "POST"])
@requires("authority.announce")
def change(number: int) -> Answer:
    one = _read(number)
    form = Form(schemas.AnnouncementIn, saved(one))
    status = 422 if form.is_posted else 200
    if form.is_posted and is_stale(one.version, is_needed=True):
        status = form.stale(_who_was_quicker(number), saved(one), one.version)
    elif form.is_ready:
        version = one.version
        status = attempt(form, lambda: actions.change_at_la(number, version, by=me(), **form.data))
        if not status:
            return _done("It has been changed.")
        one = _read(number)
    return _form_page(form, one), status


@pages.post("/announcements/<number:number>/end")
@requires("authority.announce")
def end(number: int) -> Answer:
    version, form = _read(number).version, Form(schemas.AnnouncementEnd)
    check_current(version, lambda: _who_was_quicker(number))
    if not attempt(form, lambda: actions.end_at_la(number, version, by=me())):
        return _done("It has ended. Nobody is shown it any more.")
    flash(" ".join(sentence for _, sentence in form.problems), "error")
    return redirect(url_for(".index"), 303)


def _read(number: int) -> LaAnnouncement:
    with across_schools("announcements for every school"):
        return lists.get_la_announcement(number)


def _who_was_quicker(number: int) -> str:
    with administering("who changed an announcement"):
        last = last_event_at_la("la_announcement.", f"announcement {number}")
    return changed_by(last.actor if last else None, last.at if last else None)


def _form_page(form: Form, one: LaAnnouncement | None) -> str:
    page, _ = form.page("announcements/la_one.html", one=one)
    return page


def _done(said: str) -> Answer:
    flash(said, "success")
    return redirect(url_for(".index"), 303)
